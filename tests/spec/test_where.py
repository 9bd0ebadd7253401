"""Conditions: which rows are meant, and what a missing value does."""

import pytest
from spec.tables import counts, listed, measure_on, rows_of

CONTACTS = """
    | start            | kind       | acute | diagnosis | cost | note  |
    | 2026-01-05 08:00 | inpatient  | yes   | DC50      | 10   | a     |
    | 2026-01-06 08:00 | outpatient | no    | DJ449     | 20   | it's  |
    | 2026-01-07 08:00 | virtual    |       |           |      |       |
    | 2026-01-08 00:00 | inpatient  | no    | DJ45      | 30   | a%    |
"""


def days(measure, where):
    """Return the days in January of the rows that a condition means; each day is a hospital of its own."""
    indicator = {
        "kind": "rate",
        "of": {"from": "contacts", "where": where},
        "per": {"from": "population", "sum": "persons", "unit": "region", "at": "date"},
    }
    rows = [row | {"hospital": row["start"][8:10]} for row in rows_of(CONTACTS)]
    return [int(unit) for (unit,) in listed(measure(indicator, {"contacts": rows}), "unit")]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"kind": "inpatient"}, [5, 8]),
        ({"kind": {"in": ["inpatient", "virtual"]}}, [5, 7, 8]),
        ({"kind": {"not_in": ["inpatient", "virtual"]}}, [6]),
        ({"acute": True}, [5]),
        ({"acute": False}, [6, 8]),
        ({"acute": {"missing": True}}, [7]),
        ({"acute": {"missing": False}}, [5, 6, 8]),
        ({"not": {"acute": True}}, [6, 8]),
        ({"diagnosis": {"in": "cancer"}}, [5]),
        ({"diagnosis": {"not_in": "cancer"}}, [6, 8]),
        ({"not": {"diagnosis": {"in": "cancer"}}}, [6, 8]),
        ({"diagnosis": {"in": ["cancer", "copd"]}}, [5, 6]),
        ({"diagnosis": {"not_in": ["cancer", "copd"]}}, [8]),
        ({"any_of": [{"diagnosis": {"not_in": "cancer"}}, {"diagnosis": {"missing": True}}]}, [6, 7, 8]),
        ({"cost": 20}, [6]),
        ({"cost": {"between": [10, 20]}}, [5, 6]),
        ({"cost": {">": 10}}, [6, 8]),
        ({"cost": {">=": 10, "<": 30}}, [5, 6]),
        ({"cost": {"<=": 10.0}}, [5]),
        ({"cost": {"not_in": [10]}}, [6, 8]),
        ({"note": "it's"}, [6]),
        ({"note": "a"}, [5]),
        ({"note": {"in": ["a", "a%"]}}, [5, 8]),
        ({"note": {"missing": True}}, [7]),
        ({"kind": "inpatient", "acute": True}, [5]),
        ({"any_of": [{"kind": "virtual"}, {"acute": True}]}, [5, 7]),
        ({"kind": "inpatient", "any_of": [{"acute": True}, {"cost": {">": 20}}]}, [5, 8]),
        ({"all_of": [{"kind": "inpatient"}, {"not": {"any_of": [{"acute": True}, {"cost": 99}]}}]}, [8]),
        ({"not": {"kind": "inpatient", "acute": True}}, [6, 7, 8]),
    ],
    ids=str,
)
def test_a_condition_means_these_rows(measure, where, expected):
    assert days(measure, where) == expected


@pytest.mark.parametrize(
    ("operator", "expected"), [("<", [5, 6, 7]), ("<=", [5, 6, 7, 8]), (">=", [8]), (">", []), ("=", [8])]
)
def test_a_date_stands_for_its_first_moment(measure, operator, expected):
    from datetime import date  # noqa: PLC0415 - YAML gives dates as dates

    assert days(measure, {"start": {operator: date(2026, 1, 8)}}) == expected


TEXTS = [
    "it's",
    "' OR 1=1 --",
    '"',
    "\\",
    "\\'",
    "a\nb",
    "%",
    "_",
    "æøå",
    ";",
    "--",
    "/* */",
    "{{x}}",
    "$1",
    "?",
    " a ",
]


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_means_itself_and_nothing_else(engine, text):
    indicator = {
        "kind": "proportion",
        "of": {"from": "contacts", "at": "start"},
        "event": {"where": {"note": text}},
    }
    contacts = [{"start": "2026-01-05", "note": text}, {"start": "2026-01-06", "note": "another"}]
    assert counts(measure_on(engine, indicator, {"contacts": contacts}), "n numerator") == (2, 1)
