"""A delivered file as a typed relation: Parquet is read in place, what cannot be is ingested once into typed Parquet."""

import gzip
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from vbs_site.catalogue.sources import Column, Source
from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError, nearest
from vbs_site.engines.duckdb_engine import memory_fault, quoted
from vbs_site.engines.private_files import private_file
from vbs_site.engines.relations import Part, Relation, sql_type
from vbs_site.extracts.copies import copy_of, note_copy
from vbs_site.extracts.person_ids import add_persons, dictionary, numbered, numbers_of
from vbs_site.extracts.row_tests import READ, UNREADABLE

INGEST_VERSION = 2
"""Raised when ingested files would hold something else, so that they are written anew."""

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_ACCEPTED = {
    "integer": _WHOLE,
    "year": _WHOLE,
    "decimal": (*_WHOLE, "DECIMAL", "DOUBLE", "FLOAT"),
    "text": ("VARCHAR", "ENUM"),
    "category": ("VARCHAR", "ENUM"),
    "code": ("VARCHAR", "ENUM"),
    "boolean": ("BOOLEAN",),
    "date": ("DATE",),
    "timestamp": ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE"),
}
_CSV = (".csv", ".csv.gz", ".csv.zst")


def is_csv(path: Path) -> bool:
    """Return whether the file is read as CSV."""
    return path.name.lower().endswith(_CSV)


