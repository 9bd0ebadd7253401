"""Control limits: between which values a process that does not change would keep its figures.

Every function reckons the limits of one phase, in the order of time; `by_phase` takes a series apart at its phases.
Limits lie three standard deviations from the centre line, warning limits two (Shewhart 1931; Montgomery, Introduction to
Statistical Quality Control, chapters 6 and 7). They are not cut at 0 or 1: `Limits.cut` does that for display.

A moving range is taken between successive points of the baseline, and not across a point without a value, as
NHSRplotthedots and qicharts2 do. A point that is left out of the baseline is passed over, as in qicharts2.
"""

from collections.abc import Callable
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Numbers = NDArray[np.float64]
Truths = NDArray[np.bool_]

XMR = 2.66
"""Half the width of XmR limits in mean moving ranges: 3 / 1.128, as Wheeler and Making Data Count round it."""
BIAS = 1.128
"""Mean moving range of a normal variable with standard deviation 1 (d2 for two points)."""
LARGEST_RANGE = 3.267
"""Upper limit of moving ranges in mean moving ranges (D4 for two points)."""
LARGEST_STEP = 3.2665
"""The same with four decimals, as qicharts2 has it for steps between denominators of unequal size."""


@dataclass(frozen=True)
class Limits:
    """Lines of a control chart, one number per point; nan where there is none.

    Attributes:
        centre: what the process gives on average.
        lower, upper: limits, three standard deviations from the centre.
        warning_lower, warning_upper: two standard deviations from the centre, where the outer thirds begin.
    """

    centre: Numbers
    lower: Numbers
    upper: Numbers
    warning_lower: Numbers
    warning_upper: Numbers

    def of(self, points: Truths) -> "Limits":
        """Return the lines at some of the points."""
        return Limits(*(line[points] for line in astuple(self)))

    def cut(self, least: float = -np.inf, most: float = np.inf) -> "Limits":
        """Return the lines with limits beyond what a figure can be drawn in to it."""
        lower, upper = (np.clip(line, least, most) for line in (self.lower, self.upper))
        inner = (np.clip(line, least, most) for line in (self.warning_lower, self.warning_upper))
        return Limits(self.centre, lower, upper, *inner)


def by_phase(
    chart: Callable[..., Limits], phase: NDArray[np.int64], baseline: Truths, *columns: Numbers
) -> Limits:
    """Return the limits of a series that are reckoned anew in each phase.

    Args:
        chart: reckons the limits of one phase from its columns and its baseline.
        phase: number of the phase that each point is in.
        baseline: the points that limits are reckoned from; a phase without any is reckoned from all its points.
        columns: what the chart is made of, one number per point.
    """
    lines = np.full((5, len(phase)), np.nan)
    for number in np.unique(phase):
        here = phase == number
        base = baseline[here] if baseline[here].any() else np.ones(int(here.sum()), dtype=bool)
        lines[:, here] = astuple(chart(*(column[here] for column in columns), base))
    return Limits(*lines)


def xmr(value: Numbers, baseline: Truths, *, screened: bool = False, width: float = XMR) -> Limits:
    """Return limits of single values from their mean moving range.

    Args:
        value: one per point; nan where there is none.
        baseline: the points that limits are reckoned from.
        screened: leave out moving ranges that are themselves beyond their limit (Nelson 1982). NHSRplotthedots and
            qicharts2 do, Wheeler advises against it and the NHS Making Data Count tool does not: one outlier then
            halves the limits, and a single step in a constant series leaves them without any width.
        width: half the width of the limits, in mean moving ranges.
    """
    centre = _mean(value[baseline])
    return _around(np.full(value.shape, centre), width / 3 * _mean_range(value[baseline], screened=screened))


