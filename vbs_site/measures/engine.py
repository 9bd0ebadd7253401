"""DuckDB behind one small door: a bounded, locked connection that is only ever given SELECTs."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from vbs_site.diagnostics import ExitCode, FaultError
from vbs_site.extracts.reading import memory_fault, quoted

DIALECT = "duckdb"
GIBIBYTE = 2**30


def default_memory_mb() -> int:
    """Return the memory the engine may use unless told otherwise: the least of 1 GB and a quarter of the machine's."""
    try:
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):  # not every system tells
        machine = 4 * GIBIBYTE
    return int(min(GIBIBYTE, machine // 4) // 2**20)


def connect(memory_mb: int, spill: Path, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """Return an embedded engine within a memory limit that spills to a folder of its own.

    Args:
        memory_mb: upper limit in MiB.
        spill: folder for what does not fit; emptied by the engine, removed by the caller.
        threads: how many to use; None for all cores.
    """
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{int(memory_mb)}MiB'")
    connection.execute(f"SET temp_directory = {quoted(str(spill), chr(39))}")
    connection.execute("SET preserve_insertion_order = false")
    if threads is not None:
        connection.execute(f"SET threads = {int(threads)}")
    return connection


@contextmanager
def opened(
    relations: Mapping[str, str],
    folders: Sequence[Path],
    memory_mb: int,
    spill: Path,
    threads: int | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a connection with one view per source, locked: it reads the given folders and nothing else.

    Args:
        relations: source to a SELECT over its files.
        folders: the only folders whose files may be read.
        memory_mb: as for `connect`.
        spill: as for `connect`.
        threads: as for `connect`.
    """
    connection = connect(memory_mb, spill, threads)
    try:
        for name, rows in relations.items():
            connection.execute(f"CREATE VIEW {quoted(name)} AS {rows}")
        allowed = ", ".join(quoted(f"{folder.as_posix()}/", "'") for folder in [*folders, spill])
        connection.execute(f"SET allowed_directories = [{allowed}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield connection
    finally:
        connection.close()


def run(connection: duckdb.DuckDBPyConnection, query: exp.Query) -> list[tuple[Any, ...]]:
    """Run one SELECT and return its rows.

    Raises:
        FaultError: when the memory limit is too small (exit code 14). The engine's own sentence is not repeated,
            since it may quote data.
    """
    try:
        return connection.execute(query.sql(DIALECT)).fetchall()
    except duckdb.OutOfMemoryException:
        raise memory_fault() from None
    except duckdb.IOException as error:
        full = "space" in str(error).lower()
        rule = (
            "the engine can write what does not fit in memory"
            if full
            else "the extracts can be read while computing"
        )
        raise FaultError.one(
            ExitCode.MACHINE,
            "engine",
            rule,
            got="no space left" if full else "a read fault",
            hint="Free disk space" if full else "Deliver the files again",
        ) from None
