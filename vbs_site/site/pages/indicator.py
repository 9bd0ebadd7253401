"""The page of one indicator: sentence, newest value, change over time, comparison, definition, data quality, downloads."""

from typing import Any

from vbs_site.catalogue.conditions import comparisons
from vbs_site.catalogue.indicators import Ratio
from vbs_site.catalogue.organisations import NATIONAL
from vbs_site.catalogue.statistics import main_direction
from vbs_site.catalogue.uses import uses
from vbs_site.catalogue.wording import WordedTarget, flow_steps, targets
from vbs_site.method.reading import read_method
from vbs_site.site.context import Context, Fragments
from vbs_site.site.flow import drawing
from vbs_site.site.pages import comparison, method, over_time, whole_years
from vbs_site.site.pages.judged import counts_heading, told_targets
from vbs_site.site.pages.measures import path
from vbs_site.site.pages.worked import worked_examples
from vbs_site.site.results import WAITING, Result

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
FIGURES = ("over_time", "comparison")
"""Holes with figures alone: there is nothing to put in them for an indicator of which the release has no row."""


def fragments(context: Context, name: str) -> Fragments:
    """Return the fragments of an indicator's page."""
    page = path(name)
    catalogue = context.bundle.catalogue
    statistic = context.results.statistics[name][0]
    period = context.results.common_period(name)
    common: dict[str, Any] = {
        "name": name,
        "indicator": context.indicator(name),
        "statistic": statistic,
        "period": period,
        "root": context.root(page),
        "definition": context.definition(name),
        "counts": counts_heading(context, name, statistic),
        "limits": statistic != "ratio",
        "listed": bool(context.results.units(name)),
    }
    found = {
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
            withheld=name in context.withheld,
            targets=targets(catalogue, name, context.language),
            **common,
        ),
        "over_time": context.render(
            "indicator/over_time.html.jinja", **common, **over_time.parts(context, name, statistic)
        ),
        "comparison": context.render(
            "indicator/comparison.html.jinja",
            **common,
            **comparison.parts(context, name, statistic),
        )
        + context.render("indicator/years.html.jinja", **common, **whole_years.parts(context, name)),
        "subgroups": context.render(
            "indicator/subgroups.html.jinja", **_subgroups(context, name, statistic), **common
        ),
        "definition": context.render(
            "indicator/definition.html.jinja", **common, **_definition(context, name)
        ),
        "flow": context.render("indicator/flow.html.jinja", **_flow(context, name), **common),
        "quality": context.render("indicator/quality.html.jinja", quality=_quality(context, name), **common),
        "practices": context.render(
            "practice_list.html.jinja", practices=context.practices_for(indicator=name), root=common["root"]
        ),
        "download": context.render(
            "indicator/download.html.jinja",
            page=page,
            years=bool(whole_years.tables(context, name)),
            **common,
        ),
    }
    if not common["listed"]:
        found |= dict.fromkeys(FIGURES, f"<p>{context.say('nothing_yet')}.</p>")
    return found


def _cards(context: Context, name: str) -> list[tuple[Result, list[tuple[WordedTarget, str]]]]:
    """Return the national result of each statistic in the latest settled period, with the verdict on each target."""
    period = context.results.common_period(name)
    found = []
    for statistic in context.results.statistics[name]:
        result = context.results.at(name, statistic, NATIONAL, NATIONAL, period) if period else None
        if result is not None:
            found.append((result, [each for each in told_targets(context, result) if each[1]]))
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


def _subgroups(context: Context, name: str, statistic: str) -> dict[str, Any]:
    """Return, per kind of stratum, the national result of each stratum in the latest settled period, the method and the signs."""
    period = context.results.common_period(name)
    groups: dict[str, list[tuple[str, Result]]] = {}
    for stratum in context.results.strata(name):
        result = context.results.at(name, statistic, NATIONAL, NATIONAL, period, stratum) if period else None
        if result is not None:
            groups.setdefault(stratum.split("=")[0], []).append((context.stratum(stratum), result))
    listed = [each for members in groups.values() for _, each in members]
    methods = dict.fromkeys(context.method(each.method) for each in listed)
    return {
        "groups": list(groups.items()),
        "way": ", ".join(each for each in methods if each),
        "statuses": dict.fromkeys(each.status for each in listed if not each.shown),
    }


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
