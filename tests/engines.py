"""The engines of a test run: tiny typed tables in, rows out. Each is started when first asked for and lives till the end.

PostgreSQL is a real server of its own in a temporary folder, reached through a socket there; Spark runs in this machine.
"""

import functools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
from sqlglot import exp

from vbs_site.catalogue.model import Catalogue
from vbs_site.engines import postgres_engine, spark_engine, tiny_tables
from vbs_site.engines.duckdb_engine import quoted
from vbs_site.engines.postgres_engine import Postgres
from vbs_site.engines.primitives import cast, column, named
from vbs_site.engines.relations import Relation
from vbs_site.engines.selects import tables_of
from vbs_site.engines.tiny_tables import NOBODY, Filled, InMemory, Rows, in_memory
from vbs_site.measures.derived import derivation
from vbs_site.measures.shape import GROUPS, STATISTICS

os.environ["JAVA_TOOL_OPTIONS"] = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # Spark in tests is short-lived
RUN = ExitStack()
"""What is open while tests run; `tests/conftest.py` closes it."""


def fill(
    engine: Filled, catalogue: Catalogue, query: exp.Query, tables: Mapping[str, Sequence[Mapping[str, Any]]]
) -> None:
    """Fill the sources that a query reads, as `tiny_tables.fill` does, and derive those that are derived."""
    read = {node.name for node in tables_of(query, catalogue.sources)}
    tiny_tables.fill(engine, catalogue, sorted({catalogue.base_of(each) for each in read}), tables)
    for name in catalogue.derived_of(read):
        engine.derive(name, derivation(catalogue, name))


@functools.cache
def engine_called(name: str) -> Filled:
    """Return the one engine of that name in this run."""
    return {"duckdb": _in_memory, "postgres": OwnServer, "spark": LocalSpark}[name]()


def _in_memory() -> InMemory:
    engine = in_memory()
    RUN.enter_context(engine.connection)
    return engine


class OwnServer:
    """PostgreSQL with tables in the schema `delivered`, read through the product's own read-only connection."""

    def __init__(self) -> None:
        start_postgres()
        self.writer = RUN.enter_context(psycopg.connect("", autocommit=True))
        self.writer.execute("CREATE SCHEMA delivered")
        self.relations: dict[str, Relation] = {}
        self.reader = RUN.enter_context(postgres_engine.opened({}))

    def fill(self, name: str, columns: Mapping[str, str], rows: Rows) -> None:
        there = f"delivered.{quoted(name)}"
        declared = ", ".join(f"{quoted(key)} {kind}" for key, kind in columns.items())
        statements = [f"DROP TABLE IF EXISTS {there}", f"CREATE TABLE {there} ({declared})"]
        if rows:
            values = ", ".join(
                f"({', '.join('NULL' if text is None else quoted(text, chr(39)) for text in row)})"
                for row in rows
            )
            statements.append(f"INSERT INTO {there} VALUES {values}")
        self.writer.execute("; ".join(statements))
        self.relations[name] = Relation(
            tuple((key, key, kind) for key, kind in columns.items()), table=f"delivered.{name}"
        )

    def derive(self, name: str, query: exp.Query) -> None:
        self.relations[name] = Relation((), query=query)

    def rows(self, query: exp.Query) -> list[tuple[Any, ...]]:
        try:
            return Postgres(self.reader.connection, self.relations).rows(query)
        finally:
            self.reader.connection.rollback()  # the next test sees what it fills


class LocalSpark:
    """Spark with views over rows that it holds itself, set for tiny tables."""

    QUICK = {
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    }

    def __init__(self) -> None:
        spill = Path(RUN.enter_context(tempfile.TemporaryDirectory(prefix="vbs-spark-")))
        self.engine = RUN.enter_context(spark_engine.opened({}, 1024, spill, 1))
        for key, value in self.QUICK.items():
            self.engine.session.conf.set(key, value)

    def fill(self, name: str, columns: Mapping[str, str], rows: Rows) -> None:
        names = list(columns)
        given = rows or [[None] * len(names)]
        values = exp.values(
            [
                tuple(exp.null() if text is None else exp.Literal.string(text) for text in row)
                for row in given
            ],
            alias="v",
            columns=names,
        )
        typed = exp.select(
            *(named(cast(column(key), kind), key) for key, kind in columns.items()),
            *(named(cast(exp.null(), kind), key) for key, kind in NOBODY.items()),
        ).from_(values)
        if not rows:
            typed = typed.where(exp.false())
        self.engine.session.sql(typed.sql("spark")).createOrReplaceTempView(f"`{name}`")

    def derive(self, name: str, query: exp.Query) -> None:
        self.engine.see(name, Relation((), query=query))

    def rows(self, query: exp.Query) -> list[tuple[Any, ...]]:
        return self.engine.rows(query)


@functools.cache
def start_postgres() -> None:
    """Start a server for this run and make it the one that libpq finds; whatever the machine's own user has set is put aside."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    initdb = programs[-1] if programs else Path(shutil.which("initdb") or "initdb")
    folder = Path(tempfile.mkdtemp(prefix="vbs-pg-"))
    RUN.callback(shutil.rmtree, folder, ignore_errors=True)
    as_user: list[str] = []
    if os.getuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    user = "postgres" if as_user else pwd.getpwuid(os.getuid()).pw_name
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        command = [*as_user, str(initdb.with_name(program)), *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    run("initdb", "-D", str(data), "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-U", user)
    options = f"-k {folder} -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=32MB -c jit=off"
    RUN.callback(run, "pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
    run("pg_ctl", "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]
    os.environ |= {"PGHOST": str(folder), "PGUSER": user, "PGDATABASE": "postgres"}


def named_rows(engine, query):
    """Return what a compiled query gives, by the names of its columns; a column that it leaves out is null or 0."""
    lacking, names = dict.fromkeys(GROUPS) | dict.fromkeys(STATISTICS, 0), query.named_selects
    return [lacking | dict(zip(names, row, strict=True)) for row in engine.rows(query)]
