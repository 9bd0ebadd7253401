"""Who agrees on measures, and what they decided. Groups are told by the roles in them, never by persons."""

from typing import Annotated, Literal

from pydantic import Field

from vbs_site.catalogue.words import Frozen, Slug, Text, When

Outcome = Literal["agreed", "recommended", "rejected", "deferred"]


class Group(Frozen):
    """A working group, committee or editorial group.

    Attributes:
        areas: those that it works on; none when it works on all of them.
        began, ended: when, as precisely as known.
        composition: the roles in it.
        known: what is known of its work.
        unknown: what is not.
        demonstration: whether it is the group that keeps this catalogue, whose decisions bind nobody else.
    """

    title: Text
    areas: list[Slug] = []
    began: When | None = None
    ended: When | None = None
    composition: list[Text] = []
    known: list[Text] = []
    unknown: list[Text] = []
    demonstration: bool = False
    source: Text


class Decision(Frozen):
    """What one or more groups decided.

    Attributes:
        groups: who decided it, each for its own area.
        when: as precisely as known; left out where it is not.
        measures: indicators, described measures and policies that it is about; none when it is about all.
        decided: what was decided.
        why: the reason given for it, or that none is known.
    """

    title: Text
    groups: Annotated[list[Slug], Field(min_length=1)]
    when: When | None = None
    outcome: Outcome
    measures: list[Slug] = []
    decided: Text
    why: Text
    source: Text
