"""Whole numbers for persons whose id is text: the same number in every source, for as long as the cache lives.

The dictionary is a folder of Parquet files, each with the ids that one ingest was the first to see. It is as confidential
as the extracts, and never leaves the cache. Its name is part of what a file was ingested with: when the dictionary is
gone, everything is ingested anew.
"""

import os
import shutil
import tempfile
import uuid
from pathlib import Path

import duckdb

from vbs_site.catalogue.sources import Source
from vbs_site.engines.duckdb_engine import quoted
from vbs_site.engines.private_files import private_file, private_folder

_FOLDER = "person-ids-"


def numbered(source: Source) -> bool:
    """Return whether the persons of a source are given numbers: their id is text."""
    return source.person is not None and source.columns[source.person].type == "text"


def dictionary(connection: duckdb.DuckDBPyConnection, cache: Path) -> Path:
    """Return the folder with the numbers, begun if there is none."""
    found = sorted(cache.glob(f"{_FOLDER}*"))
    if found:
        return found[0]
    folder = cache / f"{_FOLDER}{uuid.uuid4().hex[:12]}"
    private_folder(folder)
    _publish(connection, "SELECT CAST(NULL AS VARCHAR) AS id, CAST(0 AS BIGINT) AS number", folder, 0)
    return folder


def add_persons(connection: duckdb.DuckDBPyConnection, rows: Path, person: str, folder: Path) -> None:
    """Give a number to every person of a file who has none.

    Args:
        connection: an engine that may read and write the cache.
        rows: a Parquet file.
        person: its column with the ids.
        folder: the dictionary.
    """
    while True:
        files = len(list(folder.glob("*.parquet")))
        known = _numbers(folder)
        ids = f"SELECT DISTINCT {quoted(person)} AS id FROM read_parquet({_text(rows)}) WHERE {quoted(person)} IS NOT NULL"
        new = f"SELECT id FROM ({ids}) WHERE id NOT IN (SELECT id FROM {known} WHERE id IS NOT NULL)"
        last = (connection.execute(f"SELECT max(number) FROM {known}").fetchone() or (0,))[0]
        if _publish(
            connection,
            f"SELECT id, {int(last)} + row_number() OVER (ORDER BY id) AS number FROM ({new})",
            folder,
            files,
        ):
            return


def numbers_of(rows: Path, person: str, folder: Path) -> str:
    """Return a SELECT of one column `number`: the number of the person in each row of a Parquet file, in its order."""
    ids = f"SELECT {quoted(person)} AS id, file_row_number AS place FROM read_parquet({_text(rows)}, file_row_number = true)"
    return f"SELECT d.number FROM ({ids}) t LEFT JOIN {_numbers(folder)} d ON d.id = t.id ORDER BY t.place"


def _numbers(folder: Path) -> str:
    """Return SQL that reads the columns `id` and `number` of a dictionary."""
    return f"read_parquet({_text(folder / '*.parquet')})"


def _publish(connection: duckdb.DuckDBPyConnection, query: str, folder: Path, place: int) -> bool:
    """Write a part of the dictionary, unless another process wrote one in its place; return whether it stands."""
    spill = Path(tempfile.mkdtemp(prefix=".spill-", dir=folder.parent))  # it holds ids; see files.repair
    aside = spill / f"{place:06d}"
    try:
        connection.execute(f"COPY ({query}) TO {_text(aside)} (FORMAT parquet, COMPRESSION zstd)")
        private_file(aside)
        os.link(aside, folder / f"{place:06d}.parquet")  # fails where a rename would overwrite
    except FileExistsError:
        return False
    finally:
        shutil.rmtree(spill, ignore_errors=True)
    return True


def _text(path: Path) -> str:
    # A folder's name may hold characters that a pattern gives a meaning: each stands in brackets for itself.
    if path.name == "*.parquet":
        plain = "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path.parent))
        return quoted(f"{plain}/*.parquet", "'")
    return quoted(str(path), "'")
