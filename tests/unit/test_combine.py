"""What can be combined, what is refused, and with which line."""

import datetime as dt
import json
import re
from decimal import Decimal, localcontext

import duckdb
import pytest
from regions import (
    ACROSS,
    INDICATORS,
    REGIONS,
    Computing,
    delivered,
    everyone,
    rows_of,
    saved,
    table_bytes,
    three_regions,
)

from vbs_site.catalogue.loading import Loaded
from vbs_site.catalogue.organisations import Organisation, Organisations
from vbs_site.diagnostics import ExitCode, FaultError
from vbs_site.measures.aggregates import load_aggregates
from vbs_site.measures.combine import combine
from vbs_site.measures.note import sha256_of
from vbs_site.measures.parts import looks_across_contacts

FOLLOWED = ("virtual", "answered", "free-of-contact")


@pytest.fixture(scope="module")
def computing():
    return Computing()


@pytest.fixture(scope="module")
def loaded():
    return three_regions(*FOLLOWED)


@pytest.fixture
def part(computing, loaded, tmp_path):
    """Compute and save a region's part."""

    def compute(
        region, *, of=loaded, folder=None, basis="everything", day="2026-10-01", tables=None, **options
    ):
        own = basis != "everything"
        deliveries = delivered(of, (region,) if own else REGIONS, basis=basis, until=day)
        aggregates = computing.compute(of, deliveries, tables or everyone(), only=region, **options)
        return saved(aggregates, tmp_path / (folder or region))

    return compute


def refused(loaded, parts, *words, **options):
    """Check that the parts are refused in one line each, that hold all words."""
    with pytest.raises(FaultError) as raised:
        combine(loaded, parts, **options)
    assert raised.value.code == ExitCode.EXTRACTS
    lines = [str(each) for each in raised.value.diagnoses]
    assert all("\n" not in line for line in lines)
    missing = [word for word in words if not any(word in line for line in lines)]
    assert not missing, f"{missing} not in {lines}"
    return lines


def numbers(combined, name, unit, *statistics):
    table = combined.aggregates.rows
    found = table[
        (table["indicator"] == name)
        & (table["unit"] == unit)
        & (table["stratum"] == "all")
        & (table["part"] == "")
    ]
    return {
        row["period"]: tuple(row[each] for each in ("coverage", *statistics))
        for row in found.to_dict("records")
    }


def test_all_parts_make_the_whole(part, loaded, computing, tmp_path):
    whole = saved(computing.compute(loaded, delivered(loaded), everyone()), tmp_path / "whole")
    combined = combine(loaded, [part(region) for region in REGIONS])
    assert table_bytes(saved(combined.aggregates, tmp_path / "combined")) == table_bytes(whole)
    notes = [json.loads((tmp_path / each / "aggregates.json").read_text()) for each in ("combined", "whole")]
    assert sorted(notes[0].pop("combined")) == list(REGIONS) and notes[0].pop("left_out") == []
    assert [note.pop("sha256") for note in notes] and notes[0] == notes[1]


def test_a_sum_keeps_every_digit(computing, tmp_path):
    """A sum of squares has 12 decimals and may have 26 digits before them: more than Python adds up by itself."""
    loaded = three_regions("visits-after")
    tables = everyone()
    for number, contact in enumerate(tables["contacts"]):
        contact["cost"] = f"{10**11 + number}.01"
    for procedure in tables["procedures"]:
        procedure["date"] = dt.date(2026, 1, 1)
    parts = [
        saved(computing.compute(loaded, delivered(loaded), tables, only=region), tmp_path / region)
        for region in REGIONS
    ]
    whole = saved(computing.compute(loaded, delivered(loaded), tables), tmp_path / "whole")
    combined = combine(loaded, parts)
    assert table_bytes(saved(combined.aggregates, tmp_path / "combined")) == table_bytes(whole)
    pairs = [Decimal(2 * 10**11 + 4 * n + 1) + Decimal("0.02") for n in range(3)]
    with localcontext(prec=80):
        squares = sum(pair * pair for pair in pairs)
    assert numbers(combined, "visits-after", "national", "sum_sq")["2026Q1"][1] == squares > 10**22


def test_a_part_says_what_it_was_made_of(part):
    note = json.loads(
        (part("region-2", basis="residents", tables=rows_of("region-2")) / "aggregates.json").read_text()
    )
    assert (note["unit"], note["basis"], note["catalogue"]["version"]) == ("region-2", "residents", "1.0.0")
    assert note["complete_until"]["contacts"] == {"region-2": "2026-10-01"}
    sent = note["delivered"]["contacts"]["region-2"]
    assert sent["rows"] == 2 and [len(each) for each in sent["files"].values()] == [64]
    assert note["horizons"] == {"free-of-contact": "2026-10-01"}
    assert all(
        re.fullmatch("[0-9a-f]{64}", note[key]) for key in ("table_sha256", "sha256", "organisations_sha256")
    )


