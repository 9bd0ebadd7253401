"""Every example of the method, on every engine: `duckdb-boundaries-a-death-on-the-day-itself-2026-01-10`."""

import re
from decimal import Decimal

import pytest
from spec.tables import METHOD, outcome

from vbs_site.engines.names import ENGINES
from vbs_site.measures.examples import lines
from vbs_site.method.topics import WHERE

RUNS = [(topic, run) for topic in METHOD.topics for run in METHOD.runs(topic)]


def _id(topic, run):
    case = re.sub(r"[^a-z0-9]+", "-", " ".join(run.values.values()).lower()).strip("-")
    words = [topic, run.example.id, *([case or "none"] if run.values else [])]
    return "-".join(words)


@pytest.mark.parametrize(
    ("engine", "run"),
    [
        pytest.param(engine, run, id=f"{engine}-{_id(topic, run)}")
        for engine in ENGINES
        for topic, run in RUNS
    ],
)
def test_an_example_comes_out_as_it_is_written(engine, run):
    columns = run.then.columns
    wanted = [tuple(map(_cell, columns, row)) for row in run.then.rows]
    rows = outcome(engine, run)
    found = [_added_up(rows, columns)] if run.added_up else lines(rows, columns, WHERE)
    assert sorted(found, key=str) == sorted(wanted, key=str)


def _added_up(rows, columns):
    return tuple(
        ", ".join(sorted({_cell(column, row[column]) for row in rows}))
        if column in WHERE
        else sum((_cell(column, row[column]) for row in rows), Decimal(0))
        for column in columns
    )


def _cell(column, value):
    """Return a cell so that two are equal when they say the same: text for where, an exact number for a statistic."""
    if column in WHERE:
        return "" if value is None else str(value)
    return Decimal(str(value))
