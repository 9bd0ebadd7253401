"""A mean over a cohort: who is a member of a period, and what members add up to in it."""

import pytest
from spec.tables import counts, listed

COST = {
    "kind": "mean",
    "units": ["residence"],
    "cohort": {
        "from": "contacts",
        "at": "start",
        "where": {"diagnosis": {"in": "copd"}},
        "within": "2 quarters",
        "alive": True,
    },
    "value": {"sum": "cost", "from": "contacts", "at": "start"},
}
PERSONS = "| person | municipality |\n| 1 | 101 |\n| 2 | 101 |"


def test_a_member_is_one_for_the_periods_after_the_event_and_no_longer(measure):
    """The period of the event itself does not count; membership lasts exactly `within` periods."""
    tables = {
        "contacts": "| start | diagnosis |\n| 2026-02-05 | DJ44 |",
        "persons": PERSONS,
    }
    assert listed(measure(COST, tables), "period n") == [("2026Q2", 1), ("2026Q3", 1)]


def test_an_event_before_the_reported_days_makes_a_member(measure):
    tables = {
        "contacts": "| start | diagnosis |\n| 2025-07-01 | DJ44 |\n| 2025-06-30 | DJ44 |",
        "persons": PERSONS,
    }
    assert listed(measure(COST, tables), "period n") == [("2026Q1", 1)]


def test_a_new_event_prolongs_membership_and_nobody_counts_twice(measure):
    tables = {
        "contacts": """
            | start      | diagnosis |
            | 2025-11-05 | DJ44      |
            | 2025-12-05 | DJ44      |
            | 2026-02-05 | DJ44      |
        """,
        "persons": PERSONS,
    }
    assert listed(measure(COST, tables), "period n") == [("2026Q1", 1), ("2026Q2", 1), ("2026Q3", 1)]


def test_membership_may_lapse_and_come_back(measure):
    indicator = COST | {"cohort": COST["cohort"] | {"within": "1 quarter"}}
    tables = {
        "contacts": "| start | diagnosis |\n| 2025-11-05 | DJ44 |\n| 2026-05-05 | DJ44 |",
        "persons": PERSONS,
    }
    assert listed(measure(indicator, tables), "period n") == [("2026Q1", 1), ("2026Q3", 1)]


@pytest.mark.parametrize(
    ("death", "periods"),
    [
        ("2025-12-31", []),
        ("2026-01-01", ["2026Q1"]),
        ("2026-03-31", ["2026Q1"]),
        ("2026-04-01", ["2026Q1", "2026Q2"]),
        ("", ["2026Q1", "2026Q2"]),
    ],
    ids=["before", "on the first day", "on the last day", "in the second", "alive"],
)
def test_who_died_before_the_period_leaves_the_cohort(measure, death, periods):
    tables = {
        "contacts": "| start | diagnosis |\n| 2025-12-05 | DJ44 |",
        "persons": f"| person | death |\n| 1 | {death} |",
    }
    assert [period for (period,) in listed(measure(COST, tables), "period")] == periods


def test_without_alive_the_dead_stay_members(measure):
    indicator = COST | {"cohort": COST["cohort"] | {"alive": False}}
    tables = {
        "contacts": "| start | diagnosis |\n| 2025-12-05 | DJ44 |",
        "persons": "| person | death |\n| 1 | 2025-12-31 |",
    }
    assert listed(measure(indicator, tables), "period n") == [("2026Q1", 1), ("2026Q2", 1)]


def test_members_without_any_cost_count_in_n(measure):
    tables = {
        "contacts": """
            | person | start      | diagnosis | cost   |
            | 1      | 2025-12-05 | DJ44      | 999    |
            | 2      | 2025-12-05 | DJ44      | 999    |
            | 1      | 2026-01-05 |           | 100.50 |
            | 1      | 2026-03-31 | DJ44      | 50     |
        """,
        "persons": PERSONS,
    }
    first = measure(COST, tables)[0]
    assert (first["period"], first["n"], first["numerator"]) == ("2026Q1", 2, 1)
    assert (float(first["sum"]), float(first["sum_sq"])) == (150.5, 150.5**2)


def test_costs_of_people_outside_the_cohort_do_not_count(measure):
    tables = {"contacts": "| start | cost |\n| 2026-01-05 | 100 |", "persons": PERSONS}
    assert measure(COST, tables) == []


def test_only_the_values_that_are_asked_for_are_added(measure):
    indicator = COST | {"value": COST["value"] | {"where": {"kind": "inpatient"}}}
    tables = {
        "contacts": """
            | start      | diagnosis | kind       | cost |
            | 2025-12-05 | DJ44      | inpatient  | 1    |
            | 2026-01-05 |           | inpatient  | 10   |
            | 2026-01-06 |           | outpatient | 100  |
            | 2026-01-07 |           | inpatient  |      |
        """,
        "persons": PERSONS,
    }
    assert listed(measure(indicator, tables, end="2026-04-01"), "period n sum") == [("2026Q1", 1, 10.0)]


def test_members_are_placed_by_where_they_live(measure):
    tables = {
        "contacts": "| person | start | diagnosis |\n| 1 | 2025-12-05 | DJ44 |\n| 2 | 2025-12-05 | DJ44 |\n| 3 | 2025-12-05 | DJ44 |",
        "persons": "| person | municipality |\n| 1 | 101 |\n| 2 | 102 |\n| 3 | |",
    }
    rows = measure(COST, tables, end="2026-04-01")
    assert set(listed(rows, "unit n")) == {("R1", 1), ("R2", 1), (None, 1)}


def test_years_that_start_in_april_are_the_years_of_a_cohort_too(measure):
    indicator = COST | {"period": "year", "cohort": COST["cohort"] | {"within": "1 year"}}
    tables = {
        # February 2026 lies in the year 2025/26, so membership is the year 2026/27.
        "contacts": "| start | diagnosis | cost |\n| 2026-02-05 | DJ44 | 1 |\n| 2026-05-05 | | 10 |",
        "persons": PERSONS,
    }
    rows = measure(indicator, tables, start="2025-04-01", end="2027-04-01", year_starts=4)
    assert listed(rows, "period n sum") == [("2026", 1, 10.0)]
    assert counts(rows, "n") == 1


def test_a_value_keeps_all_its_decimals(measure):
    """A column with three decimals adds up to three decimals."""
    indicator = COST | {"value": COST["value"] | {"sum": "points"}}
    tables = {
        "contacts": """
            | start      | diagnosis | points |
            | 2025-12-05 | DJ44      |        |
            | 2026-01-05 |           | 0.005  |
            | 2026-01-06 |           | 0.001  |
        """,
        "persons": PERSONS,
    }
    rows = measure(indicator, tables, end="2026-04-01")
    assert listed(rows, "period n sum") == [("2026Q1", 1, 0.006)]
