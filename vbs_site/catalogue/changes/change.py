"""One change between two versions of a catalogue, and all of them together."""

import datetime
from dataclasses import dataclass
from enum import IntEnum

from vbs_site.catalogue.changes.versions import Version
from vbs_site.catalogue.words import Text


class Classification(IntEnum):
    """What a change does to the numbers; the higher, the more.

    Attributes:
        EDITORIAL: words, sources, review dates, order, or a definition that is only written differently.
        COMPARABLE: what was published can be read beside what comes: a target, a unit kind, a stratum, a minimum,
            how figures are judged, a break in the series that is said from a day on.
        BREAKING: the compiled measure gives other numbers, or an id disappears.
    """

    EDITORIAL = 1
    COMPARABLE = 2
    BREAKING = 3

    @property
    def word(self) -> str:
        """Return the word for it in reports."""
        return self.name.lower()


@dataclass(frozen=True)
class Change:
    """One change.

    Attributes:
        section: the catalogue's section, as `indicators`; `catalogue` for its head.
        id: what has changed in the section; empty for the section itself.
        aspect: what of it: a key of the catalogue, `measure`, `added`, `removed` or `renamed`.
        classification: what it does to the numbers.
        sentence: what has changed, naming old and new, per language.
        advice: what to do about it, per language.
        affects: indicators whose numbers it changes.
        breaks_series: whether numbers before and after must not be joined by a line.
        since: the first day of the new series, where the catalogue says it in `lifecycle.since` or under `breaks`.
    """

    section: str
    id: str
    aspect: str
    classification: Classification
    sentence: Text
    advice: Text | None = None
    affects: tuple[str, ...] = ()
    breaks_series: bool = False
    since: datetime.date | None = None


@dataclass(frozen=True)
class Refusal:
    """An id that must not be used: one that is retired, or was an alias, and stands for something else now."""

    section: str
    id: str
    rule: str
    got: str
    hint: str


@dataclass(frozen=True)
class Comparison:
    """All changes from one version of a catalogue to another.

    Attributes:
        old, new: the versions as the catalogues state them.
        changes: in the order of the catalogue.
        refusals: ids that are reused.
    """

    old: Version
    new: Version
    changes: tuple[Change, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    @property
    def classification(self) -> Classification | None:
        """Return the highest classification of any change; None when nothing has changed."""
        return max((each.classification for each in self.changes), default=None)

    @property
    def proposed(self) -> Version:
        """Return the lowest version that says enough of what has changed."""
        match self.classification:
            case Classification.BREAKING:
                return self.old.major_raised()
            case Classification.COMPARABLE:
                return self.old.minor_raised()
            case Classification.EDITORIAL:
                return self.old.patch_raised()
            case _:
                return self.old

    @property
    def raised_enough(self) -> bool:
        """Return whether the new version is at least the proposed one."""
        return self.new >= self.proposed
