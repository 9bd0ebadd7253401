"""Units against the national value of the same period: funnels, and intervals where there is no funnel."""

import numpy as np
import pandas as pd

from vbs_site.catalogue.judging import FEWEST_TO_WIDEN
from vbs_site.catalogue.organisations import NATIONAL
from vbs_site.judgement.rows import Judged, deviation, exposure, numbers, words
from vbs_site.statistics.funnel import (
    Limits,
    funnel_of_counts,
    funnel_of_means,
    funnel_of_proportions,
    position,
)

FUNNEL = (
    "indicator",
    "statistic",
    "unit_kind",
    "unit",
    "period",
    "centre",
    "lower_95",
    "upper_95",
    "lower_998",
    "upper_998",
    "spread",
    "widened",
    "position",
)
LIMITS = {name: name for name in ("lower_95", "upper_95", "lower_998", "upper_998")} | {
    "spread": "phi",
    "widened": "widened",
}
"""Columns that are taken from the limits, and what they are called there."""
OUTSIDE = {0.95: ("95", "998"), 0.998: ("998",)}
"""Level that decides to the positions beyond its limits."""


def against_national(judged: Judged) -> tuple[pd.Series, pd.DataFrame]:
    """Return the verdict of each row that is compared, and the funnels it was found with.

    A unit is compared with the national value of its period when that is shown.

    Returns:
        Verdicts by index: `better`, `worse` (`higher`, `lower`) or `undecided`; and the table `funnel`.
    """
    national = judged.rows[judged.rows["unit_kind"] == NATIONAL].set_index("period")["value"]
    units = judged.beside[judged.beside["unit_kind"] != NATIONAL]
    units = units.assign(centre=numbers(national.reindex(units["period"]))).dropna(subset="centre")
    above, below = words(judged.direction)
    if judged.family == "interval":
        level = units["centre"]
        verdict = np.where(
            units["lower"] > level, above, np.where(units["upper"] < level, below, "undecided")
        )
        return pd.Series(verdict, index=units.index, dtype="object"), pd.DataFrame(columns=list(FUNNEL))
    table = _funnels(judged, units)
    levels = OUTSIDE[judged.way.funnel.level]
    told = {f"above_{level}": above for level in levels} | {f"below_{level}": below for level in levels}
    return table["position"].map(lambda where: told.get(where, "undecided")), table


def _funnels(judged: Judged, units: pd.DataFrame) -> pd.DataFrame:
    """Return the table of every funnel: one for each kind of units and period in which chance can be reckoned."""
    found = {name: np.full(len(units), np.nan) for name in LIMITS}
    where = np.full(len(units), None, dtype=object)
    if judged.family != "none":
        for places in units.groupby(["unit_kind", "period"]).indices.values():
            here = units.iloc[places]
            centre = float(here["centre"].iloc[0])
            if _has_limits(judged, here, centre):
                limits = _limits(judged, here, centre)
                where[places] = position(numbers(here["value"]), limits)
                for name, column in found.items():
                    column[places] = getattr(limits, LIMITS[name])
    drawn = np.array([each is not None for each in where], dtype=bool)
    table = units.assign(**found, position=where)[drawn][list(FUNNEL)]
    return table.assign(widened=table["widened"] == 1)


def _has_limits(judged: Judged, here: pd.DataFrame, centre: float) -> bool:
    """Return whether chance can be reckoned at all: not where nobody in the country, or everybody, had the event."""
    if judged.family == "mean":
        return bool(_pooled(here) > 0)
    return 0 < centre < 1 or (judged.family == "count" and centre > 0)


def _limits(judged: Judged, here: pd.DataFrame, centre: float) -> Limits:
    way = judged.way.funnel
    how = (way.overdispersion if len(here) >= FEWEST_TO_WIDEN else "none", way.winsorise)
    if judged.family == "proportion":
        return funnel_of_proportions(numbers(here["numerator"]), numbers(here["n"]), centre, *how)
    if judged.family == "count":
        return funnel_of_counts(numbers(here["numerator"]), exposure(here, judged.each), centre, *how)
    error = _pooled(here) / np.sqrt(numbers(here["n"]))
    return funnel_of_means(numbers(here["value"]), error, centre, *how)


def _pooled(here: pd.DataFrame) -> float:
    """Return the standard deviation within units, the same for all: a unit's own would be chance where it is small."""
    weight = numbers(here["n"]) - 1
    return float(np.sqrt((weight * deviation(here) ** 2).sum() / weight.sum()))
