"""Who counts: the index events of an indicator, with their unit, time and strata, after exclusions about death."""

import datetime

from sqlglot import exp

from vbs_site.catalogue.events import Chain, Exclusion, IndexEvents
from vbs_site.catalogue.sources import Source
from vbs_site.catalogue.words import Duration
from vbs_site.engines.primitives import (
    Node,
    age_band,
    both,
    cast,
    column,
    either,
    is_null,
    literal,
    named,
    not_null,
    plus,
    table,
)
from vbs_site.engines.relations import DELIVERER
from vbs_site.measures.scope import AGE_BANDS, Scope, person_joins, unit_code


def index_events(scope: Scope, extra: dict[str, Node] | None = None, *, register: bool = False) -> exp.Select:
    """Return one row per index event: `key_0`…, `person`, `index_time`, `unit_code`, `sex`, `age_band` and the extra columns.

    Args:
        scope: the indicator.
        extra: further columns by name, written over the aliases `s` of the source and `p0` of the register of persons.
        register: whether the extra columns need the register.
    """
    index: IndexEvents = scope.indicator.of
    source = scope.source(index.from_)
    at = scope.time(index.from_, index.at)
    rows, alias = table(index.from_, "s"), "s"
    where = [scope.where(index.from_, index.where, alias), scope.reported(index.from_, at, alias)]
    if index.chain is not None:
        rows, where = _first_of_chain(scope, index, at)
    elif index.only_first is not None or index.washout is not None:
        rows, where = _after_a_pause(scope, index, at)
    if scope.deliverer is not None:
        where.append(exp.EQ(this=column(DELIVERER, alias), expression=literal(scope.deliverer)))
    exclusions: list[Exclusion] = getattr(scope.indicator, "exclude", [])
    deaths = [each for each in exclusions if each.died is not None]
    register = register or bool(deaths or scope.strata)
    person = column(source.person, alias) if source.person else None
    query = exp.select(
        *(named(column(key, alias), f"key_{i}") for i, key in enumerate(source.key)),
        *([named(person, "person")] if person is not None else []),
        named(column(at, alias), "index_time"),
        named(unit_code(scope, alias, register=register), "unit_code"),
        *_strata(scope, column(at, alias)),
        *(named(node, name) for name, node in (extra or {}).items()),
        copy=False,
    ).from_(rows, copy=False)
    if person is not None:
        query = person_joins(scope, query, person, register=register, path=scope.unit.path is not None)
    where += [_survives(scope, each, column(at, alias)) for each in deaths]
    where += [_outside(scope, index.from_, each) for each in exclusions if each.where is not None]
    return query.where(both(*where), copy=False)


def _strata(scope: Scope, moment: Node) -> list[Node]:
    persons = scope.catalogue.persons
    columns = []
    for name in scope.strata:
        assert persons is not None, "the rule persons_known guarantees the register"
        if name == "sex":
            columns.append(named(column(persons.sex, "p0"), "sex"))
        else:
            columns.append(named(age_band(column(persons.birth or "", "p0"), moment, AGE_BANDS), "age_band"))
    return columns


def _survives(scope: Scope, exclusion: Exclusion, moment: Node) -> Node:
    """Return that the person lives on: a death on the day itself counts as dead at the event (days, not hours, are known)."""
    persons = scope.catalogue.persons
    assert persons is not None and persons.death is not None, (
        "the rule persons_known guarantees the date of death"
    )
    death, day = column(persons.death, "p0"), cast(moment, "DATE")
    limit: Node = plus(day, exclusion.died) if isinstance(exclusion.died, Duration) else day
    return either(is_null(death), exp.GT(this=death.copy(), expression=limit))


def _outside(scope: Scope, source: str, exclusion: Exclusion) -> Node:
    """Return that the exclusion's condition is not true (a missing value does not exclude)."""
    inside = scope.where(source, exclusion.where, "s")
    assert inside is not None
    return exp.EQ(
        this=exp.paren(exp.Case(ifs=[exp.If(this=inside, true=literal(1))], default=literal(0))),
        expression=literal(0),
    )


