"""A proportion: index events, and those of them with the event."""

import pytest
from spec.tables import counts, listed

READMISSION = {
    "kind": "proportion",
    "of": {"from": "contacts", "at": "end", "where": {"kind": "inpatient"}},
    "exclude": [
        {"died": "before_or_at"},
        {"followed_by": {"where": {"kind": "inpatient"}, "within": "4 hours"}},
    ],
    "event": {
        "followed_by": {
            "where": {"kind": "inpatient", "acute": True},
            "after": "4 hours",
            "within": "30 days",
        }
    },
}


def readmitted_at(moment):
    """A stay that ends on 10 January at noon, and a second one of the same person; only the first can count."""
    return {
        "contacts": f"""
            | start            | end              | acute |
            | 2026-01-05 08:00 | 2026-01-10 12:00 | no    |
            | {moment}         |                  | yes   |
        """
    }


@pytest.mark.parametrize(
    ("moment", "numerator"),
    [
        ("2026-01-10 16:00:01", 1),
        ("2026-01-11 12:00:00", 1),
        ("2026-02-09 12:00:00", 1),
        ("2026-02-09 12:00:01", 0),
        ("2026-01-05 07:00:00", 0),
    ],
    ids=["just after 4 hours", "next day", "at 30 days", "just after 30 days", "before the index stay"],
)
def test_an_event_counts_after_its_first_edge_up_to_and_with_its_last(measure, moment, numerator):
    assert counts(measure(READMISSION, readmitted_at(moment)), "n numerator") == (1, numerator)


@pytest.mark.parametrize(
    ("moment", "n"),
    [("2026-01-10 12:00:00", 0), ("2026-01-10 16:00:00", 0), ("2026-01-10 16:00:01", 1)],
    ids=["at the same moment", "at 4 hours", "just after 4 hours"],
)
def test_a_transfer_leaves_the_stay_out_up_to_and_with_four_hours(measure, moment, n):
    assert counts(measure(READMISSION, readmitted_at(moment)), "n") == n


def test_an_event_exactly_at_after_does_not_count(measure):
    indicator = READMISSION | {"exclude": []}
    assert counts(measure(indicator, readmitted_at("2026-01-10 16:00:00")), "n numerator") == (1, 0)


def test_without_after_the_index_moment_itself_is_in_the_window(measure):
    indicator = READMISSION | {
        "exclude": [],
        "event": {"followed_by": {"where": {"kind": "inpatient"}, "within": "30 days"}},
    }
    assert counts(measure(indicator, readmitted_at("2026-01-10 12:00:00")), "n numerator") == (1, 1)
    assert counts(measure(indicator, readmitted_at("2026-01-10 11:59:59")), "n numerator") == (1, 0)


def test_a_return_on_the_same_day_counts(measure):
    assert counts(measure(READMISSION, readmitted_at("2026-01-10 23:00")), "n numerator") == (1, 1)


def test_the_index_row_never_links_to_itself(measure):
    indicator = {
        "kind": "proportion",
        "of": {"from": "contacts", "at": "start"},
        "event": {"followed_by": {"within": "0 days"}},
    }
    tables = {"contacts": "| start |\n| 2026-01-05 08:00 |"}
    assert counts(measure(indicator, tables), "n numerator") == (1, 0)


def test_a_zero_length_contact_counts_and_is_no_readmission_of_its_own(measure):
    tables = {
        "contacts": """
            | start            | end              | acute |
            | 2026-01-10 12:00 | 2026-01-10 12:00 | yes   |
        """
    }
    assert counts(measure(READMISSION, tables), "n numerator") == (1, 0)


def test_two_events_count_once(measure):
    tables = {
        "contacts": """
            | start            | end              | acute |
            | 2026-01-05 08:00 | 2026-01-10 12:00 | no    |
            | 2026-01-20 08:00 |                  | yes   |
            | 2026-01-25 08:00 |                  | yes   |
        """
    }
    assert counts(measure(READMISSION, tables), "n numerator") == (1, 1)


def test_an_event_of_another_person_does_not_count(measure):
    tables = {
        "contacts": """
            | person | start            | end              | acute |
            | 1      | 2026-01-05 08:00 | 2026-01-10 12:00 | no    |
            | 2      | 2026-01-20 08:00 |                  | yes   |
        """
    }
    assert counts(measure(READMISSION, tables), "n numerator") == (1, 0)


