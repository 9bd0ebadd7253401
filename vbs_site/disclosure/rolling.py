"""Quarters behind rolling years: nobody publishes them, but each rolling year is the sum of four, and shares three with the next.

What a reader can tell of a hidden rolling year from those before and after it follows from quarters of no less than nobody.
The counts of single quarters are not at hand where only rolling years are computed, so whole numbers are sought that add up
to every rolling year. Any such numbers will do: they are only the point from which other possible tables are reached.
"""

from collections.abc import Iterable

import numpy as np
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_matrix

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import Organisations
from vbs_site.disclosure.columns import AMOUNT, Column, Counted
from vbs_site.disclosure.sums import Cell, sums_of
from vbs_site.periods import Period, parse_period

Quarter = tuple[Column, Cell]
Row = tuple[dict[Quarter, int], float, float]
"""Coefficients of a sum, with the least and the largest that it comes to."""


def add_quarters(catalogue: Catalogue, organisations: Organisations, found: Counted) -> frozenset[Quarter]:
    """Add to what is counted the quarters of rolling years, where none is reported by itself.

    Args:
        catalogue: for periods, and what lies within what.
        organisations: likewise.
        found: what is counted; the columns of an indicator by rolling years get cells of quarters.

    Returns:
        The (column, cell) that were added: they are nobody's figures.
    """
    added = set[Quarter]()
    for name in sorted({each.indicator for each in found.entries}):
        if catalogue.indicators[name].period != "rolling_year":
            continue
        numbers = {
            column: cells
            for column, cells in found.numbers.items()
            if column[0] == name and column[1] != AMOUNT
        }
        quarters = _possible(catalogue, organisations, name, numbers, found.within)
        for (column, cell), count in quarters.items():
            if cell not in found.numbers[column]:
                found.numbers[column][cell] = count
                added.add((column, cell))
    return frozenset(added)


def _possible(
    catalogue: Catalogue,
    organisations: Organisations,
    name: str,
    numbers: dict[Column, dict[Cell, int]],
    within: Iterable[tuple[Column, Column]],
) -> dict[Quarter, int]:
    """Return whole numbers for all quarters that agree with every rolling year, and as far as can be with units and strata."""
    years = [_of_years(column, cells) for column, cells in numbers.items()]
    rows = [row for each in years for row in each]
    places = {
        quarter: place for place, quarter in enumerate(dict.fromkeys(q for row in rows for q in row[0]))
    }
    parts = [
        ({whole: 1, (part, whole[1]): -1}, 0.0, np.inf)
        for whole_column, part in within
        for whole in places
        if whole[0] == whole_column and (part, whole[1]) in places
    ]
    for more in ([*parts, *_of_units(catalogue, organisations, name, places)], parts, []):
        solved = _solved([*rows, *more], places)
        if solved is not None:
            return solved
    return {}


def _of_years(column: Column, cells: dict[Cell, int]) -> list[Row]:
    rows = []
    for cell, count in cells.items():
        period = parse_period(cell.period)
        if period.kind == "rolling_year":
            quarters = [Period("quarter", period.index - back).id for back in (3, 2, 1, 0)]
            rows.append(
                ({(column, cell._replace(period=each)): 1 for each in quarters}, float(count), float(count))
            )
    return rows


def _of_units(
    catalogue: Catalogue, organisations: Organisations, name: str, places: dict[Quarter, int]
) -> list[Row]:
    rows: list[Row] = []
    for column in dict.fromkeys(each[0] for each in places):
        cells = [cell for other, cell in places if other == column]
        for each in sums_of(catalogue, organisations, name, cells):
            terms = {(column, part): -1 for part in each.parts} | {(column, each.total): 1}
            rows.append((terms, 0.0, 0.0))
    return rows


def _solved(rows: list[Row], places: dict[Quarter, int]) -> dict[Quarter, int] | None:
    if not rows:
        return {}
    entries = [
        (place, places[each], factor)
        for place, (terms, _, _) in enumerate(rows)
        for each, factor in terms.items()
    ]
    down, across, factors = zip(*entries, strict=True)
    matrix = csr_matrix((factors, (down, across)), shape=(len(rows), len(places)), dtype=float)
    limits = LinearConstraint(matrix, np.array([row[1] for row in rows]), np.array([row[2] for row in rows]))
    found = milp(np.zeros(len(places)), constraints=limits, integrality=np.ones(len(places), dtype=np.int64))
    if found.x is None:
        return None
    return {quarter: int(np.rint(found.x[place])) for quarter, place in places.items()}
