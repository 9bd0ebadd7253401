"""The demo's stroke and epilepsy: within their contracts, possible, and truly different between hospitals."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from vbs_site.extracts.demo.persons import draw_persons
from vbs_site.extracts.demo.registers import epilepsy, stroke
from vbs_site.extracts.demo.timeline import END_DAY

ROOT = Path(__file__).parents[2]
PARTS = {
    name: yaml.safe_load((ROOT / "catalogue" / f"{name}.yaml").read_text(encoding="utf-8"))
    for name in ("apopleksi", "epilepsi")
}
CONTRACTS = {name: source for part in PARTS.values() for name, source in part["sources"].items()}
EPILEPSY_HOSPITALS = 14


@pytest.fixture(scope="module")
def persons(places):
    return draw_persons(places, np.random.default_rng(1))


@pytest.fixture(scope="module")
def drawn(persons, places):
    return [draw(persons, places, np.random.default_rng(2)) for draw in (stroke.draw, epilepsy.draw)]


@pytest.fixture(scope="module")
def registers(drawn):
    return {register.source: register.rows for area in drawn for register in area.registers}


@pytest.fixture(scope="module")
def answers(drawn):
    return drawn[1].answers


def columns_of(source):
    return {column.get("from", name): column for name, column in CONTRACTS[source]["columns"].items()}


def minutes_to_needle(registers):
    admissions, treatments = registers["stroke"], registers["stroke_reperfusion"]
    both = treatments.merge(admissions, on="person_id", suffixes=("", "_admission"))
    minutes = (both["behandlingsstart"] - both["ankomst"]).dt.total_seconds() / 60
    return both.assign(minutes=minutes)[(minutes >= 0) & (minutes <= 24 * 60)]


def test_every_source_of_the_two_areas_is_drawn(registers):
    assert set(registers) == set(CONTRACTS)


@pytest.mark.parametrize("source", CONTRACTS)
def test_a_register_has_the_columns_of_its_contract(source, registers):
    assert set(registers[source].columns) - {"region", "day"} == set(columns_of(source))
    assert 0 < len(registers[source]) <= 20_000


@pytest.mark.parametrize("source", CONTRACTS)
def test_values_are_those_that_the_contract_allows(source, registers):
    rows = registers[source]
    for name, column in columns_of(source).items():
        told = rows[name].dropna()
        assert (len(told) < len(rows)) == bool(column.get("nullable")), name
        if "values" in column:
            assert set(told) == set(column["values"]), name
        if column["type"] == "integer" and "min" in column:
            assert told.min() >= column["min"], name
            assert told.max() <= column.get("max", told.max()), name


@pytest.mark.parametrize("source", CONTRACTS)
def test_rows_lie_within_life_in_order_of_day(source, registers, persons):
    rows = registers[source]
    person, days = rows["person_id"].to_numpy() - 1, rows["day"].to_numpy()
    assert (days >= persons.birth[person]).all()
    assert (days <= persons.death[person]).all()
    assert (np.diff(days) >= 0).all()
    (key,) = CONTRACTS[source]["key"]
    assert rows[CONTRACTS[source]["columns"][key].get("from", key)].is_unique


def test_the_same_seed_draws_the_same(drawn, persons, places):
    for draw, before in zip((stroke.draw, epilepsy.draw), drawn, strict=True):
        again = draw(persons, places, np.random.default_rng(2))
        for one, other in zip(again.registers, before.registers, strict=True):
            pd.testing.assert_frame_equal(one.rows, other.rows)


def test_nobody_leaves_hospital_before_coming(registers):
    rows = registers["stroke"].dropna(subset=["udskrivning"])
    assert (rows["udskrivning"] >= rows["ankomst"]).all()


def test_every_reperfusion_belongs_to_an_ischaemic_stroke(registers):
    found = minutes_to_needle(registers)
    ischaemic = found[found["type"] == "ischaemic"]
    assert set(ischaemic["treatment_id"]) == set(registers["stroke_reperfusion"]["treatment_id"])


def test_one_hospital_has_become_faster_and_the_others_were_fast(registers):
    found = minutes_to_needle(registers)
    found = found[found["metode"] != "thrombectomy"]
    found = found.assign(in_time=found["minutes"] <= 60)
    late = found["day"] >= stroke.FASTER_FROM
    before, after = (
        part.groupby("enhed_shak", observed=True)["in_time"].mean() for part in (found[~late], found[late])
    )
    gain = (after - before).sort_values()
    assert gain.iloc[-1] > 0.3
    assert gain.iloc[-2] < 0.2


def test_about_one_in_eight_dies_within_a_month_of_a_stroke(registers, persons):
    rows = registers["stroke"]
    rows = rows[rows["type"] != "tia"]
    dead = persons.death[rows["person_id"].to_numpy() - 1] - rows["day"].to_numpy() <= 30
    assert 0.09 < dead.mean() < 0.17


def test_function_is_followed_up_least_in_one_region(registers, places):
    rows = registers["stroke_reperfusion"]
    earlier = rows[rows["day"] < END_DAY - 300]
    unknown = earlier.assign(unknown=earlier["mrs_3_mdr"].isna()).groupby("region")["unknown"].mean()
    low = places.regions.index(stroke.LOW_COMPLETENESS_REGION)
    assert unknown.idxmax() == low
    assert unknown[low] > 2 * unknown.drop(low).max()


def test_epilepsy_is_followed_at_fourteen_hospitals_in_every_region(registers, places):
    rows = registers["epilepsy"]
    assert rows["enhed_shak"].nunique() == EPILEPSY_HOSPITALS
    assert set(rows["region"]) == set(range(len(places.regions)))


def test_who_has_had_a_seizure_since_the_last_answer_has_had_one_within_half_a_year(registers):
    rows = registers["epilepsy"].dropna(subset=["anfald_siden_sidst", "mdr_siden_anfald"])
    seized = rows["anfald_siden_sidst"] > 0
    assert (rows["mdr_siden_anfald"][seized] < 6).all()
    assert (rows["mdr_siden_anfald"][~seized] >= 6).mean() > 0.6


def test_red_is_for_those_who_are_worst_off(registers):
    rows = registers["epilepsy"]
    seizures = rows.groupby("farvekode", observed=True)["anfald_siden_sidst"].mean()
    assert seizures["green"] < seizures["yellow"] < seizures["red"]


def test_answers_are_scores_of_the_two_questionnaires(answers, persons, places):
    assert set(answers["instrument"]) == {"WHO5", "QOLIE31"}
    assert set(answers["moment"]) == {"start", "annual"}
    scores = answers["score"].dropna()
    assert 0 < len(scores) < len(answers)
    assert scores.between(0, 100).all()
    assert (answers["day"].to_numpy() <= persons.death[answers["person"].to_numpy()]).all()
    assert set(answers["region"]) == set(range(len(places.regions)))


def test_a_patient_answers_once_at_the_start(answers):
    starts = answers[answers["moment"] == "start"]
    assert not starts.duplicated(["person", "instrument"]).any()


def test_quality_of_life_rises_in_the_first_year(answers):
    scores = answers[answers["instrument"] == "QOLIE31"]
    start = scores[scores["moment"] == "start"].set_index("person")
    year = (
        scores[scores["moment"] == "annual"].sort_values("day").drop_duplicates("person").set_index("person")
    )
    assert 2 < (year["score"] - start["score"]).mean() < 8


def test_every_measure_that_is_only_described_says_what_is_lacking():
    described = PARTS["apopleksi"]["described"]
    assert len(described) == 5
    assert all(each["provenance"]["status"] == "pro-topic" for each in described.values())
    assert all(set(each["lacking"]) == {"da", "en"} for each in described.values())


@pytest.mark.parametrize("part", PARTS)
def test_nothing_is_called_agreed_as_no_source_says_so(part):
    statuses = {each["provenance"]["status"] for each in PARTS[part]["indicators"].values()}
    assert "agreed" not in statuses


@pytest.mark.parametrize("part", PARTS)
def test_every_computed_measure_has_two_examples_one_of_them_an_edge(part):
    for name, indicator in PARTS[part]["indicators"].items():
        examples = indicator["examples"]
        assert len(examples) >= 2, name
        assert any(each.get("edge") for each in examples), name
