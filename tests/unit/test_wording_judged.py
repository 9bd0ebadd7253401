"""How a figure is judged is said with every choice that can change a verdict, and where a series breaks and why."""

import datetime
import string

import pytest
from unit.wording_catalogues import building_blocks

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.wording import definition
from vbs_site.catalogue.wording.judged import PHRASES

DATA = building_blocks()
SHARE = "preceded-by-test"
AGREED = {"status": "agreed", "source": {"da": "Os", "en": "Us"}}


def lines(name, language="da", *, judgement=None, **keys):
    """Return topic to text of an indicator of the building blocks, with some keys set."""
    changed = {name: DATA["indicators"][name] | {"provenance": AGREED} | keys}
    data = DATA | {"indicators": DATA["indicators"] | changed, "judgement": judgement or {}}
    catalogue = Catalogue.model_validate(data)
    return {line.topic: line.text for line in definition(catalogue, name, language)}


def from_day(reason, day):
    return {"date": datetime.date.fromisoformat(day), "reason": {"da": reason, "en": f"{reason} (en)"}}


def test_both_languages_have_the_same_phrases_with_the_same_parts():
    def parts(phrase):
        return {field for _, field, _, _ in string.Formatter().parse(phrase) if field}

    assert {key: parts(phrase) for key, phrase in PHRASES["da"].items()} == {
        key: parts(phrase) for key, phrase in PHRASES["en"].items()
    }


@pytest.mark.parametrize(
    "way",
    [
        {"interval": "wilson"},
        {"minimum": 30},
        {"funnel": {"level": 0.998}},
        {"funnel": {"overdispersion": "additive"}},
        {"funnel": {"overdispersion": "multiplicative"}},
        {"funnel": {"overdispersion": "multiplicative", "winsorise": 0}},
        {"control": {"chart": "p"}},
        {"control": {"chart": "p_prime"}},
        {"control": {"rules": "anhoej"}},
        {"control": {"baseline_until": datetime.date(2025, 6, 30)}},
    ],
    ids=str,
)
@pytest.mark.parametrize("language", ["da", "en"])
def test_every_choice_is_said_whether_the_catalogue_or_the_indicator_makes_it(way, language):
    usual = lines(SHARE, language)
    own, general = lines(SHARE, language, judge=way), lines(SHARE, language, judgement=way)
    assert own == general
    assert {topic for topic in usual if usual[topic] != own[topic]} == {"judgement"}


def test_the_interval_that_is_said_is_the_one_that_is_computed():
    way = {"interval": "wilson"}
    assert "Wilson" in lines(SHARE, judgement=way)["judgement"]
    mean = lines("mean-cost", judgement=way)["judgement"]
    assert "Student" in mean and "Wilson" not in mean
    improved = lines("adjusted", judgement=way)["judgement"]
    assert improved.index("Student") < improved.index("Wilson")


def test_what_has_no_funnel_and_what_has_no_interval_is_said():
    assert "tragt" in lines(SHARE)["judgement"]
    assert "tragt" not in lines("free-of-stay")["judgement"]
    assert lines("cost-per-improved")["judgement"] == "Tallet har intet konfidensinterval og vurderes ikke."


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize(
    ("name", "keys"), [(SHARE, {"period": "rolling_year"}), ("cohort-dead-or-alive", {})], ids=str
)
def test_periods_that_share_people_are_not_said_to_be_judged_by_a_control_chart(name, keys, language):
    phrases = PHRASES[language]
    anew = {"control": {"rebase": [from_day("Ny praksis", "2025-04-01")]}}
    told = lines(name, language, judgement=anew, **keys)
    assert phrases["overlap"] in told["judgement"]
    assert phrases["xmr"] not in told["judgement"]
    assert "breaks" not in told
    usual = lines(SHARE, language, judgement=anew)
    assert phrases["overlap"] not in usual["judgement"]
    assert phrases["xmr"] in usual["judgement"]
    assert "breaks" in usual


@pytest.mark.parametrize(("language", "words"), [("da", "ingen dom"), ("en", "no verdict")])
def test_a_proposal_gets_no_verdict(language, words):
    proposal = {"provenance": AGREED | {"status": "proposal"}}
    assert words in lines(SHARE, language, **proposal)["judgement"]
    assert words not in lines(SHARE, language)["judgement"]


def test_breaks_and_rebases_stand_by_day_with_their_reasons():
    assert "breaks" not in lines(SHARE)
    told = lines(
        SHARE,
        breaks=[from_day("Ny kodning.", "2025-10-01")],
        judgement={"control": {"rebase": [from_day("Ny praksis", "2025-04-01")]}},
    )
    assert told["breaks"] == (
        "Fra 1. april 2025 beregnes grænserne for udviklingen på ny: Ny praksis. "
        "Fra 1. oktober 2025 kan tallene ikke sammenlignes med de tidligere: Ny kodning."
    )
