"""Rules that tell special causes from common ones: which points of a control chart a stable process would hardly give.

`making_data_count` has the four rules of NHS England's Making Data Count, as NHSRplotthedots applies them; `anhoej` the
two of Anhøj and Olesen 2014, as qicharts2 applies them. No rule looks across phases, and a point without a value ends
every pattern. Points are held against limits that are not cut.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from vbs_site.statistics.control_limits import Limits, Numbers, Truths

Sides = NDArray[np.int64]
RULES = ("outside", "trend", "two_of_three", "shift")
"""In the order in which NHSRplotthedots names the one that a point is shown for."""
MANY = 7
"""Points in a shift or a trend. Others take six for a trend; the Making Data Count tools take seven."""
ROUNDING = 1e-13
"""Share of the largest figure within which two are the same: what arithmetic loses, and far below what data hold."""


@dataclass(frozen=True)
class Fired:
    """Where each rule fires: 1 to the high side, -1 to the low side, 0 not at all; one number per point.

    Attributes:
        outside: beyond a limit.
        trend: among seven points or more that each rise, or each fall.
        two_of_three: in an outer third, as two of three points are that all lie on one side of the centre.
        shift: among seven points or more on one side of the centre.
    """

    outside: Sides
    trend: Sides
    two_of_three: Sides
    shift: Sides

    def names(self) -> list[tuple[str, ...]]:
        """Return the rules that fire at each point."""
        fired = zip(*(getattr(self, name) for name in RULES), strict=True)
        return [tuple(name for name, side in zip(RULES, sides, strict=True) if side) for sides in fired]

    def side(self) -> Sides:
        """Return which way each point is special: that of the first of `RULES` that fires there."""
        sides = np.array([getattr(self, name) for name in RULES])
        deciding: Sides = sides[np.argmax(sides != 0, axis=0), np.arange(sides.shape[1])]
        return deciding


@dataclass(frozen=True)
class Runs:
    """Run statistics of one phase, and the run that each point is in.

    Attributes:
        useful: points that have a value off the centre line.
        longest: points in the longest run; None without useful points.
        allowed: the longest run that chance is taken to give.
        crossings: times that the series crosses its centre line.
        expected: the fewest crossings that chance is taken to give.
        signal: whether the longest run is longer, or crossings are fewer.
        side: 1 above the centre and -1 below; 0 on it, and where there is no value.
        length: useful points in the run that a point is in.
    """

    useful: int
    longest: int | None
    allowed: int | None
    crossings: int | None
    expected: int | None
    signal: bool
    side: Sides
    length: Sides


def side_of(value: Numbers, line: Numbers) -> Sides:
    """Return 1 above a line, -1 below, and 0 on it, without a value or without a line."""
    known = np.abs(value[np.isfinite(value)])
    slack = ROUNDING * known.max() if known.size else 0.0
    apart = value - line
    return np.where(np.abs(apart) > slack, np.sign(apart), 0).astype(np.int64)


def beyond(value: Numbers, lower: Numbers, upper: Numbers) -> Sides:
    """Return 1 above the upper limit, -1 below the lower, and 0 between, without a value or without limits."""
    return np.maximum(side_of(value, upper), 0) + np.minimum(side_of(value, lower), 0)


def close_to_limits(value: Numbers, limits: Limits) -> Truths:
    """Return which points are within the limits, in an outer third."""
    out = beyond(value, limits.lower, limits.upper)
    close: Truths = (out == 0) & (beyond(value, limits.warning_lower, limits.warning_upper) != 0)
    return close


def making_data_count(value: Numbers, limits: Limits, phase: NDArray[np.int64]) -> Fired:
    """Return where the four rules of Making Data Count fire.

    Args:
        value: in the order of time; nan where there is none.
        limits: not cut.
        phase: number of the phase that each point is in.
    """
    sides = np.zeros((len(RULES), len(value)), dtype=np.int64)
    for number in np.unique(phase):
        here = phase == number
        sides[:, here] = _in_one_phase(value[here], limits.of(here))
    return Fired(*sides)


def _in_one_phase(value: Numbers, limits: Limits) -> NDArray[np.int64]:
    """Return a row for each of `RULES`."""
    side = side_of(value, limits.centre)
    step = side_of(value[1:], value[:-1])
    rising, falling = (_part_of(_all(step == way, MANY - 1), MANY, len(value)) for way in (1, -1))
    # The point on which a rise ends and a fall begins belongs to both: it is shown with what follows.
    onward = np.append(step, 0)
    trend = np.where(rising & falling, onward, rising.astype(np.int64) - falling)
    close = close_to_limits(value, limits)
    two, shift = np.zeros_like(side), np.zeros_like(side)
    for way in (1, -1):
        shift[_part_of(_all(side == way, MANY), MANY, len(value))] = way
        three = _all(side == way, 3) & (_windows(close, 3).sum(axis=1) >= 2)
        two[_part_of(three, 3, len(value)) & close] = way
    return np.array([beyond(value, limits.lower, limits.upper), trend, two, shift])


def _windows(truths: Truths, width: int) -> Truths:
    """Return each stretch of `width` successive points as a row; no row when there are fewer."""
    if len(truths) < width:
        return np.zeros((0, width), dtype=bool)
    return np.lib.stride_tricks.sliding_window_view(truths, width)


def _all(truths: Truths, width: int) -> Truths:
    """Return for each stretch of `width` successive points whether all are true."""
    return np.asarray(_windows(truths, width).all(axis=1), dtype=bool)


def _part_of(found: Truths, width: int, n: int) -> Truths:
    """Return which of n points are in a stretch of `width` that is found; stretches are named by their first point."""
    part = np.zeros(n, dtype=bool)
    for first in np.flatnonzero(found):
        part[first : first + width] = True
    return part


def anhoej(value: Numbers, centre: Numbers) -> Runs:
    """Return the run statistics of one phase.

    A run is a stretch of points on one side of the centre line; points on it and points without a value are passed
    over. Chance is taken to give no run above round(log2 n) + 3 (Schilling 2012), and no fewer crossings than the 5 %
    quantile of the binomial distribution with n - 1 trials and probability 1/2 (Chen 2010).
    """
    side = side_of(value, centre)
    length = np.zeros_like(side)
    useful = np.flatnonzero(side)
    n = len(useful)
    if not n:
        return Runs(0, None, None, None, None, signal=False, side=side, length=length)
    turns = np.flatnonzero(np.diff(side[useful])) + 1
    stretches = np.split(useful, turns)
    for stretch in stretches:
        length[stretch] = len(stretch)
    longest, allowed = int(length.max()), round(np.log2(n)) + 3
    expected = int(stats.binom.ppf(0.05, n - 1, 0.5)) if n > 1 else 0
    signal = longest > allowed or len(turns) < expected
    return Runs(n, longest, allowed, len(turns), expected, signal=signal, side=side, length=length)
