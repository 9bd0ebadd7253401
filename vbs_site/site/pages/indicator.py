"""The page of one indicator: sentence, newest value, change over time, comparison, definition, data quality, downloads."""

from dataclasses import dataclass
from typing import Any

from vbs_site.catalogue.conditions import comparisons
from vbs_site.catalogue.events import FollowedEvent
from vbs_site.catalogue.indicators import Ratio
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN
from vbs_site.catalogue.statistics import main_direction, statistics_of
from vbs_site.catalogue.uses import uses
from vbs_site.catalogue.wording import flow_steps, targets
from vbs_site.method.reading import read_method
from vbs_site.periods import MONTHS, STEP, Period
from vbs_site.site.context import Context, Fragments
from vbs_site.site.figures.over_time import Line, time_chart, time_figure
from vbs_site.site.figures.units import comparison_chart, comparison_figure
from vbs_site.site.flow import drawing
from vbs_site.site.pages import method
from vbs_site.site.pages.measures import path
from vbs_site.site.pages.worked import worked_examples
from vbs_site.site.results import WAITING, Result, unit_kinds_below_national

HOLES = (
    "lead",
    "newest",
    "over_time",
    "comparison",
    "subgroups",
    "definition",
    "flow",
    "quality",
    "practices",
    "download",
)
SMALL_MULTIPLES = 8
"""Most units of the coarsest kind that get a chart of their own."""


@dataclass(frozen=True)
class Row:
    """One row of the comparison table: a unit, its depth in the hierarchy, its result and the periods before.

    Attributes:
        by: by what the unit's patients are placed, in words; empty for the whole country.
    """

    by: str
    name: str
    unit: str
    depth: int
    result: Result
    earlier: tuple[Result | None, ...]


def fragments(context: Context, name: str) -> Fragments:
    """Return the fragments of an indicator's page."""
    page = path(name)
    catalogue = context.bundle.catalogue
    statistic = context.results.statistics[name][0]
    period = context.results.common_period(name)
    rows = comparison_rows(context, name, statistic)
    common: dict[str, Any] = {
        "name": name,
        "indicator": context.indicator(name),
        "statistic": statistic,
        "period": period,
        "root": context.root(page),
        "definition": context.definition(name),
        "counts": context.say(_counts(context, name)),
        "limits": statistic != "ratio",
    }
    return {
        "lead": context.render(
            "indicator/lead.html.jinja",
            sentence=common["definition"]["sentence"],
            measure=context.indicator(name),
            direction=main_direction(context.indicator(name)),
            root=common["root"],
        ),
        "newest": context.render(
            "indicator/newest.html.jinja",
            cards=_cards(context, name),
            waiting=waiting(context, name),
            targets=targets(catalogue, name, context.language),
            **common,
        ),
        "over_time": context.render(
            "indicator/over_time.html.jinja", **common, **_over_time(context, name, statistic)
        ),
        "comparison": context.render(
            "indicator/comparison.html.jinja",
            rows=rows,
            **common,
            **_comparison(context, name, statistic, rows),
        ),
        "subgroups": context.render(
            "indicator/subgroups.html.jinja", groups=_subgroups(context, name, statistic), **common
        ),
        "definition": context.render(
            "indicator/definition.html.jinja", **common, **_definition(context, name)
        ),
        "flow": context.render("indicator/flow.html.jinja", **_flow(context, name), **common),
        "quality": context.render("indicator/quality.html.jinja", quality=_quality(context, name), **common),
        "practices": context.render(
            "practice_list.html.jinja", practices=context.practices_for(indicator=name), root=common["root"]
        ),
        "download": context.render("indicator/download.html.jinja", page=page, **common),
    }


def _counts(context: Context, name: str) -> str:
    """Return the key of what stands above the counts: a fraction only where the value is the one over the other."""
    main, indicator = statistics_of(context.indicator(name))[0], context.indicator(name)
    if not main.counts:
        return "patients"
    followed = isinstance(getattr(indicator, "event", None), FollowedEvent)
    return "events" if followed or main.name.startswith("standardised_") else "fraction"


def _cards(context: Context, name: str) -> list[Result]:
    """Return the national result of each statistic in the latest settled period."""
    period = context.results.common_period(name)
    found = []
    for statistic in context.results.statistics[name]:
        result = context.results.at(name, statistic, NATIONAL, NATIONAL, period) if period else None
        if result is not None:
            found.append(result)
    return found


def waiting(context: Context, name: str) -> list[tuple[str, str, list[str]]]:
    """Return (period, status, names of who has not delivered) for each national period after the latest settled one."""
    lacking = context.bundle.deliveries["lacking"].get(name, {})
    latest = context.results.common_period(name)
    return [
        (
            context.period(each.period),
            each.status,
            [context.unit_name(unit) for unit in lacking.get(each.period.id, [])],
        )
        for each in context.results.national(name)
        if each.status in WAITING and (latest is None or each.period > latest)
    ]


