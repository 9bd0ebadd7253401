"""Tiny tables written as text, in an embedded engine that holds nothing else: worked examples run over them."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import duckdb
from sqlglot import exp

from vbs_site.catalogue.model import Catalogue
from vbs_site.engines.duckdb_engine import DuckDB, quoted
from vbs_site.engines.relations import DELIVERER, sql_type

NOBODY = {DELIVERER: "TEXT"}
"""The column that says who delivered a row; here nobody did."""

Rows = Sequence[Sequence[str | None]]
"""Cells as text, each cast to its column's type; None is no value."""


class Filled(Protocol):
    """An engine whose sources are filled. `fill` replaces every table that it is given."""

    def fill(self, name: str, columns: Mapping[str, str], rows: Rows) -> None:
        """Make a source of columns (name to SQL type) with rows."""

    def derive(self, name: str, query: exp.Query) -> None:
        """Make a source of a SELECT over others."""

    def rows(self, query: exp.Query) -> list[tuple[Any, ...]]:
        """Answer a SELECT over what was filled."""


class InMemory:
    """DuckDB with a view over the cells of each source."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._filled = dict[str, str]()

    def fill(self, name: str, columns: Mapping[str, str], rows: Rows) -> None:
        """Make a source of columns (name to SQL type) with rows."""
        typed = [f"CAST({quoted(key)} AS {kind}) AS {quoted(key)}" for key, kind in columns.items()]
        typed += [f"CAST(NULL AS {kind}) AS {quoted(key)}" for key, kind in NOBODY.items()]
        # Without a row there is still one, of no values, which the condition leaves out.
        lines = [f"({', '.join(map(_cell, row))})" for row in rows or [[None] * len(columns)]]
        names = ", ".join(map(quoted, columns))
        query = (
            f"SELECT {', '.join(typed)} FROM (VALUES {', '.join(lines)}) AS v({names})"
            f" WHERE {'true' if rows else 'false'}"
        )
        if self._filled.get(name) != query:  # examples of one indicator share most of their tables
            self.connection.execute(f"CREATE OR REPLACE VIEW {quoted(name)} AS {query}")
            self._filled[name] = query

    def derive(self, name: str, query: exp.Query) -> None:
        """Make a source of a SELECT over others."""
        self.connection.execute(f"CREATE OR REPLACE VIEW {quoted(name)} AS {query.sql('duckdb')}")
        self._filled.pop(name, None)

    def rows(self, query: exp.Query) -> list[tuple[Any, ...]]:
        """Answer a SELECT over what was filled."""
        return DuckDB(self.connection).rows(query)

    def answering(self, query: exp.Query) -> Callable[[], list[tuple[Any, ...]]]:
        """Return what answers a SELECT each time that it is asked, over what is filled then."""
        return DuckDB(self.connection).answering(query)


def in_memory() -> InMemory:
    """Return an engine on one thread that reads no file."""
    connection = duckdb.connect(config={"threads": 1, "enable_external_access": False})
    return InMemory(connection)


def fill(
    engine: Filled,
    catalogue: Catalogue,
    sources: Sequence[str],
    tables: Mapping[str, Sequence[Mapping[str, Any]]],
) -> None:
    """Fill delivered sources; one that is not given is empty.

    Args:
        engine: what to fill.
        catalogue: has the contracts.
        sources: names of delivered sources.
        tables: source to its rows; a column that a row lacks, and an empty text, is no value.
    """
    for name in sources:
        columns = {key: sql_type(each) for key, each in catalogue.sources[name].columns.items()}
        rows = [
            [as_text(row.get(key), kind) for key, kind in columns.items()] for row in tables.get(name, [])
        ]
        engine.fill(name, columns, rows)


def as_text(value: Any, kind: str) -> str | None:
    """Return a value of a tiny table as every engine reads it; yes and no are booleans."""
    if value is None or value == "":
        return None
    words = {"yes": "true", "no": "false"} if kind == "BOOLEAN" else {}
    return words.get(str(value), str(value))


def _cell(text: str | None) -> str:
    return "CAST(NULL AS TEXT)" if text is None else quoted(text, "'")