def test_what_nobody_claims_goes_with_the_first_region(part):
    tables = everyone()
    tables["records"].append({"id": 9, "provider": "P9", "year": 2026, "sent": 5, "returned": 5})
    first, second = (part(region, tables=tables) for region in REGIONS[:2])
    read = duckdb.connect().execute
    unknown = "SELECT sum(n) FROM '{}/aggregates.parquet' WHERE unit = 'unknown' AND indicator = 'answered'"
    assert read(unknown.format(first)).fetchone() == (5,)
    assert read(unknown.format(second)).fetchone() == (None,)


def test_a_region_whose_part_is_missing_is_not_delivered(part, loaded):
    combined = combine(loaded, [part(region) for region in REGIONS[:2]])
    assert combined.absent == ("region-3",)
    assert numbers(combined, "virtual", "hospital-1", "n")["2025Q2-2026Q1"] == ("complete", 2)
    for unit in ("national", "region-3", "hospital-3"):
        assert {each[0] for each in numbers(combined, "virtual", unit).values()} <= {"not_delivered"}
    assert numbers(combined, "answered", "clinic-2", "numerator") == {"2026": ("complete", 1)}
    assert numbers(combined, "answered", "national") == {"2026": ("not_delivered",)}
    lacking = combined.aggregates.note["lacking"]["virtual"]
    assert lacking and all(units == ["region-3"] for units in lacking.values())


def test_a_missing_region_of_residents_leaves_every_hospital_incomplete(part, loaded):
    parts = [part(region, basis="residents", tables=everyone() | rows_of(region)) for region in REGIONS[:2]]
    combined = combine(loaded, parts)
    assert {each[0] for each in numbers(combined, "virtual", "hospital-1").values()} == {"not_delivered"}
    assert numbers(combined, "virtual", "region-1", "n")["2025Q2-2026Q1"][1] == 2


def test_another_catalogue_is_refused(part, loaded):
    parts = [part(region) for region in REGIONS]
    refused(three_regions(*FOLLOWED, version="1.1.0"), parts, "examples 1.0.0, not examples 1.1.0")
    refused(three_regions(*FOLLOWED[:2]), parts, "other definitions under examples 1.0.0")
    changed = Organisations.of(
        [*loaded.organisations.members, Organisation(id="x", kind="region", name={"da": "x"})]
    )
    elsewhere = Loaded(loaded.path, loaded.catalogue, loaded.document, changed, ())
    refused(elsewhere, parts, "another file of organisations")


def test_another_compiler_is_refused(part, loaded, monkeypatch):
    parts = [part(region) for region in REGIONS]
    monkeypatch.setattr("vbs_site.measures.compatible.COMPILER", 99)
    refused(loaded, parts, "not 99", "Install the same version")


def test_aggregates_of_another_compiler_are_not_released(part, monkeypatch):
    folder = part("region-1")
    assert len(load_aggregates(folder).rows)
    monkeypatch.setattr("vbs_site.measures.aggregates.COMPILER", 99)
    with pytest.raises(FaultError) as refusal:
        load_aggregates(folder)
    (line,) = map(str, refusal.value.diagnoses)
    assert "not 99" in line and "build.py compute" in line


def test_a_unit_that_is_there_twice_is_refused(part, loaded):
    twice = [part("region-1"), part("region-2"), part("region-1", folder="again")]
    (line,) = refused(loaded, twice, "region-1: a unit's part is there once", "Leave one of them out")
    assert "again" in line


def test_everything_together_is_no_part(part, loaded, computing, tmp_path):
    whole = saved(computing.compute(loaded, delivered(loaded), everyone()), tmp_path / "whole")
    refused(
        loaded, [whole, part("region-1")], "all: parts of units are combined", "everything computed together"
    )


def test_a_unit_within_another_is_refused(part, loaded):
    def within(note):
        note["unit"] = "hospital-1"

    parts = [part("region-1"), rewritten(part("region-2"), within)]
    refused(loaded, parts, "hospital-1: units do not overlap", "a unit within region-1")


def test_parts_on_another_basis_are_refused(part, loaded):
    parts = [part("region-1"), part("region-2", basis="residents", tables=rows_of("region-2"))]
    refused(loaded, parts, "region-2", "residents, while region-1 has everything")


