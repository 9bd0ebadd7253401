"""The facts as one sparse system of rows over whole numbers, with what an intruder is told of each count alone."""

import math
from collections.abc import Hashable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from vbs_site.audit.facts import ContradictionError, Name, Sum, Target, Told

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

ROUNDING = 1e-6
"""Absolute slack: floating point must neither shut out a whole number that fits nor call a true fact a contradiction."""
RELATIVE = 1e-9
"""What a large number adds to it, as a share of its size."""
NOTHING = -1
"""Stands for: this bound has no fact behind it (a count is never below 0; the sign itself tells so)."""
MOST_PLACES = 6


def slack(numbers: Floats) -> Floats:
    """Return how far off floating point may be at some numbers; where they are infinite it does not matter."""
    return ROUNDING + RELATIVE * np.where(np.isfinite(numbers), np.abs(numbers), 0.0)


def rounded_up(bound: Floats) -> Floats:
    """Return the least whole number not below a bound."""
    return np.asarray(np.ceil(bound - slack(bound)))


def rounded_down(bound: Floats) -> Floats:
    """Return the largest whole number not above a bound."""
    return -rounded_up(-bound)


def _up(bound: float) -> float:
    """Return the least whole number not below one bound."""
    return float(math.ceil(bound - ROUNDING - RELATIVE * abs(bound))) if math.isfinite(bound) else bound


def spans(starts: Whole, lengths: Whole) -> Whole:
    """Return the positions start, …, start + length - 1 of every span, one after the other."""
    ends = np.cumsum(lengths)
    if not len(ends) or not ends[-1]:
        return np.empty(0, np.int64)
    return np.repeat(starts - (ends - lengths), lengths) + np.arange(ends[-1])


