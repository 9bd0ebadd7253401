"""Pages that gather: front page, areas, all indicators, practices, data quality, the release."""

from typing import Any

from vbs_site.releases.dictionary import ENTRIES
from vbs_site.site.content import Practice
from vbs_site.site.context import Context
from vbs_site.site.figures import sparkline
from vbs_site.site.pages.indicator import waiting
from vbs_site.site.pages.organisation import latest_own
from vbs_site.site.results import unit_kinds_below_national

MATRIX_COLUMNS = 8
MATTERS = ("pain", "function", "safety", "self-care", "usual-activities")


def _row(context: Context, name: str) -> dict[str, Any]:
    indicator = context.indicator(name)
    statistic = context.results.statistics[name][0]
    national = context.results.national(name)
    period = context.results.common_period(name)
    return {
        "name": name,
        "title": context.text(indicator.title),
        "statistic": context.statistic(name, statistic),
        "provenance": context.say(f"provenance_{indicator.provenance.status}"),
        "result": next((each for each in national if each.period == period), None),
        "spark": sparkline(tuple(each for each in national if period is None or each.period <= period)),
    }


def front(context: Context) -> str:
    """Return the front page below what people wrote: newest values, matrix, what is missing, practices."""
    names = list(context.bundle.catalogue.indicators)
    columns, matrix = _matrix(context, names)
    missing = [
        (context.text(context.indicator(name).title), name, entries)
        for name in names
        if (entries := waiting(context, name))
    ]
    return context.render(
        "front.html.jinja",
        rows=[_row(context, name) for name in names],
        columns=columns,
        matrix=matrix,
        missing=missing,
        practices=context.practices,
        root=context.root(""),
    )


def _matrix(context: Context, names: list[str]) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the matrix of indicators by the units of the coarsest kind, when they are few enough to stand side by side."""
    catalogue = context.bundle.catalogue
    coarsest = {name: unit_kinds_below_national(catalogue, name)[0] for name in names}
    kinds = {catalogue.organisation_kind(kind) for kind in coarsest.values()}
    if len(kinds) != 1:
        return [], []
    kind = kinds.pop()
    units = [each for each in context.shown_organisations if each.kind == kind]
    if not 1 < len(units) <= MATRIX_COLUMNS:
        return [], []
    rows = []
    for name in names:
        statistic, period = context.results.statistics[name][0], context.results.common_period(name)
        cells = [
            context.results.at(name, statistic, coarsest[name], unit.id, period) if period else None
            for unit in units
        ]
        rows.append(
            (
                context.text(context.indicator(name).title),
                name,
                context.period(period) if period else "",
                cells,
            )
        )
    return [context.text(unit.name) for unit in units], rows


def area(context: Context, identity: str) -> str:
    """Return an area's indicators grouped by what matters to patients, and its practices."""
    catalogue = context.bundle.catalogue
    root = context.root(f"omraade/{identity}/")
    here = [name for name, indicator in catalogue.indicators.items() if identity in indicator.areas]
    groups = [
        (
            context.say(f"matters_{each}"),
            [_row(context, name) for name in here if catalogue.indicators[name].matters == each],
        )
        for each in MATTERS
    ]
    table = context.render(
        "indicator_table.html.jinja", groups=[group for group in groups if group[1]], level="h3", root=root
    )
    practices = context.render(
        "practice_list.html.jinja", practices=context.practices_for(area=identity), root=root
    )
    return f'<h2 id="indikatorer">{context.say("indicators")}</h2>\n{table}\n<h2 id="praksis">{context.say("practices")}</h2>\n{practices}'


def indicators(context: Context) -> str:
    """Return all indicators by area; one that belongs to several areas stands under its first."""
    catalogue = context.bundle.catalogue
    groups = [
        (
            context.text(area.title),
            [
                _row(context, name)
                for name, indicator in catalogue.indicators.items()
                if indicator.areas[0] == identity
            ],
        )
        for identity, area in catalogue.areas.items()
    ]
    return context.render(
        "indicator_table.html.jinja",
        groups=[group for group in groups if group[1]],
        level="h2",
        root=context.root("indikator/"),
    )


def practice_list(context: Context) -> str:
    """Return all practices."""
    return context.render(
        "practice_list.html.jinja", practices=context.practices, root=context.root("praksis/")
    )


def practice(context: Context, each: Practice) -> str:
    """Return what stands below a practice: today's values of its indicators where it happens, and its source."""
    rows = []
    for name in each.indicators:
        statistic = context.results.statistics[name][0]
        for unit in each.units:
            for kind, found in context.results.units(name):
                result = (
                    latest_own(context.results.of(name, statistic, kind, unit)) if found == unit else None
                )
                if result is not None:
                    rows.append((name, context.text(context.indicator(name).title), unit, result))
    return context.render(
        "practice.html.jinja",
        practice=each,
        rows=rows,
        having_page={unit.id for unit in context.shown_organisations},
        root=context.root(f"praksis/{each.slug}/"),
    )


def release(context: Context) -> str:
    """Return the facts of the release: version, files with checksums, inputs, data dictionary."""
    return context.render("release.html.jinja", entries=ENTRIES, root=context.root("udgivelse/"))
