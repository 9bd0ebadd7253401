"""The engines that can be chosen, by name, and what each reads."""

from typing import Literal, get_args

EngineName = Literal["duckdb", "postgres", "spark"]
ENGINES: tuple[EngineName, ...] = get_args(EngineName)
"""The first is the one that computes unless another is chosen."""

READ_FILES: tuple[EngineName, ...] = ("duckdb", "spark")
READ_TABLES: tuple[EngineName, ...] = ("postgres", "spark")
"""An engine that reads both reads a source's table where it has one, and its files elsewhere."""
