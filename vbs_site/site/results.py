"""The public results, indexed the ways that pages ask for them."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import pandas as pd

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL
from vbs_site.periods import Period, parse_period
from vbs_site.releases.bundle import Bundle
from vbs_site.tables import records

WAITING = ("not_delivered", "incomplete_follow_up")
"""Statuses that say the period is not there yet, for everyone or for this unit."""
Key = tuple[str, str, str, str, str]
"""Indicator, statistic, unit kind, unit and stratum of a series."""


class Result(NamedTuple):
    """One row of the results; numbers are None where they are not shown."""

    indicator: str
    statistic: str
    unit_kind: str
    unit: str
    period: Period
    stratum: str
    status: str
    n: int | None
    numerator: int | None
    value: float | None
    lower: float | None
    upper: float | None
    comparison: str | None
    target: str | None
    trend: str | None
    variation: str | None
    method: str | None
    exposure: float | None

    @property
    def shown(self) -> bool:
        """Return whether there is a number."""
        return self.status == "shown"


@dataclass(frozen=True)
class Results:
    """All results of a release.

    Attributes:
        series: (indicator, statistic, unit_kind, unit, stratum) to its results, oldest period first.
        statistics: indicator to its statistics, the one that it is known by first.
    """

    series: dict[Key, tuple[Result, ...]]
    statistics: dict[str, tuple[str, ...]]

    def of(
        self, indicator: str, statistic: str, unit_kind: str, unit: str, stratum: str = "all"
    ) -> tuple[Result, ...]:
        """Return one series, empty when there is none."""
        return self.series.get((indicator, statistic, unit_kind, unit, stratum), ())

    def national(self, indicator: str, statistic: str | None = None) -> tuple[Result, ...]:
        """Return the national series of an indicator, of its main statistic unless another is named."""
        return self.of(indicator, statistic or self.statistics[indicator][0], NATIONAL, NATIONAL)

    def units(self, indicator: str) -> list[tuple[str, str]]:
        """Return (unit_kind, unit) of everyone who has results for an indicator, national first."""
        return self._units.get(indicator, [])

    @cached_property
    def _units(self) -> dict[str, list[tuple[str, str]]]:
        found = defaultdict[str, set[tuple[str, str]]](set)
        for indicator, _, kind, unit, stratum in self.series:
            if stratum == "all":
                found[indicator].add((kind, unit))
        return {name: sorted(each, key=lambda key: (key[0] != NATIONAL, key)) for name, each in found.items()}

    def strata(self, indicator: str) -> list[str]:
        """Return the strata of an indicator other than everyone."""
        return sorted({key[4] for key in self.series if key[0] == indicator and key[4] != "all"})

    def common_period(self, indicator: str) -> Period | None:
        """Return the latest period whose national value is settled: shown, or withheld for good; else the latest of all."""
        national = self.national(indicator)
        settled = [each.period for each in national if each.status not in WAITING]
        return max(settled) if settled else max((each.period for each in national), default=None)

    def at(
        self, indicator: str, statistic: str, unit_kind: str, unit: str, period: Period, stratum: str = "all"
    ) -> Result | None:
        """Return one result, or None."""
        return next(
            (
                each
                for each in self.of(indicator, statistic, unit_kind, unit, stratum)
                if each.period == period
            ),
            None,
        )


def index_results(bundle: Bundle) -> Results:
    """Return the results of a bundle, indexed."""
    order = {
        name: tuple(words["statistics"])
        for name, by_language in bundle.definitions.items()
        for words in [next(iter(by_language.values()))]
    }
    return Results(_series(bundle.results, bundle.catalogue.catalogue.year_starts), order)


def index_years(bundle: Bundle) -> dict[Key, tuple[Result, ...]]:
    """Return the whole years that a bundle shows where shorter periods are hidden, indexed; an older release has none.

    These are calendar years, in whichever month a year of the catalogue starts: they are made of months, quarters or
    half-years.
    """
    return _series(bundle.tables["years"], 1) if "years" in bundle.tables else {}


def _series(table: pd.DataFrame, year_starts: int) -> dict[Key, tuple[Result, ...]]:
    series: dict[Key, list[Result]] = defaultdict(list)
    periods = {text: parse_period(text, year_starts) for text in table["period"].unique()}
    for row in records(table):
        given: dict[str, Any] = {name: row.get(name) for name in Result._fields}
        result = Result(**given | {"period": periods[row["period"]]})
        series[result.indicator, result.statistic, result.unit_kind, result.unit, result.stratum].append(
            result
        )
    return {key: tuple(sorted(rows, key=lambda each: each.period)) for key, rows in series.items()}


def unit_kinds_below_national(catalogue: Catalogue, indicator: str) -> list[str]:
    """Return the unit kinds of an indicator, coarsest first."""
    kinds: dict[str, None] = {}
    for finest in catalogue.indicators[indicator].units:
        for kind in reversed(catalogue.levels(finest)):
            kinds[kind] = None
    return list(kinds)
