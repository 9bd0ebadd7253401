"""Whole years where shorter periods must be hidden.

A small unit whose quarters are hidden can often show its year. Where any period of a unit is hidden or has too few, its
year is offered; it is shown when everything together, the periods that are shown and the years, tells no small count. No
period is hidden for the sake of a year.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import Organisations
from vbs_site.catalogue.statistics import statistics_of
from vbs_site.disclosure.columns import families, of_indicators
from vbs_site.disclosure.gathering import gathered
from vbs_site.disclosure.optimise import unprotected
from vbs_site.disclosure.protect import protect
from vbs_site.disclosure.protected import Protected
from vbs_site.disclosure.sums import Cell
from vbs_site.disclosure.tables import Table, table_of
from vbs_site.disclosure.together import few_together
from vbs_site.periods import parse_period, period_of

NOT_OFFERED = "not_offered"
"""Status of a year that nobody asks for: its periods are shown."""
UNIT = ["indicator", "unit_kind", "unit"]


def protect_with_years(
    catalogue: Catalogue,
    organisations: Organisations,
    findings: pd.DataFrame,
    years: pd.DataFrame,
    earlier: Sequence[pd.DataFrame] = (),
) -> Protected:
    """Return what may be shown of the findings, and of whole years where it is less than there is.

    Args:
        catalogue: for the policies, and what is counted in each indicator.
        organisations: for what lies within what.
        findings: the table of `vbs_site.statistics.findings`.
        years: findings of whole years of the same indicators (`vbs_site.statistics.years`).
        earlier: results of every earlier release, whole years among them.
    """
    protected = protect(catalogue, organisations, findings, earlier)
    names = [
        name
        for name in sorted(set(years["indicator"]) - set(protected.withheld))
        if catalogue.protection(name).round_to is None
    ]
    asked = pd.MultiIndex.from_tuples(_asked_for(catalogue, protected.results), names=[*UNIT, "period"])
    offered = years["indicator"].isin(names) & pd.MultiIndex.from_frame(years[[*UNIT, "period"]]).isin(asked)
    if not (offered & (years["status"] == "shown")).any():
        return protected
    periods = findings[findings["indicator"].isin(names)].reset_index(drop=True)
    suppressed = (protected.results["status"] == "suppressed")[findings["indicator"].isin(names).to_numpy()]
    years = years[years["indicator"].isin(names)]
    offers = years.assign(status=years["status"].where(offered[years.index], NOT_OFFERED))
    every = pd.concat([periods, offers], ignore_index=True)
    indicators = {name: catalogue.indicators[name] for name in names}
    found, beside = gathered(catalogue, organisations, indicators, every, earlier)
    shown: list[int] = []
    for family in families(found, beside.same):
        own = of_indicators(found, family)
        table = table_of(catalogue, organisations, own, beside)
        shown += _years_to_show(table, suppressed.to_numpy(), len(periods))
    return replace(protected, years=every.loc[sorted(shown)].reset_index(drop=True))


def _asked_for(catalogue: Catalogue, results: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """Return the years of units of which a period is not shown for being small."""
    main = {name: statistics_of(each)[0].name for name, each in catalogue.computed.items()}
    rows = results[(results["stratum"] == "all") & results["status"].isin(["suppressed", "too_few"])]
    rows = rows[rows["statistic"] == rows["indicator"].map(main)]
    return sorted(
        {
            (str(name), str(kind), str(unit), period_of(parse_period(str(period)).first_day, "year").id)
            for name, kind, unit, period in rows[[*UNIT, "period"]].itertuples(index=False)
        }
    )


def _years_to_show(table: Table, suppressed: np.ndarray, periods: int) -> list[int]:
    """Return the rows of the years that may be shown beside the periods that are.

    Args:
        table: of periods and years together.
        suppressed: which rows of the periods are hidden.
        periods: how many rows are periods; the rows after them are years.
    """
    system = table.system
    rows = np.array([each.row for each in table.entries])
    is_year = rows >= periods
    hidden = np.where(is_year, system.gone, suppressed[np.minimum(rows, periods - 1)])
    if unprotected(system, hidden | is_year):
        return []
    while not (hidden | ~is_year).all():
        few = {
            part
            for parts in few_together(system, hidden, table.thresholds, table.following)
            for part in parts
        }
        left = sorted(few.union(unprotected(system, hidden)))
        if not left:
            return [int(row) for row in rows[is_year & ~hidden]]
        hidden = hidden | (is_year & _telling(table, left, hidden))
    return []


def _telling(table: Table, counts: list[int], hidden: np.ndarray) -> np.ndarray:
    """Return the entries of the same unit and year as any of the counts; where none is shown, all of these years."""
    cells = [table.counts[each][2] for each in counts]
    near = {(each.unit_kind, each.unit, _year(each)) for each in cells}
    of_unit = np.array([(*each.cell[:2], _year(each.cell)) in near for each in table.entries])
    periods = np.array([each.cell.period == _year(each.cell) for each in table.entries])
    if (of_unit & periods & ~hidden).any():
        return of_unit
    years = {_year(each) for each in cells}
    return np.array([_year(each.cell) in years for each in table.entries])


def _year(cell: Cell) -> str:
    return period_of(parse_period(cell.period).first_day, "year").id
