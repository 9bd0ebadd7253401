"""What is printed or drawn about a count, turned back into what it leaves possible.

Every function takes what a reader sees, rounded as it is seen, and keeps all that could look so: a printed figure
stands for everything within half of its last decimal, both ends included, however the rounding was done.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, gammaincinv, ndtri

from vbs_site.audit.facts import Name, Told

Floats = NDArray[np.float64]
Pairs = list[tuple[int, int]]

SLACK = 1e-9
"""What floating point may add to half of the last decimal."""


def half_of_last(decimals: int) -> float:
    """Return how far a figure may lie from what is printed of it with so many decimals."""
    return 0.5 * 10.0**-decimals + SLACK


def share_of(numerator: Name, n: Name, percentage: float, decimals: int, where: str) -> list[Told]:
    """Return what a printed percentage tells of its numerator and its n, whether these are hidden or not.

    0 % and 100 % are percentages like others: they tell that the numerator, or what n is above it, is below half of
    the last decimal of n. That there is a percentage tells that n is at least 1.

    Args:
        numerator: the count above the line.
        n: the count below it.
        percentage: as printed, in per cent.
        decimals: how many decimals are printed.
        where: the file and the place.
    """
    least, most = _around(percentage, decimals)
    return [
        Told(((numerator, 1.0), (n, -least)), 0.0, np.inf, where),
        Told(((numerator, 1.0), (n, -most)), -np.inf, 0.0, where),
        Told(((n, 1.0),), 1.0, np.inf, where),
    ]


def _around(percentage: float, decimals: int) -> tuple[float, float]:
    """Return the least and the largest share behind a printed percentage."""
    half = half_of_last(decimals)
    return max(0.0, (percentage - half) / 100), min(1.0, (percentage + half) / 100)


def wilson(numerator: Floats, n: Floats, level: float) -> tuple[Floats, Floats]:
    """Return Wilson's limits of shares (Wilson 1927; Newcombe 1998, method 3)."""
    z = ndtri(0.5 + level / 2)
    p = numerator / n
    middle = p + z * z / (2 * n)
    half = z * np.sqrt(p * (1 - p) / n + (z / (2 * n)) ** 2)
    scale = 1 + z * z / n
    return (middle - half) / scale, (middle + half) / scale


def clopper_pearson(numerator: Floats, n: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the exact limits of shares (Clopper & Pearson 1934)."""
    tail = (1 - level) / 2
    rest = n - numerator
    lower = np.where(numerator > 0, betaincinv(np.maximum(numerator, 1), rest + 1, tail), 0.0)
    upper = np.where(rest > 0, betaincinv(numerator + 1, np.maximum(rest, 1), 1 - tail), 1.0)
    return lower, upper


def byar_or_exact_poisson(events: Floats, level: float) -> tuple[Floats, Floats]:
    """Return limits of numbers of events: exact below 10, Byar's from 10 on (Breslow & Day 1987)."""
    tail = (1 - level) / 2
    exact_low = np.where(events > 0, gammaincinv(np.maximum(events, 1), tail), 0.0)
    exact_high = gammaincinv(events + 1, 1 - tail)
    z = ndtri(0.5 + level / 2)
    known, above = np.maximum(events, 1), events + 1
    byar_low = known * (1 - 1 / (9 * known) - z / (3 * np.sqrt(known))) ** 3
    byar_high = above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3
    return np.where(events < 10, exact_low, byar_low), np.where(events < 10, exact_high, byar_high)


def shares_that_fit(
    percentage: float,
    decimals: int,
    limits: tuple[float, float] | None,
    limit_decimals: int,
    level: float,
    method: str,
    most: int,
) -> Pairs:
    """Return every numerator and n that would be printed so.

    Args:
        percentage: as printed, in per cent.
        decimals: decimals of the percentage.
        limits: the interval's limits as printed, in per cent; None when none are.
        limit_decimals: decimals of the limits.
        level: the interval's level, say 0.95.
        method: `wilson`, `clopper-pearson`, or `byar-or-exact-poisson` for a rate per hundred.
        most: largest n tried. Without limits there is no end to the n that fit; with limits see `largest_n`.

    Returns:
        Pairs by n, then numerator.

    Raises:
        ValueError: the method is not one of these.
    """
    if method not in {"wilson", "clopper-pearson", "byar-or-exact-poisson"}:
        raise ValueError(f"no such method of limits: {method!r}")
    return _pairs(percentage, decimals, limits, limit_decimals, level, method, np.arange(1, most + 1))


def _pairs(
    percentage: float,
    decimals: int,
    limits: tuple[float, float] | None,
    limit_decimals: int,
    level: float,
    method: str,
    tried: NDArray[np.int64],
) -> Pairs:
    """Return the pairs whose n is among those tried."""
    half, n = half_of_last(decimals), tried.astype(np.float64)
    first = np.maximum(np.ceil((percentage - half) / 100 * n - SLACK), 0)
    last = np.floor((percentage + half) / 100 * n + SLACK)
    if method != "byar-or-exact-poisson":
        last = np.minimum(last, n)
    count = np.maximum(last - first + 1, 0).astype(np.int64)
    steps = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    n, numerator = np.repeat(n, count), np.repeat(first, count) + steps
    if limits is not None:
        lower, upper = _limits(numerator, n, level, method)
        half = half_of_last(limit_decimals)
        fits = (np.abs(lower * 100 - limits[0]) <= half) & (np.abs(upper * 100 - limits[1]) <= half)
        n, numerator = n[fits], numerator[fits]
    return list(zip(numerator.astype(int).tolist(), n.astype(int).tolist(), strict=True))


def _limits(numerator: Floats, n: Floats, level: float, method: str) -> tuple[Floats, Floats]:
    """Return the limits of shares or rates, as fractions."""
    if method == "byar-or-exact-poisson":
        lower, upper = byar_or_exact_poisson(numerator, level)
        return lower / n, upper / n
    lower, upper = (wilson if method == "wilson" else clopper_pearson)(numerator, n, level)
    return np.clip(lower, 0, 1), np.clip(upper, 0, 1)


def largest_n(
    percentage: float, decimals: int, limits: tuple[float, float], limit_decimals: int, level: float
) -> int:
    """Return an n above which no share can be printed with such limits: the interval would be too narrow.

    Wilson's and the exact interval are both at least as wide as z·√(p(1−p)/(n+z²)) on one side; the width printed,
    less its rounding, gives the n. A width of 0 gives no end: 2³¹ then.

    Args:
        percentage: as printed, in per cent.
        decimals: decimals of the percentage.
        limits: limits as printed, in per cent.
        limit_decimals: decimals of the limits.
        level: the interval's level.
    """
    width = (limits[1] - limits[0] - 2 * half_of_last(limit_decimals)) / 100
    if width <= 0:
        return 2**31
    low, high = _around(percentage, decimals)
    p = min(max(0.5, low), high)  # the share in reach whose interval is widest
    z2 = float(ndtri(0.5 + level / 2)) ** 2
    # Exact limits lie at most 1/n outside Wilson's on either side; both shrink with n.
    ends = [
        n
        for n in (2.0**k for k in range(32))
        if 2 * np.sqrt(z2 * (p * (1 - p) + z2 / (4 * n)) / n) + 4 / n >= width
    ]
    return int(2 * ends[-1]) if ends else 1
