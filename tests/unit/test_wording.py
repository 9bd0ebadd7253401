"""The wording of every indicator, and what its words must say exactly."""

import datetime as dt
import difflib
import os
import re
import string

import pytest
from unit.wording_catalogues import ROOT, SNAPSHOTS, building_blocks, written

from vbs_site.catalogue.conditions import AllOf, AnyOf, Compare, Not, parse_where
from vbs_site.catalogue.events import Link
from vbs_site.catalogue.sources import Column
from vbs_site.catalogue.wording import (
    definition,
    derived,
    flow,
    flow_steps,
    forms_da,
    forms_en,
    phrases_da,
    phrases_en,
    sentence,
    statistic_name,
)
from vbs_site.catalogue.wording.conditions import conditions, pushed
from vbs_site.catalogue.wording.speech import speaking
from vbs_site.catalogue.wording.windows import window
from vbs_site.statistics.findings import statistics_of

UPDATE = os.environ.get("VBS_UPDATE_SNAPSHOTS") == "1"
TOPICS = [*phrases_da.LABELS]


def as_text(catalogue, name, language):
    lines = [sentence(catalogue, name, language), ""]
    lines += [f"{line.label}: {line.text}" for line in definition(catalogue, name, language)]
    names = [
        statistic_name(each.name, catalogue, name, language)
        for each in statistics_of(catalogue.indicators[name])
    ]
    steps = flow_steps(catalogue, name, language)
    flow = [f"{number}. {step.short}: {step.text}" for number, step in enumerate(steps, start=1)]
    return "\n".join([*lines, "", *names, *([""] if flow else []), *flow]) + "\n"


def every_indicator():
    for folder, path in (
        ("vbs-danmark", ROOT / "indicators.yaml"),
        ("nhs-proms-hip", ROOT / "examples" / "nhs-proms" / "indicators.yaml"),
        ("building-blocks", None),
    ):
        data = building_blocks() if path is None else written(path)
        for name in data["indicators"]:
            for language in data["catalogue"]["languages"]:
                yield pytest.param(folder, name, language, id=f"{folder}/{name}.{language}")


EVERY = list(every_indicator())


@pytest.mark.parametrize(("folder", "name", "language"), EVERY)
def test_wording_is_as_reviewed(catalogues, folder, name, language):
    text = as_text(catalogues[folder], name, language)
    path = SNAPSHOTS / folder / f"{name}.{language}.txt"
    if UPDATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    kept = path.read_text(encoding="utf-8") if path.exists() else ""
    if text != kept:
        diff = difflib.unified_diff(kept.splitlines(), text.splitlines(), "reviewed", "now", lineterm="")
        pytest.fail(
            "\n".join([f"{path.relative_to(ROOT)}: VBS_UPDATE_SNAPSHOTS=1 keeps the new wording", *diff]),
            pytrace=False,
        )


def test_no_snapshot_is_left_of_an_indicator_that_is_gone():
    wanted = {
        SNAPSHOTS / parameters.values[0] / f"{parameters.values[1]}.{parameters.values[2]}.txt"
        for parameters in EVERY
    }
    assert set(SNAPSHOTS.rglob("*.txt")) == wanted


@pytest.mark.parametrize(("folder", "name", "language"), EVERY)
def test_wording_is_whole_sentences(catalogues, folder, name, language):
    catalogue = catalogues[folder]
    lines = definition(catalogue, name, language)
    assert [line.topic for line in lines] == sorted((line.topic for line in lines), key=TOPICS.index)
    steps = [step.text for step in flow_steps(catalogue, name, language)]
    for text in [sentence(catalogue, name, language), *(line.text for line in lines), *steps]:
        assert text.endswith(".")
        assert text[0] == text[0].upper()
        for fault in ("  ", "..", " .", " ,", "{", "}", "None", "()"):
            assert fault not in text
    assert not re.search(r"\. [A-ZÆØÅ]", sentence(catalogue, name, language)), "one sentence"


# Phrases


@pytest.mark.parametrize(
    "phrases", [{"da": phrases_da.PHRASES, "en": phrases_en.PHRASES}, derived.PHRASES, flow.PHRASES]
)
def test_both_languages_have_the_same_phrases_with_the_same_parts(phrases):
    def parts(phrase):
        return {field for _, field, _, _ in string.Formatter().parse(phrase) if field is not None}

    assert phrases["da"] and list(phrases["da"]) == list(phrases["en"])
    for key, phrase in phrases["da"].items():
        assert parts(phrase) == parts(phrases["en"][key]), key


