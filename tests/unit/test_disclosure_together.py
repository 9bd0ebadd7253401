"""What is known of one figure is known of another that shows the same people, of another release, and of what is left."""

import pandas as pd
import pytest
from scipy import stats
from unit.disclosure_tables import PLACES, PROPORTION, catalogue_of, findings, hidden, protected

from vbs_site.disclosure.columns import counted, families, same_counts
from vbs_site.disclosure.dominance import is_dominated
from vbs_site.disclosure.protect import protect
from vbs_site.disclosure.sums import Cell, sums_of

REGIONS = {"national": (210, 80), "r1": (50, 3), "r2": (60, 20), "r3": (50, 27), "r4": (50, 30)}
HOSPITALS = {
    "national": (400, 160),
    "r1": (200, 80),
    "r2": (200, 80),
    "h11": (90, 3),
    "h12": (60, 40),
    "h13": (50, 37),
    "h21": (90, 35),
    "h22": (60, 25),
    "h23": (50, 20),
}


def cells(table):
    return {(unit, "all"): value for unit, value in table.items()}


def two_indicators(first, second):
    """Return a catalogue of two indicators, and their findings."""
    catalogue = catalogue_of(PROPORTION, other=PROPORTION)
    one, two = (findings(catalogue, cells(table)) for table in (first, second))
    return catalogue, pd.concat([one, two.assign(indicator="other")], ignore_index=True)


def shown_of(outcome, indicator):
    rows = outcome.results
    return set(rows[(rows["indicator"] == indicator) & (rows["status"] == "shown")]["unit"])


