"""Queries as a reviewer reads them: of the demo one of each sort, the others differ in names and numbers.

A mismatch shows the difference. When it is meant, run with VBS_UPDATE_SNAPSHOTS=1 and look the new files through.
"""

import datetime
import difflib
import os
from pathlib import Path

import pytest

from vbs_site.catalogue.loading import load
from vbs_site.measures.compile import compile_measure

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "snapshots" / "sql"
CATALOGUES = {"vbs-danmark": "indicators.yaml", "nhs-proms": "examples/nhs-proms/indicators.yaml"}
END = datetime.date(2026, 10, 1)
UPDATE = os.environ.get("VBS_UPDATE_SNAPSHOTS") == "1"

LOADED = {name: load(ROOT / path).catalogue for name, path in CATALOGUES.items()}
REVIEWED = {
    "nhs-proms": list(LOADED["nhs-proms"].indicators),
    "vbs-danmark": [
        "akut-genindlaeggelse-30-dage",
        "andel-virtuelle-kontakter",
        "apopleksi-mortalitet-30-dage",
        "apopleksi-neurologiske-udfald",
        "drg-vaerdi-pr-kroniker",
        "hjerter-angst-efter-rehabilitering",
        "hofteprotese-revision-5-aar",
        "oxford-hip-score-12-maaneder",
        "sygehusforloeb-pr-1000-borgere",
    ],
}
CASES = [(name, indicator) for name, indicators in REVIEWED.items() for indicator in indicators]


def queries(name, indicator):
    """Return the query of each unit kind, one after the other."""
    catalogue = LOADED[name]
    definition = catalogue.indicators[indicator]
    start = definition.report_from or catalogue.catalogue.report_from
    end = END if start is not None else None
    parts = []
    for unit in definition.units:
        sql = compile_measure(catalogue, indicator, unit, start, end).sql("duckdb", pretty=True)
        parts.append(f"-- {indicator} by {unit}, {start or 'all years'} to {end or 'the last'}\n{sql}\n")
    return "\n".join(parts)


@pytest.mark.parametrize(
    ("name", "indicator"), CASES, ids=[f"{name}-{indicator}-duckdb" for name, indicator in CASES]
)
def test_the_query_is_the_one_that_was_reviewed(name, indicator):
    path = FOLDER / name / f"{indicator}.duckdb.sql"
    found = queries(name, indicator)
    if UPDATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found, encoding="utf-8", newline="\n")
    reviewed = path.read_text(encoding="utf-8") if path.exists() else ""
    difference = "\n".join(
        difflib.unified_diff(
            reviewed.splitlines(), found.splitlines(), "reviewed", "compiled now", lineterm=""
        )
    )
    assert not difference, f"{path.relative_to(ROOT)}:\n{difference}"


def test_no_reviewed_query_is_left_over():
    kept = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.sql")}
    assert kept == {f"{name}/{indicator}.duckdb.sql" for name, indicator in CASES}


@pytest.mark.parametrize(
    ("name", "indicator"), CASES, ids=[f"{name}-{indicator}" for name, indicator in CASES]
)
def test_compiling_twice_gives_the_same_text(name, indicator):
    assert queries(name, indicator) == queries(name, indicator)
