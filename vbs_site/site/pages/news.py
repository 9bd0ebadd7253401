"""What is new in a release, beyond chance: figures that are clearly better or worse than a year before, targets met and lost."""

import datetime
import html
from typing import NamedTuple

from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN
from vbs_site.catalogue.statistics import main_direction
from vbs_site.site.context import Context
from vbs_site.site.pages.judged import BY_CHANCE, is_proposal, same_target
from vbs_site.site.pages.measures import path
from vbs_site.site.results import Result, unit_kinds_below_national

KINDS = ("target_met", "target_lost", "improved", "deteriorated")
"""What can be new, in the order that it is told."""
LISTED = 6
"""Most news of a kind that the front page tells before the rest is folded away."""


class News(NamedTuple):
    """One figure of which something new can be said.

    Attributes:
        kind: one of `KINDS`.
        title: of the indicator.
        unit: name of whom it is about.
        result: the figure.
        before: the figure of the year before.
    """

    kind: str
    title: str
    unit: str
    result: Result
    before: Result | None


class Told(NamedTuple):
    """All news of a release.

    Attributes:
        by_kind: kind to its news.
        judged: figures whose change could be determined and called better or worse.
    """

    by_kind: dict[str, list[News]]
    judged: int


def news(context: Context) -> Told:
    """Return what is new for the country and the coarsest units in each indicator's latest settled period.

    The verdicts are those of the results. A target is newly met, or lost, when the verdict of the period before was the
    other one and on the same target; what could not be decided then or now is not news. Figures that nothing is called
    better or worse of, proposals among them, are not counted as judged.
    """
    found: dict[str, list[News]] = {kind: [] for kind in KINDS}
    judged = 0
    for name, indicator in context.bundle.catalogue.computed.items():
        period = context.results.common_period(name)
        if period is None:
            continue
        statistic = context.results.statistics[name][0]
        sided = not is_proposal(context, name) and main_direction(indicator) != "neutral"
        kinds = (NATIONAL, unit_kinds_below_national(context.bundle.catalogue, name)[0])
        for kind, unit in context.results.units(name):
            result = context.results.at(name, statistic, kind, unit, period)
            if kind not in kinds or unit == UNKNOWN or result is None or context.is_recast(unit, period):
                continue
            judged += sided and result.trend in ("better", "worse", "unchanged")
            earlier = context.results.at(name, statistic, kind, unit, period.next(-period.per_year))
            last = context.results.at(name, statistic, kind, unit, period.next(-1))
            was = last.target if last is not None and same_target(context, last, result) else None
            for what in _kinds(result, was):
                title = context.text(indicator.title)
                found[what].append(News(what, title, context.unit_name(unit), result, earlier))
    return Told({kind: each for kind, each in found.items() if each}, judged)


def _kinds(result: Result, was: str | None) -> list[str]:
    """Return what is new of a figure whose verdict on the target was another, or the same, in the period before."""
    told = {
        "target_met": result.target == "met" and was == "not_met",
        "target_lost": result.target == "not_met" and was == "met",
        "improved": result.trend == "better",
        "deteriorated": result.trend == "worse",
    }
    return [kind for kind, holds in told.items() if holds]


def sentence(context: Context, each: News) -> str:
    """Return a piece of news in words, as in `Region Nordjylland: 8,6 % (2025), year before 10,1 %`."""
    words = f"{each.unit}: {context.value(each.result)} ({context.period(each.result.period)})"
    if each.before is not None and each.before.shown:
        words += f", {context.say('year_before')} {context.value(each.before)}"
    return words


def fragment(context: Context) -> str:
    """Return the part of the front page that tells what is new."""
    told = news(context)
    return context.render(
        "news.html.jinja",
        news=told.by_kind,
        by_chance=told.judged * BY_CHANCE["outside_95"],
        changed=sum(len(told.by_kind.get(kind, [])) for kind in ("improved", "deteriorated")),
        judged=told.judged,
        sentence=lambda each: sentence(context, each),
        path=lambda each: f"{path(each.result.indicator)}#u-{each.result.unit_kind}-{each.result.unit}",
        listed=LISTED,
        root=context.root(""),
    )


def feed(context: Context, address: str, permanent: str) -> str:
    """Return the same news as an Atom feed (RFC 4287).

    Args:
        context: the release in one language.
        address: of the language's root in the release, with a slash at its end.
        permanent: address that always holds the feed of the newest release; it is what readers know the feed by.
    """
    about, bundle = context.bundle.catalogue.catalogue, context.bundle
    updated = f"{_day(context).isoformat()}T00:00:00Z"
    entries = []
    for kind, members in news(context).by_kind.items():
        for each in members:
            result = each.result
            place = f"{address}{path(result.indicator)}#u-{result.unit_kind}-{result.unit}"
            title = f"{context.say(f'news_{kind}')}: {each.title}, {each.unit}"
            entries.append(
                "<entry>"
                f"<id>{html.escape(f'{place}-{kind}')}</id><title>{html.escape(title)}</title>"
                f'<updated>{updated}</updated><link href="{html.escape(place)}"/>'
                f"<summary>{html.escape(sentence(context, each))}</summary></entry>"
            )
    head = (
        f"<id>{html.escape(permanent)}</id><title>{html.escape(context.text(about.title))}: {bundle.id}</title>"
        f"<updated>{updated}</updated><author><name>{html.escape(context.text(about.publisher))}</name></author>"
        f'<link href="{html.escape(address)}"/><link rel="self" href="{html.escape(permanent)}"/>'
    )
    body = "\n".join([head, *entries])
    return f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n{body}\n</feed>\n'


def _day(context: Context) -> datetime.date:
    """Return the day up to which anything is delivered; where nobody has said, the last of the newest period."""
    latest = context.bundle.deliveries["latest"]
    if latest:
        return datetime.date.fromisoformat(latest)
    return max(each.period.last_day for series in context.results.series.values() for each in series)
