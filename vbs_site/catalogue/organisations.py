"""The organisations that results are shown for: codes, names, what lies within what, and since when."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from vbs_site.catalogue.words import Frozen, Text, Words

UNKNOWN = "unknown"
"""Id of the unit to which rows with a code that is not in the reference are counted."""
NATIONAL = "national"
"""Unit kind and id of the national level."""


def _a_day(raw: Any) -> Any:
    if raw is None or type(raw) is datetime.date:
        return raw
    try:
        return datetime.date.fromisoformat(raw)
    except (TypeError, ValueError):
        raise ValueError("a day is a date such as 2027-01-01") from None


Day = Annotated[datetime.date | None, BeforeValidator(_a_day)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$")]


class Membership(Frozen):
    """What a unit lies within, from a day up to and including another; a day that is not written is no limit."""

    unit: Words
    valid_from: Day = None
    valid_to: Day = None


def _memberships(raw: Any) -> Any:
    if raw is None:
        return []
    return [{"unit": raw}] if isinstance(raw, str) else raw


class Organisation(Frozen):
    """One unit.

    Attributes:
        within: the units one level up, one after the other; a plain id when it never changes.
        codes: what stands in extracts; none when the unit is found by those within it or before it.
        sor: its code in the Danish register of health care organisations, which may stand in extracts as well.
        valid_from, valid_to: first and last day; not written when it is not known or does not matter.
        preparatory_from: first day on which it prepares itself, before it is in force.
        predecessors, successor: what it takes over from, and what takes over from it the day after its last.
        status: what is known of its codes, such as `found`, `unverified code`, `demo-code`, `synthetic`.
        source, note, website: for people who read the file.
    """

    id: Id
    kind: Words
    name: Text
    within: Annotated[list[Membership], BeforeValidator(_memberships)] = []
    codes: list[Words] = []
    sor: Words | None = None
    valid_from: Day = None
    valid_to: Day = None
    preparatory_from: Day = None
    predecessors: list[str] = []
    successor: str | None = None
    status: Words | None = None
    source: Words | None = None
    note: Words | None = None
    website: Words | None = None

    @property
    def all_codes(self) -> tuple[str, ...]:
        """Return every code by which extracts may name it."""
        return (*self.codes, self.sor) if self.sor is not None else tuple(self.codes)


def registered_id(code: str) -> str:
    """Return the id of a unit that only a source registers, by its code."""
    return code.replace("_", "-")


@dataclass(frozen=True)
class Organisations:
    """All units, by id and by (kind, code).

    Where a day can be named, None is the time before any change that the reference knows of.
    """

    members: tuple[Organisation, ...] = ()
    by_id: dict[str, Organisation] = field(default_factory=dict)
    by_code: dict[tuple[str, str], Organisation] = field(default_factory=dict)
    changes: tuple[datetime.date, ...] = ()
    """The days from which something lies elsewhere than the day before, in order."""

    @classmethod
    def of(cls, members: list[Organisation]) -> "Organisations":
        """Return the members indexed by id and code, ordered by id."""
        ordered = tuple(sorted(members, key=lambda each: (each.kind, each.id)))
        by_code = {(each.kind, code): each for each in ordered for code in each.all_codes}
        days = {step.valid_from for each in ordered for step in each.within[1:]}
        days |= {day_after(each.valid_to) for each in ordered if each.successor}
        changes = tuple(sorted(day for day in days if day is not None))
        return cls(ordered, {each.id: each for each in ordered}, by_code, changes)

    def of_kind(self, kind: str) -> list[Organisation]:
        """Return the members of one kind that divide the country, ordered by id: not also who takes over from them."""
        return [each for each in self.members if each.kind == kind and not each.predecessors]

    def above(self, organisation: Organisation, day: datetime.date | None = None) -> Organisation | None:
        """Return what an organisation lies within on a day, or None."""
        if not organisation.within:
            return None
        first, *later = organisation.within
        begun = [each for each in later if day is not None and each.valid_from and each.valid_from <= day]
        parent = self.by_id.get((begun[-1] if begun else first).unit)
        return self.in_force(parent, day) if parent is not None else None

    def in_force(self, organisation: Organisation, day: datetime.date | None) -> Organisation:
        """Return the organisation, or who has taken over from it by a day."""
        while (
            day is not None
            and organisation.valid_to is not None
            and organisation.valid_to < day
            and organisation.successor in self.by_id
        ):
            organisation = self.by_id[organisation.successor]
        return organisation

    def ancestor(self, unit: str, kind: str, day: datetime.date | None = None) -> str | None:
        """Return the id of the unit of `kind` that `unit` is or lies within on a day, or None."""
        here = self.by_id.get(unit)
        while here is not None:
            if here.kind == kind:
                return self.in_force(here, day).id
            here = self.above(here, day)
        return None

    def ever_above(self, organisation: Organisation) -> list[str]:
        """Return the ids of all that an organisation has lain or will lie within one level up, first to last."""
        days = (None, *self.changes)
        parents = (self.above(organisation, day) for day in days)
        return list(dict.fromkeys(each.id for each in parents if each is not None))

    def overlapping(self, present: Collection[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
        """Return which (unit kind, unit, period) hold the sum of predecessors that stand beside them: they overlap with these."""
        return {
            (kind, unit, period)
            for kind, unit, period in present
            if (here := self.by_id.get(unit)) is not None
            and any((kind, each, period) in present for each in here.predecessors)
        }

    def change_before(self, day: datetime.date) -> datetime.date | None:
        """Return the last change on or before a day; on all days with the same answer, units lie in the same places."""
        return next((each for each in reversed(self.changes) if each <= day), None)


def day_after(day: datetime.date | None) -> datetime.date | None:
    """Return the next day; of an end that is not known, None."""
    return day + datetime.timedelta(days=1) if day is not None else None
