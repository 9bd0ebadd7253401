"""One catalogue, one set of rows, three engines through the command line: the aggregates are the same."""

import json
import shutil

import duckdb
import psycopg
import pytest
import yaml
from commands import ROOT, run_build
from engines import quoted, start_postgres

from vbs_site.catalogue.reading import read

SCHEMA = "region_database"
SAMPLE = 20
"""Every so many persons of the demo."""
POSTGRES = {"VARCHAR": "TEXT", "DOUBLE": "DOUBLE PRECISION"}
NAMED = {"da": "Ophold", "en": "Stays"}
DERIVED = {
    "stays": {
        "title": NAMED,
        "rows": NAMED,
        "derive": {
            "chain": "contacts",
            "where": {"contact_kind": {"in": ["inpatient", "outpatient"]}},
            "gap": "<= 4 hours",
            "take": {"hospital": "first", "acute": "first", "diagnosis": "last", "drg_value": "sum"},
        },
    },
    "admissions": {
        "title": NAMED,
        "rows": NAMED,
        "derive": {"select": "stays", "lasting": ">= 12 hours"},
    },
}
ON_ADMISSIONS = {
    "of": {"from": "admissions", "at": "end"},
    "exclude": [{"died": "before_or_at"}],
    "event": {"followed_by": {"where": {"acute": True}, "within": "30 days"}},
    "examples": [],
}
"""The readmission indicator, counted on admissions."""


class Plain(yaml.SafeDumper):
    """Writes a value that is used twice, twice."""

    def ignore_aliases(self, _data):
        return True


@pytest.fixture(scope="module")
def project(demo_extracts, tmp_path_factory):
    """The demo project with a sample of its persons, in files and in tables of a database."""
    home = tmp_path_factory.mktemp("project")
    for name in ("content", "data/reference"):
        shutil.copytree(ROOT / name, home / name)
    catalogue = read(ROOT / "indicators.yaml")[0].data
    derived = {name: source for name, source in catalogue["sources"].items() if "derive" in source}
    sources = {name: source for name, source in catalogue["sources"].items() if name not in derived}
    shutil.copy(demo_extracts / "deliveries.yaml", home / "deliveries.yaml")
    with duckdb.connect() as reader:
        for source in sources.values():
            person = source.get("person")
            sample = f"WHERE {quoted(person)} % {SAMPLE} = 0" if person else ""
            for path in demo_extracts.glob(source["files"].replace("{region}", "*")):
                there = home / "extracts" / path.relative_to(demo_extracts)
                there.parent.mkdir(parents=True, exist_ok=True)
                reader.execute(f"COPY (SELECT * FROM '{path}' {sample}) TO '{there}'")
    shutil.copy(home / "deliveries.yaml", home / "extracts")
    start_postgres()
    load(home / "extracts", sources)
    tables = {name: source | {"table": f"{SCHEMA}.{name}"} for name, source in sources.items()}
    readmission = catalogue["indicators"]["akut-genindlaeggelse-30-dage"]
    catalogue["indicators"]["akut-genindlaeggelse-af-indlaeggelser"] = readmission | ON_ADMISSIONS
    for name, found in (("indicators", sources), ("tables", tables)):
        about = catalogue["catalogue"] | {"examples_required": False}
        written = catalogue | {"catalogue": about, "sources": found | derived | DERIVED}
        text = yaml.dump(written, Dumper=Plain, allow_unicode=True, sort_keys=False)
        (home / f"{name}.yaml").write_text(text, "utf-8")
    return home


def load(extracts, sources):
    """Put the files into tables, as a region's own database would hold them."""
    with psycopg.connect("", autocommit=True) as writer, duckdb.connect() as reader:
        writer.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")
        for name, source in sources.items():
            found = reader.read_parquet(
                sorted(map(str, extracts.glob(source["files"].replace("{region}", "*"))))
            )
            columns = ", ".join(
                f"{quoted(column)} {POSTGRES.get(str(kind), str(kind))}"
                for column, kind in zip(found.columns, found.types, strict=True)
            )
            writer.execute(f"CREATE TABLE {SCHEMA}.{quoted(name)} ({columns})")
            with writer.cursor().copy(f"COPY {SCHEMA}.{quoted(name)} FROM STDIN") as copy:
                for row in found.fetchall():
                    copy.write_row(row)


def aggregates(project, engine, extracts, catalogue="indicators.yaml", cwd=ROOT):
    out = project / f"{engine}-{catalogue}"
    done = run_build(
        "compute",
        "--quiet",
        "--catalogue",
        project / catalogue,
        "--engine",
        engine,
        "--extracts",
        extracts,
        "--out",
        out,
        "--threads",
        1,
        cwd=cwd,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not list(out.glob("cache/.spill-*"))
    table = duckdb.read_parquet(str(out / "aggregates" / "aggregates.parquet"))
    note = json.loads((out / "aggregates" / "aggregates.json").read_text(encoding="utf-8"))
    return [dict(zip(table.columns, row, strict=True)) for row in table.fetchall()], note


@pytest.fixture(scope="module")
def expected(project):
    """What DuckDB finds in the files."""
    rows, note = aggregates(project, "duckdb", project / "extracts")
    assert sum(row["numerator"] for row in rows) > 1000
    assert sum(row["numerator"] for row in rows if row["indicator"].endswith("af-indlaeggelser")) > 100
    return rows, note


def test_spark_finds_the_same_in_files_and_leaves_nothing_where_it_was_started(project, expected, tmp_path):
    assert aggregates(project, "spark", project / "extracts", cwd=tmp_path)[0] == expected[0]
    assert list(tmp_path.iterdir()) == []


def test_postgres_finds_the_same_in_tables_with_a_folder_that_holds_the_letter_alone(
    project, expected, tmp_path
):
    shutil.copy(project / "deliveries.yaml", tmp_path)
    rows, note = aggregates(project, "postgres", tmp_path, "tables.yaml")
    assert rows == expected[0]
    assert note["complete_until"] == expected[1]["complete_until"]
    assert note["inputs"] == {}


def test_postgres_without_tables_is_told_to_add_them(project):
    done = run_build(
        "compute",
        "--quiet",
        "--catalogue",
        project / "indicators.yaml",
        "--engine",
        "postgres",
        "--out",
        project / "none",
    )
    assert done.returncode == 11
    assert (
        "sources.contacts: table: the engine postgres reads tables. got: no table. Add `table: schema.name` to the source.\n"
        in done.stderr
    )
