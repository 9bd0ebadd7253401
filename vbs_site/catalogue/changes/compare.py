"""Two versions of a catalogue to the list of what has changed between them."""

from collections.abc import Iterator

from vbs_site.catalogue.changes import phrases
from vbs_site.catalogue.changes.change import Change, Classification, Comparison, Refusal
from vbs_site.catalogue.changes.definitions import Versions, definition_changed
from vbs_site.catalogue.changes.judging import judging_changed
from vbs_site.catalogue.changes.meaning import Compiled
from vbs_site.catalogue.changes.measures import Measure, words_changed
from vbs_site.catalogue.changes.shared import named, shared_changed
from vbs_site.catalogue.changes.versions import Version
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.words import Text

COMPARABLE, BREAKING = Classification.COMPARABLE, Classification.BREAKING


def compare(old: Catalogue, new: Catalogue, compiled: Compiled) -> Comparison:
    """Return what has changed from one version of a catalogue to another, and what it does to the numbers.

    Args:
        old: a catalogue that passed its rules.
        new: the same some time later.
        compiled: gives the meaning of an indicator.
    """
    versions = Versions(old, new, compiled, _renamed_sources(old, new))
    changes = list(_measures(versions))
    broken = tuple(each.id for each in changes if each.aspect == "measure" and each.breaks_series)
    changes += shared_changed(old, new, broken)
    sections = list(Catalogue.model_fields)
    ordered = sorted(changes, key=lambda each: sections.index(each.section))
    stated = [Version.of(each.catalogue.version) for each in (old, new)]
    return Comparison(stated[0], stated[1], tuple(ordered), tuple(_refusals(old, new)))


def _renamed_sources(old: Catalogue, new: Catalogue) -> dict[str, str]:
    """Return the sources that have a new name and lie where one with an old name lay."""
    gone = {
        (each.files, each.table): name
        for name, each in old.sources.items()
        if name not in new.sources and each.derive is None
    }
    return {
        name: gone[each.files, each.table]
        for name, each in new.sources.items()
        if name not in old.sources and (each.files, each.table) in gone
    }


def _of_all(catalogue: Catalogue) -> dict[str, tuple[str, Measure]]:
    """Return id to section and measure of everything that has an id of its own."""
    indicators = {name: ("indicators", each) for name, each in catalogue.indicators.items()}
    described = {name: ("described", each) for name, each in catalogue.described.items()}
    return {**indicators, **described}


def _measures(versions: Versions) -> Iterator[Change]:
    old, new = _of_all(versions.old), _of_all(versions.new)
    aliases = {alias: name for name, (_, each) in new.items() for alias in each.aliases}
    before = {
        name: alias
        for alias, name in aliases.items()
        if name not in old
        and alias in old
        and alias not in new
        # What is retired has ended: whoever takes its address over is another measure.
        and old[alias][1].lifecycle.state != "retired"
    }
    for name, (section, measure) in new.items():
        earlier = name if name in old else before.get(name)
        if earlier is None:
            yield Change(section, name, "added", COMPARABLE, named("added", section, name, measure))
            continue
        if earlier != name:
            yield Change(section, name, "renamed", COMPARABLE, _renamed(earlier, name))
        yield from _changed(versions, earlier, name, *old[earlier], *new[name])
    for name, (section, measure) in old.items():
        if name not in new and name not in before.values():
            published = measure.lifecycle.state != "draft"
            keep = published and name not in aliases
            yield Change(
                section,
                name,
                "removed",
                BREAKING if published else COMPARABLE,
                named("removed", section, name, measure),
                phrases.say("retire_instead", lambda _: {}) if keep else None,
            )


def _renamed(earlier: str, name: str) -> Text:
    return phrases.say("renamed", lambda _: {"old": earlier, "new": name})


def _changed(
    versions: Versions, before: str, name: str, was_in: str, was: Measure, is_in: str, now: Measure
) -> Iterator[Change]:
    if was_in != is_in:
        computed = is_in == "indicators"
        key = "now_computed" if computed else "no_longer_computed"
        classification = COMPARABLE if computed else BREAKING
        sentence = phrases.say(key, lambda _: {})
        yield Change(is_in, name, key, classification, sentence, breaks_series=not computed)
    yield from words_changed(versions.new, is_in, name, was, now)
    if was_in == is_in == "indicators":
        yield from definition_changed(versions, before, name)
        yield from judging_changed(versions, before, name)


def _refusals(old: Catalogue, new: Catalogue) -> Iterator[Refusal]:
    """Yield each id that is used again after it was retired or became an alias."""
    was, now = _of_all(old), _of_all(new)
    aliases = {alias: name for name, (_, each) in was.items() for alias in each.aliases}
    for name, (section, each) in now.items():
        if name in was and was[name][1].lifecycle.state == "retired" and each.lifecycle.state != "retired":
            yield Refusal(
                section,
                name,
                "a retired id stays retired",
                each.lifecycle.state,
                "Give the measure an id of its own",
            )
        if name in aliases and name not in was:
            yield Refusal(
                section,
                name,
                "a former id is not used again",
                f"an alias of {aliases[name]!r} before",
                "Choose another id",
            )
        for alias in each.aliases:
            owner = aliases.get(alias)
            if owner is not None and owner in now and owner != name:
                rule = "a former id leads to the measure that had it"
                yield Refusal(
                    section, name, rule, f"{alias!r}, an alias of {owner!r} before", "Leave it there"
                )
