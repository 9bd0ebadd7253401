"""The indicator model: who counts, what we look for around them, what we calculate, for whom, against what."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from vbs_site.catalogue.conditions import Where
from vbs_site.catalogue.words import (
    Duration,
    Frozen,
    Length,
    Name,
    SignedLength,
    Slug,
    Text,
    Words,
    not_negative,
    parse_duration,
)

InstrumentName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
Period = Literal["month", "quarter", "half_year", "year"]
Direction = Literal["higher", "lower", "neutral"]


class Threshold(Frozen):
    """A change on an instrument that matters. There are several kinds; there is no single «MCID»."""

    kind: Literal["mic_individual", "mic_group", "mid_between_groups", "mdc90", "any_improvement"]
    value: float
    title: Text
    source: Words


class Instrument(Frozen):
    """A questionnaire score: its range, the direction that is better, and thresholds with their sources."""

    title: Text
    range: Annotated[list[float], Field(min_length=2, max_length=2)]
    direction: Literal["higher", "lower"]
    thresholds: list[Threshold] = []
    caution: Text | None = None


class Provenance(Frozen):
    """Who says that this is to be measured. A proposal is never shown as agreed."""

    status: Literal["agreed", "register-indicator", "pro-topic", "proposal"]
    source: Text
    group: Text | None = None


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
    valid_from: Any = None
    valid_to: Any = None
    source: Words


class Minimum(Frozen):
    """What it takes to show a value at all: patients in the denominator, share of them who answered."""

    denominator: Annotated[int, Field(ge=1)] | None = None
    response_rate: Annotated[float, Field(gt=0, le=1)] | None = None


class Review(Frozen):
    """Who looks the definition through, and when next."""

    owner: Text
    last: Any = None
    next: Any = None


class Chain(Frozen):
    """Rows of one person with a gap shorter than this count as one course."""

    gap: Length


class IndexEvents(Frozen):
    """The rows that count, and the time that places them in a period."""

    from_: Name = Field(alias="from")
    at: Name | None = None
    where: Where | None = None
    chain: Chain | None = None


class Link(Frozen):
    """Another row of the same person in a window around the index event.

    `after` excludes its own moment (strictly later than), `within` includes it (no later than). Without `after`
    the window begins at the index time itself, included. The index row never links to itself.
    """

    from_: Name | None = Field(None, alias="from")
    at: Name | None = None
    where: Where | None = None
    after: Length | None = None
    within: Length


def _died(raw: Any) -> Any:
    if raw == "before_or_at":
        return raw
    if isinstance(raw, str) and raw.startswith("within "):
        return not_negative(parse_duration(raw.removeprefix("within ")))
    if isinstance(raw, Duration):
        return raw
    raise ValueError("died takes `before_or_at` or `within 30 days`")


class Exclusion(Frozen):
    """One reason to leave an index event out."""

    died: Annotated[Literal["before_or_at"] | Duration | None, BeforeValidator(_died)] = None
    followed_by: Link | None = None
    preceded_by: Link | None = None
    where: Where | None = None
    why: Text | None = None

    @model_validator(mode="after")
    def _one_reason(self) -> "Exclusion":
        if sum(part is not None for part in (self.died, self.followed_by, self.preceded_by, self.where)) != 1:
            raise ValueError("an exclusion has one of died, followed_by, preceded_by, where")
        return self


class Event(Frozen):
    """What makes an index event count in the numerator."""

    followed_by: Link | None = None
    preceded_by: Link | None = None
    where: Where | None = None

    @model_validator(mode="after")
    def _one_event(self) -> "Event":
        if sum(part is not None for part in (self.followed_by, self.preceded_by, self.where)) != 1:
            raise ValueError("an event has one of followed_by, preceded_by, where")
        return self


class Per(Frozen):
    """The population that a rate is taken over."""

    from_: Name = Field(alias="from")
    sum: Name
    unit: Name
    at: Name
    each: Annotated[int, Field(ge=1)] = 1


class Cohort(Frozen):
    """People who belong to a period by what happened to them in the periods before it."""

    from_: Name = Field(alias="from")
    at: Name | None = None
    where: Where
    within: Length
    alive: bool = False


class PersonValue(Frozen):
    """What is added up for each member of a cohort in the period."""

    sum: Name
    from_: Name = Field(alias="from")
    at: Name | None = None
    where: Where | None = None


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


class _Indicator(Frozen):
    """What all kinds have in common.

    Attributes:
        stratify_down_to: finest unit kind for which strata are shown; finer ones would mostly be hidden.
        report_from: first day that is reported, when it is not the catalogue's.
    """

    title: Text
    why: Text
    areas: Annotated[list[Slug], Field(min_length=1)]
    dimension: Literal["outcome", "pro", "process", "activity", "cost"]
    matters: Literal["pain", "function", "safety", "self-care", "usual-activities"]
    provenance: Provenance
    lifecycle: Lifecycle = Lifecycle()
    direction: Direction
    units: Annotated[list[Name], Field(min_length=1)]
    period: Period
    targets: list[Target] = []
    minimum: Minimum = Minimum()
    stratify: list[Literal["sex", "age_band"]] = []
    stratify_down_to: Name = "national"
    report_from: Any = None
    decimals: Annotated[int, Field(ge=0, le=4)] | None = None
    review: Review

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
    event: Event


class Rate(_Indicator):
    """Events or courses per population. Additive: numerator, n (population)."""

    kind: Literal["rate"]
    of: IndexEvents
    exclude: list[Exclusion] = []
    per: Per


class Mean(_Indicator):
    """Mean of what members of a cohort add up to in a period. Additive: n, sum, sum_sq."""

    kind: Literal["mean"]
    cohort: Cohort
    value: PersonValue


class Change(_Indicator):
    """Paired change of a score. Additive: eligible, n, sum, sum_sq, numerator (improved), missing."""

    kind: Literal["change"]
    instrument: InstrumentName
    of: IndexEvents
    exclude: list[Exclusion] = []
    measure: Measurement | None = None
    pair: Pair | None = None
    improved: (
        Literal["mic_individual", "mic_group", "mid_between_groups", "mdc90", "any_improvement"] | None
    ) = None

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
    improved: (
        Literal["mic_individual", "mic_group", "mid_between_groups", "mdc90", "any_improvement"] | None
    ) = None


class ShareOfSum(_Indicator):
    """Quotient of two sums of delivered counts. Additive: n (denominator), numerator."""

    kind: Literal["share_of_sum"]
    of: IndexEvents
    numerator: Name
    denominator: Name


Indicator = Annotated[
    Proportion | Rate | Mean | Change | AdjustedChange | ShareOfSum, Field(discriminator="kind")
]
