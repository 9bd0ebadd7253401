"""Which periods can be shown for whom: late regions, missing files, and windows that look ahead."""

import datetime
from pathlib import Path

import pytest
from regions import INDICATORS
from spec.tables import catalogue_with

from vbs_site.catalogue.organisations import Organisation, Organisations
from vbs_site.extracts.deliveries import Deliveries, Delivery
from vbs_site.measures.completeness import deliverer_of, reach
from vbs_site.periods import parse_period

READMISSION = {
    "kind": "proportion",
    "of": {"from": "contacts", "at": "end"},
    "event": {"followed_by": {"where": {"acute": True}, "within": "30 days"}},
}
VIRTUAL = {"kind": "proportion", "of": {"from": "contacts"}, "event": {"where": {"kind": "virtual"}}}
SCORES = {
    "kind": "change",
    "instrument": "OHS",
    "direction": "higher",
    "period": "year",
    "of": {"from": "procedures"},
    "measure": {
        "from": "pro",
        "value": "score",
        "baseline": {"window": ["-90 days", "0 days"], "pick": "last"},
        "follow_up": {"window": ["305 days", "425 days"], "pick": "first"},
    },
}
SHARE = INDICATORS["answered"]
ORGANISATIONS = Organisations.of(
    [
        Organisation(id="north", kind="region", name={"en": "North"}, codes=["R1"]),
        Organisation(id="south", kind="region", name={"en": "South"}, codes=["R2"]),
        Organisation(id="one", kind="hospital", name={"en": "One"}, within="north", codes=["H1"]),
        Organisation(id="two", kind="hospital", name={"en": "Two"}, within="south", codes=["H2"]),
    ]
)


def day(text):
    return datetime.date.fromisoformat(text)


def delivered(**sources):
    """Return deliveries: source to the day it is complete to, or to a mapping of region to day (None: no file)."""
    found = {}
    for name, until in sources.items():
        if isinstance(until, dict):
            files = {region: (Path(f"{region}.parquet"),) for region, value in until.items() if value}
            days = {region: day(value) for region, value in until.items() if value}
            missing = tuple(region for region, value in until.items() if not value)
        else:
            files, missing = {None: (Path(f"{name}.parquet"),)}, ()
            days = {None: day(until)} if until else {}
        found[name] = Delivery(name, files, days, missing)
    return Deliveries(Path(), synthetic=True, by_source=found)


def reached(indicator, deliveries, **about):
    return reach(
        catalogue_with(indicator, **about), deliveries, "example", indicator.get("units", ["hospital"])[0]
    )


def coverages(found, deliverer, *periods):
    return [found.coverage(parse_period(period), deliverer) for period in periods]


def test_periods_run_from_the_first_reported_day_to_the_last_one_that_anyone_covers():
    found = reached(VIRTUAL, delivered(contacts={"north": "2026-10-01", "south": "2026-07-01"}))
    assert [period.id for period in found.periods] == ["2026Q1", "2026Q2", "2026Q3"]


def test_a_period_that_is_only_partly_reported_is_not_listed():
    deliveries = delivered(contacts={"north": "2026-09-30"})
    found = reached(VIRTUAL, deliveries, report_from=day("2026-01-02"))
    assert [period.id for period in found.periods] == ["2026Q2"]


def test_an_indicator_may_begin_later_than_the_catalogue():
    found = reached(VIRTUAL | {"report_from": day("2026-04-01")}, delivered(contacts="2026-10-01"))
    assert [period.id for period in found.periods] == ["2026Q2", "2026Q3"]


def test_a_late_region_is_not_delivered_and_the_others_stand():
    found = reached(VIRTUAL, delivered(contacts={"north": "2026-10-01", "south": "2026-07-01"}))
    assert coverages(found, "north", "2026Q2", "2026Q3") == ["complete", "complete"]
    assert coverages(found, "south", "2026Q2", "2026Q3") == ["complete", "not_delivered"]


def test_a_total_is_complete_only_when_every_region_is():
    found = reached(VIRTUAL, delivered(contacts={"north": "2026-10-01", "south": "2026-07-01"}))
    assert coverages(found, None, "2026Q2", "2026Q3") == ["complete", "not_delivered"]


