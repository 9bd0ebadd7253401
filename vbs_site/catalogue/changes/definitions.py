"""What has changed in what an indicator computes and for whom: decided on the compiled measure, told by its definition."""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from vbs_site.catalogue.changes import phrases
from vbs_site.catalogue.changes.change import Change, Classification
from vbs_site.catalogue.changes.meaning import Compiled
from vbs_site.catalogue.changes.measures import AROUND, numbers
from vbs_site.catalogue.indicators import Indicator, Rate, Ratio, StandardisedRate, Target
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.populations import Per
from vbs_site.catalogue.wording.definition import definition
from vbs_site.catalogue.words import LANGUAGES, Text

FOR_WHOM = {
    "units": ("unit", ("units", "stratify", "stratify_down_to")),
    "period": ("period", ("period", "report_from")),
    "targets": ("target", ("targets",)),
    "minimum": ("minimum", ("minimum",)),
}
"""Aspect to the topic of the definition that tells it, and its keys: for whom, when and against what."""
APART = {
    *AROUND,
    *(key for _, keys in FOR_WHOM.values() for key in keys),
    "provenance",
    "lifecycle",
    "aliases",
    "judge",
    "breaks",
}
"""Keys that do not define what is computed."""
OF_THE_MEASURE = ("population", "derived", "excluded", "event", "calculation", "threshold", "adjustment")
"""Topics of a definition that tell what is computed."""
_NEXT_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-ZÆØÅ»“])")


@dataclass(frozen=True)
class Versions:
    """Two versions of a catalogue, and what compiles their measures.

    Attributes:
        compiled: gives the meaning of an indicator.
        called: source of the new version to its name in the old one, where only the name has changed.
    """

    old: Catalogue
    new: Catalogue
    compiled: Compiled
    called: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """The definitions of an indicator before and after, in one language: topic to label and text."""

    was: Mapping[str, tuple[str, str]]
    now: Mapping[str, tuple[str, str]]

    def differing(self, topic: str) -> tuple[str, str]:
        """Return the sentences about a topic that only the old definition has, and those that only the new one has."""
        was, now = (_NEXT_SENTENCE.split(each.get(topic, ("", ""))[1]) for each in (self.was, self.now))
        return " ".join(each for each in was if each not in now), " ".join(
            each for each in now if each not in was
        )

    def label(self, topic: str) -> str:
        """Return what a topic is called."""
        return (self.now.get(topic) or self.was[topic])[0]


def definition_changed(versions: Versions, before: str, name: str) -> Iterator[Change]:
    """Yield what has changed in the definition of an indicator.

    Args:
        versions: both versions.
        before: its id in the old version.
        name: its id in the new version.
    """
    old, new = versions.old.indicators[before], versions.new.indicators[name]
    told = told_of(versions, before, name)
    for aspect, (topic, keys) in FOR_WHOM.items():
        pairs = [(getattr(old, key), getattr(new, key)) for key in keys]
        if aspect == "period" and old.period != new.period and grows(versions.new, new):
            sentence = phrases.told(
                "period",
                lambda language: _period(told[language].was),
                lambda language: _period(told[language].now),
            )
            yield _broken(name, aspect, old, new, sentence)
        elif any(was != now for was, now in pairs):
            same = all(_unordered(was) == _unordered(now) for was, now in pairs)
            yield Change(
                "indicators", name, aspect, EDITORIAL if same else COMPARABLE, differing(aspect, topic, told)
            )
    defining = {*type(old).model_fields, *type(new).model_fields} - APART
    rewritten = any(getattr(old, key, None) != getattr(new, key, None) for key in defining)
    if old.lifecycle.state != "active" or new.lifecycle.state == "retired":
        if rewritten:
            yield Change("indicators", name, "measure", EDITORIAL, _fixed("unused_measure"))
    elif _means_otherwise(versions, before, name):
        yield _broken(name, "measure", old, new, _measure(told))
    elif rewritten:
        yield Change("indicators", name, "measure", EDITORIAL, _fixed("rewritten"))


def grows(catalogue: Catalogue, indicator: Indicator) -> bool:
    """Return whether a value is the larger the longer its period: it counts what happens in it per person."""
    if isinstance(indicator, Ratio):
        halves = (indicator.numerator.indicator, indicator.denominator.indicator)
        return any(grows(catalogue, catalogue.indicators[each]) for each in halves)
    if isinstance(indicator, Rate | StandardisedRate):
        return isinstance(indicator.per, Per)
    of = getattr(indicator, "of", None)
    return getattr(indicator, "cohort", None) is not None or (of is not None and of.only_first == "in_period")


EDITORIAL, COMPARABLE, BREAKING = Classification


def told_of(versions: Versions, before: str, name: str) -> dict[str, Told]:
    """Return the definitions of an indicator before and after, by language."""
    return {
        language: Told(_lines(versions.old, before, language), _lines(versions.new, name, language))
        for language in LANGUAGES
    }


def _lines(catalogue: Catalogue, name: str, language: str) -> dict[str, tuple[str, str]]:
    """Return the lines of a definition in the language, or in the one that the catalogue has."""
    languages = catalogue.catalogue.languages
    spoken = language if language in languages else languages[0]
    return {line.topic: (line.label, line.text) for line in definition(catalogue, name, spoken)}


def _means_otherwise(versions: Versions, before: str, name: str) -> bool:
    """Return whether the compiled measures differ, whatever the length of the period."""
    period = versions.old.indicators[before].period
    was = versions.compiled(versions.old, before, period, {})
    now = versions.compiled(versions.new, name, period, versions.called)
    shared = was.parts.keys() & now.parts.keys()
    return was.measure != now.measure or any(was.parts[each] != now.parts[each] for each in shared)


def _broken(name: str, aspect: str, old: Indicator, new: Indicator, sentence: Text) -> Change:
    since = new.lifecycle.since
    known = isinstance(since, datetime.date) and since != old.lifecycle.since
    return Change(
        "indicators",
        name,
        aspect,
        BREAKING,
        sentence,
        advice=None if known else _fixed("say_since"),
        affects=(name,),
        breaks_series=True,
        since=since if known else None,
    )


def _unordered(part: Any) -> Any:
    """Return a value in which the order of a list, and the words of targets, do not count."""
    if isinstance(part, list):
        return numbers(part) if part and isinstance(part[0], Target) else sorted(map(str, part))
    return part


def _fixed(key: str) -> Text:
    return phrases.say(key, lambda _: {})


def _period(lines: Mapping[str, tuple[str, str]]) -> str:
    return lines["period"][1]


def differing(aspect: str, topic: str, told: Mapping[str, Told]) -> Text:
    """Return the sentence about an aspect, quoting what the definition says otherwise."""
    return phrases.told(
        aspect,
        lambda language: told[language].differing(topic)[0].rstrip("."),
        lambda language: told[language].differing(topic)[1].rstrip("."),
    )


def _measure(told: Mapping[str, Told]) -> Text:
    """Return what is computed otherwise, quoting the changed sentences of the definition."""

    def parts(language: str) -> dict[str, str]:
        here = told[language]
        found = {topic: here.differing(topic) for topic in OF_THE_MEASURE}
        fragments = [
            phrases.fragment("measure", language, here.label(topic), *ends)
            for topic, ends in found.items()
            if any(ends)
        ]
        return {"parts": "; ".join(fragments)}

    silent = not any(parts(language)["parts"] for language in LANGUAGES)
    return _fixed("measure_silent") if silent else phrases.say("measure", parts)