@pytest.mark.parametrize("table", ["UNITS", "PERIODS", "LAST_ONE", "PER"])
def test_both_languages_have_the_same_forms(table):
    assert list(getattr(forms_da, table)) == list(getattr(forms_en, table))


def test_both_languages_have_the_same_labels():
    assert list(phrases_da.LABELS) == list(phrases_en.LABELS)


def test_language_that_the_catalogue_lacks_is_named(catalogues):
    with pytest.raises(ValueError, match="no texts in 'da'; its languages are en"):
        definition(catalogues["nhs-proms-hip"], "participation-rate", "da")


def test_statistic_that_the_indicator_lacks_is_named(catalogues):
    with pytest.raises(ValueError, match="of kind proportion has no statistic 'rate'"):
        statistic_name("rate", catalogues["vbs-danmark"], "andel-virtuelle-kontakter", "da")


@pytest.mark.parametrize(
    ("indicator", "statistic", "da", "en"),
    [
        ("andel-virtuelle-kontakter", "proportion", "Andel", "Share"),
        ("sygehusforloeb-pr-1000-borgere", "rate", "Pr. 1.000 borgere", "Per 1,000 citizens"),
        ("drg-vaerdi-pr-kroniker", "mean", "Gennemsnit (kr.)", "Mean (DKK)"),
        (
            "oxford-hip-score-12-maaneder",
            "mean_change",
            "Gennemsnitlig ændring (point)",
            "Mean change (points)",
        ),
        (
            "oxford-hip-score-12-maaneder",
            "share_improved",
            "Andel med mindst 8 points fremgang",
            "Share improved by at least 8 points",
        ),
        (
            "oxford-hip-score-12-maaneder",
            "response_rate",
            "Svarandel (begge skemaer)",
            "Response rate (both questionnaires)",
        ),
    ],
)
def test_names_of_statistics(catalogues, indicator, statistic, da, en):
    catalogue = catalogues["vbs-danmark"]
    assert statistic_name(statistic, catalogue, indicator, "da") == da
    assert statistic_name(statistic, catalogue, indicator, "en") == en


# What the words must say exactly


@pytest.mark.parametrize(
    ("after", "within", "forwards", "da"),
    [
        (None, "30 days", True, "tidligst ved start og senest 30 dage efter"),
        ("0 hours", "30 days", True, "senere end start og senest 30 dage efter"),
        ("4 hours", "30 days", True, "mere end 4 timer og højst 30 dage efter start"),
        (None, "0 days", True, "på samme tidspunkt som start"),
        (None, "1 year", False, "senest ved start og tidligst 1 år før"),
        ("0 days", "1 month", False, "tidligere end start og tidligst 1 måned før"),
        ("1 week", "2 weeks", False, "mere end 1 uge og højst 2 uger før start"),
    ],
)
def test_after_is_exclusive_and_within_inclusive(blocks, after, within, forwards, da):
    link = Link(after=after, within=within)
    assert window(speaking(blocks, "da"), link, "start", forwards=forwards) == da


@pytest.mark.parametrize(
    ("where", "da", "en"),
    [
        ({"kind": "day"}, "med »dag« som art", "with “day” as kind"),
        (
            {"kind": {"in": ["day", "other"]}},
            "med »dag« eller »other« som art",
            "with “day” or “other” as kind",
        ),
        (
            {"diagnosis": {"not_in": "asthma"}},
            "med andet end astma (J45, J46) som diagnose",
            "with something other than asthma (J45, J46) as diagnosis",
        ),
        (
            {"not": {"diagnosis": {"in": "asthma"}}},
            "med andet end astma (J45, J46) som diagnose",
            "with something other than asthma (J45, J46) as diagnosis",
        ),
        ({"urgent": True}, "markeret som akut", "marked as acute"),
        ({"not": {"urgent": True}}, "ikke markeret som akut", "not marked as acute"),
        ({"days": 3}, "med 3 dage i liggetid", "with 3 days as length of stay"),
        ({"cost": {">": 1250.5}}, "med mere end 1.250,5 kr. i udgift", "with more than 1,250.5 DKK as cost"),
        ({"not": {"cost": {">": 10}}}, "med højst 10 kr. i udgift", "with at most 10 DKK as cost"),
        (
            {"not": {"days": {"between": [2, 4]}}},
            "med mindre end 2 dage eller mere end 4 dage i liggetid",
            "with less than 2 days or more than 4 days as length of stay",
        ),
        (
            {"begins": {"<=": dt.date(2025, 1, 1)}},
            "med et tidspunkt senest 1. januar 2025 kl. 00.00 som start",
            "with a time no later than 1 January 2025 at 00:00 as start",
        ),
        ({"diagnosis": {"missing": True}}, "uden oplysning om diagnose", "without information on diagnosis"),
        (
            {"not": {"diagnosis": {"missing": True}}},
            "med oplysning om diagnose",
            "with information on diagnosis",
        ),
        (
            {"urgent": True, "any_of": [{"kind": "day"}, {"kind": "night", "urgent": False}]},
            "markeret som akut og desuden enten med »dag« som art eller (med »nat« som art og ikke markeret som akut)",
            "marked as acute and in addition either with “day” as kind or (with “night” as kind and not marked as acute)",
        ),
        (
            {"not": {"all_of": [{"urgent": True}, {"not": {"kind": "day"}}]}},
            "enten ikke markeret som akut eller med »dag« som art",
            "either not marked as acute or with “day” as kind",
        ),
    ],
)
def test_conditions(blocks, where, da, en):
    assert conditions(speaking(blocks, "da"), "stays", parse_where(where)) == da
    assert conditions(speaking(blocks, "en"), "stays", parse_where(where)) == en


