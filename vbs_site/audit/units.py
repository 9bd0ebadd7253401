"""What is published within what: units within units, strata within everyone, shorter periods within longer ones.

Derived from the catalogue and the organisations that a release carries, as a reader can.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from vbs_site.audit.people import Spot
from vbs_site.audit.release import ALL, NATIONAL, UNKNOWN, Release
from vbs_site.periods import Period, PeriodKind, parse_period, period_of


@dataclass(frozen=True)
class Division:
    """A total and the parts that it is divided into.

    Attributes:
        total: what is divided.
        parts: what it is divided into.
        way: how: two divisions of one total in different ways have different words here.
    """

    total: Spot
    parts: tuple[Spot, ...]
    way: str


class Map:
    """Where units lie, by the release's own catalogue and organisations."""

    def __init__(self, release: Release) -> None:
        self._members = release.organisations
        units: Mapping[str, Any] = release.catalogue.get("units", {})
        self._above = {kind: str(of.get("within") or NATIONAL) for kind, of in units.items()}
        self._sort = {kind: str(of.get("organisations") or kind) for kind, of in units.items()}
        self._year_starts = int(release.catalogue.get("catalogue", {}).get("year_starts") or 1)

    def period(self, text: str) -> Period | None:
        """Return the period with an id, or None when it is none."""
        try:
            return parse_period(text, self._year_starts if text.isdigit() else 1)
        except ValueError:
            return None

    def over(self, kind: str) -> str:
        """Return the kind of unit one level up."""
        return self._above.get(kind, NATIONAL)

    def parent(self, kind: str, unit: str, day: datetime.date) -> str:
        """Return the unit of a kind that a unit lies within on a day."""
        if kind == NATIONAL:
            return NATIONAL
        wanted, here, seen = self._sort.get(kind, kind), self._members.get(unit), set[str]()
        while here is not None and here["id"] not in seen:
            seen.add(here["id"])
            here = self._standing(here, day)
            if here["kind"] == wanted:
                return str(here["id"])
            here = self._within(here, day)
        return UNKNOWN

    def _standing(self, unit: Mapping[str, Any], day: datetime.date) -> Mapping[str, Any]:
        """Return a unit, or who has taken over from it by a day."""
        for _ in self._members:
            last, after = _day(unit.get("valid_to")), self._members.get(unit.get("successor") or "")
            if last is None or last >= day or after is None:
                return unit
            unit = after
        return unit

    def _within(self, unit: Mapping[str, Any], day: datetime.date) -> Mapping[str, Any] | None:
        found = None
        for place, each in enumerate(unit.get("within") or []):
            begins = _day(each.get("valid_from"))
            if place == 0 or (begins is not None and begins <= day):
                found = each["unit"]
        return self._members.get(found or "")

    def predecessors(self, unit: str) -> list[str]:
        """Return whom a unit has taken over from."""
        here = self._members.get(unit)
        return list(here.get("predecessors") or []) if here is not None else []

    def divisions(self, spots: Iterable[Spot]) -> list[Division]:
        """Return every total among some spots that others of them add up to."""
        there = set(spots)
        parts = defaultdict[tuple[Spot, str], list[Spot]](list)
        for spot in sorted(there):
            for total, way in self._totals(spot, there):
                parts[total, way].append(spot)
        found = [
            Division(total, self._whole(total, members, way), way)
            for (total, way), members in parts.items()
            if total in there
        ]
        return found + self._rolling(there) + self._successors(there)

    def _totals(self, spot: Spot, there: set[Spot]) -> Iterable[tuple[Spot, str]]:
        period = self.period(spot.period)
        if spot.stratum != ALL:
            yield spot._replace(stratum=ALL), f"stratum {spot.stratum.split('=')[0]}"
        if spot.unit_kind != NATIONAL and period is not None and not self._recast(spot, there):
            kind = self.over(spot.unit_kind)
            parent = self.parent(kind, spot.unit, period.last_day) if spot.unit != UNKNOWN else UNKNOWN
            if kind == NATIONAL:
                parent = NATIONAL
            yield spot._replace(unit_kind=kind, unit=parent), f"units {spot.unit_kind}"
        if period is not None and period.kind != "rolling_year":
            for longer in self._longer(period):
                yield spot._replace(period=longer.id), f"periods {period.kind} {longer.kind}"

    def _whole(self, total: Spot, members: list[Spot], way: str) -> tuple[Spot, ...]:
        """Return the parts of a total, with the periods among them for which nothing is published."""
        if not way.startswith("periods"):
            return tuple(members)
        longer, first = self.period(total.period), self.period(members[0].period)
        if longer is None or first is None:
            return tuple(members)
        each = period_of(longer.first_day, first.kind, self._year_starts if first.kind == "year" else 1)
        parts = list[Spot]()
        while each.first_day < longer.end:
            parts.append(total._replace(period=each.id))
            each = each.next()
        return tuple(parts)

    def _longer(self, period: Period) -> Iterable[Period]:
        kinds: dict[PeriodKind, tuple[PeriodKind, ...]] = {
            "month": ("quarter", "half_year", "year"),
            "quarter": ("half_year", "year"),
            "half_year": ("year",),
        }
        for kind in kinds.get(period.kind, ()):
            longer = period_of(period.first_day, kind, self._year_starts if kind == "year" else 1)
            if longer.first_day <= period.first_day and period.end <= longer.end:
                yield longer

    def _recast(self, spot: Spot, there: set[Spot]) -> bool:
        """Return whether a unit's figure is the sum of predecessors that stand beside it."""
        return any(spot._replace(unit=each) in there for each in self.predecessors(spot.unit))

    def _rolling(self, there: set[Spot]) -> list[Division]:
        """Return each rolling year with its quarters, published or not, and the calendar year that is the same four."""
        found = []
        for spot in sorted(there):
            period = self.period(spot.period)
            if period is None or period.kind != "rolling_year":
                continue
            quarters = [Period("quarter", period.index - back) for back in (3, 2, 1, 0)]
            found.append(
                Division(spot, tuple(spot._replace(period=each.id) for each in quarters), "periods rolling")
            )
            year = period_of(period.first_day, "year", self._year_starts)
            same = spot._replace(period=year.id)
            if year.first_day == period.first_day and same in there:
                found.append(Division(spot, (same,), "periods rolling"))
        return found

    def _successors(self, there: set[Spot]) -> list[Division]:
        """Return each unit that others were merged into, where they stand beside it."""
        found = []
        for spot in sorted(there):
            before = [spot._replace(unit=each) for each in self.predecessors(spot.unit)]
            beside = tuple(each for each in before if each in there)
            if beside:
                found.append(Division(spot, beside, "successor"))
        return found


def _day(text: Any) -> datetime.date | None:
    return datetime.date.fromisoformat(str(text)) if text else None
