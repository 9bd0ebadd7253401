"""What a deliverer is told when a delivery is not as agreed, and what never stands in a message."""

import datetime
import gzip
import json
import shutil
from functools import partial
from pathlib import Path

import duckdb
import pytest

from vbs_site.catalogue.loading import load
from vbs_site.diagnostics import ExitCode, FaultError
from vbs_site.extracts.deliveries import find_deliveries
from vbs_site.extracts.prepare import prepare
from vbs_site.measures.engine import connect

GOOD = Path(__file__).parents[1] / "bad_catalogues" / "good" / "catalogue.yaml"
CANARY = "CANARY-1234"
"""Stands in for what a patient row holds; a message with it in would be a leak."""

CONTACTS = {
    "contact_id": ("BIGINT", [1, 2, 3]),
    "person_id": ("BIGINT", [11, 12, 12]),
    "hospital": ("VARCHAR", ["H1", CANARY, "H1"]),
    "start": ("TIMESTAMP", ["2026-01-05 08:00", "2026-01-06 08:00", "2026-01-07 08:00"]),
    "end": ("TIMESTAMP", ["2026-01-06 08:00", None, "2026-01-07 08:00"]),
    "kind": ("VARCHAR", ["inpatient", "outpatient", "virtual"]),
    "acute": ("BOOLEAN", [True, False, False]),
    "diagnosis": ("VARCHAR", ["DJ44", None, CANARY]),
    "cost": ("DECIMAL(18,2)", ["10.50", "0", None]),
}
PERSONS = {
    "person_id": ("BIGINT", [11, 12]),
    "birth_date": ("DATE", ["1950-01-01", "1960-01-01"]),
    "death_date": ("DATE", [None, "2026-02-01"]),
    "sex": ("VARCHAR", ["K", "M"]),
    "region": ("VARCHAR", ["1", CANARY]),
}
PRO = {
    "answer_id": ("BIGINT", [1, 2]),
    "person_id": ("BIGINT", [11, 99]),
    "date": ("DATE", ["2026-01-01", "2026-01-02"]),
    "score": ("INTEGER", [20, None]),
}
RETURNS = "hospital,year,sent,returned\nH1,2025,100,80\nCANARY-1234,2025,50,40\n"


def written(path, table):
    """Write a table as Parquet; the order of its columns is its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = zip(*(values for _, values in table.values()), strict=True)
    casts = ", ".join(f'CAST(? AS {kind}) AS "{name}"' for name, (kind, _) in table.items())
    with duckdb.connect(config={"threads": 1}) as connection:
        parts = list(rows)
        one = f"SELECT {casts}"
        every = " UNION ALL ".join([one] * len(parts)) if parts else f"{one} WHERE false"
        given = [value for row in parts for value in row] or [None] * len(table)
        connection.execute(f"CREATE TABLE given AS {every}", given)
        connection.execute(f"COPY given TO '{path}' (FORMAT parquet)")
    return path


def ids(table, name, values):
    return table | {name: (table[name][0], values)}


@pytest.fixture(scope="module")
def faultless(tmp_path_factory):
    extracts = tmp_path_factory.mktemp("faultless")
    written(extracts / "contacts" / "region-1.parquet", CONTACTS)
    written(extracts / "contacts" / "region-2.parquet", ids(CONTACTS, "contact_id", [4, 5, 6]))
    written(extracts / "persons.parquet", PERSONS)
    written(extracts / "pro.parquet", PRO)
    (extracts / "returns.csv").write_text(RETURNS, encoding="utf-8")
    return extracts


@pytest.fixture
def folder(faultless, tmp_path):
    """A delivery without a fault."""
    return shutil.copytree(faultless, tmp_path / "extracts")


SOURCES = {"contacts", "persons", "pro", "returns"}


def prepared(folder, used=SOURCES):
    loaded = load(GOOD)
    deliveries = find_deliveries(loaded.catalogue, loaded.organisations, folder, set(used))
    cache = folder.parent / "cache"
    engine = partial(connect, 256, folder.parent / "spill", 1)
    return prepare(loaded.catalogue, deliveries, cache, engine, lambda _: None)


def faults_of(folder, used=SOURCES):
    """Return the lines that the deliverers are told; none of them holds a patient's value."""
    with pytest.raises(FaultError) as raised:
        prepared(folder, used)
    assert raised.value.code == ExitCode.EXTRACTS == 11
    lines = [str(fault) for fault in raised.value.diagnoses]
    assert not [line for line in lines if "CANARY" in line]
    assert all("\n" not in line for line in lines)
    return lines


