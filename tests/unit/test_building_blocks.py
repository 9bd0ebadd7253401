"""The building blocks of every query, run on every engine: printing is no proof of meaning."""

import datetime
import functools
import os
import subprocess
import sys
from decimal import Decimal

import duckdb
import psycopg
import pytest
from engines import engine_called, start_postgres
from sqlglot import exp

from vbs_site.catalogue.words import Duration
from vbs_site.engines.primitives import (
    age_band,
    cast,
    column,
    count_if,
    count_rows,
    days_between,
    extract,
    has_prefix,
    has_shape,
    is_null,
    literal,
    named,
    period_index,
    plus,
    repeated_in_block,
    table,
    total,
)

NASTY = [
    "a\\' OR 1=1 --",
    "it's",
    '"quoted"',
    "back\\slash",
    "\\",
    "tab\tand\nline",
    "`tick`",
    "%s %",
    "æøå ☃",
    "$1",
]
"""Texts that have ended a literal too early on some engine."""


def moment(text):
    return literal(datetime.datetime.fromisoformat(text))


def day(text):
    return literal(datetime.date.fromisoformat(text))


def at(year, month, dayofmonth, hour=0, minute=0):
    return datetime.datetime(year, month, dayofmonth, hour, minute)  # noqa: DTZ001 - clock times as written


def number(text):
    return cast(exp.Literal.string(text), "DECIMAL(18, 3)")


def difference(text):
    """A number less nothing, in brackets: of the type that a change between two scores has."""
    kind = "DECIMAL(18, 6)"
    zero = cast(exp.Literal.string("0"), kind)
    return exp.paren(exp.Sub(this=cast(exp.Literal.string(text), kind), expression=zero))


FACTS = {
    "minutes": (plus(moment("2026-01-01 23:50"), Duration(20, "minutes")), at(2026, 1, 2, 0, 10)),
    "hours": (plus(moment("2026-01-01 08:00"), Duration(24, "hours")), at(2026, 1, 2, 8)),
    "hours back": (plus(moment("2026-01-01 03:00"), Duration(-4, "hours")), at(2025, 12, 31, 23)),
    "days": (plus(moment("2026-02-27 08:00"), Duration(2, "days")), at(2026, 3, 1, 8)),
    "days back": (plus(moment("2024-03-01 08:00"), Duration(-1, "days")), at(2024, 2, 29, 8)),
    "days from a date": (plus(day("2026-02-27"), Duration(2, "days")), at(2026, 3, 1)),
    "weeks": (plus(moment("2026-01-01 08:00"), Duration(2, "weeks")), at(2026, 1, 15, 8)),
    "many days": (plus(moment("2026-01-01 00:00"), Duration(36500, "days")), at(2125, 12, 8)),
    "months to a shorter one": (plus(moment("2026-01-31 08:00"), Duration(1, "months")), at(2026, 2, 28, 8)),
    "months to a leap day": (plus(moment("2024-01-31 08:00"), Duration(1, "months")), at(2024, 2, 29, 8)),
    "months back to a shorter one": (
        plus(moment("2026-03-31 08:00"), Duration(-1, "months")),
        at(2026, 2, 28, 8),
    ),
    "quarters": (plus(moment("2026-11-30 08:00"), Duration(1, "quarters")), at(2027, 2, 28, 8)),
    "years from a leap day": (plus(moment("2024-02-29 08:00"), Duration(1, "years")), at(2025, 2, 28, 8)),
    "years back": (plus(moment("2024-02-29 08:00"), Duration(-4, "years")), at(2020, 2, 29, 8)),
    "hours over the night that loses one": (
        plus(moment("2026-03-29 01:30"), Duration(1, "hours")),
        at(2026, 3, 29, 2, 30),
    ),
    "an hour that no clock in Denmark shows": (moment("2026-03-29 02:30"), at(2026, 3, 29, 2, 30)),
    "hours over the night that has one twice": (
        plus(moment("2026-10-25 01:30"), Duration(2, "hours")),
        at(2026, 10, 25, 3, 30),
    ),
    "a day over the night that loses an hour": (
        plus(moment("2026-03-28 12:00"), Duration(24, "hours")),
        at(2026, 3, 29, 12),
    ),
    "a date is its midnight": (exp.EQ(this=day("2026-01-01"), expression=moment("2026-01-01 00:00")), True),
    "a date is before its noon": (
        exp.LT(this=day("2026-01-01"), expression=moment("2026-01-01 12:00")),
        True,
    ),
    "the date of a time": (cast(moment("2026-01-01 23:59"), "DATE"), datetime.date(2026, 1, 1)),
    "the time of a date": (cast(day("2026-01-01"), "TIMESTAMP"), at(2026, 1, 1)),
    "days between": (days_between(day("2024-02-28"), day("2024-03-01")), 2),
    "days between times do not round": (
        days_between(moment("2026-01-01 23:59"), moment("2026-01-02 00:01")),
        1,
    ),
    "days between, backwards": (days_between(day("2026-03-01"), day("2026-02-01")), -28),
    "year": (cast(extract("YEAR", moment("2026-12-31 23:59")), "BIGINT"), 2026),
    "quarter": (cast(extract("QUARTER", moment("2026-12-31 23:59")), "BIGINT"), 4),
    "month of a date": (cast(extract("MONTH", day("2026-09-30")), "BIGINT"), 9),
    "day": (cast(extract("DAY", day("2024-02-29")), "BIGINT"), 29),
    "period of a quarter": (period_index(moment("2026-10-01 00:00"), "quarter"), 2026 * 4 + 3),
    "period of a month": (period_index(day("2026-10-31"), "month"), 2026 * 12 + 9),
    "age before the birthday": (age_band(day("1986-06-02"), moment("2026-06-01 12:00"), (18, 40)), "18-39"),
    "age on the birthday": (age_band(day("1986-06-01"), moment("2026-06-01 00:00"), (18, 40)), "40+"),
    "prefix": (has_prefix(literal("DJ440"), ["DJ44", "DC"]), True),
    "prefix in small letters": (has_prefix(literal("dj440"), ["DJ44"]), False),
    "prefix of nothing": (has_prefix(cast(exp.null(), "TEXT"), ["DJ44"]), None),
    "shape": (has_shape(literal("DJ440"), "^D[A-Z][0-9]{0,3}$"), True),
    "shape to its end": (has_shape(literal("DJ440x"), "^D[A-Z][0-9]{0,3}$"), False),
    "number as text": (cast(literal(7), "TEXT"), "7"),
    "text as number": (cast(literal("-7"), "BIGINT"), -7),
    "decimal rounds away from zero": (cast(number("0.125"), "DECIMAL(18, 2)"), Decimal("0.13")),
    "negative decimal rounds away from zero": (cast(number("-0.125"), "DECIMAL(18, 2)"), Decimal("-0.13")),
    "a product keeps every digit": (
        cast(exp.Mul(this=difference("0.154321"), expression=difference("0.154321")), "DECIMAL(38, 12)"),
        Decimal("0.023814971041"),
    ),
    "true": (literal(True), True),
    "not true and unknown": (exp.Not(this=exp.null()), None),
    "unknown or true": (exp.or_(cast(exp.null(), "BOOLEAN"), exp.true()), True),
    "unknown and false": (exp.and_(cast(exp.null(), "BOOLEAN"), exp.false()), False),
    "is null": (is_null(exp.null()), True),
    "not in a list with nothing": (
        exp.Not(this=exp.In(this=literal("a"), expressions=[literal("b"), exp.null()])),
        None,
    ),
    "trailing spaces count": (exp.EQ(this=literal("a "), expression=literal("a")), False),
}


