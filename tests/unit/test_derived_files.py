"""Derived rows of files: written once per content and definition, in order of time, within the memory limit."""

import datetime as dt
from dataclasses import replace
from functools import partial

import duckdb
import pytest
import yaml
from sqlglot import exp
from unit.deliveries import GOOD, PERSONS, written

from vbs_site.catalogue.loading import checked, load
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import ExitCode, FaultError
from vbs_site.engines.duckdb_engine import connect
from vbs_site.engines.engine import Settings, open_engine
from vbs_site.engines.primitives import column, literal, table
from vbs_site.extracts.deliveries import find_deliveries
from vbs_site.extracts.prepare import prepare
from vbs_site.measures.derived import with_derived

STAYS = {
    "title": {"da": "Ophold", "en": "Stays"},
    "rows": {"da": "ophold", "en": "stays"},
    "derive": {
        "chain": "contacts",
        "where": {"kind": {"in": ["inpatient", "outpatient"]}},
        "gap": "<= 4 hours",
        "take": {"hospital": "first", "cost": "sum", "contacts": "count"},
    },
}
APART = STAYS | {"derive": STAYS["derive"] | {"gap": "< 1 hours"}}
ADMISSIONS = STAYS | {"derive": {"select": "stays", "lasting": ">= 12 hours"}}
MORNING = dt.datetime.combine(dt.date(2026, 1, 5), dt.time(8))
ONE = [
    (1, 11, "H1", MORNING, 10, "inpatient"),
    (2, 12, "H1", MORNING, 1, "outpatient"),
    (3, 12, "H1", MORNING + dt.timedelta(hours=2), 1, "virtual"),
]
OTHER = [(4, 11, "H2", MORNING + dt.timedelta(hours=12), 10, "inpatient")]
"""Person 11 is moved from a hospital of region 1 to one of region 2."""


def contacts(path, rows):
    """Write contacts: (id, person, hospital, start, hours, kind), each at a cost of 1.50."""
    ids, persons, hospitals, starts, hours, kinds = map(list, zip(*rows, strict=True))
    ends = [start + dt.timedelta(hours=length) for start, length in zip(starts, hours, strict=True)]
    named = {
        "contact_id": ("BIGINT", ids),
        "person_id": ("BIGINT", persons),
        "hospital": ("VARCHAR", hospitals),
        "start": ("TIMESTAMP", starts),
        "end": ("TIMESTAMP", ends),
        "kind": ("VARCHAR", kinds),
        "acute": ("BOOLEAN", [True] * len(rows)),
        "diagnosis": ("VARCHAR", [None] * len(rows)),
        "cost": ("DECIMAL(18,2)", ["1.50"] * len(rows)),
    }
    return written(path, named)


@pytest.fixture
def folder(tmp_path):
    """Two regions' contacts."""
    extracts = tmp_path / "extracts"
    contacts(extracts / "contacts" / "region-1.parquet", ONE)
    contacts(extracts / "contacts" / "region-2.parquet", OTHER)
    written(extracts / "persons.parquet", PERSONS)
    return extracts


def given(folder, stays=STAYS):
    """Return the small catalogue with stays and admissions, and the delivered contacts."""
    data = yaml.safe_load(GOOD.read_text(encoding="utf-8"))
    data["sources"] |= {"stays": stays, "admissions": ADMISSIONS}
    catalogue, organisations = checked(Document(data=data))[0], load(GOOD).organisations
    deliveries = find_deliveries(catalogue, organisations, folder, {"contacts", "persons"})
    spill = folder.parent / "cache" / ".spill-test"
    connection = partial(connect, 256, spill, 1)
    ready = prepare(catalogue, organisations, deliveries, folder.parent / "cache", connection, lambda _: None)
    return catalogue, ready


def derived(folder, stays=STAYS, read=("admissions",), memory_mb=256, **changes):
    """Return what the engines are given; the relation of contacts with some changes."""
    catalogue, ready = given(folder, stays)
    relations = ready.relations | {"contacts": replace(ready.relations["contacts"], **changes)}
    cache = folder.parent / "cache"
    settings = Settings(memory_mb=memory_mb, threads=1)
    return with_derived(catalogue, relations, read, cache, cache / ".spill-test", settings), ready.folders


def rows(found, name, *columns):
    relations, folders = found
    query = exp.select(*map(column, columns)).from_(table(name))
    with open_engine(
        Settings(memory_mb=256, threads=1), relations, folders, folders[-1] / ".spill-test"
    ) as opened:
        return sorted(opened.rows(query))