@pytest.mark.parametrize(
    ("where", "da"),
    [
        ({"kind": "day"}, "af arten dag"),
        ({"kind": {"in": ["day", "night"]}, "urgent": True}, "af arten dag eller nat og med hast"),
        ({"kind": "day", "urgent": True}, "af arten dag med hast"),
        ({"kind": "day", "urgent": False}, "af arten dag og ikke markeret som akut"),
        ({"not": {"kind": "day"}}, "af en anden art end dag"),
        ({"days": {">=": 3}}, "i mindst 3 dage"),
        ({"planned": True, "urgent": True}, "markeret som planlagt med hast"),
    ],
)
def test_a_column_can_say_itself_how_rows_are_described_by_it(blocks, where, da):
    columns = dict(blocks.sources["stays"].columns)
    for name, phrases in {
        "kind": {"phrase": {"da": "af arten {value}"}, "phrase_not": {"da": "af en anden art end {value}"}},
        "urgent": {"phrase": {"da": "med hast"}},
        "days": {"phrase": {"da": "i {value}"}},
    }.items():
        columns[name] = columns[name].model_copy(update=phrases)
    stays = blocks.sources["stays"].model_copy(update={"columns": columns})
    changed = blocks.model_copy(update={"sources": {**blocks.sources, "stays": stays}})
    assert conditions(speaking(changed, "da"), "stays", parse_where(where)) == da


@pytest.mark.parametrize(
    ("column", "phrase"),
    [
        ({"type": "boolean"}, "med {value}"),
        ({"type": "integer"}, "med et tal"),
        ({"type": "integer"}, "fra {value} til {value}"),
    ],
)
def test_a_phrase_has_the_value_once_and_that_of_a_boolean_has_none(column, phrase):
    with pytest.raises(ValueError, match=r"a phrase has `\{value\}` once; that of a boolean has none"):
        Column.model_validate(column | {"phrase": {"da": phrase, "en": phrase}})


def test_negation_moved_inwards_keeps_the_rows_of_three_valued_logic():
    def holds(condition, row):
        """Return True, False or None (a value is missing), as SQL does."""
        match condition:
            case Compare(column, operator, value):
                if operator == "missing":
                    return (row[column] is None) == value
                return None if row[column] is None else (row[column] == value) == (operator == "=")
            case Not(part):
                return None if (told := holds(part, row)) is None else not told
            case AllOf(parts) | AnyOf(parts):
                told = [holds(part, row) for part in parts]
                decisive = isinstance(condition, AnyOf)
                return decisive if decisive in told else None if None in told else not decisive

    one, other, gone = Compare("a", "=", 1), Compare("b", "=", 1), Compare("a", "missing", True)
    made = [one, Not(one), gone, Not(gone)]
    for _ in range(2):
        made += [
            kind((first, second))
            for kind in (AllOf, AnyOf)
            for first in made[:6]
            for second in (other, Not(other), made[-1])
        ]
        made += [Not(each) for each in made]
    rows = [{"a": a, "b": b} for a in (None, 0, 1) for b in (None, 0, 1)]
    for condition in made:
        assert "Not(" not in repr(pushed(condition))
        assert [holds(condition, row) for row in rows] == [holds(pushed(condition), row) for row in rows], (
            condition
        )
