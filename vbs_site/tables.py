"""Tables on disk: Parquet and CSV with the same bytes for the same rows, written aside and then put in place."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

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
        connection.execute(f"COPY (SELECT {columns} FROM given) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")  # noqa: S608 - own column names
    finally:
        connection.close()


def read_parquet(path: Path) -> pd.DataFrame:
    """Return a Parquet table; decimals become floats."""
    connection = duckdb.connect()
    try:
        target = str(path).replace("'", "''")
        frame = connection.execute(f"SELECT * FROM read_parquet('{target}')").df()  # noqa: S608 - a quoted path
    finally:
        connection.close()
    return frame


def write_text(path: Path, text: str) -> None:
    """Write a text file in one step: whoever reads it sees the old or the new text, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_text(text, encoding="utf-8", newline="\n")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


@contextlib.contextmanager
def built_aside(target: Path) -> Iterator[Path]:
    """Give an empty folder beside `target`; when the block ends well it takes the target's place, else it is removed.

    The exchange is a single step where the system offers one (Linux), otherwise two renames; a run that was killed
    in between is repaired by `repair`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".new-{target.name}-", dir=target.parent))
    aside.chmod(0o755)
    try:
        yield aside
        _take_place(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _take_place(new: Path, target: Path) -> None:
    if not target.exists():
        new.rename(target)
        return
    if _exchange(new, target):
        return  # the former content now lies at `new` and is removed by the caller
    old = target.parent / f".old-{target.name}"
    shutil.rmtree(old, ignore_errors=True)
    target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step; return False where the system cannot."""
    import ctypes  # noqa: PLC0415 - only here, and not on every system

    try:
        library = ctypes.CDLL(None, use_errno=True)
        at_fdcwd, rename_exchange = -100, 2
        return bool(library.renameat2(at_fdcwd, bytes(one), at_fdcwd, bytes(other), rename_exchange) == 0)
    except (AttributeError, OSError, TypeError):
        return False


def repair(folder: Path) -> None:
    """Remove what an interrupted run left in a folder, and put back a version that it had moved aside."""
    if not folder.is_dir():
        return
    for old in folder.glob(".old-*"):
        target = folder / old.name.removeprefix(".old-")
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(target)
    for pattern in (".new-*", ".spill-*"):
        for left in folder.glob(pattern):
            shutil.rmtree(left, ignore_errors=True)
