"""A share of sums: counts that were delivered ready-made."""

from spec.tables import listed

SHARE = {
    "kind": "share_of_sum",
    "units": ["provider"],
    "period": "year",
    "of": {"from": "records", "at": "year"},
    "numerator": "returned",
    "denominator": "sent",
}


def found(measure, records, names):
    return listed(measure(SHARE, {"records": records}, start=None, end=None), names)


def test_both_parts_are_added_up(measure):
    records = "| sent | returned |\n| 100 | 80 |\n| 50 | 20 |"
    assert found(measure, records, "unit period eligible n numerator missing") == [
        ("P1", "2026", 150, 150, 100, 0)
    ]


def test_a_row_counts_only_when_both_its_parts_were_delivered(measure):
    records = "| sent | returned |\n| 100 | 80 |\n| 50 | |\n| | 20 |"
    assert found(measure, records, "n numerator missing") == [(100, 80, 2)]


def test_nothing_delivered_is_zero_and_missing(measure):
    records = "| sent | returned |\n| | |"
    assert found(measure, records, "eligible n numerator missing") == [(0, 0, 0, 1)]


def test_a_year_before_the_first_reported_one_does_not_count(measure):
    records = "| year | sent | returned |\n| 2025 | 9 | 9 |\n| 2026 | 10 | 5 |"
    rows = measure(SHARE, {"records": records}, start="2026-01-01", end=None)
    assert listed(rows, "period n") == [("2026", 10)]
