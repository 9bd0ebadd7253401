"""The pages of organisations: who ends, who takes over, what lies within what, and the same history under both."""

import csv
import re

import pytest

RELEASE = "2026Q3"
ENDING = {"region-hovedstaden": "Region Hovedstaden", "region-sjaelland": "Region Sjælland"}
NEW = "region-oestdanmark"


def text(demo_site, unit, language=""):
    page = demo_site / "site" / RELEASE / language / "organisation" / unit / "index.html"
    words = re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8"))
    return " ".join(words.split())


@pytest.fixture(scope="module")
def rows(demo_site):
    """The results by (indicator, statistic, unit kind, period, stratum), then unit."""
    found = {}
    path = demo_site / "releases" / RELEASE / "results.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = tuple(row[name] for name in ("indicator", "statistic", "unit_kind", "period", "stratum"))
            found.setdefault(key, {})[row["unit"]] = row
    return found


@pytest.mark.parametrize("unit", ENDING)
def test_a_region_that_ends_says_so_and_names_who_takes_over(demo_site, unit):
    assert "Findes til og med 31. december 2026. Afløses derefter af Region Østdanmark." in text(
        demo_site, unit
    )
    english = text(demo_site, unit, "en")
    assert (
        "Exists up to and including 31 December 2026. Succeeded after that by Region Østdanmark." in english
    )


def test_a_region_that_goes_on_says_nothing_of_an_end(demo_site):
    assert "Findes til og med" not in text(demo_site, "region-nordjylland")


def test_the_new_region_says_when_it_begins_and_what_its_figures_are(demo_site):
    page = text(demo_site, NEW)
    assert "Begynder 1. januar 2027 (forbereder sig fra 1. januar 2026)" in page
    assert "Afløser Region Hovedstaden og Region Sjælland." in page
    assert "Tal for tiden før er genberegnet" in page
    assert "Koden er ikke fundet" in page
    for within in ("Holbæk Sygehus", "Rigshospitalet", "Sundhedsråd Nordsjælland"):
        assert within in page


def test_a_council_lies_in_the_region_of_each_time_and_has_its_municipalities(demo_site):
    page = text(demo_site, "sundhedsraad-nordsjaelland")
    assert "Hører under Region Hovedstaden; fra 1. januar 2027 Region Østdanmark" in page
    assert "Hillerød" in page
    assert "Efter bopæl" in page
    assert "Hører under Region Syddanmark" in text(demo_site, "sundhedsraad-fyn")


def test_the_re_cast_history_is_the_sum_of_what_is_shown_and_of_nothing_else(rows):
    summed = 0
    for units in rows.values():
        if NEW not in units:
            assert not ENDING.keys() <= units.keys()
            continue
        parts = [units[name] for name in ENDING if name in units]
        if units[NEW]["status"] == "shown":
            assert {part["status"] for part in parts} <= {"shown", "not_applicable"}
            for name in ("n", "numerator"):
                if units[NEW][name]:
                    assert int(units[NEW][name]) == sum(int(part[name] or 0) for part in parts)
            summed += 1
        else:
            assert not any(units[NEW][name] for name in ("n", "numerator", "value", "lower", "upper")) or (
                units[NEW]["status"] == "not_applicable"
            )
    assert summed > 100


def test_every_council_has_results_by_residence(rows):
    councils = {
        unit
        for key, units in rows.items()
        if key[2] == "residence_council"
        for unit in units
        if unit != "unknown"
    }
    towns = {unit for key, units in rows.items() if key[2] == "residence_municipality" for unit in units}
    assert len(councils) == 17
    assert len(towns - {"unknown"}) == 98
