"""First patterns by elimination: entry after entry is shown, unless a sensitive count would then be a sum of known ones.

What a reader can subtract from what is shown is a vector space: a count is found by adding and subtracting when its
vector lies in the span of the known ones. The pattern is sound against that reader only; who knows that no count is below
nothing, or how wide a range may be, finds more, and what this leaves open is mended by the moves.

Source: Ø. Langsrud (2024) Secondary cell suppression by Gaussian elimination: an algorithm suitable for handling issues
with zeros and singletons, Privacy in Statistical Databases, doi:10.1007/978-3-031-69651-0_6. Its treatment of zeros and
singletons is left out: the moves see to both.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from vbs_site.disclosure.pieces import Piece

PRIME = 1_000_003
"""Vectors are reckoned with modulo a prime: exact, and products fit in 64 bits."""
HEIGHT = 30
"""How many times parts may be added up; where sums go in circles the order of elimination is of no matter."""


def eliminated(piece: Piece, people: np.ndarray) -> Iterator[np.ndarray]:
    """Yield (m,) entries to hide, the dearest being shown first.

    Of those that cost the same, the largest come first; then, in a second pattern, those whose counts stand in most sums;
    in a third one they come as they stand in the table.

    Args:
        piece: what is to be protected.
        people: (n,) the true counts.
    """
    vectors = _independent(piece)
    often = np.diff(piece.sums.indptr)
    shown = [piece.shown_by(entry) for entry in range(len(piece.entries))]
    largest, most = (np.array([each[counts].max(initial=0) for counts in shown]) for each in (people, often))
    place = np.arange(len(shown))
    for keys in ((place, -largest), (place, -largest, -most), (place,)):
        yield _hidden(piece, vectors.copy(), np.lexsort((*keys, -piece.cost)))


def _hidden(piece: Piece, vectors: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Return what is hidden when entries are shown in an order, one after the other, as long as no target is found."""
    targets = piece.targets[vectors[piece.targets].any(axis=1)]
    hidden = np.ones(len(piece.entries), dtype=bool)
    for entry in order.tolist():
        steps = _steps(vectors[piece.shown_by(entry)])
        if not _found(vectors[targets], steps):
            hidden[entry] = False
            for step in steps:
                _take(vectors, step)
    return hidden


def _steps(rows: np.ndarray) -> list[np.ndarray]:
    """Return vectors with 1 as their first number, each without the first numbers of those before, that span some rows."""
    steps = list[np.ndarray]()
    for row in rows:
        left = row[None]
        for step in steps:
            _take(left, step)
        if left.any():
            steps.append(_unit(left[0]))
    return steps


def _found(rows: np.ndarray, steps: Sequence[np.ndarray]) -> bool:
    """Return whether any of some rows lies in the span of some vectors."""
    if not steps:
        return False
    near = rows[np.logical_or.reduce([rows[:, np.argmax(step != 0)] != 0 for step in steps])]
    for step in steps:
        _take(near, step)
    return not near.any(axis=1).all()


def _independent(piece: Piece) -> np.ndarray:
    """Return (n, k) every count as a combination of k of them that no sum ties to each other, the smallest parts first."""
    order = np.argsort(-_levels(piece), kind="stable")
    sums = np.asarray(piece.whole_sums.todense())[:, order] % PRIME
    tied, first = list[int](), list[int]()
    for row in range(len(sums)):
        if sums[row].any():
            step = _unit(sums[row])
            _take(sums, step)
            sums[row] = step
            tied.append(row)
            first.append(int(np.argmax(step != 0)))
    loose = np.setdiff1d(np.arange(len(order)), first)
    vectors = np.zeros((len(order), len(loose)), dtype=np.int64)
    vectors[order[loose], np.arange(len(loose))] = 1
    vectors[order[first]] = -sums[tied][:, loose] % PRIME
    return vectors


def _levels(piece: Piece) -> np.ndarray:
    """Return (n,) how many times parts are added up on the longest way to each count; 0 where it is no total."""
    level = np.zeros(len(piece.counts), dtype=np.int64)
    sums = piece.by_sum
    rows = np.repeat(np.arange(sums.shape[0]), np.diff(sums.indptr))
    parts, totals = sums.data < 0, sums.data > 0
    for _ in range(HEIGHT):
        above = np.zeros(sums.shape[0], dtype=np.int64)
        np.maximum.at(above, rows[parts], level[sums.indices[parts]] + 1)
        higher = level.copy()
        np.maximum.at(higher, sums.indices[totals], above[rows[totals]])
        if (higher == level).all():
            break
        level = higher
    return level


def _unit(vector: np.ndarray) -> np.ndarray:
    """Return a vector with 1 as its first number that is not 0."""
    first = int(vector[np.argmax(vector != 0)])
    return np.asarray(vector * pow(first, -1, PRIME) % PRIME)


def _take(rows: np.ndarray, step: np.ndarray) -> None:
    """Subtract a vector from all rows as often as takes its first number out of them."""
    columns = np.flatnonzero(step)
    here = np.flatnonzero(rows[:, columns[0]])
    part = np.ix_(here, columns)
    rows[part] = (rows[part] - rows[here, columns[0]][:, None] * step[columns]) % PRIME
