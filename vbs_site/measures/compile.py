"""From an indicator to one query: the same tree for every engine, one function per kind."""

import datetime
from collections.abc import Callable

from sqlglot import exp

from vbs_site.catalogue.indicators import AdjustedChange, Change, Mean, Proportion, Rate, ShareOfSum
from vbs_site.catalogue.model import Catalogue
from vbs_site.engines.conditions_sql import any_missing
from vbs_site.engines.primitives import (
    Node,
    both,
    cast,
    column,
    count_if,
    count_rows,
    is_null,
    literal,
    named,
    opens_period,
    table,
    total,
)
from vbs_site.measures.answers import answers, with_answers
from vbs_site.measures.cohorts import cohort_mean
from vbs_site.measures.index_events import index_events
from vbs_site.measures.links import linked, sought_links
from vbs_site.measures.scope import Scope
from vbs_site.measures.shape import SQUARE, STATISTICS, SUM, TYPES, grouped, with_parts


def compile_measure(
    catalogue: Catalogue, name: str, unit_kind: str, start: datetime.date | None, end: datetime.date | None
) -> exp.Select:
    """Return the query of one indicator for one unit kind over the reported days [start, end)."""
    scope = Scope(catalogue, name, unit_kind, start, end)
    compilers: dict[type, Callable[[Scope], exp.Select]] = {
        Proportion: _proportion,
        Rate: _rate,
        Mean: cohort_mean,
        Change: _change,
        AdjustedChange: _change,
        ShareOfSum: _share_of_sum,
    }
    return compilers[type(scope.indicator)](scope)


def _without_excluded(
    scope: Scope, extra: dict[str, Node] | None = None
) -> tuple[exp.Select, dict[str, Node]]:
    """Return the query over index events that no link excludes, with `event` found, and its parts."""
    excluding, counting = sought_links(scope)
    parts: dict[str, Node] = {"index_events": index_events(scope, extra)}
    query = exp.select(copy=False).from_(table("index_events", "i"), copy=False)
    keys = len(scope.source(scope.indicator.of.from_).key)
    groups = dict.fromkeys(
        (each.link.from_ or scope.indicator.of.from_, each.link.at) for each in [*excluding, *counting]
    )
    for number, (source, at) in enumerate(groups):
        sought = [
            each
            for each in [*excluding, *counting]
            if (each.link.from_ or scope.indicator.of.from_, each.link.at) == (source, at)
        ]
        name = f"linked_{number}"
        parts[name] = linked(scope, source, sought)
        on = both(
            *(exp.EQ(this=column(f"key_{i}", name), expression=column(f"key_{i}", "i")) for i in range(keys))
        )
        query = query.join(table(name), on=on, join_type="LEFT", copy=False)
        for each in sought:
            if each in excluding:
                kept = exp.EQ(
                    this=exp.Coalesce(this=column(each.name, name), expressions=[literal(0)]),
                    expression=literal(0),
                )
                query = query.where(kept, copy=False)
    return query, parts


def _proportion(scope: Scope) -> exp.Select:
    """Count index events, and those with the event. An event that cannot be told (its column is missing) is not in n."""
    event = scope.indicator.event
    extra: dict[str, Node] = {}
    if event.where is not None:
        source = scope.indicator.of.from_
        happened = scope.where(source, event.where, "s")
        unknown = any_missing(event.where, "s")
        extra["event"] = exp.Case(ifs=[exp.If(this=happened, true=literal(1))], default=literal(0))
        if unknown is not None:
            extra["event"] = exp.Case(
                ifs=[exp.If(this=unknown, true=exp.null()), exp.If(this=happened, true=literal(1))],
                default=literal(0),
            )
    query, parts = _without_excluded(scope, extra)
    if event.where is not None:
        known = exp.Not(this=is_null(column("event", "i")))
        statistics = {
            "eligible": count_rows(),
            "n": count_if(known),
            "numerator": total(column("event", "i")),
            "missing": count_if(is_null(column("event", "i"))),
        }
    else:
        found = next(
            column("event", name)
            for name, part in parts.items()
            if isinstance(part, exp.Select) and name != "index_events" and "event" in part.named_selects
        )
        statistics = {"eligible": count_rows(), "n": count_rows(), "numerator": total(found)}
    return with_parts(grouped(scope, query, statistics), parts)