class System:
    """Rows `low ≤ Σ coefficient · count ≤ high` and bounds of single counts.

    Attributes:
        names: count of each column, in the order in which they were first named.
        starts: where each row's entries start; one longer than there are rows.
        columns, coefficients: the entries.
        row_low, row_high: limits of the rows.
        low, high: least and largest value of each count, as known so far.
        why_low, why_high: what gave a bound: a row, or below `NOTHING` a place (see `place`).
    """

    def __init__(self, sums: Iterable[Sum], told: Iterable[Told], targets: Iterable[Target]) -> None:
        """Gather the facts.

        Raises:
            ContradictionError: two facts about one count exclude each other.
            ValueError: a coefficient is not a finite number, or a limit is none.
        """
        self._column: dict[Name, int] = {}
        self._bounds: list[list[float]] = []
        self._reasons: list[list[int]] = []
        self._places: list[str] = []
        self._rows: dict[Hashable, int] = {}
        self._limits: list[list[float]] = []
        self._row_places: list[list[int]] = []
        for each in sums:
            parts = ((each.total, 1.0), *((part, -1.0) for part in each.parts))
            self._add(parts, 0.0, 0.0, NOTHING)
        for fact in told:
            self._places.append(fact.where)
            self._add(fact.terms, fact.low, fact.high, len(self._places) - 1)
        for target in targets:
            self._bound(self._number(target.count), 1.0, target.least, target.most, NOTHING)
        self._freeze()

    def _number(self, name: Name) -> int:
        number = self._column.setdefault(name, len(self._column))
        if number == len(self._bounds):
            self._bounds.append([0.0, math.inf])
            self._reasons.append([NOTHING, NOTHING])
        return number

    def _add(self, terms: Sequence[tuple[Name, float]], low: float, high: float, place: int) -> None:
        weights: dict[int, float] = {}
        for name, coefficient in terms:
            column = self._number(name)
            weights[column] = weights.get(column, 0.0) + coefficient
        if math.isnan(low) or math.isnan(high) or not all(map(math.isfinite, weights.values())):
            raise ValueError("a fact needs finite coefficients and limits that are numbers")
        row = sorted((column, weight) for column, weight in weights.items() if weight)
        if not row:
            if low > ROUNDING or high < -ROUNDING:
                raise ContradictionError(self._named([place]))
            return
        if len(row) == 1:
            self._bound(*row[0], low, high, place)
            return
        scale = row[0][1]  # the same row times a factor is one row
        if scale < 0:
            low, high = high, low
        key = tuple((column, weight / scale) for column, weight in row)
        self._narrow_row(key, low / scale, high / scale, place)

    def _narrow_row(self, key: Hashable, low: float, high: float, place: int) -> None:
        number = self._rows.setdefault(key, len(self._rows))
        if number == len(self._limits):
            self._limits.append([-math.inf, math.inf])
            self._row_places.append([NOTHING, NOTHING])
        limits, places = self._limits[number], self._row_places[number]
        if low > limits[0]:
            limits[0], places[0] = low, place
        if high < limits[1]:
            limits[1], places[1] = high, place
        if limits[0] > limits[1]:
            if limits[0] - limits[1] > ROUNDING + RELATIVE * abs(limits[0]):
                raise ContradictionError(self._named(sorted(places)))
            limits[0] = limits[1]

    def _bound(self, column: int, weight: float, low: float, high: float, place: int) -> None:
        if weight < 0:
            low, high = high, low
        least, most = _up(low / weight), -_up(-high / weight)
        bounds, reasons = self._bounds[column], self._reasons[column]
        reason = -2 - place if place >= 0 else NOTHING
        if least > bounds[0]:
            bounds[0], reasons[0] = least, reason
        if most < bounds[1]:
            bounds[1], reasons[1] = most, reason
        if bounds[0] > bounds[1]:
            raise ContradictionError(self._named(sorted(-2 - each for each in reasons)))

    def _named(self, places: Iterable[int]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._places[place] for place in places if place >= 0))

    def _freeze(self) -> None:
        rows: list[tuple[tuple[int, float], ...]] = list(self._rows)  # type: ignore[arg-type]
        self.names: list[Name] = list(self._column)
        self.starts: Whole = np.cumsum([0, *map(len, rows)], dtype=np.int64)
        self.columns: Whole = np.array([column for row in rows for column, _ in row], np.int64)
        self.coefficients: Floats = np.array([weight for row in rows for _, weight in row], np.float64)
        self.row_low, self.row_high = np.array(self._limits, np.float64).reshape(-1, 2).T.copy()
        self.low, self.high = np.array(self._bounds, np.float64).reshape(-1, 2).T.copy()
        self.why_low, self.why_high = np.array(self._reasons, np.int64).reshape(-1, 2).T.copy()
        order = np.argsort(self.columns, kind="stable")
        self.entry_row: Whole = np.repeat(np.arange(len(rows)), np.diff(self.starts))
        self._rows_by_column = self.entry_row[order]
        self._column_starts = np.searchsorted(self.columns[order], np.arange(len(self.names) + 1))

    def column(self, name: Name) -> int:
        """Return the column of a count."""
        return self._column[name]

    def rows_with(self, columns: Whole) -> Whole:
        """Return the rows in which any of the columns stands, in order."""
        starts = self._column_starts[columns]
        return np.unique(self._rows_by_column[spans(starts, self._column_starts[columns + 1] - starts)])

    def entries_of(self, rows: Whole) -> Whole:
        """Return the positions of the entries of some rows, row by row."""
        return spans(self.starts[rows], self.starts[rows + 1] - self.starts[rows])

    def places(self, rows: Iterable[int], columns: Iterable[int]) -> tuple[str, ...]:
        """Return places of facts that stand behind some rows and the bounds of some columns, nearest first.

        A bound that a row gave leads on to that row and to the bounds of its other columns.
        """
        found: dict[str, None] = {}
        seen_rows, seen_columns = set[int](), set[int]()
        queue: list[tuple[bool, int]] = [(True, row) for row in rows] + [
            (False, column) for column in columns
        ]
        for is_row, number in queue:
            seen = seen_rows if is_row else seen_columns
            if number in seen:
                continue
            seen.add(number)
            if is_row:
                found.update(dict.fromkeys(self._named(self._row_places[number])))
                entries = self.columns[self.starts[number] : self.starts[number + 1]]
                queue.extend((False, int(column)) for column in entries)
            else:
                for reason in (int(self.why_low[number]), int(self.why_high[number])):
                    if reason >= 0:
                        queue.append((True, reason))
                    elif reason < NOTHING:
                        found[self._places[-2 - reason]] = None
            if len(found) >= MOST_PLACES:
                break
        return tuple(found)[:MOST_PLACES]
