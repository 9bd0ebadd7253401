"""Patterns for large tables: one count after the other is given room by the cheapest move, then what is too much is shown again.

A move is a small deviation that adds up: what one count gains, others make up for. Hiding the entries of all its counts
makes it possible, so that none of them can be found.

Source: J.P. Kelly, B.L. Golden and A.A. Assad (1992) Cell suppression: disclosure protection for sensitive tabular data,
Networks 22(4), 397-417: counts one after the other, each by the cheapest move, and a second round that shows again what is
not needed.
"""

import numpy as np
from scipy.sparse import csc_matrix, hstack

from vbs_site.disclosure.alternatives import (
    Alternatives,
    alone,
    block_around,
    blocks,
    members_of,
    span,
    together,
)
from vbs_site.disclosure.pieces import Piece
from vbs_site.disclosure.programs import EXACT, Work, linear, whole
from vbs_site.disclosure.readers import Reader

AROUND = 700
SMALL = 900
LARGE = 5000
NEARER = 200
CORNERS = 5
WIDER = ((3, 200, 0), (4, 500, 1), (5, 1200, 2), (8, 5000, 3), (10**9, 10**9, 0))


def prices(piece: Piece, hidden: np.ndarray, share: np.ndarray | None = None) -> np.ndarray:
    """Return what it costs to let each count go: of the entries that still show it."""
    left = np.where(hidden, 0.0, piece.cost if share is None else piece.cost * share)
    switches = np.zeros(piece.switches + 1)
    switches[: len(left)] = left
    if piece.joint.shape[0]:
        switches[len(left) : -1] = piece.joint @ left
    return np.asarray(switches[piece.switch])


