"""What is counted for some indicators, as a system of whole counts that add up.

Everything that a reader can set against each other is in one system: units and their parents by every way of dividing,
strata and everyone, longer and shorter periods, an organisation and those it takes over from; of each of these the group,
those with the event, the rest, those asked and those who did not answer, and events between two times.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN, Organisations
from vbs_site.disclosure.columns import AMOUNT, ASKED, GROUP, Column, Counted, Entry
from vbs_site.disclosure.primary import is_small
from vbs_site.disclosure.signs import Limits, always_there, limits_told
from vbs_site.disclosure.sums import Cell, Sum, sums_of
from vbs_site.disclosure.system import System

Count = tuple[Column, Column | None, Cell]
"""A column in a cell; with a second column, what is left of the first without the second."""
COST_OF_LEVEL = {"nation": 8.0, "top": 3.0, "other": 1.0}
COST_OF_EVERYONE = 3.0
"""How many times as much is lost with everyone's figure as with that of a stratum."""
COST_OF_ASIDE = 0.5
"""What is lost with rows of an unknown unit, or with a sum of organisations that stand beside it."""


@dataclass(frozen=True)
class Table:
    """A system with the entries of the results that its entries are.

    Attributes:
        system: see there.
        entries: the lines that may be shown, in the order of the system's entries.
        counts: in the order of the system's counts.
        thresholds: for each count, the smallest number that may be told; 0 for amounts of money.
        following: sums that follow from those of the system: of what is left.
    """

    system: System
    entries: list[Entry]
    counts: list[Count]
    thresholds: np.ndarray
    following: csr_matrix


@dataclass(frozen=True)
class Beside:
    """What is known of counts besides what is counted.

    Attributes:
        same: columns to the first that holds the same counts.
        told: (column, cell) of the counts that earlier releases have told as they are now.
        dominated: (column, cell) of amounts that one patient dominates.
        unseen: (column, cell) of counts that are no figure's.
    """

    same: Mapping[Column, Column]
    told: frozenset[tuple[Column, Cell]] = frozenset()
    dominated: frozenset[tuple[Column, Cell]] = frozenset()
    unseen: frozenset[tuple[Column, Cell]] = frozenset()


class NotAdditiveError(Exception):
    """A total is not the sum of its parts, so nothing can be said of what is known when one of them is hidden."""


def table_of(
    catalogue: Catalogue, organisations: Organisations, found: Counted, beside: Beside, *, signs: bool = True
) -> Table:
    """Return the system of some indicators.

    Args:
        catalogue: for policies, unit kinds and kinds of measures.
        organisations: for what lies within what.
        found: what is counted for the indicators.
        beside: what is known besides.
        signs: whether lines without a value keep the sign that says why.

    Raises:
        NotAdditiveError: when the counts do not add up.
    """
    return _Builder(catalogue, organisations, found, beside, signs=signs).table()


