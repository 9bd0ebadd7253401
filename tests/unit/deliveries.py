"""Deliveries with and without faults, and what a deliverer is told of them."""

from functools import partial
from pathlib import Path

import duckdb
import pytest

from vbs_site.catalogue.loading import load
from vbs_site.diagnostics import ExitCode, FaultError
from vbs_site.engines.duckdb_engine import connect, select_over
from vbs_site.extracts.deliveries import find_deliveries
from vbs_site.extracts.prepare import prepare

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


def rows_of(found, source, columns="*"):
    """Return the rows that are used."""
    with duckdb.connect() as connection:
        return connection.execute(
            f"SELECT {columns} FROM ({select_over(found.relations[source])})"
        ).fetchall()


SOURCES = {"contacts", "persons", "pro", "returns"}
REGION_1 = "contacts/region-1.parquet"


def prepared(folder, used=SOURCES, catalogue=GOOD):
    loaded = load(catalogue)
    deliveries = find_deliveries(loaded.catalogue, loaded.organisations, folder, set(used))
    cache = folder.parent / "cache"
    engine = partial(connect, 256, folder.parent / "spill", 1)
    return prepare(loaded.catalogue, loaded.organisations, deliveries, cache, engine, lambda _: None)


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
