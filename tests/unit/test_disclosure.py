"""What is hidden because it points at few people, under which statistics, and what is told of it."""

import itertools

import pandas as pd
import pytest
from unit.disclosure_tables import PLACES, PROPORTION, catalogue_of, findings, hidden, protected

from vbs_site.disclosure.protect import CARRIERS, protect

CHANGE = {
    "kind": "change",
    "instrument": "OHS",
    "direction": "higher",
    "of": {"from": "contacts"},
    "measure": {
        "from": "pro",
        "value": "score",
        "baseline": {"window": ["-90 days", "0 days"], "pick": "last"},
        "follow_up": {"window": ["0 days", "90 days"], "pick": "first"},
    },
    "improved": "mic_individual",
}
RATE = {
    "kind": "rate",
    "units": ["residence"],
    "of": {"from": "contacts"},
    "per": {"from": "population", "sum": "persons", "unit": "region", "at": "date"},
}


# --- one cell -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "numerator", "gone"),
    [
        *[(n, 0, True) for n in (1, 2, 3, 4)],
        (5, 0, False),
        (5, 5, False),
        *[(100, numerator, True) for numerator in (1, 2, 3, 4)],
        (100, 0, False),
        (100, 5, False),
        *[(100, 100 - rest, True) for rest in (1, 2, 3, 4)],
        (100, 95, False),
        (100, 100, False),
        (0, 0, False),
    ],
)
def test_counts_from_1_to_4_are_hidden_wherever_they_can_be_read(n, numerator, gone):
    outcome = protected(PROPORTION, {"national": (n, numerator)})
    assert hidden(outcome) == (["national"] if gone else [])


@pytest.mark.parametrize(("threshold", "smallest_shown"), [(1, 1), (3, 3), (10, 10)])
def test_the_threshold_is_the_catalogues(threshold, smallest_shown):
    for count in range(1, 12):
        outcome = protected(PROPORTION, {"national": (1000, count)}, threshold=threshold)
        assert bool(hidden(outcome)) is (count < smallest_shown)


def test_a_hidden_cell_loses_everything_that_carries_its_counts():
    outcome = protected(PROPORTION, {"national": (100, 3)})
    (row,) = outcome.results.to_dict("records")
    assert row["status"] == "suppressed"
    assert all(pd.isna(row[name]) for name in CARRIERS)
    assert {"n", "numerator", "exposure", "value", "lower", "upper"} <= set(CARRIERS)


def test_a_shown_cell_keeps_everything():
    outcome = protected(PROPORTION, {"national": (100, 50)})
    (row,) = outcome.results.to_dict("records")
    assert (row["status"], row["n"], row["numerator"], row["value"]) == ("shown", 100, 50, 0.5)


@pytest.mark.parametrize(
    ("numerator", "zeros_shown", "gone"),
    [(0, True, False), (0, False, True), (100, True, False), (100, False, True)],
)
def test_whether_a_zero_is_shown_is_the_policys_choice(numerator, zeros_shown, gone):
    outcome = protected(PROPORTION, {"national": (100, numerator)}, zeros_shown=zeros_shown)
    assert hidden(outcome) == (["national"] if gone else [])


def test_a_rate_hides_its_events_but_not_for_a_small_rest_or_population():
    assert hidden(protected(RATE, {"national": (100_000, 3)})) == ["national"]
    assert hidden(protected(RATE, {"national": (100_000, 99_999)})) == []
    assert hidden(protected(RATE, {"national": (3, 0)})) == []


@pytest.mark.parametrize("status", ["not_delivered", "incomplete_follow_up", "too_few", "low_coverage"])
def test_a_cell_without_a_value_carries_no_number(status):
    outcome = protected(PROPORTION, {"national": (50, 20, status)})
    (row,) = outcome.results.to_dict("records")
    assert row["status"] == status
    assert all(pd.isna(row[name]) for name in CARRIERS)


@pytest.mark.parametrize(
    ("fewest", "status"), [(10, "too_few"), (6, "too_few"), (5, "suppressed"), (3, "suppressed")]
)
def test_too_few_is_said_only_where_it_does_not_tell_that_they_are_small(fewest, status):
    indicator = PROPORTION | {"minimum": {"denominator": fewest}}
    outcome = protected(indicator, {"national": (min(3, fewest - 1), 1, "too_few")})
    assert list(outcome.results["status"]) == [status]


def test_findings_are_left_as_they_were():
    catalogue = catalogue_of(PROPORTION)
    given_rows = findings(catalogue, {("national", "all"): (3, 1)})
    before = given_rows.copy()
    protect(catalogue, PLACES, given_rows)
    pd.testing.assert_frame_equal(given_rows, before)


def test_every_pair_of_small_and_large_counts_is_judged_alike():
    for n, numerator in itertools.product(range(12), range(12)):
        if numerator > n:
            continue
        small = any(1 <= count <= 4 for count in (n, numerator, n - numerator))
        assert bool(hidden(protected(PROPORTION, {"national": (n, numerator)}))) is small


# --- several statistics of one indicator ----------------------------------------------------------------------------