def _first_of_chain(scope: Scope, index: IndexEvents, at: str) -> tuple[Node, list[Node | None]]:
    """Return the rows of the chained source with the latest end before each, and the test that a new course begins.

    A row continues the course when it starts less than `gap` after the latest end so far of the same person. Rows
    that ended more than `gap` before the first reported day cannot reach into it, so they are not read. A row that
    is still open counts from its start; it is always read. Of rows that start together the one with the lowest key is
    the first; the engine is spared that order where it does not matter.
    """
    assert index.chain is not None
    source = scope.source(index.from_)
    assert source.time is not None and source.time.end is not None and source.person is not None
    end = column(source.time.end, "c")
    is_open = [is_null(end.copy())] if source.columns[source.time.end].nullable else []
    reach = exp.Coalesce(this=end, expressions=[column(source.time.start, "c")]) if is_open else end
    ties = source.key if _tells_rows_apart(scope, index.chain, index.from_, at) else []
    order = [exp.Ordered(this=column(name, "c"), nulls_first=True) for name in (source.time.start, *ties)]
    latest = exp.Window(
        this=exp.Max(this=reach),
        partition_by=[column(source.person, "c")],
        order=exp.Order(expressions=order),
        spec=exp.WindowSpec(
            kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end=literal(1), end_side="PRECEDING"
        ),
    )
    within = [scope.where(index.from_, index.where, "c")]
    if scope.start is not None:
        # The column stands alone, so that an engine can pass over parts of a file by their bounds.
        longest = datetime.timedelta(days=index.chain.gap.longest_days)
        earliest = datetime.datetime.combine(scope.start, datetime.time()) - longest
        within.append(either(exp.GTE(this=end.copy(), expression=literal(earliest)), *is_open))
    if scope.end is not None:
        within.append(
            exp.LT(this=column(source.time.start, "c"), expression=cast(literal(scope.end), "TIMESTAMP"))
        )
    rows = exp.select(*_every_column(scope, source), named(latest, "latest_end"), copy=False)
    rows = rows.from_(table(index.from_, "c"), copy=False).where(both(*within), copy=False)
    start, latest_end = column(source.time.start, "s"), column("latest_end", "s")
    begins = either(
        is_null(latest_end),
        *_of_nobody(source),
        exp.GTE(this=cast(start, "TIMESTAMP"), expression=plus(latest_end.copy(), index.chain.gap)),
    )
    return rows.subquery("s", copy=False), [begins, scope.reported(index.from_, at, "s")]


def _tells_rows_apart(scope: Scope, chain: Chain, name: str, at: str) -> bool:
    """Return whether it can matter which of a person's rows that start together is the first of its course.

    It does not where only the person and the start are used of it: whichever comes first, the others lie within its
    reach and begin nothing, as long as no row ends before it starts.
    """
    indicator, source = scope.indicator, scope.source(name)
    assert source.time is not None
    of_the_row = ("exclude", "event", "value", "pair", "numerator", "denominator")
    plain = not any(getattr(indicator, key, None) for key in of_the_row)
    by_person = scope.unit.path is not None and scope.deliverer is None
    in_order = source.derive is None and source.checks.order != "report" and chain.gap.count > 0
    return not (plain and by_person and in_order and at == source.time.start)


def _after_a_pause(scope: Scope, index: IndexEvents, at: str) -> tuple[Node, list[Node | None]]:
    """Return the rows that meet the condition with the time of the same person's row before, and the test on it.

    Rows are in order of time, then key. For a washout, rows from that long before the reported days are read as well;
    for a person's first row ever, all.
    """
    source = scope.source(index.from_)
    assert source.person is not None, "the rule persons_known guarantees the person"
    time = column(at, "c")
    order = [exp.Ordered(this=column(name, "c"), nulls_first=True) for name in (at, *source.key)]
    previous = exp.Window(
        this=exp.Lag(this=time.copy()),
        partition_by=[column(source.person, "c")],
        order=exp.Order(expressions=order),
    )
    ever = Duration(150, "years") if index.only_first == "ever" else index.washout
    within = [
        scope.where(index.from_, index.where, "c"),
        scope.reported(index.from_, at, "c", before=ever),
        not_null(time.copy()),
    ]
    rows = exp.select(*_every_column(scope, source), named(previous, "previous_time"), copy=False)
    rows = rows.from_(table(index.from_, "c"), copy=False).where(both(*within), copy=False)
    moment, before = column(at, "s"), column("previous_time", "s")
    tests = [is_null(before), *_of_nobody(source)]
    if index.only_first == "in_period":
        periods = [scope.period_index(index.from_, at, each) for each in (before.copy(), moment)]
        tests.append(exp.LT(this=periods[0], expression=periods[1]))
    if index.washout is not None:
        earliest = plus(moment, Duration(-index.washout.count, index.washout.unit))
        tests.append(exp.LT(this=cast(before.copy(), "TIMESTAMP"), expression=earliest))
    return rows.subquery("s", copy=False), [either(*tests), scope.reported(index.from_, at, "s")]


def _of_nobody(source: Source) -> list[Node]:
    """Return that a row has no person, where that can be: nothing is known to come before it."""
    assert source.person is not None
    return [is_null(column(source.person, "s"))] if source.columns[source.person].nullable else []


def _every_column(scope: Scope, source: Source) -> list[Node]:
    names = [*source.columns, *([DELIVERER] if scope.deliverer is not None else [])]
    return [column(name, "c") for name in names]
