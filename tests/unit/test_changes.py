"""A change is judged by what it does to the compiled measure, said in a sentence, and asks for a version.

Each case edits the small catalogue beside this file and says what must come of it.
"""

import json
from pathlib import Path

import pytest
from commands import write_mini

from vbs_site.catalogue.changes.change import Classification
from vbs_site.catalogue.changes.compare import compare
from vbs_site.catalogue.changes.report import as_json, as_markdown
from vbs_site.catalogue.loading import load
from vbs_site.measures.meaning import meaning

CATALOGUE = (Path(__file__).parent / "changes_catalogue.yaml").read_text(encoding="utf-8")
EDITORIAL, COMPARABLE, BREAKING = Classification
READMITTED = "where: {kind: inpatient, diagnosis: {not_in: cancer}}"
EVENT = "event: {followed_by: {where: {kind: inpatient, acute: true}, after: 4 hours, within: 30 days}}"
STAYS = """\
  stays:
    title: {da: Ophold, en: Stays}
    rows: {da: ophold, en: stays}
    derive: {chain: contacts, gap: "<= 4 hours", take: {hospital: first, kind: first, diagnosis: first, acute: any}}
codesets:
"""


@pytest.fixture
def version(tmp_path):
    """Return a function that gives the catalogue with some words replaced."""
    (tmp_path / "organisations.yaml").write_text("organisations: []\n", encoding="utf-8")
    numbers = iter(range(1000))

    def changed(*pairs):
        text = CATALOGUE
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / f"catalogue-{next(numbers)}.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path).catalogue

    return changed


def found(comparison):
    return {(each.id or each.section, each.aspect): each.classification for each in comparison.changes}


SAME_NUMBERS = {
    "conditions in another order": (
        [(READMITTED, "where: {diagnosis: {not_in: cancer}, kind: inpatient}")],
        {("readmission", "measure")},
    ),
    "a list of one for a value": (
        [(EVENT, EVENT.replace("kind: inpatient", "kind: {in: [inpatient]}"))],
        {("readmission", "measure")},
    ),
    "a code set with another name": (
        [("not_in: cancer", "not_in: tumour"), ("  cancer: {", "  tumour: {")],
        {("readmission", "measure"), ("tumour", "added"), ("cancer", "removed")},
    ),
    "a code set with a code that another one covers": (
        [("codes: [DJ44]", "codes: [DJ449, DJ44]")],
        {("copd", "changed")},
    ),
    "hours for days": (
        [(EVENT, EVENT.replace("4 hours", "240 minutes").replace("30 days", "720 hours"))],
        {("readmission", "measure")},
    ),
    "a year for four quarters": ([("within: 4 quarters", "within: 1 year")], {("cost", "measure")}),
    "another name for a column": (
        [
            ("acute: boolean", "urgent: {type: boolean, from: acute}"),
            (EVENT, EVENT.replace("acute: true", "urgent: true")),
        ],
        {("contacts", "changed"), ("readmission", "measure")},
    ),
    "another name for a source": (
        [("  pro:\n", "  answers:\n"), ("from: pro\n", "from: answers\n")],
        {("answers", "added"), ("pro", "removed"), ("hip-score", "measure")},
    ),
    "a column that nobody reads": (
        [("      acute: boolean", "      ward: text\n      acute: boolean")],
        {("contacts", "changed")},
    ),
}


@pytest.mark.parametrize("case", SAME_NUMBERS)
def test_what_compiles_to_the_same_measure_breaks_nothing(case, version):
    pairs, expected = SAME_NUMBERS[case]
    comparison = compare(version(), version(*pairs), meaning)
    assert set(found(comparison)) == expected
    assert {each.classification for each in comparison.changes if each.section == "indicators"} <= {EDITORIAL}
    assert not any(each.breaks_series or each.affects for each in comparison.changes)


def test_exclusions_in_another_order_are_the_same_measure(version):
    one, other = "      - {died: before_or_at}\n", "      - {where: {acute: true}}\n"
    before, after = (version((one, each)) for each in (one + other, other + one))
    assert found(compare(before, after, meaning)) == {("readmission", "measure"): EDITORIAL}


