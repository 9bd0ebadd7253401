"""Data quality that may be shown: small counts of rows are hidden, and no total gives one of them away.

A count of rows counts people's contacts and answers, so it follows the policy for counts. Where no fault is found there is
no row, which says nothing of anyone; a policy that hides zeros does not hide that.
"""

from collections import defaultdict
from typing import NamedTuple

import pandas as pd

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN
from vbs_site.catalogue.protection import Disclosure

KEYS = ["source", "deliverer", "unit", "period", "check", "column"]
_CELL = ["source", "deliverer", "unit", "period"]
_NOT_ADDED = ("sudden_change", "unknown_unit")
"""Counts that have no total: a difference from before, and counts of an indicator, which are a total already."""


def protect_qualities(counts: pd.DataFrame, catalogue: Catalogue) -> pd.DataFrame:
    """Return what may be shown of the counts of every source, each under its own policy; see `protect_quality`."""
    parts = [
        protect_quality(rows, catalogue.policy_of(str(source))) for source, rows in counts.groupby("source")
    ]
    every = pd.concat(parts, ignore_index=True) if parts else protect_quality(counts, catalogue.disclosure)
    return every.sort_values(KEYS, ignore_index=True)


def protect_quality(counts: pd.DataFrame, policy: Disclosure) -> pd.DataFrame:
    """Return the counts with a `status` (`shown` or `suppressed`), and totals over the units of each period.

    Hidden are a small count, a count that leaves a small rest, every count of a cell with few rows, and the rows set
    aside where a fault of the same cell is hidden: they are the sum of such faults. For each total (unit `national`, no
    deliverer) that has a hidden part, at least two are hidden, and they are not small alone; where that cannot be had,
    the total is hidden. Rows with an unknown unit code are nobody's unit, and take no other count with them.

    Args:
        counts: columns `source, deliverer, unit, period, check, column, count, of`.
        policy: the threshold.

    Returns:
        The same columns and `status`, ordered; `count` and `of` are missing where they are hidden.
    """
    parts = counts.reset_index(drop=True)
    cells = pd.MultiIndex.from_frame(parts[_CELL])
    rows, aside = parts["check"] == "rows", parts["check"] == "set_aside"
    hidden = _small_in_itself(parts, policy)
    closed = _close(parts[rows], hidden, policy)
    hidden |= cells.isin(cells[rows & hidden]) & (parts["check"] != "unknown_unit")
    closed |= _close(parts[~rows & ~aside], hidden, policy)
    hidden |= aside & cells.isin(cells[hidden])
    closed |= _close(parts[aside], hidden, policy)
    totals = _totals(parts, closed, policy)
    every = pd.concat([parts.assign(hidden=hidden), totals], ignore_index=True)
    every["status"] = every["hidden"].map({True: "suppressed", False: "shown"})
    for column in ("count", "of"):
        every[column] = every[column].astype("Int64").mask(every["hidden"])
    return every.sort_values(KEYS, ignore_index=True)[[*KEYS, "status", "count", "of"]]


def _small(count: pd.Series, policy: Disclosure) -> pd.Series:
    return (count >= 1) & (count < policy.threshold)


def _small_in_itself(counts: pd.DataFrame, policy: Disclosure) -> pd.Series:
    rest = counts["of"] - counts["count"]
    part = ~counts["check"].isin(["rows", "sudden_change"])  # these are no part of the rows looked at
    return _small(counts["count"], policy) | _small(counts["of"], policy) | (_small(rest, policy) & part)


Sum = tuple[str, str, str, str]
"""(source, period, check, column) of a total."""


class Part(NamedTuple):
    """One line of a total: its number of rows, what is left of the rows looked at, and where it stands."""

    number: int
    rest: int | None
    row: int


def _close(parts: pd.DataFrame, hidden: pd.Series, policy: Disclosure) -> set[Sum]:
    """Hide further parts of each total that has a hidden one; return the totals that must be hidden themselves.

    One of the hidden parts must not be small, and one must leave a rest that is not: then every other can be anything from
    none to the threshold, because this one can make up for it.
    """
    sums: dict[Sum, list[Part]] = defaultdict(list)
    added = parts[~parts["check"].isin(_NOT_ADDED) & (parts["unit"] != UNKNOWN)]
    for each in added.itertuples():
        rest = None if each.check == "rows" else int(str(each.of)) - int(str(each.count))
        sums[str(each.source), str(each.period), str(each.check), str(each.column)].append(
            Part(int(str(each.count)), rest, int(str(each.Index)))
        )
    given_away = set()
    for total, members in sums.items():
        gone = [member for member in members if hidden[member.row]]
        shown = sorted(member for member in members if not hidden[member.row])
        while gone and not _protected(gone, policy):
            if not shown:
                given_away.add(total)
                break
            gone.append(shown.pop(0))
            hidden[gone[-1].row] = True
    return given_away


def _protected(gone: list[Part], policy: Disclosure) -> bool:
    """Return whether hidden parts of a total that is shown leave each of them open."""
    large = any(part.number >= policy.threshold for part in gone)
    rest = any(part.rest is None or part.rest >= policy.threshold for part in gone)
    return len(gone) >= 2 and large and rest


def _totals(parts: pd.DataFrame, closed: set[Sum], policy: Disclosure) -> pd.DataFrame:
    """Return one row per source, period, check and column that has units or deliverers to add up."""
    added = parts[((parts["unit"] != "") | (parts["deliverer"] != "")) & ~parts["check"].isin(_NOT_ADDED)]
    keys = ["source", "period", "check", "column"]
    sums = added.groupby(keys, as_index=False).agg(count=("count", "sum"))
    rows = sums[sums["check"] == "rows"][["source", "period", "count"]].rename(columns={"count": "of"})
    sums = sums.merge(rows, on=["source", "period"], how="left")
    itself = pd.Series(
        [key in closed for key in sums[keys].itertuples(index=False, name=None)], index=sums.index
    )
    sums["hidden"] = _small_in_itself(sums, policy) | itself.astype(bool)
    periods = pd.MultiIndex.from_frame(sums[["source", "period"]])
    sums["hidden"] |= periods.isin(periods[(sums["check"] == "rows") & sums["hidden"]])
    sums["hidden"] |= (sums["check"] == "set_aside") & periods.isin(periods[sums["hidden"]])
    return sums.assign(deliverer="", unit=NATIONAL)[[*KEYS, "count", "of", "hidden"]]
