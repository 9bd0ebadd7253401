"""People followed from an index event until something happens: life tables and person-time."""

import datetime

from sqlglot import exp

from vbs_site.catalogue.indicators import FollowedEvent
from vbs_site.engines.primitives import (
    Node,
    both,
    case,
    cast,
    column,
    count_if,
    count_rows,
    days_between,
    literal,
    not_null,
    total,
)
from vbs_site.measures.counted import Counted, counted, days_to_death
from vbs_site.measures.scope import Scope
from vbs_site.measures.shape import grouped, with_parts

WEEK = {"days": 1, "weeks": 7}


def life_table(scope: Scope) -> exp.Select:
    """Count, per day after the index event, who leaves on it (n) and for whom the event happened (numerator).

    Time is counted in whole days; an event on the day of death, or on the last day that is followed, counts.
    """
    rows, happened, days = _followed(scope)
    statistics = {
        "eligible": count_rows(),
        "n": count_rows(),
        "numerator": count_if(happened),
        "person_days": total(days),
    }
    return with_parts(grouped(scope, rows.query, statistics, in_bin=days.copy()), rows.parts)


def person_time_rate(scope: Scope) -> exp.Select:
    """Count events among people who are followed (numerator), and the days that they are (person_days).

    Unless every event counts, the first one ends the follow-up of its index event.
    """
    rows, happened, days = _followed(scope)
    event: FollowedEvent = scope.indicator.event
    statistics = {
        "eligible": count_rows(),
        "n": count_rows(),
        "numerator": total(rows.found["event"]) if event.recurs else count_if(happened),
        "person_days": total(days),
    }
    return with_parts(grouped(scope, rows.query, statistics), rows.parts)


def _followed(scope: Scope) -> tuple[Counted, Node, Node]:
    """Return the index events, whether the (first) event happened while they were followed, and the days until they leave."""
    event: FollowedEvent = scope.indicator.event
    extra = {"stop_days": _stop_days(scope, event)}
    if event.died is not None:
        extra["death_days"] = days_to_death(scope)
    rows = counted(scope, extra, register=event.died is not None or _has_deaths(scope))
    stop = column("stop_days", "i")
    if event.died is not None:
        reached: Node = column("death_days", "i")
    elif event.recurs:
        reached = exp.null()
    else:
        reached = days_between(column("index_time", "i"), rows.found["event"])
    happened = both(
        not_null(reached),
        exp.GTE(this=reached.copy(), expression=literal(0)),
        exp.LTE(this=reached.copy(), expression=stop),
    )
    return rows, happened, case(happened.copy(), reached.copy(), _no_less_than_0(stop))


def _stop_days(scope: Scope, event: FollowedEvent) -> Node:
    """Return the days until an index event is followed no more: the window, what the data covers, death if it is not the event.

    Below 0 for an index event that lies after death, or after the last day that is covered: nothing is seen then.
    """
    index = scope.indicator.of
    moment = column(scope.time(index.from_, index.at), "s")
    stop: Node = literal(event.within.count * WEEK[event.within.unit])
    if scope.horizon is not None:
        last_day = literal(scope.horizon - datetime.timedelta(days=1))
        stop = _smaller(stop, days_between(moment, last_day))
    if _has_deaths(scope):
        death = days_to_death(scope)
        before = exp.LT(this=death, expression=literal(0))
        stop = _smaller(stop, death) if event.died is None else case(before, death.copy(), stop)
    return cast(stop, "BIGINT")


def _no_less_than_0(days: Node) -> Node:
    return case(exp.LT(this=days.copy(), expression=literal(0)), literal(0), days.copy())


def _has_deaths(scope: Scope) -> bool:
    return scope.catalogue.persons is not None and scope.catalogue.persons.death is not None


def _smaller(one: Node, other: Node) -> Node:
    """Return the smaller of two numbers; `one` when the other is missing."""
    return case(exp.LT(this=other, expression=one), other.copy(), one.copy())
