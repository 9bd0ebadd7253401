"""Sums of additive statistics, column by column: whole numbers and decimals are added with every digit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from vbs_site.measures.shape import STATISTICS, TYPES

ALL = "all"
"""Stratum that holds everyone."""

MAIN = ""
"""Part that holds everyone; other parts divide a unit's row for a life table or for standardisation."""

Column = NDArray[Any]
KEYS = ("unit_kind", "unit", "period", "stratum", "part")
"""What tells rows apart: text, and the index of a period."""


@dataclass(frozen=True)
class Sums:
    """Sums per unit, period, stratum and part; no two rows have the same key.

    Attributes:
        keys: the columns of `KEYS`.
        statistics: name to int64, or to `Decimal` where `shape.TYPES` says so; one that is not there is 0 in every row.
    """

    keys: Mapping[str, Column]
    statistics: Mapping[str, Column]

    def __len__(self) -> int:
        return len(self.keys["period"])

    def where(self, chosen: Column) -> "Sums":
        """Return the rows of a mask."""
        return self if chosen.all() else Sums(*(taken(each, chosen) for each in (self.keys, self.statistics)))

    def statistic(self, name: str) -> Column:
        """Return a statistic of every row."""
        found = self.statistics.get(name)
        return zeros(name, len(self)) if found is None else found

    def everyone(self) -> Column:
        """Return which rows are of everyone: neither a stratum nor a part."""
        return np.asarray((self.keys["stratum"] == ALL) & (self.keys["part"] == MAIN))

    def cells(self) -> Iterator[dict[str, Any]]:
        """Give every row by the names of its columns, with every statistic."""
        columns = {**self.keys, **{name: self.statistic(name) for name in STATISTICS}}
        for row in zip(*(column.tolist() for column in columns.values()), strict=True):
            yield dict(zip(columns, row, strict=True))


def taken(columns: Mapping[str, Column], chosen: Column) -> Mapping[str, Column]:
    """Return some rows of columns: a mask or places."""
    return {name: column[chosen] for name, column in columns.items()}


def zeros(name: str, length: int) -> Column:
    """Return the sums of no rows: exact zeros of a statistic's type."""
    if TYPES[name].startswith("DECIMAL"):
        return objects([Decimal(0)] * length)
    return np.zeros(length, np.int64)


def objects(values: Sequence[Any]) -> Column:
    """Return values as a column of Python objects."""
    column = np.empty(len(values), object)
    column[:] = values
    return column


def exact(column: Column) -> Column:
    """Return whole numbers or decimals as decimals."""
    return column if column.dtype == object else objects([Decimal(value) for value in column.tolist()])


NOTHING = Sums({name: np.zeros(0, np.int64) if name == "period" else objects([]) for name in KEYS}, {})


def joined(some: Sequence[Sums]) -> Sums:
    """Return sums with different keys as one."""
    some = [one for one in some if len(one)] or [NOTHING]
    names = [name for name in STATISTICS if any(name in one.statistics for one in some)]
    return Sums(
        {name: np.concatenate([one.keys[name] for one in some]) for name in KEYS},
        {name: np.concatenate([one.statistic(name) for one in some]) for name in names},
    )


def merged(some: Sequence[Sums]) -> Sums:
    """Return several sums as one: rows with the same key are added."""
    one = joined(some)
    groups = [numbered(column) for column in one.keys.values()]
    firsts, sums = summed([(codes, len(values)) for codes, values in groups], one.statistics)
    return Sums(taken(one.keys, firsts), sums)


def summed(
    groups: Sequence[tuple[Column, int]], statistics: Mapping[str, Column]
) -> tuple[Column, dict[str, Column]]:
    """Add up rows that are equal in every group.

    Args:
        groups: per group the number of each row's value, and how many values there are.
        statistics: columns to add up.

    Returns:
        The place of a row of each sum, and the sums.
    """
    length = len(groups[0][0])
    key = np.zeros(length, np.int64)
    for codes, size in groups:
        key = key * size + codes
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    starts = np.flatnonzero(np.concatenate([np.ones(min(1, length), bool), ordered[1:] != ordered[:-1]]))
    if not length:
        return starts, dict(statistics)
    sums = {name: np.add.reduceat(column[order], starts) for name, column in statistics.items()}
    return order[starts], sums


def numbered(values: Sequence[Any] | Column) -> tuple[Column, list[Any]]:
    """Return the number of each row's value, and the values in order of their first row."""
    if isinstance(values, np.ndarray):  # of text or whole numbers, without empty ones
        codes, found = pd.factorize(values)
        return codes, np.asarray(found).tolist()
    known = dict[Any, int]()
    return np.array([known.setdefault(value, len(known)) for value in values], np.int64), list(known)
