"""Cohorts: people who belong to a period by what happened to them before it, and what they add up to in it."""

from sqlglot import exp

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.words import Duration
from vbs_site.engines.primitives import (
    Node,
    both,
    cast,
    column,
    count_if,
    count_rows,
    least,
    literal,
    named,
    not_null,
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

    Members are counted per unit and run of periods, and amounts are looked up in the runs: no row is made for each
    member of each period.
    """
    assert scope.start is not None and scope.end is not None, "cohorts need reported days"
    starts = scope.catalogue.catalogue.year_starts
    first = period_of(scope.start, scope.period, starts).index
    last = period_of(scope.end, scope.period, starts).index - 1
    parts: dict[str, Node] = {
        "qualifying": _qualifying(scope),
        "spells": _spells(),
        "memberships": _memberships(scope, last),
        "periods": _periods(first, last),
        "amounts": _amounts(scope),
        "added": _added(scope),
    }
    members, amount = column("members", "i"), column("amount", "i")
    statistics = {
        "eligible": total(members),
        "n": total(members.copy()),
        "numerator": count_if(not_null(amount)),
        "sum": total(amount.copy(), SUM),
        "sum_sq": total(squared(amount), SQUARE),
    }
    query = exp.select(copy=False).from_(table("added", "i"), copy=False)
    return with_parts(grouped(scope, query, statistics, period=column("period", "i")), parts)


def qualifying_rows(catalogue: Catalogue, name: str) -> tuple[str, exp.Select]:
    """Return the source of an indicator's cohort, and its qualifying rows of all times: the person and the time."""
    scope = Scope(catalogue, name, "", None, None)
    cohort = scope.indicator.cohort
    names = dict.fromkeys([scope.source(cohort.from_).person or "", scope.time(cohort.from_, cohort.at)])
    query = exp.select(*(column(each, "c") for each in names)).from_(table(cohort.from_, "c"))
    where = scope.where(cohort.from_, cohort.where, "c")
    return cohort.from_, query.where(where) if where is not None else query


def _qualifying(scope: Scope) -> exp.Select:
    """Return each person with the periods `q` of qualifying events."""
    cohort = scope.indicator.cohort
    person = scope.source(cohort.from_).person
    at = scope.time(cohort.from_, cohort.at)
    where = both(
        scope.where(cohort.from_, cohort.where, "c") if scope.kept is None else None,
        scope.reported(cohort.from_, at, "c", before=cohort.within),
    )
    query = exp.select(
        named(column(person or "", "c"), "person"),
        named(scope.period_index(cohort.from_, at, column(at, "c")), "q"),
        copy=False,
    )
    rows = table(scope.kept or cohort.from_, "c")
    return query.from_(rows, copy=False).where(where, copy=False).distinct(copy=False)


def _spells() -> exp.Select:
    """Return each qualifying period of a person with the next one."""
    q = column("q", "d")
    following = exp.Window(
        this=exp.Lead(this=q),
        partition_by=[column("person", "d")],
        order=exp.Order(expressions=[exp.Ordered(this=q.copy(), nulls_first=False)]),
    )
    return exp.select(column("person", "d"), q.copy(), named(following, "next_q"), copy=False).from_(
        table("qualifying", "d"), copy=False
    )


def _memberships(scope: Scope, last: int) -> exp.Select:
    """Return the runs of periods of which a person is a member, none twice: those after `q`, up to and with `until`."""
    cohort = scope.indicator.cohort
    steps = _steps(cohort.within, MONTHS[scope.period])
    ends: list[Node] = [
        exp.Add(this=column("q", "m"), expression=literal(steps)),
        column("next_q", "m"),
        literal(last),
    ]
    if cohort.alive:
        persons = scope.catalogue.persons
        assert persons is not None and persons.death is not None
        ends.append(scope.period_index(persons.source, persons.death, column(persons.death, "p0")))
    query = exp.select(
        column("person", "m"),
        column("q", "m"),
        named(least(*ends), "until"),
        named(unit_code(scope, "m", register=cohort.alive), "unit_code"),
        copy=False,
    ).from_(table("spells", "m"), copy=False)
    return person_joins(scope, query, column("person", "m"), register=cohort.alive, path=True)


def _periods(first: int, last: int) -> exp.Select:
    """Return the numbers of the reported periods."""
    rows = [exp.Tuple(expressions=[literal(number)]) for number in range(first, last + 1)]
    alias = exp.TableAlias(
        this=exp.to_identifier("v", quoted=True), columns=[exp.to_identifier("period", quoted=True)]
    )
    return exp.select(named(cast(column("period", "v"), "BIGINT"), "period")).from_(
        exp.Values(expressions=rows, alias=alias)
    )


def _added(scope: Scope) -> exp.Union:
    """Return what is added up: per unit and period the number of `members`, and the `amount` of each who has one."""
    run = [column(name, "m") for name in ("unit_code", "q", "until")]
    runs = exp.select(*run, named(count_rows(), "members")).from_(table("memberships", "m"))
    runs = runs.group_by(*(each.copy() for each in run))
    counted = exp.select(
        column("unit_code", "m"),
        column("period", "t"),
        column("members", "m"),
        named(cast(exp.null(), _amount_type(scope)), "amount"),
        copy=False,
    ).from_(runs.subquery("m", copy=False), copy=False)
    counted = counted.join(table("periods", "t"), on=_in_run(column("period", "t")), copy=False)
    paid = exp.select(
        column("unit_code", "m"),
        column("period", "a"),
        named(cast(literal(0), "BIGINT"), "members"),
        column("amount", "a"),
        copy=False,
    ).from_(table("amounts", "a"), copy=False)
    same = exp.EQ(this=column("person", "m"), expression=column("person", "a"))
    paid = paid.join(table("memberships", "m"), on=both(same, _in_run(column("period", "a"))), copy=False)
    return exp.union(counted, paid, distinct=False)


def _in_run(period: Node) -> Node:
    """Return whether a period lies in a run of memberships (`m`)."""
    return both(
        exp.GT(this=period, expression=column("q", "m")),
        exp.LTE(this=period.copy(), expression=column("until", "m")),
    )


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
