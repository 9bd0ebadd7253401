"""Where a row is counted: its period, its unit and its strata."""

import pytest
from spec.tables import catalogue_with, counts, listed

from vbs_site.catalogue.organisations import Organisation, Organisations
from vbs_site.measures.rollup import roll_up
from vbs_site.measures.shape import STATISTICS

VIRTUAL = {
    "kind": "proportion",
    "of": {"from": "contacts", "at": "start"},
    "event": {"where": {"kind": "virtual"}},
}
BIRTHDAY = {"persons": "| person | birth | sex |\n| 1 | {birth} | K |"}


def on(*days):
    return "| start |\n" + "\n".join(f"| {day} |" for day in days)


@pytest.mark.parametrize(
    ("birth", "day", "band"),
    [
        ("2008-05-10", "2026-05-09 23:59:59", "00-17"),
        ("2008-05-10", "2026-05-10 00:00:00", "18-39"),
        ("1986-05-10", "2026-05-09", "18-39"),
        ("1986-05-10", "2026-05-10", "40-64"),
        ("1961-12-31", "2026-12-30", "40-64"),
        ("1961-12-31", "2026-12-31", "65-79"),
        ("1946-01-01", "2026-01-01", "80+"),
        ("1926-01-01", "2026-06-01", "80+"),
        ("2026-01-05", "2026-01-05", "00-17"),
        ("2008-02-29", "2026-02-28", "00-17"),
        ("2008-02-29", "2026-03-01", "18-39"),
        ("", "2026-03-01", None),
    ],
)
def test_age_is_counted_in_birthdays_on_the_day_of_the_event(measure, birth, day, band):
    tables = {"contacts": on(day), "persons": f"| person | birth |\n| 1 | {birth} |"}
    rows = measure(VIRTUAL | {"stratify": ["age_band"]}, tables)
    assert listed(rows, "age_band n") == [(band, 1)]


def test_a_leapling_has_a_birthday_on_29_february_of_a_leap_year(measure):
    tables = {"contacts": on("2028-02-28", "2028-02-29"), "persons": "| person | birth |\n| 1 | 1988-02-29 |"}
    rows = measure(VIRTUAL | {"stratify": ["age_band"]}, tables, end="2029-01-01")
    assert listed(rows, "age_band n") == [("18-39", 1), ("40-64", 1)]


def test_sex_comes_from_the_register_and_may_be_unknown(measure):
    tables = {
        "contacts": "| person | start |\n| 1 | 2026-01-05 |\n| 2 | 2026-01-05 |\n| 3 | 2026-01-05 |",
        "persons": "| person | sex |\n| 1 | K |\n| 2 | M |",
    }
    rows = measure(VIRTUAL | {"stratify": ["sex"]}, tables)
    assert set(listed(rows, "sex n")) == {("K", 1), ("M", 1), (None, 1)}


def test_without_strata_rows_are_not_divided(measure):
    tables = {
        "contacts": "| person | start |\n| 1 | 2026-01-05 |\n| 2 | 2026-01-05 |",
        "persons": "| person | sex |\n| 1 | K |\n| 2 | M |",
    }
    assert listed(measure(VIRTUAL, tables), "sex age_band n") == [(None, None, 2)]


@pytest.mark.parametrize(
    ("period", "day", "expected"),
    [
        ("month", "2026-01-31 23:59:59", "2026-01"),
        ("month", "2026-12-01", "2026-12"),
        ("quarter", "2026-03-31 23:59:59", "2026Q1"),
        ("quarter", "2026-04-01", "2026Q2"),
        ("quarter", "2026-12-31", "2026Q4"),
        ("half_year", "2026-06-30 23:59:59", "2026H1"),
        ("half_year", "2026-07-01", "2026H2"),
        ("year", "2026-01-01", "2026"),
        ("year", "2026-12-31 23:59:59", "2026"),
    ],
)
def test_a_row_belongs_to_the_period_of_its_moment(measure, period, day, expected):
    assert listed(measure(VIRTUAL | {"period": period}, {"contacts": on(day)}), "period n") == [(expected, 1)]


@pytest.mark.parametrize(("day", "expected"), [("2026-03-31 23:59", "2025"), ("2026-04-01", "2026")])
def test_a_year_can_start_in_april(measure, day, expected):
    rows = measure(VIRTUAL | {"period": "year"}, {"contacts": on(day)}, start="2025-04-01", year_starts=4)
    assert listed(rows, "period n") == [(expected, 1)]


@pytest.mark.parametrize("period", ["month", "quarter", "half_year"])
def test_only_years_start_elsewhere_than_in_january(measure, period):
    tables = {"contacts": on("2026-03-31", "2026-04-01")}
    assert measure(VIRTUAL | {"period": period}, tables, year_starts=4) == measure(
        VIRTUAL | {"period": period}, tables
    )


