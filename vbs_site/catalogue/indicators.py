"""The indicator model: who counts, what we look for around them, what we calculate, for whom, against what."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, field_validator, model_validator

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
Period = Literal["month", "quarter", "half_year", "year", "rolling_year"]
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

    died: Annotated[Literal["before_or_at"] | Duration | None, BeforeValidator(_died)] = None
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
    died: Annotated[Duration | None, BeforeValidator(_died_within)] = None

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


class Per(Frozen):
    """The population that a rate is taken over.

    Attributes:
        sum: the column with the number of people.
        unit: the column with the unit's code.
        at: the day on which they were counted.
        each: the rate is given per so many.
        sex, age_band: columns for standardisation.
    """

    from_: Name = Field(alias="from")
    sum: Name
    unit: Name
    at: Name
    each: Annotated[int, Field(ge=1)] = 1
    sex: Name = "sex"
    age_band: Name = "age_band"


class PersonTime(Frozen):
    """The time that people were followed, as what a rate is taken over: until the event, death or the window's end."""

    person_time: Literal["days", "years"]
    each: Annotated[int, Field(ge=1)] = 1


def _which_per(raw: Any) -> str:
    timed = "person_time" in raw if isinstance(raw, dict) else isinstance(raw, PersonTime)
    return "person_time" if timed else "population"


AnyPer = Annotated[
    Annotated[Per, Tag("population")] | Annotated[PersonTime, Tag("person_time")], Discriminator(_which_per)
]


class Standard(Frozen):
    """The population whose make-up all units are given: a source with people per sex and age band.

    Attributes:
        day: whose figures are used, when the source has several.
    """

    from_: Name = Field(alias="from")
    sum: Name
    at: Name | None = None
    day: Any = None
    sex: Name = "sex"
    age_band: Name = "age_band"

    @model_validator(mode="after")
    def _a_day(self) -> "Standard":
        if self.day is not None and not hasattr(self.day, "year"):
            raise ValueError("day is a date such as 2021-01-01")
        if (self.day is None) != (self.at is None):
            raise ValueError("`day` is the day and `at` the column that it is found in: both or none")
        return self


Strata = Annotated[list[Literal["sex", "age_band"]], Field(min_length=1)]


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
