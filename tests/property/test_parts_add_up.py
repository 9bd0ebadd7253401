"""Region by region: the parts of all regions together are what computing together gives, to the last byte."""

import datetime as dt
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from regions import (
    ACROSS,
    INDICATORS,
    REGIONS,
    Computing,
    combined_bytes,
    delivered,
    saved,
    table_bytes,
    three_regions,
)

from vbs_site.engines.relations import DELIVERER

FEW = settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
HOME = {101: "region-1", 102: "region-2", 103: "region-3"}
"""Municipality to the region of its residents; whoever lives elsewhere is delivered by the second region."""
HOSPITALS = {"H0": "region-1", "H1": "region-1", "H2": "region-2", "H3": "region-3", "H9": "region-3"}
"""Hospital code to the region that delivers its rows; no organisation has the last one."""
SET = {
    "municipalities": [{"municipality": 100 + n, "region": f"R{n}"} for n in (1, 2, 3, 9)],
    "published": [{"year": 2026, "gain": "1.5"}],
    "population": [
        {"region": f"R{n}", "date": dt.date(2026, month, 1), "sex": sex, "persons": 100 * n + month}
        for n in (1, 2, 3, 9)
        for month in (1, 4, 7)
        for sex in "KM"
    ],
}


@pytest.fixture(scope="module")
def computing():
    return Computing()


def days(low="2025-06-01", high="2026-09-30"):
    return st.dates(dt.date.fromisoformat(low), dt.date.fromisoformat(high))


@st.composite
def registers(draw):
    """Rows of three regions: people who are treated, move about hospitals, answer and die."""
    people = range(1, 6)
    persons = [
        {
            "person": number,
            "birth": draw(st.sampled_from(["1930-02-28", "1980-01-01", ""])),
            "death": draw(st.one_of(st.just(""), days("2026-02-01"))),
            "sex": draw(st.sampled_from(["K", "M", ""])),
            "municipality": draw(st.sampled_from([101, 102, 103, 109, ""])),
        }
        for number in people
    ]
    contacts = []
    for number in range(draw(st.integers(20, 60))):
        start = dt.datetime.combine(draw(days()), dt.time(draw(st.sampled_from([0, 8, 23]))))
        contacts.append(
            {
                "id": number,
                "person": draw(st.sampled_from(people)),
                "hospital": draw(st.sampled_from(sorted(HOSPITALS))),
                "start": start,
                "end": start + dt.timedelta(hours=draw(st.sampled_from([0, 3, 30, 200]))),
                "kind": draw(st.sampled_from(["inpatient", "inpatient", "outpatient", "virtual"])),
                "acute": draw(st.sampled_from(["yes", "no", ""])),
                "diagnosis": draw(st.sampled_from(["DJ44", "DC50", ""])),
                "cost": draw(st.sampled_from(["", "0.01", "12345678.90"])),
            }
        )
    procedures = [
        {
            "id": n,
            "person": draw(st.sampled_from(people)),
            "hospital": draw(st.sampled_from(sorted(HOSPITALS))),
            "code": "KNFB20",
            "date": draw(days("2026-01-01")),
        }
        for n in range(draw(st.integers(0, 8)))
    ]
    pro = [
        {
            "id": n,
            "person": draw(st.sampled_from(people)),
            "instrument": "OHS",
            "moment": "before",
            "date": draw(days()),
            "score": draw(st.sampled_from(["", 10, 30])),
            "hospital": draw(st.sampled_from(sorted(HOSPITALS))),
        }
        for n in range(draw(st.integers(0, 16)))
    ]
    records = [
        {
            "id": n,
            "provider": draw(st.sampled_from(["P1", "P2", "P3", "P9"])),
            "year": 2026,
            "before": "10.125",
            "after": "20.5",
            "expected": draw(st.sampled_from(["", "15.000001"])),
            "sent": 9,
            "returned": draw(st.integers(0, 9)),
        }
        for n in range(draw(st.integers(0, 8)))
    ]
    return SET | {
        "persons": persons,
        "contacts": contacts,
        "procedures": procedures,
        "pro": pro,
        "records": records,
    }


def by_hospital(tables):
    """Return the rows as the regions deliver what took place at their hospitals."""
    return _delivered(tables, lambda row: HOSPITALS[row["hospital"]])


def by_residence(tables):
    """Return the rows as each region delivers all rows of its residents."""
    home = {row["person"]: HOME.get(row["municipality"], "region-2") for row in tables["persons"]}
    return _delivered(tables, lambda row: home[row["person"]])


def _delivered(tables, deliverer):
    named = ("contacts", "procedures", "pro")
    return tables | {name: [row | {DELIVERER: deliverer(row)} for row in tables[name]] for name in named}


def own(tables, region):
    """Return what lies in a region's own folder: its rows, and the records of its clinics (others' with the last region)."""
    provider = {"P1": "region-1", "P2": "region-2"}
    records = [row for row in tables["records"] if provider.get(row["provider"], "region-3") == region]
    rows = {
        name: [row for row in tables[name] if row[DELIVERER] == region]
        for name in ("contacts", "procedures", "pro")
    }
    return tables | rows | {"records": records}


def add_up(computing, loaded, tables, basis, **options):
    """Return the bytes of the table computed together, and of the parts of all regions combined."""
    with tempfile.TemporaryDirectory() as name:
        folder, parts = Path(name), []
        everyone = computing.compute(loaded, delivered(loaded, basis=basis), tables)
        whole = table_bytes(saved(everyone, folder / "whole"))
        for region in REGIONS:
            if basis == "everything":
                there, rows = delivered(loaded), tables
            else:
                there, rows = delivered(loaded, (region,), basis=basis), own(tables, region)
            part = computing.compute(loaded, there, rows, only=region)
            parts.append(saved(part, folder / region))
        return whole, combined_bytes(loaded, parts, folder / "combined", **options)


@FEW
@given(tables=registers())
def test_from_everyones_deliveries_the_parts_of_every_kind_add_up(computing, tables):
    whole, combined = add_up(computing, three_regions(), by_hospital(tables), "everything")
    assert whole == combined


@FEW
@given(tables=registers())
def test_from_all_contacts_of_residents_the_parts_of_every_kind_add_up(computing, tables):
    whole, combined = add_up(computing, three_regions(), by_residence(tables), "residents")
    assert whole == combined


@FEW
@given(tables=registers())
def test_from_own_hospitals_the_parts_of_measures_of_single_rows_add_up(computing, tables):
    loaded = three_regions(*(name for name in INDICATORS if name not in ACROSS))
    whole, combined = add_up(computing, loaded, by_hospital(tables), "own_hospitals")
    assert whole == combined
