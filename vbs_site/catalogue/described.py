"""Measures that are said in words only: their source gives too little, or nobody delivers the data."""

from typing import Literal

from vbs_site.catalogue.indicators import Dimension, Direction, Lifecycle, Matters, Provenance, Review, Target
from vbs_site.catalogue.instruments import InstrumentName
from vbs_site.catalogue.words import Frozen, Slug, Text


class Described(Frozen):
    """A measure without figures. It shares its ids with the indicators and is listed beside them.

    Attributes:
        definition: what is to be measured, as far as the source says it.
        lacking: what is missing before it can be computed.
        status: what its page says where the figures would be.
        aliases: ids that it had before; their addresses lead to its page.
    """

    title: Text
    why: Text
    areas: list[Slug]
    dimension: Dimension
    matters: Matters
    provenance: Provenance
    lifecycle: Lifecycle = Lifecycle()
    direction: Direction
    instrument: InstrumentName | None = None
    definition: Text
    lacking: Text
    status: Literal["not_delivered"] = "not_delivered"
    targets: list[Target] = []
    review: Review
    aliases: list[Slug] = []
