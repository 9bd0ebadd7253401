"""Index events beside the population they come from: rates, and the strata that standardisation needs."""

from sqlglot import exp

from vbs_site.engines.primitives import (
    Node,
    both,
    cast,
    column,
    count_rows,
    literal,
    opens_period,
    table,
    total,
)
from vbs_site.measures.counted import counted, with_event
from vbs_site.measures.scope import Scope
from vbs_site.measures.shape import grouped, with_parts


def population_rate(scope: Scope) -> exp.Select:
    """Count index events (or courses) and, beside them, the population on the first day of the period.

    Events and population are two sets of rows under the same columns: adding them up per unit (and stratum) joins
    them, and an event of an unknown unit or stratum is kept.
    """
    rows = counted(scope)
    parts = dict(rows.parts)
    counts = {"eligible": count_rows(), "n": _nobody(), "numerator": count_rows()}
    events = parts["events"] = grouped(scope, rows.query, counts)
    parts["population_on_first_day"] = _population(scope)
    columns = [column(name) for name in events.named_selects]
    both_sets = exp.union(
        exp.select(*(each.copy() for each in columns)).from_(table("events")),
        exp.select(*(each.copy() for each in columns)).from_(table("population_on_first_day")),
        distinct=False,
    )
    return with_parts(exp.select(*columns, copy=False).from_(both_sets.subquery("u"), copy=False), parts)


def _nobody() -> Node:
    return cast(literal(0), "BIGINT")


def standardised_ratio(scope: Scope) -> exp.Select:
    """Count events and those at risk per stratum: index events, or a population on the first day of the period."""
    if scope.indicator.per is not None:
        return population_rate(scope)
    rows, statistics = with_event(scope)
    return with_parts(grouped(scope, rows.query, statistics), rows.parts)


def _population(scope: Scope) -> exp.Select:
    per = scope.indicator.per
    day = column(per.at, "d")
    strata: dict[str, Node] = {name: column(getattr(per, name), "d") for name in scope.strata}
    query = exp.select(copy=False).from_(table(per.from_, "d"), copy=False)
    first_days = opens_period(day.copy(), scope.period, scope.catalogue.catalogue.year_starts)
    query = query.where(both(first_days, scope.reported(per.from_, per.at, "d")), copy=False)
    return grouped(
        scope,
        query,
        {"eligible": _nobody(), "n": total(column(per.sum, "d")), "numerator": _nobody()},
        period=scope.period_index(per.from_, per.at, day),
        unit=column(per.unit, "d"),
        strata=strata,
    )
