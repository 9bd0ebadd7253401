"""Rounded counts instead of hidden ones.

Every count of an indicator is published as the nearest multiple of a base, and shares, rates and their intervals are those
of the rounded counts, so they tell nothing more. A rounded count leaves open every number that rounds to it. Totals are
rounded by themselves and tell more of their parts; where a small count could be told from everything together, lines
around it are hidden as well (Hundepool et al., Statistical Disclosure Control, Wiley 2012, section 5.4: conventional
rounding).
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from vbs_site.catalogue.indicators import Indicator, Proportion, Rate, ShareOfSum
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.statistics import over_population
from vbs_site.disclosure.columns import GROUP
from vbs_site.disclosure.optimise import CannotProtectError, unprotected
from vbs_site.disclosure.tables import Table
from vbs_site.statistics.findings import PROPORTIONS
from vbs_site.statistics.intervals import rate


def can_be_rounded(indicator: Indicator) -> bool:
    """Return whether everything that an indicator shows can be computed from its rounded counts."""
    return type(indicator) in (Proportion, ShareOfSum) or (
        isinstance(indicator, Rate) and over_population(indicator)
    )


def base_of(catalogue: Catalogue, names: Iterable[str]) -> int | None:
    """Return what the counts of indicators that share counts are rounded to; None where any of them is hidden instead."""
    bases = [
        catalogue.protection(name).round_to if can_be_rounded(catalogue.indicators[name]) else None
        for name in names
    ]
    known = [each for each in bases if each is not None]
    return max(known) if len(known) == len(bases) else None


def nearest(counts: np.ndarray, base: int) -> np.ndarray:
    """Return the nearest multiples of a base; what lies in the middle goes up."""
    rounded: np.ndarray = (2 * counts + base) // (2 * base) * base
    return rounded


def hidden_beside_rounding(table: Table, base: int) -> np.ndarray:
    """Return the entries to hide although counts are rounded.

    Raises:
        CannotProtectError: a count is told even when no entry that is set against it is shown.
    """
    system = table.system
    rounded = nearest(system.counts, base)
    low = np.maximum(system.low, np.ceil(rounded - base / 2))
    high = np.minimum(system.high, np.ceil(rounded + base / 2) - 1)
    groups = np.array([part is None and whole[1] == GROUP for whole, part, _ in table.counts])
    empty = groups & (rounded == 0) & (system.counts > 0)  # of nobody there is no share
    hidden: np.ndarray = np.asarray(system.shows @ empty.astype(np.int64)).ravel() > 0
    width = np.minimum(system.width, np.maximum(1, base // 2))
    while True:
        told = np.asarray(system.shows.T @ (~hidden).astype(np.int64)).ravel() > 0
        now = replace(
            system,
            low=np.where(told, low, system.low),
            high=np.where(told, high, system.high),
            width=width,
            gone=np.ones_like(system.gone),
        )
        left = unprotected(now, now.gone)
        if not left:
            return hidden
        more = _around(table, left) & ~hidden
        if not more.any():
            raise CannotProtectError(tuple(left))
        hidden |= more


def _around(table: Table, counts: list[int]) -> np.ndarray:
    """Return the entries that show any of the counts, or one that stands in a sum with them."""
    system = table.system
    near = np.zeros(system.counts.size, dtype=np.int64)
    near[counts] = 1
    sums = abs(system.sums)
    near = sums.T @ (sums @ near)
    shown: np.ndarray = np.asarray(system.shows @ (near > 0).astype(np.int64)).ravel() > 0
    return shown


def round_lines(catalogue: Catalogue, name: str, base: int, rows: pd.DataFrame) -> pd.DataFrame:
    """Return the lines of an indicator with rounded counts, and with the value and interval of these.

    Args:
        catalogue: for the kind, and the method of intervals.
        name: of the indicator.
        base: what is rounded to.
        rows: its shown lines, with `n, numerator, value, lower, upper`.
    """
    indicator = catalogue.indicators[name]
    numerator = nearest(rows["numerator"].to_numpy(dtype=np.int64), base)
    n = rows["n"].to_numpy(dtype=np.int64)
    if isinstance(indicator, Rate):
        found = rate(numerator.astype(float), n.astype(float), indicator.per.each)
    else:
        n = nearest(n, base)
        numerator = np.minimum(numerator, n)
        found = PROPORTIONS[catalogue.judging(name).interval](numerator.astype(float), n.astype(float))
    return rows.assign(n=n, numerator=numerator, value=found.value, lower=found.lower, upper=found.upper)
