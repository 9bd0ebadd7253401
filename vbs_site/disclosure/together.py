"""Hidden counts that are few together.

Where the total of some parts is shown, the hidden ones among them add up to what is left, and that is known. Two hidden
ones of 1 and 2 are 3 people of two hospitals: as few as in a count that may not be shown. So what is left is a count as
well, and may not be small either.
"""

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_matrix, vstack

from vbs_site.disclosure.optimise import QUICK, CannotProtectError, suppress
from vbs_site.disclosure.system import System

ROUNDS = 12
"""How often what is left may turn out small before nothing is shown at all."""


def suppress_together(system: System, thresholds: np.ndarray, following: csr_matrix) -> np.ndarray:
    """Return which entries to hide so that neither a sensitive count nor a small sum of hidden counts can be found.

    Args:
        system: see there.
        thresholds: (c,) the smallest number of people that may be told; 0 where a count is not of people.
        following: (f, c) sums that follow from those of the system, such as those of what is left.

    Raises:
        CannotProtectError: it cannot be done, or not in the rounds allowed.
    """
    for again in range(ROUNDS):
        hidden = suppress(system, effort=QUICK).hidden
        few = few_together(system, hidden, thresholds, following)
        if not few:
            return hidden
        if again:  # what was hidden with them holds hardly anybody
            system = replace(system, gone=system.gone | _large_beside(system, hidden, few, thresholds))
        for parts in few:
            system = _with_sum(system, parts)
    raise CannotProtectError(tuple(sorted({part for parts in few for part in parts})))


def few_together(
    system: System, hidden: np.ndarray, thresholds: np.ndarray, following: csr_matrix
) -> list[tuple[int, ...]]:
    """Return the hidden parts of known totals that are few together, of the counts that have a threshold."""
    known, found = _subtracted(system, system.known(hidden)), dict[tuple[int, ...], None]()
    for sums in (system.sums, following):
        for row in range(sums.shape[0]):
            here = slice(sums.indptr[row], sums.indptr[row + 1])
            places, signs = sums.indices[here], sums.data[here]
            parts = places[(signs < 0) & ~known[places]]
            if parts.size < 2 or parts.max() >= thresholds.size or not known[places[signs > 0]].all():
                continue
            if 0 < system.counts[parts].sum() < thresholds[parts].max():
                found[tuple(sorted(int(each) for each in parts))] = None
    return list(found)


def _large_beside(
    system: System, hidden: np.ndarray, few: list[tuple[int, ...]], thresholds: np.ndarray
) -> np.ndarray:
    """Return the entries of the cheapest count beside hidden parts that holds enough people; of the total where none does."""
    known, more = system.known(hidden), np.zeros(hidden.size, dtype=bool)
    price = np.asarray(system.shows.T @ (system.cost * ~hidden)).ravel()
    by_count = system.shows.tocsc()
    for parts in few:
        touched = np.asarray(abs(system.sums[:, list(parts)]).sum(axis=1)).ravel()
        rows = np.flatnonzero(touched == len(parts))
        for row in rows:
            here = slice(system.sums.indptr[row], system.sums.indptr[row + 1])
            places, signs = system.sums.indices[here], system.sums.data[here]
            others, signs = places[known[places]], signs[known[places]]
            large = others[
                (signs < 0) & (system.counts[others] >= thresholds[parts[0]]) & (price[others] > 0)
            ]
            for chosen in large[np.lexsort((large, price[large]))][:1] if large.size else others[signs > 0]:
                more[by_count.indices[by_count.indptr[chosen] : by_count.indptr[chosen + 1]]] = True
    return more


def _subtracted(system: System, known: np.ndarray) -> np.ndarray:
    """Return the counts that are known, and those that are all that is left of a sum."""
    members = abs(system.sums)
    while True:
        left = members @ (~known).astype(np.int64)
        more = (members.T @ (left == 1).astype(np.int64) > 0) & ~known
        if not more.any():
            return known
        known = known | more


def _with_sum(system: System, parts: tuple[int, ...]) -> System:
    """Return the system with one more count, the sum of these, that nobody may find."""
    places = list(parts)
    total = int(system.counts[places].sum())
    row = csr_matrix(
        ([1] + [-1] * len(places), ([0] * (len(places) + 1), [system.counts.size, *places])),
        shape=(1, system.counts.size + 1),
        dtype=np.int64,
    )
    return replace(
        system,
        counts=np.append(system.counts, total),
        sums=csr_matrix(vstack([_wider(system.sums), row])),
        shows=_wider(system.shows),
        public=np.append(system.public, False),
        sensitive=np.append(system.sensitive, True),
        low=np.append(system.low, 0.0),
        high=np.append(system.high, np.inf),
        width=np.append(system.width, system.width[places].max()),
    )


def _wider(matrix: csr_matrix) -> csr_matrix:
    """Return a matrix with one more column, of zeros."""
    rows, columns = matrix.shape
    return csr_matrix((matrix.data, matrix.indices, matrix.indptr), shape=(rows, columns + 1))
