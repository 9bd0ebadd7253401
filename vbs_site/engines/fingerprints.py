"""What stands in a source, by stretch of time, without computing anything: so that only what has changed is computed again.

A Parquet file is a row of row groups. Each is known by the SHA-256 of the bytes of its columns, and its own statistics
say which days it holds. Files whose rows are in order of time (the ones that we write are, and a new quarter in a file
of its own is) therefore tell which days were touched. A register without order of time is known by its content.
"""

import datetime
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from vbs_site.engines.duckdb_engine import DuckDB, quoted
from vbs_site.engines.engine import Engine
from vbs_site.engines.private_files import write_private
from vbs_site.engines.relations import Part, Relation


@dataclass(frozen=True)
class Stretch:
    """Some rows of a source, and the days that they lie between (both included; None where that is not known)."""

    first: datetime.date | None
    last: datetime.date | None
    digest: str

    def touches(self, low: datetime.date | None, high: datetime.date | None) -> bool:
        """Return whether any row can lie between two days, both included; None is without end."""
        after = low is None or self.last is None or self.last >= low
        return after and (high is None or self.first is None or self.first <= high)


class Fingerprints:
    """The stretches of every source that is read from files. What was found for a file is remembered beside its cache."""

    def __init__(self, engine: DuckDB, relations: Mapping[str, Relation], cache: Path) -> None:
        self._engine, self._relations, self._cache = engine, relations, cache / "fingerprints"

    def stretches(self, source: str, at: str | None) -> list[Stretch]:
        """Return the row groups of a source with the days of a time column; without one, they lie anywhere."""
        relation = self._relations[source]
        delivered = {name: there for name, there, _ in relation.columns}
        found = []
        for part in relation.parts:
            for group in self._row_groups(relation, part):
                first, last = (
                    group["days"].get(delivered[at], (None, None)) if at is not None else (None, None)
                )
                found.append(Stretch(_day(first), _day(last), group["digest"]))
        return found

    def contents(self, source: str, key: str, columns: Sequence[str]) -> dict[str, Stretch]:
        """Return the content of each column beside a key, whatever the order of rows: one pass over all of them."""
        sums = ", ".join(_sum_of_rows(key, name) for name in columns)
        ((count, *totals),) = self._counted(source, f"count(*), {sums}")
        return {
            name: Stretch(None, None, _stamp(str(count), str(total)))
            for name, total in zip(columns, totals, strict=True)
        }

    def by_month(self, source: str, key: str, at: str) -> list[Stretch]:
        """Return the content of a date beside a key, by its month. Rows without the date are left out."""
        month = f"year({quoted(at)}) * 12 + month({quoted(at)}) - 1"
        some = f"WHERE {quoted(at)} IS NOT NULL GROUP BY ALL ORDER BY ALL"
        return [
            Stretch(_month(month), _month(month + 1) - datetime.timedelta(days=1), _stamp(str(count), total))
            for month, count, total in self._counted(
                source, f"{month} AS month, count(*), {_sum_of_rows(key, at)}", some
            )
        ]

    def _counted(self, source: str, columns: str, some: str = "") -> list[list[Any]]:
        """Return the rows of a query over a source, once for the same files."""
        relation = self._relations[source]
        kept = relation.kept.sql() if relation.kept is not None else ""
        stamp = _stamp(repr(relation.columns), kept, columns, some, *map(_of_file, relation.parts))
        known: list[list[Any]] | None = self._known(stamp)
        if known is None:
            query = f"SELECT {columns} FROM {quoted(source)} {some}"
            known = [list(row) for row in self._engine.connection.execute(query).fetchall()]
            self._remember(stamp, known)
        return known

    def _row_groups(self, relation: Relation, part: Part) -> list[dict[str, Any]]:
        kept = relation.kept.sql() if relation.kept is not None else ""
        stamp = _stamp(repr(relation.columns), kept, str(part.deliverer), _of_file(part))
        known: list[dict[str, Any]] | None = self._known(stamp)
        if known is None:
            known = _read_row_groups(self._engine.connection, relation, part, kept)
            self._remember(stamp, known)
        return known

    def _known(self, stamp: str) -> Any:
        path = self._cache / f"{stamp}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    def _remember(self, stamp: str, found: Any) -> None:
        write_private(self._cache / f"{stamp}.json", json.dumps(found))


def fingerprints_of(engine: Engine, relations: Mapping[str, Relation], cache: Path) -> Fingerprints | None:
    """Return the fingerprints of an engine's sources, or None when it does not read every one of them from files."""
    from_files = all(relation.parts for relation in relations.values())
    return Fingerprints(engine, relations, cache) if isinstance(engine, DuckDB) and from_files else None


def _read_row_groups(
    connection: duckdb.DuckDBPyConnection, relation: Relation, part: Part, kept: str
) -> list[dict[str, Any]]:
    """Return digest and days per row group: one pass over the bytes of the columns that the contract names."""
    read = {there for _, there, _ in relation.columns}
    times = {there for _, there, kind in relation.columns if kind in ("DATE", "TIMESTAMP")}
    chunks = connection.execute(
        "SELECT row_group_id, path_in_schema, least(data_page_offset, coalesce(dictionary_page_offset, data_page_offset)), "
        "total_compressed_size, coalesce(stats_min_value, stats_min), coalesce(stats_max_value, stats_max) "
        f"FROM parquet_metadata({quoted(str(part.path), chr(39))}) ORDER BY row_group_id, column_id"
    ).fetchall()
    groups: dict[int, dict[str, Any]] = {}
    sums: dict[int, Any] = {}
    with part.path.open("rb") as file:
        for number, name, offset, size, low, high in chunks:
            if name not in read:
                continue
            group = groups.setdefault(number, {"days": {}})
            digest = sums.setdefault(
                number, hashlib.sha256(f"{relation.columns} {kept} {part.deliverer}".encode())
            )
            file.seek(offset)
            digest.update(file.read(size))
            if name in times and low is not None and high is not None:
                group["days"][name] = (low[:10], high[:10])
    return [{**group, "digest": sums[number].hexdigest()} for number, group in sorted(groups.items())]


def _sum_of_rows(*columns: str) -> str:
    """Return the SQL of a sum that changes when a row does, and not with the order of rows."""
    return f"CAST(sum(CAST(hash({', '.join(map(quoted, columns))}) AS HUGEINT)) AS VARCHAR)"


def _of_file(part: Part) -> str:
    status = part.path.stat()
    return f"{part.path.resolve()} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"


def _stamp(*words: str) -> str:
    return hashlib.sha256("\n".join([duckdb.__version__, *words]).encode()).hexdigest()[:32]


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text is not None else None


def _month(index: int) -> datetime.date:
    return datetime.date(index // 12, index % 12 + 1, 1)
