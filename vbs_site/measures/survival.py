"""People followed from an index event until something happens: life tables and person-time."""

import datetime

from sqlglot import exp

from vbs_site.catalogue.events import FollowedEvent
from vbs_site.engines.primitives import (
    Node,
    both,
    case,
    cast,
    column,
    count_rows,
    days_between,
    literal,
    named,
    table,
    total,
)
from vbs_site.measures.counted import counted, days_to_death
from vbs_site.measures.scope import Scope
from vbs_site.measures.shape import grouped, with_parts

WEEK = {"days": 1, "weeks": 7}


def life_table(scope: Scope) -> exp.Select:
    """Count, per day after the index event, who leaves on it (n) and for whom the event happened (numerator).

    Time is counted in whole days; an event on the day of death, or on the last day that is followed, counts.
    """
    query, parts = _followed(scope)
    days = column("days", "i")
    statistics = {
        "eligible": count_rows(),
        "n": count_rows(),
        "numerator": total(column("happened", "i")),
        "person_days": total(days),
    }
    return with_parts(grouped(scope, query, statistics, in_bin=days.copy()), parts)


def person_time_rate(scope: Scope) -> exp.Select:
    """Count events among people who are followed (numerator), and the days that they are (person_days).

    Unless every event counts, the first one ends the follow-up of its index event.
    """
    query, parts = _followed(scope)
    statistics = {
        "eligible": count_rows(),
        "n": count_rows(),
        "numerator": total(column("happened", "i")),
        "person_days": total(column("days", "i")),
    }
    return with_parts(grouped(scope, query, statistics), parts)


def _followed(scope: Scope) -> tuple[exp.Select, dict[str, Node]]:
    """Return a query over `followed` (alias `i`) and its parts: index events with `happened` and `days`.

    `happened` is 1 when the (first) event happened while they were followed, or the number of events where each
    counts; `days` are those until they leave.
    """
    event: FollowedEvent = scope.indicator.event
    extra = {"stop_days": _stop_days(scope, event)}
    if event.died is not None:
        extra["death_days"] = days_to_death(scope)
    rows = counted(scope, extra, register=event.died is not None or _has_deaths(scope))
    carried = [column(name, "i") for name in ("unit_code", "index_time", *scope.strata, "stop_days")]
    if event.recurs:
        reached: Node = exp.Coalesce(this=rows.found["event"], expressions=[literal(0)])
    elif event.died is not None:
        reached = column("death_days", "i")
    else:
        reached = days_between(column("index_time", "i"), rows.found["event"])
    parts = rows.parts | {"reached": rows.query.select(*carried, named(reached, "reached"), copy=False)}
    stop, found = column("stop_days", "i"), column("reached", "i")
    seen = case(exp.LT(this=stop, expression=literal(0)), literal(0), stop.copy())
    in_time = both(
        exp.GTE(this=found, expression=literal(0)), exp.LTE(this=found.copy(), expression=stop.copy())
    )
    happened = found.copy() if event.recurs else case(in_time, literal(1), literal(0))
    days = seen if event.recurs else case(in_time.copy(), found.copy(), seen)
    followed = exp.select(
        *(column(name, "i") for name in ("unit_code", "index_time", *scope.strata)),
        named(happened, "happened"),
        named(days, "days"),
        copy=False,
    ).from_(table("reached", "i"), copy=False)
    query = exp.select(copy=False).from_(table("followed", "i"), copy=False)
    return query, parts | {"followed": followed}


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


def _has_deaths(scope: Scope) -> bool:
    return scope.catalogue.persons is not None and scope.catalogue.persons.death is not None


def _smaller(one: Node, other: Node) -> Node:
    """Return the smaller of two numbers; `one` when the other is missing."""
    return case(exp.LT(this=other, expression=one), other.copy(), one.copy())
