"""Other tables that agree with everything shown: the proofs that a count cannot be found."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

from vbs_site.disclosure.pieces import Piece
from vbs_site.disclosure.programs import EXACT, Work, farthest, farthest_whole

HALF = 0.5


@dataclass(frozen=True)
class Alternative:
    """A whole-number table other than the true one, as what differs.

    Attributes:
        counts: which counts differ.
        by: how much.
    """

    counts: np.ndarray
    by: np.ndarray


@dataclass(frozen=True)
class Flat:
    """The counts of many tables, one after the other.

    Attributes:
        counts: the counts that differ.
        lengths: how many there are in each table.
        at, moved, tables: of the targets among them, which count, by how much, in which table.
    """

    counts: np.ndarray
    lengths: np.ndarray
    at: np.ndarray
    moved: np.ndarray
    tables: np.ndarray

    @classmethod
    def of(cls, found: Sequence[Alternative], target: np.ndarray, first: int = 0) -> "Flat":
        """Return tables as arrays, the first of them with a number; `target` says of each count whether it is one."""
        none = [np.zeros(0, dtype=np.int64)]
        counts = np.concatenate(none + [each.counts for each in found])
        by = np.concatenate(none + [each.by for each in found])
        lengths = np.array([len(each.counts) for each in found], dtype=np.int64)
        chosen = target[counts]
        tables = first + np.repeat(np.arange(len(found)), lengths)
        return cls(counts, lengths, counts[chosen], by[chosen], tables[chosen])

    def extended(self, found: Sequence[Alternative], target: np.ndarray) -> "Flat":
        """Return these tables with those that have been found since."""
        if len(found) == len(self.lengths):
            return self
        more = Flat.of(found[len(self.lengths) :], target, len(self.lengths))
        names = [each.name for each in fields(self)]
        return Flat(*(np.concatenate([getattr(self, name), getattr(more, name)]) for name in names))

    def all_of(self, free: np.ndarray) -> np.ndarray:
        """Return of which tables every count is among these."""
        if not len(self.lengths):
            return np.zeros(0, dtype=bool)
        starts = np.cumsum(self.lengths) - self.lengths
        return np.asarray(np.logical_and.reduceat(free[self.counts], starts))


@dataclass
class Alternatives:
    """The tables found so far for a piece; each holds as long as nothing is shown that differs in it."""

    piece: Piece
    work: Work
    found: list[Alternative] = field(default_factory=list)
    flat: Flat = field(init=False)
    target: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.target = np.zeros(len(self.piece.counts), dtype=bool)
        self.target[self.piece.targets] = True
        self.flat = Flat.of(self.found, self.target)

    def keep(self, deviation: np.ndarray) -> bool:
        """Keep a table when it is one in whole numbers, and what lies farthest on its line; return whether it is.

        The deviation is that of every count. Its multiples add up too; those within what is let go are kept.
        """
        counts = np.flatnonzero(abs(deviation) > HALF)
        by = np.rint(deviation[counts]).astype(np.int64)
        return self.keep_moves(counts, by)

    def keep_moves(self, counts: np.ndarray, by: np.ndarray) -> bool:
        """Keep a table given by the counts that differ."""
        if not len(counts) or (self.piece.whole_sums[:, counts] @ by).any():
            return False
        step = by // np.gcd.reduce(by)
        ahead, back = _along(self.piece, counts, step)
        if ahead + back < 1 or ahead < 0 or back < 0:
            return False
        self.found += [Alternative(counts, int(times) * step) for times in (ahead, -back) if times]
        return True

    def holds(self, free: np.ndarray) -> np.ndarray:
        """Return which of the tables found hold when these counts are unknown."""
        self.flat = self.flat.extended(self.found, self.target)
        return self.flat.all_of(free)

    def reach(self, free: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return how far below and above the true one each target is in the tables that hold when these are unknown.

        There is a place for every count; those of counts that are no targets are 0.
        """
        low, high = np.zeros(len(free), dtype=np.int64), np.zeros(len(free), dtype=np.int64)
        if self.found:
            among = self.holds(free)[self.flat.tables]
            np.minimum.at(low, self.flat.at[among], self.flat.moved[among])
            np.maximum.at(high, self.flat.at[among], self.flat.moved[among])
        return low, high

    def needed(self, free: np.ndarray) -> None:
        """Forget the tables that prove nothing more than others do when these counts are unknown."""
        low, high = np.zeros(len(free), dtype=np.int64), np.zeros(len(free), dtype=np.int64)
        kept = []
        for place in np.flatnonzero(self.holds(free)).tolist():
            each = self.found[place]
            own = self.target[each.counts]
            counts, by = each.counts[own], each.by[own]
            if ((by > high[counts]) | (by < low[counts])).any():
                kept.append(each)
                high[counts], low[counts] = np.maximum(high[counts], by), np.minimum(low[counts], by)
        self.found = kept
        self.flat = Flat.of(kept, self.target)

    def unproved(self, free: np.ndarray) -> np.ndarray:
        """Return which targets of the piece the tables found so far do not prove."""
        low, high = self.reach(free)
        return np.flatnonzero((high - low)[self.piece.targets] < self.piece.width)


