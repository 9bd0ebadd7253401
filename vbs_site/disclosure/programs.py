"""Linear and whole-number programs, solved by HiGHS, and how many of them have been used."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import highspy
import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_matrix

EXACT = 1e-6
"""What HiGHS may be off by; no proof rests on it, every alternative table is checked in whole numbers."""
WHOLE = 10
"""As how many linear programs one in whole numbers counts."""
NODES = 200
"""How far the search for a whole-number deviation goes."""
COLUMNS = 1000
"""A linear program counts as one more for every so many columns."""


class AllowanceUsedUpError(Exception):
    """The work that was allowed is done."""


@dataclass
class Work:
    """How much has been done, and how much may be, in programs: the same everywhere, unlike seconds.

    Attributes:
        allowance: how many programs may be solved.
        used: how many have been.
    """

    allowance: float
    used: int = 0

    def spend(self, columns: int, *, whole: bool = False) -> None:
        """Count a program with so many columns; raises AllowanceUsedUpError when it is more than allowed."""
        programs = (1 + columns // COLUMNS) * (WHOLE if whole else 1)
        if self.used + programs > self.allowance:
            raise AllowanceUsedUpError
        self.used += programs


@dataclass(frozen=True)
class Solution:
    """What a program comes to.

    Attributes:
        value: the least cost; of a search that was not finished, what it cannot be below.
        x: where it is.
        prices: what the cost would rise by with one more on the right of each row; none in whole numbers.
        finished: whether nothing better is left.
    """

    value: float
    x: np.ndarray
    prices: np.ndarray
    finished: bool = True


@cache
def _solver() -> Any:
    """Return the one solver of linear programs, silent and with one thread: its answers depend on the program alone."""
    make: Any = highspy.Highs
    solver = make()
    for name, value in (("output_flag", False), ("threads", 1), ("solver", "simplex")):
        solver.setOptionValue(name, value)
    return solver


def linear(
    cost: np.ndarray,
    matrix: Any,
    right: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
    work: Work,
    *,
    equal: bool,
) -> Solution | None:
    """Return the least `cost @ x` with `matrix @ x` equal to the right side, or at most that; None when there is none."""
    work.spend(len(cost))
    columns = csc_matrix(matrix)
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = columns.shape
    program.col_cost_, program.col_lower_, program.col_upper_ = cost, low, high
    program.row_lower_ = right if equal else np.full(len(right), -np.inf)
    program.row_upper_ = right
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_, program.a_matrix_.index_ = columns.indptr, columns.indices
    program.a_matrix_.value_ = columns.data.astype(float)
    solver = _solver()
    solver.clearModel()
    solver.passModel(program)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    found = solver.getSolution()
    value = float(solver.getInfo().objective_function_value)
    return Solution(value, np.array(found.col_value), np.array(found.row_dual))


def whole(
    cost: np.ndarray,
    matrix: Any,
    right: tuple[Any, Any],
    low: np.ndarray,
    high: np.ndarray,
    work: Work,
    *,
    kind: np.ndarray | None = None,
    nodes: int = NODES,
) -> Solution | None:
    """Return the least `cost @ x` in whole numbers with `matrix @ x` between two sides; None when none was found.

    Args:
        cost: of one more of each.
        matrix: the rows.
        right: the least and the most of every row.
        low: the least of each.
        high: the most of each.
        work: what is counted.
        kind: 1 for a whole number and 0 for any; all are whole when it is not said.
        nodes: how far the search goes.
    """
    work.spend(len(cost), whole=True)
    found = milp(
        cost,
        constraints=LinearConstraint(matrix, *right),
        integrality=np.ones(len(cost), dtype=np.int64) if kind is None else kind.astype(np.int64),
        bounds=Bounds(low, high),
        options={"node_limit": nodes, "mip_rel_gap": 0},
    )
    if found.x is None:
        return None
    bound: Any = found.fun if found.mip_dual_bound is None else found.mip_dual_bound
    return Solution(float(bound), np.asarray(found.x), np.zeros(0), found.status == 0)


def farthest(
    sums: Any, aim: np.ndarray, down: np.ndarray, up: np.ndarray, work: Work
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the deviation with the largest `aim @ deviation`: its value, itself, and the prices of the sums."""
    found = linear(-aim, sums, np.zeros(sums.shape[0]), -down, up, work, equal=True)
    if found is None:  # nothing is let go far enough for the solver; the true table is always possible
        return 0.0, np.zeros(len(aim)), np.zeros(sums.shape[0])
    return -found.value, found.x, found.prices


def farthest_whole(sums: Any, aim: np.ndarray, down: np.ndarray, up: np.ndarray, work: Work) -> np.ndarray:
    """Return the whole-number deviation with the largest `aim @ deviation`, as far as the search came."""
    found = whole(-aim, sums, (0, 0), -down, up, work)
    return np.zeros(len(aim)) if found is None else np.rint(found.x)
