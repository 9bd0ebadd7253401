"""From an indicator to one query: the same tree for every engine, one function per kind."""

import datetime
from collections.abc import Callable

from sqlglot import exp

from vbs_site.catalogue.indicators import (
    AdjustedChange,
    Change,
    Mean,
    Proportion,
    Rate,
    Ratio,
    ShareOfSum,
    StandardisedRate,
    StandardisedRatio,
    TimeToEvent,
)
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.populations import PersonTime
from vbs_site.engines.primitives import (
    Node,
    both,
    cast,
    column,
    count_if,
    count_rows,
    days_between,
    is_null,
    literal,
    not_null,
    total,
)
from vbs_site.measures.changes import change
from vbs_site.measures.cohorts import cohort_mean
from vbs_site.measures.counted import counted, with_event
from vbs_site.measures.populations import population_rate, standardised_ratio
from vbs_site.measures.scope import Scope
from vbs_site.measures.shape import SQUARE, SUM, grouped, squared, with_parts
from vbs_site.measures.survival import life_table, person_time_rate

COMPILER = 2
"""Raised when a query comes to mean something else, or aggregates come to be written otherwise: what was computed before
is then computed again, and parts and aggregates of another program are refused."""


def compile_measure(
    catalogue: Catalogue,
    name: str,
    unit_kind: str,
    start: datetime.date | None,
    end: datetime.date | None,
    *,
    horizon: datetime.date | None = None,
    deliverer: str | None = None,
    kept: str | None = None,
) -> exp.Select:
    """Return the query of one indicator for one unit kind over the reported days [start, end).

    Args:
        catalogue: the catalogue.
        name: the indicator; a ratio has no query of its own.
        unit_kind: the unit kind that rows are grouped by.
        start: first reported day.
        end: first day that is not reported.
        horizon: as in `Scope`.
        deliverer: as in `Scope`.
        kept: as in `Scope`.
    """
    scope = Scope(catalogue, name, unit_kind, start, end, horizon, deliverer, kept)
    compilers: dict[type, Callable[[Scope], exp.Select]] = {
        Proportion: _proportion,
        Rate: _rate,
        Mean: _mean,
        Change: change,
        AdjustedChange: change,
        TimeToEvent: life_table,
        StandardisedRate: population_rate,
        StandardisedRatio: standardised_ratio,
        ShareOfSum: _share_of_sum,
    }
    assert not isinstance(scope.indicator, Ratio), "a ratio is made of other indicators' statistics"
    return compilers[type(scope.indicator)](scope)


def _proportion(scope: Scope) -> exp.Select:
    """Count index events, and those with the event."""
    rows, statistics = with_event(scope)
    return with_parts(grouped(scope, rows.query, statistics), rows.parts)


def _rate(scope: Scope) -> exp.Select:
    timed = isinstance(scope.indicator.per, PersonTime)
    return person_time_rate(scope) if timed else population_rate(scope)


def _mean(scope: Scope) -> exp.Select:
    """Add up a value of each index event. One without a value is counted as missing; counts and sums start at 0."""
    if scope.indicator.cohort is not None:
        return cohort_mean(scope)
    value = scope.indicator.value
    if value.link is not None:
        rows = counted(scope)
        amount: Node = rows.found["value"]
        if value.link.pick in ("count", "sum"):
            amount = exp.Coalesce(this=amount, expressions=[literal(0)])
        amount = cast(amount, "DECIMAL(18, 6)")
    else:
        rows = counted(scope, {"value": cast(_of_the_row(scope), "DECIMAL(18, 6)")})
        amount = column("value", "i")
    statistics = {
        "eligible": count_rows(),
        "n": count_if(not_null(amount)),
        "missing": count_if(is_null(amount.copy())),
        "sum": total(amount.copy(), SUM),
        "sum_sq": total(squared(amount), SQUARE),
    }
    return with_parts(grouped(scope, rows.query, statistics), rows.parts)


def _of_the_row(scope: Scope) -> Node:
    value = scope.indicator.value
    if value.days is not None:
        start, end = (column(name, "s") for name in value.days)
        return days_between(start, end)
    return column(value.column, "s")


def _share_of_sum(scope: Scope) -> exp.Select:
    """Add up delivered counts. A row counts only when both its parts were delivered."""
    names = {"part": scope.indicator.numerator, "whole": scope.indicator.denominator}
    rows = counted(scope, {key: column(name, "s") for key, name in names.items()})
    part, whole = column("part", "i"), column("whole", "i")
    complete = both(exp.Not(this=is_null(part)), exp.Not(this=is_null(whole)))
    statistics = {
        "eligible": total(whole.copy()),
        "n": total(exp.Case(ifs=[exp.If(this=complete, true=whole.copy())])),
        "numerator": total(exp.Case(ifs=[exp.If(this=complete.copy(), true=part.copy())])),
        "missing": total(exp.Case(ifs=[exp.If(this=complete.copy(), true=literal(0))], default=literal(1))),
    }
    return with_parts(grouped(scope, rows.query, statistics), rows.parts)
