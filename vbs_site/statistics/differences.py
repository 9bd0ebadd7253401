"""Two independent units side by side: differences and ratios, each with the interval that its method gives.

A difference takes its limits from those of the two units ("square and add"): Newcombe 1998 for proportions, method 10, from
Wilson's limits; Zou and Donner 2008 for any number with limits of its own. A ratio of proportions has Katz's limits on the log scale
(Katz, Baptista, Azen and Pike 1978). A ratio of rates is exact: given the events of both, those of the first are
binomial (Przyborowski and Wilenski 1940), with the limits of Clopper and Pearson 1934, as R's `poisson.test`. A difference of
means follows Welch 1947. The score limits of Miettinen and Nurminen 1985 are the other choice for a difference of proportions.
The first unit is compared with the second: first - second, first / second. Impossible input raises.
"""

import numpy as np
from scipy import stats

from vbs_site.statistics.intervals import (
    CONFIDENCE,
    Estimate,
    Numbers,
    proportion,
    quantile_of,
    rate,
    tail_of,
    wilson,
)

HALVINGS = 60
"""Of the way from a difference to the end of the scale: a limit is then as near as floats are."""


def difference_of_proportions(
    first: Numbers, first_n: Numbers, second: Numbers, second_n: Numbers, confidence: float = CONFIDENCE
) -> Estimate:
    """Return differences of two shares with Newcombe's hybrid score limits, all between -1 and 1.

    Raises:
        ValueError: when an n is not positive, or a numerator is negative or above its n.
    """
    return difference_of_limits(wilson(first, first_n, confidence), wilson(second, second_n, confidence))


def score_difference_of_proportions(
    first: Numbers, first_n: Numbers, second: Numbers, second_n: Numbers, confidence: float = CONFIDENCE
) -> Estimate:
    """Return differences of two shares with the score limits of Miettinen and Nurminen, all between -1 and 1.

    Raises:
        ValueError: when an n is not positive, or a numerator is negative or above its n.
    """
    value = proportion(first, first_n).value - proportion(second, second_n).value
    x, m, y, n = (np.asarray(part, dtype=float) for part in (first, first_n, second, second_n))
    z = quantile_of(confidence)
    limits = []
    for end in (-1.0, 1.0):
        inside, outside = value, np.full_like(value, end)
        for _ in range(HALVINGS):
            middle = (inside + outside) / 2
            kept = (value - middle) ** 2 <= z**2 * _variance_under(middle, x, m, y, n)
            inside, outside = np.where(kept, middle, inside), np.where(kept, outside, middle)
        limits.append((inside + outside) / 2)
    return Estimate(value, *limits)


def _variance_under(difference: Numbers, x: Numbers, m: Numbers, y: Numbers, n: Numbers) -> Numbers:
    """Return the variance of the difference of x/m and y/n were it what is given, by the likeliest shares that differ so.

    The second share is a root of a cubic, which Miettinen and Nurminen 1985 give in closed form (appendix I).
    """
    total = m + n
    square = ((m + 2 * n) * difference - total - x - y) / (3 * total)
    linear = ((n * difference - total - 2 * y) * difference + x + y) / (3 * total)
    constant = y * difference * (1 - difference) / (2 * total)
    q = square**3 - 3 * square * linear / 2 + constant
    p = np.where(q < 0, -1, 1) * np.sqrt(np.maximum(square**2 - linear, 0))
    angle = np.arccos(np.clip(_quotient(q, np.where(p == 0, np.inf, p) ** 3), -1, 1))
    second = np.clip(2 * p * np.cos((np.pi + angle) / 3) - square, 0, 1)
    first = np.clip(second + difference, 0, 1)
    variance: Numbers = (first * (1 - first) / m + second * (1 - second) / n) * total / (total - 1)
    return variance


