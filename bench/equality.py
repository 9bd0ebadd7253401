"""The numbers of every side in the form of the hand-written SQL, and what differs between two of them.

One number per (measure, unit, quarter): `n, num, sum, sumsq`. None is not compared.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

Cell = tuple[str, str, int]
"""(measure, unit, quarter)."""
Numbers = dict[Cell, list[Any]]
Row = list[Any]
"""`[measure, unit, quarter, n, num, sum, sumsq]`: a cell as it stands in a report."""

LAST_OF_F = 2024 * 4 + 2
"""2024Q3: the hand-written f ends with the last quarter that is followed for 730 days; a life table needs no such end."""


def of_reference(rows: Iterable[Iterable[Any]]) -> list[Row]:
    """Return the numbers of the hand-written SQL or the pandas program; rows of nothing but zeros say nothing.

    Their n of f leaves out who died without an event, whom a life table counts for as long as they lived.
    """
    found = []
    for name, unit, quarter, n, num, total, squares in rows:
        row = [name, unit, int(quarter), int(n), int(num), float(total), float(squares)]
        if name == "f":
            row[3] = None
        if row[3] or row[4]:
            found.append(row)
    return found


def of_product(rows: Any, standards: Mapping[str, Mapping[str, str]], codes: Mapping[str, str]) -> list[Row]:
    """Return the product's numbers.

    Args:
        rows: the aggregates.
        standards: people per stratum of the standard population, of g.
        codes: organisation to the code that it has in the extracts.
    """
    rows = rows[(rows["stratum"] == "all") & (rows["coverage"] == "complete")]
    measure = rows["indicator"].str[0]
    found: Numbers = defaultdict(lambda: [0, 0, 0.0, 0.0])

    def add(name: str, each: Any, *values: Any) -> None:
        year, quarter = each.period.split("Q")
        cell = found[name, codes.get(each.unit, each.unit), int(year) * 4 + int(quarter) - 1]
        cell[:] = [total + value for total, value in zip(cell, values, strict=True)]

    finest = rows[(rows["part"] == "") & rows["unit_kind"].isin(["hospital", "residence"])]
    for each in finest.itertuples():
        name, sums = each.indicator[0], (float(each.sum), float(each.sum_sq))
        if name == "e":
            add("e", each, each.eligible, each.n, *sums)
            add("e_mcid", each, each.n, each.numerator, 0.0, 0.0)
        elif name == "f":
            _add_events(found, codes, each)
        elif name != "g":
            add(name, each, each.n, each.numerator, *sums)
    people = {key: int(value) for key, value in next(iter(standards.values())).items()}
    everyone = sum(people.values())
    for each in rows[
        (measure == "g") & (rows["part"] != "") & (rows["unit_kind"] == "residence")
    ].itertuples():
        weight, rate = people[each.part] / everyone, each.numerator / each.n
        add("g", each, each.n, each.numerator, weight * rate, weight**2 * rate / each.n)
    bins = rows[(measure == "f") & (rows["part"] != "") & (rows["unit_kind"] == "region")]
    survival = [_kaplan_meier(codes[unit], life_table) for unit, life_table in bins.groupby("unit")]
    listed = [[*cell, *values] for cell, values in found.items() if any(values)]
    return [
        [each if isinstance(each, str | float | None) else int(each) for each in row]
        for row in listed + survival
    ]


def _add_events(found: Numbers, codes: Mapping[str, str], each: Any) -> None:
    """Add the events of f; how many were followed is compared by the life tables."""
    year, quarter = map(int, each.period.split("Q"))
    index = year * 4 + quarter - 1
    if index <= LAST_OF_F and each.numerator:
        cell = found["f", codes[each.unit], index]
        cell[0], cell[1] = None, cell[1] + each.numerator


def _kaplan_meier(region: str, life_table: Any) -> Row:
    """Return `f_km` from the rows `day=…` of all quarters together: people, events, and the share with an event."""
    by_day = life_table.groupby(life_table["part"].str.removeprefix("day=").astype(int))
    leaving, events = by_day["n"].sum().sort_index(), by_day["numerator"].sum().sort_index()
    at_risk = leaving[::-1].cumsum()[::-1]
    free = math.fsum(math.log1p(-d / n) for d, n in zip(events, at_risk, strict=True))
    return ["f_km", region, 0, int(leaving.sum()), int(events.sum()), 1 - math.exp(free), 0.0]


def differences(ours: list[Row], theirs: list[Row], names: tuple[str, str]) -> list[str]:
    """Return what differs: n and num must be the same, sums within 1e-9."""
    one, other = ({tuple(row[:3]): row[3:] for row in rows} for rows in (ours, theirs))
    lines = [
        f"{cell}: only in {names[0] if cell in one else names[1]}"
        for cell in sorted(one.keys() ^ other.keys())
    ]
    for cell in sorted(one.keys() & other.keys()):
        pairs = [pair for pair in zip(one[cell], other[cell], strict=True) if None not in pair]
        if not all(_same(*pair) for pair in pairs):
            lines.append(f"{cell}: {names[0]} {one[cell]}, {names[1]} {other[cell]}")
    return lines


def _same(one: float, other: float) -> bool:
    if isinstance(one, int) and isinstance(other, int):
        return one == other
    return math.isclose(one, other, rel_tol=1e-9)
