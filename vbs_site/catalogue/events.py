"""Who counts and what makes it count: index events, rows linked to them in a window, exclusions and events."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from vbs_site.catalogue.conditions import Where
from vbs_site.catalogue.words import (
    Duration,
    Frozen,
    Length,
    Name,
    Text,
    not_negative,
    parse_duration,
    written,
)


class Chain(Frozen):
    """Rows of one person with a gap shorter than this count as one course."""

    gap: Length


class IndexEvents(Frozen):
    """The rows that count, and the time that places them in a period.

    Attributes:
        at: the time column; the source's start when not given.
        only_first: a person's first row that meets `where` counts alone: `ever` in all that was delivered, or
            `in_period`. At equal times the row with the lowest key is the first.
        washout: a row counts only when the same person has no earlier row that meets `where` within this time before
            it, whether or not that one counted.
    """

    from_: Name = Field(alias="from")
    at: Name | None = None
    where: Where | None = None
    chain: Chain | None = None
    only_first: Literal["ever", "in_period"] | None = None
    washout: Length | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "IndexEvents":
        if sum(part is not None for part in (self.chain, self.only_first, self.washout)) > 1:
            raise ValueError("index events have at most one of chain, only_first, washout")
        return self


Pick = Literal["any", "first", "last", "count", "sum"]


class Link(Frozen):
    """Other rows of the same person in a window around the index event.

    `after` excludes its own moment (strictly later than), `within` includes it (no later than). Without `after`
    the window begins at the index time itself, included. The index row never links to itself. When either of the two
    has a date and no time of day, or people are followed for the event, a window is counted in whole days.

    Attributes:
        same: columns that both rows have, with equal values; a missing value equals nothing.
        pick: `any` asks whether there is a row; `first` and `last` take one by time (at equal times the one with the
            lowest key); `count` and `sum` take all.
        then: what the first or last row must be to count.
        value: the column of the first or last row, or the one that is added up.
        at_least: how many rows, or how large a sum, it takes to count.
    """

    from_: Name | None = Field(None, alias="from")
    at: Name | None = None
    where: Where | None = None
    after: Length | None = None
    within: Length
    same: list[Name] = []
    pick: Pick = "any"
    then: Where | None = None
    value: Name | None = None
    at_least: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _fits_its_pick(self) -> "Link":
        if self.then is not None and self.pick not in ("first", "last"):
            raise ValueError("`then` belongs to `pick: first` or `pick: last`")
        if self.at_least is not None and self.pick not in ("count", "sum"):
            raise ValueError("`at_least` belongs to `pick: count` or `pick: sum`")
        if self.value is not None and self.pick not in ("first", "last", "sum"):
            raise ValueError("`value` belongs to `pick: first`, `last` or `sum`")
        if self.value is not None and self.then is not None:
            raise ValueError("`then` decides by the row, `value` takes a number of it: write one of them")
        if self.pick == "sum" and self.value is None:
            raise ValueError("`pick: sum` names the column to add up as `value`")
        return self


WITHIN = r"within \d{1,5} \w+"


def _died(raw: Any) -> Any:
    if raw == "before_or_at":
        return raw
    if isinstance(raw, str) and raw.startswith("within "):
        return not_negative(parse_duration(raw.removeprefix("within ")))
    if isinstance(raw, Duration):
        return raw
    raise ValueError("died takes `before_or_at` or `within 30 days`")


def _decides(link: Link | None) -> None:
    """Refuse a link that gives a value where a yes or no is asked for."""
    if link is not None and link.pick in ("first", "last") and link.then is None:
        raise ValueError(f"`pick: {link.pick}` says with `then` what that row must be")
    if link is not None and link.pick in ("count", "sum") and link.at_least is None:
        raise ValueError(f"`pick: {link.pick}` says with `at_least` how much it takes")


class Exclusion(Frozen):
    """One reason to leave an index event out."""

    died: Annotated[
        Literal["before_or_at"] | Duration | None,
        BeforeValidator(_died),
        WithJsonSchema(written(rf"before_or_at|{WITHIN}", "before_or_at")),
    ] = None
    followed_by: Link | None = None
    preceded_by: Link | None = None
    where: Where | None = None
    why: Text | None = None

    @model_validator(mode="after")
    def _one_reason(self) -> "Exclusion":
        if sum(part is not None for part in (self.died, self.followed_by, self.preceded_by, self.where)) != 1:
            raise ValueError("an exclusion has one of died, followed_by, preceded_by, where")
        _decides(self.followed_by)
        _decides(self.preceded_by)
        return self


def _died_within(raw: Any) -> Any:
    if raw == "before_or_at":
        raise ValueError("died takes `within 30 days` in an event")
    return _died(raw)


class Event(Frozen):
    """What makes an index event count in the numerator: a linked row, what the row itself says, or a death."""

    followed_by: Link | None = None
    preceded_by: Link | None = None
    where: Where | None = None
    died: Annotated[
        Duration | None, BeforeValidator(_died_within), WithJsonSchema(written(WITHIN, "within 30 days"))
    ] = None

    @model_validator(mode="after")
    def _one_event(self) -> "Event":
        if sum(part is not None for part in (self.followed_by, self.preceded_by, self.where, self.died)) != 1:
            raise ValueError("an event has one of followed_by, preceded_by, where, died")
        return self


class DecidingEvent(Event):
    """An event that happened or did not, whatever is picked."""

    @model_validator(mode="after")
    def _decided(self) -> "DecidingEvent":
        _decides(self.followed_by)
        _decides(self.preceded_by)
        return self


class FollowedEvent(Event):
    """An event that people are followed for: a linked row in a window of days, or a death."""

    @model_validator(mode="after")
    def _lies_ahead(self) -> "FollowedEvent":
        if self.where is not None or self.preceded_by is not None:
            raise ValueError("people are followed for an event with followed_by or died")
        if self.followed_by is not None and self.followed_by.pick not in ("any", "count"):
            raise ValueError("people are followed for any such row, or for the count of them")
        if self.followed_by is not None and self.followed_by.at_least is not None:
            raise ValueError("people are followed for each event; leave `at_least` out")
        after = self.followed_by.after if self.followed_by is not None else None
        if any(each is not None and each.unit not in ("days", "weeks") for each in (self.within, after)):
            raise ValueError("people are followed for a number of days or weeks")
        return self

    @property
    def within(self) -> Duration:
        """Return how long people are followed."""
        within = self.followed_by.within if self.followed_by is not None else self.died
        assert within is not None
        return within

    @property
    def recurs(self) -> bool:
        """Return whether every event counts, not the first alone."""
        return self.followed_by is not None and self.followed_by.pick == "count"
