"""Rows that a query looks for again and again, kept as small files beside the cache: one for each file of a source.

A cohort looks years back. When a new file comes, only that one is searched; what was found in the others still holds.
"""

import hashlib
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

import duckdb
from sqlglot import exp

from vbs_site.engines.duckdb_engine import DuckDB, quoted, reading, select_over, write_rows
from vbs_site.engines.engine import Engine
from vbs_site.engines.private_files import private_folder
from vbs_site.engines.relations import Part, Relation

FOLDER = "kept"
"""Folder below the cache; it holds patient rows, as the cache does."""


class KeptRows:
    """What was found in the files of sources before.

    Attributes:
        folder: where the files are kept; the engine may read it.
    """

    def __init__(self, engine: DuckDB, relations: Mapping[str, Relation], folder: Path, spill: Path) -> None:
        self._engine, self._relations, self.folder, self._spill = engine, relations, folder, spill

    def find(self, owner: str, source: str, rows: exp.Select) -> None:
        """Make what a SELECT over one source gives readable under `name_of` it, searching only files not seen before.

        Args:
            owner: whose rows they are; files that it kept for another question or for files that are gone are removed.
            source: the source that the SELECT reads.
            rows: the SELECT; its rows do not depend on each other, so that files can be searched one by one.

        Raises:
            FaultError: as for `DuckDB.rows`.
        """
        try:
            self._show(self.folder / owner, source, rows)
        except duckdb.Error:  # a kept file is broken: all files are searched again
            shutil.rmtree(self.folder / owner)
            self._show(self.folder / owner, source, rows)

    def _show(self, folder: Path, source: str, rows: exp.Select) -> None:
        relation = self._relations[source]
        files = [self._searched(folder, relation, part, source, rows) for part in relation.parts]
        for other in set(folder.iterdir()) - set(files):
            other.unlink()
        kinds = {name: kind for name, _, kind in relation.columns}
        columns = tuple((name, name, kinds[name]) for name in rows.named_selects)
        found = Relation(columns, tuple(Part(None, file) for file in files))
        name = quoted(name_of(rows))
        self._engine.connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {select_over(found)}")

    def _searched(self, folder: Path, relation: Relation, part: Part, source: str, rows: exp.Select) -> Path:
        status = part.path.stat()
        query = rows.with_(
            exp.to_identifier(source, quoted=True), reading(relation, part.deliverer, [part.path])
        )
        target = (
            folder
            / f"{_stamp(query.sql(), f'{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}')}.parquet"
        )
        if not target.exists():
            private_folder(self.folder)
            private_folder(folder)
            aside = self._spill / target.name
            write_rows(self._engine, query, aside)
            aside.replace(target)
        return target


def name_of(rows: exp.Select) -> str:
    """Return the name under which kept rows are read; another question has another name."""
    return f"_{FOLDER}_{_stamp(rows.sql())}"


def kept_rows_of(
    engine: Engine,
    relations: Mapping[str, Relation],
    cache: Path,
    spill: Path,
    owners: Collection[str],
) -> KeptRows | None:
    """Return what keeps rows of an engine's files, or None when it does not read them from files.

    Args:
        engine: may read the cache's folder for kept rows.
        relations: source to its files.
        cache: holds that folder.
        spill: folder in which files are written first.
        owners: who may keep rows; what others kept is removed.
    """
    for other in (cache / FOLDER).glob("*"):
        if other.name not in owners:
            shutil.rmtree(other)
    if not isinstance(engine, DuckDB) or not all(relation.parts for relation in relations.values()):
        return None
    return KeptRows(engine, relations, cache / FOLDER, spill)


def _stamp(*words: str) -> str:
    return hashlib.sha256("\n".join([duckdb.__version__, *words]).encode()).hexdigest()[:20]
