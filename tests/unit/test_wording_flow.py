"""The steps from source rows to the figure: the same in both languages, and each exclusion is one of them."""

import pytest

from vbs_site.catalogue.indicators import Ratio
from vbs_site.catalogue.wording import flow_steps


def steps(catalogue, name, language="da"):
    return {step.name: step for step in flow_steps(catalogue, name, language)}


@pytest.mark.parametrize("folder", ["vbs-danmark", "building-blocks"])
def test_steps_are_the_same_in_every_language_and_have_a_denominator(catalogues, folder):
    catalogue = catalogues[folder]
    for name, indicator in catalogue.indicators.items():
        danish, english = (flow_steps(catalogue, name, language) for language in ("da", "en"))
        assert [(step.name, step.role) for step in danish] == [(step.name, step.role) for step in english]
        names = [step.name for step in danish]
        assert len(set(names)) == len(names)
        if isinstance(indicator, Ratio):
            assert names == []
            continue
        assert names[0] == "rows"
        assert "denominator" in names
        left_out = [each for each in names if each.startswith("excluded_")]
        alive = getattr(indicator, "cohort", None) is not None and indicator.cohort.alive
        assert len(left_out) == len(getattr(indicator, "exclude", [])) + alive


def test_an_exclusion_is_named_by_its_reason_and_told_in_full(catalogues):
    found = steps(catalogues["vbs-danmark"], "akut-genindlaeggelse-30-dage")
    assert list(found) == ["rows", "where", "excluded_1", "excluded_2", "denominator", "numerator"]
    assert found["rows"].text == "Alle hospitalskontakter med udskrivning i kvartalet."
    assert found["excluded_1"].short == "Død"
    assert found["excluded_2"].short == "Overflytning"
    assert found["excluded_2"].role == "left_out"
    assert "4 timer" in found["excluded_2"].text


def test_what_a_figure_cannot_do_without_is_a_step_of_its_own(blocks):
    found = steps(blocks, "event-with-missing", "en")
    assert found["missing"].role == "missing"
    assert found["missing"].text.endswith("are in neither numerator nor denominator.")
    # An event that asks whether something is missing can always be decided.
    assert "missing" not in steps(blocks, "event-asks-for-missing")


def test_pairs_lead_from_those_who_should_answer_to_those_who_did_and_improved(catalogues):
    found = steps(catalogues["vbs-danmark"], "oxford-hip-score-12-maaneder", "en")
    assert list(found)[-4:] == ["eligible", "missing", "denominator", "numerator"]
    assert found["numerator"].text == "Those who improve by at least 8 points."


def test_a_population_is_a_denominator_of_its_own(catalogues):
    found = steps(catalogues["vbs-danmark"], "sygehusforloeb-pr-1000-borgere", "en")
    assert list(found) == ["rows", "courses", "numerator", "denominator"]
    assert "comes from Population" in found["denominator"].text
