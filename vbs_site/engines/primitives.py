"""The dozen building blocks that every query is made of, as sqlglot trees.

sqlglot prints; it does not promise meaning. So only constructs stand here that were executed with equal results on
DuckDB, PostgreSQL and Spark: equi-join plus range, CASE sums, EXTRACT, interval addition, explicit GROUP BY.
Values from YAML enter a tree through `literal` alone; names through `column` and `table`, always quoted.
"""

import datetime
import functools
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sqlglot import exp

from vbs_site.catalogue.words import Duration
from vbs_site.periods import STEP, PeriodKind

Node = exp.Expr

_UNITS = {
    "minutes": ("MINUTE", 1),
    "hours": ("HOUR", 1),
    "days": ("DAY", 1),
    "weeks": ("DAY", 7),
    "months": ("MONTH", 1),
    "quarters": ("MONTH", 3),
    "years": ("MONTH", 12),
}


def column(name: str, table: str | None = None) -> exp.Column:
    """Return a quoted column."""
    return exp.column(name, table=table, quoted=True)


def table(name: str, alias: str | None = None) -> Node:
    """Return a quoted table, with an alias if given."""
    node = exp.Table(this=exp.to_identifier(name, quoted=True))
    if alias is not None:
        node.set("alias", exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))
    return node


def literal(value: Any) -> Node:
    """Return a typed literal: the only door for a value from the catalogue into SQL.

    Raises:
        TypeError: for anything but text, number, boolean, date or timestamp.
    """
    if isinstance(value, bool):
        return exp.true() if value else exp.false()
    if isinstance(value, int):
        return exp.Literal.number(value)
    if isinstance(value, float | Decimal):
        return exp.Literal.number(format(Decimal(str(value)), "f"))
    if isinstance(value, str):
        return exp.Literal.string(value)
    if isinstance(value, datetime.datetime):
        return cast(exp.Literal.string(value.isoformat(sep=" ")), "TIMESTAMP")
    if isinstance(value, datetime.date):
        return cast(exp.Literal.string(value.isoformat()), "DATE")
    raise TypeError(f"no literal for a value of type {type(value).__name__}")


def cast(node: Node, kind: str) -> Node:
    """Return `CAST(node AS kind)`."""
    return exp.Cast(this=node, to=_data_type(kind).copy())


@functools.cache
def _data_type(kind: str) -> Node:
    """Return a type, parsed once; a tree takes a copy."""
    return exp.DataType.build(kind)


def named(node: Node, name: str) -> Node:
    """Return `node AS name`."""
    return exp.Alias(this=node, alias=exp.to_identifier(name, quoted=True))


def count_rows() -> Node:
    """Return the number of rows as BIGINT."""
    return cast(exp.Count(this=exp.Star()), "BIGINT")


def count_if(condition: Node) -> Node:
    """Return how many rows the condition is true for; null counts as false."""
    return total(exp.Case(ifs=[exp.If(this=condition, true=literal(1))], default=literal(0)))


def total(node: Node, kind: str = "BIGINT") -> Node:
    """Return the sum as an exact type, 0 for no rows."""
    return cast(exp.Coalesce(this=exp.Sum(this=node), expressions=[literal(0)]), kind)


def flag(condition: Node) -> Node:
    """Return 1 where the condition is true for any row of the group, else 0."""
    return exp.Max(this=exp.Case(ifs=[exp.If(this=condition, true=literal(1))], default=literal(0)))


def plus(moment: Node, duration: Duration) -> Node:
    """Return a moment moved by a duration (calendar months for months, quarters and years)."""
    unit, factor = _UNITS[duration.unit]
    interval = exp.Interval(this=exp.Literal.string(str(duration.count * factor)), unit=exp.var(unit))
    return exp.Add(this=cast(moment, "TIMESTAMP"), expression=interval)


def days_between(start: Node, end: Node) -> Node:
    """Return the whole days from one date to another as BIGINT; times of day do not count."""
    difference = exp.DateDiff(this=cast(end, "DATE"), expression=cast(start, "DATE"), unit=exp.var("DAY"))
    return cast(difference, "BIGINT")


def case(condition: Node, then: Node, otherwise: Node | None = None) -> Node:
    """Return `then` where the condition is true, else `otherwise` (null when not given)."""
    return exp.Case(ifs=[exp.If(this=condition, true=then)], default=otherwise)


def least(*nodes: Node) -> Node:
    """Return the smallest of the values that are there; null when none is."""
    return exp.Least(this=nodes[0], expressions=list(nodes[1:]), ignore_nulls=True)


def not_null(node: Node) -> Node:
    """Return whether a value is there."""
    return exp.Not(this=is_null(node))


def extract(part: str, moment: Node) -> Node:
    """Return YEAR, MONTH, DAY or QUARTER of a moment."""
    return exp.Extract(this=exp.var(part), expression=moment)