def the_fault(folder, *words):
    """Return the one line that is said, which holds these words."""
    (line,) = faults_of(folder)
    missing = [word for word in words if word not in line]
    assert not missing, f"{missing} not in: {line}"
    return line


def spoil(folder, name, **columns):
    """Write a source again with other columns (or, with None, without a column)."""
    base = {"persons.parquet": PERSONS, "pro.parquet": PRO}.get(name, CONTACTS)
    table = {key: value for key, value in (base | columns).items() if value is not None}
    return written(folder / name, table)


REGION_1 = "contacts/region-1.parquet"


def test_a_good_delivery_passes_and_is_counted(folder):
    found = prepared(folder)
    counted = {(each.source, each.deliverer, each.check, each.column): each.count for each in found.quality}
    assert counted["contacts", "region-1", "rows", ""] == 3
    assert counted["contacts", "region-2", "missing", "end"] == 1
    assert counted["pro", "", "missing", "score"] == 1
    assert counted["pro", "", "unknown_person", "person_id"] == 1
    assert sorted(found.sha256) == [
        "contacts/region-1.parquet",
        "contacts/region-2.parquet",
        "persons.parquet",
        "pro.parquet",
        "returns.csv",
    ]


def test_a_missing_column_is_named_with_the_nearest_one(folder):
    spoil(folder, REGION_1, cost=None, costs=CONTACTS["cost"])
    the_fault(
        folder,
        "region-1.parquet: contacts",
        "the column 'cost' of the contract is in the file",
        "Did you mean 'costs'?",
    )


@pytest.mark.parametrize(
    ("name", "kind", "values"),
    [
        ("acute", "VARCHAR", ["yes", CANARY, "no"]),
        ("cost", "VARCHAR", ["1", CANARY, "2"]),
        ("start", "VARCHAR", ["2026-01-05", CANARY, ""]),
        ("contact_id", "DOUBLE", [1.5, 2, 3]),
        ("hospital", "BIGINT", [1, 2, 3]),
    ],
)
def test_a_column_of_the_wrong_type_in_parquet_is_named_with_both_types(folder, name, kind, values):
    spoil(folder, REGION_1, **{name: (kind, values)})
    the_fault(folder, "region-1.parquet", f"the column '{name}' is of type", f"got: {kind}")


def test_a_smaller_whole_number_or_a_date_for_a_moment_is_accepted(folder):
    spoil(folder, REGION_1, contact_id=("SMALLINT", [1, 2, 3]), cost=("DOUBLE", [1.25, 2, None]))
    spoil(
        folder,
        "contacts/region-2.parquet",
        contact_id=("BIGINT", [4, 5, 6]),
        start=("DATE", ["2026-01-05"] * 3),
    )
    assert prepared(folder).relations.keys() == SOURCES


@pytest.mark.parametrize("value", ["1.5", "1e3", "12a", CANARY, "1,000", "0x10", "9" * 19, " 7"])
def test_what_is_no_whole_number_in_csv_is_refused_and_never_rounded(folder, value):
    (folder / "returns.csv").write_text(
        f'hospital,year,sent,returned\nH1,2025,"{value}",80\n', encoding="utf-8"
    )
    the_fault(folder, "returns.csv: returns", "the column 'sent' is of type integer", "got: 1 values")