def test_a_readmission_is_itself_a_stay_that_can_be_followed(measure):
    tables = {
        "contacts": """
            | start            | end              | acute |
            | 2026-01-01 08:00 | 2026-01-05 12:00 | no    |
            | 2026-01-20 08:00 | 2026-01-22 12:00 | yes   |
            | 2026-02-10 08:00 | 2026-02-11 12:00 | yes   |
        """
    }
    assert counts(measure(READMISSION, tables), "n numerator") == (3, 2)


def test_the_event_may_happen_after_the_last_reported_day(measure):
    tables = {
        "contacts": """
            | start            | end              | acute |
            | 2026-03-20 08:00 | 2026-03-31 12:00 | no    |
            | 2026-04-30 12:00 |                  | yes   |
        """
    }
    rows = measure(READMISSION, tables, end="2026-04-01")
    assert listed(rows, "period n numerator") == [("2026Q1", 1, 1)]


@pytest.mark.parametrize(
    ("death", "n"),
    [("2026-01-09", 0), ("2026-01-10", 0), ("2026-01-11", 1), ("", 1)],
    ids=["day before", "on the day", "day after", "alive"],
)
def test_a_death_on_or_before_the_day_leaves_the_stay_out(measure, death, n):
    tables = readmitted_at("2026-01-20 08:00") | {"persons": f"| person | death |\n| 1 | {death} |"}
    assert counts(measure(READMISSION, tables), "n numerator") == (n, n)


@pytest.mark.parametrize(("death", "n"), [("2026-02-09", 0), ("2026-02-10", 1)], ids=["day 30", "day 31"])
def test_died_within_leaves_out_up_to_and_with_its_last_day(measure, death, n):
    indicator = READMISSION | {"exclude": [{"died": "within 30 days"}]}
    tables = readmitted_at("2026-01-20 08:00") | {"persons": f"| person | death |\n| 1 | {death} |"}
    assert counts(measure(indicator, tables), "n") == n


def test_a_person_who_is_not_registered_counts_as_alive(measure):
    assert counts(measure(READMISSION, readmitted_at("2026-01-20 08:00")), "n numerator") == (1, 1)


def test_a_contact_without_an_end_is_no_discharge(measure):
    tables = {"contacts": "| start | end |\n| 2026-01-05 08:00 | |"}
    assert counts(measure(READMISSION, tables), "eligible n numerator") == (0, 0, 0)


def test_preceded_by_looks_back_and_holds_its_last_edge(measure):
    indicator = {
        "kind": "proportion",
        "of": {"from": "contacts", "at": "start", "where": {"acute": True}},
        "event": {"preceded_by": {"where": {"kind": "outpatient"}, "after": "1 day", "within": "7 days"}},
    }

    def seen_at(moment):
        return {
            "contacts": f"""
                | start            | kind       | acute |
                | 2026-01-20 08:00 | inpatient  | yes   |
                | {moment}         | outpatient | no    |
            """
        }

    found = {
        moment: counts(measure(indicator, seen_at(moment)), "numerator")
        for moment in (
            "2026-01-13 07:59",
            "2026-01-13 08:00",
            "2026-01-19 07:59",
            "2026-01-19 08:00",
            "2026-01-21 08:00",
        )
    }
    assert list(found.values()) == [0, 1, 1, 0, 0]


def test_an_earlier_event_before_the_first_reported_day_is_seen(measure):
    indicator = {
        "kind": "proportion",
        "of": {"from": "contacts", "at": "start"},
        "exclude": [{"preceded_by": {"within": "1 year"}}],
        "event": {"where": {"acute": True}},
    }
    tables = {
        "contacts": """
            | person | start            | acute |
            | 1      | 2025-01-05 08:00 | no    |
            | 1      | 2026-01-05 08:00 | yes   |
            | 2      | 2025-01-04 08:00 | no    |
            | 2      | 2026-01-05 08:00 | yes   |
        """
    }
    assert counts(measure(indicator, tables), "n numerator") == (1, 1)


def test_an_event_in_another_source_is_linked_by_person(measure):
    indicator = {
        "kind": "proportion",
        "of": {"from": "procedures", "at": "date", "where": {"code": {"in": "hip"}}},
        "event": {"followed_by": {"from": "contacts", "where": {"acute": True}, "within": "2 days"}},
    }
    tables = {
        "procedures": "| person | date |\n| 1 | 2026-01-10 |\n| 2 | 2026-01-10 |",
        "contacts": """
            | person | start            | acute |
            | 1      | 2026-01-12 00:00 | yes   |
            | 2      | 2026-01-12 00:01 | yes   |
        """,
    }
    assert counts(measure(indicator, tables), "n numerator") == (2, 1)


