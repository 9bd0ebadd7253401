"""Funnel limits: where units that do not differ from the centre would lie, given how much each of them has done.

Method: Spiegelhalter 2005, "Funnel plots for comparing institutional performance", Statistics in Medicine 24, with limits
at 95 and 99.8 %. Of shares and counts the limits are exact, interpolated so that a unit without a real difference lies
above the upper limit, or below the lower, with at most the stated probability (half of 5 % or of 0.2 % each): the first of
the methods that Manktelow and Seaton 2012 compare (PLoS ONE 7(9): e45723). The lower limit is Spiegelhalter's (appendix
A.1.1); the upper is the lower limit of those without the event seen from the other side, and lies one event above his,
which a unit of one patient passes whenever that patient has the event, however common it is.

Where the catalogue declares overdispersion and units do differ by more than chance (phi above 1), limits are reckoned on a
scale of equal spread (see `vbs_site.statistics.overdispersion`) and widened; they never lie inside the exact ones.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from vbs_site.catalogue.judging import LEVELS, Overdispersion
from vbs_site.statistics.intervals import Numbers, quantile_of, tail_of
from vbs_site.statistics.overdispersion import ANGLE, PLAIN, ROOT, Scale, spread, winsorised

Limit = tuple[Numbers, Numbers]


@dataclass(frozen=True)
class Limits:
    """The funnel of some units; arrays have one number per unit, in the order and on the scale of the values.

    Attributes:
        centre: what units are held against.
        phi: mean square of the winsorised z-scores; near 1, and rather below, when units differ by chance alone.
        tau2: variance between units, on the scale of the z-scores.
        lower_95, upper_95, lower_998, upper_998: the limits.
        z: standard errors above the centre, before winsorising.
        widened: whether limits are wider than chance alone would have them.
    """

    centre: float
    phi: float
    tau2: float
    lower_95: Numbers
    upper_95: Numbers
    lower_998: Numbers
    upper_998: Numbers
    z: Numbers
    widened: bool


def funnel_of_proportions(
    numerator: Numbers,
    n: Numbers,
    centre: float,
    overdispersion: Overdispersion = "none",
    winsorise: float = 0.1,
) -> Limits:
    """Return exact binomial limits of shares, or limits widened on the arcsine scale (FunnelPlotR, type PR).

    Args:
        numerator: people with the event, per unit.
        n: people, per unit; whole numbers.
        centre: the share that units are held against, from 0 to 1.
        overdispersion: whether and how limits are widened when phi is above 1.
        winsorise: share of units at each end whose z-score is pulled in.

    Raises:
        ValueError: without units, or when a number is impossible.
    """
    x, n = _columns("shares", numerator, n)
    if not np.all((n > 0) & (n == np.floor(n)) & (x >= 0) & (x <= n) & (0 <= centre <= 1)):
        raise ValueError("a funnel of shares needs whole n > 0, 0 <= numerator <= n and a centre from 0 to 1")
    error = 1 / (2 * np.sqrt(n))
    z = ANGLE.z_scores(x / n, centre, error)
    return _funnel(
        centre, z, error, ANGLE, lambda level: binomial_limits(n, centre, level), overdispersion, winsorise
    )


def funnel_of_counts(
    observed: Numbers,
    expected: Numbers,
    centre: float = 1,
    overdispersion: Overdispersion = "none",
    winsorise: float = 0.1,
) -> Limits:
    """Return exact Poisson limits of observed over expected events, or limits widened on the square-root scale.

    The square root (Spiegelhalter 2005; Care Quality Commission) rather than the logarithm of NHS Digital's SHMI: a unit
    without events has a place on it. Limits are squared back; FunnelPlotR's are not. With person-time in place of expected
    events and a rate for the centre, these are the limits of rates.

    Args:
        observed: events, per unit.
        expected: events if the unit were as the reference, or person-time; per unit.
        centre: the ratio or rate that units are held against.
        overdispersion: whether and how limits are widened when phi is above 1.
        winsorise: share of units at each end whose z-score is pulled in.

    Raises:
        ValueError: without units, or when a number is impossible.
    """
    x, e = _columns("counts", observed, expected)
    if not np.all((e > 0) & (x >= 0) & (0 <= centre < np.inf)):
        raise ValueError("a funnel of counts needs expected > 0, observed >= 0 and a centre of 0 or more")
    error = 1 / (2 * np.sqrt(e))
    z = ROOT.z_scores(x / e, centre, error)
    return _funnel(
        centre, z, error, ROOT, lambda level: poisson_limits(e, centre, level), overdispersion, winsorise
    )


def funnel_of_means(
    value: Numbers,
    error: Numbers,
    centre: float,
    overdispersion: Overdispersion = "none",
    winsorise: float = 0.1,
) -> Limits:
    """Return normal limits of means or mean changes.

    Args:
        value: mean, per unit.
        error: standard error of it if the unit were as all others: the spread of all patients over the root of the unit's
            n, as NHS England's PROMs have it. A unit's own spread would let a unit of few like patients lie outside.
        centre: the mean that units are held against.
        overdispersion: whether and how limits are widened when phi is above 1.
        winsorise: share of units at each end whose z-score is pulled in.

    Raises:
        ValueError: without units, or when a number is impossible.
    """
    mean, error = _columns("means", value, error)
    if not np.all((error > 0) & np.isfinite(centre)):
        raise ValueError("a funnel of means needs standard errors above 0 and a centre")
    z = PLAIN.z_scores(mean, centre, error)

    def chance(level: float) -> Limit:
        return PLAIN.limits(centre, error, quantile_of(level))

    return _funnel(centre, z, error, PLAIN, chance, overdispersion, winsorise)


def position(value: Numbers, limits: Limits) -> NDArray[Any]:
    """Return per unit `inside`, `above_95`, `below_95`, `above_998` or `below_998`; a value on a limit is inside it."""
    conditions = {
        "above_998": value > limits.upper_998,
        "below_998": value < limits.lower_998,
        "above_95": value > limits.upper_95,
        "below_95": value < limits.lower_95,
    }
    found = np.select(list(conditions.values()), list(conditions), "inside")
    return found.astype(object)


def binomial_limits(n: Numbers, centre: float, level: float) -> Limit:
    """Return the shares that a unit of n people at the centre lies below, or above, with at most (1 - level) / 2 each."""
    tail = tail_of(level)
    lower = interpolated(stats.binom, tail, n, centre)
    upper = interpolated(stats.binom, 1 - tail, n, centre) + 1
    return np.maximum(lower, 0) / n, np.minimum(upper, n) / n


def poisson_limits(expected: Numbers, centre: float, level: float) -> Limit:
    """Return the ratios to expected that a unit at the centre lies below, or above, with at most (1 - level) / 2 each."""
    tail, mean = tail_of(level), expected * centre
    lower = interpolated(stats.poisson, tail, mean)
    return np.maximum(lower, 0) / expected, (interpolated(stats.poisson, 1 - tail, mean) + 1) / expected


def interpolated(chance: Any, probability: float, *shape: Numbers | float) -> Numbers:
    """Return the number of events that has so much probability below it, between whole numbers (Spiegelhalter 2005, A.1.1).

    Args:
        chance: a discrete distribution of scipy.
        probability: of fewer events.
        shape: what the distribution takes, one per unit.
    """
    whole = chance.ppf(probability, *shape)
    over = (chance.cdf(whole, *shape) - probability) / chance.pmf(whole, *shape)
    return np.asarray(whole - np.clip(over, 0, 1))


def _columns(what: str, *columns: Numbers) -> list[Numbers]:
    found = [np.asarray(column, dtype=float) for column in columns]
    if found[0].size == 0:
        raise ValueError(f"a funnel of {what} needs units")
    if not all(np.isfinite(column).all() for column in found):
        raise ValueError(f"a funnel of {what} needs numbers of every unit")
    return found


def _funnel(
    centre: float,
    z: Numbers,
    error: Numbers,
    scale: Scale,
    chance: Callable[[float], Limit],
    overdispersion: Overdispersion,
    winsorise: float,
) -> Limits:
    """Return the limits of chance, or the outer ones of these and those with the spread between units in them."""
    seen = spread(winsorised(z, winsorise), error)
    widened = overdispersion != "none" and seen.more_than_chance
    wider = seen.widen(error, overdispersion)

    def limits(level: float) -> Limit:
        lower, upper = chance(level)
        if not widened:
            return lower, upper
        low, high = scale.limits(centre, wider, quantile_of(level))
        return np.minimum(lower, low), np.maximum(upper, high)

    (lower_95, upper_95), (lower_998, upper_998) = (limits(level) for level in LEVELS)
    return Limits(
        float(centre), seen.phi, seen.tau2, lower_95, upper_95, lower_998, upper_998, z=z, widened=widened
    )