def test_every_wrong_column_of_a_csv_is_named_in_one_run(folder):
    (folder / "returns.csv").write_text(
        "hospital,year,sent,returned\nH1,CANARY-1234,x,y\nH2,2025,1,z\n", encoding="utf-8"
    )
    lines = faults_of(folder)
    assert [line.split("column ")[1].split(" ")[0] for line in lines] == ["'returned'", "'sent'", "'year'"]
    assert "2 values" in lines[0]


def test_a_csv_without_its_header_line_is_refused_and_its_first_row_is_not_repeated(folder):
    (folder / "returns.csv").write_text("CANARY-1234,2025,100,80\nH2,2025,50,40\n", encoding="utf-8")
    assert len(faults_of(folder)) == 4


def test_a_csv_with_a_broken_line_far_down_is_refused(folder):
    rows = "".join(f"H{i},2025,10,5\n" for i in range(50_000))
    (folder / "returns.csv").write_text(
        f"hospital,year,sent,returned\n{rows}CANARY-1234,2025,1,1,1,1\n", encoding="utf-8"
    )
    the_fault(folder, "returns.csv")


def test_a_csv_with_an_open_quote_is_refused(folder):
    rows = "".join(f"H{i},2025,10,5\n" for i in range(50_000))
    (folder / "returns.csv").write_text(
        f'hospital,year,sent,returned\n{rows}"CANARY-1234,2025,1,1\n', encoding="utf-8"
    )
    the_fault(folder, "returns.csv")


def test_quotes_that_begin_far_down_in_a_csv_are_quotes(folder):
    rows = "".join(f"H{i},2025,10,5\n" for i in range(50_000))
    (folder / "returns.csv").write_text(
        f'hospital,year,sent,returned\n{rows}"Last",2025,1,1\n', encoding="utf-8"
    )
    query = f"SELECT hospital FROM ({prepared(folder).relations['returns']}) WHERE sent = 1"
    with duckdb.connect() as connection:
        assert connection.execute(query).fetchall() == [("Last",)]


def test_a_csv_that_is_not_utf8_is_refused(folder):
    rows = "".join(f"H{i},2025,10,5\n" for i in range(50_000))
    text = f"hospital,year,sent,returned\n{rows}CANARY-1234-ærø,2025,1,1\n"
    (folder / "returns.csv").write_bytes(text.encode("latin-1"))
    the_fault(folder, "returns.csv")


def test_a_csv_with_a_header_and_no_rows_holds_nothing(folder):
    (folder / "returns.csv").write_text("hospital,year,sent,returned\n", encoding="utf-8")
    the_fault(folder, "returns.csv: returns", "a delivered file holds rows. got: 0 rows")


def test_text_in_a_file_that_should_be_parquet_is_refused(folder):
    (folder / REGION_1).write_text(f"{CANARY};1;2\n" * 100, encoding="utf-8")
    the_fault(folder, "region-1.parquet", "the file is Parquet")


