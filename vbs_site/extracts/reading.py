"""A delivered file as a typed relation: Parquet is read in place, CSV is ingested once into typed Parquet."""

import gzip
import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb

from vbs_site.catalogue.sources import Column, Source
from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError, nearest
from vbs_site.engines.duckdb_engine import quoted
from vbs_site.engines.relations import Part, Relation, sql_type

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
        FaultError: when the file is neither CSV nor Parquet.
    """
    try:
        reader = _csv_reader(path) if is_csv(path) else f"read_parquet({quoted(str(path), chr(39))})"
        described = connection.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()
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
            # A CSV without a header line would have its first row, a patient's, taken for names: they are not repeated.
            hint = (
                "Compare the file's first line with the contract"
                if is_csv(path)
                else nearest(delivered, columns)
            )
            yield Diagnosis(str(path), 0, name, rule, "no such column", hint)
        elif not is_csv(path) and columns[delivered].split("(")[0] not in _ACCEPTED[column.type]:
            rule = f"the column {delivered!r} is of type {column.type}"
            yield Diagnosis(
                str(path),
                0,
                name,
                rule,
                columns[delivered],
                "Deliver it in that type, or correct the contract",
            )


def relation(source: Source, parts: Iterable[Part]) -> Relation:
    """Return where the rows of a source lie, given its Parquet files (or ingested CSVs)."""
    columns = tuple((key, column.from_ or key, sql_type(column)) for key, column in source.columns.items())
    return Relation(columns, tuple(parts))


def ingest_csv(
    connection: duckdb.DuckDBPyConnection, path: Path, name: str, source: Source, cache: Path
) -> Path:
    """Write a CSV file as typed Parquet under the delivered names, once per content and contract; return its path.

    Raises:
        FaultError: naming each column with values that are not of its type, by count.
    """
    status = path.stat()
    contract = repr(sorted((key, sql_type(column), column.from_) for key, column in source.columns.items()))
    stamp = hashlib.sha256(
        f"{path.resolve()} {status.st_size} {status.st_mtime_ns} {contract}".encode()
    ).hexdigest()[:20]
    target = cache / f"{name}-{stamp}.parquet"
    if target.exists():
        return target
    cache.mkdir(parents=True, exist_ok=True)
    reader = _csv_reader(path)
    texts = {key: quoted(column.from_ or key) for key, column in source.columns.items()}
    wrong = ", ".join(
        f"count(*) FILTER ({_unreadable(texts[key], column)})" for key, column in source.columns.items()
    )
    try:
        counts = connection.execute(f"SELECT {wrong} FROM {reader}").fetchone() or ()
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        hint = "Look for a row with too many or too few columns, or bytes that are not UTF-8"
        raise FaultError.one(
            ExitCode.EXTRACTS, path, "the file is CSV to its end", got=_first_words(error), hint=hint
        ) from None
    faults = [
        Diagnosis(
            str(path),
            0,
            name,
            f"the column {column.from_ or key!r} is of type {column.type}",
            f"{count} values that are not",
            "Correct the delivery or the contract",
        )
        for (key, column), count in zip(source.columns.items(), counts, strict=True)
        if count
    ]
    if faults:
        raise FaultError(ExitCode.EXTRACTS, faults)
    typed = ", ".join(
        f"{_typed(texts[key], column)} AS {quoted(column.from_ or key)}"
        for key, column in source.columns.items()
    )
    aside = cache / f".{target.name}.{os.getpid()}"
    try:
        connection.execute(
            f"COPY (SELECT {typed} FROM {reader}) TO {quoted(str(aside), chr(39))} (FORMAT parquet, COMPRESSION zstd)"
        )
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    return target


def _unreadable(text: str, column: Column) -> str:
    # A cast of '1.5' to a whole number would round without a word, so whole numbers are tested as text.
    if column.type in ("integer", "year"):
        return f"{text} IS NOT NULL AND NOT regexp_full_match({text}, '[+-]?[0-9]{{1,18}}([.]0*)?')"
    return f"{text} IS NOT NULL AND TRY_CAST({text} AS {sql_type(column)}) IS NULL"


def _typed(text: str, column: Column) -> str:
    if column.type in ("integer", "year"):
        return f"CAST(CAST({text} AS DECIMAL(38, 0)) AS BIGINT)"
    return f"CAST({text} AS {sql_type(column)})"
