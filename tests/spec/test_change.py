"""A paired change: which answers are taken, who is missing, and who improved."""

import pytest
from spec.tables import counts, listed

SCORES = {
    "kind": "change",
    "instrument": "OHS",
    "direction": "higher",
    "of": {"from": "procedures", "at": "date", "where": {"code": {"in": "hip"}}},
    "measure": {
        "from": "pro",
        "value": "score",
        "where": {"instrument": "OHS"},
        "baseline": {"where": {"moment": "before"}, "window": ["-90 days", "0 days"], "pick": "last"},
        "follow_up": {"where": {"moment": "after"}, "window": ["305 days", "425 days"], "pick": "first"},
    },
    "improved": "mic_individual",
}
OPERATION = "| date |\n| 2026-06-01 |"
"""90 days before is 3 March 2026; 305 and 425 days after are 2 April and 31 July 2027."""


def answers(*rows):
    lines = "\n".join(f"| {moment} | {day} | {score} |" for moment, day, score in rows)
    return {"procedures": OPERATION, "pro": f"| moment | date | score |\n{lines}"}


def test_a_pair_gives_its_change(measure):
    tables = answers(("before", "2026-05-20", 20), ("after", "2027-06-01", 41))
    (row,) = measure(SCORES, tables)
    assert (row["period"], row["eligible"], row["n"], row["missing"]) == ("2026Q2", 1, 1, 0)
    assert (float(row["sum"]), float(row["sum_sq"])) == (21.0, 441.0)


@pytest.mark.parametrize(
    ("day", "n"),
    [("2026-03-02", 0), ("2026-03-03", 1), ("2026-06-01", 1), ("2026-06-02", 0)],
    ids=["day -91", "day -90", "day 0", "day 1"],
)
def test_the_window_before_holds_both_its_ends(measure, day, n):
    tables = answers(("before", day, 20), ("after", "2027-06-01", 41))
    assert counts(measure(SCORES, tables), "eligible n missing") == (1, n, 1 - n)


@pytest.mark.parametrize(
    ("day", "n"),
    [("2027-04-01", 0), ("2027-04-02", 1), ("2027-07-31", 1), ("2027-08-01", 0)],
    ids=["day 304", "day 305", "day 425", "day 426"],
)
def test_the_window_after_holds_both_its_ends(measure, day, n):
    tables = answers(("before", "2026-06-01", 20), ("after", day, 41))
    assert counts(measure(SCORES, tables), "eligible n missing") == (1, n, 1 - n)


@pytest.mark.parametrize(("pick", "change"), [("first", 10.0), ("last", 20.0)])
def test_the_first_or_the_last_answer_in_the_window_is_taken(measure, pick, change):
    parts = SCORES["measure"] | {"follow_up": SCORES["measure"]["follow_up"] | {"pick": pick}}
    tables = answers(("before", "2026-06-01", 20), ("after", "2027-05-02", 30), ("after", "2027-06-02", 40))
    assert counts(measure(SCORES | {"measure": parts}, tables), "n sum") == (1, change)


def test_of_two_answers_on_one_day_the_lowest_key_is_taken(measure):
    tables = answers(("before", "2026-06-01", 20), ("after", "2027-06-02", 30), ("after", "2027-06-02", 40))
    assert counts(measure(SCORES, tables), "n sum") == (1, 10.0)


def test_an_answer_without_a_score_is_passed_over(measure):
    tables = answers(("before", "2026-06-01", 20), ("after", "2027-05-02", ""), ("after", "2027-06-02", 40))
    assert counts(measure(SCORES, tables), "n sum") == (1, 20.0)


def test_an_answer_to_another_questionnaire_does_not_count(measure):
    tables = answers(("before", "2026-06-01", 20), ("after", "2027-05-02", 30))
    tables["pro"] = """
        | instrument | moment | date       | score |
        | OHS        | before | 2026-06-01 | 20    |
        | PAIN       | after  | 2027-05-02 | 5     |
    """
    assert counts(measure(SCORES, tables), "n missing") == (0, 1)


