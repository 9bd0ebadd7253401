"""PostgreSQL: the sources are tables of the region's own database, which is sent SELECTs and nothing else.

The connection is libpq's own affair: the PG* environment variables, a service file, a password file. Nothing of it is
read from YAML, kept or repeated in a message.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from vbs_site.diagnostics import ExitCode, FaultError
from vbs_site.engines.primitives import column, literal
from vbs_site.engines.relations import Kind, Relation
from vbs_site.engines.selects import only_select, tables_of

if TYPE_CHECKING:
    import psycopg

DIALECT = "postgres"
KINDS: dict[str, Kind] = {
    "int2": "whole number",
    "int4": "whole number",
    "int8": "whole number",
    "numeric": "number",
    "float4": "number",
    "float8": "number",
    "text": "text",
    "varchar": "text",
    "bpchar": "text",
    "bool": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}
SESSION = {
    "default_transaction_read_only": "on",
    "TimeZone": "UTC",
    "standard_conforming_strings": "on",
    "DateStyle": "ISO",
}


class Postgres:
    """A connection on which every SELECT sees the same state of the database and none can change it."""

    def __init__(
        self, connection: "psycopg.Connection[tuple[Any, ...]]", relations: Mapping[str, Relation]
    ) -> None:
        self.connection = connection
        self.relations = relations

    def rows(self, query: exp.Query) -> list[tuple[Any, ...]]:
        """Run one SELECT over the sources and return its rows.

        Raises:
            FaultError: when the database refuses (exit code 14). Its own sentence is not repeated, since it may quote data.
            TypeError: when it is not one SELECT.
        """
        import psycopg  # noqa: PLC0415 - an optional extra

        text = over_tables(only_select(query), self.relations).sql(DIALECT)
        try:
            return self.connection.execute(text.encode()).fetchall()
        except psycopg.Error as error:
            raise _refused(error) from None

    def kinds(self, relation: Relation) -> dict[str, Kind]:
        """Return the columns of a relation's table, by name as delivered.

        Raises:
            FaultError: when there is no such table, or it may not be read (exit code 11).
        """
        import psycopg  # noqa: PLC0415 - an optional extra

        table = relation.table_node()
        none_of = exp.select("*").from_(table).where(exp.false()).sql(DIALECT)
        try:
            described = self.connection.execute(none_of.encode()).description or []
        except psycopg.Error as error:
            rule = "the table exists and may be read"
            hint = "Create it, grant SELECT on it, or correct `table` in the catalogue"
            raise FaultError.one(
                ExitCode.EXTRACTS, relation.table, rule, got=_kind_of(error), hint=hint
            ) from None
        return {
            each.name: "whole number"
            if each.type_display.startswith("numeric") and each.scale == 0
            else self._kind(each.type_code)
            for each in described
        }

    def _kind(self, type_code: int) -> Kind:
        query = (
            exp.select(column("typname"), column("typtype"))
            .from_(exp.table_("pg_type", db="pg_catalog", quoted=True))
            .where(exp.EQ(this=column("oid"), expression=literal(type_code)))
        )
        ((name, kind),) = self.rows(query)
        return "text" if kind == "e" else KINDS.get(name, "other")


def over_tables(query: exp.Query, relations: Mapping[str, Relation]) -> exp.Query:
    """Return a copy of the query in which each source is the SELECT that gives its rows the contract's names and types."""
    query = query.copy()
    for node in list(tables_of(query, relations)):
        relation = relations[node.name]
        if relation.query is not None:
            rows = over_tables(relation.query, relations)
        else:
            rows = _by_bytes(relation.select(relation.table_node(), relation.deliverer))
        node.replace(exp.alias_(rows.subquery(copy=False), node.alias_or_name, table=True, quoted=True))
    return query


def _by_bytes(rows: exp.Select) -> exp.Select:
    """Give every text column of a table the order and the equality of its bytes, as the other engines have them.

    The database's own collation may put `aa` after `z`, hold `a` and `A` for equal, or refuse to look for a prefix.
    """
    for text in [each for each in rows.find_all(exp.Cast) if each.is_type("text")]:
        collated = exp.Collate(this=text.copy(), expression=exp.to_identifier("C", quoted=True))
        text.replace(collated)
    return rows


@contextmanager
def opened(relations: Mapping[str, Relation]) -> Iterator[Postgres]:
    """Give a connection in one read-only transaction, after a look at the tables' columns.

    Args:
        relations: source to its table.

    Raises:
        FaultError: when psycopg is not installed or nobody answers (exit code 14), or a table does not fit its contract
            (exit code 11).
    """
    try:
        import psycopg  # noqa: PLC0415 - an optional extra
    except ImportError:
        hint = "Install it: pip install 'vbs-site[postgres]'"
        raise FaultError.one(
            ExitCode.ENGINE, "engine postgres", "the package psycopg is installed", hint=hint
        ) from None
    try:
        connection = psycopg.connect("", client_encoding="utf8", prepare_threshold=None)
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    except (psycopg.Error, UnicodeError) as error:
        rule = "the database answers and lets us in"
        hint = "Check the PG* environment variables or the service file (PGSERVICE)"
        raise FaultError.one(
            ExitCode.ENGINE, "engine postgres", rule, got=_kind_of(error), hint=hint
        ) from None
    try:
        engine = Postgres(connection, relations)
        for name, value in SESSION.items():
            engine.rows(
                exp.select(
                    exp.func("set_config", literal(name), literal(value), exp.false(), dialect=DIALECT)
                )
            )
        connection.commit()  # what every SELECT sees is the state at the first one after this
        faults = [
            fault
            for name, relation in relations.items()
            if relation.table is not None
            for fault in relation.table_faults(name, engine.kinds(relation))
        ]
        if faults:
            raise FaultError(ExitCode.EXTRACTS, faults)
        yield engine
    finally:
        connection.close()


def _kind_of(error: Exception) -> str:
    """Return the class of a database's refusal: its sentence can hold a host, a user, a password or a patient's value."""
    state = getattr(error, "sqlstate", None)
    return f"{type(error).__name__} (SQLSTATE {state})" if state else type(error).__name__


def _refused(error: Exception) -> FaultError:
    rule = "the database answers every SELECT"
    return FaultError.one(ExitCode.ENGINE, "engine postgres", rule, got=_kind_of(error))
