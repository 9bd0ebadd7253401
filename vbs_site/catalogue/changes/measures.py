"""What has changed in the words around a measure, computed or only described: title, status, targets, use."""

import datetime
from collections.abc import Iterator
from typing import Any

from vbs_site.catalogue.changes import phrases
from vbs_site.catalogue.changes.change import Change, Classification
from vbs_site.catalogue.described import Described
from vbs_site.catalogue.indicators import Indicator, Lifecycle, Target
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.words import Text

EDITORIAL, COMPARABLE = Classification.EDITORIAL, Classification.COMPARABLE
Measure = Indicator | Described

AROUND = {
    "title": EDITORIAL,
    "why": EDITORIAL,
    "areas": EDITORIAL,
    "dimension": EDITORIAL,
    "matters": EDITORIAL,
    "direction": COMPARABLE,
    "definition": EDITORIAL,
    "lacking": EDITORIAL,
    "decimals": EDITORIAL,
    "review": EDITORIAL,
    "examples": EDITORIAL,
    "shown_at": COMPARABLE,
}
"""Key to what a change of its value does to the numbers."""
OF_WORDS = ("title", "why", "definition", "lacking")


def words_changed(
    catalogue: Catalogue, section: str, name: str, old: Measure, new: Measure
) -> Iterator[Change]:
    """Yield what has changed around a measure.

    Args:
        catalogue: the new version, for the titles of areas and successors.
        section: `indicators` or `described`.
        name: the measure's id.
        old: as it was.
        new: as it is.
    """
    for key, classification in AROUND.items():
        was, now = getattr(old, key, None), getattr(new, key, None)
        if was != now:
            yield Change(section, name, key, classification, _sentence(catalogue, key, was, now))
    yield from _provenance(section, name, old, new)
    if old.lifecycle != new.lifecycle:
        yield _lifecycle(catalogue, section, name, old.lifecycle, new.lifecycle)
    for aliases, classification in ((new.aliases, EDITORIAL), (old.aliases, COMPARABLE)):
        only = [each for each in aliases if each not in old.aliases or each not in new.aliases]
        if only:
            words = ", ".join(only)
            ends = (words, "") if aliases is old.aliases else ("", words)
            yield Change(section, name, "aliases", classification, _plainly("aliases", *ends))
    if isinstance(old, Described):
        yield from _of_described(section, name, old, new)


def numbers(targets: list[Target]) -> list[tuple[str, ...]]:
    """Return targets without their words, in an order of their own."""
    return sorted(tuple(map(str, (each.op, each.value, each.valid_from, each.valid_to))) for each in targets)


def _of_described(section: str, name: str, old: Described, new: Measure) -> Iterator[Change]:
    if old.targets != new.targets:
        same = numbers(old.targets) == numbers(new.targets)
        yield Change(section, name, "targets", EDITORIAL if same else COMPARABLE, _plainly("targets", "", ""))
    instruments = [getattr(each, "instrument", None) or "" for each in (old, new)]
    if instruments[0] != instruments[1]:
        yield Change(section, name, "instrument", COMPARABLE, _plainly("instrument", *instruments))


def _plainly(key: str, was: str, now: str) -> Text:
    return phrases.told(key, lambda _: was, lambda _: now)


def _sentence(catalogue: Catalogue, key: str, was: Any, now: Any) -> Text:
    def words(value: Any, language: str) -> str:
        if key in OF_WORDS:
            return phrases.worded(value, language)
        if key == "areas":
            areas = [
                catalogue.areas[each].title if each in catalogue.areas else {language: each} for each in value
            ]
            return ", ".join(phrases.worded(each, language) for each in areas)
        return phrases.value(value, language) if isinstance(value, str) else ""

    return phrases.told(key, lambda language: words(was, language), lambda language: words(now, language))


def _provenance(section: str, name: str, old: Measure, new: Measure) -> Iterator[Change]:
    was, now = old.provenance, new.provenance
    if was.status != now.status:
        key = "provenance.status"
        sentence = phrases.told(
            key,
            lambda language: phrases.value(was.status, language),
            lambda language: phrases.value(now.status, language),
        )
        yield Change(section, name, key, COMPARABLE, sentence)
    for key, one, other in (("source", was.source, now.source), ("group", was.group, now.group)):
        if one != other:
            aspect = f"provenance.{key}"
            yield Change(section, name, aspect, EDITORIAL, _worded(aspect, one, other))


def _worded(key: str, was: Text | None, now: Text | None) -> Text:
    return phrases.told(
        key, lambda language: phrases.worded(was, language), lambda language: phrases.worded(now, language)
    )


def _lifecycle(catalogue: Catalogue, section: str, name: str, old: Lifecycle, new: Lifecycle) -> Change:
    if old.state == new.state:
        return Change(section, name, "lifecycle", EDITORIAL, _plainly("lifecycle", "", ""))
    since = new.since if isinstance(new.since, datetime.date) else None
    if new.state != "retired":
        sentence = phrases.told(
            "lifecycle.state",
            lambda language: phrases.value(old.state, language),
            lambda language: phrases.value(new.state, language),
        )
        return Change(section, name, "lifecycle.state", COMPARABLE, sentence, since=since)
    measures = {**catalogue.described, **catalogue.indicators}
    successor = measures.get(new.successor or "")

    def parts(language: str) -> dict[str, str]:
        title = phrases.quoted(phrases.worded(successor.title, language), language) if successor else ""
        reason = phrases.worded(new.reason, language).rstrip(".")
        return {
            "since": phrases.phrase("since", language, day=since.isoformat()) if since else "",
            "successor": phrases.phrase("successor", language, title=title) if title else "",
            "reason": phrases.phrase("reason", language, reason=reason) if reason else "",
        }

    return Change(section, name, "lifecycle.state", COMPARABLE, phrases.say("retired", parts), since=since)
