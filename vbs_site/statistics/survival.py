"""Kaplan and Meier 1958: the share still free of an event, from a life table, and the times that it tells.

Variance by Greenwood 1926, limits on the log-log scale (Kalbfleisch and Prentice), as R's `survival::survfit` gives with
`conf.type = "log-log"`; its plain and log limits are there by name. People who leave on a day are at risk on it: an event
comes before leaving on the same day. Medians and restricted means are those of `survival:::survmean`.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vbs_site.statistics.intervals import CONFIDENCE, quantile_of

Numbers = NDArray[np.float64]
Scale = Literal["log-log", "log", "plain"]
SAME = float(np.sqrt(np.finfo(float).eps))
"""How near two times, or two shares, are one (1.5e-8): numbers that differ by less do so by how they were reckoned."""


@dataclass(frozen=True)
class Curve:
    """One Kaplan-Meier curve: per day on which anybody leaves, in order.

    Attributes:
        day: days after the index event.
        at_risk: people still followed just before the day's events.
        events: people with the event on the day.
        free: share free of the event after the day.
        error: Greenwood's standard error of `free`.
        lower, upper: limits; nan where nothing has happened yet, or to everyone (plain and log limits of 1 are 1).
    """

    day: Numbers
    at_risk: Numbers
    events: Numbers
    free: Numbers
    error: Numbers
    lower: Numbers
    upper: Numbers


def kaplan_meier(
    day: Numbers,
    leaving: Numbers,
    events: Numbers,
    confidence: float = CONFIDENCE,
    scale: Scale = "log-log",
) -> Curve:
    """Return the curve of a life table.

    Args:
        day: days, in any order; those that differ by rounding alone are one (`timefix` of `survfit`).
        leaving: people who leave on the day, with the event or without.
        events: those of them with the event.
        confidence: of the limits.
        scale: on which the limits are symmetric.

    Raises:
        ValueError: when nobody is followed, or more events than people leave on a day.
    """
    order = np.argsort(np.asarray(day, dtype=float), kind="stable")
    t, n, d = (np.asarray(part, dtype=float)[order] for part in (day, leaving, events))
    if n.sum() <= 0 or np.any(d > n) or np.any(d < 0):
        raise ValueError("a life table needs people, and no more events than people who leave")
    starts = _apart(t)
    t, n, d = t[starts], np.add.reduceat(n, starts), np.add.reduceat(d, starts)
    at_risk = n[::-1].cumsum()[::-1]
    free = np.cumprod((at_risk - d) / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.sqrt(np.cumsum(np.where(d < at_risk, d / (at_risk * (at_risk - d)), np.inf)))
        error = np.where(free > 0, free * greenwood, np.nan)
        lower, upper = _limits(free, greenwood, quantile_of(confidence), scale)
    return Curve(t, at_risk, d, free, error, lower, upper)


def _apart(times: Numbers) -> NDArray[np.intp]:
    """Return the first place of each time among sorted ones; steps below the tolerance, of time or of their mean, are none."""
    different = np.unique(times)
    nearest = SAME * max(1.0, float(np.abs(different).mean()))
    return np.flatnonzero(np.diff(times, prepend=-np.inf) > nearest)


def _limits(free: Numbers, greenwood: Numbers, z: float, scale: Scale) -> tuple[Numbers, Numbers]:
    """Return the limits of shares from the standard error of their logarithm."""
    known = np.where(free > 0, free, np.nan)
    if scale == "plain":
        return np.maximum(known - z * known * greenwood, 0), np.minimum(known + z * known * greenwood, 1)
    if scale == "log":
        return known * np.exp(-z * greenwood), np.minimum(known * np.exp(z * greenwood), 1)
    spread = z * greenwood / np.abs(np.log(known))
    between = free < 1
    return (
        np.where(between, known ** np.exp(spread), np.nan),
        np.where(between, known ** np.exp(-spread), np.nan),
    )


def read_at(curve: Curve, day: float) -> tuple[float, float, float] | None:
    """Return the share free of the event after a day, with limits; None when nobody was followed that long.

    A curve that has come to 0 stays there.
    """
    if not _followed_to(curve, day):
        return None
    reached = int(np.searchsorted(curve.day, day, side="right")) - 1
    if reached < 0:
        return 1.0, float("nan"), float("nan")
    return float(curve.free[reached]), float(curve.lower[reached]), float(curve.upper[reached])


def _followed_to(curve: Curve, day: float) -> bool:
    """Return whether anybody was followed to a day, or nobody was left to follow."""
    return bool(day - curve.day[-1] <= SAME * max(1.0, day) or curve.free[-1] == 0)


def restricted_mean(curve: Curve, until: float) -> tuple[float, float] | None:
    """Return the mean time free of the event up to a day, and its standard error; None when nobody was followed that long.

    The mean is the area below the curve (Irwin 1949); its variance sums Greenwood's terms over the area that is left after
    each day (Miller 1981).

    Raises:
        ValueError: when the day is below 0.
    """
    if not until >= 0:
        raise ValueError("a restricted mean needs a last day that is not below 0")
    if not _followed_to(curve, until):
        return None
    within = curve.day <= until
    n, d = curve.at_risk[within], curve.events[within]
    edges = np.concatenate([[0.0], curve.day[within], [until]])
    areas = np.diff(edges) * np.concatenate([[1.0], curve.free[within]])
    after = areas[:0:-1].cumsum()[::-1]
    # On a day when all that are left have the event, no area is left to be uncertain of.
    terms = np.where(n > d, d / (n * np.where(n > d, n - d, 1)), 0)
    return float(areas.sum()), float(np.sqrt((after**2 * terms).sum()))


def time_free(
    curve: Curve, until: float, confidence: float = CONFIDENCE
) -> tuple[float, float, float] | None:
    """Return the mean time free of the event up to a day, with limits; None when nobody was followed that long.

    Royston and Parmar 2013: the area below the curve with normal limits, as R's `survRM2::rmst2` has them. There are none
    (nan) where the curve does not vary, such as without any event: that does not make the mean certain.

    Raises:
        ValueError: when the day is below 0.
    """
    found = restricted_mean(curve, until)
    if found is None:
        return None
    area, error = found
    half = quantile_of(confidence) * error if error > 0 else float("nan")
    return area, area - half, area + half


def median(curve: Curve) -> tuple[float, float, float]:
    """Return the day when half have had the event, with limits; nan for what the curve does not come down to.

    Where the curve lies at one half for a while, the day is the middle of that while. Limits are read off the limits of
    the curve in the same way (Brookmeyer and Crowley 1982).
    """
    return _half(curve.day, curve.free), _half(curve.day, curve.lower), _half(curve.day, curve.upper)


def _half(day: Numbers, share: Numbers) -> float:
    reached = share < 0.5 + SAME
    if not reached.any():
        return float("nan")
    t, s = day[reached], share[reached]
    below = np.flatnonzero(s < s[0])
    if abs(s[0] - 0.5) < SAME and len(below):
        return float((t[0] + t[below[0]]) / 2)
    return float(t[0])