def period_index(moment: Node, kind: PeriodKind, *, is_year: bool = False, year_starts: int = 1) -> Node:
    """Return the number of the period that a moment lies in, as `vbs_site.periods.Period.index` counts.

    A rolling year is counted by its quarters; they are added up later.
    """
    if is_year:
        return cast(moment, "BIGINT")
    year, month = extract("YEAR", moment), extract("MONTH", moment)
    if kind == "year":
        if year_starts == 1:
            return cast(year, "BIGINT")
        before = exp.Case(
            ifs=[exp.If(this=exp.LT(this=month, expression=literal(year_starts)), true=literal(1))],
            default=literal(0),
        )
        return cast(exp.Sub(this=year, expression=exp.paren(before)), "BIGINT")
    if kind in ("quarter", "rolling_year"):
        part: Node = exp.Sub(this=extract("QUARTER", moment), expression=literal(1))
    elif kind == "month":
        part = exp.Sub(this=month, expression=literal(1))
    else:
        part = exp.Case(
            ifs=[exp.If(this=exp.LTE(this=month, expression=literal(6)), true=literal(0))], default=literal(1)
        )
    per_year = 12 // STEP[kind]
    return cast(
        exp.Add(this=exp.Mul(this=year, expression=literal(per_year)), expression=exp.paren(part)), "BIGINT"
    )


def opens_period(day: Node, kind: PeriodKind, year_starts: int = 1) -> Node:
    """Return whether a date is the first day of a period; only years may start elsewhere than in January.

    For rolling years, whether it is the first day of a quarter.
    """
    first_month = year_starts if kind == "year" else 1
    months = [month for month in range(1, 13) if (month - first_month) % STEP[kind] == 0]
    first = exp.EQ(this=extract("DAY", day), expression=literal(1))
    return (
        first
        if kind == "month"
        else both(first, exp.In(this=extract("MONTH", day), expressions=[literal(month) for month in months]))
    )


def has_prefix(code: Node, prefixes: Iterable[str]) -> Node:
    """Return whether a code starts with one of the prefixes. `_` and `%` cannot occur: codes are shape-checked."""
    return either(
        *(
            exp.Like(this=code.copy(), expression=exp.Literal.string(f"{prefix}%"))
            for prefix in sorted(set(prefixes))
        )
    )


def repeated_in_block(number: Node) -> tuple[Node, Node]:
    """Return the block of 31 that a whole number lies in, and whether a number repeats in a group of one block.

    Each number of a block is a bit: added up they equal their union unless one of them repeats.
    """
    size = literal(31)
    remainder = exp.paren(exp.Mod(this=exp.paren(number.copy()), expression=size))
    place = exp.Mod(this=exp.paren(exp.Add(this=remainder, expression=size.copy())), expression=size.copy())
    block = exp.Sub(this=exp.paren(number.copy()), expression=exp.paren(place))
    bit = exp.BitwiseLeftShift(
        this=cast(literal(1), "BIGINT"), expression=cast(exp.paren(place.copy()), "INT")
    )
    return block, exp.GT(this=exp.Sum(this=bit), expression=exp.BitwiseOrAgg(this=bit.copy()))


def has_shape(text: Node, pattern: str) -> Node:
    """Return whether a text has the shape of a regular expression that is anchored and holds no backslash.

    Only characters, classes, groups, `?` and counts: what RE2, POSIX and Java read alike.
    """
    return exp.RegexpLike(this=text, expression=exp.Literal.string(pattern))


def both(*conditions: Node | None) -> Node:
    """Return the conjunction of the conditions that are given."""
    given = [condition for condition in conditions if condition is not None]
    return exp.and_(*given, copy=False) if given else exp.true()


def either(*conditions: Node) -> Node:
    """Return the disjunction, in brackets when there are several."""
    return exp.paren(exp.or_(*conditions, copy=False)) if len(conditions) > 1 else conditions[0]


def is_null(node: Node) -> Node:
    """Return whether a value is missing."""
    return exp.Is(this=node, expression=exp.null())


def age_band(birth: Node, moment: Node, bands: tuple[int, ...]) -> Node:
    """Return the age band of a person at a moment, as `00-17`, `18-39`, …, `80+`; null when the birth is missing or lies later.

    Age is counted in birthdays: whoever is younger than 18 was born after the same day 18 years before. Someone born on
    29 February turns a year older on 1 March of a common year.
    """
    day = cast(moment, "DATE")
    unborn = exp.GT(this=birth.copy(), expression=day)
    ifs = [exp.If(this=exp.or_(is_null(birth.copy()), unborn, copy=False), true=exp.null())]
    ifs += [
        exp.If(
            this=exp.GT(this=birth.copy(), expression=plus(day.copy(), Duration(-top, "years"))),
            true=literal(f"{low:02d}-{top - 1:02d}"),
        )
        for low, top in zip((0, *bands), bands, strict=False)
    ]
    return exp.Case(ifs=ifs, default=literal(f"{bands[-1]}+"))