def moving_range(value: Numbers, baseline: Truths) -> tuple[Numbers, Limits]:
    """Return the moving ranges of single values, none at the first point, and their limits."""
    ranges = np.abs(np.diff(value, prepend=np.nan))
    centre = np.full(value.shape, _mean(ranges[baseline]))
    upper, none = LARGEST_RANGE * centre, np.zeros(value.shape)
    return ranges, Limits(centre, none, upper, none, upper * 2 / 3)


def run(value: Numbers, baseline: Truths) -> Limits:
    """Return the median, with no limits: a run chart."""
    known = _known(value[baseline])
    return _around(np.full(value.shape, np.median(known) if known.size else np.nan), np.nan)


def p(numerator: Numbers, denominator: Numbers, baseline: Truths) -> Limits:
    """Return binomial limits of shares."""
    _, centre, spread = _shares(numerator, denominator, baseline)
    return _around(centre, spread)


def p_prime(numerator: Numbers, denominator: Numbers, baseline: Truths, *, screened: bool = False) -> Limits:
    """Return limits of shares that vary by more than the binomial between points (Laney 2002)."""
    share, centre, spread = _shares(numerator, denominator, baseline)
    return _around(centre, spread * _more_than_chance(share, centre, spread, baseline, screened=screened))


def u(numerator: Numbers, denominator: Numbers, baseline: Truths) -> Limits:
    """Return Poisson limits of events per unit of the denominator."""
    _, centre, spread = _rates(numerator, denominator, baseline)
    return _around(centre, spread)


def u_prime(numerator: Numbers, denominator: Numbers, baseline: Truths, *, screened: bool = False) -> Limits:
    """Return limits of rates that vary by more than the Poisson between points (Laney 2002)."""
    rate, centre, spread = _rates(numerator, denominator, baseline)
    return _around(centre, spread * _more_than_chance(rate, centre, spread, baseline, screened=screened))


def c(events: Numbers, baseline: Truths) -> Limits:
    """Return Poisson limits of counts over equal stretches of time."""
    centre = np.full(events.shape, _mean(events[baseline]))
    return _around(centre, np.sqrt(centre))


def i_prime(value: Numbers, denominator: Numbers, baseline: Truths, *, screened: bool = False) -> Limits:
    """Return limits of single values that rest on denominators of unequal size (Taylor, as in qicharts2).

    The baseline is of the centre alone: the spread is taken from every step of the series, as qicharts2 does.
    """
    known = np.isfinite(value) & (denominator > 0)
    size, base = np.where(known, denominator, np.nan), known & baseline
    centre = np.sum(value[base] * size[base]) / size[base].sum() if base.any() else np.nan
    one = 1 / size
    steps = np.sqrt(np.pi / 2) * np.abs(np.diff(value)) / np.sqrt(one[1:] + one[:-1])
    sigma = _screened_mean(steps, screened=screened, largest=LARGEST_STEP)
    return _around(np.full(value.shape, centre), sigma / np.sqrt(size))


def xbar(n: Numbers, mean: Numbers, sd: Numbers, baseline: Truths) -> Limits:
    """Return limits of means of groups: from the mean standard deviation, or the pooled one of unequal groups."""
    known = baseline & (n > 0)
    centre = np.sum(n[known] * mean[known]) / n[known].sum() if known.any() else np.nan
    return _around(np.full(n.shape, centre), _within(n, sd, baseline) / (_c4(n) * np.sqrt(n)))


def s(n: Numbers, sd: Numbers, baseline: Truths) -> Limits:
    """Return limits of standard deviations of groups, which are cut at 0."""
    centre = np.full(n.shape, _within(n, sd, baseline))
    c4 = _c4(n)
    return _around(centre, centre * np.sqrt(1 - c4**2) / c4).cut(least=0)


def shares(numerator: Numbers, denominator: Numbers) -> Numbers:
    """Return numerator over denominator, and nan where either is missing or the denominator is not positive."""
    known = np.isfinite(numerator) & (denominator > 0)
    ratio = np.full(numerator.shape, np.nan)
    np.divide(numerator, denominator, out=ratio, where=known)
    return ratio