class _Builder:
    """Gathers counts, sums and entries; every count has the place at which it was first met."""

    def __init__(
        self,
        catalogue: Catalogue,
        organisations: Organisations,
        found: Counted,
        beside: Beside,
        *,
        signs: bool,
    ) -> None:
        self.catalogue, self.organisations, self.found = catalogue, organisations, found
        self.same, self.beside, self.signs = beside.same, beside, signs
        self.places: dict[Count, int] = {}
        self.values: list[int] = []
        self.sums: dict[tuple[int, tuple[int, ...]], None] = {}
        self.policies = {each.indicator: catalogue.protection(each.indicator) for each in found.entries}
        self.owners: dict[Column, set[str]] = {}
        for column in found.numbers:
            self.owners.setdefault(self.same[column], set()).add(column[0])
        self.cells: dict[str, set[Cell]] = {}
        for (name, _), cells in found.numbers.items():
            self.cells.setdefault(name, set()).update(cells)

    def table(self) -> Table:
        for column, cells in self.found.numbers.items():
            for cell, number in cells.items():
                self._place((self.same[column], None, cell), number)
        self._add_sums()
        self._add_rests()
        entries = [each for each in self.found.entries if each.status == "shown"]
        shows = self._shows(entries)
        sensitive, low, high, width = self._guarded()
        public = self._public()
        counts = np.array(self.values, dtype=np.int64)
        gone = np.asarray((shows @ sensitive.astype(np.int64)) > 0).ravel()
        system = System(
            counts=counts,
            sums=self._matrix(self.sums),
            shows=shows,
            public=public,
            sensitive=sensitive,
            low=low,
            high=high,
            width=width,
            gone=gone,
            kept=np.array([self._is_kept(each) for each in entries], dtype=bool) & ~gone,
            cost=np.array([self._cost(each) for each in entries]),
        )
        if np.any(system.sums @ counts):
            raise NotAdditiveError
        following = self._matrix(self._of_rests())
        return Table(system, entries, list(self.places), self._thresholds(), following)

    def _place(self, count: Count, value: int) -> int:
        place = self.places.setdefault(count, len(self.values))
        if place == len(self.values):
            self.values.append(value)
        elif self.values[place] != value:
            raise NotAdditiveError
        return place

    def _add_sums(self) -> None:
        for name, cells in self.cells.items():
            columns = [column for column in self.found.numbers if column[0] == name]
            for each in sums_of(self.catalogue, self.organisations, name, cells):
                for column in columns:
                    numbers = self.found.numbers[column]
                    if each.total in numbers:
                        parts = tuple(
                            self.places[self.same[column], None, part]
                            for part in each.parts
                            if part in numbers
                        )
                        total = self.places[self.same[column], None, each.total]
                        self.sums[total, (*parts, *self._elsewhere(column, each, total, parts))] = None

    def _elsewhere(self, column: Column, each: Sum, total: int, parts: tuple[int, ...]) -> tuple[int, ...]:
        """Return what a total holds beside its parts, where a delivery tells of more in all than unit by unit."""
        left = self.values[total] - sum(self.values[part] for part in parts)
        if left <= 0 or not parts:
            return ()
        kind = f"elsewhere than in {each.parts[0].unit_kind}/{each.parts[0].period}/{each.parts[0].stratum}"
        return (self._place((self.same[column], None, each.total._replace(unit_kind=kind)), left),)

    def _add_rests(self) -> None:
        """Add what is left of each whole without a part of it, unless more is counted in the part than in the whole."""
        for whole, part in self.found.within:
            parts = self.found.numbers.get(part, {})
            for cell, number in self.found.numbers.get(whole, {}).items():
                if cell in parts and number >= parts[cell]:
                    columns = (self.same[whole], self.same[part])
                    rest = self._place((*columns, cell), number - parts[cell])
                    one, other = (self.places[column, None, cell] for column in columns)
                    self.sums[one, (other, rest)] = None

    def _of_rests(self) -> list[tuple[int, tuple[int, ...]]]:
        """Return the sums of what is left, wherever the rest of the total and of every part is counted."""
        cells = list(self.places)
        found = dict[tuple[int, tuple[int, ...]], None]()
        for whole, part in dict.fromkeys(
            (self.same[whole], self.same[part]) for whole, part in self.found.within
        ):
            for total, parts in self.sums:
                column, other, _ = cells[total]
                if other is None and column == whole:
                    rests = [self.places.get((whole, part, cells[each][2])) for each in (total, *parts)]
                    if parts and cells[parts[0]][:2] == (whole, None) and None not in rests:
                        first, *others = (each for each in rests if each is not None)
                        found[first, tuple(others)] = None
        return list(found)

    def _matrix(self, sums: Collection[tuple[int, tuple[int, ...]]]) -> csr_matrix:
        rows, columns, signs = [], [], []
        for row, (total, parts) in enumerate(sums):
            rows += [row] * (1 + len(parts))
            columns += [total, *parts]
            signs += [1, *[-1] * len(parts)]
        return csr_matrix((signs, (rows, columns)), shape=(len(sums), len(self.values)), dtype=np.int64)

    def _shows(self, entries: Sequence[Entry]) -> csr_matrix:
        pairs = [
            (row, self.places[self.same[column], None, each.cell])
            for row, each in enumerate(entries)
            for column in each.columns
            if (self.same[column], None, each.cell) in self.places
        ]
        rows, columns = zip(*pairs, strict=True) if pairs else ((), ())
        shape = (len(entries), len(self.values))
        return csr_matrix((np.ones(len(pairs), dtype=np.int64), (rows, columns)), shape=shape)

    def _guarded(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return which counts are sensitive, between which numbers a reader knows each to lie, and how wide they stay."""
        size = len(self.values)
        sensitive, width = np.zeros(size, dtype=bool), np.ones(size, dtype=np.int64)
        low, high = np.zeros(size), np.full(size, np.inf)
        told = limits_told(self.catalogue, self.found, signs=self.signs)
        empty = {
            (part, cell)
            for whole, part in self.found.within
            for cell in self.found.numbers.get(part, {})
            if (place := self.places.get((self.same.get(whole, whole), None, cell))) is not None
            and self.values[place] == 0
        }
        for column, cells in self.found.numbers.items():
            policy, group = self.policies[column[0]], column[1] in (GROUP, ASKED)
            for cell, number in cells.items():
                place = self.places[self.same[column], None, cell]
                if (column, cell) in self.beside.unseen:
                    continue
                if column[1] == AMOUNT:
                    sensitive[place] |= (column, cell) in self.beside.dominated
                    continue
                width[place] = max(width[place], policy.least_width)
                nobody = number == 0 and (group or (column, cell) in empty)
                sensitive[place] |= is_small(number, policy) and not nobody
                limits = told.get((column, cell), Limits())
                low[place], high[place] = max(low[place], limits.low), min(high[place], limits.high)
        unseen = {(self.same[column], cell) for column, cell in self.beside.unseen}
        for (whole, part, cell), place in self.places.items():
            if part is None or (whole, cell) in unseen:
                continue
            one, other = self.places[whole, None, cell], self.places[part, None, cell]
            mostly = low[other] > 1  # it is known that most of the whole answered
            if mostly and not sensitive[one]:
                high[place] = self.values[one] - low[other]
            for name in sorted(self.owners[whole] & self.owners[part]):
                policy = self.policies[name]
                width[place] = max(width[place], policy.least_width)
                small = is_small(self.values[place], policy) and self.values[one] > 0
                sensitive[place] |= policy.complement and small
        width = np.minimum(width, np.where(np.isinf(high), width, high - low)).astype(np.int64)
        return sensitive, low, high, width

    def _thresholds(self) -> np.ndarray:
        thresholds = np.zeros(len(self.values), dtype=np.int64)
        for (whole, part, _), place in self.places.items():
            if whole[1] != AMOUNT:
                names = self.owners[whole] & self.owners[part] if part is not None else self.owners[whole]
                thresholds[place] = max(self.policies[name].threshold for name in names)
        return thresholds

    def _public(self) -> np.ndarray:
        """Return which counts are known to everybody: nobody in the group, or told by an earlier release."""
        public = np.zeros(len(self.values), dtype=bool)
        for each in self.found.entries:
            if each.status == "not_applicable":
                for column in each.columns[:1]:
                    place = self.places.get((self.same[column], None, each.cell))
                    if place is not None and self.values[place] == 0 and column[1] in (GROUP, ASKED):
                        public[place] = True
        for column, cell in self.beside.told:
            place = self.places.get((self.same.get(column, column), None, cell))
            if place is not None:
                public[place] = True
        return public

    def _is_kept(self, entry: Entry) -> bool:
        """Return whether an entry is a true zero that is always shown."""
        if not always_there(self.catalogue.indicators[entry.indicator], self.policies[entry.indicator]):
            return False
        return any(self.found.numbers[column].get(entry.cell) == 0 for column in entry.columns)

    def _cost(self, entry: Entry) -> float:
        """Return what is lost with an entry: more the more people look for it, a little more the larger its group."""
        indicator, cell = self.catalogue.indicators[entry.indicator], entry.cell
        tops = {self.catalogue.levels(kind)[-1] for kind in indicator.units}
        level = "nation" if cell.unit_kind == NATIONAL else "top" if cell.unit_kind in tops else "other"
        cost = COST_OF_LEVEL[level] * (COST_OF_EVERYONE if cell.stratum == "all" else 1.0)
        unit = self.organisations.by_id.get(cell.unit)
        if cell.unit == UNKNOWN or (unit is not None and unit.predecessors):
            cost *= COST_OF_ASIDE
        people = max((self.found.numbers[column].get(cell, 0) for column in entry.columns), default=0)
        return cost * (1.0 + 0.05 * float(np.log10(1 + people)))
