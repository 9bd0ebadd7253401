"""What has changed in what indicators share: sources, code sets, instruments, units, areas and the rest."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from vbs_site.catalogue.changes import phrases
from vbs_site.catalogue.changes.change import Change, Classification
from vbs_site.catalogue.changes.protection import protection_changed
from vbs_site.catalogue.conditions import Condition, comparisons
from vbs_site.catalogue.indicators import Ratio
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.sources import Source
from vbs_site.catalogue.uses import uses
from vbs_site.catalogue.words import LANGUAGES, Text

EDITORIAL, COMPARABLE, BREAKING = Classification

SHOWN = ("units", "areas", "policies", "similar", "value")
"""Sections whose members are seen by readers when they come or go; the others only serve indicators."""
SERVING = ("codesets", "instruments", "groups", "decisions")
"""Sections whose members decide numbers through indicators or not at all."""
WORDS = {"source", "owner", "examples_required"}
"""Keys that decide nothing that is shown as a number."""
MOST_TOLD = 6
"""Places of one object that a sentence names."""
DECIDING: Mapping[str, tuple[str, ...]] = {
    "sources": ("key", "person", "time", "derive", "columns"),
    "codesets": ("codes", "system"),
    "instruments": ("thresholds", "direction", "range"),
    "units": ("column", "path", "register", "organisations", "national_code"),
    "persons": ("source", "birth", "death", "sex"),
}
"""Section to the keys that can decide a number."""
BESIDE_NUMBERS = ("title", "min", "max", "unit", "values")
"""Keys of a column that decide no number."""


def shared_changed(old: Catalogue, new: Catalogue, broken: tuple[str, ...]) -> Iterator[Change]:
    """Yield what has changed outside the measures.

    Args:
        old: the catalogue as it was.
        new: the catalogue as it is.
        broken: indicators that compute something else, whose cause is looked for here.
    """
    for section in Catalogue.model_fields:
        if section in ("indicators", "described", "disclosure"):
            continue
        was, now = getattr(old, section), getattr(new, section)
        if section == "sources":
            was, now = _unprotected(was), _unprotected(now)
        if isinstance(was, dict) and isinstance(now, dict):
            yield from _members(section, was, now, new, broken)
        elif was != now:
            yield from _changed(section, "", was, now, new, broken)
    yield from protection_changed(old, new)


def _unprotected(sources: Mapping[str, Source]) -> dict[str, Source]:
    """Return the sources without their disclosure policies, whose changes are told by themselves."""
    return {name: each.model_copy(update={"disclosure": None}) for name, each in sources.items()}


def _members(
    section: str, was: Mapping[str, Any], now: Mapping[str, Any], new: Catalogue, broken: tuple[str, ...]
) -> Iterator[Change]:
    seen = COMPARABLE if section in SHOWN else EDITORIAL
    for name, member in now.items():
        if name not in was:
            yield Change(section, name, "added", seen, named("added", section, name, member))
        elif was[name] != member:
            yield from _changed(section, name, was[name], member, new, broken)
    for name, member in was.items():
        if name not in now:
            yield Change(section, name, "removed", seen, named("removed", section, name, member))


def named(key: str, section: str, name: str, member: Any) -> Text:
    """Return a sentence that names a member of a section by its title."""

    def parts(language: str) -> dict[str, str]:
        return {"thing": phrases.thing(section, language), "title": _title(name, member, language)}

    return phrases.say(key, parts)


def _title(name: str, member: Any, language: str) -> str:
    words = phrases.worded(getattr(member, "title", None), language) or name
    return phrases.quoted(words, language)


def _changed(
    section: str, name: str, was: Any, now: Any, new: Catalogue, broken: tuple[str, ...]
) -> Iterator[Change]:
    """Yield the change of one object, unless it is the stated version alone."""
    before, after = (dict(_leaves(each, stated=section != "judgement")) for each in (was, now))
    paths = [path for path in dict.fromkeys([*before, *after]) if before.get(path) != after.get(path)]
    if section == "catalogue" and paths == [("version",)]:
        return
    told = {
        path: (before.get(path), after.get(path))
        for path in paths
        if path != ("version",) and not _is_words(path, before.get(path), after.get(path))
    }
    affects = tuple(each for each in broken if (section, name) in parts_of(new, each))
    if affects and any(_decides(section, path) for path in told):
        yield Change(section, name, "changed", BREAKING, _sentence(section, name, now, told), affects=affects)
        return
    classification = COMPARABLE if told and section not in SERVING else EDITORIAL
    yield Change(section, name, "changed", classification, _sentence(section, name, now, told))


def _sentence(section: str, name: str, member: Any, told: Mapping[tuple[str, ...], tuple[Any, Any]]) -> Text:
    """Return what has changed in an object, naming its first few places with old and new."""

    def parts(language: str) -> dict[str, str]:
        fragments = [
            phrases.fragment("shared", language, ".".join(path), _leaf(was, language), _leaf(now, language))
            for path, (was, now) in list(told.items())[:MOST_TOLD]
        ]
        rest = len(told) - len(fragments)
        fragments += [phrases.phrase("more", language, count=str(rest))] if rest else []
        thing = phrases.thing(section, language)
        title = f" {_title(name, member, language)}" if name else ""
        return {"what": f"{thing[0].upper()}{thing[1:]}{title}", "parts": "; ".join(fragments)}

    return phrases.say("shared" if told else "shared_words", parts)


def _leaves(
    part: Any, path: tuple[str, ...] = (), *, stated: bool = True
) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each value inside an object with the keys that lead to it; texts and lists are values.

    Args:
        part: the object, or a part of it.
        path: the keys that lead to it.
        stated: leave out what is as it would be if nothing were written.
    """
    if isinstance(part, BaseModel):
        yield from _leaves(part.model_dump(by_alias=True, exclude_defaults=stated), path)
    elif isinstance(part, dict) and not (part and part.keys() <= set(LANGUAGES)):
        for key, value in part.items():
            yield from _leaves(value, (*path, str(key)))
    elif isinstance(part, list) and part and all(isinstance(each, dict) for each in part):
        for number, each in enumerate(part, start=1):
            yield from _leaves(each, (*path, str(each.get("kind", number))))
    elif part != []:
        yield path, part


