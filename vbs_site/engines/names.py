"""The engines that can be chosen, by name."""

from typing import Literal, get_args

EngineName = Literal["duckdb", "postgres", "spark"]
ENGINES: tuple[EngineName, ...] = get_args(EngineName)
