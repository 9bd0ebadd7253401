"""Kaplan and Meier 1958: the share still free of an event, from a life table.

Variance by Greenwood 1926, limits on the log-log scale (Kalbfleisch and Prentice), as R's `survival::survfit` gives with
`conf.type = "log-log"`. People who leave on a day are at risk on it: an event comes before leaving on the same day.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from vbs_site.statistics.intervals import CONFIDENCE

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """One Kaplan-Meier curve: per day on which anybody leaves, in order.

    Attributes:
        day: days after the index event.
        at_risk: people still followed just before the day's events.
        free: share free of the event after the day.
        error: Greenwood's standard error of `free`.
        lower, upper: limits; nan where nothing has happened yet, or to everyone.
    """

    day: Numbers
    at_risk: Numbers
    free: Numbers
    error: Numbers
    lower: Numbers
    upper: Numbers


def kaplan_meier(day: Numbers, leaving: Numbers, events: Numbers, confidence: float = CONFIDENCE) -> Curve:
    """Return the curve of a life table.

    Args:
        day: days, each once, in any order.
        leaving: people who leave on the day, with the event or without.
        events: those of them with the event.
        confidence: of the limits.

    Raises:
        ValueError: when nobody is followed, or more events than people leave on a day.
    """
    order = np.argsort(np.asarray(day, dtype=float), kind="stable")
    t, n, d = (np.asarray(part, dtype=float)[order] for part in (day, leaving, events))
    if n.sum() <= 0 or np.any(d > n) or np.any(d < 0):
        raise ValueError("a life table needs people, and no more events than people who leave")
    at_risk = n[::-1].cumsum()[::-1]
    free = np.cumprod(1 - d / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(np.where(d < at_risk, d / (at_risk * (at_risk - d)), np.inf))
        error = np.where(free > 0, free * np.sqrt(greenwood), np.nan)
        spread = stats.norm.ppf(1 - (1 - confidence) / 2) * np.sqrt(greenwood) / np.abs(np.log(free))
        between = (free > 0) & (free < 1)
        lower = np.where(between, free ** np.exp(spread), np.nan)
        upper = np.where(between, free ** np.exp(-spread), np.nan)
    return Curve(t, at_risk, free, error, lower, upper)


def read_at(curve: Curve, day: float) -> tuple[float, float, float] | None:
    """Return the share free of the event after a day, with limits; None when nobody was followed that long.

    A curve that has come to 0 stays there.
    """
    if curve.day[-1] < day and curve.free[-1] > 0:
        return None
    reached = int(np.searchsorted(curve.day, day, side="right")) - 1
    if reached < 0:
        return 1.0, float("nan"), float("nan")
    return float(curve.free[reached]), float(curve.lower[reached]), float(curve.upper[reached])
