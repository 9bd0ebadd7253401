"""The counts under attack: what is known of each until it is recovered or shown to be wide."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from vbs_site.audit.blocks import Point
from vbs_site.audit.facts import Name, Target, Told
from vbs_site.audit.linear import System, Whole

Truths = NDArray[np.bool_]

MARGIN = 8
"""In a part of more than `EXACT` columns a range of fractions this much wider than asked counts as wide."""
EXACT = 200


class Attacked:
    """One entry for each count under attack.

    Attributes:
        column: the count's column in the system.
        width: least width that a hidden count needs; 0 for a count that stands nowhere.
        low, high: bounds that no fitting world leaves.
        seen_low, seen_high: least and largest value in worlds of whole numbers that fit.
        part_low, part_high: the same, fractions included.
        large: whether the count's part is too large for every range to be settled in whole numbers.
    """

    def __init__(self, system: System, column: Whole, width: Whole, small: int) -> None:
        """Start from the bounds of a narrowed system."""
        self.column, self.width, self.small = column, width, small
        self.low, self.high = system.low[column].copy(), system.high[column].copy()
        fixed = self.low == self.high
        self.seen_low = np.where(fixed, self.low, np.inf)
        self.seen_high = np.where(fixed, self.high, -np.inf)
        self.part_low, self.part_high = self.seen_low.copy(), self.seen_high.copy()
        self.large = np.zeros(len(column), np.bool_)

    def narrow(self) -> Truths:
        """Return which counts are recovered, whatever else may be found."""
        surely_small = (self.low >= 1) & (self.high < self.small)
        return np.where(self.width > 0, self.high - self.low < self.width, surely_small)

    def wide(self) -> Truths:
        """Return which counts are shown not to be recovered."""
        hidden = self.seen_high - self.seen_low >= self.width
        hidden |= self.large & (self.part_high - self.part_low >= self.width + MARGIN)
        elsewhere = (self.seen_low < 1) | (self.seen_high >= self.small)
        elsewhere |= (self.low >= self.small) | (self.high < 1)
        elsewhere |= self.large & (self.part_high >= self.small + MARGIN)
        return np.where(self.width > 0, hidden, elsewhere)

    def undecided(self, entries: Whole) -> Whole:
        """Return which of some entries are neither recovered nor shown not to be."""
        return entries[~(self.narrow() | self.wide())[entries]]

    def unsettled(self, entries: Whole) -> Whole:
        """Return which of some entries a program may still say something about.

        These are the undecided, and recovered counts of a part of moderate size whose bounds no world was seen at.
        """
        open_ended = (self.seen_low > self.low) | (self.seen_high < self.high)
        loose = self.narrow() & ~self.large & open_ended
        return entries[(~(self.narrow() | self.wide()) | loose)[entries]]

    def see(self, entries: Whole, at: Whole, part: Whole, point: Point) -> None:
        """Take note of a point.

        Args:
            entries: the entries that lie in its block.
            at: their columns in the block.
            part: their parts of the block.
            point: the point.
        """
        value, whole = point.values[at], point.whole[part]
        self.part_low[entries] = np.minimum(self.part_low[entries], value)
        self.part_high[entries] = np.maximum(self.part_high[entries], value)
        entries, value = entries[whole], value[whole]
        self.seen_low[entries] = np.minimum(self.seen_low[entries], value)
        self.seen_high[entries] = np.maximum(self.seen_high[entries], value)


def merged(targets: Iterable[Target]) -> dict[Name, Target]:
    """Return one target for each count: every sign that it carries holds, and the widest width is asked."""
    found: dict[Name, Target] = {}
    for each in targets:
        before = found.get(each.count, each)
        found[each.count] = Target(
            each.count,
            max(before.least, each.least),
            min(before.most, each.most),
            max(before.width, each.width),
        )
    return found


def unlisted(system: System, told: Sequence[Told], targets: Iterable[Name]) -> list[Name]:
    """Return the counts that follow from others but stand nowhere, neither as a number nor as a sign."""
    listed = {fact.terms[0][0] for fact in told if len(fact.terms) == 1 and fact.low == fact.high} | set(
        targets
    )
    return [name for name in system.names if name not in listed]
