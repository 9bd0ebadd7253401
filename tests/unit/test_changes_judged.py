"""Another way to judge, a break in a series, or other similar units: verdicts can change, and no value does."""

from pathlib import Path

import pytest
import yaml
from wording_catalogues import building_blocks

from vbs_site.catalogue.changes.change import Classification
from vbs_site.catalogue.changes.compare import compare
from vbs_site.catalogue.changes.report import as_markdown
from vbs_site.catalogue.model import Catalogue
from vbs_site.measures.meaning import meaning

CATALOGUE = (Path(__file__).parent / "changes_catalogue.yaml").read_text(encoding="utf-8")
EDITORIAL, COMPARABLE, _ = Classification


def version(*pairs):
    """Return the catalogue with some words replaced."""
    text = CATALOGUE
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return Catalogue.model_validate(yaml.safe_load(text))


def found(comparison):
    return {(each.id or each.section, each.aspect): each.classification for each in comparison.changes}


BROKEN = "    breaks: [{date: 2026-04-01, reason: {da: Ny blanket, en: New form}}]\n"
GENERAL = "areas:\n"
JUDGED = {
    "an interval": ("", "    judge: {interval: wilson}\n", {("readmission", "judge"): COMPARABLE}),
    "a funnel": ("", "    judge: {funnel: {level: 0.998}}\n", {("readmission", "judge"): COMPARABLE}),
    "a minimum": ("", "    judge: {minimum: 30}\n", {("readmission", "judge"): COMPARABLE}),
    "a chart": ("", "    judge: {control: {chart: p}}\n", {("readmission", "judge"): COMPARABLE}),
    "what holds anyway": ("", "    judge: {minimum: 10}\n", {("readmission", "judge"): EDITORIAL}),
    "a rebase": (
        "",
        "    judge: {control: {rebase: [{date: 2026-04-01, reason: {da: Ny blanket, en: New form}}]}}\n",
        {("readmission", "judge"): COMPARABLE},
    ),
    "a break": ("", BROKEN, {("readmission", "breaks"): COMPARABLE}),
    "a break no longer": (BROKEN, "", {("readmission", "breaks"): COMPARABLE}),
    "the words of a break": (
        BROKEN,
        BROKEN.replace("da: Ny blanket", "da: Nyt skema"),
        {("readmission", "breaks"): EDITORIAL},
    ),
}


def judged(keys):
    return ("  readmission:\n", f"  readmission:\n{keys}")


@pytest.mark.parametrize("case", JUDGED)
def test_another_way_to_judge_changes_verdicts_and_no_value(case):
    was, now, expected = JUDGED[case]
    comparison = compare(version(judged(was)), version(judged(now)), meaning)
    assert found(comparison) == expected
    for each in comparison.changes:
        assert all(each.sentence[language] for language in ("da", "en"))


def test_the_method_of_an_interval_is_said_with_old_and_new():
    after = version(judged("    judge: {interval: wilson}\n"))
    (change,) = compare(version(), after, meaning).changes
    assert "Clopper" in change.sentence["da"].split(" til ")[0]
    assert "Wilson" in change.sentence["en"].split(" to ")[1]
    general = version((GENERAL, f"judgement: {{interval: wilson}}\n{GENERAL}"))
    (change,) = compare(version(), general, meaning).changes
    assert (change.section, change.classification) == ("judgement", COMPARABLE)
    assert change.sentence == {
        "da": "Vurderingen er ændret: interval fra »clopper-pearson« til »wilson«.",
        "en": "The judgement changed: interval from “clopper-pearson” to “wilson”.",
    }


def test_an_added_break_is_said_with_its_day_and_reason():
    comparison = compare(version(), version(judged(BROKEN)), meaning)
    (change,) = comparison.changes
    assert change.sentence == {
        "da": "Databrud fra 2026-04-01: Ny blanket.",
        "en": "Series break from 2026-04-01: New form.",
    }
    assert change.breaks_series and change.since.isoformat() == "2026-04-01" and not change.affects
    assert as_markdown(comparison).count("2026-04-01") == 2, "once in each language"
    assert str(comparison.proposed) == "1.1.0"


def test_what_holds_for_all_and_groups_of_similar_units_are_compared():
    reason = "reason: {da: Ny praksis, en: New practice}"
    rebased = f"judgement: {{control: {{rebase: [{{date: 2026-04-01, {reason}}}]}}}}\n{GENERAL}"
    assert found(compare(version(), version((GENERAL, rebased)), meaning)) == {
        ("judgement", "changed"): COMPARABLE
    }
    other_words = rebased.replace("Ny praksis", "Ny vane")
    worded = compare(version((GENERAL, rebased)), version((GENERAL, other_words)), meaning)
    assert found(worded) == {("judgement", "changed"): EDITORIAL}
    written_out = f"judgement: {{minimum: 10, funnel: {{level: 0.95}}}}\n{GENERAL}"
    assert not compare(version(), version((GENERAL, written_out)), meaning).changes


def test_a_group_of_similar_units_is_compared_by_its_units():
    before = Catalogue.model_validate(building_blocks())

    def grouped(*units):
        group = {"title": {"da": "Ens", "en": "Alike"}, "unit_kind": next(iter(before.units)), "units": units}
        return Catalogue.model_validate(building_blocks() | {"similar": {"alike": group}})

    (added,) = compare(before, grouped("one", "two"), meaning).changes
    assert added.classification == COMPARABLE
    assert added.sentence["da"] == "Tilføjet: gruppen af sammenlignelige enheder »Ens«."
    (changed,) = compare(grouped("one", "two"), grouped("one", "three"), meaning).changes
    assert changed.classification == COMPARABLE and "three" in changed.sentence["en"]
    (removed,) = compare(grouped("one", "two"), before, meaning).changes
    assert removed.classification == COMPARABLE
