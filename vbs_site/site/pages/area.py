"""The page of one area: what matters to patients first, then the course of care, then the resources it takes."""

from vbs_site.catalogue.choices import MATTERS
from vbs_site.site.context import Context
from vbs_site.site.pages import groups
from vbs_site.site.pages.measures import Row, measures, row

SECTIONS = (
    ("outcomes", ("outcome", "pro"), True),
    ("processes", ("process",), False),
    ("resources", ("activity", "cost"), False),
)
"""Section to its dimensions, and whether it is grouped by what matters to patients."""


def area(context: Context, identity: str) -> str:
    """Return what stands below the introduction of an area: its measures, its groups and decisions, its practices."""
    rows = [row(context, name) for name in measures(context, identity)]
    sections = [
        (key, context.say(f"section_{key}"), parts)
        for key, dimensions, grouped in SECTIONS
        if (
            parts := _parts(context, [each for each in rows if each.dimension in dimensions], grouped=grouped)
        )
    ]
    shown = [each.result for each in rows if each.result is not None and not each.result.shown]
    return context.render(
        "area.html.jinja",
        computed=sum(not each.lacking for each in rows),
        described=sum(bool(each.lacking) for each in rows),
        sections=sections,
        statuses=dict.fromkeys(each.status for each in shown),
        agreed=groups.of_area(context, identity),
        practices=context.practices_for(area=identity),
        root=context.root(f"omraade/{identity}/"),
    )


def _parts(context: Context, rows: list[Row], *, grouped: bool) -> list[tuple[str, list[Row]]]:
    """Return (heading, rows); without grouping one group with no heading."""
    if not grouped:
        return [("", rows)] if rows else []
    found = [
        (context.say(f"matters_{each}"), [row for row in rows if row.matters == each]) for each in MATTERS
    ]
    return [group for group in found if group[1]]
