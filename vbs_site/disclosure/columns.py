"""The counts that stand behind the figures of an indicator, column by column: the group, who has the event, the rest.

The same people can stand behind several figures: the share free of an event at two times, a response rate and the change
of those who answered, two indicators of the same patients. Columns that hold the same numbers wherever both have one are
the same counts, so what one figure tells is known of the other.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pandas as pd

from vbs_site.catalogue.indicators import Indicator, Rate
from vbs_site.catalogue.populations import PersonTime
from vbs_site.catalogue.statistics import (
    ANSWERED,
    CRUDE,
    DIRECT,
    INDIRECT,
    TIME_FREE,
    Statistic,
    over_population,
    statistics_of,
)
from vbs_site.disclosure.sums import Cell
from vbs_site.tables import records

GROUP, ASKED, EVENT, AMOUNT = "group", "asked", "event", "amount"
Column = tuple[str, str]
"""(indicator, what is counted): `group`, `asked`, `event`, `event DAY`, or `amount` of money."""
FEWEST_TO_RECOGNISE = 8
"""Cells with people that two columns must share before equal numbers make them the same counts."""
FEWEST_VALUES = 3
"""Different numbers that there must be among these: ones and twos are equal by chance."""


@dataclass(frozen=True)
class Entry:
    """One line of the results: a statistic in a cell, with the columns whose counts it shows."""

    row: int
    indicator: str
    statistic: Statistic
    cell: Cell
    status: str
    columns: tuple[Column, ...]

    def showing(self, column: Column) -> "Entry":
        """Return the entry with one more column that it shows."""
        return replace(self, columns=(*self.columns, column))


@dataclass
class Counted:
    """Everything that is counted for some indicators.

    Attributes:
        numbers: column to cell to count.
        entries: every line of the results, whatever its status.
        within: (whole, part) columns of one indicator where the part is some of the people of the whole, so that the
            rest can be worked out.
    """

    numbers: dict[Column, dict[Cell, int]] = field(default_factory=lambda: defaultdict(dict))
    entries: list[Entry] = field(default_factory=list)
    within: list[tuple[Column, Column]] = field(default_factory=list)


def counted(indicators: Mapping[str, Indicator], findings: pd.DataFrame) -> Counted:
    """Return the counts of every indicator.

    Args:
        indicators: by id.
        findings: the table of `vbs_site.statistics.findings`; the index names the row of each entry.
    """
    found = Counted()
    by_name = {str(name): rows for name, rows in findings.groupby("indicator", sort=False)}
    for name, indicator in indicators.items():
        rows = by_name.get(name)
        if rows is None:
            continue
        columns = {each.name: _columns(name, indicator, each) for each in statistics_of(indicator)}
        statistics = {each.name: each for each in statistics_of(indicator)}
        for place, row in zip(rows.index, records(rows), strict=True):
            statistic = statistics[str(row["statistic"])]
            cell = Cell(*(str(row[key]) for key in Cell._fields))
            shown = columns[statistic.name]
            for column, key in zip(shown, ("n", "numerator"), strict=False):
                if column is not None and pd.notna(row[key]):
                    found.numbers[column][cell] = round(float(row[key]))
            told = [each for each in shown if each is not None]
            if statistic.name == TIME_FREE:  # the days it sums up tell of the events at every time
                told += [one for many in columns.values() for one in many[1:] if one is not None]
            found.entries.append(
                Entry(place, name, statistic, cell, str(row["status"]), tuple(dict.fromkeys(told)))
            )
        found.within += _within(name, indicator, columns)
    return found


def _columns(name: str, indicator: Indicator, statistic: Statistic) -> tuple[Column | None, Column | None]:
    """Return the columns of n and of the numerator; None where there is none, or where n is public."""
    if statistic in ANSWERED:
        return (name, ASKED), (name, GROUP)
    group = None if over_population(indicator) else (name, GROUP)
    if not statistic.counts:
        return group, None
    if statistic in (DIRECT, INDIRECT, *CRUDE):
        return group, (name, EVENT)
    what = EVENT if statistic.day is None else f"{EVENT} {statistic.day}"
    return group, (name, what)


def _within(
    name: str, indicator: Indicator, columns: Mapping[str, tuple[Column | None, Column | None]]
) -> list[tuple[Column, Column]]:
    timed = isinstance(indicator, Rate) and isinstance(indicator.per, PersonTime)
    pairs = [
        (whole, part)
        for whole, part in columns.values()
        if whole is not None and part is not None and not timed
    ]
    days = {int(each[1].split()[1]) for _, each in pairs if " " in each[1]}
    longest_first = [(name, f"{EVENT} {day}") for day in sorted(days, reverse=True)]
    return list(dict.fromkeys([*pairs, *pairwise(longest_first)]))


def same_counts(found: Counted) -> dict[Column, Column]:
    """Return, for each column, the first of the columns that hold the same counts; itself when there is no other."""
    first = {column: column for column in found.numbers}

    def root(column: Column) -> Column:
        while first[column] != column:
            column = first[column]
        return column

    columns = sorted(each for each in found.numbers if each[1] != AMOUNT)
    profiles = {column: frozenset(found.numbers[column].items()) for column in columns}
    for place, one in enumerate(columns):
        for other in columns[:place]:
            if (
                one[0] != other[0]
                and root(one) != root(other)
                and _same(profiles[one], profiles[other], found, one, other)
            ):
                late, early = sorted((root(one), root(other)), reverse=True)
                first[late] = early
    return {column: root(column) for column in found.numbers}


def _same(
    one: frozenset[tuple[Cell, int]],
    other: frozenset[tuple[Cell, int]],
    found: Counted,
    left: Column,
    right: Column,
) -> bool:
    equal = [count for _, count in one & other if count > 0]
    if len(equal) < FEWEST_TO_RECOGNISE or len(set(equal)) < FEWEST_VALUES:
        return False
    return len(one & other) == len(found.numbers[left].keys() & found.numbers[right].keys())


def families(found: Counted, same: Mapping[Column, Column]) -> list[tuple[str, ...]]:
    """Return the indicators in groups that share counts, each group in order and all of them in order."""
    members: dict[Column, set[str]] = defaultdict(set)
    for column, first in same.items():
        members[first].add(column[0])
    groups: list[set[str]] = []
    for each in [*members.values(), *({entry.indicator} for entry in found.entries)]:
        joined = [group for group in groups if group & each]
        groups = [group for group in groups if not group & each] + [each.union(*joined)]
    return sorted(tuple(sorted(group)) for group in groups)


def of_indicators(found: Counted, names: Iterable[str]) -> Counted:
    """Return what is counted for some of the indicators."""
    chosen = set(names)
    return Counted(
        {column: cells for column, cells in found.numbers.items() if column[0] in chosen},
        [entry for entry in found.entries if entry.indicator in chosen],
        [pair for pair in found.within if pair[0][0] in chosen],
    )
