"""Change of a score in pairs before and after: how large it is beside the spread, and whose change matters.

The mean change has the interval of the paired t test: `intervals.mean` of the changes.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vbs_site.statistics.intervals import Numbers, variance

Direction = Literal["higher", "lower"]
ROUNDING = 1e-9
"""How far below a threshold a change may lie through its representation alone: 0.4 - 0.1 is less than 0.3 in floats."""
UNTOLD = 16 * float(np.finfo(float).eps)
"""Share of a sum of squares below which what is left of it after the mean is rounding, not spread."""


def standardised_response_mean(n: Numbers, total: Numbers, total_sq: Numbers) -> Numbers:
    """Return the mean change over the standard deviation of the changes (Liang, Fossel and Larson 1990).

    There is none (nan) for a single pair, nor where all changes are equal.

    Args:
        n: pairs.
        total: sum of their changes.
        total_sq: sum of the squares of their changes.

    Raises:
        ValueError: when n is not positive.
    """
    return _beside(n, total, total, total_sq)


def effect_size(n: Numbers, total: Numbers, baseline_total: Numbers, baseline_total_sq: Numbers) -> Numbers:
    """Return the mean change over the standard deviation at baseline (Kazis, Anderson and Meenan 1989).

    There is none (nan) for a single pair, nor where all scores at baseline are equal.

    Args:
        n: pairs.
        total: sum of their changes.
        baseline_total: sum of their scores at baseline.
        baseline_total_sq: sum of the squares of these.

    Raises:
        ValueError: when n is not positive.
    """
    return _beside(n, total, baseline_total, baseline_total_sq)


def _beside(n: Numbers, total: Numbers, spread: Numbers, spread_sq: Numbers) -> Numbers:
    n, total, spread_sq = (np.asarray(part, dtype=float) for part in (n, total, spread_sq))
    if not np.all(n > 0):
        raise ValueError("a mean change needs n > 0")
    squares = variance(n, spread, spread_sq)
    told = (n > 1) & (squares * (n - 1) > UNTOLD * spread_sq)
    return total / n / np.sqrt(np.where(told, squares, np.nan))


def improved(change: Numbers, threshold: float, direction: Direction) -> NDArray[np.bool_]:
    """Return which changes are at least the threshold towards better; a missing change is none.

    Those that are worse by as much are the improved ones of the other direction.

    Args:
        change: after - before, in floats. Sums over patients are reckoned in decimals, where no tolerance is needed.
        threshold: a change that matters, above 0.
        direction: where better lies.

    Raises:
        ValueError: when the threshold is not above 0.
    """
    if not threshold > 0:
        raise ValueError("a change that matters is above 0")
    towards = np.asarray(change, dtype=float) * (1 if direction == "higher" else -1)
    return np.asarray(towards >= threshold - ROUNDING, dtype=np.bool_)