def test_a_derived_source_counts_by_how_it_is_derived(version):
    uses = ("of: {from: contacts, at: end", "of: {from: stays, at: end")
    before = version(("codesets:\n", STAYS), uses)
    more = version(("codesets:\n", STAYS.replace("acute: any", "acute: any, cost: sum")), uses)
    assert not any(each.breaks_series for each in compare(before, more, meaning).changes)
    gap = version(("codesets:\n", STAYS.replace("4 hours", "6 hours")), uses)
    changes = {each.id: each for each in compare(before, gap, meaning).changes}
    assert changes["readmission"].breaks_series
    assert changes["stays"].classification == BREAKING and changes["stays"].affects == ("readmission",)


OTHER_NUMBERS = {
    "population": ([(READMITTED, "where: {kind: inpatient}")], "readmission", "Hvem tæller med"),
    "window": ([(EVENT, EVENT.replace("30 days", "31 days"))], "readmission", "31 dage"),
    "event": ([(EVENT, EVENT.replace("acute: true", "acute: false"))], "readmission", "var »"),
    "exclusion": (
        [("      - {died: before_or_at}\n", "      - {where: {acute: true}}\n")],
        "readmission",
        "Udel",
    ),
    "code set": ([("codes: [DJ44]", "codes: [DJ44, DJ43]")], "cost", "DJ43"),
    "value": ([("value: {sum: cost", "value: {sum: contact_id")], "cost", "contact_id"),
    "look-back": ([("within: 4 quarters", "within: 8 quarters")], "cost", "8 kvartaler"),
    "threshold": (
        [("kind: mic_individual, value: 8", "kind: mic_individual, value: 9")],
        "hip-score",
        "9 point",
    ),
    "follow-up": ([("window: [305 days", "window: [300 days")], "hip-score", "300"),
    "delivered column": (
        [("acute: boolean", "acute: {type: boolean, from: akut}")],
        "readmission",
        "selv om",
    ),
    "kind": (
        [
            ("kind: share_of_sum\n", "kind: mean\n"),
            ("    numerator: returned\n    denominator: sent\n", "    value: {column: returned}\n"),
        ],
        "response",
        "returned",
    ),
}


@pytest.mark.parametrize("case", OTHER_NUMBERS)
def test_what_compiles_to_another_measure_breaks_the_series(case, version):
    pairs, name, words = OTHER_NUMBERS[case]
    comparison = compare(version(), version(*pairs), meaning)
    (change,) = [each for each in comparison.changes if (each.id, each.aspect) == (name, "measure")]
    assert change.classification == BREAKING and change.breaks_series
    assert words in change.sentence["da"] and change.sentence["en"]
    assert change.since is None and "lifecycle.since" in change.advice["da"]
    others = [each for each in comparison.changes if each.section == "indicators" and each is not change]
    assert not others


def test_the_day_from_which_a_definition_holds_is_the_day_of_the_break(version):
    pairs = [
        (EVENT, EVENT.replace("30 days", "31 days")),
        ("    direction: lower\n", "    lifecycle: {since: 2027-04-01}\n    direction: lower\n"),
    ]
    changes = compare(version(), version(*pairs), meaning).changes
    (change,) = [each for each in changes if each.breaks_series]
    assert (change.id, change.since.isoformat(), change.advice) == ("readmission", "2027-04-01", None)


def test_a_part_that_an_indicator_shares_names_the_indicators_it_changes(version):
    changes = compare(version(), version(("codes: [DJ44]", "codes: [DJ44, DJ43]")), meaning).changes
    (change,) = [each for each in changes if each.section == "codesets"]
    assert (change.classification, change.affects) == (BREAKING, ("cost",))
    assert change.sentence == {
        "da": "Kodesættet »KOL« er ændret: codes fra »DJ44« til »DJ44, DJ43«.",
        "en": "Code set “COPD” changed: codes from “DJ44” to “DJ44, DJ43”.",
    }
    unused = compare(version(), version(("codes: [KNFB]", "codes: [KNFB, KNGB]")), meaning)
    assert found(unused) == {("hip", "changed"): EDITORIAL}


