"""Text has the order and the equality of its bytes on every engine, whatever collation a database's columns have."""

import psycopg
import pytest
from engines import engine_called, start_postgres
from sqlglot import exp

from vbs_site.engines.engine import Settings, open_engine
from vbs_site.engines.primitives import column, count_if, count_rows, has_prefix, literal, named, table
from vbs_site.engines.relations import Relation

CODES = ["z", "aa", "ab", "a", "A", "Z", "å", "Å", "ø", "B", "b"]
COLUMNS = {"code": "TEXT"}
ANY_CASE = (
    "CREATE COLLATION unordered.any_case (provider = icu, locale = 'da-u-ks-level2', deterministic = false)"
)


def ranks():
    """Each code with its place, as a pick of the lowest key sees it."""
    order = exp.Order(expressions=[exp.Ordered(this=column("code"), nulls_first=False)])
    place = exp.Window(this=exp.RowNumber(), order=order)
    return exp.select(column("code"), named(place, "place")).from_(table("visits"))


def figures():
    """The first and last code, how many lie below one, equal one, begin with one, and how many there are."""
    code = column("code")
    columns = [
        exp.Min(this=code),
        exp.Max(this=code.copy()),
        count_if(exp.LT(this=code.copy(), expression=literal("b"))),
        count_if(exp.EQ(this=code.copy(), expression=literal("a"))),
        count_if(has_prefix(code.copy(), ["a"])),
        exp.Count(this=exp.Distinct(expressions=[code.copy()])),
    ]
    return exp.select(*(named(each, f"f{i}") for i, each in enumerate(columns))).from_(table("visits"))


def groups():
    code = column("code")
    return (
        exp.select(named(code, "code"), named(count_rows(), "rows"))
        .from_(table("visits"))
        .group_by(code.copy())
    )


@pytest.fixture(scope="module", params=['"da-x-icu"', "unordered.any_case"], ids=["danish", "any-case"])
def danish(request, tmp_path_factory):
    """PostgreSQL over a table whose codes have a collation of their own, which shows when the table is asked directly."""
    start_postgres()
    with psycopg.connect("", autocommit=True) as writer:
        writer.execute(f"DROP SCHEMA IF EXISTS unordered CASCADE; CREATE SCHEMA unordered; {ANY_CASE}")
        writer.execute(f"CREATE TABLE unordered.visits (code TEXT COLLATE {request.param})")
        writer.cursor().executemany("INSERT INTO unordered.visits VALUES (%s)", [(each,) for each in CODES])
        (is_later,) = writer.execute(f"SELECT 'aa' > 'z' COLLATE {request.param}").fetchone()
        assert is_later  # as in Danish
    relation = Relation((("code", "code", "TEXT"),), table="unordered.visits")
    spill = tmp_path_factory.mktemp("spill")
    with open_engine(Settings("postgres"), {"visits": relation}, [], spill) as engine:
        yield engine


@pytest.mark.parametrize("query", [ranks, figures, groups])
def test_text_is_compared_by_bytes_in_a_database_with_another_collation(query, danish):
    embedded = engine_called("duckdb")
    embedded.fill("visits", COLUMNS, [[each] for each in CODES])
    assert sorted(danish.rows(query())) == sorted(embedded.rows(query()))


@pytest.mark.parametrize("engine", ["duckdb", "postgres", "spark"])
def test_the_order_is_that_of_bytes(engine):
    filled = engine_called(engine)
    filled.fill("visits", COLUMNS, [[each] for each in CODES])
    in_order = sorted(CODES, key=str.encode)
    assert sorted(filled.rows(ranks()), key=lambda row: row[1]) == [
        (code, place) for place, code in enumerate(in_order, start=1)
    ]
