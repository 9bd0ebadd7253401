"""What every engine can do, and how one is chosen. Nothing outside this room knows which engine it talks to."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlglot import exp

from vbs_site.engines.names import EngineName
from vbs_site.engines.relations import Relation

GIBIBYTE = 2**30


def default_memory_mb() -> int:
    """Return the memory a computation may use unless told otherwise: the least of 1 GB and a quarter of the machine's."""
    try:
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):  # not every system tells
        machine = 4 * GIBIBYTE
    return int(min(GIBIBYTE, machine // 4) // 2**20)


@dataclass(frozen=True)
class Settings:
    """Which engine computes, and what it may use.

    Attributes:
        name: the engine.
        memory_mb: limit in MiB of the process with the embedded engine, and of Spark on this machine.
        threads: how many threads they use; None for all cores. A database server keeps its own house.
        anew: whether everything is computed again, even what was computed before from the same rows.
    """

    name: EngineName = "duckdb"
    memory_mb: int = 1024
    threads: int | None = None
    anew: bool = False


class Engine(Protocol):
    """Something that answers SELECTs over the sources."""

    def rows(self, query: exp.Query) -> list[tuple[Any, ...]]:
        """Run one SELECT over sources by name and return its rows. The query is used up.

        Raises:
            FaultError: with one line that never quotes data.
        """


@contextmanager
def open_engine(
    settings: Settings, relations: Mapping[str, Relation], folders: Sequence[Path], spill: Path
) -> Iterator[Engine]:
    """Give an engine in which every source can be read by its name.

    Args:
        settings: which engine, and its limits.
        relations: source to where its rows lie.
        folders: the only folders that the embedded engine may read.
        spill: folder for what does not fit in memory; removed by the caller.

    Raises:
        FaultError: when the engine cannot be opened (exit code 14), or a table does not fit its contract (exit code 11).
    """
    # An engine is loaded when it is chosen: two of them are optional extras.
    if settings.name == "postgres":
        from vbs_site.engines import postgres_engine  # noqa: PLC0415

        with postgres_engine.opened(relations) as postgres:
            yield postgres
    elif settings.name == "spark":
        from vbs_site.engines import spark_engine  # noqa: PLC0415

        with spark_engine.opened(relations, settings.memory_mb, spill, settings.threads) as spark:
            yield spark
    else:
        from vbs_site.engines import duckdb_engine  # noqa: PLC0415

        with duckdb_engine.opened(relations, folders, settings.memory_mb, spill, settings.threads) as duckdb:
            yield duckdb
