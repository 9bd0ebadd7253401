"""Which periods can be shown for whom: how far each source reaches, and how far each measure looks ahead."""

import datetime
from dataclasses import dataclass
from typing import Literal

from vbs_site.catalogue.events import FollowedEvent
from vbs_site.catalogue.indicators import Ratio
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, Organisations
from vbs_site.catalogue.uses import Use, uses
from vbs_site.extracts.deliveries import Deliveries, Delivery
from vbs_site.periods import Period, PeriodKind, period_of

Coverage = Literal["complete", "incomplete_follow_up", "not_delivered"]


LINKED = (
    *(
        "followed_by",
        "preceded_by",
        "then",
        "measure",
        "baseline",
        "follow_up",
        "died",
        "cohort",
        "value",
        "per",
    ),
)
"""Ends of the paths of uses whose rows a unit shares with others: a patient is readmitted anywhere."""


@dataclass(frozen=True)
class Reach:
    """How far the deliveries carry one indicator.

    Attributes:
        needs: (delivery, days of look-ahead, own) per use of a source that follows the calendar; a look-ahead of 0 asks
            for the period itself. `own` says that a unit's rows come from its own deliverer alone; linked rows, and all
            rows where people are placed by where they live, can come from any.
        first, last: first and last period that is listed; None when the source only carries years.
        horizon: first day on which people who are followed are no longer seen by every delivery; None when nobody is.
    """

    needs: tuple[tuple[Delivery, float, bool], ...]
    first: Period | None
    last: Period | None
    horizon: datetime.date | None = None

    @property
    def periods(self) -> list[Period]:
        """Return every listed period, oldest first."""
        if self.first is None or self.last is None:
            return []
        return [self.first.next(step) for step in range(self.last.index - self.first.index + 1)]

    def coverage(self, period: Period, deliverer: str | None) -> Coverage:
        """Return whether a deliverer's rows cover a period and the look-ahead after it.

        Args:
            period: the period.
            deliverer: the unit that delivers; None asks for all of them together.
        """
        state: Coverage = "complete"
        for delivery, follow, own in self.needs:
            ends = self._ends(delivery, deliverer if own else None)
            if ends is None:
                continue
            if ends < period.end:
                return "not_delivered"
            if ends < period.end + datetime.timedelta(days=follow):
                state = "incomplete_follow_up"
        return state

    def lacking(self, period: Period) -> list[str]:
        """Return the deliverers whose rows for the period itself are missing, ordered by id."""
        lacking = set[str]()
        for delivery, _follow, _own in self.needs:
            lacking |= set(delivery.missing)
            lacking |= {
                unit
                for unit in delivery.files
                if unit is not None and (delivery.until(unit) or period.end) < period.end
            }
        return sorted(lacking)

    @staticmethod
    def _ends(delivery: Delivery, deliverer: str | None) -> datetime.date | None:
        if deliverer in delivery.missing or (deliverer is None and delivery.missing):
            return datetime.date.min
        if deliverer is not None and deliverer in delivery.files:
            return delivery.until(deliverer)
        ends = [day for unit in delivery.files if (day := delivery.until(unit)) is not None]
        return min(ends) if ends else None


def reach(catalogue: Catalogue, deliveries: Deliveries, name: str, unit_kind: str) -> Reach:
    """Return how far the deliveries carry an indicator for one of its unit kinds.

    The look-ahead is the longest window that the definition opens after the index time, in exact days: 30 days for
    a readmission, 425 for a 12-month answer. People who are followed until an event are censored instead. Its last
    listed period is the last one that any deliverer covers.
    """
    indicator = catalogue.indicators[name]
    if isinstance(indicator, Ratio):
        halves = [
            reach(catalogue, deliveries, half.indicator, unit_kind)
            for half in (indicator.numerator, indicator.denominator)
        ]
        return _of_both(*halves)
    kind: PeriodKind = indicator.period
    needs, latest, horizons = [], list[datetime.date](), list[datetime.date]()
    found = list(uses(catalogue, name))
    if _carries_years(catalogue, found[0]):
        return Reach((), None, None)
    followed = isinstance(getattr(indicator, "event", None), FollowedEvent)
    for use in found:
        delivery = deliveries.by_source[catalogue.base_of(use.source)]
        if use.path[-1] in ("reference", "standard") or not delivery.complete_until:
            continue
        # Linked rows must reach past the period; index rows only to its end, but a link into them looks ahead too.
        # A chain goes across deliverers: whoever is late can hold the row that joins two of another's.
        own = use.path[-1] not in LINKED and catalogue.units[unit_kind].path is None
        own = own and not catalogue.is_chained(use.source)
        if deliveries.basis == "residents":
            # Whoever delivers all contacts of its residents has everything about them, and a share of every hospital.
            own = catalogue.units[unit_kind].path is not None
        # Whoever is followed counts for as long as they are seen, so a window that is not over holds nothing back.
        seen = followed and "event" in use.path
        needs.append((delivery, 0.0 if seen else use.follow, own))
        if seen:
            horizons += delivery.complete_until.values()
        if use is found[0]:
            latest += delivery.complete_until.values()
            horizons += delivery.complete_until.values() if followed else ()
    horizon = min(horizons) if horizons else None
    start = indicator.report_from or catalogue.catalogue.report_from
    if start is None or not latest:
        return Reach(tuple(needs), None, None, horizon)
    starts = catalogue.catalogue.year_starts
    first = period_of(start, kind, starts)
    while first.first_day < start:
        first = first.next()
    last = period_of(max(latest), kind, starts).next(-1)
    return Reach(tuple(needs), first, last, horizon)


def _of_both(one: Reach, other: Reach) -> Reach:
    """Return how far a ratio is carried: where both its halves are."""
    if one.first is None or other.first is None or one.last is None or other.last is None:
        return Reach(one.needs + other.needs, None, None)
    return Reach(one.needs + other.needs, max(one.first, other.first), min(one.last, other.last))


def _carries_years(catalogue: Catalogue, index: Use) -> bool:
    return catalogue.sources[index.source].columns[index.at or ""].type == "year"


def deliverer_of(
    catalogue: Catalogue, organisations: Organisations, delivery_kind: str | None, unit: str
) -> str | None:
    """Return the unit of the delivering kind that a unit is or lies within; None for the national level."""
    if unit == NATIONAL or delivery_kind is None:
        return None
    return organisations.ancestor(unit, catalogue.organisation_kind(delivery_kind))
