"""A change adjusted for case mix: what was observed beside what was expected, for the same complete records."""

from spec.tables import listed

ADJUSTED = {
    "kind": "adjusted_change",
    "instrument": "OHS",
    "direction": "higher",
    "units": ["provider"],
    "period": "year",
    "of": {"from": "records", "at": "year"},
    "pair": {"baseline": "before", "follow_up": "after", "expected": "expected"},
    "reference": {"from": "published", "value": "gain", "at": "year"},
    "improved": "mic_individual",
}


def found(measure, records, names, indicator=ADJUSTED):
    return listed(measure(indicator, {"records": records}, start=None, end=None), names)


def test_observed_and_expected_changes_are_added_up_apart(measure):
    records = """
        | before | after | expected |
        | 20     | 40    | 38.5     |
        | 10     | 12    | 20       |
    """
    assert found(measure, records, "unit period n numerator sum expected") == [
        ("P1", "2026", 2, 1, 22.0, 28.5)
    ]


def test_squares_of_changes_and_of_residuals_are_added_up(measure):
    records = "| before | after | expected |\n| 20 | 40 | 38.5 |\n| 10 | 12 | 20 |"
    assert found(measure, records, "sum_sq residual_sq") == [(404.0, 1.5**2 + 8.0**2)]


def test_a_record_that_lacks_one_of_the_three_is_missing_everywhere(measure):
    records = """
        | before | after | expected |
        | 20     | 40    | 38.5     |
        |        | 40    | 38.5     |
        | 20     |       | 38.5     |
        | 20     | 40    |          |
    """
    names = "eligible n missing numerator sum expected residual_sq"
    assert found(measure, records, names) == [(4, 1, 3, 1, 20.0, 18.5, 2.25)]


def test_records_are_told_apart_by_provider_and_year(measure):
    records = """
        | provider | year | before | after | expected |
        | P1       | 2026 | 20     | 40    | 38       |
        | P1       | 2027 | 20     | 30    | 38       |
        | P2       | 2026 | 20     | 25    | 38       |
    """
    expected = [("P1", "2026", 1, 20.0), ("P1", "2027", 1, 10.0), ("P2", "2026", 1, 5.0)]
    assert found(measure, records, "unit period n sum") == expected


def test_six_decimals_of_an_expected_score_are_kept(measure):
    records = "| before | after | expected |\n| 0.5 | 0.75 | 0.654321 |"
    assert found(measure, records, "sum expected residual_sq") == [(0.25, 0.154321, round(0.095679**2, 12))]
