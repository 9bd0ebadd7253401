"""From sums to the table of aggregates: every unit and period listed, each with what the deliveries cover."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from vbs_site.catalogue.indicators import Ratio
from vbs_site.catalogue.loading import Loaded
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN, Organisations
from vbs_site.catalogue.uses import uses
from vbs_site.extracts.deliveries import Deliveries
from vbs_site.extracts.quality import Quality
from vbs_site.measures.completeness import Coverage, Reach, deliverer_of, reach
from vbs_site.measures.rollup import ALL, MAIN, Sums, nothing
from vbs_site.measures.shape import STATISTICS, TYPES
from vbs_site.periods import Period

COLUMNS = {
    "indicator": "VARCHAR",
    "unit_kind": "VARCHAR",
    "unit": "VARCHAR",
    "period": "VARCHAR",
    "stratum": "VARCHAR",
    "part": "VARCHAR",
    "coverage": "VARCHAR",
    **TYPES,
}
Measured = tuple[str, str]
"""(indicator, unit kind that its query was grouped by)."""
Withheld = Callable[[str, str, str], bool]
"""Whether the figures of (indicator, unit kind that its query was grouped by, unit) are not there, whatever was delivered."""


def tabulated(
    loaded: Loaded,
    organisations: Organisations,
    deliveries: Deliveries,
    measured: Mapping[Measured, Sums],
    *,
    withheld: Withheld = lambda *_: False,
    all_periods: bool = False,
) -> pd.DataFrame:
    """Return the table of aggregates from the sums of every indicator that is measured, with ratios made of them.

    Args:
        loaded: the catalogue.
        organisations: all units.
        deliveries: for completeness.
        measured: the sums.
        withheld: which rows are `not_delivered` although deliveries cover them.
        all_periods: whether periods after the last one that is listed stay in the table, as in a part.
    """
    catalogue, rows = loaded.catalogue, list[tuple[Any, ...]]()
    for name, indicator in catalogue.indicators.items():
        for unit_kind in indicator.units:
            carried = reach(catalogue, deliveries, name, unit_kind)
            sums = (
                _quotient(indicator, unit_kind, measured)
                if isinstance(indicator, Ratio)
                else measured[name, unit_kind]
            )

            def lacks(unit: str, name: str = name, unit_kind: str = unit_kind) -> bool:
                return withheld(name, unit_kind, unit)

            rows += _rows(catalogue, organisations, name, sums, carried, lacks, all_periods=all_periods)
    rows.sort(key=lambda row: row[:6])
    return pd.DataFrame(rows, columns=list(COLUMNS))


def listed(carried: Reach, sums: Sums) -> Sums:
    """Return the sums of the periods that are listed; all where a source only carries years."""
    if carried.first is None:
        return sums
    indexes = {period.index for period in carried.periods}
    return {key: total for key, total in sums.items() if key[2] in indexes}


def unknown_units(catalogue: Catalogue, name: str, unit_kind: str, sums: Sums) -> Quality:
    """Return how many of an indicator's events have a unit code that the reference does not know."""
    eligible, numerator = STATISTICS.index("eligible"), STATISTICS.index("numerator")
    counted = {
        key: max(total[eligible], total[numerator])
        for key, total in sums.items()
        if key[3:] == (ALL, MAIN) and key[0] == unit_kind
    }
    unknown = sum(count for key, count in counted.items() if key[1] == UNKNOWN)
    source = next(uses(catalogue, name)).source
    of = int(sum(counted.values()))
    return Quality(source, "", "", "", "unknown_unit", f"{name}:{unit_kind}", int(unknown), of)


def _quotient(ratio: Ratio, unit_kind: str, measured: Mapping[Measured, Sums]) -> Sums:
    """Return `sum` (the numerator's statistic), `expected` (the denominator's), `eligible` and `n` (their patients)."""
    found: Sums = defaultdict(nothing)
    sides = (("sum", "eligible", ratio.numerator), ("expected", "n", ratio.denominator))
    for amount, people, half in sides:
        for key, statistics in measured[half.indicator, unit_kind].items():
            if key[0] == NATIONAL and unit_kind != ratio.units[0]:
                continue
            if key[3] == ALL and key[4] == MAIN:
                total = found[key]
                total[STATISTICS.index(amount)] += statistics[STATISTICS.index(half.statistic)]
                total[STATISTICS.index(people)] += statistics[STATISTICS.index("n")]
    return dict(found)


def _rows(
    catalogue: Catalogue,
    organisations: Organisations,
    name: str,
    sums: Sums,
    carried: Reach,
    lacks: Callable[[str], bool],
    *,
    all_periods: bool,
) -> list[tuple[Any, ...]]:
    indicator = catalogue.indicators[name]
    delivery_kind = _delivered_by(catalogue, name)
    starts = catalogue.catalogue.year_starts if indicator.period == "year" else 1
    periods = {period.index: period for period in carried.periods}
    if all_periods or not periods:
        found = {index: Period(indicator.period, index, starts) for _, _, index, _, _ in sums}
        periods |= {
            index: each for index, each in found.items() if not carried.first or each >= carried.first
        }
    zeros = tuple(nothing())
    keys = {(kind, unit, index, ALL, MAIN) for kind, unit in {key[:2] for key in sums} for index in periods}
    keys |= {key for key in sums if key[2] in periods}
    covered = dict[tuple[int, str | None], Coverage]()  # few deliverers, many rows
    deliverers, lacking = dict[str, str | None](), dict[str, bool]()
    ids = {index: period.id for index, period in periods.items()}
    rows = []
    for key in keys:
        kind, unit, index, stratum, part = key
        if unit not in deliverers:
            whose = None if unit == UNKNOWN else deliverer_of(catalogue, organisations, delivery_kind, unit)
            deliverers[unit], lacking[unit] = whose, lacks(unit)
        cell = index, deliverers[unit]
        if cell not in covered:
            covered[cell] = carried.coverage(periods[index], deliverers[unit])
        coverage = "not_delivered" if lacking[unit] else covered[cell]
        rows.append((name, kind, unit, ids[index], stratum, part, coverage, *sums.get(key, zeros)))
    return rows


def _delivered_by(catalogue: Catalogue, name: str) -> str | None:
    """Return the unit kind that delivers an indicator's index rows (a ratio's: those of its denominator)."""
    indicator = catalogue.indicators[name]
    index = indicator.denominator.indicator if isinstance(indicator, Ratio) else name
    return catalogue.sources[catalogue.base_of(next(uses(catalogue, index)).source)].delivered_by
