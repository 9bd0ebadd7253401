"""The last word on a pattern, in whole numbers only: for every sensitive count, two tables that a reader cannot tell apart."""

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix

from vbs_site.disclosure.alternatives import Alternatives
from vbs_site.disclosure.system import System


def without_proof(system: System, hidden: np.ndarray, alternatives: Alternatives) -> list[int]:
    """Return the sensitive counts of a piece for which no two tables are at hand that prove them.

    Nothing of the search is believed: that a table agrees with every sum, with every known count and with what is known of
    the others is computed again from the system, without rounding.

    Args:
        system: the whole.
        hidden: (e,) the pattern.
        alternatives: the tables found for the piece.
    """
    piece = alternatives.piece
    targets = piece.counts[piece.targets]
    needed = np.minimum(system.width[targets], np.floor(system.high[targets]) - np.ceil(system.low[targets]))
    tables = _tables(system, alternatives, piece.free(hidden[piece.entries]))
    tables = tables[:, _agreeing(system, hidden, tables)]
    at_target = csr_matrix(tables[targets])
    highest = np.maximum(at_target.max(axis=1).toarray().ravel(), 0) if at_target.shape[1] else 0
    lowest = np.minimum(at_target.min(axis=1).toarray().ravel(), 0) if at_target.shape[1] else 0
    return sorted(targets[np.broadcast_to(highest - lowest, needed.shape) < needed].tolist())


def _tables(system: System, alternatives: Alternatives, free: np.ndarray) -> csc_matrix:
    """Return (c, k) by how much each count differs from the true one in the tables that are needed as proof."""
    piece = alternatives.piece
    holding = np.flatnonzero(alternatives.holds(free))
    highest, lowest = np.zeros(len(free), dtype=np.int64), np.zeros(len(free), dtype=np.int64)
    is_target = np.zeros(len(free), dtype=bool)
    is_target[piece.targets] = True
    chosen = []
    for place in holding.tolist():
        each = alternatives.found[place]
        farther = (each.by > highest[each.counts]) | (each.by < lowest[each.counts])
        if (farther & is_target[each.counts]).any():
            chosen.append(each)
            highest[each.counts] = np.maximum(highest[each.counts], each.by)
            lowest[each.counts] = np.minimum(lowest[each.counts], each.by)
    none = [np.zeros(0, dtype=np.int64)]
    rows = np.concatenate(none + [piece.counts[each.counts] for each in chosen])
    columns = np.repeat(np.arange(len(chosen)), [len(each.counts) for each in chosen])
    by = np.concatenate(none + [each.by for each in chosen])
    return csc_matrix((by, (rows, columns)), shape=(len(system.counts), len(chosen)), dtype=np.int64)


def _agreeing(system: System, hidden: np.ndarray, tables: csc_matrix) -> np.ndarray:
    """Return which tables agree with all that a reader knows."""
    off = abs(csr_matrix(system.sums).astype(np.int64) @ tables)
    apart = np.asarray(off.sum(axis=0)).ravel() != 0
    count, table = tables.nonzero()
    value = np.asarray(system.counts).astype(np.int64)[count] + np.asarray(tables[count, table]).ravel()
    wrong = system.known(hidden)[count] | (value < system.low[count]) | (value > system.high[count])
    apart[table[wrong]] = True
    return np.flatnonzero(~apart)
