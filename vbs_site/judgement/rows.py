"""The published rows that are judged, with what judging them takes: direction, minimum and the way they are counted."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from vbs_site.catalogue.indicators import Indicator, Rate, Target
from vbs_site.catalogue.judging import Judgement
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import UNKNOWN, Organisations
from vbs_site.catalogue.statistics import CRUDE, INDIRECT, Statistic, statistics_of
from vbs_site.periods import Period, parse_period

Numbers = NDArray[np.float64]
FAMILIES = {
    "clopper-pearson": "proportion",
    "wilson": "proportion",
    "byar-or-exact-poisson": "count",
    "t": "mean",
    "paired-t": "mean",
    "t-of-residuals": "mean",
    "kaplan-meier-log-log": "interval",
    "rmst-greenwood": "interval",
    "dobson-byar": "interval",
    "none": "none",
}
"""Method of an interval to how such numbers are compared: `interval` has no more than its limits to go by."""
SERIES = ["unit_kind", "unit"]


@dataclass(frozen=True)
class Judged:
    """One statistic of one indicator: the rows of everyone that may be judged, and how.

    Attributes:
        every: results of everyone: no strata, no unknown units.
        rows: those that are shown, with n of the minimum and above.
        compared: those of them that have an interval.
        beside: those of them that a funnel can hold: a unit that holds the sum of others beside it would count twice.
        direction: `neutral` for a proposal, which gets no verdict.
    """

    catalogue: Catalogue
    name: str
    indicator: Indicator
    statistic: Statistic
    direction: str
    every: pd.DataFrame
    rows: pd.DataFrame
    compared: pd.DataFrame
    beside: pd.DataFrame

    @property
    def way(self) -> Judgement:
        """Return how the indicator is judged."""
        return self.catalogue.judging(self.name)

    @property
    def family(self) -> str:
        """Return how the numbers are compared, see `FAMILIES`."""
        return FAMILIES[self.every["method"].iloc[0]]

    @property
    def each(self) -> float:
        """Return what a rate is given per; 1 for everything else."""
        return float(self.indicator.per.each) if isinstance(self.indicator, Rate) else 1.0

    @property
    def stands_alone(self) -> bool:
        """Return whether figures may be held against each other: not those to expected events, each with a reference of its own."""
        return self.statistic != INDIRECT and self.family != "none"

    @cached_property
    def periods(self) -> dict[str, Period]:
        """Return the periods by id."""
        starts = self.catalogue.catalogue.year_starts if self.indicator.period == "year" else 1
        return {text: parse_period(text, starts) for text in self.every["period"].unique()}

    def targets_on(self, period: Period) -> list[Target]:
        """Return the targets in force on a period's last day: those of the number that the indicator is known by."""
        main = self.statistic == statistics_of(self.indicator)[0]
        if not main or self.indicator.provenance.is_proposal:
            return []
        return [each for each in self.indicator.targets if each.holds_on(period.last_day)]

    def phase(self, period: Period, *, rebased: bool) -> float:
        """Return in which part of the series a period lies: breaks, and with `rebased` days of new limits too, divide it.

        A period with a break inside is a part of its own, half a step on: it is comparable with neither side.
        """
        days = {each.date for each in self.indicator.breaks}
        torn = any(period.first_day < day <= period.last_day for day in days)
        if rebased:
            days |= {each.date for each in self.way.control.rebase}
        before = len({day for day in days if day <= period.first_day})
        return before + (1.5 if torn else 1.0)


def judged_rows(catalogue: Catalogue, organisations: Organisations, results: pd.DataFrame) -> list[Judged]:
    """Return what is judged, by indicator and statistic in the catalogue's order.

    A crude figure is not: the standardised one beside it is.
    """
    whole = results[(results["stratum"] == "all") & (results["unit"] != UNKNOWN)]
    tables = dict(iter(whole.groupby(["indicator", "statistic"], sort=False)))
    found = []
    for name, indicator in catalogue.computed.items():
        for statistic in statistics_of(indicator):
            every = tables.get((name, statistic.name))
            if every is None or statistic in CRUDE:
                continue
            rows = every[(every["status"] == "shown") & (every["n"] >= catalogue.judging(name).minimum)]
            compared = rows[rows["lower"].notna() & rows["upper"].notna()]
            beside = compared[~overlapping(organisations, every)[compared.index]]
            own = indicator.direction if statistic.direction == "own" else statistic.direction
            direction = "neutral" if indicator.provenance.is_proposal else own
            found.append(
                Judged(catalogue, name, indicator, statistic, direction, every, rows, compared, beside)
            )
    return found


def overlapping(organisations: Organisations, every: pd.DataFrame) -> pd.Series:
    """Return which rows hold the sum of organisations that stand beside them in the same period."""
    keys = list(zip(every["unit_kind"], every["unit"], every["period"], strict=True))
    summed = organisations.overlapping(set(keys))
    return pd.Series([key in summed for key in keys], index=every.index, dtype=bool)


def numbers(column: pd.Series) -> Numbers:
    """Return a column as floats, nan where there is nothing."""
    return np.asarray(column.astype(float), dtype=np.float64)


def exposure(rows: pd.DataFrame, each: float) -> Numbers:
    """Return what events are set against: expected events, or person-time or people in units of what a rate is per."""
    given = numbers(rows["exposure"])
    return np.where(np.isnan(given), numbers(rows["n"]), given) / each


def deviation(rows: pd.DataFrame) -> Numbers:
    """Return the standard deviation behind each mean, read back from its t limits."""
    n, half = numbers(rows["n"]), numbers(rows["upper"] - rows["lower"]) / 2
    return half / stats.t.ppf(0.975, np.maximum(n - 1, 1)) * np.sqrt(n)


def words(direction: str) -> tuple[str, str]:
    """Return what it is to lie above, and below."""
    return {"higher": ("better", "worse"), "lower": ("worse", "better"), "neutral": ("higher", "lower")}[
        direction
    ]
