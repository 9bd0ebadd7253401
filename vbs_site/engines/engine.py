"""What every engine can do, and how one is chosen. Nothing outside this room knows which engine it talks to."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

from sqlglot import exp

from vbs_site.engines.relations import Relation

EngineName = Literal["duckdb"]
ENGINES: tuple[EngineName, ...] = get_args(EngineName)
GIBIBYTE = 2**30


def default_memory_mb() -> int:
    """Return the memory the engine may use unless told otherwise: the least of 1 GB and a quarter of the machine's."""
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
        memory_mb: upper limit in MiB of the embedded engine.
        threads: how many threads the embedded engine uses; None for all cores.
    """

    name: EngineName = "duckdb"
    memory_mb: int = 1024
    threads: int | None = None


class Engine(Protocol):
    """Something that answers SELECTs over the sources."""

    def rows(self, query: exp.Query) -> list[tuple[Any, ...]]:
        """Run one SELECT over sources by name and return its rows.

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
    """
    from vbs_site.engines.duckdb_engine import opened  # noqa: PLC0415 - an engine is loaded when it is chosen

    with opened(relations, folders, settings.memory_mb, spill, settings.threads) as engine:
        yield engine
