"""Tables on disk: the same rows give the same bytes."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray


def write_parquet(frame: pd.DataFrame, types: Mapping[str, str], path: Path) -> None:
    """Write a table as Parquet.

    Args:
        frame: rows in their final order.
        types: column to DuckDB type, in column order.
        path: file to write; its folder exists.
    """
    columns = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in types.items())
    connection = duckdb.connect()
    try:
        connection.execute("SET threads = 1")
        connection.register("given", pd.DataFrame({name: _given(frame[name], types[name]) for name in types}))
        target = str(path).replace("'", "''")
        connection.execute(
            f"COPY (SELECT {columns} FROM given) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        )
    finally:
        connection.close()


def _given(column: pd.Series, kind: str) -> Any:
    """Return a column as DuckDB reads it best."""
    if kind.startswith("DECIMAL"):  # as text, so that no digit is lost
        values = column.tolist()
        known = {value: str(value) for value in set(values)}
        return [known[value] for value in values]
    empty = not len(column) or (pd.isna(column.iloc[0]) and column.isna().all())
    # An all-empty column has no type of its own; text casts to any.
    return pd.Series([None] * len(column), dtype="object") if empty else column


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


def added_up(paths: Iterable[Path], types: Mapping[str, str], leave: str) -> dict[str, NDArray[Any]]:
    """Return several Parquet tables added up, exactly: text columns tell rows apart, all others are summed.

    Args:
        paths: the tables.
        types: column to DuckDB type; whole numbers and decimals. A sum that does not fit its type ends the query.
        leave: a text column that is left out.

    Returns:
        Columns of rows in no order; decimals as `Decimal`.
    """
    texts = [name for name, kind in types.items() if kind == "VARCHAR" and name != leave]
    sums = {name: kind for name, kind in types.items() if kind != "VARCHAR"}
    keys = ", ".join(f'"{name}"' for name in texts)
    totals = [
        f'{_as_text(name, kind)} AS "{name}"'
        if kind.startswith("DECIMAL")
        else f'CAST(sum("{name}") AS {kind}) AS "{name}"'
        for name, kind in sums.items()
    ]
    files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
    query = f"SELECT {keys}, {', '.join(totals)} FROM read_parquet([{files}]) GROUP BY {keys}"
    connection = duckdb.connect(config={"threads": 1})
    try:
        columns = connection.execute(query).fetchnumpy()
    finally:
        connection.close()
    return {
        name: _numbers(column) if sums.get(name, "").startswith("DECIMAL") else np.asarray(column)
        for name, column in columns.items()
    }


def _as_text(name: str, kind: str) -> str:
    """Return the sum of a column of decimals as text, null for 0: as a number it would be rounded, and most are 0."""
    total = f'CAST(sum("{name}") AS {kind})'
    return f"CASE WHEN {total} <> 0 THEN CAST({total} AS VARCHAR) END"


def _numbers(texts: Any) -> NDArray[Any]:
    """Return texts, with nothing for 0, as decimals."""
    there = ~np.ma.getmaskarray(texts)
    column = np.full(len(there), Decimal(0), object)
    column[there] = [Decimal(text) for text in np.ma.getdata(texts)[there]]
    return column
