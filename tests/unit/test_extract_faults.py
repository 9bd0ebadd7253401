"""What a deliverer is told when rows are not as agreed, when something was not delivered, and of all that at once."""

import datetime
import shutil

import pytest
from unit.deliveries import (
    CANARY,
    CONTACTS,
    GOOD,
    REGION_1,
    SOURCES,
    faults_of,
    ids,
    prepared,
    spoil,
    the_fault,
    written,
)

from vbs_site.catalogue.loading import load
from vbs_site.diagnostics import ExitCode, FaultError
from vbs_site.extracts.deliveries import find_deliveries

# --- rows -----------------------------------------------------------------------------------------------------------


def test_a_key_that_two_regions_deliver_is_found(folder):
    spoil(folder, "contacts/region-2.parquet", contact_id=("BIGINT", [3, 5, 6]))
    lines = faults_of(folder)
    assert [line.split("/")[-1].split(":")[0] for line in lines] == ["region-1.parquet", "region-2.parquet"]
    assert all(
        "a key (contact_id) stands once. got: 1 rows whose key stands several times" in line for line in lines
    )


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


# --- what is delivered ----------------------------------------------------------------------------------------------


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
    assert {part.deliverer for part in prepared(folder).relations["contacts"].parts} == {
        "region-1",
        "region-2",
    }


@pytest.mark.parametrize(
    "letter",
    [
        "complete_until: [",
        "- a",
        "complete_until: 2026-01-01",
        "complete_until: {contacts: soon}",
        "complete_until: {contacts: {region-1: 7, region-2: 2026-10-01}}",
        "complete_until: {contacts: 2026-13-01}",
        "complete_until: {contacts: 2026-10-01 00:00:00}",
        "complete_until: {contacts: {regoin-1: 2026-10-01, region-2: 2026-10-01}}",
        "complete_until: {contact: 2026-10-01}",
    ],
)
def test_a_note_on_the_delivery_that_cannot_be_understood_is_refused(folder, letter):
    (folder / "deliveries.yaml").write_text(letter, encoding="utf-8")
    the_fault(folder, "deliveries.yaml")


def test_a_note_that_is_not_utf8_is_refused(folder):
    (folder / "deliveries.yaml").write_bytes("synthetic: true # ærø".encode("latin-1"))
    the_fault(folder, "deliveries.yaml")


def test_a_prepared_day_is_the_first_that_is_no_longer_covered(folder):
    (folder / "deliveries.yaml").write_text("complete_until: {contacts: 2026-01-08}")
    loaded = load(GOOD)
    delivery = find_deliveries(loaded.catalogue, loaded.organisations, folder, SOURCES).by_source["contacts"]
    assert delivery.until("region-1") == delivery.until(None) == datetime.date(2026, 1, 8)
    assert prepared(folder)


# --- everything in one run ------------------------------------------------------------------------------------------


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


def test_dated_rows_without_a_day_of_completeness_are_refused(folder):
    (folder / "deliveries.yaml").write_text("complete_until: {contacts: {region-1: 2026-10-01}}")
    the_fault(folder, "complete_until.contacts.region-2", "up to which day they are complete")


def test_a_register_that_is_asked_for_deaths_says_up_to_which_day_it_knows_them(faultless, tmp_path):
    text = GOOD.read_text(encoding="utf-8")
    stated = "    person: person_id\n    complete_until: 2027-01-01\n    columns:\n      person_id: integer\n      birth_date"
    assert stated in text
    catalogue = tmp_path / "indicators.yaml"
    catalogue.write_text(
        text.replace(stated, stated.replace("    complete_until: 2027-01-01\n", "")), encoding="utf-8"
    )
    shutil.copy(GOOD.parent / "organisations.yaml", tmp_path)
    loaded = load(catalogue)
    with pytest.raises(FaultError) as raised:
        find_deliveries(loaded.catalogue, loaded.organisations, faultless, {"persons"})
    (fault,) = raised.value.diagnoses
    assert "complete_until.persons" in str(fault) and raised.value.code == ExitCode.EXTRACTS
