"""The demo's care for depression and anxiety: possible lives, and what real registers look like."""

import numpy as np
import pytest
from unit.wording_catalogues import ROOT

from vbs_site.catalogue.loading import load
from vbs_site.extracts.demo.persons import draw_persons
from vbs_site.extracts.demo.places import read_places
from vbs_site.extracts.demo.registers import psychiatry

PLACES = read_places(ROOT / "data" / "reference" / "organisations.yaml")


@pytest.fixture(scope="module")
def persons():
    return draw_persons(PLACES, np.random.default_rng(1))


@pytest.fixture(scope="module")
def drawn(persons):
    return psychiatry.draw(persons, PLACES, np.random.default_rng(2))


@pytest.fixture(scope="module")
def rows(drawn):
    return drawn.registers[0].rows


@pytest.fixture(scope="module")
def catalogue():
    return load(ROOT / "indicators.yaml").catalogue


def test_the_register_has_the_columns_of_its_contract_and_values_within_it(rows, catalogue):
    source = catalogue.sources["depression_care"]
    named = {column.from_ or name: column for name, column in source.columns.items()}
    assert set(rows.columns) - {"region", "day"} == set(named)
    assert [name for name, column in named.items() if not column.nullable and rows[name].isna().any()] == []
    for name in ("hamd17_start", "hamd17_slut"):
        assert rows[name].dropna().between(named[name].min, named[name].max).all()
    assert set(rows["forloebstype"]) == set(named["forloebstype"].values)
    assert len(rows) < 15_000


def test_every_course_is_a_possible_one(rows, persons):
    person = rows["person_id"].to_numpy() - 1
    day = rows["day"].to_numpy()
    assert (persons.death[person] > day).all()
    assert ((day - persons.birth[person]) / 365.25 >= psychiatry.ADULT).all()
    ended = rows.dropna(subset="dato_slut")
    assert (ended["dato_slut"] > ended["dato_start"]).all()
    assert rows["day"].is_monotonic_increasing


def test_nothing_of_the_end_is_known_while_a_course_goes_on(rows):
    open_rows = rows[rows["dato_slut"].isna()]
    assert len(open_rows) > 0
    for name in ("hamd17_slut", "selvmordsrisiko_slut", "paaroerendekontakt", "opfoelgning_planlagt"):
        assert open_rows[name].isna().all()
        assert rows[name].notna().any()


def test_one_region_hardly_records_suicide_risk_until_its_records_are_sent_automatically(rows):
    late = rows["region"] == PLACES.regions.index("region-sjaelland")
    before = rows["day"] < psychiatry.AUTOMATIC_FROM
    recorded = rows["selvmordsrisiko_start"].notna()
    assert recorded[late & before].mean() < 0.4
    assert recorded[late & ~before].mean() > 0.85
    assert recorded[~late].mean() > 0.8


def test_answers_lie_on_the_scale_of_their_questionnaire(drawn, persons, catalogue):
    answers = drawn.answers
    for instrument, rows in answers.groupby("instrument"):
        assert rows["score"].dropna().between(*catalogue.instruments[instrument].range).all()
        assert set(rows["moment"]) == {"start", "end"}
        assert 0 < rows["score"].isna().mean() < 0.05
    assert (answers["day"].to_numpy() < persons.death[answers["person"].to_numpy()]).all()
    assert set(answers["score"][answers["instrument"] == "WHO5"].dropna() % 4) == {0}
