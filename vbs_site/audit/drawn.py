"""What a figure is drawn from, read back from where its marks and lines stand.

A mark's place in a drawing, or a limit that is drawn from n, tells n as surely as a number does, as far as its
decimals reach.
"""

import math

from vbs_site.audit.facts import Name, Told
from vbs_site.audit.inversion import half_of_last

Range = tuple[float, float]


def value_at(
    position: float, decimals: int, first: tuple[float, float], second: tuple[float, float]
) -> Range:
    """Return the values that a mark at a position may stand for, on a linear axis.

    A funnel's x axis is read so, and so is any bar or point.

    Args:
        position: the mark's coordinate along the axis, as written in the drawing.
        decimals: decimals of the coordinate.
        first: coordinate and value of a tick of the axis, whose value is exact.
        second: the same of another tick.

    Raises:
        ValueError: the two ticks stand in one place.
    """
    if first[0] == second[0]:
        raise ValueError("two ticks in one place make no axis")
    scale = (second[1] - first[1]) / (second[0] - first[0])
    half = half_of_last(decimals)
    # The ticks' coordinates are rounded too: half a decimal each, larger beyond the ticks in proportion.
    reach = abs(position - first[0]) / abs(second[0] - first[0])
    error = abs(scale) * half * (1 + abs(1 - reach) + reach)
    middle = first[1] + (position - first[0]) * scale
    return middle - error, middle + error


def n_of_p_limits(centre: float, limit: float, decimals: int, sigmas: float = 3) -> Range:
    """Return the n that a control limit of a share was drawn from.

    The limit of a p chart stands at p ± s·√(p(1−p)/n), so n = s²·p(1−p)/(limit−p)² (Montgomery, Introduction to
    Statistical Quality Control, 7.2); with s = 3 the nine times of the usual chart. A funnel's limits by the normal
    approximation are read the same way, with its own s. A limit that was cut off at 0 or 1 tells nothing but an upper
    end of n: give the other limit.

    Args:
        centre: the centre line p, as a fraction.
        limit: the upper or lower limit, as a fraction.
        decimals: decimals of both, as fractions: 3 where per cent are shown with one.
        sigmas: s.

    Returns:
        The least and the largest n that fit; no upper end is inf.
    """
    half = half_of_last(decimals)
    least, most = max(0.0, centre - half), min(1.0, centre + half)
    widest = min(max(0.5, least), most)  # the centre in reach where p(1-p) is largest
    edges = [p * (1 - p) for p in (least, most)]
    distance = abs(limit - centre)
    far, close = distance + 2 * half, distance - 2 * half
    low = sigmas**2 * min(edges) / far**2
    high = sigmas**2 * widest * (1 - widest) / close**2 if close > 0 else math.inf
    return low, high


def n_told(n: Name, within: Range, where: str) -> Told:
    """Return the fact that a count lies within what was read from a drawing.

    Args:
        n: the count.
        within: its least and largest value, as `value_at` and `n_of_p_limits` give them.
        where: the file and the place.
    """
    return Told(((n, 1.0),), within[0], within[1], where)


def steps_that_fit(before: float, after: float, decimals: int, most: int) -> list[tuple[int, int]]:
    """Return the events and numbers at risk behind one step of a Kaplan-Meier curve.

    The curve falls by the factor 1 − d/n at a time with d events among n at risk (Kaplan & Meier 1958).

    Args:
        before: survival before the step, as a fraction as shown.
        after: survival after it.
        decimals: decimals of both, as fractions.
        most: largest n tried.

    Returns:
        Pairs of events and number at risk, by number at risk; without a step the events are 0 where that fits.
    """
    half = half_of_last(decimals)
    least = max(0.0, 1 - (after + half) / max(before - half, half))
    largest = min(1.0, 1 - (after - half) / (before + half))
    return [
        (events, n)
        for n in range(1, most + 1)
        for events in range(math.ceil(least * n - half), math.floor(largest * n + half) + 1)
        if least * n <= events <= largest * n
    ]


def pairs_told(numerator: Name, n: Name, pairs: list[tuple[int, int]], where: str) -> list[Told]:
    """Return what a complete list of pairs tells: the ends of both counts, of their difference and of their share.

    Args:
        numerator: the first count of each pair.
        n: the second.
        pairs: all pairs that fit what is shown, as `shares_that_fit` and `steps_that_fit` give them. A list that ends
            at the largest n tried, and not because no larger n fits, must not be given here.
        where: the file and the place.

    Raises:
        ValueError: no pair fits, so what is shown was not made in this way.
    """
    if not pairs:
        raise ValueError("no pair fits what is shown: another method or other decimals made it")
    facts = [((numerator, 1.0),), ((n, 1.0),), ((n, 1.0), (numerator, -1.0))]
    values = [[x for x, _ in pairs], [m for _, m in pairs], [m - x for x, m in pairs]]
    ends = [Told(terms, min(each), max(each), where) for terms, each in zip(facts, values, strict=True)]
    least, most = min(x / m for x, m in pairs), max(x / m for x, m in pairs)
    return [
        *ends,
        Told(((numerator, 1.0), (n, -least)), 0.0, math.inf, where),
        Told(((numerator, 1.0), (n, -most)), -math.inf, 0.0, where),
    ]