def test_only_reported_days_count_the_last_one_excluded(measure):
    tables = {"contacts": on("2025-12-31 23:59:59", "2026-01-01", "2026-06-30 23:59:59", "2026-07-01")}
    assert counts(measure(VIRTUAL, tables, end="2026-07-01"), "n") == 2


def test_units_are_the_codes_in_the_rows(measure):
    tables = {
        "contacts": "| hospital | start |\n| H1 | 2026-01-05 |\n| H2 | 2026-01-05 |\n| H1 | 2026-01-06 |"
    }
    assert listed(measure(VIRTUAL, tables), "unit n") == [("H1", 2), ("H2", 1)]


def test_a_place_of_living_is_found_through_the_register(measure):
    tables = {
        "contacts": "| person | start |\n| 1 | 2026-01-05 |\n| 2 | 2026-01-05 |\n| 3 | 2026-01-05 |",
        "persons": "| person | municipality |\n| 1 | 101 |\n| 2 | 102 |\n| 3 | 999 |",
    }
    rows = measure(VIRTUAL | {"units": ["residence"]}, tables)
    assert set(listed(rows, "unit n")) == {("R1", 1), ("R2", 1), (None, 1)}


# --- from unit codes to organisations -------------------------------------------------------------------------------

REFERENCE = Organisations.of(
    [
        Organisation(id="region-1", kind="region", name={"en": "Region 1"}, codes=["R1"]),
        Organisation(id="region-2", kind="region", name={"en": "Region 2"}, codes=["R2"]),
        Organisation(
            id="hospital-1", kind="hospital", name={"en": "One"}, within="region-1", codes=["H1", "H1-old"]
        ),
        Organisation(id="hospital-2", kind="hospital", name={"en": "Two"}, within="region-2", codes=["H2"]),
    ]
)


def rolled(rows, *, stratify=(), kinds=("national",), unit_kind="hospital"):
    """Return (kind, unit, stratum) to n, after adding up rows that only count."""
    catalogue = catalogue_with(VIRTUAL | {"stratify": list(stratify)})
    place = list(STATISTICS).index("n")
    tuples = [
        (row["unit"], 8104, row.get("sex"), row.get("age_band"), None, *(row.get(name, 0) for name in STATISTICS))
        for row in rows
    ]
    sums = roll_up(catalogue, REFERENCE, unit_kind, catalogue.indicators["example"], set(kinds), tuples)
    return {(kind, unit, stratum): total[place] for (kind, unit, _, stratum, _), total in sums.items()}


def test_two_codes_of_one_hospital_are_one_hospital():
    assert rolled([{"unit": "H1", "n": 3}, {"unit": "H1-old", "n": 4}, {"unit": "H2", "n": 5}]) == {
        ("hospital", "hospital-1", "all"): 7,
        ("hospital", "hospital-2", "all"): 5,
        ("region", "region-1", "all"): 7,
        ("region", "region-2", "all"): 5,
        ("national", "national", "all"): 12,
    }


@pytest.mark.parametrize("code", ["H9", None])
def test_an_unknown_code_is_counted_as_unknown_and_nationally(code):
    assert rolled([{"unit": "H1", "n": 3}, {"unit": code, "n": 4}]) == {
        ("hospital", "hospital-1", "all"): 3,
        ("hospital", "unknown", "all"): 4,
        ("region", "region-1", "all"): 3,
        ("region", "unknown", "all"): 4,
        ("national", "national", "all"): 7,
    }


def test_strata_are_shown_each_by_itself_down_to_the_kind_that_is_named():
    rows = [
        {"unit": "H1", "sex": "K", "age_band": "80+", "n": 3},
        {"unit": "H1", "sex": None, "age_band": "80+", "n": 4},
    ]
    found = rolled(rows, stratify=["sex", "age_band"], kinds=["region", "national"])
    assert {stratum: n for (kind, _, stratum), n in found.items() if kind == "region"} == {
        "all": 7,
        "sex=K": 3,
        "sex=unknown": 4,
        "age_band=80+": 7,
    }
    assert [stratum for (kind, _, stratum) in found if kind == "hospital"] == ["all"]


def test_a_region_of_residence_is_added_up_to_the_region_and_the_nation():
    found = rolled([{"unit": "R1", "n": 3}, {"unit": "R2", "n": 4}], unit_kind="residence")
    assert found == {
        ("residence", "region-1", "all"): 3,
        ("residence", "region-2", "all"): 4,
        ("national", "national", "all"): 7,
    }
