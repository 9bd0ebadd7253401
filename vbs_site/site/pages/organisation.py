"""The page of one organisation: all its indicators, by place of treatment and by place of residence."""

import datetime
from string import ascii_lowercase
from typing import Any, NamedTuple

from vbs_site.catalogue.organisations import Organisation
from vbs_site.site.context import Context, Fragments
from vbs_site.site.figures.over_time import sparkline
from vbs_site.site.pages import whole_years
from vbs_site.site.pages.measures import order
from vbs_site.site.results import WAITING, Result

HOLES = ("facts", "results", "within", "practices")
MARKS = {each: f"code_{each}" for each in ("demo-code", "unverified code", "code not found", "synthetic")}
"""What is said of an organisation by the status of its codes; the others need no word."""


class Row(NamedTuple):
    """One statistic of one indicator for the organisation; `year` is its newest whole year, where the result is hidden."""

    title: str
    statistic: str
    result: Result
    national: Result | None
    spark: dict[str, Any] | None
    year: Result | None


def path(unit: str) -> str:
    """Return the address of an organisation's page below the language root."""
    return f"organisation/{unit}/"


def fragments(context: Context, organisation: Organisation) -> Fragments:
    """Return the fragments of an organisation's page."""
    root = context.root(path(organisation.id))
    groups, years = _groups(context, organisation), whole_years.of_unit(context, organisation.id)
    listed = [
        each for _, rows in groups for row in rows for each in (row.result, row.national) if each is not None
    ]
    statuses = dict.fromkeys(each.status for each in listed if not each.shown)
    return {
        "facts": context.render(
            "organisation/facts.html.jinja",
            organisation=organisation,
            above=_above(context, organisation),
            others=context.bundle.organisations.by_id,
            having_page={each.id for each in context.shown_organisations},
            marks=MARKS,
            root=root,
        ),
        "results": context.render(
            "organisation/results.html.jinja",
            organisation=organisation,
            groups=groups,
            statuses=statuses,
            untold=any(row.result.trend == "undeterminable" for _, rows in groups for row in rows),
            ways=_ways(
                context,
                [
                    *(row.result for _, rows in groups for row in rows),
                    *(each for every in years.values() for each in every),
                ],
            ),
            years=_years(context, organisation, years),
            year_words=whole_years.words(context, years),
            year_anchor=whole_years.anchor,
            root=root,
        ),
        "within": context.render(
            "organisation/within.html.jinja", groups=_within(context, organisation), root=root
        ),
        "practices": context.render(
            "practice_list.html.jinja", practices=context.practices_for(unit=organisation.id), root=root
        ),
    }


def _above(context: Context, organisation: Organisation) -> list[tuple[Organisation, datetime.date | None]]:
    """Return what an organisation lies within, first to last, each with the day from which; None for the first."""
    organisations = context.bundle.organisations
    found = list[tuple[Organisation, datetime.date | None]]()
    for day in (None, *organisations.changes):
        above = organisations.above(organisation, day)
        if above is not None and (not found or found[-1][0].id != above.id):
            found.append((above, day))
    return found


def _within(context: Context, organisation: Organisation) -> list[tuple[str, list[Organisation]]]:
    """Return the organisations with results that lie, have lain or will lie within one, by kind."""
    catalogue, organisations = context.bundle.catalogue, context.bundle.organisations
    kinds: dict[str, list[Organisation]] = {}
    for each in context.shown_organisations:
        if organisation.id in organisations.ever_above(each):
            kinds.setdefault(context.text(catalogue.units[each.kind].plural), []).append(each)
    return [
        (heading, sorted(members, key=lambda each: order(context.text(each.name))))
        for heading, members in kinds.items()
    ]


def latest_own(series: tuple[Result, ...]) -> Result | None:
    """Return the latest result that is settled for the unit itself, else the latest of all."""
    settled = [each for each in series if each.status not in WAITING]
    found = settled or list(series)
    return found[-1] if found else None


def _groups(context: Context, organisation: Organisation) -> list[tuple[str, list[Row]]]:
    catalogue = context.bundle.catalogue
    groups: dict[str, list[Row]] = {}
    for name, indicator in catalogue.computed.items():
        kinds = dict.fromkeys(kind for finest in indicator.units for kind in catalogue.levels(finest))
        for kind in kinds:
            for place, statistic in enumerate(context.results.statistics[name]):
                series = context.results.of(name, statistic, kind, organisation.id)
                result = latest_own(series)
                if result is None:
                    continue
                national = next(
                    (
                        each
                        for each in context.results.national(name, statistic)
                        if each.period == result.period
                    ),
                    None,
                )
                heading = (
                    context.say("by_residence") if catalogue.units[kind].path else context.say("by_treatment")
                )
                words = (
                    context.statistic(name, statistic) if len(context.results.statistics[name]) > 1 else ""
                )
                groups.setdefault(heading, []).append(
                    Row(
                        context.text(indicator.title),
                        words,
                        result,
                        national,
                        sparkline(series) if place == 0 else None,
                        whole_years.newest(context, [result]),
                    )
                )
    return list(groups.items())


def _years(
    context: Context, organisation: Organisation, years: dict[str, list[Result]]
) -> list[tuple[str, list[tuple[str, str, Result]]]]:
    """Return the organisation's whole years under the headings of its figures, each with the words for what it is of."""
    catalogue = context.bundle.catalogue
    groups: dict[str, list[tuple[str, str, Result]]] = {}
    for name, results in years.items():
        several = len(context.results.statistics[name]) > 1
        for each in results:
            heading = "by_residence" if catalogue.units[each.unit_kind].path else "by_treatment"
            recast = f" ({context.say('recast')})" if context.is_recast(organisation.id, each.period) else ""
            words = context.statistic(name, each.statistic) if several else ""
            title = f"{context.text(context.indicator(name).title)}{recast}"
            groups.setdefault(context.say(heading), []).append((title, words, each))
    return list(groups.items())


def _ways(context: Context, results: list[Result]) -> dict[str, str]:
    """Return each method of the intervals shown to the letter that it is named by."""
    methods = dict.fromkeys(
        each.method or "" for each in results if each.shown and context.method(each.method)
    )
    return dict(zip(methods, ascii_lowercase, strict=False))


def list_fragment(context: Context) -> str:
    """Return the list of all organisations with results, by kind."""
    kinds: dict[str, list[Organisation]] = {}
    for kind in reversed(list(context.bundle.catalogue.units)):
        members = sorted(
            (each for each in context.shown_organisations if each.kind == kind),
            key=lambda each: order(context.text(each.name)),
        )
        if members:
            kinds[context.text(context.bundle.catalogue.units[kind].plural)] = members
    ordered = sorted(kinds.items(), key=lambda pair: len(pair[1]))
    return context.render("organisation/list.html.jinja", kinds=ordered, root=context.root("organisation/"))