def test_a_file_that_was_cut_off_is_refused(folder):
    whole = (folder / REGION_1).read_bytes()
    (folder / REGION_1).write_bytes(whole[: len(whole) // 2])
    the_fault(folder, "region-1.parquet", "the file is Parquet")


def test_a_file_with_damaged_rows_is_refused(folder):
    path = folder / REGION_1
    whole = path.read_bytes()
    # The footer stays whole, so that only reading the rows shows the damage.
    path.write_bytes(whole[:4] + bytes(255 - byte for byte in whole[4:300]) + whole[300:])
    lines = faults_of(folder)
    assert all("region-1.parquet" in line for line in lines)


@pytest.mark.parametrize("name", [REGION_1, "returns.csv"])
def test_an_empty_file_is_refused(folder, name):
    (folder / name).write_bytes(b"")
    assert all(name in line for line in faults_of(folder))


def test_a_table_without_rows_is_refused(folder):
    written(folder / REGION_1, {name: (kind, []) for name, (kind, _) in CONTACTS.items()})
    the_fault(folder, "region-1.parquet: contacts", "a delivered file holds rows. got: 0 rows")


def test_a_folder_in_the_place_of_a_file_is_refused(folder):
    (folder / REGION_1).unlink()
    (folder / REGION_1).mkdir()
    the_fault(folder, "region-1.parquet")


def test_a_key_that_two_regions_deliver_is_found(folder):
    spoil(folder, "contacts/region-2.parquet", contact_id=("BIGINT", [3, 5, 6]))
    the_fault(folder, "contacts", "a key (contact_id) stands once", "1 keys that stand several times")


def test_a_key_of_several_columns_may_repeat_in_each_of_them(folder):
    text = "hospital,year,sent,returned\nH1,2024,1,1\nH1,2025,1,1\nH2,2024,1,1\n"
    (folder / "returns.csv").write_text(text, encoding="utf-8")
    assert prepared(folder)
    (folder / "returns.csv").write_text(f"{text}H2,2024,2,2\n", encoding="utf-8")
    the_fault(folder, "a key (hospital, year) stands once")


def test_a_date_that_cannot_be_true_is_counted(folder):
    spoil(folder, "persons.parquet", birth_date=("DATE", ["1820-01-01", "1960-01-01"]))
    the_fault(
        folder, "persons.parquet: persons.birth_date", "no value lies before 1850-01-01. got: 1 of 2 rows"
    )


def test_a_row_after_the_day_that_the_delivery_is_complete_to_is_counted(folder):
    (folder / "deliveries.yaml").write_text(
        "complete_until: {contacts: {region-1: 2026-01-07, region-2: 2026-02-01}}"
    )
    the_fault(
        folder, "region-1.parquet: contacts.start", "no row begins on or after 2026-01-07", "1 of 3 rows"
    )


def test_a_row_that_ends_before_it_begins_is_counted(folder):
    spoil(folder, REGION_1, end=("TIMESTAMP", ["2026-01-05 07:59", None, "2026-01-07 08:00"]))
    the_fault(folder, "region-1.parquet: contacts.end", "no row ends before it begins. got: 1 of 3 rows")


def test_an_unknown_word_of_a_category_is_counted_and_the_allowed_ones_are_listed(folder):
    spoil(folder, REGION_1, kind=("VARCHAR", ["inpatient", CANARY, "Inpatient"]))
    the_fault(folder, "contacts.kind", "the value is one of inpatient, outpatient, virtual. got: 2 of 3 rows")


def test_a_missing_value_where_one_is_needed_is_counted(folder):
    spoil(folder, REGION_1, hospital=("VARCHAR", [None, CANARY, None]))
    the_fault(folder, "contacts.hospital", "every row has a value. got: 2 of 3 rows")


def test_a_number_below_the_smallest_is_counted(folder):
    spoil(folder, REGION_1, cost=("DECIMAL(18,2)", ["-0.01", "0", None]))
    the_fault(folder, "contacts.cost", "no value is below 0. got: 1 of 3 rows")


@pytest.mark.parametrize("value", ["nan", "inf", "1e30"])
def test_a_number_that_no_sum_can_hold_is_refused(folder, value):
    spoil(folder, REGION_1, cost=("DOUBLE", [value, "0", None]))
    the_fault(folder, "region-1.parquet", "contacts")


def test_a_missing_folder_is_named(tmp_path):
    (line,) = faults_of(tmp_path / "nowhere")
    assert "nowhere: the extracts folder exists. Set --extracts" in line


def test_a_source_that_nobody_delivered_is_named(folder):
    (folder / "pro.parquet").unlink()
    the_fault(folder, "pro.parquet: pro: the source pro is delivered. got: no file")


def test_every_source_that_nobody_delivered_is_named_in_one_run(folder):
    for name in ("pro.parquet", "persons.parquet", "contacts/region-1.parquet", "contacts/region-2.parquet"):
        (folder / name).unlink()
    assert [line.split(": ")[1] for line in faults_of(folder)] == ["contacts", "persons", "pro"]


def test_a_region_that_sent_nothing_is_missing_and_no_fault(folder):
    (folder / "contacts" / "region-2.parquet").unlink()
    loaded = load(GOOD)
    deliveries = find_deliveries(loaded.catalogue, loaded.organisations, folder, SOURCES)
    assert deliveries.by_source["contacts"].missing == ("region-2",)
    assert list(deliveries.by_source["contacts"].files) == ["region-1"]
    assert prepared(folder).relations.keys() == SOURCES


def test_a_file_of_a_region_that_does_not_exist_is_not_read(folder):
    written(folder / "contacts" / "region-9.parquet", ids(CONTACTS, "contact_id", [7, 8, 9]))
    assert "region-9" not in prepared(folder).relations["contacts"]


def test_all_faults_of_one_file_are_told_in_one_run(folder):
    spoil(
        folder,
        REGION_1,
        kind=("VARCHAR", [CANARY] * 3),
        hospital=("VARCHAR", [None] * 3),
        cost=("DECIMAL(18,2)", [-1] * 3),
    )
    assert [line.split(": ")[1] for line in faults_of(folder)] == [
        "contacts.cost",
        "contacts.hospital",
        "contacts.kind",
    ]


def test_faults_of_two_files_of_a_source_are_told_in_one_run(folder):
    spoil(folder, REGION_1, kind=("VARCHAR", [CANARY] * 3))
    spoil(
        folder, "contacts/region-2.parquet", contact_id=("BIGINT", [4, 5, 6]), acute=("BOOLEAN", [None] * 3)
    )
    lines = faults_of(folder)
    assert [("region-1" in line, "region-2" in line) for line in lines] == [(True, False), (False, True)]


def test_faults_of_headers_in_two_sources_are_told_in_one_run(folder):
    spoil(folder, REGION_1, cost=None)
    spoil(folder, "pro.parquet", score=None)
    assert len(faults_of(folder)) == 2


def test_a_missing_column_in_one_source_does_not_hide_bad_rows_in_the_next(folder):
    spoil(folder, REGION_1, cost=None)
    spoil(folder, "persons.parquet", sex=("VARCHAR", ["K", CANARY]))
    lines = faults_of(folder)
    assert [line.split(": ")[1] for line in lines] == ["contacts", "persons.sex"]


def test_bad_rows_in_one_source_do_not_hide_bad_rows_in_the_next(folder):
    spoil(folder, REGION_1, kind=("VARCHAR", [CANARY] * 3))
    spoil(folder, "persons.parquet", sex=("VARCHAR", ["K", CANARY]))
    (folder / "returns.csv").write_text("hospital,year,sent,returned\nH1,2025,x,80\n", encoding="utf-8")
    lines = faults_of(folder)
    assert [line.split(": ")[1] for line in lines] == ["contacts.kind", "persons.sex", "returns"]


@pytest.mark.parametrize(
    "letter",
    [
        "complete_until: [",
        "- a",
        "complete_until: 2026-01-01",
        "complete_until: {contacts: soon}",
        "complete_until: {contacts: {region-1: 7}}",
        "complete_until: {contacts: 2026-13-01}",
        "complete_until: {contacts: 2026-10-01 00:00:00}",
        "complete_until: {contacts: {regoin-1: 2026-10-01}}",
        "complete_until: {contact: 2026-10-01}",
    ],
)
def test_a_note_on_the_delivery_that_cannot_be_understood_is_refused(folder, letter):
    (folder / "deliveries.yaml").write_text(letter, encoding="utf-8")
    the_fault(folder, "deliveries.yaml")


def test_a_note_that_is_not_utf8_is_refused(folder):
    (folder / "deliveries.yaml").write_bytes("synthetic: true # ærø".encode("latin-1"))
    the_fault(folder, "deliveries.yaml")


@pytest.mark.parametrize("name", ["udtræk 2026", "it's", "a[b]c", "50% {x}", 'say "hi"', "star*"])
def test_the_folder_may_have_any_name(folder, name):
    other = folder.parent / name
    folder.rename(other)
    assert prepared(other).relations.keys() == SOURCES


def test_a_compressed_csv_is_read(folder, tmp_path):
    text = GOOD.read_text(encoding="utf-8").replace("files: returns.csv", "files: returns.csv.gz")
    (tmp_path / "catalogue.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "organisations.yaml").write_bytes((GOOD.parent / "organisations.yaml").read_bytes())
    (folder / "returns.csv.gz").write_bytes(gzip.compress(RETURNS.encode()))
    loaded = load(tmp_path / "catalogue.yaml")
    deliveries = find_deliveries(loaded.catalogue, loaded.organisations, folder, {"returns"})
    engine = partial(connect, 256, folder.parent / "spill", 1)
    found = prepare(loaded.catalogue, deliveries, folder.parent / "cache", engine, lambda _: None)
    with duckdb.connect() as connection:
        assert connection.execute(found.relations["returns"]).fetchall() == [
            ("H1", 2025, 100, 80),
            (CANARY, 2025, 50, 40),
        ]


def test_a_source_of_texts_that_may_all_be_missing_is_checked(folder, tmp_path):
    text = GOOD.read_text(encoding="utf-8").replace(
        "columns: {hospital: text, year: year, sent: integer, returned: integer}",
        "columns: {"
        + ", ".join(
            f"{name}: {{type: {kind}, nullable: true}}"
            for name, kind in {
                "hospital": "text",
                "year": "year",
                "sent": "integer",
                "returned": "integer",
            }.items()
        )
        + "}",
    )
    (tmp_path / "catalogue.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "organisations.yaml").write_bytes((GOOD.parent / "organisations.yaml").read_bytes())
    loaded = load(tmp_path / "catalogue.yaml")
    deliveries = find_deliveries(loaded.catalogue, loaded.organisations, folder, {"returns"})
    engine = partial(connect, 256, folder.parent / "spill", 1)
    found = prepare(loaded.catalogue, deliveries, folder.parent / "cache", engine, lambda _: None)
    assert {each.check for each in found.quality} == {"rows", "missing"}


# --- what was checked once is not checked again ---------------------------------------------------------------------


def notes(folder):
    """Return the name and time of every note that a check left."""
    return {path.name: path.stat().st_mtime_ns for path in (folder.parent / "cache").glob("checked-*.json")}


def test_an_unchanged_file_is_not_checked_twice(folder):
    first = prepared(folder)
    before = notes(folder)
    assert len(before) == len(SOURCES)
    again = prepared(folder)
    assert notes(folder) == before
    assert (again.quality, again.sha256, again.relations) == (first.quality, first.sha256, first.relations)


def test_the_note_of_the_first_check_is_what_the_second_run_goes_by(folder):
    prepared(folder)
    (path,) = (folder.parent / "cache").glob("checked-returns-*.json")
    note = json.loads(path.read_text(encoding="utf-8"))
    note["quality"][0] |= {"count": 77, "of": 77}
    path.write_text(json.dumps(note), encoding="utf-8")
    assert 77 in [each.count for each in prepared(folder).quality]


def test_a_changed_file_is_checked_again(folder):
    prepared(folder)
    spoil(folder, REGION_1, kind=("VARCHAR", [CANARY] * 3))
    the_fault(folder, "contacts.kind")
    written(folder / REGION_1, CONTACTS)
    assert prepared(folder).relations.keys() == SOURCES


def test_a_file_with_faults_is_refused_every_time(folder):
    spoil(folder, REGION_1, kind=("VARCHAR", [CANARY] * 3))
    assert the_fault(folder, "contacts.kind") == the_fault(folder, "contacts.kind")


def test_a_new_promise_of_completeness_is_held_against_old_files(folder):
    prepared(folder)
    (folder / "deliveries.yaml").write_text("complete_until: {contacts: 2026-01-06}")
    assert len(faults_of(folder)) == 2


def test_a_prepared_day_is_the_first_that_is_no_longer_covered(folder):
    (folder / "deliveries.yaml").write_text("complete_until: {contacts: 2026-01-08}")
    loaded = load(GOOD)
    delivery = find_deliveries(loaded.catalogue, loaded.organisations, folder, SOURCES).by_source["contacts"]
    assert delivery.until("region-1") == delivery.until(None) == datetime.date(2026, 1, 8)
    assert prepared(folder)
