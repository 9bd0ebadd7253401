"""What narrowing left open, cut into parts that share no count, and several such parts solved as one program.

Parts that have nothing in common can be asked one question each in a single program, since neither the limits nor
the objectives meet. Programs are solved by HiGHS through scipy.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_matrix, csr_matrix, eye_array, hstack
from scipy.sparse.csgraph import connected_components

from vbs_site.audit.facts import ContradictionError
from vbs_site.audit.linear import ROUNDING, Floats, System, Whole, slack

TOGETHER = 3_000
"""Columns that a program holds before the next part goes into another one."""
OPEN_END = 1e7
"""Stands for no upper limit in a program (or a thousand times the largest number told, where that is more)."""
NODES = 2_000
"""Branches that one whole-number program may try."""


class UndecidedError(Exception):
    """A program ended without an answer."""


@dataclass(frozen=True)
class Point:
    """Values of all columns of a block; `whole` says of each part whether its values are whole and fit exactly."""

    values: Floats
    whole: np.ndarray[Any, np.dtype[np.bool_]]


class Block:
    """Some parts of a system, as one program.

    Attributes:
        columns: columns of the system, part by part.
        rows: rows of the system with an open count among these.
        part: part of each column, numbered from 0.
        parts: how many there are.
        matrix, row_low, row_high: the rows, less what counts outside the block come to.
        low, high: bounds of the columns.
        ends: which columns have an upper limit of their own.
    """

    def __init__(self, system: System, columns: Whole, part: Whole, rows: Whole, matrix: Any) -> None:
        """Gather a block; its rows' limits are those of the system until they are set."""
        self.system, self.columns, self.part, self.rows, self.matrix = system, columns, part, rows, matrix
        self.parts = int(part[-1]) + 1
        self.row_low, self.row_high = system.row_low[rows], system.row_high[rows]
        self._row_part = np.zeros(len(rows), np.int64)
        pairs = matrix.tocoo()
        self._row_part[pairs.row] = part[pairs.col]
        self.ends = np.isfinite(system.high[columns])
        finite = [values[np.isfinite(values)] for values in (system.low, system.high)]
        end = max(OPEN_END, 1000 * max(float(each.max(initial=0)) for each in finite))
        self.low, self.high = system.low[columns], np.where(self.ends, system.high[columns], end)

    @classmethod
    def of(cls, system: System, columns: Whole, part: Whole) -> "Block":
        """Cut the rows of some columns out of a system, less what their fixed counts come to."""
        rows = system.rows_with(columns)
        place = np.full(len(system.names), -1, np.int64)
        place[columns] = np.arange(len(columns))
        entries = system.entries_of(rows)
        row = np.repeat(np.arange(len(rows)), np.diff(system.starts)[rows])
        at, weights = place[system.columns[entries]], system.coefficients[entries]
        here = at >= 0
        matrix = csr_matrix((weights[here], (row[here], at[here])), shape=(len(rows), len(columns)))
        block = cls(system, columns, part, rows, matrix)
        fixed = np.where(here, 0.0, weights * system.low[system.columns[entries]])
        known = np.bincount(row, fixed, len(rows)).astype(np.float64)
        block._shift(known, known)
        return block

    def _shift(self, least: Floats, most: Floats) -> None:
        """Take off the rows what columns outside come to, at least and at most."""
        self.row_low, self.row_high = self.row_low - most, self.row_high - least

    def alone(self, part: int) -> "Block":
        """Return one part as a block of its own."""
        columns = self.columns[self.part == part]
        return Block.of(self.system, columns, np.zeros(len(columns), np.int64))

    @cached_property
    def _by_column(self) -> Any:
        return self.matrix.tocsc()

    def near(self, column: int, size: int) -> Whole:
        """Return about so many columns nearest to one: those in its rows, those in their rows, and so on."""
        reached = np.zeros(len(self.columns), np.bool_)
        reached[column] = True
        found = newest = np.array([column])
        while len(newest) and len(found) < size:
            rows = np.unique(self._by_column[:, newest].indices)
            newest = np.unique(self.matrix[rows].indices)
            newest = newest[~reached[newest]][: size - len(found)]
            reached[newest] = True
            found = np.concatenate([found, newest])
        return np.sort(found)

    def around(self, columns: Whole, world: Floats | None) -> "Block":
        """Return some columns as a block of their own.

        Args:
            columns: columns of this block, all of one part.
            world: values of all columns that fit. The others then keep them: whatever fits the new block fits this
                one. None: the others take any value within their bounds: whatever fits this block fits the new one.
        """
        some = self._by_column[:, columns]
        rows = np.unique(some.indices)
        matrix = some.tocsr()[rows]
        block = Block(
            self.system, self.columns[columns], np.zeros(len(columns), np.int64), self.rows[rows], matrix
        )
        block.row_low, block.row_high = self.row_low[rows], self.row_high[rows]
        if world is not None:
            outside = self.matrix[rows] @ world - matrix @ world[columns]
            block._shift(outside, outside)
            return block
        all_rows = self.matrix[rows]
        least, most = all_rows.copy(), all_rows.copy()
        inside = np.zeros(len(self.columns), np.bool_)
        inside[columns] = True
        away = ~inside[all_rows.indices]
        ends = all_rows.data * self.low[all_rows.indices], all_rows.data * self.high[all_rows.indices]
        least.data, most.data = np.minimum(*ends) * away, np.maximum(*ends) * away
        block._shift(np.asarray(least.sum(axis=1)).ravel(), np.asarray(most.sum(axis=1)).ravel())
        return block

    def solve(self, objective: Floats, *, whole: bool = False) -> Point:
        """Return a point of the least objective.

        Raises:
            ContradictionError: no point fits.
            UndecidedError: the solver gave up.
        """
        limits: dict[str, Any] = {"node_limit": NODES, "mip_rel_gap": 0.0} if whole else {}
        for presolve in (True, False):
            options: Any = {"presolve": presolve, **limits}
            answer = milp(
                objective,
                integrality=np.full(len(objective), int(whole), dtype=np.int64),
                bounds=Bounds(self.low, self.high),
                constraints=LinearConstraint(self.matrix, self.row_low, self.row_high)
                if len(self.rows)
                else None,
                options=options,
            )
            if answer.status == 0:
                return self._point(np.asarray(answer.x, np.float64))
        if answer.status == 2:
            raise ContradictionError(self._contradiction())
        raise UndecidedError

    def _point(self, values: Floats) -> Point:
        """See which parts of a solution are whole numbers that fit every row."""
        rounded = np.round(values)
        off = (np.abs(values - rounded) > ROUNDING) | (rounded < self.low) | (rounded > self.high)
        sums = self.matrix @ rounded
        room = slack(sums)
        wrong = (sums < self.row_low - room) | (sums > self.row_high + room)
        bad = np.zeros(self.parts, np.bool_)
        bad[self.part[off]] = True
        bad[self._row_part[wrong]] = True
        return Point(np.where(bad[self.part], values, rounded), ~bad)

    def binding(self, objective: Floats) -> tuple[str, ...]:
        """Return places of the facts that keep the least objective from being less."""
        return self._binding(objective, self.matrix, self.row_low, self.row_high, self.low, self.high)

    def _binding(
        self, objective: Floats, matrix: Any, row_low: Floats, row_high: Floats, low: Floats, high: Floats
    ) -> tuple[str, ...]:
        upper, lower = np.isfinite(row_high), np.isfinite(row_low)
        rows = np.concatenate([np.flatnonzero(upper), np.flatnonzero(lower)])
        if not len(rows):
            return self.system.places(
                [], self.columns[np.flatnonzero(objective[: len(self.columns)])].tolist()
            )
        stacked = csr_matrix(matrix)[rows]
        sign = np.repeat([1.0, -1.0], [upper.sum(), lower.sum()])
        rows_told: dict[str, Any] = {
            "A_ub": csr_matrix(stacked.multiply(sign[:, None])),
            "b_ub": sign * np.concatenate([row_high[upper], row_low[lower]]),
            "bounds": np.column_stack([low, high]),
        }
        answer = linprog(objective, method="highs", **rows_told)
        if answer.status != 0:
            return self.system.places([], self.columns[:1].tolist())
        weight = np.abs(answer.ineqlin.marginals)
        used = np.unique(self.rows[rows[weight > ROUNDING]])
        bound = np.abs(answer.lower.marginals) + np.abs(answer.upper.marginals)
        columns = self.columns[bound[: len(self.columns)] > ROUNDING]
        return self.system.places(used.tolist(), columns.tolist())

    def _contradiction(self) -> tuple[str, ...]:
        """Return places of rows that exclude each other: those that bind when each may be broken at a price."""
        count = len(self.rows)
        wide = hstack([self.matrix, eye_array(count), -eye_array(count)])
        price = np.concatenate([np.zeros(len(self.columns)), np.ones(2 * count)])
        low = np.concatenate([self.low, np.zeros(2 * count)])
        high = np.concatenate([self.high, np.full(2 * count, np.inf)])
        return self._binding(price, wide, self.row_low, self.row_high, low, high)


