"""What is averaged: a value of an index event or of a cohort's member, a score before and after."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from vbs_site.catalogue.conditions import Where
from vbs_site.catalogue.events import Link
from vbs_site.catalogue.words import Frozen, Length, Name, SignedLength


class Cohort(Frozen):
    """People who belong to a period by what happened to them in the periods before it."""

    from_: Name = Field(alias="from")
    at: Name | None = None
    where: Where
    within: Length
    alive: bool = False


class Value(Frozen):
    """What a mean is taken of.

    For the members of a cohort: `sum` of a column over the rows of `from` in the period. For index events: a `column`
    of the row, the `days` between two of its times, or what a link picks (`first`, `last`, `count` or `sum`).
    """

    sum: Name | None = None
    from_: Name | None = Field(None, alias="from")
    at: Name | None = None
    where: Where | None = None
    column: Name | None = None
    days: Annotated[list[Name], Field(min_length=2, max_length=2)] | None = None
    followed_by: Link | None = None
    preceded_by: Link | None = None

    @model_validator(mode="after")
    def _one_value(self) -> "Value":
        forms = (self.sum, self.column, self.days, self.followed_by, self.preceded_by)
        if sum(part is not None for part in forms) != 1:
            raise ValueError("a value has one of sum, column, days, followed_by, preceded_by")
        if self.sum is None and (self.from_ is not None or self.at is not None or self.where is not None):
            raise ValueError("`from`, `at` and `where` belong to `sum`")
        if self.sum is not None and self.from_ is None:
            raise ValueError("a sum says with `from` where its rows are found")
        link = self.link
        if link is not None and link.pick == "any":
            raise ValueError("a value says with `pick` what is taken: first, last, count or sum")
        if link is not None and (link.then is not None or link.at_least is not None):
            raise ValueError("`then` and `at_least` decide an event; a mean takes the value itself")
        if link is not None and link.pick in ("first", "last") and link.value is None:
            raise ValueError(f"`pick: {link.pick}` names the column as `value`")
        return self

    @property
    def link(self) -> Link | None:
        """Return the link that the value is picked by, if any."""
        return self.followed_by or self.preceded_by

    @property
    def of_column(self) -> str | None:
        """Return the column that the value is taken from, if it is one."""
        return self.sum or self.column or (self.link.value if self.link is not None else None)


class Answer(Frozen):
    """Which answer is taken when a patient has several in the window (both ends included, counted in whole days)."""

    where: Where | None = None
    window: Annotated[list[SignedLength], Field(min_length=2, max_length=2)]
    pick: Literal["first", "last"]


class Measurement(Frozen):
    """A score before and after the index event, found among the rows of another source."""

    from_: Name = Field(alias="from")
    value: Name
    at: Name | None = None
    where: Where | None = None
    baseline: Answer
    follow_up: Answer


class Pair(Frozen):
    """A score before and after (and, for case-mix adjustment, the expected score after) in the index row itself."""

    baseline: Name
    follow_up: Name
    expected: Name | None = None


class ExpectedPair(Pair):
    """A pair with the expected score after, which an adjustment cannot do without."""

    expected: Name


class Reference(Frozen):
    """A published national figure per period on which adjusted values are centred."""

    from_: Name = Field(alias="from")
    value: Name
    at: Name
    where: Where | None = None
