"""Spark, for those who outgrow one machine: local by default, a cluster when `VBS_SPARK_MASTER` names one.

Spark's own configuration (credentials, catalogues of tables) is its own affair: `spark-defaults.conf` in
`SPARK_CONF_DIR`. What a number means is set here and cannot be changed there.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from vbs_site.diagnostics import ExitCode, FaultError
from vbs_site.engines.primitives import table
from vbs_site.engines.relations import Kind, Relation
from vbs_site.engines.selects import only_select

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

DIALECT = "spark"
MASTER = "VBS_SPARK_MASTER"
"""Environment variable with the cluster's address; without it Spark runs inside this machine."""
LEAST_MEMORY_MB = 1024
"""A Java machine with Spark in it does not start with much less."""
KINDS: dict[str, Kind] = {
    "byte": "whole number",
    "short": "whole number",
    "integer": "whole number",
    "long": "whole number",
    "decimal": "number",
    "float": "number",
    "double": "number",
    "string": "text",
    "char": "text",
    "varchar": "text",
    "boolean": "boolean",
    "date": "date",
    "timestamp_ntz": "timestamp",
}
MEANING = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "false",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",  # else a square of DECIMAL(19, 6) loses its last digit
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
}
"""Settings that a number depends on."""
QUOTING = ("SQLQueryContextLogger", "DataFrameQueryContextLogger")
"""Loggers of pyspark that repeat an error in full, with the value that it failed on: a patient's."""


class Spark:
    """A session in which every source is a temporary view."""

    def __init__(self, session: "SparkSession") -> None:
        self.session = session

    def rows(self, query: exp.Query) -> list[tuple[Any, ...]]:
        """Run one SELECT over the sources and return its rows.

        Raises:
            FaultError: when Spark refuses or fails (exit code 14). Its own sentence is not repeated, since it may quote data.
            TypeError: when it is not one SELECT.
        """
        from py4j.protocol import Py4JError  # noqa: PLC0415 - an optional extra
        from pyspark.errors import PySparkException  # noqa: PLC0415

        frame_of = only_select(query).sql(DIALECT)
        try:
            return [tuple(row) for row in self.session.sql(frame_of).collect()]
        except (PySparkException, Py4JError) as error:
            rule = "Spark answers every SELECT"
            raise FaultError.one(ExitCode.ENGINE, "engine spark", rule, got=_kind_of(error)) from None

    def see(self, name: str, relation: Relation) -> None:
        """Make a source readable by its name.

        Raises:
            FaultError: when its table is not there or does not fit the contract, or its files cannot be read (exit
                code 11).
        """
        from py4j.protocol import Py4JError  # noqa: PLC0415 - an optional extra
        from pyspark.errors import PySparkException  # noqa: PLC0415

        try:
            if relation.query is not None:
                frame = self.session.sql(only_select(relation.query).sql(DIALECT))
            else:
                frame = self._of_table(name, relation) if relation.table else self._of_files(name, relation)
            frame.createOrReplaceTempView(f"`{name}`")
        except (PySparkException, Py4JError) as error:
            rule = "the table or the files of the source can be read"
            raise FaultError.one(
                ExitCode.EXTRACTS, relation.table or name, rule, got=_kind_of(error)
            ) from None

    def _of_table(self, name: str, relation: Relation) -> "DataFrame":
        rows = relation.table_node()
        fields = self.session.sql(exp.select("*").from_(rows.copy()).sql(DIALECT)).schema.fields
        kinds = {field.name: KINDS.get(field.dataType.typeName(), "other") for field in fields}
        faults = list(relation.table_faults(name, kinds))
        if faults:
            raise FaultError(ExitCode.EXTRACTS, faults)
        return self.session.sql(relation.select(rows, relation.deliverer).sql(DIALECT))

    def _of_files(self, name: str, relation: Relation) -> "DataFrame":
        frames = []
        for number, (deliverer, parts) in enumerate(groupby(relation.parts, key=lambda part: part.deliverer)):
            files = f"_{name}_{number}"  # no source's name begins so
            paths = [str(part.path) for part in parts]
            self.session.read.parquet(*paths).createOrReplaceTempView(files)
            frames.append(self.session.sql(relation.select(table(files), deliverer).sql(DIALECT)))
        whole = frames[0]
        for frame in frames[1:]:
            whole = whole.unionAll(frame)
        return whole


def session_for(memory_mb: int, spill: Path, threads: int | None = None) -> "SparkSession":
    """Return a session on the cluster that the environment names, or on this machine.

    Args:
        memory_mb: memory of the Java machine when Spark runs on this machine.
        spill: folder for what does not fit in memory; removed by the caller.
        threads: how many to use on this machine; None for all cores.

    Raises:
        FaultError: when pyspark or Java is not there, or the cluster does not answer (exit code 14).
    """
    try:
        from py4j.protocol import Py4JError  # noqa: PLC0415 - an optional extra
        from pyspark.errors import PySparkException  # noqa: PLC0415
        from pyspark.logger import PySparkLogger  # noqa: PLC0415
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError:
        hint = "Install it: pip install 'vbs-site[spark]'"
        raise FaultError.one(
            ExitCode.ENGINE, "engine spark", "the package pyspark is installed", hint=hint
        ) from None
    cores = threads or os.cpu_count() or 1
    master = os.environ.get(MASTER) or f"local[{cores}]"
    for name in QUOTING:
        PySparkLogger.getLogger(name).disabled = True
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "OFF",
        "spark.sql.warehouse.dir": (spill / "warehouse").as_uri(),
    }
    if master.startswith("local"):
        settings |= {
            "spark.driver.memory": f"{max(memory_mb, LEAST_MEMORY_MB)}m",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.local.dir": str(spill),
            "spark.sql.shuffle.partitions": str(2 * cores),
        }
    try:
        builder = SparkSession.builder.appName("vbs-site").master(master).config(map={**settings, **MEANING})
        with _java_says_nothing():
            session: SparkSession = builder.getOrCreate()
    except (PySparkException, Py4JError, OSError) as error:
        rule = "Spark starts"
        hint = f"Install Java 17 or newer, or correct {MASTER}"
        raise FaultError.one(ExitCode.ENGINE, "engine spark", rule, got=_kind_of(error), hint=hint) from None
    return session


@contextmanager
def _java_says_nothing() -> Iterator[None]:
    """Start the Java machine without our standard error: it keeps what it is born with, and logs failing values there."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


@contextmanager
def opened(
    relations: Mapping[str, Relation], memory_mb: int, spill: Path, threads: int | None = None
) -> Iterator[Spark]:
    """Give a session with one view per source, and stop it at the end.

    Args:
        relations: source to its files, its table or its SELECT; what a SELECT names comes before it.
        memory_mb: as for `session_for`.
        spill: as for `session_for`.
        threads: as for `session_for`.
    """
    session = session_for(memory_mb, spill, threads)
    try:
        engine = Spark(session)
        for name, relation in relations.items():
            engine.see(name, relation)
        yield engine
    finally:
        session.stop()


def _kind_of(error: Exception) -> str:
    """Return the class of Spark's refusal, such as DIVIDE_BY_ZERO: its sentence can hold a patient's value."""
    condition = getattr(error, "getCondition", None)
    return str((condition() if condition else None) or type(error).__name__)
