"""Which counts are small is decided as GaussSuppression's PrimaryDefault does it (maxN = 4, so a threshold of 5)."""

import pandas as pd
import pytest
from golden.comparing import rows_of
from unit.disclosure_tables import PLACES, PROPORTION, catalogue_of, findings

from vbs_site.catalogue.protection import Disclosure
from vbs_site.disclosure.primary import is_small
from vbs_site.disclosure.protect import protect

MAX_N = 4
RULES = {"1_4": True, "0_4": False}
"""Rule to whether zeros are shown."""


@pytest.fixture(scope="module")
def cases(golden):
    return rows_of(golden, "15_primary.csv")


def flags(rows, column):
    return [row[column] == "TRUE" for row in rows]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("count", ["n", "numerator", "complement"])
def test_disclosure_each_count_is_small_when_the_reference_says_so(cases, rule, count):
    assert cases
    policy = Disclosure(threshold=MAX_N + 1, zeros_shown=RULES[rule])
    assert [is_small(int(row[count]), policy) for row in cases] == flags(cases, f"{count}_gauss_{rule}")


@pytest.mark.parametrize("rule", RULES)
def test_disclosure_a_line_is_hidden_when_any_of_its_counts_is_small(cases, rule):
    """Through the product: each case is the country in a year of its own, so nothing else can be set against it.

    An empty group is the one difference: with n = 0 there is nobody to protect, so nothing is hidden there.
    """
    rows = [row for row in cases if int(row["n"]) > 0]
    catalogue = catalogue_of(PROPORTION | {"period": "year"}, threshold=MAX_N + 1, zeros_shown=RULES[rule])
    parts = [
        findings(catalogue, {("national", "all"): (int(row["n"]), int(row["numerator"]))}).assign(
            period=str(year)
        )
        for year, row in enumerate(rows, start=1800)
    ]
    results = protect(catalogue, PLACES, pd.concat(parts, ignore_index=True)).results
    assert list(results["status"] == "suppressed") == flags(rows, f"any_{rule}")
