"""Which counts are small is decided as GaussSuppression's PrimaryDefault does it (maxN = 4, so a threshold of 5)."""

import pandas as pd
import pytest
from golden.comparing import rows_of

from vbs_site.catalogue.protection import Disclosure
from vbs_site.disclosure.primary import small, small_group, small_part

MAX_N = 4
RULES = {
    "1_4": Disclosure(threshold=MAX_N + 1, zeros_shown=True),
    "0_4": Disclosure(threshold=MAX_N + 1, zeros_shown=False),
}


@pytest.fixture(scope="module")
def cases(golden):
    return rows_of(golden, "15_primary.csv")


def flags(rows, column):
    return [row[column] == "TRUE" for row in rows]


def counts(rows, column):
    return pd.Series([int(row[column]) for row in rows])


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("count", ["n", "numerator", "complement"])
def test_each_count_is_small_when_the_reference_says_so(cases, rule, count):
    assert cases
    assert list(small(counts(cases, count), RULES[rule])) == flags(cases, f"{count}_gauss_{rule}")


@pytest.mark.parametrize("rule", RULES)
def test_a_cell_is_hidden_when_any_of_its_counts_is_small(cases, rule):
    """An empty group is the one difference: with n = 0 there is nobody to protect, so nothing is hidden here."""
    rows = [row for row in cases if int(row["n"]) > 0]
    found = pd.DataFrame({"n": counts(rows, "n"), "numerator": counts(rows, "numerator")})
    hidden = small_group(found, RULES[rule]) | small_part(found, RULES[rule], complement=True)
    assert list(hidden) == flags(rows, f"any_{rule}")


@pytest.mark.parametrize("rule", RULES)
def test_an_empty_group_is_never_hidden(rule):
    found = pd.DataFrame({"n": [0], "numerator": [0]})
    assert not small_group(found, RULES[rule])[0]
    assert not small_part(found, RULES[rule], complement=True)[0]
