"""What a region's part holds: additive statistics and nothing else."""

import datetime as dt
import re

import duckdb
import pytest
from regions import INDICATORS, REGIONS, Computing, delivered, everyone, saved, three_regions

from vbs_site.engines.relations import DELIVERER
from vbs_site.measures.tabulation import COLUMNS

CANARY_DAY = dt.date(2026, 3, 17)
CANARY_DEATH = dt.date(2026, 10, 3)
CANARY = 987654321012
"""An id and days that stand in every row of a delivery: in a part, either would be a leak."""


@pytest.fixture(scope="module")
def computing():
    return Computing()


@pytest.mark.parametrize("basis", ["everything", "residents"])
@pytest.mark.parametrize("name", [name for name in INDICATORS if name != "cost-per-virtual"])
def test_a_part_holds_additive_statistics_and_nothing_else(computing, tmp_path, name, basis):
    """Every person, row and note of the delivery bears the canary, and everything happens on one day."""
    loaded = three_regions(name)
    tables = everyone()
    when = dt.datetime.combine(CANARY_DAY, dt.time(11, 13, 17))
    for source, key in (("contacts", "start"), ("procedures", "date"), ("pro", "date")):
        tables[source] = [
            row | {"id": CANARY + i, "person": CANARY, key: when if key == "start" else CANARY_DAY}
            for i, row in enumerate(tables.get(source, []))
        ]
    for row in tables["contacts"]:
        row |= {
            "end": when,
            "note": f"CANARY-{CANARY}",
            "hospital": "H1",
            "acute": "no",
            DELIVERER: "region-1",
        }
    tables["pro"] = [
        {
            "id": CANARY + i,
            "person": CANARY,
            "instrument": "OHS",
            "moment": "before",
            "date": day,
            "score": 20 + i,
            DELIVERER: "region-1",
        }
        for i, day in enumerate([CANARY_DAY, CANARY_DAY + dt.timedelta(days=60)])
    ]
    tables["persons"] = [
        {
            "person": CANARY,
            "birth": CANARY_DAY.replace(year=1931),
            "death": CANARY_DEATH,
            "sex": "K",
            "municipality": 101,
        }
    ]
    for i, row in enumerate(tables["records"]):
        row |= {"id": CANARY + i, "before": "10", "after": "20", "expected": "15"}
    tables["published"] = [{"year": 2026, "gain": "1.5"}]
    tables["population"] = [{"region": "R1", "date": dt.date(2026, 1, 1), "sex": "K", "persons": 1000}]
    deliveries = delivered(loaded, ("region-1",) if basis == "residents" else REGIONS, basis=basis)
    folder = saved(computing.compute(loaded, deliveries, tables, only="region-1"), tmp_path / "part")

    assert sorted(path.name for path in folder.iterdir()) == ["aggregates.json", "aggregates.parquet"]
    read = duckdb.connect().execute
    described = {
        name: kind
        for name, kind, *_ in read(f"DESCRIBE SELECT * FROM '{folder}/aggregates.parquet'").fetchall()
    }
    assert described == {each: kind.replace("(38, ", "(38,") for each, kind in COLUMNS.items()}
    table = read(f"SELECT * FROM '{folder}/aggregates.parquet'").fetchall()
    assert sum(any(row[7:]) for row in table) > 0, "the measure counts something"
    texts = [str(value) for row in table for value in row] + [(folder / "aggregates.json").read_text()]
    texts += [path.read_bytes().decode("latin-1") for path in folder.iterdir()]
    traces = (
        str(CANARY),
        "CANARY",
        CANARY_DAY.isoformat(),
        "1931-03-17",
        CANARY_DEATH.isoformat(),
        "11:13:17",
        "2026-05-16",
    )
    for text in texts:
        assert not [trace for trace in traces if trace in text]
    allowed = {
        "indicator": {name},
        "unit_kind": {"hospital", "region", "residence", "provider", "national"},
        "unit": {each.id for each in loaded.organisations.members} | {"unknown", "national"},
        "coverage": {"complete", "incomplete_follow_up", "not_delivered"},
    }
    shapes = {
        "period": r"\d{4}(Q\d(-\d{4}Q\d)?)?",
        "stratum": r"all|sex=[KM]|sex=unknown|age_band=[\d+-]+",
        "part": r"|day=\d+|(sex=[KM]|sex=unknown|age_band=[\d+-]+|\|)+",
    }
    for row in table:
        for key, value in zip(COLUMNS, row, strict=True):
            assert key not in allowed or value in allowed[key]
            assert key not in shapes or re.fullmatch(shapes[key], value)
