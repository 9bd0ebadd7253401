"""What earlier releases have told already, and so cannot be hidden any more.

Whoever has both releases sets them against each other: a count that was shown then and is the same now is known, whether
or not it is shown again. A count that has changed since is another count.
"""

from collections.abc import Iterable

import pandas as pd

from vbs_site.disclosure.columns import Column, Counted
from vbs_site.disclosure.sums import Cell
from vbs_site.tables import records


def told_before(found: Counted, earlier: Iterable[pd.DataFrame]) -> frozenset[tuple[Column, Cell]]:
    """Return the (column, cell) whose count an earlier release has shown as it is now.

    Args:
        found: what is counted now.
        earlier: results of earlier releases.
    """
    entries = {(each.indicator, each.statistic.name, each.cell): each for each in found.entries}
    told = set[tuple[Column, Cell]]()
    for results in earlier:
        for row in records(results[results["status"] == "shown"]):
            cell = Cell(*(str(row[key]) for key in Cell._fields))
            entry = entries.get((str(row["indicator"]), str(row["statistic"]), cell))
            if entry is None:
                continue
            shown = {int(row[key]) for key in ("n", "numerator") if pd.notna(row[key])}
            told |= {(column, cell) for column in entry.columns if found.numbers[column].get(cell) in shown}
    return frozenset(told)