def opened(piece: Piece, hidden: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the pattern in which these counts are unknown as well."""
    more = hidden.copy()
    switches = piece.switch[counts]
    entries = len(piece.entries)
    more[switches[(switches >= 0) & (switches < entries)]] = True
    for place in np.unique(switches[switches >= entries]) - entries:
        more[piece.joint.indices[piece.joint.indptr[place] : piece.joint.indptr[place + 1]]] = True
    return more


def near(piece: Piece, count: int, price: np.ndarray, partners: int, most: int, above: int) -> np.ndarray:
    """Return counts among which a move of a count is looked for, in order.

    They are, of each sum of the count, the partners that cost least; then, again and again, all that stand in two sums of
    those taken: the other corners of rectangles and boxes.

    Args:
        piece: where the count is.
        count: which moves.
        price: (n,) of letting each count go.
        partners: how many are taken of each sum.
        most: how many counts there may be.
        above: how many times the totals of what is taken have partners of their own.
    """
    by_sum, sums = piece.by_sum, piece.sums
    same = np.array([count])
    for _ in range(CORNERS):  # what is equal to the count, as a region is to its only hospital
        rows = np.unique(members_of(sums, same))
        pairs = rows[np.diff(by_sum.indptr)[rows] == 2]
        same = np.union1d(same, members_of(by_sum, pairs))
    for _ in range(above):  # the totals that it is a part of
        same = np.union1d(same, members_of(piece.totals, members_of(sums, same)))
    rows = np.unique(members_of(sums, same))
    first = [same]
    for row in rows:
        members = by_sum.indices[by_sum.indptr[row] : by_sum.indptr[row + 1]]
        first.append(members[np.argsort(price[members], kind="stable")[:partners]])
    taken = np.unique(np.concatenate(first))
    for _ in range(CORNERS):
        rows = np.unique(members_of(sums, taken))
        found, often = np.unique(members_of(by_sum, rows), return_counts=True)
        corners = (often > 1) & ~np.isin(found, taken)
        found, often = found[corners], often[corners]
        if not len(found) or len(taken) >= most:
            break
        best = np.lexsort((found, price[found], -often))[: most - len(taken)]
        taken = np.union1d(taken, found[best])
    return taken


def cheapest(
    piece: Piece, count: int, by: float, columns: np.ndarray, price: np.ndarray, work: Work
) -> np.ndarray | None:
    """Return the cheapest whole deviation of some columns in which a count moves by so much; None when there is none."""
    sums = piece.sums[:, columns]
    sums = csc_matrix(sums.tocsr()[np.unique(sums.indices)])
    up, down = piece.up[columns].copy(), piece.down[columns].copy()
    low = np.zeros(2 * len(columns))
    place = int(np.searchsorted(columns, count))
    if by > 0:
        low[place], up[place], down[place] = by, by, 0
    else:
        low[len(columns) + place], down[place], up[place] = -by, -by, 0
    both = hstack([sums, -sums], format="csc")
    cost = np.concatenate([price[columns], price[columns]])
    high = np.concatenate([up, down])
    found = linear(cost, both, np.zeros(both.shape[0]), low, high, work, equal=True)
    if found is not None and (abs(found.x - np.rint(found.x)) > EXACT).any():
        found = whole(cost, both, (0, 0), low, high, work)
    if found is None:
        return None
    deviation = np.zeros(len(piece.counts))
    deviation[columns] = np.rint(found.x[: len(columns)] - found.x[len(columns) :])
    return deviation


class HelplessError(Exception):
    """Some targets that no pattern protects, as far as was looked.

    Attributes:
        targets: their places among the targets of the piece.
    """

    def __init__(self, targets: tuple[int, ...]) -> None:
        super().__init__(f"{len(targets)} counts")
        self.targets = targets


def grow(alternatives: Alternatives, hidden: np.ndarray, share: np.ndarray | None = None) -> np.ndarray:
    """Return a pattern that protects every target and hides these entries too.

    Args:
        alternatives: what is known of the piece; gets what is found.
        hidden: (m,) what is hidden in any case.
        share: (m,) what part of its cost each entry counts with, where some are liked better than others.

    Raises:
        HelplessError: nothing protects some targets.
    """
    piece = alternatives.piece
    free = piece.free(hidden)
    together(alternatives, free, *blocks(piece, free))
    left = alternatives.unproved(free)
    helpless = list[int]()
    low, high = alternatives.reach(free)
    for target in left[np.lexsort((piece.targets[left], -piece.width[left]))].tolist():
        count, before = piece.targets[target], len(alternatives.found)
        if high[count] - low[count] >= piece.width[target]:
            continue
        more = protect(alternatives, target, hidden, share)
        if more is None:
            helpless.append(target)
            continue
        hidden = more
        free = piece.free(hidden)
        for each in alternatives.found[before:]:
            if free[each.counts].all():
                low[each.counts] = np.minimum(low[each.counts], each.by)
                high[each.counts] = np.maximum(high[each.counts], each.by)
    if helpless:
        raise HelplessError(tuple(helpless))
    return hidden


def protect(
    alternatives: Alternatives, target: int, hidden: np.ndarray, share: np.ndarray | None
) -> np.ndarray | None:
    """Return the pattern with as little more hidden as protects a target; None when nothing does."""
    piece, work = alternatives.piece, alternatives.work
    count, width = int(piece.targets[target]), int(piece.width[target])
    cost = prices(piece, hidden, share)
    price = cost + 1e-3 * float(piece.cost.min(initial=1.0))
    large = len(piece.counts) > LARGE
    for partners, most, above in WIDER if len(piece.counts) > SMALL else WIDER[-1:]:
        columns = (
            np.arange(len(price)) if most > len(price) else near(piece, count, price, partners, most, above)
        )
        enough = list[tuple[float, np.ndarray]]()
        either = list[np.ndarray]()
        for by in _steps(int(piece.up[count]), int(piece.down[count]), width):
            deviation = cheapest(piece, count, by, columns, price, work)
            if deviation is None:
                if large and most < len(price):  # farther away there is more to choose from
                    break
                continue
            moved = np.flatnonzero(deviation)
            either.append(moved)
            alternatives.keep(deviation)
            if span(piece, deviation) * abs(deviation[count]) / _divisor(deviation) >= width:
                enough.append((float(cost[moved].sum()), moved))
                if enough[-1][0] <= 0 or large:
                    break
        if enough:
            return opened(piece, hidden, min(enough, key=lambda each: each[0])[1])
        if either:
            more = opened(piece, hidden, np.concatenate(either))
            free = piece.free(more)
            low, high = alternatives.reach(free)
            if high[count] - low[count] >= width:
                return more
            if (
                alone(alternatives, target, block_around(piece, free, count, NEARER if large else AROUND))
                is None
            ):
                return more
    everything = np.ones(len(hidden), dtype=bool)
    free = piece.free(everything)
    if alone(alternatives, target, block_around(piece, free, count, len(free))) is not None:
        return None
    low, high = alternatives.reach(free)
    holds = alternatives.holds(free)
    chosen = [each for each, ok in zip(alternatives.found, holds, strict=True) if ok and count in each.counts]
    return opened(piece, hidden, np.unique(np.concatenate([each.counts for each in chosen])))


def _steps(up: int, down: int, width: int) -> list[int]:
    """Return by how much a count is moved, one after the other, in search of room for it."""
    half = -(-width // 2)
    steps = [min(up, width), min(up, half) if down else 0, -min(down, width), -min(down, half) if up else 0]
    return [each for each in dict.fromkeys(steps) if each]


def _divisor(deviation: np.ndarray) -> int:
    return int(np.gcd.reduce(np.rint(deviation[deviation != 0]).astype(np.int64)))


def clean(alternatives: Alternatives, hidden: np.ndarray) -> np.ndarray:
    """Return a pattern in which no hidden entry, as far as is looked, can be shown again; the dearest come first."""
    piece = alternatives.piece
    hidden = hidden.copy()
    reader = Reader.of(piece, piece.free(hidden))
    target = np.zeros(len(piece.counts), dtype=bool)
    target[piece.targets] = True
    for entry in sorted(np.flatnonzero(hidden).tolist(), key=lambda each: (-piece.cost[each], each)):
        told = reader.told(piece.shown_by(entry), target)
        if told is None:
            continue
        if not told or _proved(alternatives, reader.unknown):
            hidden[entry] = False
        else:
            reader.forget(told)
    return hidden


def _proved(alternatives: Alternatives, free: np.ndarray) -> bool:
    if (
        len(free) > LARGE
    ):  # only what is known already: programs for every entry would take longer than it is worth
        return not len(alternatives.unproved(free))
    for target in alternatives.unproved(free):
        low, high = alternatives.reach(free)
        count = alternatives.piece.targets[target]
        if high[count] - low[count] >= alternatives.piece.width[target]:
            continue
        if (
            alone(alternatives, int(target), block_around(alternatives.piece, free, int(count), AROUND))
            is not None
        ):
            return False
    return True
