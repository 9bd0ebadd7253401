"""Measured processes: one at a time, each by itself, with the same limits on all sides."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.data import PROJECT, extracts, shared_bench

Report = dict[str, Any]
"""What `sides.py` writes."""
OUTSIDE = {"check", "extracts", "between", "imports"}
"""Parts of a computation that are not computing: the catalogue, the deliveries, writing the files."""


def compute_cpu(report: Report) -> float:
    """Return the CPU seconds from opening the engine to the finished aggregates."""
    return sum(seconds for part, seconds in report["parts"].items() if part not in OUTSIDE)


def compute_elapsed(report: Report) -> float:
    """Return the elapsed seconds from opening the engine to the finished aggregates."""
    return sum(seconds for part, seconds in report["elapsed"].items() if part not in OUTSIDE)


@dataclass(frozen=True)
class Bench:
    """One size, and what every process on it is given.

    Attributes:
        folder: the extracts as generated.
        millions: contacts, in millions.
        memory: limit of the engine in MiB.
        threads: of the engine.
        pairs: how often a pair is run.
        python: interpreter with pandas and pyarrow.
    """

    folder: Path
    millions: float
    memory: int
    threads: int
    pairs: int
    python: str

    @classmethod
    def of(cls, millions: float, options: Any) -> "Bench":
        """Return the bench of a size, its extracts generated, delivered and checked."""
        folder = extracts(options.data.resolve(), millions, options.reference_python)
        bench = cls(
            folder, millions, options.memory, options.threads, options.pairs, options.reference_python
        )
        shutil.rmtree(bench.checked, ignore_errors=True)
        bench.run("prepare", folder / "delivered", bench.checked, bench.memory, bench.threads)
        return bench

    @property
    def size(self) -> str:
        """Return the size as it stands in tables."""
        return f"{self.millions:g} M"

    @property
    def checked(self) -> Path:
        """Return the cache of a product that has checked the deliveries and computed nothing."""
        return self.folder / "checked"

    def run(self, side: str, *words: object, threads: int | None = None) -> Report:
        """Run one side of `sides.py` and return its report."""
        with tempfile.TemporaryDirectory() as out:
            report = Path(out) / "report.json"
            python = self.python if side == "pandas" else sys.executable
            command = [python, str(PROJECT / "bench" / "sides.py"), side, str(report), *map(str, words)]
            # Compiled Python is kept beside the extracts, so that a start-up is one of an installed product everywhere.
            environment = {
                key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"
            }
            environment["PYTHONPYCACHEPREFIX"] = str(self.folder.parent / "pycache")
            environment["OMP_NUM_THREADS"] = str(threads or self.threads)  # pyarrow reads with as many
            subprocess.run(command, check=True, cwd=out, stdout=subprocess.DEVNULL, env=environment)
            return dict(json.loads(report.read_text(encoding="utf-8")))

    def product(self, *, memory: int | None = None, threads: int | None = None) -> Report:
        """Compute everything from deliveries that are checked, with nothing computed before."""
        with self.room() as room:
            shutil.copytree(self.checked, room / "cache")
            return self.compute(self.folder / "delivered", room, memory=memory, threads=threads)

    def compute(
        self,
        delivered: Path,
        room: Path,
        *,
        memory: int | None = None,
        threads: int | None = None,
        only: str = "",
        cache: str = "cache",
    ) -> Report:
        """Compute in a room that holds a cache and gets the aggregates."""
        limits = memory or self.memory, threads or self.threads
        return self.run("product", delivered, room / cache, room, *limits, only)

    def side(self, name: str) -> Report:
        """Run one side of the comparison."""
        if name == "product":
            return self.product()
        if name == "pandas":
            return self.run(name, self.folder, shared_bench() / "pd_run.py")
        folder = self.folder if name == "hand" else self.folder / "delivered"
        return self.run(name, folder, self.memory, self.threads)

    @contextmanager
    def room(self) -> Iterator[Path]:
        """Give an empty folder on the disk of the extracts."""
        with tempfile.TemporaryDirectory(dir=self.folder.parent, prefix="room-") as room:
            yield Path(room)
