"""Cohorts: people who belong to a period by what happened to them before it, and what they add up to in it."""

from sqlglot import exp

from vbs_site.catalogue.words import Duration
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
    table,
    total,
)
from vbs_site.measures.scope import Scope, person_joins, unit_code
from vbs_site.measures.shape import SQUARE, SUM, grouped, squared, with_parts
from vbs_site.periods import MONTHS, period_of


def cohort_mean(scope: Scope) -> exp.Select:
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
        "sum_sq": total(squared(amount), SQUARE),
    }
    return with_parts(grouped(scope, query, statistics, period=column("period", "i")), parts)


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
