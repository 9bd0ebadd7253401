"""The indicator model: who counts, what we look for around them, what we calculate, for whom, against what."""

import datetime
import math
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from vbs_site.catalogue.events import DecidingEvent, Exclusion, FollowedEvent, IndexEvents
from vbs_site.catalogue.examples import Example
from vbs_site.catalogue.instruments import InstrumentName, ThresholdKind
from vbs_site.catalogue.judging import Break, Judge
from vbs_site.catalogue.populations import AnyPer, Per, PersonTime, Standard, Strata
from vbs_site.catalogue.values import Cohort, ExpectedPair, Measurement, Pair, Reference, Value
from vbs_site.catalogue.words import Day, Frozen, Length, Name, Slug, Text, Words
from vbs_site.periods import PeriodKind

Direction = Literal["higher", "lower", "neutral"]
Dimension = Literal["outcome", "pro", "process", "activity", "cost"]
Matters = Literal["pain", "function", "safety", "self-care", "usual-activities"]

ROUNDING = 1e-9
"""How far a share of a whole number may be from what it is, in binary numbers."""


class Provenance(Frozen):
    """Who says that this is to be measured. A proposal is never shown as agreed."""

    status: Literal["agreed", "agreed-topic", "register-indicator", "pro-topic", "proposal"]
    source: Text
    group: Text | None = None

    @property
    def is_proposal(self) -> bool:
        """Whether nobody has adopted the measure itself, though its topic may be agreed: it gets no verdict."""
        return self.status in ("proposal", "agreed-topic")


class Lifecycle(Frozen):
    """Whether the indicator is in use, and since when."""

    state: Literal["draft", "active", "retired"] = "active"
    since: Any = None
    successor: Slug | None = None
    reason: Text | None = None


class Target(Frozen):
    """A level to reach, with the name it has at its source and the dates between which it holds."""

    label: Text
    op: Literal["<=", "<", ">=", ">"]
    value: float
    valid_from: Day | None = None
    valid_to: Day | None = None
    source: Words

    def holds_on(self, day: datetime.date) -> bool:
        """Return whether the target is in force on a day."""
        return bool((self.valid_from or day) <= day <= (self.valid_to or day))


class Minimum(Frozen):
    """What it takes to show a value at all: patients in the denominator, share of them who answered."""

    denominator: Annotated[int, Field(ge=1)] | None = None
    response_rate: Annotated[float, Field(gt=0, le=1)] | None = None

    def answers(self, asked: int) -> int:
        """Return how many of those asked must have answered."""
        return math.ceil((self.response_rate or 0.0) * asked - ROUNDING)


class Review(Frozen):
    """Who looks the definition through, and when next."""

    owner: Text
    last: Day | None = None
    next: Day | None = None


class _Indicator(Frozen):
    """What all kinds have in common.

    Attributes:
        stratify_down_to: finest unit kind for which strata are shown; finer ones would mostly be hidden.
        report_from: first day that is reported, when it is not the catalogue's.
        aliases: ids that it had before; their addresses lead to its page.
        judge: what is judged otherwise than the catalogue's `judgement` has it.
        breaks: days from which figures are not comparable with those before, and why.
        examples: what the definition means, shown on a few patients; `check` runs them.
    """

    title: Text
    why: Text
    areas: Annotated[list[Slug], Field(min_length=1)]
    dimension: Dimension
    matters: Matters
    provenance: Provenance
    lifecycle: Lifecycle = Lifecycle()
    direction: Direction
    units: Annotated[list[Name], Field(min_length=1)]
    period: PeriodKind
    targets: list[Target] = []
    minimum: Minimum = Minimum()
    judge: Judge = Judge()
    breaks: list[Break] = []
    stratify: list[Literal["sex", "age_band"]] = []
    stratify_down_to: Name = "national"
    report_from: Any = None
    decimals: Annotated[int, Field(ge=0, le=4)] | None = None
    review: Review
    aliases: list[Slug] = []
    examples: list[Example] = []

    @property
    def periods_overlap(self) -> bool:
        """Whether periods hold the same people: those of rolling years, and of cohorts with a look-back."""
        return self.period == "rolling_year" or getattr(self, "cohort", None) is not None

    @field_validator("report_from")
    @classmethod
    def _a_day(cls, value: Any) -> Any:
        if value is not None and not hasattr(value, "year"):
            raise ValueError("report_from is a date such as 2022-01-01")
        return value


class Proportion(_Indicator):
    """Share of index events with the event. Additive: eligible, n, numerator, missing."""

    kind: Literal["proportion"]
    of: IndexEvents
    exclude: list[Exclusion] = []
    event: DecidingEvent


class Rate(_Indicator):
    """Events or courses per population, or events per person-time. Additive: numerator, n (population), person_days."""

    kind: Literal["rate"]
    of: IndexEvents
    exclude: list[Exclusion] = []
    event: FollowedEvent | None = None
    per: AnyPer

    @model_validator(mode="after")
    def _timed_or_counted(self) -> "Rate":
        if (self.event is not None) != isinstance(self.per, PersonTime):
            raise ValueError("people are followed for an `event` per `person_time`; a population has neither")
        if self.event is not None and self.event.followed_by is not None and self.event.followed_by.after:
            raise ValueError("people are at risk from the index event on, so their time has no `after`")
        return self