def test_a_region_that_sent_nothing_is_not_delivered_in_any_period_nor_is_the_total():
    found = reached(VIRTUAL, delivered(contacts={"north": "2026-10-01", "south": None}))
    assert coverages(found, "north", "2026Q1", "2026Q3") == ["complete", "complete"]
    assert coverages(found, "south", "2026Q1", "2026Q3") == ["not_delivered", "not_delivered"]
    assert coverages(found, None, "2026Q1", "2026Q3") == ["not_delivered", "not_delivered"]


def test_who_is_lacking_is_named_per_period():
    found = reached(VIRTUAL, delivered(contacts={"north": "2026-10-01", "south": "2026-07-01", "west": None}))
    assert found.lacking(parse_period("2026Q2")) == ["west"]
    assert found.lacking(parse_period("2026Q3")) == ["south", "west"]


@pytest.mark.parametrize(
    ("until", "coverage"),
    [
        ("2026-06-30", "not_delivered"),
        ("2026-07-01", "incomplete_follow_up"),
        ("2026-07-30", "incomplete_follow_up"),
        ("2026-07-31", "complete"),
    ],
)
def test_the_last_stay_of_a_period_needs_its_whole_window(until, coverage):
    found = reached(READMISSION, delivered(contacts=until))
    assert coverages(found, None, "2026Q2") == [coverage]


def test_a_window_that_looks_back_needs_nothing_after_the_period():
    indicator = VIRTUAL | {"exclude": [{"preceded_by": {"within": "1 year"}}]}
    assert coverages(reached(indicator, delivered(contacts="2026-07-01")), None, "2026Q2") == ["complete"]


@pytest.mark.parametrize(
    ("answers", "coverage"),
    [
        ("2027-01-01", "incomplete_follow_up"),
        ("2028-02-29", "incomplete_follow_up"),
        ("2028-03-01", "complete"),
    ],
)
def test_answers_are_awaited_to_the_end_of_their_window(answers, coverage):
    """425 days after 31 December 2026 is 29 February 2028, and that day is in the window."""
    found = reached(SCORES, delivered(procedures="2027-01-01", pro=answers))
    assert coverages(found, None, "2026") == [coverage]


def test_periods_follow_the_index_rows_not_the_answers():
    found = reached(SCORES, delivered(procedures="2027-01-01", pro="2029-01-01"))
    assert [period.id for period in found.periods] == ["2026"]


def test_the_population_must_reach_the_period_too():
    indicator = {
        "kind": "rate",
        "units": ["residence"],
        "of": {"from": "contacts"},
        "per": {"from": "population", "sum": "persons", "unit": "region", "at": "date"},
    }
    found = reached(indicator, delivered(contacts="2026-10-01", population="2026-07-01"))
    assert coverages(found, None, "2026Q2", "2026Q3") == ["complete", "not_delivered"]


def test_a_source_that_says_nothing_about_its_end_asks_for_nothing():
    found = reached(VIRTUAL, delivered(contacts=None))
    assert found.periods == []
    assert coverages(found, None, "2026Q1") == ["complete"]


def test_years_that_are_delivered_as_years_have_no_calendar():
    found = reached(SHARE, delivered(records="2026-10-01"))
    assert (found.periods, coverages(found, None, "2030")) == ([], ["complete"])


def test_a_year_that_starts_in_april_ends_in_march():
    deliveries = delivered(contacts="2027-04-01")
    found = reached(VIRTUAL | {"period": "year"}, deliveries, year_starts=4, report_from=day("2025-04-01"))
    assert [period.first_day.isoformat() for period in found.periods] == ["2025-04-01", "2026-04-01"]


@pytest.mark.parametrize(
    ("unit", "deliverer"),
    [("one", "north"), ("two", "south"), ("north", "north"), ("national", None), ("elsewhere", None)],
)
def test_a_units_deliverer_is_the_region_that_it_lies_in(unit, deliverer):
    assert deliverer_of(catalogue_with(VIRTUAL), ORGANISATIONS, "region", unit) == deliverer


def test_a_source_in_one_file_has_no_deliverers():
    assert deliverer_of(catalogue_with(VIRTUAL), ORGANISATIONS, None, "one") is None


def test_a_death_within_a_window_needs_the_register_of_persons_to_reach_its_end():
    indicator = VIRTUAL | {"exclude": [{"died": "within 30 days"}]}
    found = reached(indicator, delivered(contacts="2026-10-01", persons="2026-07-01"))
    assert coverages(found, None, "2026Q1", "2026Q2") == ["complete", "incomplete_follow_up"]
