"""A rate: events or courses of contacts, per population on the first day of the period."""

import pytest
from spec.tables import counts, listed

COURSES = {
    "kind": "rate",
    "units": ["residence"],
    "of": {"from": "contacts", "at": "start", "chain": {"gap": "24 hours"}},
    "per": {"from": "population", "sum": "persons", "unit": "region", "at": "date", "each": 1000},
}
PERSONS = "| person | municipality |\n| 1 | 101 |\n| 2 | 102 |"
POPULATION = """
    | region | date       | persons |
    | R1     | 2026-01-01 | 1000    |
    | R2     | 2026-01-01 | 500     |
"""


def of_contacts(contacts, **more):
    return {"contacts": contacts, "persons": PERSONS} | more


def test_events_and_population_stand_side_by_side_per_place_and_period(measure):
    tables = of_contacts(
        """
        | person | start            | end              |
        | 1      | 2026-01-05 08:00 | 2026-01-06 08:00 |
        | 2      | 2026-02-05 08:00 | 2026-02-06 08:00 |
        """,
        population=POPULATION,
    )
    rows = measure(COURSES, tables)
    assert sorted({unit for unit, _, _ in listed(rows, "unit n numerator")}) == ["R1", "R2"]
    by_unit = {
        unit: counts([row for row in rows if row["unit"] == unit], "n numerator") for unit in ("R1", "R2")
    }
    assert by_unit == {"R1": (1000, 1), "R2": (500, 1)}


@pytest.mark.parametrize(
    ("second", "courses"),
    [
        ("2026-01-06 08:00", 1),
        ("2026-01-07 07:59:59", 1),
        ("2026-01-07 08:00", 2),
        ("2026-01-07 08:00:01", 2),
    ],
    ids=["at the end", "just under 24 h", "exactly 24 h", "just over 24 h"],
)
def test_a_gap_of_exactly_the_limit_begins_a_new_course(measure, second, courses):
    tables = of_contacts(
        f"""
        | start            | end              |
        | 2026-01-05 08:00 | 2026-01-06 08:00 |
        | {second}         | 2026-01-08 08:00 |
        """
    )
    assert counts(measure(COURSES, tables), "numerator") == courses


def test_a_course_goes_on_from_the_latest_end_so_far_not_the_last_row(measure):
    """A long contact holds a short one; what follows the long one within the gap is the same course."""
    tables = of_contacts(
        """
        | start            | end              |
        | 2026-01-05 08:00 | 2026-01-20 08:00 |
        | 2026-01-06 08:00 | 2026-01-06 09:00 |
        | 2026-01-20 20:00 | 2026-01-21 08:00 |
        """
    )
    assert counts(measure(COURSES, tables), "numerator") == 1


def test_contacts_that_begin_together_are_one_course(measure):
    tables = of_contacts(
        """
        | start            | end              |
        | 2026-01-05 08:00 | 2026-01-05 09:00 |
        | 2026-01-05 08:00 | 2026-01-07 08:00 |
        """
    )
    assert counts(measure(COURSES, tables), "numerator") == 1


def test_an_open_contact_counts_from_its_start(measure):
    tables = of_contacts(
        """
        | start            | end |
        | 2026-01-05 08:00 |     |
        | 2026-01-06 07:00 |     |
        | 2026-01-07 07:00 |     |
        """
    )
    assert counts(measure(COURSES, tables), "numerator") == 2


def test_a_course_is_one_persons(measure):
    tables = of_contacts(
        """
        | person | start            | end              |
        | 1      | 2026-01-05 08:00 | 2026-01-06 08:00 |
        | 2      | 2026-01-06 09:00 | 2026-01-06 10:00 |
        """
    )
    assert counts(measure(COURSES, tables), "numerator") == 2


def test_a_course_that_began_before_the_reported_days_is_not_counted_again(measure):
    tables = of_contacts(
        """
        | start            | end              |
        | 2025-12-20 08:00 | 2025-12-31 20:00 |
        | 2026-01-01 10:00 | 2026-01-02 08:00 |
        | 2026-01-02 20:00 | 2026-01-03 08:00 |
        """
    )
    assert counts(measure(COURSES, tables), "numerator") == 0


def test_a_course_belongs_to_the_period_in_which_it_began(measure):
    tables = of_contacts(
        """
        | start            | end              |
        | 2026-03-31 08:00 | 2026-04-01 08:00 |
        | 2026-04-01 20:00 | 2026-04-05 08:00 |
        """
    )
    assert listed(measure(COURSES, tables), "period numerator") == [("2026Q1", 1)]


def test_only_contacts_that_meet_the_condition_make_a_course(measure):
    indicator = COURSES | {"of": COURSES["of"] | {"where": {"kind": "inpatient"}}}
    tables = of_contacts(
        """
        | start            | end              | kind       |
        | 2026-01-05 08:00 | 2026-01-06 08:00 | inpatient  |
        | 2026-01-06 09:00 | 2026-01-07 08:00 | outpatient |
        | 2026-01-07 09:00 | 2026-01-08 08:00 | inpatient  |
        """
    )
    assert counts(measure(indicator, tables), "numerator") == 2


def test_without_a_chain_every_row_counts(measure):
    indicator = COURSES | {"of": {"from": "contacts", "at": "start"}}
    tables = of_contacts("| start |\n| 2026-01-05 08:00 |\n| 2026-01-05 09:00 |")
    assert counts(measure(indicator, tables), "numerator") == 2


def test_the_population_is_that_of_the_first_day_of_each_period(measure):
    tables = {
        "population": """
            | region | date       | persons |
            | R1     | 2026-01-01 | 1000    |
            | R1     | 2026-02-01 | 1001    |
            | R1     | 2026-04-01 | 1002    |
            | R1     | 2026-04-02 | 1003    |
        """
    }
    assert listed(measure(COURSES, tables), "period n numerator") == [
        ("2026Q1", 1000, 0),
        ("2026Q2", 1002, 0),
    ]


def test_the_population_of_a_year_is_taken_once(measure):
    tables = {
        "population": """
            | region | date       | persons |
            | R1     | 2026-01-01 | 1000    |
            | R1     | 2026-04-01 | 1002    |
        """
    }
    assert listed(measure(COURSES | {"period": "year"}, tables), "period n") == [("2026", 1000)]


def test_the_population_of_a_year_that_starts_in_april_is_that_of_april(measure):
    tables = {
        "population": """
            | region | date       | persons |
            | R1     | 2026-01-01 | 1000    |
            | R1     | 2026-04-01 | 1002    |
        """
    }
    rows = measure(COURSES | {"period": "year"}, tables, year_starts=4)
    assert listed(rows, "period n") == [("2026", 1002)]


def test_a_person_without_a_known_place_is_kept(measure):
    tables = {"contacts": "| person | start |\n| 9 | 2026-01-05 08:00 |"}
    assert listed(measure(COURSES, tables), "unit numerator") == [(None, 1)]


def test_courses_can_be_left_out_by_a_condition(measure):
    indicator = COURSES | {"exclude": [{"where": {"kind": "virtual"}}]}
    tables = of_contacts("| start | kind |\n| 2026-01-05 | virtual |\n| 2026-02-05 | inpatient |")
    assert counts(measure(indicator, tables), "numerator") == 1
