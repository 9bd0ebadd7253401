"""Tables on disk: the same rows give the same bytes."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd


def write_parquet(frame: pd.DataFrame, types: Mapping[str, str], path: Path) -> None:
    """Write a table as Parquet.

    Args:
        frame: rows in their final order.
        types: column to DuckDB type, in column order. Decimals are given as text, so that no digit is lost.
        path: file to write; its folder exists.
    """
    columns = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in types.items())
    connection = duckdb.connect()
    try:
        connection.execute("SET threads = 1")
        given = frame[list(types)].copy()
        for name in types:  # an all-empty column has no type of its own; text casts to any
            if given[name].isna().all():
                given[name] = pd.Series([None] * len(given), dtype="object")
        connection.register("given", given)
        target = str(path).replace("'", "''")
        connection.execute(
            f"COPY (SELECT {columns} FROM given) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        )
    finally:
        connection.close()


def read_parquet(path: Path) -> pd.DataFrame:
    """Return a Parquet table; decimals become floats."""
    connection = duckdb.connect()
    try:
        target = str(path).replace("'", "''")
        frame = connection.execute(f"SELECT * FROM read_parquet('{target}')").df()
    finally:
        connection.close()
    return frame


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as one mapping per row; a missing value is None."""
    given = frame.astype("object").where(frame.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in given.to_dict("records")]


def added_up(paths: Iterable[Path], types: Mapping[str, str], leave: str) -> list[tuple[Any, ...]]:
    """Return several Parquet tables added up, exactly: text columns tell rows apart, all others are summed.

    Args:
        paths: the tables.
        types: column to DuckDB type; whole numbers and decimals. A sum that does not fit its type ends the query.
        leave: a text column that is left out.

    Returns:
        Rows in no order, with the columns of `types` in theirs, but `leave`; decimals as `Decimal`.
    """
    texts = [name for name, kind in types.items() if kind == "VARCHAR" and name != leave]
    sums = {name: kind for name, kind in types.items() if kind != "VARCHAR"}
    decimals = [len(texts) + place for place, kind in enumerate(sums.values()) if kind.startswith("DECIMAL")]
    keys = ", ".join(f'"{name}"' for name in texts)
    # Decimals come faster as text than as numbers.
    totals = [
        f'CAST(CAST(sum("{name}") AS {kind}) AS VARCHAR)'
        if kind.startswith("DECIMAL")
        else f'CAST(sum("{name}") AS {kind})'
        for name, kind in sums.items()
    ]
    files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    query = f"SELECT {keys}, {', '.join(totals)} FROM read_parquet([{files}]) GROUP BY {keys}"
    connection = duckdb.connect(config={"threads": 1})
    try:
        rows = connection.execute(query).fetchall()
    finally:
        connection.close()
    known = _Decimals()
    found = []
    for row in rows:
        each = list(row)
        for place in decimals:
            each[place] = known[each[place]]
        found.append(tuple(each))
    return found


class _Decimals(dict[str, Decimal]):
    """Numbers by their text; most are zero."""

    def __missing__(self, text: str) -> Decimal:
        self[text] = Decimal(text)
        return self[text]