AROUND = {
    "title": ("title: {da: Pris, en: Cost}", "title: {da: Prisen, en: The cost}", "cost", "title", EDITORIAL),
    "target": ("value: 0.1,", "value: 0.08,", "readmission", "targets", COMPARABLE),
    "words of a target": ("label: {da: mål", "label: {da: målet", "readmission", "targets", EDITORIAL),
    "strata": ("stratify: [sex, age_band]", "stratify: [sex]", "readmission", "units", COMPARABLE),
    "order of strata": (
        "stratify: [sex, age_band]",
        "stratify: [age_band, sex]",
        "readmission",
        "units",
        EDITORIAL,
    ),
    "a unit kind": ("units: [residence]", "units: [residence, place]", "cost", "units", COMPARABLE),
    "no threshold": ("    improved: mic_individual\n", "", "hip-score", "measure", EDITORIAL),
    "minimum": (
        "    kind: mean\n",
        "    minimum: {denominator: 20}\n    kind: mean\n",
        "cost",
        "minimum",
        COMPARABLE,
    ),
    "direction": ("direction: lower", "direction: neutral", "readmission", "direction", COMPARABLE),
    "status": ("status: proposal", "status: pro-topic", "readmission", "provenance.status", COMPARABLE),
    "source": ("source: {da: vi", "source: {da: os alle", "readmission", "provenance.source", EDITORIAL),
    "reported from": (
        "    kind: mean\n",
        "    report_from: 2026-01-01\n    kind: mean\n",
        "cost",
        "period",
        COMPARABLE,
    ),
    "length of a share's period": (
        "period: quarter\n    kind: prop",
        "period: year\n    kind: prop",
        "readmission",
        "period",
        COMPARABLE,
    ),
    "length of a sum's period": (
        "period: quarter\n    kind: mean",
        "period: year\n    kind: mean",
        "cost",
        "period",
        BREAKING,
    ),
}
PLACE = "  residence: {title: {da: Bopæl"


@pytest.mark.parametrize("case", AROUND)
def test_what_stands_around_a_measure_is_judged_by_itself(case, version):
    old, new, name, aspect, classification = AROUND[case]
    place = [
        (
            PLACE,
            f"{PLACE.replace('residence', 'place')}, en: P}}, plural: {{da: P, en: P}}, path: [persons.region], organisations: region}}\n{PLACE}",
        )
    ]
    comparison = compare(version(*place), version(*place, (old, new)), meaning)
    assert found(comparison) == {(name, aspect): classification}


def test_a_version_is_proposed_by_the_highest_change(version):
    target, window = ("value: 0.1,", "value: 0.08,"), (EVENT, EVENT.replace("30 days", "31 days"))
    title = ("title: {da: Pris, en: Cost}", "title: {da: Prisen, en: The cost}")
    cases = [
        ((), "1.0.0"),
        ((title,), "1.0.1"),
        ((title, target), "1.1.0"),
        ((title, target, window), "2.0.0"),
    ]
    for pairs, proposed in cases:
        comparison = compare(version(), version(*pairs), meaning)
        assert str(comparison.proposed) == proposed
        assert comparison.raised_enough == (not pairs)
        raised = compare(version(), version(*pairs, ("version: 1.0.0", f"version: {proposed}")), meaning)
        assert raised.raised_enough and raised.classification == comparison.classification
    lowered = compare(version(("version: 1.0.0", "version: 1.2.0")), version(), meaning)
    assert not lowered.raised_enough


def test_a_removed_id_breaks_and_is_better_retired(version):
    cost = CATALOGUE[CATALOGUE.index("  cost:\n") : CATALOGUE.index("  hip-score:\n")]
    comparison = compare(version(), version((cost, "")), meaning)
    (change,) = comparison.changes
    assert (change.id, change.aspect, change.classification) == ("cost", "removed", BREAKING)
    assert "state: retired" in change.advice["da"] and "state: retired" in change.advice["en"]
    assert found(compare(version((cost, "")), version(), meaning)) == {("cost", "added"): COMPARABLE}


def test_an_id_that_becomes_an_alias_is_the_same_measure(version):
    pairs = [("  cost:\n", "  price:\n    aliases: [cost]\n")]
    assert found(compare(version(), version(*pairs), meaning)) == {
        ("price", "renamed"): COMPARABLE,
        ("price", "aliases"): EDITORIAL,
    }
    moved = [*pairs, ("within: 4 quarters", "within: 8 quarters")]
    assert found(compare(version(), version(*moved), meaning))["price", "measure"] == BREAKING


RETIRED = "  cost:\n    lifecycle: {state: retired, since: 2027-01-01, successor: readmission, reason: {da: For gammel, en: Too old}}\n"