@functools.cache
def answers(engine):
    """Return every fact as an engine sees it, asked in one SELECT."""
    columns = [named(node.copy(), f"f{place}") for place, (node, _) in enumerate(FACTS.values())]
    (row,) = engine_called(engine).rows(exp.select(*columns))
    return dict(zip(FACTS, row, strict=True))


@pytest.mark.parametrize("fact", FACTS)
def test_a_building_block_means_the_same(engine, fact):
    found, expected = answers(engine)[fact], FACTS[fact][1]
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize("text", NASTY)
def test_a_text_stays_a_text(engine, text):
    alone, inside = literal(text), exp.EQ(this=literal(text), expression=literal("x"))
    assert engine_called(engine).rows(exp.select(named(alone, "a"), named(inside, "b"))) == [(text, False)]


COLUMNS = {"id": "BIGINT", "group": "TEXT", "end": "TIMESTAMP", "value": "DECIMAL(18, 2)", "ok": "BOOLEAN"}
ROWS = [
    ["1", "a", "2026-01-03 00:00", "1.10", "true"],
    ["2", "a", None, "2.20", "false"],
    ["3", "a", "2026-01-01 00:00", None, None],
    ["4", "b", "2026-01-02 00:00", "4.40", "true"],
    ["5", "a", "2026-01-02 00:00", "5.50", "true"],
]


@pytest.fixture
def filled(engine):
    """An engine with one small table whose columns have the names of SQL's own words."""
    found = engine_called(engine)
    found.fill("order", COLUMNS, ROWS)
    return found


def over(function, *, descending=False, before=False):
    spec = exp.WindowSpec(
        kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", end=literal(1), end_side="PRECEDING"
    )
    order = [
        exp.Ordered(this=column("end", "s"), nulls_first=True),
        exp.Ordered(this=column("id", "s"), nulls_first=True, desc=descending),
    ]
    return exp.Window(
        this=function,
        partition_by=[column("group", "s")],
        order=exp.Order(expressions=order),
        spec=spec if before else None,
    )


def test_windows_begin_with_what_is_missing(filled):
    latest = over(exp.Max(this=column("end", "s")), before=True)
    query = exp.select(
        named(column("id", "s"), "id"),
        named(over(exp.RowNumber()), "place"),
        named(over(exp.Lead(this=column("id", "s"))), "next"),
        named(latest, "latest"),
    ).from_(table("order", "s"))
    assert sorted(filled.rows(query)) == [
        (1, 4, None, at(2026, 1, 2)),
        (2, 1, 3, None),
        (3, 2, 5, None),
        (4, 1, None, None),
        (5, 3, 1, at(2026, 1, 1)),
    ]


