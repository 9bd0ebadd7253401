"""History under who takes over: the sums of organisations that end, added up for their successor before anything is computed.

A period is an organisation's own as long as it is in force on the period's last day. For such periods both stand in the
table, each predecessor and the sum of all; later periods are the successor's alone. The sums of a successor overlap with
those of its predecessors, so they are in no file of aggregates, and disclosure control treats them by themselves.
"""

import decimal

import numpy as np
import pandas as pd

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import Organisation, Organisations
from vbs_site.measures.aggregates import EXACT
from vbs_site.measures.shape import STATISTICS
from vbs_site.periods import parse_period

CELL = ["indicator", "unit_kind", "period"]
KEYS = [*CELL, "stratum", "part"]
WORST_LAST = ("complete", "incomplete_follow_up", "not_delivered")


def recast(catalogue: Catalogue, organisations: Organisations, aggregates: pd.DataFrame) -> pd.DataFrame:
    """Return the aggregates with the sums of every organisation that takes over from others.

    Args:
        catalogue: for the periods of indicators.
        organisations: who takes over from whom, and when.
        aggregates: the table of `vbs_site.measures.aggregates`.

    Returns:
        The same columns. A sum is covered as its worst covered part is; where a predecessor has no row at all, nobody
        can tell a true zero from what was never delivered, and the sum is `not_delivered`.
    """
    successors = [each for each in organisations.members if each.predecessors]
    with decimal.localcontext(prec=EXACT):
        for after in sorted(successors, key=lambda each: (str(each.valid_from), each.id)):
            aggregates = _taken_over(catalogue, aggregates, after)
    return aggregates


def _taken_over(catalogue: Catalogue, rows: pd.DataFrame, after: Organisation) -> pd.DataFrame:
    """Return the rows with those of one successor added up, and without those of its predecessors after their end."""
    own, before = rows["unit"] == after.id, rows["unit"].isin(after.predecessors)
    if not before.any():
        return rows
    here = rows[own | before]
    sums = here.groupby(KEYS, as_index=False, sort=False)[list(STATISTICS)].sum()
    ended = _ended(catalogue, rows, after)
    covered = _covered(rows[np.where(ended, own, before)], after)
    places = pd.MultiIndex.from_frame(sums[CELL])
    sums["coverage"] = covered.reindex(places).fillna("not_delivered").to_numpy()
    kept = rows[~own & ~(before & ended)]
    return pd.concat([kept, sums.assign(unit=after.id)[list(rows.columns)]], ignore_index=True)


def _ended(catalogue: Catalogue, rows: pd.DataFrame, after: Organisation) -> pd.Series:
    """Return which rows are of a period on whose last day the successor is in force."""
    starts = catalogue.catalogue.year_starts
    cells = rows[["indicator", "period"]].drop_duplicates()
    ended = {
        (name, period)
        for name, period in cells.itertuples(index=False)
        if after.valid_from is not None
        and parse_period(period, starts if catalogue.indicators[name].period == "year" else 1).last_day
        >= after.valid_from
    }
    keys = zip(rows["indicator"], rows["period"], strict=True)
    return pd.Series([key in ended for key in keys], index=rows.index, dtype=bool)


def _covered(told: pd.DataFrame, after: Organisation) -> pd.Series:
    """Return the worst coverage of each indicator, unit kind and period among the rows of the units that make it up."""
    rank = told["coverage"].map(WORST_LAST.index)
    by_cell = told.assign(rank=rank).groupby(CELL)
    worst = by_cell["rank"].max()
    complete = (by_cell["unit"].nunique() == len(after.predecessors)) | (by_cell["unit"].first() == after.id)
    return worst.where(complete, len(WORST_LAST) - 1).map(dict(enumerate(WORST_LAST)))
