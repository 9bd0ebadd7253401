"""The cheapest pattern by cutting planes: small programs over which entries to hide, told step by step what gives a count away.

Source: M. Fischetti and J.J. Salazar-González (2001) Solving the cell suppression problem on tabular data with linear
constraints, Management Science 47(7), 1008-1027: the subproblem's prices make a cut, whose coefficients are no larger than
what is needed.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack

from vbs_site.disclosure import programs
from vbs_site.disclosure.alternatives import Alternatives, leaks
from vbs_site.disclosure.moves import clean, grow
from vbs_site.disclosure.pieces import Piece
from vbs_site.disclosure.programs import EXACT, Work, farthest

MASTER_NODES = 2000
STALLED = 8
MIX = 0.5
WHOLE_ROUNDS = 25
LIKED = 1e-4


class StuckError(Exception):
    """No pattern protects a target."""


@dataclass
class Cuts:
    """What must hold of every pattern that protects all targets: `weights @ switches >= needed`."""

    piece: Piece
    weights: list[Any] = field(default_factory=list)
    needed: list[float] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)

    def add(self, reach: np.ndarray, needed: float) -> bool:
        """Add a cut told over counts; return whether it says anything new."""
        piece = self.piece
        by = np.bincount(piece.switch + 1, weights=reach, minlength=piece.switches + 1)
        needed = needed - by[0]
        if needed <= EXACT:
            return False
        weights = np.minimum(by[1:], needed) / needed
        weights[weights < EXACT] = 0
        key = np.round(weights, 5).tobytes()
        if key in self.seen:
            return False
        self.seen.add(key)
        self.weights.append(csr_matrix(weights))
        return True

    def solve(
        self, work: Work, *, whole: bool, liked: np.ndarray | None = None
    ) -> tuple[float, np.ndarray, bool]:
        """Return the least cost, how far each entry is hidden, and whether that is proved."""
        piece = self.piece
        entries, joint = len(piece.entries), piece.joint.shape[0]
        cost = np.concatenate([piece.cost, np.zeros(joint)])
        low, high = np.zeros(len(cost)), np.ones(len(cost))
        parts: list[Any] = list(self.weights)
        least = [1.0] * len(self.weights)
        if joint:
            waits = piece.joint.tocoo()
            rows = np.arange(waits.nnz)
            on = csr_matrix((np.ones(waits.nnz), (rows, waits.col)), shape=(waits.nnz, entries))
            off = csr_matrix((-np.ones(waits.nnz), (rows, waits.row)), shape=(waits.nnz, joint))
            parts.append(hstack([on, off]))
            least += [0.0] * waits.nnz
        if not parts:
            return 0.0, np.zeros(entries), True
        matrix, right = csr_matrix(vstack(parts)), np.array(least)
        if whole:
            kind = (np.arange(len(cost)) < entries).astype(np.int64)
            if liked is not None:  # among equals, what is near a pattern that is known to protect
                cost[:entries] *= np.where(liked, 1 - LIKED, 1.0)
            found = programs.whole(
                cost, matrix, (right, np.inf), low, high, work, kind=kind, nodes=MASTER_NODES
            )
        else:
            found = programs.linear(cost, -matrix, -right, low, high, work, equal=False)
        if found is None:
            raise StuckError
        chosen = np.rint(found.x[:entries]) if whole else found.x[:entries]
        return found.value, chosen, found.finished


def first_cuts(cuts: Cuts) -> None:
    """In every sum of a target, other counts must be able to make up for it."""
    piece = cuts.piece
    by_row = piece.sums.tocsr()
    span = piece.up + piece.down
    for count, width in zip(piece.targets, piece.width, strict=True):
        for row in piece.sums.indices[piece.sums.indptr[count] : piece.sums.indptr[count + 1]]:
            others = by_row.indices[by_row.indptr[row] : by_row.indptr[row + 1]]
            reach = np.zeros(len(piece.counts))
            reach[others] = np.minimum(span[others], width)
            reach[count] = 0
            cuts.add(reach, max(1, width))


def separate(cuts: Cuts, hidden: np.ndarray, targets: list[int], work: Work) -> list[int]:
    """Add what a pattern hidden in part breaks; return of which targets."""
    piece = cuts.piece
    on = piece.on(hidden)
    columns = np.flatnonzero(on > EXACT)
    sums = piece.sums[:, columns]
    both = np.maximum(piece.up, piece.down)
    every = np.arange(len(on))
    broken = []
    for target in targets:
        count, width = piece.targets[target], piece.width[target]
        one_way = min(piece.up[count], piece.down[count]) < 1
        up, down = (piece.up, piece.down) if one_way else (both, both)
        needed = width if one_way else np.ceil(width / 2)
        sign = -1.0 if piece.up[count] < 1 else 1.0
        value, _, prices = farthest(
            sums, sign * (columns == count), (down * on)[columns], (up * on)[columns], work
        )
        if value < needed - 1e-4:
            reduced = -sign * (every == count) - piece.sums.T @ prices
            reach = np.maximum(reduced, 0) * down + np.maximum(-reduced, 0) * up
            reach[reach < EXACT] = 0
            if cuts.add(reach, needed):
                broken.append(target)
    return broken


def improved(
    alternatives: Alternatives, best: np.ndarray, most: int, *, whole: int = WHOLE_ROUNDS
) -> tuple[np.ndarray, bool]:
    """Return the cheapest pattern found, beginning with one that protects, and whether none is cheaper.

    Args:
        alternatives: what is known of the piece; gets what is found.
        best: a pattern that protects.
        most: how many programs may be solved for it.
        whole: how many times entries are chosen whole.
    """
    piece, work = alternatives.piece, alternatives.work
    end = work.used + most
    search = Search(alternatives, best, float(piece.cost @ best))
    cuts = Cuts(piece)
    first_cuts(cuts)
    targets = list(range(len(piece.targets)))
    values = list[float]()
    while work.used < end:
        value, hidden, _ = cuts.solve(work, whole=False)
        if search.reached(value):
            return search.best, True
        values.append(value)
        inner = search.best.astype(float)
        broken = separate(cuts, MIX * hidden + (1 - MIX) * inner, targets, work)
        if not broken:
            broken = separate(cuts, hidden, targets, work)
        if not broken or (len(values) > STALLED and value < values[-STALLED] + 1e-3 * max(1.0, value)):
            break
        if len(values) % 6 == 0:
            search.guided(hidden)
    search.guided(hidden)
    if search.reached(value):
        return search.best, True
    for _ in range(whole):
        if work.used > end:
            break
        value, hidden, proved = cuts.solve(work, whole=True, liked=search.best)
        if search.reached(value):
            return search.best, True
        chosen = hidden > 0.5
        free, on = piece.free(chosen), piece.on(hidden)
        found = leaks(alternatives, free)
        if not found:
            search.offer(chosen)
            return search.best, proved and search.reached(value)
        for leak in found:
            if not (leak.reach @ on < leak.needed - EXACT and cuts.add(leak.reach, leak.needed)):
                cuts.add(np.where(free, 0.0, 1.0), 1.0)
        search.repair(chosen)
    return search.best, False


@dataclass
class Search:
    """The cheapest pattern so far."""

    alternatives: Alternatives
    best: np.ndarray
    cost: float

    def reached(self, bound: float) -> bool:
        """Return whether nothing cheaper than the best is left above a bound."""
        costs = self.alternatives.piece.cost
        if (costs == np.rint(costs)).all() and bound > self.cost - 1 + 1e-3:
            return True
        return bound >= self.cost * (1 - 2 * LIKED)

    def offer(self, hidden: np.ndarray) -> None:
        """Take a pattern that protects when it is cheaper."""
        cost = float(self.alternatives.piece.cost @ hidden)
        if cost < self.cost - EXACT:
            self.best, self.cost = hidden.copy(), cost

    def guided(self, share: np.ndarray) -> None:
        """Look for a pattern that hides what is hidden in part."""
        none = np.zeros(len(share), dtype=bool)
        hidden = grow(self.alternatives, none, 1.02 - np.clip(share, 0, 1))
        self.offer(clean(self.alternatives, hidden))

    def repair(self, chosen: np.ndarray) -> None:
        """Look for a pattern that hides at least these, and show again what is too much."""
        hidden = grow(self.alternatives, chosen)
        self.offer(clean(self.alternatives, hidden))