def header(connection: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    """Return the column names and DuckDB types of a delivered file.

    Raises:
        FaultError: when the file is neither CSV nor Parquet, or the memory limit is too small (exit code 14).
    """
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM {_reader(path)}").fetchall()
    except duckdb.OutOfMemoryException:
        raise memory_fault() from None
    except (duckdb.Error, OSError, EOFError, UnicodeDecodeError) as error:
        kind = "CSV text with a header" if is_csv(path) else "Parquet"
        hint = "Files that end in .csv or .csv.gz are read as CSV, all others as Parquet"
        raise FaultError.one(
            ExitCode.EXTRACTS, path, f"the file is {kind}", got=_first_words(error), hint=hint
        ) from None
    return {row[0]: row[1] for row in described}


def _first_words(error: Exception) -> str:
    """Return what kind of refusal it was; the engine's own sentence may quote data and is not repeated."""
    return (
        type(error).__name__.removesuffix("Exception").removesuffix("Error").lower() or "a"
    ) + " fault while reading"


def _reader(path: Path) -> str:
    return _csv_reader(path) if is_csv(path) else f"read_parquet({quoted(str(path), chr(39))})"


def _csv_reader(path: Path) -> str:
    """Return a reader with a fixed dialect: comma or semicolon as in the first line, double quotes, UTF-8.

    Nothing is guessed from the rows: a guess that quotes do not matter would let them into the values further down.
    """
    opener = gzip.open if path.name.lower().endswith(".gz") else open
    delimiter = ","
    if not path.name.lower().endswith(".zst"):
        with opener(path, "rt", encoding="utf-8") as file:
            first = file.readline()
        delimiter = ";" if first.count(";") > first.count(",") else ","
    options = f"all_varchar = true, header = true, delim = '{delimiter}', quote = '\"', escape = '\"', nullstr = '', strict_mode = true"
    return f"read_csv({quoted(str(path), chr(39))}, {options})"


def header_faults(path: Path, name: str, source: Source, columns: dict[str, str]) -> Iterator[Diagnosis]:
    """Yield a fault for each column that is missing from a file or has another type than the contract says."""
    for key, column in source.columns.items():
        delivered = column.from_ or key
        if delivered not in columns:
            rule = f"the column {delivered!r} of the contract is in the file"
            # A file without a header line has its first row, a patient's, taken for names: they are not repeated,
            # not even in Parquet, which is often made from such a file.
            close = nearest(delivered, columns)
            named = close.startswith("Did you mean") and not is_csv(path)
            hint = close if named else "Compare the names in the file with the contract"
            yield Diagnosis(str(path), 0, name, rule, "no such column", hint)
        elif not is_csv(path) and columns[delivered].split("(")[0] not in _ACCEPTED[column.type]:
            rule = f"the column {delivered!r} is of type {column.type}"
            yield Diagnosis(
                str(path),
                0,
                name,
                rule,
                columns[delivered].split("(")[0],
                "Deliver it in that type, or correct the contract",
            )


def ingested(source: Source, paths: Iterable[Path]) -> bool:
    """Return whether the files of a source are written anew as typed Parquet: text files, and persons with text ids."""
    return any(numbered(source) or is_csv(path) for path in paths)


def relation(
    source: Source, parts: Iterable[Part] = (), *, anew: bool = False, table: str | None = None
) -> Relation:
    """Return where the rows of a source lie.

    Args:
        source: the contract.
        parts: its Parquet files.
        anew: whether `ingest` wrote them; they then carry the contract's names, and what could not be read.
        table: `schema.name`, when they lie in an engine's own database.
    """
    if not anew:
        columns = [(key, column.from_ or key, sql_type(column)) for key, column in source.columns.items()]
        return Relation(tuple(columns), tuple(parts), table)
    columns = [(key, key, sql_type(column)) for key, column in source.columns.items()]
    if numbered(source):
        columns = [(key, key, "BIGINT" if key == source.person else kind) for key, _, kind in columns]
    flags = [f"{UNREADABLE}{key}" for key, column in source.columns.items() if column.type in READ]
    return Relation((*columns, *((flag, flag, "BOOLEAN") for flag in flags)), tuple(parts))


def ingest(connection: duckdb.DuckDBPyConnection, path: Path, name: str, source: Source, cache: Path) -> Path:
    """Write a file as typed Parquet under the contract's names, once per content and contract; return its path.

    Rows keep their order, so that those of a time lie together. A value that is not of its type becomes missing, and a
    column `_unreadable_…` says so. Persons whose id is text become whole numbers.

    Raises:
        FaultError: when the file cannot be read to its end.
    """
    persons = dictionary(connection, cache) if numbered(source) else None
    contract = repr([(key, sql_type(column), column.from_) for key, column in source.columns.items()])
    words = f"{INGEST_VERSION} {contract} {persons and persons.name}"
    target = copy_of(path, name, words, cache)
    if target.exists():
        return target
    aside = Path(tempfile.mkdtemp(prefix=".spill-", dir=cache))  # it can hold patient rows; see files.repair
    try:
        connection.execute("SET preserve_insertion_order = true")
        _write(connection, _typed_rows(path, source), aside / "typed.parquet", path)
        done = aside / "typed.parquet"
        if persons is not None and source.person is not None:
            add_persons(connection, done, source.person, persons)
            done = aside / "numbered.parquet"
            with _less_memory(connection):
                numbers = aside / "numbers.parquet"
                _write(connection, numbers_of(aside / "typed.parquet", source.person, persons), numbers, path)
            query = _numbered_rows(aside / "typed.parquet", source.person, numbers)
            _write(connection, query, done, path)
        private_file(done)
        note_copy(path, target)
        done.replace(target)
    finally:
        connection.execute("SET preserve_insertion_order = false")
        shutil.rmtree(aside, ignore_errors=True)
    return target


def _write(connection: duckdb.DuckDBPyConnection, query: str, target: Path, path: Path) -> None:
    try:
        connection.execute(
            f"COPY ({query}) TO {quoted(str(target), chr(39))} (FORMAT parquet, COMPRESSION zstd)"
        )
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        if isinstance(error, duckdb.IOException) and "write" in str(error).lower():
            raise  # it is our copy that has no room, and no fault of the delivery
        kind = "CSV" if is_csv(path) else "Parquet"
        hint = "Look for a row with too many or too few columns, or bytes that are not UTF-8"
        raise FaultError.one(
            ExitCode.EXTRACTS, path, f"the file is {kind} to its end", got=_first_words(error), hint=hint
        ) from None


def _typed_rows(path: Path, source: Source) -> str:
    """Return a SELECT with the contract's names and types over a delivered file, and what could not be read."""
    columns = []
    for key, column in source.columns.items():
        given = quoted(column.from_ or key)
        if column.type in READ:
            columns.append(
                f"{given} IS NOT NULL AND {_typed(given, column)} IS NULL AS {quoted(UNREADABLE + key)}"
            )
        columns.append(f"{_typed(given, column)} AS {quoted(key)}")
    return f"SELECT {', '.join(columns)} FROM {_reader(path)}"


def _typed(given: str, column: Column) -> str:
    """Return the value in its type; null where it is not of that type."""
    if column.type in ("integer", "year"):
        # A cast of '1.5' to a whole number would round without a word, so whole numbers are tested as text.
        text = f"CAST({given} AS VARCHAR)"
        whole = f"regexp_full_match({text}, '[+-]?[0-9]{{1,18}}([.]0*)?')"
        return f"CASE WHEN {whole} THEN CAST(CAST({text} AS DECIMAL(38, 0)) AS BIGINT) END"
    return f"TRY_CAST({given} AS {sql_type(column)})"


def _numbered_rows(typed: Path, person: str, numbers: Path) -> str:
    """Return a SELECT over a typed file with the persons' numbers, which stand in the same order in a file of their own."""
    rows, each = (f"read_parquet({quoted(str(path), chr(39))})" for path in (typed, numbers))
    return f"SELECT t.* REPLACE (n.number AS {quoted(person)}) FROM {rows} t POSITIONAL JOIN {each} n"


@contextmanager
def _less_memory(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Leave a quarter of the memory limit to what a join and a sort that both spill take beside it."""
    limit, unit = _setting(connection, "memory_limit").split()
    connection.execute(f"SET memory_limit = '{float(limit) * 0.75} {unit}'")
    try:
        yield
    finally:
        connection.execute(f"SET memory_limit = '{limit} {unit}'")


def _setting(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    found = connection.execute(f"SELECT current_setting({quoted(name, chr(39))})").fetchone()
    return str(found[0]) if found else ""