def _rate(scope: Scope) -> exp.Select:
    """Count index events (or courses) and, beside them, the population on the first day of the period.

    Events and population are two sets of rows under the same columns: adding them up per unit joins them, and an
    event of an unknown unit is kept.
    """
    per = scope.indicator.per
    query, parts = _without_excluded(scope)
    events = grouped(scope, query, {"eligible": count_rows(), "numerator": count_rows()})
    day = column(per.at, "d")
    groups = [column(per.unit, "d"), scope.period_index(per.from_, per.at, day)]
    columns = [named(cast(groups[0], "TEXT"), "unit_code"), named(groups[1].copy(), "period")]
    columns += [named(cast(exp.null(), "TEXT"), stratum) for stratum in ("sex", "age_band")]
    columns += [
        named(total(column(per.sum, "d")) if each == "n" else cast(literal(0), TYPES[each]), each)
        for each in STATISTICS
    ]
    population = exp.select(*columns, copy=False).from_(table(per.from_, "d"), copy=False)
    population = population.where(
        both(
            opens_period(day.copy(), scope.period, scope.catalogue.catalogue.year_starts),
            scope.reported(per.from_, per.at, "d"),
        ),
        copy=False,
    )
    population = population.group_by(*(group.copy() for group in groups), copy=False)
    parts["events"] = events
    parts["population_on_first_day"] = population
    both_sets = exp.union(
        exp.select("*").from_(table("events")),
        exp.select("*").from_(table("population_on_first_day")),
        distinct=False,
    )
    return with_parts(exp.select("*", copy=False).from_(both_sets.subquery("u"), copy=False), parts)


def _change(scope: Scope) -> exp.Select:
    """Pair a score before and after. Improved means a change of at least the threshold in the instrument's direction."""
    indicator = scope.indicator
    keys = len(scope.source(indicator.of.from_).key)
    if isinstance(indicator, Change) and indicator.measure is not None:
        query, parts = _without_excluded(scope)
        for name in ("baseline", "follow_up"):
            parts[f"{name}_answers"] = answers(scope, indicator.measure, getattr(indicator.measure, name))
            query = with_answers(query, keys, name)
        before, after, expected = column("score", "baseline"), column("score", "follow_up"), None
    else:
        pair = indicator.pair
        names = {"baseline": pair.baseline, "follow_up": pair.follow_up} | (
            {"expected": pair.expected} if pair.expected else {}
        )
        query, parts = _without_excluded(
            scope, {key: cast(column(name, "s"), "DECIMAL(18, 6)") for key, name in names.items()}
        )
        before, after = column("baseline", "i"), column("follow_up", "i")
        expected = column("expected", "i") if pair.expected else None
    change = exp.paren(exp.Sub(this=after, expression=before))
    complete = both(
        *(exp.Not(this=is_null(node.copy())) for node in (before, after, expected) if node is not None)
    )
    paired = exp.Case(ifs=[exp.If(this=complete, true=change)])
    statistics = {
        "eligible": count_rows(),
        "n": count_if(complete.copy()),
        "missing": total(exp.Case(ifs=[exp.If(this=complete.copy(), true=literal(0))], default=literal(1))),
        "sum": total(paired, SUM),
        "sum_sq": total(exp.Mul(this=paired.copy(), expression=paired.copy()), SQUARE),
    }
    instrument = scope.catalogue.instruments[indicator.instrument]
    if indicator.improved is not None:
        threshold = next(each.value for each in instrument.thresholds if each.kind == indicator.improved)
        better: Node = exp.GTE(this=change.copy(), expression=literal(threshold))
        if instrument.direction == "lower":
            better = exp.LTE(this=change.copy(), expression=literal(-threshold))
        statistics["numerator"] = count_if(both(complete.copy(), better))
    if expected is not None:
        expected_change = exp.paren(exp.Sub(this=expected, expression=before.copy()))
        residual = exp.paren(exp.Sub(this=after.copy(), expression=expected.copy()))
        statistics["expected"] = total(
            exp.Case(ifs=[exp.If(this=complete.copy(), true=expected_change)]), SUM
        )
        squared = exp.Mul(this=residual, expression=residual.copy())
        statistics["residual_sq"] = total(exp.Case(ifs=[exp.If(this=complete.copy(), true=squared)]), SQUARE)
    return with_parts(grouped(scope, query, statistics), parts)


def _share_of_sum(scope: Scope) -> exp.Select:
    """Add up delivered counts. A row counts only when both its parts were delivered."""
    names = {"part": scope.indicator.numerator, "whole": scope.indicator.denominator}
    query, parts = _without_excluded(scope, {key: column(name, "s") for key, name in names.items()})
    part, whole = column("part", "i"), column("whole", "i")
    complete = both(exp.Not(this=is_null(part)), exp.Not(this=is_null(whole)))
    statistics = {
        "eligible": total(whole.copy()),
        "n": total(exp.Case(ifs=[exp.If(this=complete, true=whole.copy())])),
        "numerator": total(exp.Case(ifs=[exp.If(this=complete.copy(), true=part.copy())])),
        "missing": total(exp.Case(ifs=[exp.If(this=complete.copy(), true=literal(0))], default=literal(1))),
    }
    return with_parts(grouped(scope, query, statistics), parts)