class Mean(_Indicator):
    """Mean of a value per index event, or of what members of a cohort add up to. Additive: eligible, n, missing, sum, sum_sq."""

    kind: Literal["mean"]
    cohort: Cohort | None = None
    of: IndexEvents | None = None
    exclude: list[Exclusion] = []
    value: Value

    @model_validator(mode="after")
    def _of_whom(self) -> "Mean":
        if (self.cohort is None) == (self.of is None):
            raise ValueError("a mean is taken over index events (`of`) or the members of a `cohort`")
        if (self.cohort is None) != (self.value.sum is None):
            raise ValueError(
                "members of a cohort have a value with `sum`; index events one of the other forms"
            )
        return self

    @property
    def value_source(self) -> str:
        """Return the source that the value is found in."""
        own = self.of.from_ if self.of is not None else None
        found = self.value.from_ or (self.value.link.from_ if self.value.link is not None else None) or own
        assert found is not None, "a value has a source"
        return found


class TimeToEvent(_Indicator):
    """Share still free of the event after some time (Kaplan-Meier). Additive: events and people who leave, per day.

    Attributes:
        event: what people are followed for, and for how long.
        shown_at: the times whose shares are shown; the longest window is always shown.
    """

    kind: Literal["time_to_event"]
    of: IndexEvents
    exclude: list[Exclusion] = []
    event: FollowedEvent
    shown_at: list[Length] = []

    @model_validator(mode="after")
    def _within_the_window(self) -> "TimeToEvent":
        if self.event.recurs:
            raise ValueError("time to an event ends with the first one; leave `pick` out")
        for each in self.shown_at:
            if each.unit not in ("days", "weeks") or each.longest_days >= self.event.within.longest_days:
                raise ValueError("shown_at holds numbers of days or weeks below the event's `within`")
        return self


class StandardisedRate(_Indicator):
    """Direct standardised rate. Additive: numerator and population per sex and age band."""

    kind: Literal["standardised_rate"]
    of: IndexEvents
    exclude: list[Exclusion] = []
    per: Per
    by: Strata
    standard: Standard


class StandardisedRatio(_Indicator):
    """Indirect standardised ratio, observed to expected. Additive: events and people at risk per sex and age band.

    Expected is what the unit would have had with the rates of all units together in the same period. With `event`,
    index events are at risk; with `per`, a population.
    """

    kind: Literal["standardised_ratio"]
    of: IndexEvents
    exclude: list[Exclusion] = []
    event: DecidingEvent | None = None
    per: Per | None = None
    by: Strata

    @model_validator(mode="after")
    def _at_risk(self) -> "StandardisedRatio":
        if (self.event is None) == (self.per is None):
            raise ValueError(
                "a ratio has either `event` (index events at risk) or `per` (a population at risk)"
            )
        return self


class Change(_Indicator):
    """Paired change of a score. Additive: eligible, n, sum, sum_sq, numerator (improved), missing."""

    kind: Literal["change"]
    instrument: InstrumentName
    of: IndexEvents
    exclude: list[Exclusion] = []
    measure: Measurement | None = None
    pair: Pair | None = None
    improved: ThresholdKind | None = None

    @model_validator(mode="after")
    def _one_form(self) -> "Change":
        if (self.measure is None) == (self.pair is None):
            raise ValueError(
                "a change has either `measure` (answers in another source) or `pair` (columns of the index row)"
            )
        return self


class AdjustedChange(_Indicator):
    """Observed minus expected change, re-centred on a reference. Additive: n, sum, sum_sq, expected, residual_sq."""

    kind: Literal["adjusted_change"]
    instrument: InstrumentName
    of: IndexEvents
    exclude: list[Exclusion] = []
    pair: ExpectedPair
    reference: Reference
    improved: ThresholdKind | None = None


class ShareOfSum(_Indicator):
    """Quotient of two sums of delivered counts. Additive: n (denominator), numerator."""

    kind: Literal["share_of_sum"]
    of: IndexEvents
    numerator: Name
    denominator: Name


class Half(Frozen):
    """One half of a ratio: an additive statistic of another indicator."""

    indicator: Slug
    statistic: Literal["eligible", "n", "numerator", "sum", "person_days"]


class Ratio(_Indicator):
    """Quotient of two additive statistics of other indicators, such as cost per patient who improved."""

    kind: Literal["ratio"]
    numerator: Half
    denominator: Half
    each: Annotated[int, Field(ge=1)] = 1


Indicator = Annotated[
    Proportion
    | Rate
    | Mean
    | Change
    | TimeToEvent
    | StandardisedRate
    | StandardisedRatio
    | AdjustedChange
    | ShareOfSum
    | Ratio,
    Field(discriminator="kind"),
]


def strata_of(indicator: Indicator) -> tuple[str, ...]:
    """Return the strata that an indicator is computed by: shown ones, or those that it is standardised by."""
    wanted = {*indicator.stratify, *getattr(indicator, "by", ())}
    return tuple(each for each in ("sex", "age_band") if each in wanted)
