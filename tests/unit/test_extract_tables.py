"""Sources that lie in tables of a database: chosen by the engine, and checked like files."""

from functools import partial

import psycopg
import pytest
from engines import start_postgres
from unit.deliveries import GOOD

from vbs_site.catalogue.loading import load
from vbs_site.diagnostics import FaultError
from vbs_site.engines.duckdb_engine import connect
from vbs_site.engines.engine import Settings, open_engine
from vbs_site.extracts.deliveries import find_deliveries
from vbs_site.extracts.prepare import prepare

LOADED = load(GOOD)


def with_tables(tables, **changed):
    """Return the good catalogue with some sources in tables."""
    sources = {
        name: source.model_copy(update={"table": tables[name], **changed}) if name in tables else source
        for name, source in LOADED.catalogue.sources.items()
    }
    return LOADED.catalogue.model_copy(update={"sources": sources})


def found(catalogue, folder, used, engine):
    return find_deliveries(catalogue, LOADED.organisations, folder, used, engine)


def lines(catalogue, folder, used, engine):
    with pytest.raises(FaultError) as raised:
        found(catalogue, folder, used, engine)
    assert raised.value.code == 11
    return str(raised.value).splitlines()


def test_postgres_needs_a_table_of_every_source(tmp_path):
    catalogue = with_tables({"pro": "ward.pro"})
    told = (
        "{}: table: the engine postgres reads tables. got: no table. Add `table: schema.name` to the source."
    )
    assert lines(catalogue, tmp_path, {"contacts", "pro", "returns"}, "postgres") == [
        told.format("sources.contacts"),
        told.format("sources.returns"),
    ]


@pytest.mark.parametrize("engine", ["duckdb", "postgres", "spark"])
def test_a_table_alone_is_no_file(tmp_path, engine):
    catalogue = with_tables({"pro": "ward.pro"}, files=None)
    if engine == "duckdb":
        assert lines(catalogue, tmp_path, {"pro"}, engine) == [
            "sources.pro: files: the engine duckdb reads files. got: no files. Add `files: pattern` to the source, or choose an engine that has tables with --engine."
        ]
    else:
        delivery = found(catalogue, tmp_path / "no such folder", {"pro"}, engine).by_source["pro"]
        assert (delivery.table, delivery.files) == ("ward.pro", {None: ()})


def test_persons_named_by_text_are_all_in_tables_or_all_in_files(tmp_path):
    """What is read from files gets numbers for them, which nothing in a table has."""
    catalogue = with_tables({"pro": "ward.pro"})
    for name in ("pro", "persons"):
        columns = dict(catalogue.sources[name].columns)
        columns["person_id"] = columns["person_id"].model_copy(update={"type": "text"})
        sources = catalogue.sources | {name: catalogue.sources[name].model_copy(update={"columns": columns})}
        catalogue = catalogue.model_copy(update={"sources": sources})
    (line,) = lines(catalogue, tmp_path, {"pro", "persons"}, "spark")
    assert line.startswith("sources.persons: table: persons whose id is text are read from tables alone")


@pytest.mark.parametrize(("engine", "table"), [("duckdb", None), ("spark", "ward.pro")])
def test_files_beside_a_table_are_for_the_engine_that_has_no_tables(tmp_path, engine, table):
    (tmp_path / "pro.parquet").touch()
    delivery = found(with_tables({"pro": "ward.pro"}), tmp_path, {"pro"}, engine).by_source["pro"]
    files = () if table else (tmp_path / "pro.parquet",)
    assert (delivery.table, delivery.files) == (table, {None: files})


def test_the_note_says_of_a_table_up_to_which_day_each_region_is_complete(tmp_path):
    (tmp_path / "deliveries.yaml").write_text(
        "complete_until: {contacts: {region-1: 2026-10-01, region-2: 2026-07-01}}", encoding="utf-8"
    )
    catalogue = with_tables({"contacts": "ward.contacts"})
    delivery = found(catalogue, tmp_path, {"contacts"}, "postgres").by_source["contacts"]
    assert {unit: str(delivery.until(unit)) for unit in delivery.files} == {
        "region-1": "2026-10-01",
        "region-2": "2026-07-01",
    }


def test_a_table_that_does_not_say_up_to_when_it_is_complete_is_told(tmp_path):
    catalogue = with_tables({"contacts": "ward.contacts"}, complete_until=None)
    (line,) = lines(catalogue, tmp_path, {"contacts"}, "postgres")
    assert "dated rows say up to which day they are complete" in line


def prepared(folder, rows):
    """Check a table of answers that holds these rows."""
    start_postgres()
    with psycopg.connect("", autocommit=True) as writer:
        writer.execute("DROP SCHEMA IF EXISTS ward CASCADE; CREATE SCHEMA ward")
        writer.execute("CREATE TABLE ward.pro (answer_id INT, person_id INT, date DATE, score SMALLINT)")
        writer.execute(f"INSERT INTO ward.pro VALUES {rows}")
    catalogue = with_tables({"pro": "ward.pro"})
    return prepare(
        catalogue,
        LOADED.organisations,
        found(catalogue, folder, {"pro"}, "postgres"),
        folder / "cache",
        partial(connect, 256, folder / "spill", 1),
        lambda _: None,
        lambda relations: open_engine(Settings("postgres"), relations, (), folder),
    )


def test_rows_of_a_table_are_checked_and_counted(tmp_path):
    ready = prepared(tmp_path, "(1, 11, '2026-01-01', 20), (2, 12, '2026-01-02', NULL)")
    counts = {(each.check, each.column): each.count for each in ready.quality}
    assert counts["rows", ""] == 2 and counts["missing", "score"] == 1
    assert ready.relations["pro"].table == "ward.pro" and ready.sha256 == {}


def test_a_table_that_changed_is_checked_again(tmp_path):
    prepared(tmp_path, "(1, 11, '2026-01-01', 20)")
    ready = prepared(tmp_path, "(1, 11, '2026-01-01', 20), (2, 12, '2026-01-02', 21)")
    assert {each.count for each in ready.quality if each.check == "rows"} == {2}


def test_a_table_that_breaks_its_contract_is_refused_by_name(tmp_path):
    with pytest.raises(FaultError) as raised:
        prepared(tmp_path, "(1, 11, '1026-01-01', 20), (1, NULL, '2026-01-02', 21)")
    assert raised.value.code == 11
    assert "ward.pro: pro.person_id: every row has a value. got: 1 of 2 rows" in str(raised.value)
    assert "1026" not in str(raised.value)
