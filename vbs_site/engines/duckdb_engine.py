"""DuckDB, the embedded engine: bounded, locked, and only ever given SELECTs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from vbs_site.diagnostics import ExitCode, FaultError
from vbs_site.engines.private_files import private_file
from vbs_site.engines.relations import Relation
from vbs_site.engines.selects import only_select

DIALECT = "duckdb"
PROGRAM_MB = 96
"""What this program takes by itself, without any rows; the engine gets the rest of a memory limit."""


def memory_fault() -> FaultError:
    """Return the one line for a memory limit that is too small (exit code 14)."""
    rule, hint = "the computation fits in its memory limit", "Raise --memory"
    return FaultError.one(ExitCode.ENGINE, "engine", rule, got="out of memory", hint=hint)


def quoted(text: str, mark: str = '"') -> str:
    """Return a name or a path as SQL, quoted. Used for names of the contract and paths of the command line only."""
    return mark + text.replace(mark, mark * 2) + mark


def engine_share(memory_mb: int) -> int:
    """Return how much of a memory limit, in MiB, the engine gets: what the program leaves, and never less than half."""
    return max(memory_mb - PROGRAM_MB, memory_mb // 2, 1)


def connect(memory_mb: int, spill: Path, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """Return an embedded engine within a memory limit that spills to a folder of its own.

    Args:
        memory_mb: limit of the whole process in MiB; the engine gets `engine_share` of it.
        spill: folder for what does not fit; emptied by the engine, removed by the caller.
        threads: how many to use; None for all cores.
    """
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{engine_share(memory_mb)}MiB'")
    connection.execute(f"SET temp_directory = {quoted(str(spill), chr(39))}")
    connection.execute("SET preserve_insertion_order = false")
    if threads is not None:
        connection.execute(f"SET threads = {int(threads)}")
    return connection


def select_over(relation: Relation) -> str:
    """Return a SELECT over the files of a source, one reading function per deliverer."""
    each = groupby(relation.parts, key=lambda part: part.deliverer)
    return " UNION ALL ".join(
        reading(relation, deliverer, [part.path for part in parts]).sql(DIALECT) for deliverer, parts in each
    )


def reading(relation: Relation, deliverer: str | None, files: Sequence[Path]) -> exp.Select:
    """Return a SELECT over some of a deliverer's files of a source."""
    paths = exp.Array(expressions=[exp.Literal.string(str(file)) for file in files])
    reader = exp.Anonymous(this="read_parquet", expressions=[paths])
    return relation.select(exp.Table(this=reader), deliverer)


class DuckDB:
    """An open, locked connection with one view per source."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def rows(self, query: exp.Query) -> list[tuple[Any, ...]]:
        """Run one SELECT and return its rows. The query is used up.

        Raises:
            FaultError: when the memory limit is too small, or files cannot be read or written (exit codes 14, 15).
                The engine's own sentence is not repeated, since it may quote data.
            TypeError: when it is not one SELECT.
        """
        return self.answering(query)()

    def answering(self, query: exp.Query) -> Callable[[], list[tuple[Any, ...]]]:
        """Return what runs one SELECT each time that it is called, as `rows` does. The query is used up."""
        text = only_select(query).sql(DIALECT, copy=False)

        def answer() -> list[tuple[Any, ...]]:
            with _faults():
                return self.connection.execute(text).fetchall()

        return answer


@contextmanager
def _faults() -> Iterator[None]:
    """Put what the engine lacks into one line; its own sentence is not repeated, since it may quote data."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise memory_fault() from None
    except duckdb.DataError as error:
        rule = "every value is what its type says"
        raise FaultError.one(ExitCode.ENGINE, "engine", rule, got=type(error).__name__) from None
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


def write_rows(engine: DuckDB, query: exp.Query, target: Path) -> None:
    """Write what a SELECT gives as Parquet, in its order, for the owner of the file alone.

    Args:
        engine: has the sources.
        query: one SELECT.
        target: in a folder that the engine was opened with.

    Raises:
        FaultError: as for `DuckDB.rows`, and when a value cannot be computed (exit code 14).
    """
    path = quoted(str(target), chr(39))
    try:
        with _faults():
            engine.connection.execute(
                f"COPY ({only_select(query).sql(DIALECT)}) TO {path} (FORMAT parquet, COMPRESSION zstd)"
            )
        private_file(target)
    except duckdb.Error as error:
        rule = "every value of a derived source can be computed"
        hint = "Look for sums with too many digits"
        raise FaultError.one(ExitCode.ENGINE, "engine", rule, got=type(error).__name__, hint=hint) from None


@contextmanager
def opened(
    relations: Mapping[str, Relation],
    folders: Sequence[Path],
    memory_mb: int,
    spill: Path,
    threads: int | None = None,
) -> Iterator[DuckDB]:
    """Give a connection with one view per source, locked: it reads the given folders and nothing else.

    Args:
        relations: source to its files.
        folders: the only folders whose files may be read.
        memory_mb: as for `connect`.
        spill: as for `connect`.
        threads: as for `connect`.
    """
    connection = connect(memory_mb, spill, threads)
    try:
        for name, relation in relations.items():
            connection.execute(f"CREATE VIEW {quoted(name)} AS {select_over(relation)}")
        allowed = ", ".join(quoted(f"{folder.as_posix()}/", "'") for folder in [*folders, spill])
        connection.execute(f"SET allowed_directories = [{allowed}]")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield DuckDB(connection)
    finally:
        connection.close()
