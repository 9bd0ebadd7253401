"""Sparing the garbage collector what is loaded."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def settled() -> Iterator[None]:
    """Spare the garbage collector what is loaded by now and stays: it would walk the modules again and again."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
