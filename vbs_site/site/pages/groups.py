"""The page of working groups and decisions, and the part of an area's page that tells who decided what."""

from typing import NamedTuple

from vbs_site.catalogue.described import Described
from vbs_site.catalogue.groups import Decision, Group
from vbs_site.catalogue.indicators import Indicator
from vbs_site.catalogue.policies import Policy
from vbs_site.site.context import Context
from vbs_site.site.pages import measures, policy

PATH = "beslutninger/"


class Linked(NamedTuple):
    """The title of something in the catalogue, and where it stands below the language root."""

    title: str
    address: str


def page(context: Context) -> str:
    """Return all decisions, those of others before the catalogue's own, and all groups."""
    catalogue = context.bundle.catalogue
    own = [name for name, each in catalogue.decisions.items() if _is_own(context, each)]
    others = [name for name in catalogue.decisions if name not in own]
    return context.render(
        "groups/page.html.jinja",
        parts=[("of_groups", others), ("of_catalogue", own)],
        groups=catalogue.groups,
        decisions=catalogue.decisions,
        measures={name: _measures(context, each) for name, each in catalogue.decisions.items()},
        period=lambda group: _period(context, group),
        when=lambda decision: _when(context, decision),
        root=context.root(PATH),
    )


def of_area(context: Context, area: str) -> str:
    """Return the groups of an area and the decisions about it, under a heading of their own; empty without any."""
    catalogue = context.bundle.catalogue
    groups = {name: each for name, each in catalogue.groups.items() if area in each.areas}
    decisions = {
        name: each
        for name, each in catalogue.decisions.items()
        if not groups.keys().isdisjoint(each.groups)
        or any(area in _measure(context, name).areas for name in each.measures)
    }
    if not groups and not decisions:
        return ""
    return context.render(
        "groups/area.html.jinja",
        groups=groups,
        decisions=decisions,
        when=lambda decision: _when(context, decision),
        root=context.root(f"omraade/{area}/"),
    )


def _is_own(context: Context, decision: Decision) -> bool:
    groups = context.bundle.catalogue.groups
    return all(groups[name].demonstration for name in decision.groups)


def _measures(context: Context, decision: Decision) -> list[Linked]:
    """Return what a decision is about, each where it is shown."""
    return [
        Linked(
            context.text(_measure(context, name).title),
            f"{policy.PATH}#{name}" if name in context.bundle.catalogue.policies else measures.path(name),
        )
        for name in decision.measures
    ]


def _measure(context: Context, name: str) -> Indicator | Described | Policy:
    catalogue = context.bundle.catalogue
    return {**catalogue.indicators, **catalogue.described, **catalogue.policies}[name]


def _when(context: Context, decision: Decision) -> str:
    return context.date(str(decision.when or "")) or context.say("time_unknown")


def _period(context: Context, group: Group) -> str:
    """Return when a group worked: `2017–2021`, `fra 2017`, or that it is not known."""
    began, ended = (context.date(str(each or "")) for each in (group.began, group.ended))
    if began and ended:
        return f"{began}\N{EN DASH}{ended}"
    if began or ended:
        return f"{context.say('from' if began else 'until')} {began or ended}"
    return context.say("time_unknown")
