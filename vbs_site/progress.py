"""What a run says while it works: a bar per step on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Tick = Callable[[str], None]
"""Told the name of the part that begins."""


class Reporter:
    """Says what is done, on standard error; results and the closing summary go to standard output."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._quiet = quiet

    @contextmanager
    def step(self, name: str, parts: int) -> Iterator[Tick]:
        """Give a function that is told each part of a step as it begins.

        Args:
            name: of the step.
            parts: how many parts are expected.
        """
        if self._quiet:
            yield lambda _part: None
        elif self._console.is_terminal:
            with self._bar(name, parts) as tick:
                yield tick
        else:
            started = time.monotonic()
            print(f"{name} …", file=sys.stderr, flush=True)
            yield lambda part: print(f"  {name}: {part}", file=sys.stderr, flush=True)
            print(f"{name} done in {time.monotonic() - started:.1f} s", file=sys.stderr, flush=True)

    @contextmanager
    def _bar(self, name: str, parts: int) -> Iterator[Tick]:
        columns = (
            TextColumn("{task.fields[step]:<8}"),
            BarColumn(28),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
        )
        with Progress(*columns, console=self._console) as progress:
            task = progress.add_task("", total=parts, step=name)
            begun = 0

            def tick(part: str) -> None:
                nonlocal begun
                progress.update(task, description=part, completed=begun)
                begun += 1

            yield tick
            progress.update(task, description="", completed=max(parts, begun), total=max(parts, begun))
