"""From an indicator to one query: the same tree for every engine, one function per kind.

Every query returns the same columns, one row per unit code, period and stratum:
`unit_code, period, sex, age_band, eligible, n, numerator, missing, sum, sum_sq, expected, residual_sq`.
`sum` and `expected` are DECIMAL(38, 6), `sum_sq` and `residual_sq` DECIMAL(38, 12), counts BIGINT: bytes do not
depend on threads, and every column can be added across units, regions and strata.
"""

import datetime
from collections.abc import Callable

from sqlglot import exp

from vbs_site.catalogue.indicators import AdjustedChange, Change, Mean, Proportion, Rate, ShareOfSum
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.words import Duration
from vbs_site.measures.answers import answers, with_answers
from vbs_site.measures.conditions_sql import any_missing
from vbs_site.measures.index_events import index_events
from vbs_site.measures.links import linked, sought_links
from vbs_site.measures.primitives import (
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
from vbs_site.measures.scope import Scope, person_joins, unit_code
from vbs_site.periods import MONTHS, period_of

STATISTICS = ("eligible", "n", "numerator", "missing", "sum", "sum_sq", "expected", "residual_sq")
SUM, SQUARE = "DECIMAL(38, 6)", "DECIMAL(38, 12)"
TYPES = {
    "eligible": "BIGINT",
    "n": "BIGINT",
    "numerator": "BIGINT",
    "missing": "BIGINT",
    "sum": SUM,
    "sum_sq": SQUARE,
    "expected": SUM,
    "residual_sq": SQUARE,
}


def compile_measure(
    catalogue: Catalogue, name: str, unit_kind: str, start: datetime.date | None, end: datetime.date | None
) -> exp.Select:
    """Return the query of one indicator for one unit kind over the reported days [start, end)."""
    scope = Scope(catalogue, name, unit_kind, start, end)
    compilers: dict[type, Callable[[Scope], exp.Select]] = {
        Proportion: _proportion,
        Rate: _rate,
        Mean: _mean,
        Change: _change,
        AdjustedChange: _change,
        ShareOfSum: _share_of_sum,
    }
    return compilers[type(scope.indicator)](scope)


def _grouped(
    scope: Scope,
    query: exp.Select,
    statistics: dict[str, Node],
    *,
    alias: str = "i",
    period: Node | None = None,
) -> exp.Select:
    """Return the query with the shared output columns, grouped by unit, period and strata."""
    if period is None:
        index = scope.indicator.of
        period = scope.period_index(
            index.from_, scope.time(index.from_, index.at), column("index_time", alias)
        )
    strata = [
        column(stratum, alias) for stratum in ("sex", "age_band") if stratum in scope.indicator.stratify
    ]
    groups = [column("unit_code", alias), period, *strata]
    columns = [named(cast(groups[0].copy(), "TEXT"), "unit_code"), named(period.copy(), "period")]
    for stratum in ("sex", "age_band"):
        here: Node = column(stratum, alias) if stratum in scope.indicator.stratify else exp.null()
        columns.append(named(cast(here, "TEXT"), stratum))
    columns += [named(statistics.get(each, cast(literal(0), TYPES[each])), each) for each in STATISTICS]
    return query.select(*columns, append=False, copy=False).group_by(*groups, copy=False)


def _with(query: exp.Select, parts: dict[str, Node]) -> exp.Select:
    for name, part in parts.items():
        query = query.with_(exp.to_identifier(name, quoted=True), as_=part, copy=False)
    return query


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
    return _with(_grouped(scope, query, statistics), parts)


def _rate(scope: Scope) -> exp.Select:
    """Count index events (or courses) and, beside them, the population on the first day of the period.

    Events and population are two sets of rows under the same columns: adding them up per unit joins them, and an
    event of an unknown unit is kept.
    """
    per = scope.indicator.per
    query, parts = _without_excluded(scope)
    events = _grouped(scope, query, {"eligible": count_rows(), "numerator": count_rows()})
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
    return _with(exp.select("*", copy=False).from_(both_sets.subquery("u"), copy=False), parts)


def _mean(scope: Scope) -> exp.Select:
    """Add up a value for each member of a cohort in each period; members without any row count with zero.

    A person is a member of a period when a qualifying event lies in one of the `within` periods before it (the
    period itself does not count) and, with `alive`, the person lives on its first day.
    """
    cohort = scope.indicator.cohort
    assert scope.start is not None and scope.end is not None, "cohorts need reported days"
    steps = _steps(cohort.within, MONTHS[scope.period])
    starts = scope.catalogue.catalogue.year_starts
    first, last = (
        period_of(scope.start, scope.period, starts).index,
        period_of(scope.end, scope.period, starts).index - 1,
    )
    person = scope.source(cohort.from_).person
    at = scope.time(cohort.from_, cohort.at)
    qualifying = exp.select(
        named(column(person or "", "c"), "person"),
        named(scope.period_index(cohort.from_, at, column(at, "c")), "q"),
        copy=False,
    )
    qualifying = (
        qualifying.from_(table(cohort.from_, "c"), copy=False)
        .where(
            both(
                scope.where(cohort.from_, cohort.where, "c"),
                scope.reported(cohort.from_, at, "c", before=cohort.within),
            ),
            copy=False,
        )
        .distinct(copy=False)
    )
    q = column("q", "d")
    following = exp.Window(
        this=exp.Lead(this=q),
        partition_by=[column("person", "d")],
        order=exp.Order(expressions=[exp.Ordered(this=q.copy(), nulls_first=False)]),
    )
    spells = exp.select(column("person", "d"), q.copy(), named(following, "next_q"), copy=False).from_(
        table("qualifying", "d"), copy=False
    )
    covered = exp.Add(this=column("q", "m"), expression=literal(steps))
    shorter = exp.LT(this=column("next_q", "m"), expression=covered)
    until = exp.Case(ifs=[exp.If(this=shorter, true=column("next_q", "m"))], default=covered.copy())
    on = both(
        exp.GT(this=column("period", "t"), expression=column("q", "m")),
        exp.LTE(this=column("period", "t"), expression=until),
    )
    periods = (
        exp.union(
            *(
                exp.select(named(cast(literal(number), "BIGINT"), "period"))
                for number in range(first, last + 1)
            ),
            distinct=False,
        )
        if last > first
        else exp.select(named(cast(literal(first), "BIGINT"), "period"))
    )
    register = cohort.alive or bool(scope.indicator.stratify)
    members = exp.select(
        column("person", "m"),
        column("period", "t"),
        named(unit_code(scope, "m", register=register), "unit_code"),
        copy=False,
    ).from_(table("spells", "m"), copy=False)
    members = members.join(table("periods", "t"), on=on, join_type="INNER", copy=False)
    members = person_joins(scope, members, column("person", "m"), register=register, path=True)
    if cohort.alive:
        persons = scope.catalogue.persons
        assert persons is not None and persons.death is not None
        death = column(persons.death, "p0")
        lives = exp.GTE(
            this=scope.period_index(persons.source, persons.death, death), expression=column("period", "t")
        )
        members = members.where(exp.or_(is_null(death.copy()), lives), copy=False)
    parts: dict[str, Node] = {
        "qualifying": qualifying,
        "spells": spells,
        "periods": periods,
        "members": members,
        "amounts": _amounts(scope),
    }
    amount = exp.Coalesce(this=column("amount", "a"), expressions=[cast(literal(0), _amount_type(scope))])
    query = exp.select(copy=False).from_(table("members", "i"), copy=False)
    on = both(
        exp.EQ(this=column("person", "a"), expression=column("person", "i")),
        exp.EQ(this=column("period", "a"), expression=column("period", "i")),
    )
    query = query.join(table("amounts", "a"), on=on, join_type="LEFT", copy=False)
    statistics = {
        "eligible": count_rows(),
        "n": count_rows(),
        "numerator": count_if(exp.Not(this=is_null(column("amount", "a")))),
        "sum": total(amount, SUM),
        "sum_sq": total(exp.Mul(this=amount.copy(), expression=amount.copy()), SQUARE),
    }
    return _with(_grouped(scope, query, statistics, period=column("period", "i")), parts)


def _amount_type(scope: Scope) -> str:
    value = scope.indicator.value
    contract = scope.source(value.from_).columns[value.sum]
    return f"DECIMAL(18, {contract.scale if contract.type == 'decimal' else 0})"


def _amounts(scope: Scope) -> exp.Select:
    value = scope.indicator.value
    source = scope.source(value.from_)
    at = scope.time(value.from_, value.at)
    period = scope.period_index(value.from_, at, column(at, "c"))
    person = column(source.person or "", "c")
    members = exp.select(column("person")).from_(table("qualifying")).distinct()
    query = exp.select(
        named(person, "person"),
        named(period, "period"),
        named(cast(exp.Sum(this=column(value.sum, "c")), _amount_type(scope)), "amount"),
        copy=False,
    )
    query = query.from_(table(value.from_, "c"), copy=False)
    where = both(
        scope.where(value.from_, value.where, "c"),
        scope.reported(value.from_, at, "c"),
        exp.In(this=person.copy(), query=members.subquery()),
    )
    return query.where(where, copy=False).group_by(person.copy(), period.copy(), copy=False)


def _steps(within: Duration, months: int) -> int:
    calendar = {"months": 1, "quarters": 3, "years": 12}
    assert within.unit in calendar, "the rule cohorts_fit guarantees calendar units"
    return within.count * calendar[within.unit] // months


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
    return _with(_grouped(scope, query, statistics), parts)


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
    return _with(_grouped(scope, query, statistics), parts)
