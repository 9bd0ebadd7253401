"""Values and confidence intervals, each by the method that is named beside the number.

Proportions are exact (Clopper and Pearson 1934): Danish clinical registers print these. Rates follow the rule of Public
Health England (PHEindicatormethods `phe_rate`): exact Poisson (Garwood 1936) below 10 events, Byar's approximation
(Breslow and Day 1987) from 10; so do indirectly standardised ratios (`calculate_ISRatio`). Directly standardised rates
follow Dobson et al. 1991 with Byar's limits (`calculate_dsr`). Means and paired changes use Student's t.
All functions take and return numpy arrays of equal length; impossible input raises.
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
    x, n = np.asarray(numerator, dtype=float), np.asarray(n, dtype=float)
    if not np.all((n > 0) & (x >= 0) & (x <= n)):
        raise ValueError("a proportion needs n > 0 and 0 <= numerator <= n")
    alpha = 1 - confidence
    # beta.ppf is nan where a shape is 0: at no events the lower limit is 0, at all events the upper is 1.
    lower = np.where(x > 0, stats.beta.ppf(alpha / 2, np.maximum(x, 1), n - x + 1), 0.0)
    upper = np.where(x < n, stats.beta.ppf(1 - alpha / 2, x + 1, np.maximum(n - x, 1)), 1.0)
    return Estimate(x / n, lower, upper)


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
        ValueError: when a population is not positive or events are negative.
    """
    x, n, w = (np.asarray(part, dtype=float) for part in (events, population, weights))
    if np.any(n <= 0) or np.any(x < 0):
        raise ValueError("a standardised rate needs persons > 0 and events >= 0 in every stratum")
    share = w / w.sum()
    value = (share * x / n).sum(axis=-1)
    variance = (share**2 * x / n**2).sum(axis=-1)
    total = x.sum(axis=-1)
    lower, upper = _byar(total, confidence)
    scale = np.where(total > 0, np.sqrt(variance / np.maximum(total, 1)), np.nan)
    return Estimate(
        value * each, (value + scale * (lower - total)) * each, (value + scale * (upper - total)) * each
    )


def _poisson(events: Numbers, confidence: float) -> tuple[Numbers, Numbers]:
    """Return the limits of a count: exact below 10, Byar's approximation from 10."""
    alpha = 1 - confidence
    exact_lower = np.where(events > 0, stats.chi2.ppf(alpha / 2, 2 * np.maximum(events, 1)) / 2, 0.0)
    exact_upper = stats.chi2.ppf(1 - alpha / 2, 2 * events + 2) / 2
    lower, upper = _byar(events, confidence)
    exact = events < EXACT_BELOW
    return np.where(exact, exact_lower, lower), np.where(exact, exact_upper, upper)


def _byar(events: Numbers, confidence: float) -> tuple[Numbers, Numbers]:
    z = stats.norm.ppf(1 - (1 - confidence) / 2)
    safe, more = np.maximum(events, 1), events + 1
    lower = safe * (1 - 1 / (9 * safe) - z / (3 * np.sqrt(safe))) ** 3
    return lower, more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3


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
    # Rounding can leave a hair below zero where all observations are equal.
    variance = np.maximum(total_sq - total**2 / n, 0) / (several - 1)
    half = stats.t.ppf(1 - (1 - confidence) / 2, several - 1) * np.sqrt(variance / several)
    half = np.where(n > 1, half, np.nan)
    return Estimate(value, value - half, value + half)