def _along(piece: Piece, counts: np.ndarray, step: np.ndarray) -> tuple[int, int]:
    """Return how many times a step can be taken forwards and backwards."""
    up, down = piece.up[counts], piece.down[counts]
    ahead = np.floor(np.where(step > 0, up, down) / abs(step)).min()
    back = np.floor(np.where(step > 0, down, up) / abs(step)).min()
    return int(ahead), int(back)


def span(piece: Piece, deviation: np.ndarray) -> int:
    """Return how many times the smallest whole step along a deviation can be taken, both ways together."""
    counts = np.flatnonzero(abs(deviation) > HALF)
    by = np.rint(deviation[counts]).astype(np.int64)
    return sum(_along(piece, counts, by // np.gcd.reduce(by)))


@dataclass(frozen=True)
class Block:
    """Unknown counts that hang together: `columns` of the piece, with their `rows` of its sums."""

    columns: np.ndarray
    rows: np.ndarray
    sums: csc_matrix


def blocks(piece: Piece, free: np.ndarray) -> tuple[np.ndarray, list[Block]]:
    """Return for every count the place of its block (-1 when known), and the blocks."""
    columns = np.flatnonzero(free)
    part = piece.sums[:, columns]
    links = abs(part.T) @ abs(part)
    many, label = connected_components(links, directed=False)
    of = np.full(len(free), -1)
    of[columns] = label
    order = np.argsort(label, kind="stable")
    groups = np.split(columns[order], np.cumsum(np.bincount(label, minlength=many))[:-1]) if many else []
    return of, [_block(piece, group) for group in groups]


def block_around(piece: Piece, free: np.ndarray, count: int, most: int) -> Block:
    """Return the unknown counts that hang together with one, the nearest first and about so many at most."""
    by_sum, sums = piece.by_sum, piece.sums
    seen = np.zeros(len(free), dtype=bool)
    seen[count] = True
    edge, many = np.array([count]), 1
    while len(edge) and many < most:
        rows = np.unique(members_of(sums, edge))
        members = members_of(by_sum, rows)
        edge = np.unique(members[free[members] & ~seen[members]])
        seen[edge] = True
        many += len(edge)
    return _block(piece, np.flatnonzero(seen))


def members_of(matrix: csc_matrix | csr_matrix, places: np.ndarray) -> np.ndarray:
    """Return what stands in some columns (or rows) of a matrix, one after the other."""
    starts, many = matrix.indptr[places], np.diff(matrix.indptr)[places]
    within = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    return np.asarray(matrix.indices[np.repeat(starts, many) + within])


def _block(piece: Piece, columns: np.ndarray) -> Block:
    sums = piece.sums[:, columns]
    rows = np.unique(sums.indices)
    return Block(columns, rows, csc_matrix(sums.tocsr()[rows]))


@dataclass(frozen=True)
class Leak:
    """A target that is not protected, and why: `reach @ on` must become `needed` at least.

    Attributes:
        target: its place among the targets of the piece.
        reach: (n,) what each count would add if it were unknown; empty when only whole numbers give the count away.
        needed: the least that must be added up.
    """

    target: int
    reach: np.ndarray
    needed: float


def leaks(alternatives: Alternatives, free: np.ndarray) -> list[Leak]:
    """Return the targets that cannot be proved when these counts are unknown; new tables are kept."""
    piece = alternatives.piece
    if not len(alternatives.unproved(free)):
        return []
    together(alternatives, free, *blocks(piece, free))
    found = []
    for target in alternatives.unproved(free):
        low, high = alternatives.reach(free)
        count = piece.targets[target]
        if high[count] - low[count] < piece.width[target]:
            leak = alone(alternatives, int(target), block_around(piece, free, int(count), len(free)))
            if leak is not None:
                found.append(leak)
    return found


PASSES = 6
MOST_WHOLE = 1500


def together(alternatives: Alternatives, free: np.ndarray, of: np.ndarray, parts: list[Block]) -> None:
    """Look for tables in which as many targets as possible differ, each in a direction drawn by lot."""
    piece = alternatives.piece
    lot = np.random.default_rng(1)
    before = float("inf")
    for _ in range(PASSES):
        left = alternatives.unproved(free)
        if not len(left) or len(left) > 0.8 * before:
            return
        before = len(left)
        aim = np.zeros(len(free))
        targets = piece.targets[left]
        sign = np.where(lot.random(len(targets)) < 0.5, -1.0, 1.0)
        sign = np.where(piece.down[targets] < 1, 1.0, np.where(piece.up[targets] < 1, -1.0, sign))
        aim[targets] = sign * (0.5 + lot.random(len(targets)))
        for part in dict.fromkeys(of[targets].tolist()):
            block = parts[part]
            for direction in (1, -1):
                _, deviation, _ = farthest(
                    block.sums,
                    direction * aim[block.columns],
                    piece.down[block.columns],
                    piece.up[block.columns],
                    alternatives.work,
                )
                _keep_whole(alternatives, block, deviation)


def _keep_whole(alternatives: Alternatives, block: Block, deviation: np.ndarray) -> None:
    """Keep the parts of a deviation that are in whole numbers; parts that share no sum hold by themselves."""
    whole = np.zeros(len(alternatives.piece.counts))
    moved = np.flatnonzero(abs(deviation) > EXACT)
    part = abs(block.sums[:, moved])
    many, label = connected_components(part.T @ part, directed=False)
    for place in range(many):
        these = moved[label == place]
        values = deviation[these]
        if (abs(values - np.rint(values)) < EXACT).all():
            whole[:] = 0
            whole[block.columns[these]] = np.rint(values)
            alternatives.keep(whole)


def alone(alternatives: Alternatives, target: int, block: Block) -> Leak | None:
    """Look for the two tables in which one target differs most; return why there are none."""
    piece, work = alternatives.piece, alternatives.work
    count, width = piece.targets[target], float(piece.width[target])
    down, up = piece.down[block.columns], piece.up[block.columns]
    aim = (block.columns == count).astype(float)
    span, reaches, low, high = 0.0, [], 0, 0
    for direction in (1, -1):
        value, deviation, sums = farthest(block.sums, direction * aim, down, up, work)
        span += np.floor(value + EXACT)
        prices = np.zeros(piece.sums.shape[0])
        prices[block.rows] = sums
        reaches.append(reach_of(piece, direction * (np.arange(len(piece.counts)) == count), prices))
        if _whole(deviation):
            alternatives.keep(spread(piece, block, deviation))
            low, high = _widen(low, high, deviation[block.columns == count])
        if high - low >= width:
            return None
    if span >= width and len(block.columns) <= MOST_WHOLE:
        for direction in (1, -1):
            deviation = farthest_whole(block.sums, direction * aim, down, up, work)
            if alternatives.keep(spread(piece, block, deviation)):
                low, high = _widen(low, high, deviation[block.columns == count])
            if high - low >= width:
                return None
    reach = np.maximum(*reaches) if width <= 1 else reaches[0] + reaches[1]
    return Leak(target, reach, width)


def _widen(low: int, high: int, value: np.ndarray) -> tuple[int, int]:
    by = int(np.rint(value[0]))
    return min(low, by), max(high, by)


def _whole(deviation: np.ndarray) -> bool:
    return bool((abs(deviation - np.rint(deviation)) < EXACT).all())


def spread(piece: Piece, block: Block, deviation: np.ndarray) -> np.ndarray:
    """Return a block's deviation as one of the whole piece."""
    whole = np.zeros(len(piece.counts))
    whole[block.columns] = np.rint(deviation)
    return whole


def reach_of(piece: Piece, aim: np.ndarray, prices: np.ndarray) -> np.ndarray:
    """Return what each count adds to the bound on `aim` that these prices of the sums prove."""
    reduced = -aim - piece.sums.T @ prices
    reach = np.maximum(reduced, 0) * piece.down + np.maximum(-reduced, 0) * piece.up
    reach[abs(reach) < EXACT] = 0
    return np.asarray(reach)