def blocks_of(system: System) -> list[Block]:
    """Return the open part of a system: parts that share no open count, gathered into blocks of a fair size."""
    free = np.flatnonzero(system.low < system.high)
    rows = system.rows_with(free)
    entries = system.entries_of(rows)
    row = np.repeat(np.arange(len(rows)), np.diff(system.starts)[rows])
    place = np.full(len(system.names), -1, np.int64)
    place[free] = np.arange(len(free))
    at = place[system.columns[entries]]
    here = at >= 0
    size = len(free) + len(rows)
    links = coo_matrix((np.ones(here.sum()), (at[here], len(free) + row[here])), shape=(size, size))
    labels = connected_components(links, directed=False)[1][: len(free)]
    order = np.argsort(labels, kind="stable")
    columns, labels = free[order], labels[order]
    blocks, start = [], 0
    edges = [*(np.flatnonzero(np.diff(labels)) + 1).tolist(), len(labels)]
    for number, end in enumerate(edges):
        if end - start >= TOGETHER or number == len(edges) - 1:
            here_labels = labels[start:end]
            part = np.cumsum(np.concatenate([[0], np.diff(here_labels) != 0])) if end > start else here_labels
            if end > start:
                blocks.append(Block.of(system, columns[start:end], part.astype(np.int64)))
            start = end
    return blocks
