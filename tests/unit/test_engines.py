"""What an engine is sent, what it says when something fails, and which tables it reads."""

import os
import sys

import psycopg
import pytest
from engines import engine_called, start_postgres
from sqlglot import exp, parse_one

from vbs_site.diagnostics import ExitCode, FaultError
from vbs_site.engines.engine import Settings, open_engine
from vbs_site.engines.primitives import (
    cast,
    column,
    count_rows,
    named,
    table,
)
from vbs_site.engines.relations import Relation

CANARY = "CANARY-1234"
COLUMNS = {"id": "BIGINT", "group": "TEXT"}


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE delivered.order",
        "SET default_transaction_read_only = off",
        "INSERT INTO t VALUES (1)",
        "WITH x AS (DELETE FROM t RETURNING 1) SELECT * FROM x",
        "SELECT 1 AS a INTO t",
        "SELECT 1 FROM t FOR UPDATE",
        "COPY (SELECT 1) TO '/tmp/stolen'",
        "CREATE TABLE t AS SELECT 1",
        "VALUES (1)",
    ],
)
def test_an_engine_is_sent_one_select_and_nothing_else(engine, statement):
    with pytest.raises(TypeError, match="one SELECT"):
        engine_called(engine).rows(parse_one(statement, dialect="postgres"))


def test_the_database_itself_would_refuse_to_write():
    reader = engine_called("postgres").reader
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        reader.connection.execute("CREATE TABLE delivered.stolen (a INT)")
    reader.connection.rollback()


def test_a_query_is_not_changed_by_asking_it():
    filled = engine_called("postgres")
    filled.fill("order", COLUMNS, [["1", "a"]])
    query = exp.select(named(count_rows(), "rows")).from_(table("order"))
    before = query.copy()
    filled.rows(query)
    assert query == before


def no_value_in(fault, capfd, caplog):
    written = capfd.readouterr()
    assert CANARY not in str(fault.value) + written.out + written.err + caplog.text
    assert len(fault.value.diagnoses) == 1 and fault.value.code == ExitCode.ENGINE


def test_a_failing_value_is_in_no_message_and_no_log(engine, capfd, caplog):
    """Spark and pyspark log what they fail on; PostgreSQL and DuckDB say it in the error."""
    filled = engine_called(engine)
    filled.fill("order", COLUMNS, [["1", CANARY]])
    query = exp.select(named(cast(column("group", "s"), "BIGINT"), "a")).from_(table("order", "s"))
    with pytest.raises(FaultError) as fault:
        filled.rows(query)
    no_value_in(fault, capfd, caplog)


def test_a_connection_that_fails_says_nothing_of_how_it_was_tried(monkeypatch, capfd, caplog, tmp_path):
    start_postgres()
    for name in ("PGPASSWORD", "PGUSER", "PGDATABASE", "PGAPPNAME"):
        monkeypatch.setenv(name, CANARY)
    for host in (str(tmp_path / CANARY), os.environ["PGHOST"]):
        monkeypatch.setenv("PGHOST", host)
        with pytest.raises(FaultError) as fault, open_engine(Settings("postgres"), {}, [], tmp_path):
            pass
        assert "PG* environment variables" in str(fault.value)
        no_value_in(fault, capfd, caplog)


@pytest.mark.parametrize(("name", "package"), [("postgres", "psycopg"), ("spark", "pyspark")])
def test_a_missing_extra_is_one_line_that_says_how_to_get_it(monkeypatch, tmp_path, name, package):
    monkeypatch.setitem(sys.modules, package, None)
    for module in [each for each in sys.modules if each.startswith(f"{package}.")]:
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(FaultError) as fault, open_engine(Settings(name), {}, [], tmp_path):
        pass
    assert f"pip install 'vbs-site[{name}]'" in str(fault.value)
    assert len(fault.value.diagnoses) == 1 and fault.value.code == ExitCode.ENGINE


KINDS = {
    "id": ("id", "BIGINT"),
    "code": ("code", "TEXT"),
    "born": ("born", "DATE"),
    "start": ("start", "TIMESTAMP"),
    "cost": ("cost", "DECIMAL(18, 2)"),
    "ok": ("ok", "BOOLEAN"),
}


def of_table(name):
    return Relation(tuple((key, there, kind) for key, (there, kind) in KINDS.items()), table=name)


def opened_on(declared, tmp_path):
    """Make a table of these columns and open the product's engine on it."""
    start_postgres()
    with psycopg.connect("", autocommit=True) as writer:
        writer.execute(f"DROP TABLE IF EXISTS public.visits; CREATE TABLE public.visits ({declared})")
    return open_engine(Settings("postgres"), {"visits": of_table("public.visits")}, [], tmp_path)


def test_a_table_may_hold_the_contract_in_its_own_types(tmp_path):
    declared = (
        "id NUMERIC(12, 0), code CHAR(8), born DATE, start DATE, cost DOUBLE PRECISION, ok BOOLEAN, more TEXT"
    )
    with opened_on(declared, tmp_path) as engine:
        assert engine.rows(exp.select("*").from_(table("visits"))) == []


def test_every_column_that_does_not_fit_is_told(tmp_path):
    declared = "id TEXT, code VARCHAR(8), born TIMESTAMP, start TIMESTAMPTZ, cost MONEY"
    with pytest.raises(FaultError) as fault, opened_on(declared, tmp_path):
        pass
    assert fault.value.code == ExitCode.EXTRACTS
    assert str(fault.value).splitlines() == [
        "public.visits: visits: the column 'born' is a date. got: values of kind timestamp. Give a view with that type as `table`, or correct the contract.",
        "public.visits: visits: the column 'cost' is a number. got: values of kind other. Give a view with that type as `table`, or correct the contract.",
        "public.visits: visits: the column 'id' is a whole number. got: values of kind text. Give a view with that type as `table`, or correct the contract.",
        "public.visits: visits: the column 'ok' of the contract is in the table. got: no such column. Known: born, code, cost, id, start.",
        "public.visits: visits: the column 'start' is a timestamp. got: values of kind other. Clock times are without time zone: give a view with that type as `table`.",
    ]


def test_a_table_that_is_not_there_is_one_line(tmp_path):
    start_postgres()
    with (
        pytest.raises(FaultError) as fault,
        open_engine(Settings("postgres"), {"visits": of_table("nowhere.visits")}, [], tmp_path),
    ):
        pass
    assert fault.value.code == ExitCode.EXTRACTS
    assert str(fault.value).startswith(
        "nowhere.visits: the table exists and may be read. got: UndefinedTable"
    )
