"""Which numbers a release publishes in a place, so that every number on a page can be accounted for.

A number that stands where figures are hidden, or that no published figure there explains, was left over from somewhere.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from vbs_site.audit.naming import Place
from vbs_site.audit.release import ALL, HIDDEN, NATIONAL, SHOWN, Cell, Line, Release

NUMBERS = ("value", "lower", "upper", "n", "numerator", "exposure")
JUDGED = (
    "reference",
    "difference",
    "lower",
    "upper",
    "centre",
    "lower_95",
    "upper_95",
    "lower_998",
    "upper_998",
    "spread",
)
VALUED = (
    *("outcome", "outcome_lower", "outcome_upper", "outcome_reference"),
    *("resource", "resource_lower", "resource_upper", "resource_reference"),
)
_WRITTEN = {
    "da": re.compile(r"(?<![\w.,])[-−]?(?:\d{1,3}(?:[.\u00a0\u202f]\d{3})+|\d+)(?:,\d+)?(?![\w]|[.,]\d)"),
    "en": re.compile(r"(?<![\w.,])[-−]?(?:\d{1,3}(?:[,\u00a0\u202f]\d{3})+|\d+)(?:\.\d+)?(?![\w]|[.,]\d)"),
}
SLACK = 1.0 + 1e-9


class Number(NamedTuple):
    """A number as it is written: its value and how many decimals it has."""

    value: float
    decimals: int


def numbers_in(text: str, language: str) -> list[Number]:
    """Return the numbers in a text of a language, `da` or `en`."""
    return [number for number, _ in written_in(text, language)]


def written_in(text: str, language: str) -> Iterator[tuple[Number, tuple[int, int]]]:
    """Yield the numbers in a text of a language and where they stand."""
    groups, point = (".", ",") if language == "da" else (",", ".")
    for match in _WRITTEN["da" if language == "da" else "en"].finditer(text):
        written = match[0].replace("−", "-").replace("\u00a0", "").replace("\u202f", "")
        whole, _, part = written.replace(groups, "").partition(point)
        yield Number(float(f"{whole}.{part or 0}"), len(part)), match.span()


class Account:
    """Everything that a release shows, by place."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self._lines = defaultdict[tuple[str | None, str | None, str | None], list[Line]](list)
        for line in release.figures:
            of = line.values
            self._lines[of["indicator"], of["unit"], of["period"]].append(line)
            self._lines[of["indicator"], of["unit"], None].append(line)
            self._lines[of["indicator"], None, of["period"]].append(line)
            self._lines[of["indicator"], None, None].append(line)
        self._judged = defaultdict[Cell, list[Line]](list)
        for name in ("comparisons", "control", "funnel"):
            for line in release.tables.get(name, ()):
                self._judged[line.cell()].append(line)
        self._valued = defaultdict[tuple[str, str], list[Line]](list)
        for line in release.tables.get("value", ()):
            self._valued[line.values["unit"], line.values["period"]].append(line)
        self._flow = defaultdict[str, list[Line]](list)
        for line in release.tables.get("flow", ()):
            self._flow[line.values["indicator"]].append(line)
        self._quality = defaultdict[tuple[str, str], list[Line]](list)
        for line in release.tables.get("quality", ()):
            self._quality[line.values["source"], line.values["period"]].append(line)
        self._told_by_place = dict[str, tuple[float, ...]]()
        self._pools = dict[Place, tuple[float, ...]]()

    def lines(self, place: Place) -> list[Line]:
        """Return the lines of results that a place can speak of; a subgroup that is not said is everyone."""
        found = self._lines.get((place.indicator, place.unit, place.period), [])
        return [
            line
            for line in found
            if (place.statistic is None or line.values["statistic"] == place.statistic)
            and (
                place.unit_kind is None
                or place.unit == NATIONAL
                or line.values["unit_kind"] == place.unit_kind
            )
            and line.values["stratum"] == (place.stratum or ALL)
        ]

    def hidden(self, place: Place) -> Line | None:
        """Return the first hidden line of a place; None when it has one that is shown, or none that is hidden."""
        lines = self.lines(place)
        if any(line.values["status"] == SHOWN for line in lines):
            return None
        return next((line for line in lines if line.values["status"] == HIDDEN), None)

    def wholly_hidden(self, place: Place) -> Line | None:
        """Return the first line of a place where every line is hidden, else None."""
        lines = self.lines(place)
        return lines[0] if lines and all(line.values["status"] == HIDDEN for line in lines) else None

    def partly_hidden(self, place: Place) -> Line | None:
        """Return the first hidden line of a place, whatever else is shown there."""
        return next((line for line in self.lines(place) if line.values["status"] == HIDDEN), None)

    def told(self, line: Line) -> tuple[float, ...]:
        """Return the numbers that may stand where a line is shown: its own, and those of its judgements."""
        if line.place not in self._told_by_place:
            of = list[float | None]()
            if line.values["status"] == SHOWN or line.count_of("n") == 0:
                of += [line.number_of(column) for column in NUMBERS]
                n, numerator = line.number_of("n"), line.number_of("numerator")
                of.append(n - numerator if n is not None and numerator is not None else None)
                for judged in self._judged[line.cell()]:
                    of += [judged.number_of(column) for column in JUDGED]
            for valued in self._valued[line.values["unit"], line.values["period"]]:
                of += [valued.number_of(column) for column in VALUED]
            self._told_by_place[line.place] = tuple(each for each in of if each is not None)
        return self._told_by_place[line.place]

    def pool(self, place: Place) -> tuple[float, ...]:
        """Return every number that may stand in a place."""
        if place not in self._pools:
            found = set[float]()
            for line in self.lines(place):
                found.update(self.told(line))
            self._pools[place] = tuple(sorted(found))
        return self._pools[place]

    def of_indicator(self, indicator: str) -> tuple[float, ...]:
        """Return every number that a page of an indicator may hold, subgroups and flow included."""
        place = Place(indicator=indicator)
        if place not in self._pools:
            found = {float(line.number_of("count") or 0) for line in self._flow[indicator]}
            for line in self._lines[indicator, None, None]:
                found.update(self.told(line))
            self._pools[place] = tuple(sorted(found))
        return self._pools[place]

    def of_source(self, source: str, period: str | None, unit: str | None) -> tuple[float, ...]:
        """Return the counts of rows that may stand where a source, period and unit are told."""
        found = set[float]()
        periods = (
            [period] if period is not None else sorted({key[1] for key in self._quality if key[0] == source})
        )
        for each in periods:
            for line in self._quality.get((source, each), ()):
                if unit is None or line.values["unit"] == unit or line.values["deliverer"] == unit:
                    found.update(n for column in ("count", "of") if (n := line.number_of(column)) is not None)
        return tuple(sorted(found))


def explained(number: Number, by: Sequence[float]) -> bool:
    """Return whether one of some published numbers is what is written, as it is or in per cent."""
    half, value = 0.5 * 10.0**-number.decimals * SLACK + 1e-9, abs(number.value)
    return any(near(sign * value / scale, by, half / scale) for scale in (1, 100) for sign in (1, -1))


def near(number: float, by: Sequence[float], within: float) -> bool:
    """Return whether one of some published numbers, in order of size, lies this near to a number."""
    place = bisect_left(by, number - within)
    return place < len(by) and by[place] <= number + within
