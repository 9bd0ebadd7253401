"""Which cells of an indicator's table add up to which: units within units, strata within everyone, parts within periods.

Each way of dividing is a sum of its own: hospitals and places of living both add up to the country, an organisation that
takes over from others is the sum of these, and a year is the sum of its quarters.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN, Organisations
from vbs_site.periods import MONTHS, Period, parse_period


class Cell(NamedTuple):
    """One place in the table of an indicator."""

    unit_kind: str
    unit: str
    period: str
    stratum: str


@dataclass(frozen=True)
class Sum:
    """A total with the parts that add up to it."""

    total: Cell
    parts: tuple[Cell, ...]


def sums_of(
    catalogue: Catalogue, organisations: Organisations, indicator: str, cells: Collection[Cell]
) -> list[Sum]:
    """Return every sum whose total is among the cells, in an order that depends on the cells alone.

    Args:
        catalogue: for unit kinds and what they lie within.
        organisations: for what a unit lies within on the last day of a period, and who takes over from whom.
        indicator: id.
        cells: the cells of the indicator's table, whether or not they may be shown.
    """
    present = set(cells)
    starts = catalogue.catalogue.year_starts if catalogue.indicators[indicator].period == "year" else 1
    periods = {each.period: parse_period(each.period, starts) for each in cells}
    parts: dict[tuple[Cell, str], list[Cell]] = defaultdict(list)
    for total, division, part in (
        *_of_units(catalogue, organisations, indicator, present, periods),
        *_of_strata(present),
        *_of_periods(present, periods),
    ):
        if total in present:
            parts[total, division].append(part)
    found = [Sum(total, tuple(sorted(members))) for (total, _), members in parts.items()]
    found += _of_successors(organisations, present)
    return sorted(found, key=lambda each: (each.total, each.parts))


def _of_units(
    catalogue: Catalogue,
    organisations: Organisations,
    indicator: str,
    cells: Iterable[Cell],
    periods: dict[str, Period],
) -> Iterable[tuple[Cell, str, Cell]]:
    above = {
        kind: chain[place + 1] if place + 1 < len(chain) else NATIONAL
        for unit_kind in catalogue.indicators[indicator].units
        for chain in [catalogue.levels(unit_kind)]
        for place, kind in enumerate(chain)
    }
    days = {name: organisations.change_before(each.last_day) for name, each in periods.items()}
    recast = organisations.overlapping({(each.unit_kind, each.unit, each.period) for each in cells})
    for cell in cells:
        if cell.unit_kind in above and cell[:3] not in recast:
            kind = above[cell.unit_kind]
            parent = _parent(catalogue, organisations, kind, cell.unit, days[cell.period])
            yield cell._replace(unit_kind=kind, unit=parent), f"units: {cell.unit_kind}", cell


def _parent(
    catalogue: Catalogue, organisations: Organisations, kind: str, unit: str, day: datetime.date | None
) -> str:
    if kind == NATIONAL:
        return NATIONAL
    return organisations.ancestor(unit, catalogue.organisation_kind(kind), day) or UNKNOWN


def _of_strata(cells: Iterable[Cell]) -> Iterable[tuple[Cell, str, Cell]]:
    for cell in cells:
        if cell.stratum != "all":
            yield cell._replace(stratum="all"), f"strata: {cell.stratum.split('=')[0]}", cell


def _of_periods(cells: Collection[Cell], periods: dict[str, Period]) -> Iterable[tuple[Cell, str, Cell]]:
    """Yield what longer periods are made of, where every part of them is there."""
    by_period: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        by_period[cell.period].append(cell)
    for kind in sorted({each.kind for each in periods.values()} - {"rolling_year"}):
        for longer, period in periods.items():
            names = [name for name, each in periods.items() if each.kind == kind and _within(each, period)]
            if MONTHS[kind] >= MONTHS[period.kind] or len(names) * MONTHS[kind] != MONTHS[period.kind]:
                continue
            for cell in by_period[longer]:
                shorter = [cell._replace(period=name) for name in names]
                if all(each in cells for each in shorter):
                    yield from ((cell, f"periods: {kind}", each) for each in shorter)


def _within(shorter: Period, longer: Period) -> bool:
    return shorter.first_day >= longer.first_day and shorter.last_day <= longer.last_day


def _of_successors(organisations: Organisations, cells: Collection[Cell]) -> list[Sum]:
    """Return the sums of organisations that end, under who takes over from them."""
    found = []
    for after in organisations.members:
        for cell in (each for each in cells if each.unit == after.id) if after.predecessors else ():
            before = tuple(
                sorted(
                    cell._replace(unit=each)
                    for each in after.predecessors
                    if cell._replace(unit=each) in cells
                )
            )
            if before:
                found.append(Sum(cell, before))
    return found