def _over_time(context: Context, name: str, statistic: str) -> dict[str, Any]:
    own = context.indicator(name).decimals
    national = Line(context.say("national"), context.results.of(name, statistic, NATIONAL, NATIONAL))
    coarsest = unit_kinds_below_national(context.bundle.catalogue, name)[0]
    units = [
        unit
        for kind, unit in context.results.units(name)
        if kind == coarsest and unit != UNKNOWN and not context.is_only_recast(unit)
    ]
    lines = [
        Line(context.unit_name(unit), context.results.of(name, statistic, coarsest, unit)) for unit in units
    ]
    small = []
    for line in lines if len(lines) <= SMALL_MULTIPLES else []:
        reasons = dict.fromkeys(context.status(each.status).lower() for each in line.results)
        small.append(
            (
                line.name,
                time_chart(statistic, own, line, national, context.language, small=True),
                ", ".join(reasons),
            )
        )
    drawn = [national, *lines] if small else [national]
    signs = dict.fromkeys(each.status for line in drawn for each in line.results if not each.shown)
    return {
        "chart": time_chart(statistic, own, national, None, context.language),
        "multiples": small,
        "results": national.results,
        "signs_used": signs,
        "spec": time_figure(statistic, own, [national, *lines[:SMALL_MULTIPLES]], context.language),
    }


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

    def add(by: str, kind: str, unit: str, depth: int) -> None:
        result = context.results.at(name, statistic, kind, unit, period)
        if result is not None:
            earlier = tuple(context.results.at(name, statistic, kind, unit, each) for each in before)
            words = f" ({context.say('recast')})" if context.is_recast(unit, period) else ""
            rows.append(Row(by, context.unit_name(unit) + words, unit, depth, result, earlier))

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


def _comparison(context: Context, name: str, statistic: str, rows: list[Row]) -> dict[str, Any]:
    own = context.indicator(name).decimals
    national = next((row.result for row in rows if row.result.unit_kind == NATIONAL), None)
    finest = context.indicator(name).units[0]
    members = [
        row
        for row in rows
        if row.result.unit_kind == finest and not context.is_recast(row.unit, row.result.period)
    ]
    drawn = [(row.name, row.result) for row in members if row.unit != UNKNOWN]
    verdicts = [row.result.comparison for row in members if row.result.comparison]
    return {
        "chart": comparison_chart(statistic, own, drawn, national, context.language),
        "spec": comparison_figure(statistic, own, drawn, national, context.language),
        "earlier": earlier_periods(context, name, statistic),
        "several": len(context.indicator(name).units) > 1,
        "compared": len(verdicts),
        "decided": {
            word: verdicts.count(word) for word in ("better", "worse", "higher", "lower") if word in verdicts
        },
        "by_chance": len(verdicts) * 0.05,
        "finest": context.text(context.bundle.catalogue.units[finest].plural),
        "statuses": dict.fromkeys(
            each.status
            for row in rows
            for each in (row.result, *row.earlier)
            if each is not None and not each.shown
        ),
    }


def _subgroups(context: Context, name: str, statistic: str) -> list[tuple[str, list[tuple[str, Result]]]]:
    """Return, per kind of stratum, the national result of each stratum in the latest settled period."""
    period = context.results.common_period(name)
    groups: dict[str, list[tuple[str, Result]]] = {}
    for stratum in context.results.strata(name):
        result = context.results.at(name, statistic, NATIONAL, NATIONAL, period, stratum) if period else None
        if result is not None:
            groups.setdefault(stratum.split("=")[0], []).append((context.stratum(stratum), result))
    return list(groups.items())


def _definition(context: Context, name: str) -> dict[str, Any]:
    catalogue = context.bundle.catalogue
    indicator = catalogue.indicators[name]
    instrument = catalogue.instruments.get(getattr(indicator, "instrument", "") or "")
    used = {word for use in uses(catalogue, name) if use.where is not None for word in _codesets(use.where)}
    topic = method.topic_of(indicator.kind)
    return {
        "method": (method.path(topic), context.text(read_method().topics[topic].title)) if topic else None,
        "instrument": instrument,
        "codesets": [(key, catalogue.codesets[key]) for key in sorted(used & catalogue.codesets.keys())],
        "examples": worked_examples(context, name),
    }


def _flow(context: Context, name: str) -> dict[str, Any]:
    """Return the steps from source rows to the figure, with the counts of the latest settled period where there are any."""
    catalogue, period = context.bundle.catalogue, context.results.common_period(name)
    indicator = catalogue.indicators[name]
    steps = flow_steps(catalogue, name, context.language)
    counts = context.flow.get((name, period.id), {}) if period is not None else {}
    halves = [indicator.numerator, indicator.denominator] if isinstance(indicator, Ratio) else []
    return {
        "steps": [(step, counts.get(step.name)) for step in steps],
        "counted": bool(counts),
        "drawing": drawing(steps, counts) if steps else None,
        "halves": list(dict.fromkeys(each.indicator for each in halves)),
    }


def _codesets(condition: Any) -> set[str]:
    return {
        str(value) for each in comparisons(condition) if isinstance(each.value, tuple) for value in each.value
    }


def _quality(context: Context, name: str) -> dict[str, Any]:
    catalogue = context.bundle.catalogue
    sources = list(dict.fromkeys(catalogue.base_of(use.source) for use in uses(catalogue, name)))
    until = context.bundle.deliveries["complete_until"]
    return {
        "sources": [(each, context.deliverers.get(each, []), until.get(each, {})) for each in sources],
        "unknown": context.unknown_units.get(name, []),
    }
