"""One more cell where a total would give a hidden one away.

For every total that is shown, either none of its parts is hidden, or at least two are and one of them is not small
itself (two small cells alone could be told from their sum). Where no part can be added, the total is hidden. Of every
total that is hidden, at least one part is hidden too. This
closes plain subtraction within one table of one release; it does not stand against linear programming over all
tables, nor over several releases.
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass

Cell = tuple[str, str, str]
"""(unit, period, stratum) within one indicator and statistic; the unit is `kind/id`."""


@dataclass(frozen=True)
class Sum:
    """A total with the parts that add up to it."""

    total: Cell
    parts: tuple[Cell, ...]


def close(sums: Iterable[Sum], sensitive: set[Cell], blank: set[Cell], sizes: dict[Cell, float]) -> set[Cell]:
    """Return the cells to hide: the sensitive ones and those that must go with them.

    Args:
        sums: every total of the table; a cell may be a part of several.
        sensitive: cells whose own count is small.
        blank: cells that show no number for another reason (not delivered, too few for a value); they protect others.
        sizes: count in each cell; the smallest suitable cell is hidden first, empty ones never.
    """
    relations = sorted(sums, key=lambda each: (each.total, each.parts))
    touching: dict[Cell, list[int]] = defaultdict(list)
    for place, relation in enumerate(relations):
        for cell in (relation.total, *relation.parts):
            touching[cell].append(place)
    hidden, waiting = set(sensitive), deque(range(len(relations)))
    while waiting:
        relation = relations[waiting.popleft()]
        while (extra := _needed(relation, hidden, sensitive, blank, sizes)) is not None:
            hidden.add(extra)
            waiting.extend(touching[extra])
    return hidden


def _needed(
    relation: Sum, hidden: set[Cell], sensitive: set[Cell], blank: set[Cell], sizes: dict[Cell, float]
) -> Cell | None:
    gone = [part for part in relation.parts if part in hidden or part in blank]
    candidates = [part for part in relation.parts if part not in gone and sizes.get(part, 0) > 0]
    smallest = min(candidates, key=lambda part: (sizes[part], part), default=None)
    if relation.total in hidden:
        # A hidden total is given away by its parts when all of them are shown.
        return None if gone else smallest
    if relation.total in blank or not any(part in hidden for part in relation.parts):
        return None
    if len(gone) >= 2 and any(part not in sensitive and sizes.get(part, 0) > 0 for part in gone):
        return None
    return smallest if smallest is not None else relation.total
