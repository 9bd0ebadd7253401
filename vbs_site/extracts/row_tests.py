"""What can be wrong with a row by itself: one condition per column and kind of fault, as SQL trees.

The trees read the alias `r` with the contract's names. The same condition counts a fault and sets the row aside, so that
the number counted is the number not used.
"""

import datetime
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from vbs_site.catalogue.sources import CODE_SHAPES, Check, Column, Source
from vbs_site.engines.primitives import (
    Node,
    both,
    cast,
    column,
    either,
    has_shape,
    is_null,
    literal,
)
from vbs_site.engines.relations import DELIVERER
from vbs_site.extracts.deliveries import Delivery

ROWS = "r"
"""Alias under which every condition finds the rows of the source."""
UNREADABLE = "_unreadable_"
"""Begin of the name of a column that says of another whether its text could not be read as its type."""
EARLIEST = datetime.date(1850, 1, 1)
"""No date of a living patient's care lies before this; a date that does is a typing fault."""
READ = ("integer", "year", "decimal", "boolean", "date", "timestamp")
"""Column types whose values in a text file may turn out not to be of the type."""
_DATES = ("date", "timestamp")


@dataclass(frozen=True)
class RowTest:
    """One condition that is true for a faulty row.

    Attributes:
        check, column: the kind of fault, and where.
        condition: over the alias `r`; null counts as false.
        rule, hint: what a deliverer is told when the fault refuses the delivery.
    """

    check: Check
    column: str
    condition: Node
    rule: str
    hint: str


def row_tests(
    source: Source, delivery: Delivery, codes: Mapping[str, Collection[str]], *, ingested: bool
) -> list[RowTest]:
    """Return every test of a row of a source.

    Args:
        source: the contract.
        delivery: for the day up to which each deliverer's rows are complete.
        codes: column to the unit codes that are known, for columns that hold units.
        ingested: whether the rows come from text and say which values could not be read.
    """
    tests = list[RowTest]()
    for key, contract in source.columns.items():
        unreadable = column(f"{UNREADABLE}{key}", ROWS) if ingested and contract.type in READ else None
        tests += _of_column(source, key, contract, unreadable)
        if codes.get(key):
            known = [literal(code) for code in sorted(codes[key])]
            unknown = exp.Not(this=exp.In(this=cast(column(key, ROWS), "TEXT"), expressions=known))
            hint = "Correct the codes, or add the organisations"
            tests.append(RowTest("unit", key, unknown, "the unit is one that exists", hint))
    return [*tests, *_of_times(source, delivery)]


def _of_column(source: Source, key: str, contract: Column, unreadable: Node | None) -> Iterator[RowTest]:
    here = column(key, ROWS)
    if unreadable is not None:
        rule = f"the column {contract.from_ or key!r} is of type {contract.type}"
        yield RowTest("type", key, unreadable, rule, "Correct the delivery or the contract")
    if not contract.nullable:
        missing: Node = is_null(here)
        if unreadable is not None and source.checks.type != "report":  # told once, as a fault of type
            missing = both(missing, exp.Not(this=unreadable.copy()))
        hint = "Complete the delivery, or set nullable: true"
        yield RowTest("required", key, missing, "every row has a value", hint)
    low, high = _bounds(contract)
    if low is not None:
        word = "lies before" if contract.type in _DATES else "is below"
        below = exp.LT(this=here, expression=literal(low))
        yield RowTest(
            "range", key, below, f"no value {word} {low}", "Correct the delivery, or the contract's min"
        )
    if high is not None:
        above = exp.GT(this=here, expression=literal(high))
        rule, hint = f"no value is above {high}", "Correct the delivery, or the contract's max"
        yield RowTest("range", key, above, rule, hint)
    if contract.values is not None:
        other = exp.Not(this=exp.In(this=here, expressions=[literal(value) for value in contract.values]))
        rule = f"the value is one of {', '.join(contract.values)}"
        yield RowTest("category", key, other, rule, "Correct the delivery, or add the value to the contract")
    if contract.system is not None:
        wrong = exp.Not(this=exp.paren(has_shape(here, _portable(CODE_SHAPES[contract.system].pattern))))
        rule, hint = f"a code has the shape of {contract.system}", "Correct the delivery, or the system"
        yield RowTest("code", key, wrong, rule, hint)


def _of_times(source: Source, delivery: Delivery) -> Iterator[RowTest]:
    if source.time is None:
        return
    start, end = column(source.time.start, ROWS), source.time.end
    if source.columns[source.time.start].type in _DATES and delivery.complete_until:
        late = {
            who: exp.GTE(this=start.copy(), expression=literal(day))
            for who, day in delivery.complete_until.items()
        }
        days = ", ".join(sorted({str(day) for day in delivery.complete_until.values()}))
        after = either(
            *(
                condition
                if who is None
                else both(exp.EQ(this=column(DELIVERER, ROWS), expression=literal(who)), condition)
                for who, condition in late.items()
            )
        )
        rule = f"no row begins on or after {days}, up to which the delivery is complete"
        yield RowTest("beyond", source.time.start, after, rule, "Correct the rows or complete_until")
    if end is not None:
        before = exp.LT(this=column(end, ROWS), expression=start.copy())
        yield RowTest("order", end, before, "no row ends before it begins", "Correct the delivery")


def _bounds(contract: Column) -> tuple[Any, Any]:
    low = EARLIEST if contract.min is None and contract.type in _DATES else contract.min
    return low, contract.max


def _portable(pattern: str) -> str:
    r"""Return a pattern without backslashes, which engines read differently: `\d` as a class, `\.` as one too."""
    return pattern.replace(r"\d", "[0-9]").replace(r"\.", "[.]")


def any_of(tests: Collection[RowTest]) -> Node:
    """Return whether any of the tests finds a fault."""
    return either(*(exp.paren(test.condition.copy()) for test in tests)) if tests else exp.false()


def kept(source: Source, tests: Collection[RowTest]) -> Node | None:
    """Return the condition on rows that are used: no fault that sets a row aside; None when no fault does."""
    aside = [test for test in tests if source.checks.answer(test.check) == "set_aside"]
    if not aside:
        return None
    fault = exp.Case(ifs=[exp.If(this=any_of(aside), true=literal(1))], default=literal(0))
    return exp.EQ(this=fault, expression=literal(0))
