"""What a reader knows of a hidden count from the sign that stands in its place, and from the rules that put it there.

A hidden group has somebody in it, because a group of nobody is shown as that. `too_few` tells that it is smaller than the
indicator's minimum, `low_coverage` that fewer answered than asked for; any other line has passed both.
"""

import math
from typing import NamedTuple

from vbs_site.catalogue.indicators import Indicator
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.protection import Disclosure
from vbs_site.catalogue.statistics import DIRECT, over_population
from vbs_site.disclosure.columns import ASKED, EVENT, GROUP, Column, Counted, Entry
from vbs_site.disclosure.sums import Cell

TELLING_SIGNS = ("too_few", "low_coverage")
"""Statuses that tell something of the size of the group."""


class Limits(NamedTuple):
    """Between which whole numbers a count is known to lie."""

    low: float = 0
    high: float = math.inf

    def narrowed(self, other: "Limits") -> "Limits":
        """Return what both tell together."""
        return Limits(max(self.low, other.low), min(self.high, other.high))


def limits_told(catalogue: Catalogue, found: Counted, *, signs: bool) -> dict[tuple[Column, Cell], Limits]:
    """Return what a reader knows of the counts that are not shown.

    Args:
        catalogue: for the minimums of indicators, and the policies.
        found: what is counted.
        signs: whether lines without a value keep the sign that says why; otherwise they look like all that is hidden.
    """
    told: dict[tuple[Column, Cell], Limits] = {}
    for entry in found.entries:
        indicator, policy = catalogue.indicators[entry.indicator], catalogue.protection(entry.indicator)
        for column in entry.columns:
            number = found.numbers[column].get(entry.cell)
            if number is None:
                continue
            limits = Limits()
            if column[1] in (GROUP, ASKED) and number > 0 and entry.status in ("shown", *TELLING_SIGNS):
                limits = Limits(1)
            if (
                column[1] == GROUP
                and entry.statistic.judged
                and signs
                and keeps_sign(catalogue, found, entry)
            ):
                limits = limits.narrowed(_of_sign(indicator, found, entry))
            if column[1].startswith(EVENT) and number > 0 and always_there(indicator, policy):
                limits = Limits(1)
            told[column, entry.cell] = told.get((column, entry.cell), Limits()).narrowed(limits)
    return told


def always_there(indicator: Indicator, policy: Disclosure) -> bool:
    """Return whether hidden events are known to be one or more: in a public population, a true zero is always shown."""
    return policy.zeros_shown and over_population(indicator)


def keeps_sign(catalogue: Catalogue, found: Counted, entry: Entry) -> bool:
    """Return whether a line may keep its status: not when it would tell that few people are in the group, and how many."""
    if entry.status not in TELLING_SIGNS:
        return True
    policy = catalogue.protection(entry.indicator)
    high = _of_sign(catalogue.indicators[entry.indicator], found, entry).high
    return high >= policy.threshold and high - 1 >= policy.least_width


def _of_sign(indicator: Indicator, found: Counted, entry: Entry) -> Limits:
    """Return what a status tells of the group; a standardised rate can have too few events or strata instead."""
    name = entry.indicator
    fewest, rate = indicator.minimum.denominator, indicator.minimum.response_rate
    asked = found.numbers.get((name, ASKED), {}).get(entry.cell)
    answered = indicator.minimum.answers(asked) if rate is not None and asked is not None else None
    if entry.status == "too_few" and fewest is not None and entry.statistic is not DIRECT:
        return Limits(1, fewest - 1)
    if entry.status == "low_coverage":
        return Limits(max(1, fewest or 0), math.inf if answered is None else max(1, answered - 1))
    if entry.status == "shown":
        return Limits(max(1, fewest or 0, answered or 0))
    return Limits()