def test_sums_are_exact_and_nothing_is_zero(filled):
    of = table("order", "s")
    statistics = [
        named(count_rows(), "rows"),
        named(count_if(column("ok", "s")), "ok"),
        named(total(column("value", "s"), "DECIMAL(38, 6)"), "sum"),
    ]
    everything = filled.rows(exp.select(*statistics).from_(of))
    assert everything == [(5, 3, Decimal("13.2"))]
    assert filled.rows(exp.select(*statistics).from_(of.copy()).where(exp.false())) == [(0, 0, Decimal(0))]
    assert [type(value) for value in everything[0]] == [int, int, Decimal]


def test_a_number_that_stands_twice_is_found_in_its_block(filled):
    texts = ["-1", "-31", "-32", "-32", "0", "30", "31", "62", "62", "93"]
    filled.fill("order", COLUMNS, [[text, "a", None, None, None] for text in texts])
    block, repeats = repeated_in_block(column("id", "s"))
    query = exp.select(named(block, "block"), named(repeats, "repeats")).from_(table("order", "s"))
    found = filled.rows(query.group_by(block.copy()))
    assert sorted(found) == [(-62, True), (-31, False), (0, False), (31, False), (62, True), (93, False)]


def test_two_sets_of_rows_stand_below_each_other(filled):
    one = exp.select(named(column("group", "s"), "end")).from_(table("order", "s"))
    both_sets = exp.union(one, one.copy(), distinct=False)
    query = exp.select(named(count_rows(), "rows")).from_(both_sets.subquery("u"))
    assert filled.rows(query) == [(10,)]


def test_a_part_of_a_query_with_the_name_of_a_source_is_not_the_source(filled):
    part = exp.select(column("id", "s")).from_(table("order", "s")).where(column("ok", "s"))
    query = exp.select(named(count_rows(), "rows")).from_(table("order"))
    assert filled.rows(query.copy()) == [(5,)]
    assert filled.rows(query.with_(exp.to_identifier("order", quoted=True), as_=part)) == [(3,)]


def test_clock_times_are_read_as_they_are_written(filled):
    filled.fill("order", COLUMNS, [["1", "a", text, None, None] for text in NIGHTS])
    query = exp.select(named(cast(column("end", "s"), "TEXT"), "end")).from_(table("order", "s"))
    assert sorted(text[:16] for (text,) in filled.rows(query)) == NIGHTS


NIGHTS = ["2026-03-29 01:30", "2026-03-29 02:30", "2026-03-29 03:30", "2026-10-25 02:30", "2026-10-25 03:30"]
ELSEWHERE = """
import sys
from vbs_site.engines.engine import Settings, open_engine
from vbs_site.engines.primitives import cast, column, named, plus, table
from vbs_site.engines.relations import Part, Relation
from vbs_site.catalogue.words import Duration
from pathlib import Path
from sqlglot import exp

name, folder = sys.argv[1], Path(sys.argv[2])
columns = (("end", "end", "TIMESTAMP"),)
relation = Relation(columns, table="zones.nights") if name == "postgres" else Relation(columns, (Part(None, folder / "nights.parquet"),))
hour = plus(column("end", "s"), Duration(1, "hours"))
query = exp.select(named(cast(column("end", "s"), "TEXT"), "a"), named(cast(hour, "TEXT"), "b"), named(cast(column("end", "s"), "DATE"), "c"))
with open_engine(Settings(name, 512, 1), {"nights": relation}, [folder], folder) as engine:
    for row in sorted(engine.rows(query.from_(table("nights", "s")))):
        print(*(str(value)[:16] for value in row), sep="|")
"""


def test_the_zone_of_the_machine_changes_nothing(engine, root, tmp_path):
    """A whole process in Denmark, over the two nights on which its clocks are moved."""
    values = ", ".join(f"('{text}')" for text in NIGHTS)
    duckdb.sql(f'SELECT CAST(t AS TIMESTAMP) AS "end" FROM (VALUES {values}) v(t)').write_parquet(
        str(tmp_path / "nights.parquet")
    )
    if engine == "postgres":
        start_postgres()
        with psycopg.connect("", autocommit=True) as writer:
            writer.execute("DROP SCHEMA IF EXISTS zones CASCADE; CREATE SCHEMA zones")
            writer.execute('CREATE TABLE zones.nights ("end" TIMESTAMP)')
            writer.execute(f"INSERT INTO zones.nights VALUES {values}")
    there = os.environ | {"TZ": "Europe/Copenhagen", "PGTZ": "Europe/Copenhagen", "PYTHONPATH": str(root)}
    command = [sys.executable, "-W", "error", "-c", ELSEWHERE, engine, str(tmp_path)]
    done = subprocess.run(command, env=there, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    later = [text.replace(f" {text[11:13]}", f" {int(text[11:13]) + 1:02d}") for text in NIGHTS]
    assert done.stdout.splitlines() == [
        f"{text}|{hour}|{text[:10]}" for text, hour in zip(NIGHTS, later, strict=True)
    ]
