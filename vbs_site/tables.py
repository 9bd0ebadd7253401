"""Tables on disk: the same rows give the same bytes."""

from collections.abc import Mapping
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
