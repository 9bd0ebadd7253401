"""A comparison as it is read: JSON for programs, Markdown for people, Danish first."""

import json
from typing import Any

from vbs_site.catalogue.changes.change import Change, Classification, Comparison
from vbs_site.catalogue.words import LANGUAGES

HEADINGS = {
    Classification.BREAKING: ("Bryder tidsserien", "Breaking the series"),
    Classification.COMPARABLE: ("Sammenlignelige ændringer", "Comparable changes"),
    Classification.EDITORIAL: ("Redaktionelle ændringer", "Editorial changes"),
}
WORDS = {
    "title": ("Ændringer fra {old} til {new}", "Changes from {old} to {new}"),
    "nothing": ("Intet er ændret.", "Nothing has changed."),
    "enough": (
        "Foreslået version: {proposed}. Version {new} er høj nok.",
        "Proposed version: {proposed}. Version {new} is high enough.",
    ),
    "too_low": (
        "Foreslået version: {proposed}. Version {new} er for lav.",
        "Proposed version: {proposed}. Version {new} is too low.",
    ),
    "since": ("Ny serie fra {day}.", "New series from {day}."),
    "affects": ("Ændrer tallene for {names}.", "Changes the numbers of {names}."),
    "refused": ("Afvist", "Refused"),
}


def as_json(comparison: Comparison) -> str:
    """Return a comparison as JSON: `classification`, `version`, `changes` and `refused`; keys are stable."""
    highest = comparison.classification
    data = {
        "classification": highest.word if highest is not None else "none",
        "version": {
            "old": str(comparison.old),
            "new": str(comparison.new),
            "proposed": str(comparison.proposed),
            "raised_enough": comparison.raised_enough,
        },
        "changes": [_as_data(each) for each in comparison.changes],
        "refused": [
            {"section": each.section, "id": each.id, "rule": each.rule, "got": each.got}
            for each in comparison.refusals
        ],
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _as_data(change: Change) -> dict[str, Any]:
    return {
        "section": change.section,
        "id": change.id,
        "aspect": change.aspect,
        "classification": change.classification.word,
        "breaks_series": change.breaks_series,
        "since": change.since.isoformat() if change.since else None,
        "affects": list(change.affects),
        "sentence": change.sentence,
        "advice": change.advice,
    }


def as_markdown(comparison: Comparison) -> str:
    """Return a comparison as Markdown, first in Danish, then in English."""
    return "\n".join(line for language in LANGUAGES for line in _lines(comparison, language))


def _lines(comparison: Comparison, language: str) -> list[str]:
    place = LANGUAGES.index(language)
    ends = {"old": str(comparison.old), "new": str(comparison.new), "proposed": str(comparison.proposed)}

    def say(key: str, **parts: str) -> str:
        return WORDS[key][place].format(**ends, **parts)

    lines = [f"# {say('title')}", ""]
    if not comparison.changes:
        lines += [say("nothing"), ""]
    if comparison.changes or not comparison.raised_enough:
        lines += [say("enough" if comparison.raised_enough else "too_low"), ""]
    if comparison.refusals:
        lines += [f"## {say('refused')}", ""]
        lines += [f"- `{each.id}`: {each.rule}. {each.got}" for each in comparison.refusals]
        lines.append("")
    for classification in reversed(Classification):
        changes = [each for each in comparison.changes if each.classification == classification]
        if changes:
            lines += [f"## {HEADINGS[classification][place]}", ""]
            for each in changes:
                told = [each.sentence[language]]
                others = [name for name in each.affects if name != each.id]
                told += [say("affects", names=", ".join(others))] if others else []
                since = each.since.isoformat() if each.breaks_series and each.since else ""
                told += [say("since", day=since)] if since not in each.sentence[language] else []
                told += [each.advice[language]] if each.advice else []
                lines.append(f"- `{each.id or each.section}`: {' '.join(told)}")
            lines.append("")
    return lines
