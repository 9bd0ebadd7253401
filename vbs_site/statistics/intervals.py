"""Values and confidence intervals, each by the method that is named beside the number.

Proportions are exact (Clopper and Pearson 1934): Danish clinical registers print these. Wilson's interval (1927, without
continuity correction) is the other choice, as PHEindicatormethods `phe_proportion` has it. Rates follow the rule of Public
Health England (PHEindicatormethods `phe_rate`): exact Poisson (Garwood 1936) below 10 events, Byar's approximation
(Breslow and Day 1987) from 10; so do indirectly standardised ratios (`calculate_ISRatio`). Directly standardised rates
follow Dobson et al. 1991 with Byar's limits (`calculate_dsr`). Means and paired changes use Student's t.
All functions take and return numpy arrays of equal length; impossible input raises. A missing number gives a missing
estimate where that is said, and is refused otherwise.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Numbers = NDArray[np.float64]
CONFIDENCE = 0.95
EXACT_BELOW = 10
"""Events below which a rate's interval is exact."""


@dataclass(frozen=True)
class Estimate:
    """Point estimates with both limits; nan where there is none."""

    value: Numbers
    lower: Numbers
    upper: Numbers


def proportion(numerator: Numbers, n: Numbers, confidence: float = CONFIDENCE) -> Estimate:
    """Return shares with exact binomial limits, all between 0 and 1.

    Raises:
        ValueError: when n is not positive, or the numerator is negative or above n.
    """
    x, n = _part_and_whole(numerator, n)
    tail = tail_of(confidence)
    # beta.ppf is nan where a shape is 0: at no events the lower limit is 0, at all events the upper is 1.
    lower = np.where(x > 0, stats.beta.ppf(tail, np.where(x > 0, x, 1), n - x + 1), 0.0)
    upper = np.where(x < n, stats.beta.ppf(1 - tail, x + 1, np.where(x < n, n - x, 1)), 1.0)
    return Estimate(x / n, lower, upper)


def wilson(numerator: Numbers, n: Numbers, confidence: float = CONFIDENCE) -> Estimate:
    """Return shares with Wilson's limits (1927): the shares that a score test would not reject, all between 0 and 1.

    Raises:
        ValueError: when n is not positive, or the numerator is negative or above n.
    """
    x, n = _part_and_whole(numerator, n)
    z = quantile_of(confidence)
    share = x / n
    centre = x + z**2 / 2
    half = z * np.sqrt(n * share * (1 - share) + z**2 / 4)
    # Rounding leaves the limit a hair beside 0 or 1 where nobody, or everybody, is counted.
    lower = np.where(x > 0, (centre - half) / (n + z**2), 0.0)
    upper = np.where(x < n, (centre + half) / (n + z**2), 1.0)
    return Estimate(share, lower, upper)


def _part_and_whole(numerator: Numbers, n: Numbers) -> tuple[Numbers, Numbers]:
    x, n = np.asarray(numerator, dtype=float), np.asarray(n, dtype=float)
    if not np.all((n > 0) & (x >= 0) & (x <= n)):
        raise ValueError("a proportion needs n > 0 and 0 <= numerator <= n")
    return x, n