def rewritten(folder, change):
    """Change a note as if the part had been computed so."""
    path = folder / "aggregates.json"
    note = json.loads(path.read_text(encoding="utf-8"))
    del note["sha256"]
    change(note)
    path.write_text(json.dumps(note | {"sha256": sha256_of(note)}), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("synthetic", False, "all parts are synthetic, or none is"),
        ("claimants", ["region-2"], "all parts belong to the same whole"),
        ("references", {"adjusted": {"2026": "1"}}, "others for adjusted"),
        ("standards", {"standard-rate": {"sex=K": "1"}}, "others for standard-rate"),
    ],
)
def test_parts_of_different_wholes_are_refused(part, loaded, key, value, words):
    parts = [part("region-1"), rewritten(part("region-2"), lambda note: note.update({key: value}))]
    refused(loaded, parts, words, "region-2")


def test_people_who_are_followed_to_different_days_are_refused_until_the_regions_agree(part, loaded):
    days = dict(zip(REGIONS, ("2026-10-01", "2026-07-01", "2026-10-01"), strict=True))

    def parts(**options):
        return [
            part(region, basis="residents", day=day, tables=everyone() | rows_of(region), **options)
            for region, day in days.items()
        ]

    refused(
        loaded, parts(), "2026-07-01 for free-of-contact, while region-1 has 2026-10-01", "--until 2026-07-01"
    )
    combined = combine(loaded, parts(until=dt.date(2026, 7, 1)))
    assert numbers(combined, "free-of-contact", "hospital-1").keys() == {"2026Q1", "2026Q2"}
    assert combined.aggregates.note["until"] == "2026-07-01"


def test_parts_of_one_folder_come_from_the_same_deliveries(part, loaded):
    other = everyone()
    other["contacts"] = other["contacts"][:-1]
    refused(
        loaded, [part("region-1"), part("region-2", tables=other)], "come from the same files as region-1"
    )


def test_own_extracts_that_are_not_ones_own_are_refused(part, loaded):
    parts = [part(region, basis="residents", tables=everyone() | rows_of(region)) for region in REGIONS[:2]]
    same = json.loads((parts[0] / "aggregates.json").read_text())["delivered"]["contacts"]["region-1"][
        "files"
    ]

    def copied(note):
        note["delivered"]["contacts"]["region-2"]["files"] = {
            "contacts/region-2.parquet": next(iter(same.values()))
        }

    refused(loaded, [parts[0], rewritten(parts[1], copied)], "the same file as that of region-1")


def test_a_damaged_file_is_refused(part, loaded):
    folder = part("region-1")
    table = folder / "aggregates.parquet"
    whole = table.read_bytes()
    table.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    refused(loaded, [folder], "region-1", "as they were written", "changed content")
    table.write_bytes(whole)
    note = folder / "aggregates.json"
    note.write_text(note.read_text().replace('"region-1"', '"region-2"', 1))
    refused(loaded, [folder], "changed content")
    note.write_text("{")
    refused(loaded, [folder], "can be read")
    refused(loaded, [folder / "nowhere"], "a folder with aggregates.json and aggregates.parquet")


def test_own_hospitals_cannot_answer_measures_that_look_across_contacts():
    catalogue = three_regions().catalogue
    assert {name for name in INDICATORS if looks_across_contacts(catalogue, name)} == ACROSS


def test_own_hospitals_are_refused_by_name_or_left_out(part, loaded):
    parts = [part(region, basis="own_hospitals", tables=everyone() | rows_of(region)) for region in REGIONS]
    (line,) = refused(loaded, parts, "free-of-contact", "contacts of own hospitals", "--leave-out-incomplete")
    assert "virtual" not in line
    combined = combine(loaded, parts, leave_out_incomplete=True)
    assert combined.left_out == ("free-of-contact",)
    assert set(numbers(combined, "free-of-contact", "hospital-1", "n").values()) == {("not_delivered", 0)}
    assert numbers(combined, "virtual", "hospital-1", "n")["2025Q2-2026Q1"] == ("complete", 2)


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("region-9", "Did you mean 'region-"),
        ("hospital-1", "an organisation that delivers"),
        ("../region-1", "delivers"),
    ],
)
def test_only_a_unit_that_delivers_has_a_part(computing, loaded, unit, words):
    with pytest.raises(FaultError) as raised:
        computing.compute(loaded, delivered(loaded), everyone(), only=unit)
    assert raised.value.code == ExitCode.USAGE and words in str(raised.value.diagnoses[0])
