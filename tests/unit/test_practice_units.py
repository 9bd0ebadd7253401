"""A practice names units of its own time."""

import datetime
from pathlib import Path

import pytest

from vbs_site.catalogue.loading import load
from vbs_site.catalogue.organisations import Organisation, Organisations
from vbs_site.site.content import content_faults

GOOD = Path(__file__).parents[1] / "bad_catalogues" / "good" / "catalogue.yaml"
ORGANISATIONS = Organisations.of(
    [
        Organisation(id="old", kind="region", name={"da": "Før", "en": "Before"}, valid_to="2026-12-31"),
        Organisation(
            id="new", kind="region", name={"da": "Efter", "en": "After"}, valid_from=datetime.date(2027, 1, 1)
        ),
    ]
)
PRACTICE = """---
title: Titel
areas: [care]
indicators: [cost]
units: [{unit}]
started: {started}
status: running
source: Os
---
# Titel
"""


@pytest.fixture
def said(tmp_path):
    catalogue = load(GOOD).catalogue

    def of(unit, started):
        for language in catalogue.catalogue.languages:
            page = tmp_path / language / "praksis" / "x.md"
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(PRACTICE.format(unit=unit, started=started), encoding="utf-8")
        return [str(each) for each in content_faults(tmp_path, catalogue, ORGANISATIONS)]

    return of


@pytest.mark.parametrize(
    ("unit", "started"),
    [("old", "2018"), ("old", "2026-12-31"), ("old", "2026"), ("new", "2027-01-01"), ("new", "2027")],
)
def test_a_unit_of_that_time_is_named(said, unit, started):
    assert said(unit, started) == []


@pytest.mark.parametrize(
    ("unit", "started"), [("new", "2018"), ("new", "2026-12-31"), ("old", "2027"), ("old", "2027-01-01")]
)
def test_a_unit_that_did_not_exist_on_that_date_is_refused(said, unit, started):
    faults = said(unit, started)
    assert len(faults) == 2  # one in each language
    for fault in faults:
        assert "x.md:5: practice.units: a unit exists when its practice starts" in fault
        assert f"started {started}" in fault
