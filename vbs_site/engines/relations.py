"""Where the rows of a source lie, and a SELECT over them with the contract's names and types."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlglot import exp

from vbs_site.catalogue.sources import Column
from vbs_site.diagnostics import Diagnosis, nearest
from vbs_site.engines.primitives import Node, cast, column, literal, named

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

Kind = Literal["whole number", "number", "text", "boolean", "date", "timestamp", "other"]
"""What the values of a column in a database are, whatever the engine calls its type."""

READ_AS: dict[str, tuple[Kind, ...]] = {
    "BIGINT": ("whole number",),
    "DECIMAL": ("number", "whole number"),
    "TEXT": ("text",),
    "BOOLEAN": ("boolean",),
    "DATE": ("date",),
    "TIMESTAMP": ("timestamp", "date"),
}
"""SQL type of a column of the contract to the kinds that it can be read from; the first is what the contract asks for."""


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
    """Where the rows of a source lie: Parquet files, a table in the engine's own database, or a SELECT over other sources.

    Attributes:
        columns: (name in the contract, name as delivered, SQL type).
        parts: the files; empty without.
        table: `schema.table`; None without.
        query: gives the columns and `_deliverer` from other sources of the same engine, by their names; None without.
        derived: whether the files hold `_deliverer` themselves.
        deliverer: who delivered the rows of a table.
        kept: the condition on rows that are used, over the alias `r`, the contract's names and `_deliverer`; None for all.
    """

    columns: tuple[tuple[str, str, str], ...]
    parts: tuple[Part, ...] = ()
    table: str | None = None
    query: exp.Query | None = None
    derived: bool = False
    deliverer: str | None = None
    kept: Node | None = None

    def select(self, rows: Node, deliverer: str | None) -> exp.Select:
        """Return a SELECT over `rows` (a table or a reading function) with the contract's names and types."""
        by = literal(deliverer) if deliverer is not None else exp.null()
        by = column(DELIVERER, "d") if self.derived else by
        query = exp.select(
            *(named(cast(column(there, "d"), kind), name) for name, there, kind in self.columns),
            named(cast(by, "TEXT"), DELIVERER),
            copy=False,
        ).from_(exp.alias_(rows, "d", table=True, quoted=True), copy=False)
        if self.kept is None:
            return query
        rows = query.subquery(exp.to_identifier("r", quoted=True), copy=False)
        return exp.select(exp.Star()).from_(rows, copy=False).where(self.kept.copy(), copy=False)

    def table_node(self) -> exp.Table:
        """Return the table in the engine's own database, both parts of its name quoted."""
        assert self.table is not None
        schema, name = self.table.split(".")
        return exp.table_(name, db=schema, quoted=True)

    def table_faults(self, source: str, kinds: Mapping[str, Kind]) -> Iterator[Diagnosis]:
        """Yield a fault for each column that the table lacks or holds in another type than the contract says.

        Args:
            source: the source's name.
            kinds: the table's columns.
        """
        for _, there, sql in self.columns:
            wanted = READ_AS[sql.split("(")[0]]
            rule = f"the column {there!r} of the contract is in the table"
            if there not in kinds:
                yield Diagnosis(str(self.table), 0, source, rule, "no such column", nearest(there, kinds))
            elif kinds[there] not in wanted:
                rule = f"the column {there!r} is a {wanted[0]}"
                hint = "Give a view with that type as `table`, or correct the contract"
                if kinds[there] == "other" and wanted[0] == "timestamp":
                    hint = "Clock times are without time zone: give a view with that type as `table`"
                yield Diagnosis(str(self.table), 0, source, rule, f"values of kind {kinds[there]}", hint)
