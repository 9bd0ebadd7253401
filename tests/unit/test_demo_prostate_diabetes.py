"""The demo's prostate cancer and diabetes: within their contracts, possible, and truly different between hospitals."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from vbs_site.extracts.demo.persons import draw_persons
from vbs_site.extracts.demo.pro import LOW_RESPONSE_REGION
from vbs_site.extracts.demo.registers import diabetes, prostate
from vbs_site.extracts.demo.timeline import END_DAY

ROOT = Path(__file__).parents[2]
PARTS = {"prostate": "prostatakraeft", "diabetes_checks": "diabetes"}
FOLLOWS = {
    "admission": "biopsy",
    "prostatectomy": "biopsy",
    "surveillance": "biopsy",
    "complication": "prostatectomy",
    "surveillance_end": "surveillance",
}


@pytest.fixture(scope="module")
def persons(places):
    return draw_persons(places, np.random.default_rng(1))


@pytest.fixture(scope="module")
def drawn(persons, places):
    draws = {"prostate": prostate.draw, "diabetes_checks": diabetes.draw}
    return {name: draw(persons, places, np.random.default_rng(2)) for name, draw in draws.items()}


@pytest.fixture(scope="module")
def events(drawn):
    return drawn["prostate"].registers[0].rows


@pytest.fixture(scope="module")
def checks(drawn):
    return drawn["diabetes_checks"].registers[0].rows


def contract(source):
    part = yaml.safe_load((ROOT / "catalogue" / f"{PARTS[source]}.yaml").read_text(encoding="utf-8"))
    return part["sources"][source]["columns"]


def column_names(source):
    return {column.get("from", name): column for name, column in contract(source).items()}


@pytest.mark.parametrize("source", PARTS)
def test_a_register_has_the_columns_of_its_contract(source, drawn):
    (register,) = drawn[source].registers
    assert register.source == source
    assert set(register.rows.columns) - {"region", "day"} == set(column_names(source))
    assert len(register.rows) <= 15_000


@pytest.mark.parametrize("source", PARTS)
def test_values_are_those_that_the_contract_allows(source, drawn):
    rows = drawn[source].registers[0].rows
    for name, column in column_names(source).items():
        told = rows[name].dropna()
        assert column.get("nullable") or len(told) == len(rows), name
        assert not column.get("nullable") or len(told) < len(rows), (
            f"{name} could be declared as always there"
        )
        if "values" in column:
            assert set(told) == set(column["values"]), name
        if "max" in column:
            assert told.between(column["min"], column["max"]).all(), name


@pytest.mark.parametrize("source", PARTS)
def test_the_same_random_numbers_give_the_same_rows(source, drawn, persons, places):
    draw = {"prostate": prostate.draw, "diabetes_checks": diabetes.draw}[source]
    again = draw(persons, places, np.random.default_rng(2))
    pd.testing.assert_frame_equal(again.registers[0].rows, drawn[source].registers[0].rows)
    pd.testing.assert_frame_equal(again.answers, drawn[source].answers)


@pytest.mark.parametrize("source", PARTS)
def test_nothing_happens_after_death_or_after_the_demo_ends(source, drawn, persons):
    rows = drawn[source].registers[0].rows
    assert (rows["day"] < persons.death[rows["person_id"] - 1]).all()
    answers = drawn[source].answers
    assert (answers["day"] < persons.death[answers["person"]]).all()
    assert max(rows["day"].max(), answers["day"].max()) < END_DAY


def test_only_men_are_in_the_prostate_register(events, persons):
    assert set(persons.sex[events["person_id"] - 1]) == {1}


@pytest.mark.parametrize(("event", "first"), FOLLOWS.items())
def test_what_follows_comes_after_what_it_follows(event, first, events):
    kinds = {
        kind: events[events["haendelse"] == kind].set_index("person_id")["day"] for kind in (event, first)
    }
    pairs = kinds[event].to_frame("later").join(kinds[first].rename("earlier"), how="left")
    assert len(pairs) > 0
    assert (pairs["later"] >= pairs["earlier"]).all()


def test_only_operations_have_a_stage_and_a_margin(events):
    operated = events["haendelse"] == "prostatectomy"
    found = events["pt_stadium"].notna() | events["kirurgisk_margin"].notna()
    assert not found[~operated].any()
    assert found[operated].mean() > 0.9


def test_a_hospital_learns_to_leave_fewer_positive_margins(events):
    here = events[events["enhed_shak"] == prostate.LEARNING_HOSPITAL].dropna(subset="kirurgisk_margin")
    learned = here["day"] >= prostate.LEARNED
    share = (here["kirurgisk_margin"] == "positive").groupby(learned).mean()
    assert share[True] < share[False] - 0.05


def test_margins_are_told_least_often_in_one_region(events, places):
    operated = events[events["haendelse"] == "prostatectomy"]
    missing = operated["kirurgisk_margin"].isna().groupby(operated["region"]).mean()
    assert missing.idxmax() == places.regions.index(prostate.INCOMPLETE_REGION)


def test_surgery_takes_continence_and_relieves_irritation(drawn):
    answers = drawn["prostate"].answers
    mean = answers.pivot_table("score", "instrument", "moment")
    change = mean["follow_up"] - mean["baseline"]
    assert set(change.index) == set(prostate.DOMAINS)
    assert change["EPIC26_INCONTINENCE"] < -8
    assert change["EPIC26_IRRITATION"] > 2
    assert answers["score"].dropna().between(0, 100).all()


def test_a_person_has_one_check_a_year(checks):
    year = pd.to_datetime(checks["dato"]).dt.year
    assert not pd.DataFrame({"person": checks["person_id"], "year": year}).duplicated().any()


def test_only_adults_answer_and_do_so_before_their_check(drawn, checks):
    answers = drawn["diabetes_checks"].answers.drop_duplicates(["person", "day"])
    joined = answers.assign(person_id=answers["person"] + 1).merge(
        checks, on="person_id", suffixes=("", "_check")
    )
    before = joined[(joined["day_check"] - joined["day"]).between(0, 21)]
    assert len(before) == len(answers)
    assert before["alder"].min() == diabetes.ADULT


def test_children_are_followed_too(checks):
    assert (checks["alder"] < diabetes.ADULT).sum() > 100


def test_a_hospital_that_invites_gets_more_eyes_examined(checks):
    here = checks[checks["enhed_shak"] == diabetes.LATE_HOSPITAL]
    share = here.groupby(here["day"] >= diabetes.INVITES_FROM)["seneste_oejenundersoegelse"].agg(
        lambda latest: (latest == "within_two_years").mean()
    )
    assert share[True] > share[False] + 0.08


def test_few_answer_in_one_region(drawn, checks, places):
    adults = checks[checks["alder"] >= diabetes.ADULT]
    answers = drawn["diabetes_checks"].answers
    asked = adults.groupby("region").size()
    answered = answers[answers["instrument"] == "PAID"].groupby("region").size() / asked
    low = places.regions.index(LOW_RESPONSE_REGION)
    assert answered[low] < 0.5
    assert answered.drop(low).min() > 0.6