def files(folder):
    """Return the derived files, with what changes when one is written again."""
    found = sorted((folder.parent / "cache").glob("derived-*"))
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in found}


def test_stays_go_across_the_files_of_regions_and_belong_to_who_delivered_the_first_row(folder):
    found = derived(folder)
    columns = ("contact_id", "person_id", "hospital", "contacts", "_deliverer")
    assert rows(found, "stays", *columns) == [
        (1, 11, "H1", 2, "region-1"),
        (2, 12, "H1", 1, "region-1"),
    ]
    (admission,) = rows(found, "admissions", "start", "end", "cost")
    assert admission[:2] == (MORNING, MORNING + dt.timedelta(hours=22))
    assert str(admission[2]) == "3.00"


def test_a_second_run_computes_nothing(folder):
    first = derived(folder)
    before = files(folder)
    assert [name.split("-")[1] for name in before] == ["admissions", "stays"]
    assert derived(folder) == first
    assert files(folder) == before


def test_a_changed_delivery_is_derived_again_and_what_was_before_is_removed(folder):
    derived(folder)
    before = files(folder)
    contacts(folder / "contacts" / "region-2.parquet", [*OTHER, (5, 12, "H2", MORNING, 20, "inpatient")])
    assert rows(derived(folder), "admissions", "contact_id", "contacts") == [(1, 2), (2, 2)]
    assert len(files(folder)) == 2
    assert not files(folder).keys() & before.keys()


def test_a_changed_definition_is_derived_again_with_what_is_made_of_it(folder):
    derived(folder)
    before = files(folder)
    assert rows(derived(folder, APART), "stays", "contact_id") == [(1,), (2,), (4,)]
    assert rows(derived(folder, APART), "admissions", "contact_id") == []
    assert len(files(folder)) == 2
    assert not files(folder).keys() & before.keys()


def test_rows_that_are_set_aside_make_no_stay(folder):
    derived(folder)
    kept = exp.GT(this=column("contact_id", "r"), expression=literal(1))
    assert rows(derived(folder, kept=kept), "stays", "contact_id") == [(2,), (4,)]


def test_only_what_is_read_is_derived(folder):
    relations, _ = derived(folder, read=("contacts", "persons"))
    assert set(relations) == {"contacts", "persons"}
    assert files(folder) == {}


def test_persons_keep_the_type_that_their_numbers_have(folder):
    relations, _ = derived(folder)
    assert ("person_id", "person_id", "BIGINT") in relations["admissions"].columns


def many(folder):
    """Write 60,000 contacts of 3,000 persons, not in order of time."""
    path = folder / "contacts" / "region-1.parquet"
    start = "TIMESTAMP '2025-01-01' + to_hours(CAST(hash(i) % 8700 AS BIGINT))"
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute(
            f"COPY (SELECT i AS contact_id, i % 3000 AS person_id, 'H' || (i % 40) AS hospital, {start} AS start, "
            f"{start} + to_hours(i % 30) AS \"end\", 'inpatient' AS kind, true AS acute, 'DJ44' AS diagnosis, "
            f"CAST(1.5 AS DECIMAL(18, 2)) AS cost FROM range(1, 60001) AS r(i)) TO '{path}' (FORMAT parquet)"
        )
    (folder / "contacts" / "region-2.parquet").unlink()


def content(relations):
    (part,) = relations["stays"].parts
    return part.path.read_bytes()


def test_rows_lie_in_order_of_time_and_a_small_memory_changes_no_byte(folder):
    many(folder)
    relations, _ = derived(folder)
    with duckdb.connect(config={"threads": 1}) as connection:
        starts = connection.read_parquet(str(relations["stays"].parts[0].path)).fetchall()
    assert 1000 < len(starts) < 60_000
    times = [row[2] for row in starts]
    assert times == sorted(times)
    before = content(relations)
    relations["stays"].parts[0].path.unlink()
    assert content(derived(folder, memory_mb=24)[0]) == before


def test_a_memory_that_is_too_small_is_said_in_one_line_and_leaves_nothing(folder):
    many(folder)
    with pytest.raises(FaultError) as raised:
        derived(folder, memory_mb=2)
    assert raised.value.code == ExitCode.ENGINE
    assert [str(fault) for fault in raised.value.diagnoses] == [
        "engine: the computation fits in its memory limit. got: out of memory. Raise --memory."
    ]
    assert files(folder) == {}
    assert not list((folder.parent / "cache").glob(".spill-*"))
