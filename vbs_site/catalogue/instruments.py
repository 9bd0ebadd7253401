"""Questionnaire scores: their range, the direction that is better, and the changes that matter."""

from typing import Annotated, Literal

from pydantic import Field

from vbs_site.catalogue.words import Frozen, Text, Words

InstrumentName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]
ThresholdKind = Literal[
    "mic_individual", "mic_group", "mid_between_groups", "mid_unspecified", "mdc90", "any_improvement"
]


class Threshold(Frozen):
    """A change on an instrument that matters. There are several kinds; there is no single «MCID»."""

    kind: ThresholdKind
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
