"""The engine's connection: bounded, locked, and with one clear line when memory is too small."""

import duckdb
import pytest
from sqlglot import parse_one

from vbs_site.diagnostics import ExitCode, FaultError
from vbs_site.engines.duckdb_engine import opened
from vbs_site.engines.engine import default_memory_mb
from vbs_site.engines.relations import Part, Relation


@pytest.fixture
def deliveries(tmp_path):
    """A folder with one Parquet file, and a secret outside it."""
    folder = tmp_path / "deliveries"
    folder.mkdir()
    (tmp_path / "spill").mkdir()
    duckdb.sql("SELECT range AS number FROM range(3000000)").write_parquet(str(folder / "numbers.parquet"))
    (tmp_path / "secret.csv").write_text("word\nCANARY\n", encoding="utf-8")
    return folder


def numbers(folder):
    return Relation((("number", "number", "BIGINT"),), (Part(None, folder / "numbers.parquet"),))


def connection_to(folder, memory_mb=256):
    return opened({"numbers": numbers(folder)}, [folder], memory_mb, folder.parent / "spill", 1)


def test_a_delivery_can_be_read(deliveries):
    with connection_to(deliveries) as engine:
        assert engine.rows(parse_one("SELECT count(*) FROM numbers", dialect="duckdb")) == [(3000000,)]


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('{outside}/secret.csv')",
        "SELECT * FROM read_text('{outside}/secret.csv')",
        "COPY (SELECT 1) TO '{outside}/stolen.csv'",
        "ATTACH '{outside}/stolen.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
        "SET allowed_directories = ['/']",
    ],
)
def test_nothing_outside_the_deliveries_can_be_read_written_or_unlocked(deliveries, statement):
    with connection_to(deliveries) as engine, pytest.raises(duckdb.Error):
        engine.connection.execute(statement.format(outside=deliveries.parent))
    assert sorted(path.name for path in deliveries.parent.iterdir()) == ["deliveries", "secret.csv", "spill"]


def test_too_small_a_memory_limit_ends_in_one_line_that_says_so(deliveries):
    query = "SELECT count(*) FROM (SELECT number, row_number() OVER (ORDER BY number * 7919 % 1000003) AS place FROM numbers) WHERE place > 5"
    small = opened({"numbers": numbers(deliveries)}, [deliveries], 8, deliveries.parent / "spill", 1)
    with small as engine, pytest.raises(FaultError) as fault:
        engine.rows(parse_one(query, dialect="duckdb"))
    assert fault.value.code == ExitCode.ENGINE
    assert "--memory" in str(fault.value) and len(fault.value.diagnoses) == 1


def test_default_memory_is_at_most_a_gigabyte():
    assert 64 <= default_memory_mb() <= 1024
