"""From sums to the table of aggregates: every unit and period listed, each with what the deliveries cover."""

from collections.abc import Callable, Mapping
from itertools import product

import numpy as np
import pandas as pd

from vbs_site.catalogue.indicators import Ratio
from vbs_site.catalogue.loading import Loaded
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN, Organisations
from vbs_site.catalogue.uses import uses
from vbs_site.extracts.deliveries import Deliveries
from vbs_site.extracts.quality import Quality
from vbs_site.measures.completeness import Reach, deliverer_of, reach
from vbs_site.measures.shape import TYPES
from vbs_site.measures.sums import ALL, MAIN, Column, Sums, exact, joined, merged, numbered, objects
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
    catalogue, tables = loaded.catalogue, list[dict[str, Column]]()
    for name, indicator in catalogue.computed.items():
        for unit_kind in indicator.units:
            carried = reach(catalogue, deliveries, name, unit_kind)
            sums = (
                _quotient(indicator, unit_kind, measured)
                if isinstance(indicator, Ratio)
                else measured[name, unit_kind]
            )

            def lacks(unit: str, name: str = name, unit_kind: str = unit_kind) -> bool:
                return withheld(name, unit_kind, unit)

            tables.append(
                _table(catalogue, organisations, name, sums, carried, lacks, all_periods=all_periods)
            )
    columns = {name: np.concatenate([objects([]), *(each[name] for each in tables)]) for name in COLUMNS}
    order = np.lexsort([_rank(columns[name]) for name in reversed(list(COLUMNS)[:6])])
    return pd.DataFrame(
        {
            name: column[order].astype(np.int64) if COLUMNS[name] == "BIGINT" else column[order]
            for name, column in columns.items()
        }
    )


def _rank(column: Column) -> Column:
    """Return the place of each row's text among all objects of a column."""
    codes, values = numbered(column)
    places = {value: place for place, value in enumerate(sorted(values))}
    return np.array([places[value] for value in values], np.int64)[codes]


def listed(carried: Reach, sums: Sums) -> Sums:
    """Return the sums of the periods that are listed; all where a source only carries years."""
    if carried.first is None:
        return sums
    return sums.where(np.isin(sums.keys["period"], [period.index for period in carried.periods]))


def unknown_units(catalogue: Catalogue, name: str, unit_kind: str, sums: Sums) -> Quality:
    """Return how many of an indicator's events have a unit code that the reference does not know."""
    here = sums.where(sums.everyone() & (sums.keys["unit_kind"] == unit_kind))
    counted = np.maximum(here.statistic("eligible"), here.statistic("numerator"))
    source = next(uses(catalogue, name)).source
    unknown, of = int(counted[here.keys["unit"] == UNKNOWN].sum()), int(counted.sum())
    return Quality(source, "", "", "", "unknown_unit", f"{name}:{unit_kind}", unknown, of)


def _quotient(ratio: Ratio, unit_kind: str, measured: Mapping[Measured, Sums]) -> Sums:
    """Return `sum` (the numerator's statistic), `expected` (the denominator's), `eligible` and `n` (their patients)."""
    sides = (("sum", "eligible", ratio.numerator), ("expected", "n", ratio.denominator))
    halves = []
    for amount, people, half in sides:
        sums = measured[half.indicator, unit_kind]
        chosen = sums.everyone()
        if unit_kind != ratio.units[0]:
            chosen &= sums.keys["unit_kind"] != NATIONAL
        sums = sums.where(chosen)
        statistics = {amount: exact(sums.statistic(half.statistic)), people: sums.statistic("n")}
        halves.append(Sums(sums.keys, statistics))
    return merged(halves)


def _table(
    catalogue: Catalogue,
    organisations: Organisations,
    name: str,
    sums: Sums,
    carried: Reach,
    lacks: Callable[[str], bool],
    *,
    all_periods: bool,
) -> dict[str, Column]:
    """Return the rows of an indicator and its unit kind; a unit that has any has one for each listed period."""
    indicator = catalogue.indicators[name]
    starts = catalogue.catalogue.year_starts if indicator.period == "year" else 1
    periods = {period.index: period for period in carried.periods}
    if all_periods or not periods:
        found = {
            index: Period(indicator.period, index, starts)
            for index in np.unique(sums.keys["period"]).tolist()
        }
        periods |= {
            index: each for index, each in found.items() if not carried.first or each >= carried.first
        }
    sums = _with_every_period(sums, list(periods))
    delivery_kind = _delivered_by(catalogue, name)
    unit_of, units = numbered(sums.keys["unit"])
    deliverers = [
        None if unit == UNKNOWN else deliverer_of(catalogue, organisations, delivery_kind, unit)
        for unit in units
    ]
    lacking = [lacks(unit) for unit in units]
    period_of, indexes = numbered(sums.keys["period"])
    # Few units and periods, many rows; fewer deliverers.
    covered = {
        (index, whose): carried.coverage(periods[index], whose)
        for index, whose in product(indexes, dict.fromkeys(deliverers))
    }
    coverage = objects(
        [
            "not_delivered" if lacks_it else covered[index, whose]
            for (lacks_it, whose), index in product(zip(lacking, deliverers, strict=True), indexes)
        ]
    )
    return {
        **sums.keys,
        "indicator": objects([name] * len(sums)),
        "period": objects([periods[index].id for index in indexes])[period_of],
        "coverage": coverage[unit_of * len(indexes) + period_of],
        **{statistic: sums.statistic(statistic) for statistic in TYPES},
    }


def _with_every_period(sums: Sums, periods: list[int]) -> Sums:
    """Return the sums of some periods; where a unit has none of everyone, with a row of zeros."""
    names = ("unit_kind", "unit", "period")
    everyone = sums.where(sums.everyone())
    there = set(zip(*(everyone.keys[name].tolist() for name in names), strict=True))
    units = dict.fromkeys(zip(sums.keys["unit_kind"].tolist(), sums.keys["unit"].tolist(), strict=True))
    lacking = [(*unit, index) for unit, index in product(units, periods) if (*unit, index) not in there]
    if not lacking:
        return sums.where(np.isin(sums.keys["period"], periods))
    kinds, codes, indexes = zip(*lacking, strict=True)
    zeros = {
        "unit_kind": objects(kinds),
        "unit": objects(codes),
        "period": np.array(indexes, np.int64),
        "stratum": objects([ALL] * len(lacking)),
        "part": objects([MAIN] * len(lacking)),
    }
    return joined([sums.where(np.isin(sums.keys["period"], periods)), Sums(zeros, {})])


def _delivered_by(catalogue: Catalogue, name: str) -> str | None:
    """Return the unit kind that delivers an indicator's index rows (a ratio's: those of its denominator)."""
    indicator = catalogue.indicators[name]
    index = indicator.denominator.indicator if isinstance(indicator, Ratio) else name
    return catalogue.sources[catalogue.base_of(next(uses(catalogue, index)).source)].delivered_by
