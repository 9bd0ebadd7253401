"""How figures are judged: the catalogue's way for every indicator, and what an indicator sets otherwise.

A choice that changes a verdict is made here, in the open, and never in a program.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from vbs_site.catalogue.instruments import ThresholdKind
from vbs_site.catalogue.organisations import Id
from vbs_site.catalogue.words import Day, Frozen, Name, Slug, Text

IntervalMethod = Literal["clopper-pearson", "wilson"]
Overdispersion = Literal["none", "multiplicative", "additive"]
Chart = Literal["xmr", "p", "p_prime", "u", "u_prime"]
Rules = Literal["making-data-count", "anhoej"]

CHARTS: Mapping[str, tuple[str, ...]] = {
    "p": ("proportion", "share_of_sum"),
    "p_prime": ("proportion", "share_of_sum"),
    "u": ("rate",),
    "u_prime": ("rate",),
}
"""Chart to the kinds of indicator whose counts it is made for; an XmR chart takes any series."""
WITHOUT_FUNNEL = ("time_to_event", "standardised_rate", "ratio")
"""Kinds of indicator whose spread over units of a size is not known, so that no funnel is drawn."""

FEWEST_TO_WIDEN = 10
"""Units below which limits are not widened: so few cannot tell a spread between units from one unit that differs."""
LEVELS = (0.95, 0.998)
"""Levels of the limits that a funnel is drawn with."""


def _a_level(value: float) -> float:
    if value not in LEVELS:
        raise ValueError("a funnel decides at 0.95 or at 0.998")
    return value


class Funnel(Frozen):
    """How units are held against the national value.

    Attributes:
        level: share of units without a real difference that lie within the limits that decide.
        overdispersion: whether, and how, limits are widened when units differ by more than chance (Spiegelhalter 2005).
        winsorise: share of units at each end whose z-score is pulled in before the spread is estimated.
    """

    level: Annotated[float, AfterValidator(_a_level)] = 0.95
    overdispersion: Overdispersion = "none"
    winsorise: Annotated[float, Field(ge=0, lt=0.5)] = 0.1


class Break(Frozen):
    """A day from which figures are not comparable with those before, or limits are reckoned anew, and why."""

    date: Day
    reason: Text


class Control(Frozen):
    """How a series is judged over time.

    Attributes:
        chart: whose limits are drawn.
        rules: which patterns are taken for a special cause.
        baseline_until: last day of the periods that the limits are reckoned from; None reckons from all.
        rebase: days from which limits are reckoned anew after a known and lasting change.
    """

    chart: Chart = "xmr"
    rules: Rules = "making-data-count"
    baseline_until: Day | None = None
    rebase: list[Break] = []


class Judgement(Frozen):
    """How every indicator is judged unless it says otherwise.

    Attributes:
        interval: of proportions.
        minimum: fewest patients in the denominator on whom anything is judged.
    """

    interval: IntervalMethod = "clopper-pearson"
    minimum: Annotated[int, Field(ge=1)] = 10
    funnel: Funnel = Funnel()
    control: Control = Control()


class Judge(Frozen):
    """What an indicator sets otherwise; a block that is given stands in for the catalogue's whole block."""

    interval: IntervalMethod | None = None
    minimum: Annotated[int, Field(ge=1)] | None = None
    funnel: Funnel | None = None
    control: Control | None = None

    def over(self, general: Judgement) -> Judgement:
        """Return the catalogue's way with what is set here in its place."""
        own = {name: value for name in type(self).model_fields if (value := getattr(self, name)) is not None}
        return general.model_copy(update=own)


def written_at(indicator: str, judge: Judge, key: str) -> tuple[str, ...]:
    """Return the keys under which a catalogue says what holds for an indicator."""
    own = getattr(judge, key) is not None
    return ("indicators", indicator, "judge", key) if own else ("judgement", key)


class Similar(Frozen):
    """Units that are alike in what they do, so that each is fairly held against the others.

    Attributes:
        units: ids of organisations.
    """

    title: Text
    unit_kind: Name
    units: Annotated[list[Id], Field(min_length=2)]


class SameOutcome(Frozen):
    """How far an outcome may lie from the national value and still be the same: a threshold of its instrument, or a width.

    Attributes:
        threshold: which threshold of the instrument that the outcome is measured with.
        width: for an outcome without such a threshold, on the scale of its values (a share is 0-1).
        source: where the width comes from; a threshold has its own.
    """

    threshold: ThresholdKind | None = None
    width: Annotated[float, Field(gt=0)] | None = None
    source: Text | None = None

    @model_validator(mode="after")
    def _one_band(self) -> "SameOutcome":
        if (self.threshold is None) == (self.width is None):
            raise ValueError("the same outcome is told by a `threshold` of its instrument or by a `width`")
        if (self.width is None) != (self.source is None):
            raise ValueError(
                "a `width` says with `source` where it comes from; a threshold has its own source"
            )
        return self


class SameResource(Frozen):
    """How far a resource use may lie from the national value and still be the same.

    Attributes:
        share: of the national value; 0.1 is ten percent to either side.
        source: who chose it.
    """

    share: Annotated[float, Field(gt=0, lt=1)]
    source: Text


class OutcomeSide(Frozen):
    """The outcome of a value assessment."""

    indicator: Slug
    same: SameOutcome


class ResourceSide(Frozen):
    """The resource use of a value assessment, which is better when it is lower.

    Attributes:
        includes: the sectors and costs that it holds, in words; what is not named is not held.
    """

    indicator: Slug
    includes: Text
    same: SameResource


class ValueAssessment(Frozen):
    """Outcome and resource use of the same course side by side: the nine cells of the value assessment matrix (Dal 2015).

    Attributes:
        units: unit kinds that are placed.
    """

    title: Text
    areas: Annotated[list[Slug], Field(min_length=1)]
    outcome: OutcomeSide
    resource: ResourceSide
    units: Annotated[list[Name], Field(min_length=1)]
