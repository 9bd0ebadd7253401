"""Comparison of units on an indicator's page: funnel, list from highest to lowest, table, and units that are alike."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, NamedTuple

from vbs_site.catalogue.judging import Funnel
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN
from vbs_site.periods import MONTHS, STEP, Period
from vbs_site.site import numbers
from vbs_site.site.context import Context
from vbs_site.site.figures.funnel import FunnelUnit, Position, funnel_chart, funnel_figure
from vbs_site.site.figures.units import comparison_chart, comparison_figure
from vbs_site.site.pages.judged import (
    BY_CHANCE,
    about,
    adjusted_to,
    crude_beside,
    difference_heading,
    is_proposal,
    target_on,
)
from vbs_site.site.pages.whole_years import anchor, newest
from vbs_site.site.results import Result, unit_kinds_below_national
from vbs_site.site.verdicts import Compared, Place

FEWEST = 5
"""Fewest units that a funnel is drawn of."""
POSITIONS: dict[str, Position] = {
    "inside": "inside",
    "above_95": "outside_95",
    "below_95": "outside_95",
    "above_998": "outside_998",
    "below_998": "outside_998",
}


@dataclass(frozen=True)
class Row:
    """One row of the comparison table: a unit, its depth in the hierarchy, its result and the periods before.

    Attributes:
        by: by what the unit's patients are placed, in words; empty for the whole country.
        crude: the unadjusted figure beside an adjusted one.
        year: the newest whole year that is shown of the unit, where one of the figures is hidden.
    """

    by: str
    name: str
    unit: str
    depth: int
    result: Result
    earlier: tuple[Result | None, ...]
    crude: Result | None
    year: Result | None


def earlier_periods(context: Context, name: str, statistic: str) -> list[Period]:
    """Return up to two periods before the compared one for which anything is listed, newest first; none overlap."""
    period = context.results.common_period(name)
    if period is None:
        return []
    apart = MONTHS[period.kind] // STEP[period.kind]
    listed = [each.period for each in context.results.of(name, statistic, NATIONAL, NATIONAL)]
    return [each for each in (period.next(-apart), period.next(-2 * apart)) if each in listed]


def comparison_rows(context: Context, name: str, statistic: str) -> list[Row]:
    """Return the rows of the comparison table: the country, then each unit under the one that it lies within."""
    period = context.results.common_period(name)
    if period is None:
        return []
    rows, before = list[Row](), earlier_periods(context, name, statistic)
    unadjusted = crude_beside(context, name)

    def add(by: str, kind: str, unit: str, depth: int) -> None:
        result = context.results.at(name, statistic, kind, unit, period)
        if result is not None:
            earlier = tuple(context.results.at(name, statistic, kind, unit, each) for each in before)
            words = f" ({context.say('recast')})" if context.is_recast(unit, period) else ""
            crude = context.results.at(name, unadjusted, kind, unit, period) if unadjusted else None
            year = newest(context, (result, *earlier))
            rows.append(Row(by, context.unit_name(unit) + words, unit, depth, result, earlier, crude, year))

    add("", NATIONAL, NATIONAL, 0)
    catalogue, organisations = context.bundle.catalogue, context.bundle.organisations
    for finest in catalogue.indicators[name].units:
        chain = list(reversed(catalogue.levels(finest)))
        by = context.say("by_residence" if catalogue.units[finest].path else "by_treatment")

        def below(level: int, parent: str | None, chain: list[str] = chain, by: str = by) -> None:
            kind = chain[level]
            members = [unit for each, unit in context.results.units(name) if each == kind and unit != UNKNOWN]
            if parent is not None:
                parent_kind = catalogue.organisation_kind(chain[level - 1])
                day = period.last_day
                members = [
                    unit for unit in members if organisations.ancestor(unit, parent_kind, day) == parent
                ]
            for unit in sorted(members, key=context.unit_name):
                add(by, kind, unit, level + 1)
                if level + 1 < len(chain):
                    below(level + 1, unit)

        below(0, None)
        add(by, finest, UNKNOWN, 1)
    return rows


class Alike(NamedTuple):
    """A group of units that are alike, each against the others of the group together."""

    title: str
    rows: list[tuple[str, str, Result, str, tuple[str, str], Compared]]
    difference_name: str
    method: str


def parts(context: Context, name: str, statistic: str) -> dict[str, Any]:
    """Return what the template of the comparison is filled with."""
    rows = comparison_rows(context, name, statistic)
    own = context.indicator(name).decimals
    national = next((row.result for row in rows if row.result.unit_kind == NATIONAL), None)
    period = context.results.common_period(name)
    target = target_on(context, name, period)
    level = target.value if target is not None else None
    finest = context.indicator(name).units[0]
    members = [
        row
        for row in rows
        if row.result.unit_kind == finest and not context.is_recast(row.unit, row.result.period)
    ]
    drawn = [(row.name, row.result) for row in members if row.unit != UNKNOWN]
    decided = Counter(row.result.comparison for row in members if row.result.comparison)
    crude = crude_beside(context, name)
    earlier = earlier_periods(context, name, statistic)
    return {
        "rows": rows,
        "year_anchor": anchor,
        "chart": comparison_chart(statistic, own, drawn, national, context.language, target=level),
        "spec": comparison_figure(statistic, own, drawn, national, context.language, target=level),
        "funnel": _funnel(context, name, statistic, period, level),
        "counted": _sentences(context, name, statistic, period),
        "deciding": _level(context, context.bundle.catalogue.judging(name).funnel),
        "earlier": earlier,
        "several": len(context.indicator(name).units) > 1,
        "compared": decided.total(),
        "decided": {word: decided[word] for word in ("better", "worse", "higher", "lower") if decided[word]},
        "undecided": decided["undecided"],
        "by_chance": decided.total() * BY_CHANCE["outside_95"],
        "proposal": is_proposal(context, name) and bool(decided),
        "finest": context.text(context.bundle.catalogue.units[finest].plural),
        "targeted": any(row.result.target for row in rows),
        "trended": any(row.result.trend for row in rows),
        "untold": any(row.result.trend == "undeterminable" for row in rows),
        "method": ", ".join(
            dict.fromkeys(
                words for row in rows if row.result.shown and (words := context.method(row.result.method))
            )
        ),
        "crude": crude,
        "adjusted": adjusted_to(context, name, period) if crude else "",
        "similar": _similar(context, name, statistic, rows, period),
        "statuses": dict.fromkeys(
            each.status
            for row in rows
            for each in (row.result, row.crude, *row.earlier)
            if each is not None and not each.shown
        ),
    }


def _funnel(
    context: Context, name: str, statistic: str, period: Period | None, target: float | None
) -> dict[str, Any] | None:
    """Return the funnel of the finest kind of units that has enough of them; else None."""
    found = _places(context, name, statistic, period)
    if found is None or period is None:
        return None
    kind, places = found
    results = {
        unit: result
        for unit in places
        if (result := context.results.at(name, statistic, kind, unit, period)) is not None
    }
    own, language = context.indicator(name).decimals, context.language
    units = [_unit(context, results[unit], place) for unit, place in places.items() if unit in results]
    first = next(iter(places.values()))
    size = context.say(_size_name(statistic, list(results.values())))
    chart, spec = (
        draw(statistic, own, units, first.centre, language, size_name=size, target=target)
        for draw in (funnel_chart, funnel_figure)
    )
    return {
        "chart": chart,
        "spec": spec,
        "units": context.text(context.bundle.catalogue.units[kind].plural),
    }


def _places(
    context: Context, name: str, statistic: str, period: Period | None
) -> tuple[str, dict[str, Place]] | None:
    """Return the finest kind of units that has enough of them in the funnels of a period, and where each lies."""
    catalogue = context.bundle.catalogue
    for finest in catalogue.indicators[name].units if period is not None else ():
        for kind in catalogue.levels(finest):
            places = context.verdicts.funnels.get((name, statistic, kind, period.id), {}) if period else {}
            if len(places) >= FEWEST:
                return kind, places
    return None


def _unit(context: Context, result: Result, place: Place) -> FunnelUnit:
    size = result.exposure if result.exposure is not None else result.n
    return FunnelUnit(
        context.unit_name(result.unit),
        float(size or 0),
        result.value,
        (place.lower_95, place.upper_95),
        (place.lower_998, place.upper_998),
        POSITIONS[place.position],
        "" if result.comparison in (None, "undecided") else str(result.comparison),
    )


def _size_name(statistic: str, results: list[Result]) -> str:
    """Return the key of what the limits narrow with."""
    if all(each.exposure is None for each in results):
        return "funnel_n"
    return "funnel_expected" if statistic == "standardised_ratio" else "funnel_time"


def _sentences(context: Context, name: str, statistic: str, period: Period | None) -> list[str]:
    """Return, for each kind of units with a funnel, how many lie outside and how many would by chance, coarsest first.

    Where limits are widened, that is said with how far units are spread.
    """
    catalogue, told = context.bundle.catalogue, list[str]()
    if period is None:
        return told
    for kind in unit_kinds_below_national(catalogue, name):
        places = list(context.verdicts.funnels.get((name, statistic, kind, period.id), {}).values())
        if not places:
            continue
        lying = Counter(POSITIONS[each.position] for each in places)
        far, near = lying["outside_998"], lying["outside_95"] + lying["outside_998"]
        chances = [about(context, len(places) * share) for share in BY_CHANCE.values()]
        plural = context.text(catalogue.units[kind].plural)
        words = context.say("funnel_count").format(plural, len(places), near, chances[0], far, chances[1])
        if places[0].widened:
            spread = numbers.number(places[0].spread, 1, context.language)
            words = f"{words} {context.say('funnel_widened').format(spread)}"
        told.append(words)
    return told


def _level(context: Context, way: Funnel) -> str:
    """Return which limits decide the verdict."""
    level = context.say("line_inner" if way.level < 0.99 else "line_outer")
    return context.say("funnel_level").format(level)


def _similar(
    context: Context, name: str, statistic: str, rows: list[Row], period: Period | None
) -> list[Alike]:
    """Return the groups of similar units of which anyone is compared in the period."""
    own = context.indicator(name).decimals
    groups = context.verdicts.similar.get((name, statistic, period.id), {}) if period is not None else {}
    found = []
    for group, told in groups.items():
        similar = context.bundle.catalogue.similar[group]
        by_unit = {row.unit: row for row in rows if row.result.unit_kind == similar.unit_kind}
        members = [
            (
                each.unit,
                by_unit[each.unit].name,
                by_unit[each.unit].result,
                ""
                if each.reference is None
                else numbers.value(statistic, each.reference, own, context.language),
                context.difference(name, statistic, each),
                each,
            )
            for each in told
            if each.unit in by_unit
        ]
        methods = dict.fromkeys(each.method for each in told if each.method)
        if members:
            found.append(
                Alike(
                    context.text(similar.title),
                    sorted(members, key=lambda row: row[1]),
                    difference_heading(context, statistic, next(iter(methods), None)),
                    ", ".join(context.method(each) for each in methods),
                )
            )
    return found
