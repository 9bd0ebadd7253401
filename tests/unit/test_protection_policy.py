"""The disclosure policy: what a catalogue says, what its sources say otherwise, and what an indicator is published under."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from vbs_site.catalogue.changes.change import Classification
from vbs_site.catalogue.changes.compare import compare
from vbs_site.catalogue.changes.report import as_markdown
from vbs_site.catalogue.loading import load
from vbs_site.catalogue.protection import Disclosure, stated, strictest
from vbs_site.catalogue.uses import sources_read
from vbs_site.catalogue.wording import definition
from vbs_site.measures.meaning import meaning

CATALOGUE = (Path(__file__).parent / "changes_catalogue.yaml").read_text(encoding="utf-8")
PERSONS = "persons: {source: persons, birth"
DERIVED = """\
  stays:
    title: {da: Ophold, en: Stays}
    rows: {da: ophold, en: stays}
    derive: {chain: contacts, gap: "<= 4 hours", take: {hospital: first, kind: first, diagnosis: first, acute: any}}
codesets:
"""


def of_source(name, policy):
    """Return the replacement that gives a source a policy of its own."""
    return f"  {name}:\n    title", f"  {name}:\n    disclosure: {policy}\n    title"


def everywhere(policy):
    """Return the replacement that gives the catalogue a policy."""
    return PERSONS, f"disclosure: {policy}\n{PERSONS}"


@pytest.fixture
def catalogue(tmp_path):
    """Return a function that gives the small catalogue with some words replaced."""
    (tmp_path / "organisations.yaml").write_text("organisations: []\n", encoding="utf-8")

    def changed(*pairs):
        text = CATALOGUE
        for old, new in pairs:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path = tmp_path / "catalogue.yaml"
        path.write_text(text, encoding="utf-8")
        return load(path).catalogue

    return changed


def test_without_a_policy_counts_below_five_are_hidden_and_zeros_shown():
    policy = Disclosure()
    assert (policy.threshold, policy.zeros_shown, policy.complement) == (5, True, True)
    assert (policy.least_width, policy.dominance, policy.round_to) == (3, 10, None)


@pytest.mark.parametrize(
    ("written", "width"),
    [
        ({"threshold": 3}, 1),
        ({"threshold": 10}, 8),
        ({"threshold": 10, "width": 4}, 4),
        ({"profile": "rkkp"}, 1),
    ],
)
def test_a_hidden_count_is_left_as_wide_as_its_sign_tells_unless_the_policy_says_less(written, width):
    assert Disclosure(**written).least_width == width


def test_the_profile_of_the_quality_registers_hides_one_and_two():
    assert Disclosure(profile="rkkp").threshold == 3
    assert Disclosure(profile="rkkp", threshold=3).threshold == 3
    with pytest.raises(ValidationError, match="the profile rkkp has the threshold 3"):
        Disclosure(profile="rkkp", threshold=5)


def test_a_source_says_only_what_differs(catalogue):
    found = catalogue(everywhere("{threshold: 10, zeros_shown: false}"), of_source("pro", "{threshold: 20}"))
    assert found.policy_of("contacts") == found.disclosure
    assert (found.policy_of("pro").threshold, found.policy_of("pro").zeros_shown) == (20, False)


def test_a_source_takes_a_profile_in_place_of_a_threshold_and_a_threshold_in_place_of_a_profile(catalogue):
    own = catalogue(everywhere("{threshold: 10}"), of_source("pro", "{profile: rkkp}")).policy_of("pro")
    assert (own.profile, own.threshold) == ("rkkp", 3)
    own = catalogue(everywhere("{profile: rkkp}"), of_source("pro", "{threshold: 10}")).policy_of("pro")
    assert (own.profile, own.threshold) == (None, 10)


def test_a_derived_source_has_the_policy_of_its_base(catalogue):
    uses = ("of: {from: contacts, at: end", "of: {from: stays, at: end")
    found = catalogue(("codesets:\n", DERIVED), uses, of_source("contacts", "{threshold: 7}"))
    assert found.policy_of("stays") == found.policy_of("contacts")
    assert "contacts" in sources_read(found, "readmission") and "stays" not in sources_read(
        found, "readmission"
    )
    assert found.protection("readmission").threshold == 7


def test_an_indicator_is_published_under_the_strictest_policy_of_what_it_reads(catalogue):
    found = catalogue(of_source("contacts", "{threshold: 7}"), of_source("persons", "{zeros_shown: false}"))
    assert set(sources_read(found, "readmission")) == {"contacts", "persons"}
    policy = found.protection("readmission")
    assert (policy.threshold, policy.zeros_shown, policy.least_width) == (7, False, 5)
    assert found.protection("response") == found.disclosure


def test_the_persons_register_keeps_its_policy_when_a_quality_register_has_a_laxer_one(catalogue):
    assert catalogue(of_source("contacts", "{profile: rkkp}")).protection("readmission").threshold == 5
    both = (of_source("contacts", "{profile: rkkp}"), of_source("persons", "{profile: rkkp}"))
    assert catalogue(*both).protection("readmission").threshold == 3


def test_a_source_without_persons_has_a_say_only_when_it_sets_a_policy(catalogue):
    lax = catalogue(of_source("returns", "{profile: rkkp}"))
    assert lax.sources["returns"].person is None
    assert lax.protection("response").threshold == 3
    assert catalogue(everywhere("{threshold: 10}")).protection("response").threshold == 10


def test_the_strictest_of_several_keeps_each_of_them():
    found = strictest(
        [
            Disclosure(threshold=3, dominance=None, complement=False),
            Disclosure(threshold=10, width=2, dominance=5, complement=False),
            Disclosure(zeros_shown=False, dominance=20),
        ]
    )
    assert (found.threshold, found.zeros_shown, found.complement) == (10, False, True)
    assert (found.least_width, found.dominance) == (3, 20)
    assert strictest([Disclosure(dominance=None)] * 2).dominance is None


def test_counts_are_rounded_only_when_every_source_says_so():
    five, ten = Disclosure(round_to=5), Disclosure(threshold=6, round_to=10)
    assert strictest([five, ten]).round_to == 10
    assert strictest([five, Disclosure()]).round_to is None


def test_what_is_stated_names_only_the_indicators_that_differ(catalogue):
    found = stated(catalogue(of_source("pro", "{threshold: 12, round_to: 20}")))
    assert found["default"] == {
        "threshold": 5,
        "zeros_shown": True,
        "complement": True,
        "width": 3,
        "dominance": 10,
        "round_to": None,
    }
    assert found["indicators"] == {"hip-score": found["default"] | {"threshold": 12, "width": 10}}


def test_the_definition_says_the_policy_of_the_indicator(catalogue):
    found = catalogue(of_source("pro", "{threshold: 12}"), of_source("returns", "{zeros_shown: false}"))
    said = {
        name: next(line.text for line in definition(found, name, "en") if line.topic == "minimum")
        for name in ("hip-score", "response", "readmission")
    }
    assert "Counts from 1 to 11 are never shown" in said["hip-score"]
    assert "Counts from 0 to 4 are never shown" in said["response"]
    assert "Counts from 1 to 4 are never shown" in said["readmission"]
    rounded = catalogue(everywhere("{round_to: 10}"))
    (line,) = [line for line in definition(rounded, "readmission", "da") if line.topic == "minimum"]
    assert "afrundet til nærmeste 10" in line.text


def changes(old, new):
    comparison = compare(old, new, meaning)
    return comparison, {(each.section, each.id, each.aspect): each for each in comparison.changes}


def test_another_policy_changes_what_is_shown_and_breaks_no_series(catalogue):
    comparison, found = changes(catalogue(), catalogue(everywhere("{threshold: 10, zeros_shown: false}")))
    (change,) = found.values()
    assert change.classification == Classification.COMPARABLE and not change.breaks_series
    assert str(comparison.proposed) == "1.1.0"
    assert change.sentence["da"] == (
        "Diskretionsreglen er ændret: det mindste antal, der vises, fra »5« til »10«; om nul vises fra »ja« til »nej«; "
        "den mindste bredde, et skjult antal efterlades med, fra »3« til »8«. "
        "Det ændrer, hvad der vises, ikke hvad der måles."
    )
    assert "The disclosure policy changed: the smallest count shown from “5” to “10”" in change.sentence["en"]
    assert "not what is measured" in as_markdown(comparison)


def test_another_policy_of_a_source_is_told_by_its_title(catalogue):
    _, found = changes(catalogue(), catalogue(of_source("pro", "{profile: rkkp, dominance: null}")))
    (change,) = found.values()
    assert (change.section, change.id, change.classification) == ("sources", "pro", Classification.COMPARABLE)
    assert change.sentence["en"] == (
        "The disclosure policy: “Answers” changed: the smallest count shown from “5” to “3”; "
        "the least width that a hidden count is left with from “3” to “1”; "
        "p of the p % rule for amounts was “10” and is removed. "
        "This changes what is shown, not what is measured."
    )


def test_a_policy_that_comes_to_the_same_is_editorial(catalogue):
    _, found = changes(catalogue(), catalogue(of_source("pro", "{threshold: 5}"), everywhere("{width: 3}")))
    assert {each.classification for each in found.values()} == {Classification.EDITORIAL}
    assert len(found) == 2


def test_another_policy_of_a_base_is_told_once(catalogue):
    derived = ("codesets:\n", DERIVED)
    _, found = changes(catalogue(derived), catalogue(derived, of_source("contacts", "{threshold: 9}")))
    assert list(found) == [("sources", "contacts", "disclosure")]
