"""Where the rows of a source lie, and a SELECT over them with the contract's names and types."""

from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from vbs_site.catalogue.sources import Column
from vbs_site.engines.primitives import Node, both, cast, column, literal, named

DELIVERER = "_deliverer"
"""Column of every relation with the unit that delivered the row. No column of a contract can begin so."""

TYPES = {
    "integer": "BIGINT",
    "year": "BIGINT",
    "text": "TEXT",
    "category": "TEXT",
    "code": "TEXT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}


def sql_type(contract: Column) -> str:
    """Return the type that a column of the contract has once it is read, in sqlglot's words."""
    return f"DECIMAL(18, {contract.scale})" if contract.type == "decimal" else TYPES[contract.type]


@dataclass(frozen=True)
class Part:
    """One Parquet file of a source, and who delivered it (None when one file holds everything)."""

    deliverer: str | None
    path: Path


@dataclass(frozen=True)
class Relation:
    """Where the rows of a source lie: Parquet files, or a table in the engine's own database.

    Attributes:
        columns: (name in the contract, name as delivered, SQL type).
        parts: the files; empty for a table.
        table: `schema.table`; None for files.
        deliverer: who delivered the rows of a table.
        kept: the condition on rows that are used, over the alias `d` and delivered names; None for all.
    """

    columns: tuple[tuple[str, str, str], ...]
    parts: tuple[Part, ...] = ()
    table: str | None = None
    deliverer: str | None = None
    kept: Node | None = None

    def select(self, rows: Node, deliverer: str | None) -> exp.Select:
        """Return a SELECT over `rows` (a table or a reading function) with the contract's names and types."""
        by = literal(deliverer) if deliverer is not None else exp.null()
        query = exp.select(
            *(named(cast(column(there, "d"), kind), name) for name, there, kind in self.columns),
            named(cast(by, "TEXT"), DELIVERER),
            copy=False,
        ).from_(exp.alias_(rows, "d", table=True, quoted=True), copy=False)
        return query.where(both(self.kept.copy()), copy=False) if self.kept is not None else query
