"""A delivery against its contract, before use: one pass over the rows, one over their keys, one over their persons.

Every query is a tree of portable building blocks, so that files and tables in a database are checked alike.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from vbs_site.catalogue.organisations import UNKNOWN
from vbs_site.catalogue.sources import Check, Source
from vbs_site.diagnostics import Diagnosis
from vbs_site.engines.engine import Engine
from vbs_site.engines.primitives import (
    Node,
    both,
    cast,
    column,
    count_if,
    count_rows,
    is_null,
    named,
    not_null,
    period_index,
    repeated_in_block,
    table,
)
from vbs_site.engines.relations import DELIVERER
from vbs_site.extracts.quality import Quality
from vbs_site.extracts.row_tests import ROWS, RowTest, any_of, kept
from vbs_site.periods import Period, PeriodKind

Cell = tuple[str, str, str]
"""(deliverer, unit, period) of a count; each is empty where the source has none."""


BY_VALUE = ("category", "code", "unit")
"""Faults of columns that have few values."""


@dataclass(frozen=True)
class Subject:
    """What is checked.

    Attributes:
        name, source: the source and its contract.
        tests: what can be wrong with its rows by themselves.
        unit: the column with the finest unit that the rows name, or None.
        codes: column with unit codes to code to unit id.
        place: deliverer to the file or table that a message names.
    """

    name: str
    source: Source
    tests: Sequence[RowTest]
    unit: str | None
    codes: Mapping[str, Mapping[str, str]]
    place: Callable[[str], Path]


@dataclass(frozen=True)
class Register:
    """The persons that rows refer to: a source, its person column, and the rows of it that are used."""

    name: str
    person: str
    kept: Node | None


@dataclass(frozen=True)
class Found:
    """What the checks of a source found: counts, and faults that refuse the delivery."""

    quality: list[Quality]
    faults: list[Diagnosis]

    @property
    def rows(self) -> dict[Cell, int]:
        """Return the rows delivered in each cell."""
        return {_cell(each): each.count for each in self.quality if each.check == "rows"}


def check_rows(engine: Engine, subject: Subject, register: Register | None) -> Found:
    """Check every row of a source.

    Args:
        engine: reads the source by its name, all rows of it.
        subject: what is checked.
        register: the persons that must be known; None when the source has no persons, or is the register itself.
    """
    found = _by_themselves(engine, subject)
    if found.faults:
        return found  # what is wrong between rows makes sense only for rows that are right
    between: dict[tuple[Check, str], tuple[exp.Select | None, str, str]] = {
        ("key", ""): (
            _repeated_keys(subject),
            f"a key ({', '.join(subject.source.key)}) stands once",
            "Deliver each row once",
        ),
        ("duplicate", ""): (
            _duplicates(subject),
            "no two rows are equal in everything but the key",
            "Deliver each row once, or set duplicate: report",
        ),
    }
    if register is not None:
        between["person", subject.source.person or ""] = (
            _unknown_persons(subject, register),
            f"every person is in {register.name}",
            "Complete the register, or set person: report",
        )
    rows = found.rows
    for (check, name), (query, rule, hint) in between.items():
        if query is None or (check == "key" and _keys_differ(engine, subject)):
            continue
        counts = _counts(subject, engine.rows(query))
        got = "{count} rows whose key stands several times" if check == "key" else "{count} of {of} rows"
        _tell(subject, found, check, name, {cell: values[0] for cell, values in counts.items()}, rows)
        found.faults.extend(_refused(subject, check, name, counts, rows, (rule, got, hint)))
    return found


def _by_themselves(engine: Engine, subject: Subject) -> Found:
    """Count rows, missing values and each fault of a row. Rows without a fault are passed over once."""
    nullable = [key for key, contract in subject.source.columns.items() if contract.nullable]
    tests = _not_passed_by_value(engine, subject)
    columns: list[Node] = [
        count_rows(),
        *(count_if(is_null(column(key, ROWS))) for key in nullable),
        count_if(any_of(tests)),
    ]
    first = _counts(subject, engine.rows(_grouped(subject, columns)))
    rows = {cell: counts[0] for cell, counts in first.items()}
    found = Found([], [])
    for cell, count in rows.items():
        found.quality.append(Quality(subject.name, *cell, "rows", "", count, count))
    for place, key in enumerate(nullable, 1):
        _tell(subject, found, "missing", key, {cell: counts[place] for cell, counts in first.items()}, rows)
    if not any(counts[-1] for counts in first.values()):
        return found
    aside = kept(subject.source, subject.tests)
    columns = [count_if(test.condition.copy()) for test in tests]
    columns.append(count_if(exp.Not(this=exp.paren(aside))) if aside is not None else count_if(exp.false()))
    faulty = _counts(subject, engine.rows(_grouped(subject, columns, any_of(tests))))
    _tell(subject, found, "set_aside", "", {cell: counts[-1] for cell, counts in faulty.items()}, rows)
    by_kind = dict[
        tuple[Check, str], Counter[Cell]
    ]()  # a value may be below the smallest or above the largest
    for place, test in enumerate(tests):
        counts = {cell: each[place : place + 1] for cell, each in faulty.items()}
        by_kind.setdefault((test.check, test.column), Counter()).update({c: n[0] for c, n in counts.items()})
        got = "{count} values that are not" if test.check == "type" else "{count} of {of} rows"
        found.faults.extend(
            _refused(subject, test.check, test.column, counts, rows, (test.rule, got, test.hint))
        )
    for (check, key), total in by_kind.items():
        _tell(subject, found, check, key, total, rows)
    return found


def _not_passed_by_value(engine: Engine, subject: Subject) -> list[RowTest]:
    """Return the tests that some row may fail.

    Codes, categories and units have few values in many rows: their tests are tried on each value once, and tried on rows
    only when a value fails.
    """
    failed = set[str]()
    by_value = [test for test in subject.tests if test.check in BY_VALUE]
    for name in dict.fromkeys(test.column for test in by_value):
        values = exp.select(column(name, ROWS), copy=False).from_(table(subject.name, ROWS), copy=False)
        values = values.group_by(column(name, ROWS), copy=False)
        query = exp.select(named(count_rows(), "values"), copy=False).from_(
            exp.alias_(values.subquery(copy=False), ROWS, table=True, quoted=True), copy=False
        )
        here = [test for test in by_value if test.column == name]
        if engine.rows(query.where(any_of(here), copy=False))[0][0]:
            failed.add(name)
    return [test for test in subject.tests if test.check not in BY_VALUE or test.column in failed]


def _grouped(subject: Subject, statistics: Sequence[Node], where: Node | None = None) -> exp.Select:
    """Return statistics per deliverer, unit code and period."""
    query = exp.select(copy=False).from_(table(subject.name, ROWS), copy=False)
    return _by_cell(subject, query if where is None else query.where(where, copy=False), statistics)


def _by_cell(subject: Subject, query: exp.Select, statistics: Sequence[Node]) -> exp.Select:
    """Return the query with the columns deliverer, unit code, period and the statistics, grouped by the first three."""
    time = subject.source.time
    groups: list[Node] = [column(DELIVERER, ROWS)]
    if subject.unit is not None:
        groups.append(column(subject.unit, ROWS))
    unit = cast(groups[1].copy(), "TEXT") if subject.unit is not None else cast(exp.null(), "TEXT")
    period: Node = cast(exp.null(), "BIGINT")
    if time is not None:
        is_year = subject.source.columns[time.start].type == "year"
        period = period_index(column(time.start, ROWS), "quarter", is_year=is_year)
        groups.append(period)
    columns = [
        named(groups[0].copy(), "deliverer"),
        named(unit, "unit_code"),
        named(period.copy(), "period"),
        *(named(node, f"count_{place}") for place, node in enumerate(statistics)),
    ]
    return query.select(*columns, append=False, copy=False).group_by(*groups, copy=False)


def _counts(subject: Subject, rows: list[tuple[object, ...]]) -> dict[Cell, list[int]]:
    """Return the counts per cell: several codes can be one unit."""
    time = subject.source.time
    kind: PeriodKind = "quarter"
    if time is not None and subject.source.columns[time.start].type == "year":
        kind = "year"
    cells, units = dict[Cell, list[int]](), subject.codes.get(subject.unit or "", {})
    for deliverer, code, index, *counts in rows:
        unit = "" if subject.unit is None else units.get(str(code), UNKNOWN)
        period = "" if index is None else Period(kind, int(str(index))).id
        cell = (str(deliverer or ""), unit, period)
        sums = cells.setdefault(cell, [0] * len(counts))
        for place, count in enumerate(counts):
            sums[place] += int(str(count or 0))
    return dict(sorted(cells.items()))


def _used(subject: Subject) -> Node | None:
    return kept(subject.source, subject.tests)


def _joined(subject: Subject, names: Sequence[str]) -> exp.Select:
    """Return the used rows that share their values of some columns with another used row."""
    inner = (
        exp.select(*(column(name, ROWS) for name in names), copy=False)
        .from_(table(subject.name, ROWS), copy=False)
        .group_by(*(column(name, ROWS) for name in names), copy=False)
        .having(exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1)), copy=False)
    )
    outer = exp.select(copy=False).from_(table(subject.name, ROWS), copy=False)
    if (used := _used(subject)) is not None:
        inner = inner.where(used, copy=False)
        outer = outer.where(used.copy(), copy=False)
    same = both(*(exp.EQ(this=column(name, "k"), expression=column(name, ROWS)) for name in names))
    return outer.join(
        exp.alias_(inner.subquery(copy=False), "k", table=True, quoted=True), on=same, copy=False
    )


def _keys_differ(engine: Engine, subject: Subject) -> bool:
    """Return whether it is plain that no key repeats; whole numbers that lie close are compared many at a time."""
    source = subject.source
    if len(source.key) > 1 or source.columns[source.key[0]].type != "integer":
        return False
    key = column(source.key[0], ROWS)
    block, repeated = repeated_in_block(key)
    blocks = exp.select(named(block, "block"), copy=False).from_(table(subject.name, ROWS), copy=False)
    blocks = blocks.where(both(not_null(key.copy()), _used(subject)), copy=False)
    blocks = blocks.group_by(block.copy(), copy=False).having(repeated, copy=False)
    query = exp.select(named(count_rows(), "blocks"), copy=False)
    query = query.from_(exp.alias_(blocks.subquery(copy=False), "b", table=True, quoted=True), copy=False)
    return not engine.rows(query)[0][0]


def _repeated_keys(subject: Subject) -> exp.Select:
    return _by_cell(subject, _joined(subject, subject.source.key), [count_rows()])


def _duplicates(subject: Subject) -> exp.Select | None:
    """Return a query of the rows that come after the first of equal ones, or None when everything is key.

    Whoever has equal rows has rows of the same person at the same time: only those are compared in full.
    """
    source = subject.source
    others = [name for name in source.columns if name not in source.key]
    narrow = [name for name in (source.person, source.time.start if source.time else None) if name in others]
    if not others or len(narrow) < 2:
        return None
    same = _joined(subject, [name for name in narrow if name])
    inner = same.select(
        column(DELIVERER, ROWS), *(column(name, ROWS) for name in others), append=False, copy=False
    )
    inner = inner.select(named(count_rows(), "_equal"), copy=False).group_by(
        column(DELIVERER, ROWS), *(column(name, ROWS) for name in others), copy=False
    )
    inner = inner.having(
        exp.GT(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(1)), copy=False
    )
    extra = exp.Sub(this=column("_equal", ROWS), expression=exp.Literal.number(1))
    outer = exp.select(copy=False).from_(
        exp.alias_(inner.subquery(copy=False), ROWS, table=True, quoted=True), copy=False
    )
    return _by_cell(subject, outer, [cast(exp.Sum(this=extra), "BIGINT")])


def _unknown_persons(subject: Subject, register: Register) -> exp.Select:
    """Return a query of the used rows whose person is not in the register."""
    person = column(subject.source.person or "", ROWS)
    known = exp.select(exp.Literal.number(1), copy=False).from_(table(register.name, "p"), copy=False)
    known = known.where(exp.EQ(this=column(register.person, "p"), expression=person), copy=False)
    if register.kept is not None:
        known = known.where(_over(register.kept, "p"), copy=False)
    # Persons first, then their rows: a person has many rows, and few persons are unknown.
    persons = exp.select(person.copy(), copy=False).from_(table(subject.name, ROWS), copy=False)
    persons = persons.group_by(person.copy(), copy=False)
    unknown = exp.select(person.copy(), copy=False).from_(
        exp.alias_(persons.subquery(copy=False), ROWS, table=True, quoted=True), copy=False
    )
    unknown = unknown.where(both(not_null(person.copy()), exp.Not(this=exp.Exists(this=known))), copy=False)
    query = exp.select(copy=False).from_(table(subject.name, ROWS), copy=False)
    theirs = exp.In(this=person.copy(), query=unknown.subquery(copy=False))
    return _by_cell(subject, query.where(both(theirs, _used(subject)), copy=False), [count_rows()])


def _over(condition: Node, alias: str) -> Node:
    """Return a condition on the rows `r` as one on another alias."""

    def moved(node: Node) -> Node:
        return column(node.name, alias) if isinstance(node, exp.Column) and node.table == ROWS else node

    return condition.copy().transform(moved)


def _tell(
    subject: Subject,
    found: Found,
    check: str,
    name: str,
    counts: Mapping[Cell, int],
    rows: Mapping[Cell, int],
) -> None:
    """Add the counts that are not zero."""
    for cell, count in counts.items():
        if count:
            found.quality.append(Quality(subject.name, *cell, check, name, count, rows[cell]))


def _refused(
    subject: Subject,
    check: Check | str,
    name: str,
    counts: Mapping[Cell, Sequence[int]],
    rows: Mapping[Cell, int],
    words: tuple[str, str, str],
) -> Iterator[Diagnosis]:
    """Yield one fault per deliverer whose rows have what refuses a delivery."""
    if getattr(subject.source.checks, check) != "refuse":
        return
    rule, got, hint = words
    by_deliverer, delivered = Counter[str](), Counter[str]()
    for cell, (count,) in counts.items():
        by_deliverer[cell[0]] += count
    for cell, count in rows.items():
        delivered[cell[0]] += count
    for deliverer, count in sorted(by_deliverer.items()):
        if count:
            thing = f"{subject.name}.{name}" if name and check != "type" else subject.name
            said = got.format(count=count, of=delivered[deliverer])
            yield Diagnosis(str(subject.place(deliverer)), 0, thing, rule, said, hint)


def _cell(each: Quality) -> Cell:
    return each.deliverer, each.unit, each.period
