"""Counts that are rounded instead of hidden: what is shown follows from rounded counts, and tells no small one."""

import numpy as np
import pandas as pd
import pytest
from unit.disclosure_tables import PLACES, PROPORTION, catalogue_of, findings, hidden
from unit.test_disclosure import CHANGE

from vbs_site.catalogue.protection import Disclosure
from vbs_site.disclosure.protect import protect
from vbs_site.disclosure.rounding import nearest

TABLE = {"national": (211, 82), "r1": (51, 3), "r2": (63, 22), "r3": (48, 27), "r4": (49, 30)}


def rounded(table, base=5, indicator=PROPORTION):
    catalogue = catalogue_of(indicator)
    catalogue = catalogue.model_copy(update={"disclosure": Disclosure(threshold=5, round_to=base)})
    rows = findings(catalogue, {(unit, "all"): value for unit, value in table.items()})
    return protect(catalogue, PLACES, rows)


@pytest.mark.parametrize(
    ("count", "base", "expected"), [(0, 5, 0), (2, 5, 0), (3, 5, 5), (7, 5, 5), (8, 5, 10), (5, 10, 10)]
)
def test_a_count_becomes_the_nearest_multiple(count, base, expected):
    assert nearest(np.array([count]), base)[0] == expected


def test_nothing_is_hidden_and_every_number_is_that_of_rounded_counts():
    outcome = rounded(TABLE)
    assert hidden(outcome) == []
    for row in outcome.results.to_dict("records"):
        n, numerator = TABLE[row["unit"]]
        assert (row["n"], row["numerator"]) == tuple(nearest(np.array([n, numerator]), 5))
        assert row["value"] == pytest.approx(row["numerator"] / row["n"])
        assert row["lower"] < row["value"] < row["upper"]


def test_two_tables_that_round_alike_look_alike():
    """What is published depends on the rounded counts alone."""
    other = {"national": (211, 82), "r1": (52, 4), "r2": (63, 21), "r3": (48, 27), "r4": (48, 30)}
    columns = ["unit", "status", "n", "numerator", "value", "lower", "upper"]
    pd.testing.assert_frame_equal(rounded(TABLE).results[columns], rounded(other).results[columns])


def test_where_rounded_parts_and_their_total_leave_no_choice_more_is_hidden():
    """Two parts round to 0, so each is 2 at most; their total rounds to 5, so it is 3 or 4: one of them is 1 or 2."""
    table = {"national": (120, 4), "r1": (60, 2), "r2": (60, 2)}
    outcome = rounded(table)
    assert hidden(outcome)


def test_a_measure_that_needs_more_than_its_counts_is_hidden_instead():
    outcome = rounded(
        {"national": (204, 90), "r1": (4, 2), "r2": (100, 48), "r3": (100, 40)}, indicator=CHANGE
    )
    assert "r1" in hidden(outcome)
    shown = outcome.results[outcome.results["status"] == "shown"]
    assert any(n % 5 for n in shown["n"])
