"""Policies that paid by indicators: their criteria with dated wordings, how they were fulfilled, what is not known."""

from typing import Annotated, Literal

from pydantic import Field

from vbs_site.catalogue.words import Frozen, Name, Slug, Text, When


class Limit(Frozen):
    """When a policy began or ended. `when` is left out where nobody knows it; `said` tells what is known."""

    when: When | None = None
    said: Text
    source: Text


class Wording(Frozen):
    """A criterion in the words that a source had at that time.

    Attributes:
        when: when the source said it so; the day on which the wording came into force is seldom known.
        text: the source's own words in its own language; in other languages our translation.
    """

    when: When
    text: Text
    source: Text


class Criterion(Frozen):
    """What is to be reached, in all wordings that it has had, oldest first.

    Attributes:
        indicator: our measure of it, which need not be the official one.
    """

    title: Text
    indicator: Slug
    wordings: Annotated[list[Wording], Field(min_length=1)]


class Step(Frozen):
    """The share of its part of the money that an organisation keeps when this many criteria are fulfilled, or more."""

    criteria: Annotated[int, Field(ge=1)]
    share: Annotated[float, Field(gt=0, le=1)]


class Fulfilment(Frozen):
    """How the number of fulfilled criteria decided what was kept, fewest criteria first."""

    steps: Annotated[list[Step], Field(min_length=1)]
    source: Text


class Note(Frozen):
    """Something to know about a policy."""

    text: Text
    source: Text


class Policy(Frozen):
    """A policy whose criteria are followed by indicators.

    A policy has no baseline and no target: those of the one that we describe are not known, and none is invented. So
    whether a criterion was fulfilled is not computed.

    Attributes:
        unit: kind of organisation that the policy paid.
        unknown: what is not known of it.
    """

    title: Text
    summary: Text
    state: Literal["active", "retired"]
    areas: list[Slug] = []
    unit: Name
    valid_from: Limit
    valid_to: Limit
    criteria: Annotated[dict[Slug, Criterion], Field(min_length=1)]
    fulfilment: Fulfilment
    notes: list[Note] = []
    unknown: list[Text] = []