def difference_of_limits(one: Estimate, other: Estimate) -> Estimate:
    """Return differences of two numbers with the limits that their own limits give (Zou and Donner 2008)."""
    value = one.value - other.value
    down = np.hypot(one.value - one.lower, other.upper - other.value)
    up = np.hypot(one.upper - one.value, other.value - other.lower)
    return Estimate(value, value - down, value + up)


def ratio_of_proportions(
    first: Numbers, first_n: Numbers, second: Numbers, second_n: Numbers, confidence: float = CONFIDENCE
) -> Estimate:
    """Return ratios of two shares with Katz's log limits; no limits where a share is 0.

    The ratio itself is infinite where only the second share is 0, and nan where both are.

    Raises:
        ValueError: when an n is not positive, or a numerator is negative or above its n.
    """
    one, other = proportion(first, first_n, confidence), proportion(second, second_n, confidence)
    x, m, y, n = (np.asarray(part, dtype=float) for part in (first, first_n, second, second_n))
    value = _quotient(one.value, other.value)
    x, y = np.where(x > 0, x, np.nan), np.where(y > 0, y, np.nan)
    times = np.exp(quantile_of(confidence) * np.sqrt(1 / x - 1 / m + 1 / y - 1 / n))
    known = ~np.isnan(times)
    middle = np.where(known, value, np.nan)
    return Estimate(value, middle / times, middle * times)


def ratio_of_rates(
    first: Numbers,
    first_persons: Numbers,
    second: Numbers,
    second_persons: Numbers,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Return ratios of two rates with exact limits given the events of both.

    There is no upper limit (infinite) without events in the second, and neither ratio nor limits without events in both.

    Raises:
        ValueError: when persons are not positive or events are negative.
    """
    one, other = rate(first, first_persons), rate(second, second_persons)
    x, y = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    weight = np.asarray(second_persons, dtype=float) / np.asarray(first_persons, dtype=float)
    some = x + y > 0
    share = proportion(np.where(some, x, 0), np.where(some, x + y, 1), confidence)
    lower, upper = (
        np.where(some, _quotient(limit, 1 - limit) * weight, np.nan) for limit in (share.lower, share.upper)
    )
    return Estimate(_quotient(one.value, other.value), lower, upper)


def _quotient(above: Numbers, below: Numbers) -> Numbers:
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient: Numbers = above / below
    return quotient


def difference_of_means(
    first: Numbers,
    first_sd: Numbers,
    first_n: Numbers,
    second: Numbers,
    second_sd: Numbers,
    second_n: Numbers,
    confidence: float = CONFIDENCE,
) -> Estimate:
    """Return differences of two means with Welch's t limits; no limits where a unit has a single observation.

    Args:
        first: mean of the first unit.
        first_sd: its standard deviation, with n - 1 below.
        first_n: its observations.
        second: mean of the second unit.
        second_sd: its standard deviation.
        second_n: its observations.
        confidence: of the interval.

    Raises:
        ValueError: when an n is not positive or a standard deviation is negative.
    """
    s, m, t, n = (np.asarray(part, dtype=float) for part in (first_sd, first_n, second_sd, second_n))
    if not (np.all((m > 0) & (n > 0)) and not np.any((s < 0) | (t < 0))):
        raise ValueError("a difference of means needs n > 0 and no standard deviation below 0")
    value = np.asarray(first, dtype=float) - np.asarray(second, dtype=float)
    several = (m > 1) & (n > 1)
    one, other = np.where(several, s**2 / m, np.nan), np.where(several, t**2 / n, np.nan)
    below = one**2 / np.maximum(m - 1, 1) + other**2 / np.maximum(n - 1, 1)
    # Where neither unit varies there are no degrees of freedom to reckon, and the interval has no width.
    freedom = np.where(below == 0, 1, (one + other) ** 2 / np.where(below == 0, 1, below))
    half = stats.t.ppf(1 - tail_of(confidence), freedom) * np.sqrt(one + other)
    return Estimate(value, value - half, value + half)
