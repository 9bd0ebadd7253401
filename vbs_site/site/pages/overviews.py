"""Pages that gather: front page, all measures, practices, the release."""

from typing import NamedTuple

from vbs_site.catalogue.organisations import Organisation
from vbs_site.releases.dictionary import ENTRIES
from vbs_site.site.content import Practice
from vbs_site.site.context import Context
from vbs_site.site.pages import news
from vbs_site.site.pages.indicator import waiting
from vbs_site.site.pages.measures import Row, measures, order, row
from vbs_site.site.pages.organisation import latest_own
from vbs_site.site.results import Result, unit_kinds_below_national

MATRIX_COLUMNS = 8
"""Most units of the coarsest kind that stand side by side."""
HEADLINES = 3
"""Newest values that an area shows on the front page."""
HEADLINE_DIMENSIONS = ("pro", "outcome", "process", "activity", "cost")
"""Which measures of an area come first on the front page."""
VERDICTS = ("better", "worse", "undecided", "higher", "lower")


class Block(NamedTuple):
    """An area on the front page: how many measures it has, and the newest values of some."""

    area: str
    title: str
    computed: int
    described: int
    headlines: list[Row]


class Cell(NamedTuple):
    """An area in a region: how many results came out which way against the whole country, and how many without a verdict."""

    verdicts: dict[str, int]
    without: int


def front(context: Context) -> str:
    """Return the front page below what people wrote: areas, what is new, areas by regions, what is missing, practices."""
    units, matrix = _matrix(context)
    return context.render(
        "front.html.jinja",
        blocks=[_block(context, area) for area in context.bundle.catalogue.areas],
        units=units,
        matrix=matrix,
        news=news.fragment(context),
        missing=_missing(context),
        practices=context.practices,
        root=context.root(""),
    )


def _block(context: Context, area: str) -> Block:
    rows = [row(context, name) for name in measures(context, area)]
    computed = [each for each in rows if not each.lacking]
    shown = [each for each in computed if each.result is not None and each.result.shown]
    # In the catalogue's order, so that both languages show the same.
    places = {name: place for place, name in enumerate(context.bundle.catalogue.indicators)}
    shown.sort(key=lambda each: (HEADLINE_DIMENSIONS.index(each.dimension), places[each.name]))
    title = context.text(context.bundle.catalogue.areas[area].title)
    return Block(area, title, len(computed), len(rows) - len(computed), shown[:HEADLINES])


def _matrix(context: Context) -> tuple[list[Organisation], list[tuple[str, str, list[Cell]]]]:
    """Return the units of the coarsest kind and (area, title, cells); empty unless they are few enough to stand side by side."""
    catalogue = context.bundle.catalogue
    kinds = {
        catalogue.organisation_kind(unit_kinds_below_national(catalogue, name)[0])
        for name in catalogue.computed
    }
    units = [
        each
        for each in context.shown_organisations
        if each.kind in kinds and not context.is_only_recast(each.id)
    ]
    if len(kinds) != 1 or not 1 < len(units) <= MATRIX_COLUMNS:
        return [], []
    return units, [
        (area, context.text(each.title), [_cell(context, area, unit) for unit in units])
        for area, each in catalogue.areas.items()
        if any(area in indicator.areas for indicator in catalogue.computed.values())
    ]


def _cell(context: Context, area: str, unit: Organisation) -> Cell:
    catalogue = context.bundle.catalogue
    names = [name for name, each in catalogue.computed.items() if area in each.areas]
    results = [found for name in names if (found := _of_unit(context, name, unit)) is not None]
    told = [each.comparison for each in results if each.comparison is not None]
    verdicts = {each: told.count(each) for each in VERDICTS if each in told}
    return Cell(verdicts, len(results) - len(told))


def _of_unit(context: Context, name: str, unit: Organisation) -> Result | None:
    period = context.results.common_period(name)
    statistic, kind = (
        context.results.statistics[name][0],
        unit_kinds_below_national(context.bundle.catalogue, name)[0],
    )
    return context.results.at(name, statistic, kind, unit.id, period) if period is not None else None


def _missing(context: Context) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what keeps national results from being shown, with the (id, title) of the indicators that wait for it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name in measures(context):
        if name in context.bundle.catalogue.computed:
            title = context.text(context.indicator(name).title)
            for period, status, units in waiting(context, name):
                reason = ", ".join(units)
                words = (
                    f"{context.say('waits_for')} {reason}"
                    if units
                    else context.say("follow_up_running")
                    if status == "incomplete_follow_up"
                    else context.status(status).lower()
                )
                found.setdefault(f"{period}: {words}", []).append((name, title))
    return list(found.items())


def indicators(context: Context) -> str:
    """Return all measures by area, then all in the order of the alphabet; one that belongs to several areas stands in each."""
    rows = {name: row(context, name) for name in measures(context)}
    groups = [
        (area, context.text(each.title), here)
        for area, each in context.bundle.catalogue.areas.items()
        if (here := [rows[name] for name in measures(context, area)])
    ]
    letters: dict[str, list[Row]] = {}
    for each in rows.values():
        letters.setdefault(each.title[:1].upper(), []).append(each)
    statuses = [
        each.result.status for each in rows.values() if each.result is not None and not each.result.shown
    ]
    return context.render(
        "indicators.html.jinja",
        groups=groups,
        letters=sorted(letters.items(), key=lambda pair: order(pair[0])),
        computed=sum(not each.lacking for each in rows.values()),
        described=sum(bool(each.lacking) for each in rows.values()),
        statuses=dict.fromkeys(statuses),
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
    for name in (name for name in each.indicators if name in context.bundle.catalogue.computed):
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
