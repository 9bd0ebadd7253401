"""Bounds of single counts from one row at a time, rounded to whole numbers, until nothing narrows any more.

The first step of every attack: it is sound (no value that fits is ever shut out), and it ends most targets' matter
without a program. A row bounds each of its counts by what the other counts at their limits leave over.
"""

import numpy as np

from vbs_site.audit.facts import ContradictionError
from vbs_site.audit.linear import Floats, System, Whole, rounded_down, rounded_up, slack

SWEEPS = 2_000
"""Sweeps at most; what is then still narrowing is left to the programs."""


def propagate(system: System) -> None:
    """Narrow the bounds of a system in place.

    Raises:
        ContradictionError: a row cannot hold, or no whole number is left for a count.
    """
    rows = np.arange(len(system.row_low))
    for _ in range(SWEEPS):
        if not len(rows):
            return
        changed = _sweep(system, rows)
        rows = system.rows_with(changed)


def _sweep(system: System, rows: Whole) -> Whole:
    """Narrow by some rows, all from the same bounds; return the columns that became narrower."""
    entries = system.entries_of(rows)
    columns, weights = system.columns[entries], system.coefficients[entries]
    lengths = system.starts[rows + 1] - system.starts[rows]
    starts = np.cumsum(lengths) - lengths
    row = np.repeat(np.arange(len(rows)), lengths)
    positive = weights > 0
    least = weights * np.where(positive, system.low[columns], system.high[columns])
    most = weights * np.where(positive, system.high[columns], system.low[columns])
    # What the other counts of the row come to at least and at most.
    least_rest, least_all = _rest(least, starts, row)
    most_rest, most_all = _rest(-most, starts, row)
    over, under = system.row_high[rows], system.row_low[rows]
    broken = (least_all > over + slack(over)) | (-most_all < under - slack(under))
    if broken.any():
        raise ContradictionError(system.places([int(rows[broken.argmax()])], []))
    at_most = (over[row] - least_rest) / weights
    at_least = (under[row] + most_rest) / weights
    low = rounded_up(np.where(positive, at_least, at_most))
    high = rounded_down(np.where(positive, at_most, at_least))
    return _take(system, columns, rows[row], low, high)


def _rest(terms: Floats, starts: Whole, row: Whole) -> tuple[Floats, Floats]:
    """Return for each entry the least sum of the other entries of its row, and the row's own; -inf where open."""
    open_ = np.isinf(terms)
    known = np.where(open_, 0.0, terms)
    total = np.add.reduceat(known, starts)
    unknown = np.add.reduceat(open_.astype(np.int64), starts)
    others_open = unknown[row] - open_ > 0
    return np.where(others_open, -np.inf, total[row] - known), np.where(unknown > 0, -np.inf, total)


def _take(system: System, columns: Whole, rows: Whole, low: Floats, high: Floats) -> Whole:
    """Take over bounds that are narrower, each with its row; return the columns concerned."""
    narrower_low = low > system.low[columns]
    narrower_high = high < system.high[columns]
    np.maximum.at(system.low, columns[narrower_low], low[narrower_low])
    np.minimum.at(system.high, columns[narrower_high], high[narrower_high])
    by_low = narrower_low & (low == system.low[columns])
    by_high = narrower_high & (high == system.high[columns])
    system.why_low[columns[by_low]] = rows[by_low]
    system.why_high[columns[by_high]] = rows[by_high]
    changed = np.unique(columns[narrower_low | narrower_high])
    empty = changed[system.low[changed] > system.high[changed]]
    if len(empty):
        raise ContradictionError(system.places([], [int(empty[0])]))
    return changed