def test_a_retired_id_says_when_why_and_what_comes_and_never_returns(version):
    retired = version(("  cost:\n", RETIRED))
    comparison = compare(version(), retired, meaning)
    (change,) = comparison.changes
    assert (change.aspect, change.classification) == ("lifecycle.state", COMPARABLE)
    assert change.sentence["da"] == "Målet udgår fra 2027-01-01 og afløses af »Genindlæggelse«: For gammel."
    assert not comparison.refusals
    (refusal,) = compare(retired, version(), meaning).refusals
    assert (refusal.id, refusal.rule) == ("cost", "a retired id stays retired")


def test_whoever_takes_over_the_address_of_a_retired_measure_is_another_one(version):
    retired = version(("  cost:\n", RETIRED))
    after = version(("  cost:\n", "  price:\n    aliases: [cost]\n"))
    assert found(compare(retired, after, meaning)) == {
        ("price", "added"): COMPARABLE,
        ("cost", "removed"): BREAKING,
    }


def test_an_alias_is_no_id_for_another_measure(version):
    before = version(("  cost:\n", "  cost:\n    aliases: [answer-rate]\n"))
    (refusal,) = compare(before, version(("  response:\n", "  answer-rate:\n")), meaning).refusals
    assert (refusal.id, refusal.rule) == ("answer-rate", "a former id is not used again")


def test_reports_hold_every_change_in_both_languages(version):
    pairs = [("value: 0.1,", "value: 0.08,"), (EVENT, EVENT.replace("30 days", "31 days"))]
    comparison = compare(version(), version(*pairs), meaning)
    data = json.loads(as_json(comparison))
    assert data["classification"] == "breaking"
    assert data["version"] == {"old": "1.0.0", "new": "1.0.0", "proposed": "2.0.0", "raised_enough": False}
    listed = {(each["id"], each["aspect"]): each for each in data["changes"]}
    assert listed["readmission", "measure"]["breaks_series"] is True
    assert listed["readmission", "targets"]["sentence"] == {
        "da": "Målsætningen er ændret fra »mål: højst 10 %« til »mål: højst 8 %«.",
        "en": "The target changed from “target: at most 10%” to “target: at most 8%”.",
    }
    text = as_markdown(comparison)
    for each in comparison.changes:
        assert each.sentence["da"] in text and each.sentence["en"] in text
    assert (
        text.index("## Bryder tidsserien")
        < text.index("## Sammenlignelige ændringer")
        < text.index("# Changes")
    )
    nothing = compare(version(), version(), meaning)
    assert json.loads(as_json(nothing))["classification"] == "none"
    assert "Intet er ændret." in as_markdown(nothing) and "Nothing has changed." in as_markdown(nothing)


def test_a_catalogue_in_one_language_is_explained_in_both(tmp_path):
    folder = write_mini(tmp_path / "mini")
    before = load(folder / "indicators.yaml").catalogue
    text = (folder / "indicators.yaml").read_text(encoding="utf-8")
    (folder / "indicators.yaml").write_text(text.replace("good: true", "good: false"), encoding="utf-8")
    (change,) = compare(before, load(folder / "indicators.yaml").catalogue, meaning).changes
    assert change.sentence["da"].startswith("Det beregnede mål er et andet: ")
    assert change.sentence["en"].startswith("The computed measure is another one: ")


def test_the_wider_of_two_codes_that_both_must_be_met_is_not_the_same(version):
    wide, narrow = (
        (
            "  cancer: {",
            "  wide: {system: sks-diagnosis, codes: [DE1], title: {da: a, en: a}, source: SKS}\n  cancer: {",
        ),
        (
            "  cancer: {",
            "  narrow: {system: sks-diagnosis, codes: [DE10], title: {da: b, en: b}, source: SKS}\n  cancer: {",
        ),
    )
    both = "where: {all_of: [{diagnosis: {in: wide}}, {diagnosis: {in: narrow}}]}"
    one = "where: {diagnosis: {in: wide}}"
    before, after = (version(wide, narrow, (READMITTED, each)) for each in (both, one))
    assert found(compare(before, after, meaning)) == {("readmission", "measure"): BREAKING}


def test_a_definition_that_is_rewritten_on_its_way_to_a_draft_breaks_the_series(version):
    draft = ("    direction: lower\n", "    lifecycle: {state: draft}\n    direction: lower\n")
    after = version(draft, (EVENT, EVENT.replace("30 days", "31 days")))
    assert found(compare(version(), after, meaning))["readmission", "measure"] == BREAKING