def test_half_a_pair_is_missing_and_adds_nothing(measure):
    tables = answers(("before", "2026-06-01", 20))
    assert counts(measure(SCORES, tables), "eligible n missing numerator sum sum_sq") == (
        1,
        0,
        1,
        0,
        0.0,
        0.0,
    )


@pytest.mark.parametrize(("after", "improved"), [(27, 0), (28, 1), (29, 1)], ids=["7", "exactly 8", "9"])
def test_a_change_of_exactly_the_threshold_is_an_improvement(measure, after, improved):
    tables = answers(("before", "2026-06-01", 20), ("after", "2027-06-01", after))
    assert counts(measure(SCORES, tables), "n numerator") == (1, improved)


@pytest.mark.parametrize(("after", "improved"), [(7, 0), (6, 1), (5, 1)], ids=["-1", "exactly -2", "-3"])
def test_on_an_instrument_where_low_is_good_a_fall_is_an_improvement(measure, after, improved):
    pain = SCORES | {
        "instrument": "PAIN",
        "direction": "lower",
        "measure": SCORES["measure"] | {"where": {"instrument": "PAIN"}},
    }
    tables = {
        "procedures": OPERATION,
        "pro": f"""
            | instrument | moment | date       | score |
            | PAIN       | before | 2026-06-01 | 8     |
            | PAIN       | after  | 2027-06-01 | {after} |
        """,
    }
    assert counts(measure(pain, tables), "n numerator sum") == (1, improved, float(after - 8))


def test_without_a_threshold_nobody_is_called_improved(measure):
    indicator = {key: value for key, value in SCORES.items() if key != "improved"}
    tables = answers(("before", "2026-06-01", 20), ("after", "2027-06-01", 48))
    assert counts(measure(indicator, tables), "n numerator") == (1, 0)


def test_one_answer_can_serve_two_operations(measure):
    tables = {
        "procedures": "| date |\n| 2026-06-01 |\n| 2026-06-11 |",
        "pro": "| moment | date | score |\n| before | 2026-05-30 | 20 |\n| after | 2027-06-05 | 41 |",
    }
    assert counts(measure(SCORES, tables), "eligible n sum") == (2, 2, 42.0)


def test_answers_beyond_the_reported_days_are_found(measure):
    tables = answers(("before", "2026-03-03", 20), ("after", "2027-07-31", 41))
    rows = measure(SCORES, tables, start="2026-04-01", end="2026-07-01")
    assert counts(rows, "n sum") == (1, 21.0)


def test_exclusions_leave_operations_out_of_the_eligible(measure):
    indicator = SCORES | {"exclude": [{"died": "within 425 days"}]}
    tables = answers(("before", "2026-06-01", 20), ("after", "2027-06-01", 41))
    tables["persons"] = "| person | death |\n| 1 | 2027-07-31 |"
    assert counts(measure(indicator, tables), "eligible") == 0
    tables["persons"] = "| person | death |\n| 1 | 2027-08-01 |"
    assert counts(measure(indicator, tables), "eligible") == 1


def test_a_pair_can_stand_in_the_row_itself(measure):
    indicator = {
        "kind": "change",
        "instrument": "OHS",
        "direction": "higher",
        "units": ["provider"],
        "period": "year",
        "of": {"from": "records", "at": "year"},
        "pair": {"baseline": "before", "follow_up": "after"},
        "improved": "mic_individual",
    }
    tables = {
        "records": """
            | provider | before | after |
            | P1       | 20     | 28    |
            | P1       | 20     | 27.5  |
            | P1       |        | 40    |
            | P2       | 20     |       |
        """
    }
    found = listed(
        measure(indicator, tables, start=None, end=None), "unit eligible n numerator missing sum sum_sq"
    )
    assert found == [("P1", 3, 2, 1, 1, 15.5, 120.25), ("P2", 1, 0, 0, 1, 0.0, 0.0)]