def _leaf(value: Any, language: str) -> str:
    if isinstance(value, dict):
        return phrases.worded(value, language)
    if isinstance(value, list):
        return ", ".join(_leaf(each, language) for each in value)
    return "" if value is None else str(value)


def _is_words(path: tuple[str, ...], *values: Any) -> bool:
    texts = all(
        value is None or (isinstance(value, dict) and value.keys() <= set(LANGUAGES)) for value in values
    )
    return texts or path[-1] in WORDS


def _decides(section: str, path: tuple[str, ...]) -> bool:
    if section == "sources" and len(path) > 2 and path[0] == "columns":
        return path[2] not in BESIDE_NUMBERS
    return path[0] in DECIDING.get(section, ())


def parts_of(catalogue: Catalogue, name: str) -> set[tuple[str, str]]:
    """Return what an indicator is made of, as (section, name)."""
    indicator = catalogue.indicators[name]
    if isinstance(indicator, Ratio):
        halves = (indicator.numerator.indicator, indicator.denominator.indicator)
        return parts_of(catalogue, halves[0]) | parts_of(catalogue, halves[1])
    found = set[tuple[str, str]]()
    asked = list[tuple[str, Condition | None]]()
    for use in uses(catalogue, name):
        asked.append((use.source, use.where))
    for source in catalogue.derived_of({source for source, _ in asked}):
        derive = catalogue.sources[source].derive
        assert derive is not None
        asked.append((derive.base, derive.where))
    steps = [step.split(".")[0] for kind in indicator.units for step in catalogue.units[kind].path or []]
    registers = [catalogue.persons.source] if catalogue.persons is not None else []
    found |= {("sources", source) for source in (*(each for each, _ in asked), *steps, *registers)}
    found |= {("codesets", each) for source, where in asked for each in _codesets(catalogue, source, where)}
    found |= {("units", level) for kind in indicator.units for level in catalogue.levels(kind)}
    found |= {("instruments", getattr(indicator, "instrument", "")), ("persons", "")}
    return found


def _codesets(catalogue: Catalogue, source: str, where: Condition | None) -> Iterator[str]:
    for each in comparisons(where) if where is not None else ():
        if catalogue.sources[source].columns[each.column].type == "code" and each.operator != "missing":
            yield from each.value
