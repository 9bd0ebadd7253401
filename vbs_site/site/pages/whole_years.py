"""Whole years of units whose months, quarters or half-years are hidden: on the indicator's and the organisation's page."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN
from vbs_site.site.context import Context
from vbs_site.site.pages.judged import counts_heading
from vbs_site.site.results import Result, unit_kinds_below_national

ANCHOR = "hele-aar"
"""Id of the heading above the whole years of a page."""
HIDDEN = ("suppressed", "too_few")
"""Statuses of a shorter period for which the year is offered."""


class Year(NamedTuple):
    """One whole year of a unit."""

    anchor: str
    name: str
    result: Result


class Table(NamedTuple):
    """The whole years of one statistic of an indicator.

    Attributes:
        counts: what stands above the counts.
        limits: whether any of the figures has an interval.
        way: the methods of the intervals in words.
        groups: kind of unit in words to its years: units by name, the newest year of each first.
    """

    statistic: str
    counts: str
    limits: bool
    way: str
    groups: list[tuple[str, list[Year]]]


class Counted(NamedTuple):
    """How many whole years of how many units are shown of an indicator."""

    name: str
    units: int
    years: int


def anchor(result: Result) -> str:
    """Return the id of the row of a whole year on the page of its indicator."""
    return f"y-{result.statistic}-{result.unit_kind}-{result.unit}-{result.period.id}"


def tables(context: Context, name: str) -> list[Table]:
    """Return the whole years of an indicator, by statistic; empty where there are none."""
    kinds = [NATIONAL, *unit_kinds_below_national(context.bundle.catalogue, name)]
    found = []
    for statistic in context.results.statistics[name]:
        series = {
            (key[2], key[3]): each for key, each in context.years.items() if key[:2] == (name, statistic)
        }
        groups = [(kind, _of_kind(context, kind, series)) for kind in kinds]
        results = [each for years in series.values() for each in years]
        if results:
            found.append(
                Table(
                    statistic,
                    counts_heading(context, name, statistic),
                    any(each.lower is not None for each in results),
                    ", ".join(_ways(context, results)),
                    [(context.unit_kind_name(kind), years) for kind, years in groups if years],
                )
            )
    return found


def words(context: Context, names: Iterable[str]) -> dict[str, str]:
    """Return the heading above whole years of some indicators, and the sentence that says why they are there."""
    kinds = {context.indicator(name).period for name in names}
    key = str(kinds.pop()) if len(kinds) == 1 else "shorter"
    return {
        "heading": context.say("years_heading").format(context.say(f"years_{key}")),
        "why": context.say("years_why").format(context.say(f"years_one_{key}")),
    }


def newest(context: Context, shown: Iterable[Result | None]) -> Result | None:
    """Return the newest whole year of the series of some figures, where one of them is hidden; else None."""
    for each in shown:
        if each is not None and each.status in HIDDEN:
            key = (each.indicator, each.statistic, each.unit_kind, each.unit, each.stratum)
            if key in context.years:
                return context.years[key][-1]
    return None


def of_unit(context: Context, unit: str) -> dict[str, list[Result]]:
    """Return the whole years of an organisation, indicator by indicator, the newest year of each series first."""
    own = [(key, years) for key, years in context.years.items() if key[3] == unit]
    found: dict[str, list[Result]] = {}
    for name in context.bundle.catalogue.computed if own else ():
        for statistic in context.results.statistics[name]:
            for key, years in own:
                if key[:2] == (name, statistic):
                    found.setdefault(name, []).extend(reversed(years))
    return found


def counted(context: Context) -> list[Counted]:
    """Return how many whole years are shown of each indicator that has any: a year of a unit counts once."""
    found = []
    for name in context.bundle.catalogue.computed:
        every = [each for key, years in context.years.items() if key[0] == name for each in years]
        if every:
            units = {(each.unit_kind, each.unit) for each in every}
            years = {(each.unit_kind, each.unit, each.period) for each in every}
            found.append(Counted(name, len(units), len(years)))
    return found


def _of_kind(context: Context, kind: str, series: dict[tuple[str, str], tuple[Result, ...]]) -> list[Year]:
    units = sorted(
        (unit for each, unit in series if each == kind),
        key=lambda unit: (unit == UNKNOWN, context.unit_name(unit)),
    )
    return [
        Year(anchor(each), f"{context.unit_name(unit)}{_recast(context, each)}", each)
        for unit in units
        for each in reversed(series[kind, unit])
    ]


def _recast(context: Context, result: Result) -> str:
    return f" ({context.say('recast')})" if context.is_recast(result.unit, result.period) else ""


def _ways(context: Context, results: Iterable[Result]) -> list[str]:
    return [each for each in dict.fromkeys(context.method(each.method) for each in results) if each]


def parts(context: Context, name: str) -> dict[str, Any]:
    """Return what the template of an indicator's whole years is filled with."""
    years = tables(context, name)
    return {"years": years, "words": words(context, [name] if years else []), "anchor": ANCHOR}