def test_months_in_a_window_are_calendar_months(measure):
    indicator = {
        "kind": "proportion",
        "of": {"from": "procedures", "at": "date"},
        "event": {"followed_by": {"from": "pro", "within": "1 month"}},
    }
    tables = {
        "procedures": "| person | date |\n| 1 | 2026-01-31 |\n| 2 | 2026-01-31 |",
        "pro": "| person | moment | date |\n| 1 | after | 2026-02-28 |\n| 2 | after | 2026-03-01 |",
    }
    assert counts(measure(indicator, tables), "n numerator") == (2, 1)


def test_an_event_that_cannot_be_told_is_missing_and_not_in_n(measure):
    indicator = {
        "kind": "proportion",
        "of": {"from": "contacts", "at": "start"},
        "event": {"where": {"acute": True}},
    }
    tables = {
        "contacts": """
            | start            | acute |
            | 2026-01-05 08:00 | yes   |
            | 2026-01-06 08:00 | no    |
            | 2026-01-07 08:00 |       |
        """
    }
    assert counts(measure(indicator, tables), "eligible n numerator missing") == (3, 2, 1, 1)


def test_an_event_that_asks_for_missing_values_is_never_missing(measure):
    indicator = {
        "kind": "proportion",
        "of": {"from": "contacts", "at": "start"},
        "event": {"where": {"diagnosis": {"missing": True}}},
    }
    tables = {"contacts": "| start | diagnosis |\n| 2026-01-05 | |\n| 2026-01-06 | DJ44 |"}
    assert counts(measure(indicator, tables), "eligible n numerator missing") == (2, 2, 1, 0)


def test_an_exclusion_by_a_condition_keeps_rows_where_it_cannot_be_told(measure):
    indicator = {
        "kind": "proportion",
        "of": {"from": "contacts", "at": "start"},
        "exclude": [{"where": {"diagnosis": {"in": "cancer"}}}],
        "event": {"where": {"acute": True}},
    }
    tables = {
        "contacts": "| start | diagnosis |\n| 2026-01-05 | DC50 |\n| 2026-01-06 | DJ44 |\n| 2026-01-07 | |"
    }
    assert counts(measure(indicator, tables), "n") == 2


def test_every_exclusion_leaves_out_by_itself(measure):
    indicator = READMISSION | {
        "exclude": [
            {"followed_by": {"where": {"kind": "virtual"}, "within": "1 day"}},
            {"preceded_by": {"where": {"kind": "outpatient"}, "after": "6 days", "within": "8 days"}},
        ],
        "event": {"where": {"acute": True}},
    }
    tables = {
        "contacts": """
            | person | start            | end              | kind       |
            | 1      | 2026-01-05 08:00 | 2026-01-10 12:00 | inpatient  |
            | 1      | 2026-01-11 08:00 |                  | virtual    |
            | 2      | 2026-01-05 08:00 | 2026-01-10 12:00 | inpatient  |
            | 2      | 2026-01-03 08:00 |                  | outpatient |
            | 3      | 2026-01-05 08:00 | 2026-01-10 12:00 | inpatient  |
        """
    }
    assert counts(measure(indicator, tables), "n") == 1


def test_a_contact_that_is_delivered_by_two_keys_is_two_events(measure):
    indicator = {
        "kind": "proportion",
        "of": {"from": "contacts", "at": "start"},
        "event": {"where": {"acute": True}},
    }
    tables = {
        "contacts": "| id | start | acute |\n| 1 | 2026-01-05 | yes |\n| 2 | 2026-01-05 | yes |",
    }
    assert counts(measure(indicator, tables), "n numerator") == (2, 2)


def test_a_chain_of_contacts_can_be_left_out_by_a_condition(measure):
    """The condition of an exclusion is about the contact that begins the course."""
    indicator = {
        "kind": "proportion",
        "of": {"from": "contacts", "at": "start", "chain": {"gap": "24 hours"}},
        "exclude": [{"where": {"diagnosis": {"in": "cancer"}}}],
        "event": {"where": {"acute": True}},
    }
    tables = {
        "contacts": """
            | person | start            | end              | diagnosis | acute |
            | 1      | 2026-01-05 08:00 | 2026-01-06 08:00 | DC50      | yes   |
            | 2      | 2026-01-05 08:00 | 2026-01-06 08:00 | DJ44      | yes   |
        """
    }
    assert counts(measure(indicator, tables), "n numerator") == (1, 1)