def test_a_group_that_another_indicator_shows_does_not_hide_the_one_beside_it():
    """Same patients, other event: what is left of n tells the hidden events unless two lines of the same go."""
    same_patients = {unit: (n, n // 2) for unit, (n, _) in HOSPITALS.items()}
    catalogue, rows = two_indicators(HOSPITALS, same_patients)
    outcome = protect(catalogue, PLACES, rows)
    found = counted(catalogue.computed, rows)
    assert families(found, same_counts(found)) == [("example", "other")]
    gone = outcome.results[outcome.results["status"] == "suppressed"]
    assert set(gone["indicator"]) == {"example"}
    assert len(gone) >= 2


def test_a_small_group_is_hidden_in_every_indicator_of_the_same_patients():
    table = HOSPITALS | {"h13": (4, 2), "h12": (106, 75)}
    catalogue, rows = two_indicators(table, {unit: (n, n // 2) for unit, (n, _) in table.items()})
    outcome = protect(catalogue, PLACES, rows)
    assert "h13" not in shown_of(outcome, "example")
    assert "h13" not in shown_of(outcome, "other")


def test_few_equal_numbers_do_not_make_the_same_patients():
    catalogue, rows = two_indicators(REGIONS, REGIONS)
    found = counted(catalogue.computed, rows)
    assert families(found, same_counts(found)) == [("example",), ("other",)]


def test_different_numbers_anywhere_make_other_patients():
    table = HOSPITALS | {"h13": (51, 37)}
    catalogue, rows = two_indicators(HOSPITALS, table)
    found = counted(catalogue.computed, rows)
    assert same_counts(found)["other", "group"] == ("other", "group")


def test_what_was_shown_before_protects_nothing_now():
    """The release of before hid r2 beside r1; now r3 would do as well, but it is known."""
    catalogue = catalogue_of(PROPORTION)
    rows = findings(catalogue, cells(REGIONS))
    before = protect(catalogue, PLACES, rows)
    partner = (set(hidden(before)) - {"r1"}).pop()
    told = rows.assign(status=["suppressed" if unit in ("r1", partner) else "shown" for unit in rows["unit"]])
    outcome = protect(catalogue, PLACES, rows, [told])
    assert {"r1", partner} <= set(hidden(outcome))


def test_every_release_keeps_to_the_one_before():
    catalogue = catalogue_of(PROPORTION)
    rows = findings(catalogue, cells(REGIONS))
    first = protect(catalogue, PLACES, rows).results
    told = first.assign(status=first["status"].mask(first["unit"] == "r4", "suppressed"))
    told.loc[told["unit"].isin(["r2", "r3"]), ["status", "n", "numerator"]] = ["shown", 60, 20]
    told.loc[told["unit"] == "r3", ["n", "numerator"]] = [50, 27]
    outcome = protect(catalogue, PLACES, rows, [told])
    assert set(hidden(outcome)) == {"r1", "r4"}


def test_a_count_that_has_changed_since_is_another_count():
    catalogue = catalogue_of(PROPORTION)
    rows = findings(catalogue, cells(REGIONS))
    told = findings(catalogue, cells({unit: (n + 7, k + 5) for unit, (n, k) in REGIONS.items()}))
    assert len(hidden(protect(catalogue, PLACES, rows, [told]))) >= 2


def test_what_cannot_be_protected_is_withheld_whole():
    """Everything but the small count was shown before: nothing that is hidden now helps."""
    catalogue = catalogue_of(PROPORTION)
    rows = findings(catalogue, cells(REGIONS))
    told = rows[rows["unit"] != "r1"]
    outcome = protect(catalogue, PLACES, rows, [told])
    assert list(outcome.withheld) == ["example"]
    assert set(outcome.results["status"]) == {"suppressed"}
    assert outcome.results[["n", "numerator", "value", "lower", "upper", "exposure"]].isna().all().all()
    assert set(outcome.log["reason"]) == {"the table could not be protected"}


def test_a_total_can_hold_more_than_its_parts_tell():
    outcome = protected(PROPORTION, REGIONS | {"national": (215, 85)})
    assert outcome.withheld == {}
    assert "r1" in hidden(outcome)


def test_a_table_that_does_not_add_up_is_withheld_whole():
    outcome = protected(PROPORTION, REGIONS | {"national": (209, 80)})
    assert outcome.withheld == {"example": "the table does not add up"}
    assert set(outcome.results["status"]) == {"suppressed"}


def test_nothing_small_means_nothing_withheld():
    outcome = protected(PROPORTION, REGIONS | {"r1": (50, 13), "national": (210, 90)})
    assert outcome.withheld == {}
    assert hidden(outcome) == []


def test_a_year_is_the_sum_of_its_quarters():
    catalogue = catalogue_of(PROPORTION)
    places = [
        Cell("region", "r1", period, "all") for period in ("2026Q1", "2026Q2", "2026Q3", "2026Q4", "2026")
    ]
    (total,) = sums_of(catalogue, PLACES, "example", places)
    assert total.total.period == "2026"
    assert [each.period for each in total.parts] == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]


def test_a_rolling_year_is_the_sum_of_its_quarters_and_three_quarters_are_no_year():
    catalogue = catalogue_of(PROPORTION)
    quarters = ["2025Q2", "2025Q3", "2025Q4", "2026Q1"]
    places = [Cell("region", "r1", period, "all") for period in (*quarters, "2025Q2-2026Q1", "2025", "2026")]
    (total,) = sums_of(catalogue, PLACES, "example", places)
    assert (total.total.period, [each.period for each in total.parts]) == ("2025Q2-2026Q1", quarters)


@pytest.mark.parametrize(
    ("amounts", "dominated"),
    [
        ([100.0] * 20, False),
        ([1.0] * 9 + [100000.0], True),
        ([50.0, 60.0], True),
        ([100.0, 110.0, 90.0, 105.0, 95.0, 100.0], False),
    ],
)
def test_the_rule_for_money_never_calls_a_dominated_sum_safe(amounts, dominated):
    series = pd.Series(amounts)
    n, mean, deviation = len(series), series.mean(), series.std()
    upper = mean + stats.t.ppf(0.975, n - 1) * deviation / n**0.5
    largest, second = sorted(amounts, reverse=True)[:2]
    truly = series.sum() - largest - second < 0.1 * largest
    assert is_dominated(n, mean, upper, 10.0) == dominated
    assert dominated or not truly
