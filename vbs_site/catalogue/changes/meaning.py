"""What a comparison needs to know of a compiled measure; the room of measures tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from vbs_site.catalogue.model import Catalogue
from vbs_site.periods import PeriodKind


@dataclass(frozen=True)
class Meaning:
    """What is computed, in a form that is equal exactly when the numbers are.

    Attributes:
        measure: who counts and what is calculated, whatever the units, strata and reported days.
        parts: what a measure can have or lack without being another one, by name: how its rows find their unit, per
            unit kind, and `share_improved`. A part that both versions have must be the same.
    """

    measure: str
    parts: Mapping[str, str]


class Compiled(Protocol):
    """Gives the meaning of an indicator."""

    def __call__(
        self, catalogue: Catalogue, name: str, period: PeriodKind, called: Mapping[str, str]
    ) -> Meaning:
        """Return the meaning of an indicator, as if its reporting period had a given length.

        Args:
            catalogue: a catalogue that passed its rules.
            name: the indicator.
            period: the length.
            called: source to the name under which it is compared, so that a new name alone is no change.
        """
        ...