ADJUSTED = {
    "kind": "adjusted_change",
    "instrument": "OHS",
    "direction": "higher",
    "of": {"from": "contacts"},
    "pair": {"baseline": "cost", "follow_up": "cost", "expected": "cost"},
    "reference": {"from": "population", "value": "persons", "at": "date"},
}
DIRECT = RATE | {
    "kind": "standardised_rate",
    "by": ["sex"],
    "standard": {"from": "population", "sum": "persons"},
}
INDIRECT = {
    "kind": "standardised_ratio",
    "of": {"from": "contacts"},
    "event": {"where": {"acute": True}},
    "by": ["sex"],
}
REGIONS = {
    ("national", "all"): (400, 160),
    ("r1", "all"): (100, 3),
    ("r2", "all"): (90, 57),
    ("r3", "all"): (210, 100),
}


@pytest.mark.parametrize("indicator", [DIRECT, INDIRECT])
@pytest.mark.parametrize("silent", [[], ["r2"], ["r3"], ["r2", "r3"], ["national"]])
def test_a_crude_figure_gives_nothing_away_of_the_standardised_one(indicator, silent):
    """A unit without a standardised figure still has a crude one: both show the same counts, and both are hidden."""
    catalogue = catalogue_of(indicator)
    rows = findings(catalogue, REGIONS)
    rows.loc[rows["statistic"].str.startswith("standardised") & rows["unit"].isin(silent), "status"] = (
        "too_few"
    )
    results = protect(catalogue, PLACES, rows).results
    shown = results[results["status"] == "shown"].groupby("unit")["numerator"].first()
    assert "r1" not in shown
    assert len(shown) < 3, "two units and the country would give the third away"


def test_a_group_is_not_told_by_a_statistic_that_is_shown_where_another_is_not():
    catalogue = catalogue_of(ADJUSTED)
    cells = {
        ("national", "all"): (164, 80, 300),
        ("r1", "all"): (3, 0, 100),
        ("r2", "all"): (70, 40, 100),
        ("r3", "all"): (91, 40, 100),
    }
    rows = findings(catalogue, cells)
    rows.loc[rows["statistic"] == "adjusted_change", "status"] = "not_delivered"
    results = protect(catalogue, PLACES, rows).results
    mean = results[(results["statistic"] == "mean_change") & (results["status"] == "shown")]
    assert set(mean["unit"]) == {"national", "r3"}


def test_a_small_group_is_hidden_under_every_statistic():
    cells = {"national": (164, 80, 300), "r1": (4, 0, 100), "r2": (80, 40, 100), "r3": (80, 40, 100)}
    outcome = protected(CHANGE, cells)
    for statistic in ("mean_change", "share_improved", "response_rate"):
        assert "r1" in hidden(outcome, statistic)
        assert len(hidden(outcome, statistic)) >= 2


def test_a_group_that_goes_with_a_small_one_goes_under_every_statistic():
    cells = {"national": (164, 80, 300), "r1": (4, 0, 100), "r2": (70, 40, 100), "r3": (90, 40, 100)}
    outcome = protected(CHANGE, cells)
    assert all(
        "r2" in hidden(outcome, statistic) for statistic in ("mean_change", "share_improved", "response_rate")
    )


def test_few_who_did_not_answer_are_hidden():
    outcome = protected(CHANGE, {"national": (98, 50, 100)})
    assert hidden(outcome) == ["national"]
    assert hidden(outcome, "response_rate") == ["national"]


def test_few_who_improved_do_not_hide_the_mean():
    outcome = protected(CHANGE, {"national": (98, 3, 200)})
    assert (hidden(outcome, "share_improved"), hidden(outcome, "mean_change")) == (["national"], [])


def test_few_who_did_not_answer_cannot_be_told_from_two_statistics():
    """The mean shows how many answered; how many were asked must not stand beside it."""
    outcome = protected(CHANGE, {"national": (98, 50, 100)})
    shown = outcome.results[outcome.results["status"] == "shown"]
    assert 100 not in set(shown["n"])


# --- what is told ---------------------------------------------------------------------------------------------------


def test_all_hidden_cells_look_alike_and_the_reason_stands_in_the_log_only():
    outcome = protected(PROPORTION, {"national": (160, 73), "r1": (50, 3), "r2": (60, 40), "r3": (50, 30)})
    gone = outcome.results[outcome.results["status"] == "suppressed"]
    assert len(gone) == 2
    assert len({tuple(map(str, row)) for row in gone.drop(columns=["unit"]).to_numpy()}) == 1
    reasons = {row["unit"]: row["reason"] for row in outcome.log.to_dict("records")}
    assert reasons == {"r1": "small count", "r3": "would reveal a small count"}
    assert not [column for column in outcome.results if "reason" in column]


def test_the_log_has_a_line_for_every_hidden_cell_and_no_count():
    outcome = protected(
        CHANGE, {"national": (164, 80, 300), "r1": (4, 0, 100), "r2": (70, 40, 100), "r3": (90, 40, 100)}
    )
    keys = ["statistic", "unit"]
    gone = outcome.results[outcome.results["status"] == "suppressed"]
    assert sorted(map(tuple, gone[keys].to_numpy())) == sorted(map(tuple, outcome.log[keys].to_numpy()))
    assert list(outcome.log) == ["indicator", "statistic", "unit_kind", "unit", "period", "stratum", "reason"]


def test_nothing_to_hide_leaves_an_empty_log():
    outcome = protected(PROPORTION, {"national": (100, 50)})
    assert outcome.log.empty
