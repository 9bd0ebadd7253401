"""The page of policies that paid by indicators: the rule, the wordings by date, today's figures, what is not known.

Whether a criterion was fulfilled is not said: neither its baseline nor its target is known.
"""

from typing import NamedTuple

from vbs_site.catalogue.organisations import NATIONAL, Organisation
from vbs_site.catalogue.policies import Policy
from vbs_site.site.context import Context
from vbs_site.site.numbers import NONE_BREAKING
from vbs_site.site.results import Result, unit_kinds_below_national

PATH = "naerhed/"


class Figures(NamedTuple):
    """The newest values of one criterion's indicator.

    Attributes:
        criterion: its title.
        name, title: the indicator.
        statistic: what the values are.
        by: by place of treatment or of residence.
        period: the latest one that is settled for the whole country.
        cells: of each organisation in the table's head, then of the whole country; None without a result.
    """

    criterion: str
    name: str
    title: str
    statistic: str
    by: str
    period: str
    cells: list[Result | None]


def page(context: Context) -> str:
    """Return the policies of the catalogue, one after the other."""
    return "\n".join(_policy(context, name) for name in context.bundle.catalogue.policies)


def _policy(context: Context, name: str) -> str:
    policy = context.bundle.catalogue.policies[name]
    # One that takes over from others was never paid by a policy that ended before it began.
    units = [
        each for each in context.shown_organisations if each.kind == policy.unit and not each.predecessors
    ]
    figures = _figures(context, policy, units)
    cells = [cell for row in figures for cell in row.cells if cell is not None]
    wordings = [each for criterion in policy.criteria.values() for each in criterion.wordings]
    times = sorted({each.when for each in wordings}, key=str)
    return context.render(
        "policy.html.jinja",
        name=name,
        policy=policy,
        limits=(("began", policy.valid_from), ("ended", policy.valid_to)),
        date=lambda when: context.date(str(when or "")) or context.say("not_known").lower(),
        times=times,
        wordings={key: {each.when: each for each in one.wordings} for key, one in policy.criteria.items()},
        sources={when: next(each.source for each in wordings if each.when == when) for when in times},
        percent=lambda share: _percent(context, share),
        units=[context.text(each.name) for each in units],
        figures=figures,
        statuses=dict.fromkeys(cell.status for cell in cells if not cell.shown),
        original=context.bundle.catalogue.catalogue.languages[0],
        root=context.root(PATH),
    )


def _percent(context: Context, share: float) -> str:
    """Return a share of the rule, which is in whole percent: 33 % in Danish, 33% in English."""
    space = NONE_BREAKING if context.language == "da" else ""
    return f"{context.whole(round(100 * share))}{space}%"


def _figures(context: Context, policy: Policy, units: list[Organisation]) -> list[Figures]:
    """Return the newest values of each criterion whose indicator is computed, by the kind of unit that was paid."""
    catalogue = context.bundle.catalogue
    found = []
    for criterion in policy.criteria.values():
        name = criterion.indicator
        kinds = [
            kind
            for kind in unit_kinds_below_national(catalogue, name)
            if catalogue.organisation_kind(kind) == policy.unit
        ]
        period = context.results.common_period(name) if name in context.results.statistics else None
        if not kinds or period is None:
            continue
        statistic, kind = context.results.statistics[name][0], kinds[0]
        members = [*((kind, unit.id) for unit in units), (NATIONAL, NATIONAL)]
        found.append(
            Figures(
                context.text(criterion.title),
                name,
                context.text(context.indicator(name).title),
                context.statistic(name, statistic),
                context.say("by_residence" if catalogue.units[kind].path else "by_treatment"),
                context.period(period),
                [context.results.at(name, statistic, *member, period) for member in members],
            )
        )
    return found
