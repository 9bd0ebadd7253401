"""Linear and whole-number programs over deviations, solved by HiGHS, and how many of them have been used."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import LinearConstraint, linprog, milp
from scipy.sparse import csc_matrix

EXACT = 1e-6
"""What HiGHS may be off by; no proof rests on it, every alternative table is checked in whole numbers."""


class AllowanceUsedUpError(Exception):
    """The work that was allowed is done."""


WHOLE = 10
NODES = 200
COLUMNS = 1000


def size(columns: np.ndarray) -> int:
    """Return as how many programs one with so many columns counts."""
    return 1 + len(columns) // COLUMNS


@dataclass
class Work:
    """How much has been done, and how much may be: one for each program, more for one with whole numbers.

    Attributes:
        allowance: how many programs may be solved.
        used: how many have been.
    """

    allowance: float
    used: int = 0

    def spend(self, programs: int = 1) -> None:
        """Count programs; raises AllowanceUsedUpError when they are more than allowed."""
        if self.used + programs > self.allowance:
            raise AllowanceUsedUpError
        self.used += programs


def farthest(
    sums: csc_matrix, aim: np.ndarray, down: np.ndarray, up: np.ndarray, work: Work
) -> tuple[float, np.ndarray, np.ndarray]:
    """Return the deviation with the largest `aim @ deviation`: its value, itself, and the prices of the sums."""
    work.spend(size(aim))
    found = linprog(
        -aim,
        A_eq=sums,
        b_eq=np.zeros(sums.shape[0]),
        bounds=np.column_stack([-down, up]),
        method="highs-ds",
    )
    if found.x is None:  # nothing is let go far enough for the solver; the true table is always possible
        return 0.0, np.zeros(len(aim)), np.zeros(sums.shape[0])
    return -float(found.fun), found.x, np.asarray(found.eqlin.marginals)


def farthest_whole(
    sums: csc_matrix, aim: np.ndarray, down: np.ndarray, up: np.ndarray, work: Work
) -> np.ndarray:
    """Return the whole-number deviation with the largest `aim @ deviation`, as far as the search came."""
    work.spend(WHOLE * size(aim))
    found = milp(
        -aim,
        constraints=LinearConstraint(sums, 0, 0),
        integrality=np.ones(len(aim)),
        bounds=(-down, up),
        options={"node_limit": NODES},
    )
    return np.zeros(len(aim)) if found.x is None else np.asarray(np.rint(found.x))
