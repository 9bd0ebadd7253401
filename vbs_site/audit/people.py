"""Which published columns count the same people.

A column is one count of one statistic: its n, its numerator, or what is left of n without the numerator. Two columns that
are equal wherever both are shown count the same people, whatever they are called: a reader who sees one sees the other.
Equal numbers are taken as proof only when there are enough of them; columns of one indicator need fewer.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from vbs_site.audit.release import HIDDEN, SHOWN, TELLING, UNKNOWN, Line, Release

What = Literal["n", "numerator", "rest"]
ENOUGH, DIFFERENT = 8, 4
"""Equal cells that prove two columns of different indicators the same, and how many different numbers are among them."""
OVER_POPULATION = ("rate", "standardised_rate", "crude_rate")
"""Statistics whose n can be a population or a time, which says nothing of the people counted."""
NO_REST = (*OVER_POPULATION, "standardised_ratio", "ratio", "mean", "mean_change", "adjusted_change")
"""Statistics whose numerator is no part of n, or that have none."""
ASKED = ("response_rate", "complete_share")
"""Statistics whose n are those asked for an answer, and whose numerator those who gave one."""
FREE = "event_free"


class Column(NamedTuple):
    """One count of one statistic."""

    indicator: str
    statistic: str
    what: What


class Spot(NamedTuple):
    """Of whom and when, within a column."""

    unit_kind: str
    unit: str
    period: str
    stratum: str


class Count(NamedTuple):
    """One number of people: what the attack works on."""

    column: Column
    spot: Spot

    @property
    def words(self) -> str:
        """Return the count as it is named in a finding."""
        what = {"n": "n", "numerator": "numerator", "rest": "n without the numerator"}[self.column.what]
        part = "" if self.spot.stratum == "all" else f" {self.spot.stratum}"
        return (
            f"{what} of {self.column.indicator} {self.column.statistic}, "
            f"{self.spot.unit_kind} {self.spot.unit}, {self.spot.period}{part}"
        )


Shown = dict[Column, dict[Spot, tuple[int, str]]]
"""Column to spot to the count that is shown there and the place where it stands."""


def columns_of(release: Release) -> dict[tuple[str, str], tuple[Column, ...]]:
    """Return (indicator, statistic) to the columns of people that it has."""
    found = dict[tuple[str, str], tuple[Column, ...]]()
    counted = {line.figure for line in release.figures if line.values.get("numerator")}
    for line in release.figures:
        if line.figure not in found:
            found[line.figure] = tuple(_columns(release, *line.figure, counts=line.figure in counted))
    return found


def _columns(release: Release, indicator: str, statistic: str, *, counts: bool) -> Iterable[Column]:
    own = release.catalogue.get("indicators", {}).get(indicator, {})
    population = own.get("per") is not None or statistic in OVER_POPULATION
    if not population:
        yield Column(indicator, statistic, "n")
    if counts:
        yield Column(indicator, statistic, "numerator")
        if not population and statistic not in NO_REST and release.policy(indicator).complement:
            yield Column(indicator, statistic, "rest")


def spot_of(line: Line) -> Spot:
    """Return of whom and when a line of results is."""
    of = line.values
    return Spot(of["unit_kind"], of["unit"], of["period"], of["stratum"])


def shown_counts(lines: Sequence[Line], columns: Mapping[tuple[str, str], tuple[Column, ...]]) -> Shown:
    """Return every count of people that lines of results show, or that is the difference of two that they show."""
    shown: Shown = {column: {} for group in columns.values() for column in group}
    for line in lines:
        of = line.values
        group = columns.get((of["indicator"], of["statistic"]), ())
        n, numerator = line.count_of("n"), line.count_of("numerator")
        if n is None and numerator is None:
            continue
        spot = spot_of(line)
        for column in group:
            rest = n - numerator if n is not None and numerator is not None else None
            count = {"n": n, "numerator": numerator, "rest": rest}[column.what]
            if count is not None:
                shown[column][spot] = (count, line.place)
    return shown


def same_people(shown: Shown) -> dict[Column, Column]:
    """Return each column to the first of those that count the same people.

    Args:
        shown: what each column shows.
    """
    leader = {column: column for column in shown}

    def find(column: Column) -> Column:
        while leader[column] != column:
            column = leader[column]
        return column

    for one, other in _candidates(shown):
        if find(one) != find(other) and _equal(
            shown[one], shown[other], near=one.indicator == other.indicator
        ):
            first, later = sorted((find(one), find(other)), key=_order)
            leader[later] = first
    return {column: find(column) for column in shown}


def _order(column: Column) -> tuple[bool, Column]:
    return (column.what != "n", column)


def _candidates(shown: Shown) -> list[tuple[Column, Column]]:
    """Return the pairs of columns that agree in at least one number; the others cannot be the same."""
    at = defaultdict[tuple[Spot, int], list[Column]](list)
    for column in sorted(shown):
        for spot in _probes(shown[column]):
            at[spot, shown[column][spot][0]].append(column)
    pairs = {
        (one, other)
        for together in at.values()
        for place, one in enumerate(together)
        for other in together[place + 1 :]
        if (one.indicator, one.statistic) != (other.indicator, other.statistic)
    }
    return sorted(pairs)


def _probes(spots: Mapping[Spot, tuple[int, str]]) -> list[Spot]:
    """Return the spots where a column shows most, which tell columns apart best."""
    return sorted(spots, key=lambda spot: (-spots[spot][0], spot))[:400]


def _equal(one: Mapping[Spot, tuple[int, str]], other: Mapping[Spot, tuple[int, str]], *, near: bool) -> bool:
    both = one.keys() & other.keys()
    needed, different = (2, 2) if near else (ENOUGH, DIFFERENT)
    if len(both) < needed or any(one[spot][0] != other[spot][0] for spot in both):
        return False
    return len({one[spot][0] for spot in both}) >= different


def nested(columns: Iterable[Column]) -> list[tuple[Column, Column]]:
    """Return (later, earlier) columns of events of one indicator: an event by an earlier day is one by a later day."""
    found = defaultdict[str, list[tuple[float, Column]]](list)
    for column in columns:
        if column.what == "numerator" and column.statistic.startswith(FREE):
            day = column.statistic.removeprefix(FREE).strip("_d")
            found[column.indicator].append((float(day) if day else float("inf"), column))
    pairs = []
    for each in found.values():
        ordered = sorted(each)
        pairs += [(later[1], earlier[1]) for earlier, later in pairwise(ordered)]
    return pairs


def hidden_lines(release: Release) -> Iterable[Line]:
    """Yield the lines of results that keep the counts of a known unit to themselves, whatever sign stands there.

    Rows of an unknown unit point at nobody.
    """
    for line in release.figures:
        if line.values.get("status") in (HIDDEN, *TELLING) and line.values.get("unit") != UNKNOWN:
            yield line


def is_shown(line: Line) -> bool:
    """Return whether a line shows its figure."""
    return line.values.get("status") == SHOWN
