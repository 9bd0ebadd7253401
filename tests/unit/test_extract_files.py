"""Which files can be read as agreed, and what a deliverer is told of one that cannot."""

import gzip
from dataclasses import astuple
from functools import partial

import pytest
from unit.deliveries import (
    CANARY,
    CONTACTS,
    GOOD,
    REGION_1,
    RETURNS,
    SOURCES,
    faults_of,
    prepared,
    rows_of,
    spoil,
    the_fault,
    written,
)

from vbs_site.catalogue.loading import load
from vbs_site.engines.duckdb_engine import connect
from vbs_site.extracts.deliveries import find_deliveries
from vbs_site.extracts.prepare import prepare


def test_a_good_delivery_passes_and_is_counted(folder):
    found = prepared(folder)
    counted = {each[:-2]: each[-2:] for each in map(astuple, found.quality)}
    assert counted["contacts", "region-1", "hospital-1", "2026Q1", "rows", ""] == (2, 2)
    assert counted["contacts", "region-1", "unknown", "2026Q1", "rows", ""] == (1, 1)
    assert counted["contacts", "region-2", "unknown", "2026Q1", "missing", "end"] == (1, 1)
    assert counted["pro", "", "", "2026Q1", "missing", "score"] == (1, 2)
    assert counted["pro", "", "", "2026Q1", "person", "person_id"] == (1, 2)
    assert counted["persons", "", "", "", "rows", ""] == (2, 2)
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
    assert ("Last", 1) in rows_of(prepared(folder), "returns", "hospital, sent")


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
    found = prepare(
        loaded.catalogue, loaded.organisations, deliveries, folder.parent / "cache", engine, lambda _: None
    )
    assert rows_of(found, "returns", "hospital, year, sent, returned") == [
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
    found = prepare(
        loaded.catalogue, loaded.organisations, deliveries, folder.parent / "cache", engine, lambda _: None
    )
    assert {each.check for each in found.quality} == {"rows", "unit"}
