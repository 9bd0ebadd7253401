"""Levels to reach in words: what a target is called, what it asks for, when it holds and who says so."""

import datetime as dt
from dataclasses import dataclass

from vbs_site.catalogue.indicators import Proportion, ShareOfSum, Target, TimeToEvent
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.wording.speech import Speech, speaking

_LEVELS = {"<=": "amount_<=", "<": "amount_<", ">=": "amount_>=", ">": "amount_>"}


@dataclass(frozen=True)
class WordedTarget:
    """One target.

    Attributes:
        label: as its source calls it, such as «Standard» or «Udviklingsmål».
        level: what it asks for, as in «højst 10 %».
        valid: when it holds, both days included, as in «gælder fra 1. januar 2025»; empty when nothing says it.
        source: who says so.
        valid_from, valid_to: first and last day, None where open.
    """

    label: str
    level: str
    valid: str
    source: str
    valid_from: dt.date | None
    valid_to: dt.date | None

    def holds_on(self, day: dt.date) -> bool:
        """Return whether the target holds on a day."""
        return (self.valid_from or day) <= day <= (self.valid_to or day)


def targets(catalogue: Catalogue, name: str, language: str) -> tuple[WordedTarget, ...]:
    """Return the targets of an indicator or a described measure, in the order written.

    A described measure has no kind; its targets between 0 and 1 are taken to be shares.

    Raises:
        ValueError: when the catalogue has no texts in the language.
    """
    speech = speaking(catalogue, language)
    indicator = catalogue.indicators.get(name)
    if indicator is not None:
        share = isinstance(indicator, Proportion | ShareOfSum | TimeToEvent)
        return tuple(_worded(speech, each, share=share) for each in indicator.targets)
    return tuple(
        _worded(speech, each, share=0 <= each.value <= 1) for each in catalogue.described[name].targets
    )


def _worded(speech: Speech, target: Target, *, share: bool) -> WordedTarget:
    value = speech.percent(target.value) if share else speech.number(target.value)
    ends = (("from", target.valid_from), ("to", target.valid_to))
    given = {name: speech.day(day) for name, day in ends if day is not None}
    return WordedTarget(
        label=speech.text(target.label),
        level=speech.say(_LEVELS[target.op], value=value),
        valid=speech.say(f"valid_{'_'.join(given)}", **given) if given else "",
        source=target.source.rstrip("."),
        valid_from=target.valid_from,
        valid_to=target.valid_to,
    )