def _around(centre: Numbers, spread: Numbers | float) -> Limits:
    """Return the lines two and three standard deviations from the centre."""
    far, near = 3 * np.asarray(spread), 2 * np.asarray(spread)
    return Limits(centre, centre - far, centre + far, centre - near, centre + near)


def _known(value: Numbers) -> Numbers:
    return value[np.isfinite(value)]


def _mean(value: Numbers) -> float:
    """Return the mean of what is known, in two passes: of equal values it is that value, to the last bit."""
    known = _known(value)
    if not known.size:
        return np.nan
    rough = known.mean()
    return float(rough + (known - rough).mean())


def _mean_range(value: Numbers, *, screened: bool) -> float:
    """Return the mean moving range of values in the order of time."""
    return _screened_mean(np.abs(np.diff(value)), screened=screened)


def _screened_mean(ranges: Numbers, *, screened: bool, largest: float = LARGEST_RANGE) -> float:
    """Return the mean of what is known; screened, of what lies below its limit, and nan when nothing does."""
    mean = _mean(ranges)
    return _mean(ranges[ranges < largest * mean]) if screened else mean


def _shares(numerator: Numbers, denominator: Numbers, baseline: Truths) -> tuple[Numbers, Numbers, Numbers]:
    """Return shares, their mean over the baseline, and the binomial standard deviation at each point.

    Raises:
        ValueError: when a numerator is above its denominator.
    """
    if np.any(numerator > denominator):
        raise ValueError("limits of shares need numerator <= denominator")
    share, centre, size = _ratio(numerator, denominator, baseline)
    return share, centre, np.sqrt(centre * (1 - centre) / size)


def _rates(numerator: Numbers, denominator: Numbers, baseline: Truths) -> tuple[Numbers, Numbers, Numbers]:
    """Return rates, their mean over the baseline, and the Poisson standard deviation at each point."""
    rate, centre, size = _ratio(numerator, denominator, baseline)
    return rate, centre, np.sqrt(centre / size)


def _ratio(numerator: Numbers, denominator: Numbers, baseline: Truths) -> tuple[Numbers, Numbers, Numbers]:
    """Return numerator over denominator, the same of the whole baseline, and the denominators that are known.

    Raises:
        ValueError: when a count is negative.
    """
    if np.any(numerator < 0) or np.any(denominator < 0):
        raise ValueError("limits of shares and rates need counts that are not negative")
    ratio = shares(numerator, denominator)
    known = np.isfinite(ratio)
    base = known & baseline
    centre = numerator[base].sum() / denominator[base].sum() if base.any() else np.nan
    return ratio, np.full(ratio.shape, centre), np.where(known, denominator, np.nan)


def _more_than_chance(
    ratio: Numbers, centre: Numbers, spread: Numbers, baseline: Truths, *, screened: bool
) -> float:
    """Return how many times wider than by chance alone figures vary from point to point; nan where chance gives none."""
    if not np.any(spread > 0):
        return np.nan
    return _mean_range(((ratio - centre) / spread)[baseline], screened=screened) / BIAS


def _within(n: Numbers, sd: Numbers, baseline: Truths) -> float:
    """Return the standard deviation within groups: the mean of equal groups, the pooled one of unequal groups."""
    known = baseline & (n > 1)
    if not known.any():
        return np.nan
    if len(np.unique(n)) == 1:
        return _mean(sd[known])
    free = n[known] - 1
    return float(np.sqrt(np.sum(free * sd[known] ** 2) / free.sum()))


def _c4(n: Numbers) -> Numbers:
    """Return the mean standard deviation of n normal values with standard deviation 1; nan below two."""
    many = np.where(n > 1, n, np.nan)
    return np.sqrt(2 / (many - 1)) * np.exp(special.gammaln(many / 2) - special.gammaln((many - 1) / 2))