def tail_of(confidence: float) -> float:
    """Return the probability that a two-sided interval leaves out on each side.

    Raises:
        ValueError: when the confidence is not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise ValueError("an interval needs a confidence between 0 and 1, such as 0.95")
    return (1 - confidence) / 2


def quantile_of(confidence: float) -> float:
    """Return the standard normal deviate of a two-sided interval: 1.96 at 95 %."""
    return float(stats.norm.ppf(1 - tail_of(confidence)))


def rate(events: Numbers, persons: Numbers, each: float = 1, confidence: float = CONFIDENCE) -> Estimate:
    """Return events per `each` persons (or person-time) with Poisson limits; a missing count gives a missing rate.

    Raises:
        ValueError: when persons is not positive or events is negative.
    """
    x, n = np.asarray(events, dtype=float), np.asarray(persons, dtype=float)
    if np.any(n <= 0) or np.any(x < 0):
        raise ValueError("a rate needs persons > 0 and events >= 0")
    lower, upper = _poisson(x, confidence)
    return Estimate(x / n * each, lower / n * each, upper / n * each)


def ratio_to_expected(observed: Numbers, expected: Numbers, confidence: float = CONFIDENCE) -> Estimate:
    """Return observed over expected events (1 is as expected) with Poisson limits of the observed.

    Raises:
        ValueError: when expected is not positive or observed is negative.
    """
    return rate(observed, expected, 1, confidence)


def directly_standardised(
    events: Numbers, population: Numbers, weights: Numbers, each: float = 1, confidence: float = CONFIDENCE
) -> Estimate:
    """Return one directly standardised rate per row; columns are strata. There are no limits without events.

    Method: Dobson, Kuulasmaa, Eberle and Scherer 1991, with Byar's limits for the total of events.

    Args:
        events: rows by strata.
        population: rows by strata, all positive.
        weights: people of each stratum in the standard population.
        each: the rate is given per so many.
        confidence: of the interval.

    Raises:
        ValueError: when a population is not positive, events or weights are negative, or no weight is above 0.
    """
    x, n, w = (np.asarray(part, dtype=float) for part in (events, population, weights))
    if np.any(n <= 0) or np.any(x < 0):
        raise ValueError("a standardised rate needs persons > 0 and events >= 0 in every stratum")
    if not (np.all(w >= 0) and w.sum() > 0):
        raise ValueError("a standard population needs people, and no stratum below 0")
    share = w / w.sum()
    value = (share * x / n).sum(axis=-1)
    variance = (share**2 * x / n**2).sum(axis=-1)
    total = x.sum(axis=-1)
    lower, upper = byar_limits(total, confidence)
    scale = np.sqrt(variance / np.where(total == 0, np.nan, total))
    return Estimate(
        value * each, (value + scale * (lower - total)) * each, (value + scale * (upper - total)) * each
    )


def _poisson(events: Numbers, confidence: float) -> tuple[Numbers, Numbers]:
    """Return the limits of a count: exact below 10, Byar's approximation from 10."""
    exact = events < EXACT_BELOW
    both = zip(exact_limits(events, confidence), byar_limits(events, confidence), strict=True)
    lower, upper = (np.where(exact, one, other) for one, other in both)
    return lower, upper


def exact_limits(events: Numbers, confidence: float = CONFIDENCE) -> tuple[Numbers, Numbers]:
    """Return the exact Poisson limits of a count (Garwood 1936)."""
    tail = tail_of(confidence)
    x = np.asarray(events, dtype=float)
    # chi2.ppf is nan without degrees of freedom; at no events the lower limit is 0.
    lower = np.where(x == 0, 0.0, stats.chi2.ppf(tail, np.where(x == 0, 1, 2 * x)) / 2)
    upper: Numbers = np.asarray(stats.chi2.ppf(1 - tail, 2 * x + 2) / 2)
    return lower, upper


def byar_limits(events: Numbers, confidence: float = CONFIDENCE) -> tuple[Numbers, Numbers]:
    """Return Byar's approximate Poisson limits of a count (Breslow and Day 1987).

    There is no lower limit (nan) without events, nor where the approximation would lie below 0.
    """
    z = quantile_of(confidence)
    x = np.asarray(events, dtype=float)
    some, more = np.where(x == 0, np.nan, x), x + 1
    root = 1 - 1 / (9 * some) - z / (3 * np.sqrt(some))
    return some * np.where(root >= 0, root, np.nan) ** 3, more * (
        1 - 1 / (9 * more) + z / (3 * np.sqrt(more))
    ) ** 3


def mean(n: Numbers, total: Numbers, total_sq: Numbers, confidence: float = CONFIDENCE) -> Estimate:
    """Return means with t limits from a count, a sum and a sum of squares; no limits for a single observation.

    Raises:
        ValueError: when n is not positive.
    """
    n, total, total_sq = (np.asarray(each, dtype=float) for each in (n, total, total_sq))
    if not np.all(n > 0):
        raise ValueError("a mean needs n > 0")
    value = total / n
    several = np.maximum(n, 2)
    half = stats.t.ppf(1 - tail_of(confidence), several - 1) * np.sqrt(variance(n, total, total_sq) / several)
    return Estimate(value, value - half, value + half)


def variance(n: Numbers, total: Numbers, total_sq: Numbers) -> Numbers:
    """Return the variance (n - 1 below) from a count, a sum and a sum of squares; none for a single observation."""
    n, total, total_sq = (np.asarray(each, dtype=float) for each in (n, total, total_sq))
    # Rounding can leave a hair below zero where all observations are equal.
    return np.maximum(total_sq - total**2 / n, 0) / np.where(n > 1, n - 1, np.nan)
