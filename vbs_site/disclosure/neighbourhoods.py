"""A pattern that protects is made cheaper a part at a time: one neighbourhood is chosen anew, the rest stays."""

import numpy as np

from vbs_site.disclosure.alternatives import Alternative, Alternatives
from vbs_site.disclosure.cuts import improved
from vbs_site.disclosure.moves import near, prices
from vbs_site.disclosure.pieces import Piece, narrowed

FREED = 40
TARGETS = 30
OFFERED = 300
MOST = 600
NEAR = (5, 300, 1)


def cheaper(alternatives: Alternatives, hidden: np.ndarray, end: int) -> np.ndarray:
    """Return a pattern that protects and is no dearer, looking around every entry that is hidden in turn."""
    piece, work = alternatives.piece, alternatives.work
    waiting = np.flatnonzero(hidden).tolist()
    tabu = set[int]()
    while waiting and work.used < end:
        entry = waiting.pop(0)
        if not hidden[entry] or entry in tabu:
            continue
        offered, targets = around(alternatives, hidden, entry)
        tabu.update(np.flatnonzero(offered & hidden).tolist()[:3])
        part = narrowed(piece, hidden, offered, targets)
        place = np.full(len(piece.counts), -1)
        place[part.counts] = np.arange(len(part.counts))
        free = piece.free(hidden)
        alternatives.needed(free)
        inside = [each for each in alternatives.found if (place[each.counts] >= 0).all()]
        inner = Alternatives(part, work, [Alternative(place[each.counts], each.by) for each in inside])
        chosen, _ = improved(inner, hidden[part.entries], MOST, whole=6)
        new = inner.found[len(inside) :]
        alternatives.found += [Alternative(part.counts[each.counts], each.by) for each in new]
        if part.cost @ chosen < part.cost @ hidden[part.entries] - 1e-9:
            hidden = hidden.copy()
            hidden[part.entries] = chosen
            tabu.clear()
            waiting += np.flatnonzero(hidden).tolist()
    return hidden


def around(alternatives: Alternatives, hidden: np.ndarray, entry: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the entries near one, hidden or not, and the targets that need any of the hidden ones."""
    piece = alternatives.piece
    nearest = _nearest(piece, hidden, entry)
    price = prices(piece, hidden) + 1e-3
    offered = np.zeros(len(hidden), dtype=bool)
    targets = np.zeros(0, dtype=np.int64)
    for each in nearest:
        trial = offered.copy()
        trial[each] = True
        needing = alternatives.unproved(piece.free(hidden & ~trial))
        if len(needing) > TARGETS and offered.any():
            continue
        offered, targets = trial, needing
        if len(targets) >= TARGETS or offered.sum() >= FREED:
            break
    more = offered.copy()
    for target in targets:
        taken = near(piece, int(piece.targets[target]), price, *NEAR)
        switches = piece.switch[taken]
        fresh = switches[(switches >= 0) & (switches < len(hidden))]
        fresh = fresh[~hidden[fresh]]
        more[fresh] = True
        if more.sum() > OFFERED:
            break
    return more, targets


def _nearest(piece: Piece, hidden: np.ndarray, entry: int) -> list[int]:
    """Return hidden entries, the nearest first."""
    by_sum, sums = piece.by_sum, piece.sums
    switches = piece.switch
    start = (
        np.flatnonzero(switches == entry)
        if (switches == entry).any()
        else np.flatnonzero(switches >= len(hidden))[:1]
    )
    seen = np.zeros(len(switches), dtype=bool)
    seen[start] = True
    edge, found = start, [entry]
    while len(edge) and len(found) < 3 * FREED:
        rows = np.unique(np.concatenate([sums.indices[sums.indptr[c] : sums.indptr[c + 1]] for c in edge]))
        members = np.unique(
            np.concatenate([by_sum.indices[by_sum.indptr[r] : by_sum.indptr[r + 1]] for r in rows])
        )
        new = members[~seen[members]]
        seen[new] = True
        own = switches[new]
        own = own[(own >= 0) & (own < len(hidden))]
        found += [each for each in dict.fromkeys(own[hidden[own]].tolist()) if each not in found]
        edge = new
    return found
