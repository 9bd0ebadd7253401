"""A delivery against its contract, before use: what is refused, and what is counted and reported."""

import datetime
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from vbs_site.catalogue.sources import Column, Source
from vbs_site.diagnostics import Diagnosis
from vbs_site.engines.duckdb_engine import quoted

EARLIEST = datetime.date(1850, 1, 1)
"""No date of a living patient's care lies before this; a date that does is a typing fault."""


@dataclass(frozen=True, order=True)
class Quality:
    """One count about a delivery, published as data quality.

    Attributes:
        source, deliverer: whose rows; deliverer is empty when one file holds everything.
        check: `rows`, `missing`, `unknown_person`, `unknown_unit` or `open`.
        column: the column that the check is about, empty for `rows`.
        count: rows that the check found.
        of: rows that it looked at.
    """

    source: str
    deliverer: str
    check: str
    column: str
    count: int
    of: int

    def as_row(self) -> dict[str, Any]:
        """Return the count as a row of a table."""
        return asdict(self)


def file_faults(
    connection: duckdb.DuckDBPyConnection,
    rows: str,
    path: Path,
    name: str,
    source: Source,
    until: datetime.date | None,
) -> tuple[list[Diagnosis], dict[str, int], int]:
    """Check the content of one file.

    Args:
        connection: an engine that may read the file.
        rows: a SELECT with the contract's names and types.
        path: the delivered file, named in messages.
        name: the source's name.
        source: its contract.
        until: first day the delivery no longer covers.

    Returns:
        The faults, the number of missing values per nullable column, and the number of rows.
    """
    tests = list(_tests(source, until))
    columns = "".join(f", count(*) FILTER ({test})" for _, _, test, _ in tests)
    nullable = [key for key, column in source.columns.items() if column.nullable]
    missing = "".join(f", count(*) FILTER ({quoted(key)} IS NULL)" for key in nullable)
    counts = connection.execute(f"SELECT count(*){columns}{missing} FROM ({rows})").fetchone() or ()
    faults = [
        Diagnosis(str(path), 0, f"{name}.{key}" if key else name, rule, f"{count} of {counts[0]} rows", hint)
        for (key, rule, _, hint), count in zip(tests, counts[1 : 1 + len(tests)], strict=True)
        if count
    ]
    if counts[0] == 0:
        faults.append(
            Diagnosis(
                str(path),
                0,
                name,
                "a delivered file holds rows",
                "0 rows",
                "Remove the file if nothing is to be delivered",
            )
        )
    return faults, dict(zip(nullable, counts[1 + len(tests) :], strict=True)), int(counts[0])


def _tests(source: Source, until: datetime.date | None) -> Iterator[tuple[str, str, str, str]]:
    """Yield (column, rule, SQL that is true for a broken row, hint)."""
    for key, column in source.columns.items():
        name = quoted(key)
        if not column.nullable:
            yield (
                key,
                "every row has a value",
                f"{name} IS NULL",
                "Complete the delivery, or set nullable: true",
            )
        low, high = _bounds(column)
        if low is not None:
            yield (
                key,
                f"no value lies before {low}"
                if column.type in ("date", "timestamp")
                else f"no value is below {low}",
                f"{name} < {_literal(low)}",
                "Correct the delivery, or the contract's min",
            )
        if high is not None:
            yield (
                key,
                f"no value is above {high}",
                f"{name} > {_literal(high)}",
                "Correct the delivery, or the contract's max",
            )
        if column.values is not None:
            allowed = ", ".join(quoted(value, "'") for value in column.values)
            yield (
                key,
                f"the value is one of {', '.join(column.values)}",
                f"{name} NOT IN ({allowed})",
                "Correct the delivery, or add the value to the contract",
            )
    if source.time is not None:
        start = quoted(source.time.start)
        if until is not None and source.columns[source.time.start].type in ("date", "timestamp"):
            rule = f"no row begins on or after {until}, up to which the delivery is complete"
            yield (
                source.time.start,
                rule,
                f"{start} >= {_literal(until)}",
                "Correct the rows or complete_until",
            )
        if source.time.end is not None:
            end = quoted(source.time.end)
            yield source.time.end, "no row ends before it begins", f"{end} < {start}", "Correct the delivery"


def _bounds(column: Column) -> tuple[Any, Any]:
    low = EARLIEST if column.min is None and column.type in ("date", "timestamp") else column.min
    return low, column.max


def _literal(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        return f"TIMESTAMP '{value}'"
    return f"DATE '{value}'" if isinstance(value, datetime.date) else str(value)


def key_faults(
    connection: duckdb.DuckDBPyConnection, rows: str, place: Path, name: str, source: Source
) -> Iterator[Diagnosis]:
    """Yield a fault when a key stands in more than one row of a source, all files together."""
    keys = ", ".join(quoted(key) for key in source.key)
    found = connection.execute(
        f"SELECT count(*) FROM (SELECT {keys} FROM ({rows}) GROUP BY {keys} HAVING count(*) > 1)"
    ).fetchone()
    if found and found[0]:
        rule = f"a key ({', '.join(source.key)}) stands once"
        yield Diagnosis(
            str(place), 0, name, rule, f"{found[0]} keys that stand several times", "Deliver each row once"
        )
