"""The demo registers of hip and knee replacement and of heart disease: plausible, possible and as the catalogue says."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from vbs_site.extracts.demo.persons import draw_persons
from vbs_site.extracts.demo.registers import hearts, knees
from vbs_site.extracts.demo.timeline import END_DAY, day

ROOT = Path(__file__).parents[2]
PARTS = [
    yaml.safe_load((ROOT / "catalogue" / name).read_text(encoding="utf-8"))
    for name in ("hofte-knae.yaml", "hjerter.yaml")
]
SOURCES = {name: source for part in PARTS for name, source in part["sources"].items()}
INSTRUMENTS = {name: each for part in PARTS for name, each in part["instruments"].items()}
SEED = 7
MOST_ROWS = 15_000


@pytest.fixture(scope="module")
def persons(places):
    return draw_persons(places, np.random.default_rng(SEED))


@pytest.fixture(scope="module")
def drawn(persons, places):
    return [area.draw(persons, places, np.random.default_rng(SEED)) for area in (knees, hearts)]


@pytest.fixture(scope="module")
def registers(drawn):
    return {register.source: register for each in drawn for register in each.registers}


@pytest.fixture(scope="module")
def answers(drawn):
    return pd.concat([each.answers for each in drawn], ignore_index=True)


def year(rows):
    return pd.to_datetime(rows["day"], unit="D").dt.year


def test_the_same_numbers_give_the_same_rows(drawn, persons, places):
    for area, before in zip((knees, hearts), drawn, strict=True):
        again = area.draw(persons, places, np.random.default_rng(SEED))
        for one, other in zip(again.registers, before.registers, strict=True):
            pd.testing.assert_frame_equal(one.rows, other.rows)
        pd.testing.assert_frame_equal(again.answers, before.answers)


def test_registers_are_those_of_the_catalogue(registers):
    assert set(registers) == set(SOURCES)
    for name, source in SOURCES.items():
        rows = registers[name].rows
        columns = {column.get("from", key): column for key, column in source["columns"].items()}
        assert set(rows.columns) == set(columns) | {"region", "day"}
        for key, column in columns.items():
            assert column.get("nullable") or rows[key].notna().all(), (name, key)
            if column["type"] == "category":
                assert set(rows[key].dropna()) == set(column["values"]), (name, key)


def test_registers_are_small_in_order_and_within_the_demo(registers, persons):
    for register in registers.values():
        rows, days = register.rows, register.rows["day"]
        assert 1_000 < len(rows) <= MOST_ROWS
        assert rows.iloc[:, 0].tolist() == list(range(1, len(rows) + 1))
        assert days.is_monotonic_increasing
        assert days.max() < END_DAY
        assert (persons.death[rows["person_id"] - 1] > days).all()


@pytest.mark.parametrize("source", ["hip_operations", "knee_operations"])
def test_later_operations_follow_a_primary_one_on_the_same_side(registers, source):
    rows = registers[source].rows
    primary = rows[rows["operationstype"] == "primary"]
    later = rows[rows["operationstype"] != "primary"]
    assert not primary.duplicated(["person_id", "side"]).any()
    pairs = later.merge(primary, on=["person_id", "side"], how="left", suffixes=("", "_first"))
    assert (pairs["day"] > pairs["day_first"]).all()
    assert (pairs["enhed_shak"] != pairs["enhed_shak_first"]).any()  # some are operated again elsewhere


@pytest.mark.parametrize("source", ["hip_operations", "knee_operations"])
def test_about_one_implant_in_fifteen_is_revised(registers, source):
    kinds = registers[source].rows["operationstype"].value_counts()
    assert 0.04 < kinds["revision"] / kinds["primary"] < 0.10


def test_one_region_stops_recording_transfusions(registers, places):
    rows = registers["hip_operations"].rows
    rows = rows[rows["operationstype"] == "primary"]
    unknown = rows["transfusion"].isna()
    region = rows["region"] == places.regions.index(knees.INCOMPLETE_REGION)
    late = rows["day"] >= day("2023-01-01")
    assert unknown[region & late].mean() > 0.15
    assert unknown[region & ~late].mean() < 0.05
    assert unknown[~region].mean() < 0.05


def test_hospitals_are_of_different_sizes_with_small_ones_among_them(registers):
    rows = registers["knee_operations"].rows
    yearly = rows[rows["operationstype"] == "primary"].groupby("enhed_shak").size() / knees.YEARS
    assert yearly.min() < 15
    assert yearly.max() > 80


def test_mortality_after_procedures_is_that_of_the_citizens(registers, persons):
    rows = registers["heart_procedures"].rows
    left = persons.death[rows["person_id"] - 1] - rows["day"]
    soon = left[rows["day"] < END_DAY - 30] <= 30
    assert 0.015 < soon.mean() < 0.05
    acute = rows.loc[soon.index, "indikation"] == "stemi"
    assert soon[acute].mean() > soon[~acute].mean()


def test_the_new_heart_failure_drug_comes_into_use(registers):
    rows = registers["heart_failure"].rows
    rows = rows[rows["pumpefunktion"] == "reduced"]
    share = rows["sglt2_haemmer"].dropna().astype(bool).groupby(year(rows)).mean()
    assert share.loc[2021] < 0.45
    assert share.loc[2026] > 0.80
    assert share.is_monotonic_increasing


def test_only_participants_start_rehabilitation(registers):
    rows = registers["rehabilitation"].rows
    started = rows["startdato"].notna()
    assert (started == rows["deltaget"].fillna(False).astype(bool)).all()
    assert (rows["startdato"][started] > rows["henvisningsdato"][started]).all()


def test_answers_lie_on_the_scale_and_in_life(answers, persons):
    for instrument, scores in answers.groupby("instrument")["score"]:
        lowest, highest = INSTRUMENTS[instrument]["range"]
        assert scores.dropna().between(lowest, highest).all(), instrument
        assert 0.005 < scores.isna().mean() < 0.03, instrument
    assert (answers["day"] < persons.death[answers["person"].to_numpy(dtype=np.int64)]).all()
    assert set(answers["instrument"]) == set(INSTRUMENTS)


@pytest.mark.parametrize(
    ("instrument", "before", "after"),
    [
        ("OKS", "baseline", "follow_up"),
        ("EQ5D", "baseline", "follow_up"),
        ("HeartQoL", "start", "end"),
        ("SAQ", "baseline", "follow_up"),
    ],
)
def test_patients_are_better_off_after_care(answers, instrument, before, after):
    means = answers[answers["instrument"] == instrument].groupby("moment")["score"].mean()
    low, high = INSTRUMENTS[instrument]["range"]
    assert means[after] - means[before] > 0.1 * (high - low)


def test_one_region_answers_less(answers, registers, places):
    operations = registers["knee_operations"].rows
    operations = operations[
        (operations["operationstype"] == "primary") & (operations["day"] >= day("2021-01-01"))
    ]
    before = answers[(answers["instrument"] == "OKS") & (answers["moment"] == "baseline")]
    answered = before.groupby("region").size() / operations.groupby("region").size()
    assert answered.idxmin() == places.regions.index(knees.LOW_RESPONSE_REGION)
    assert answered.min() < 0.75 < answered.drop(answered.idxmin()).min()
