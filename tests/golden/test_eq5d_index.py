"""The Danish EQ-5D index of a health state equals that of the R package eq5d."""

import math

import pytest
from golden.comparing import number, rows_of

from vbs_site.statistics.eq5d import index

PRINTED = {("5L", "55555"): 0.0011}
"""The paper's lowest index is -0.757; its weights as printed give -0.758."""


def test_indexes_are_those_of_eq5d(golden, report):
    seen = report("12_eq5d.csv")
    for row in rows_of(golden, "12_eq5d.csv"):
        version, state, expected = row["version"], row["state"], number(row["index"])
        if math.isnan(expected):
            seen.refuse(state, lambda version=version, state=state: index(version, state))
            continue
        atol = PRINTED.get((version, state), 1e-12)
        seen.compare(f"{version} {state}", "index", index(version, state), expected, atol=atol)
    seen.close()


def test_the_example_of_the_authors_comes_out():
    """Aalborg University, "The Danish EQ-5D-5L value set": some pain, moderately anxious or depressed."""
    assert index("5L", "11123") == pytest.approx(1 - 0.048 - 0.191)


@pytest.mark.parametrize(
    ("version", "state"),
    [
        ("3L", "11114"),
        ("5L", "11116"),
        ("5L", "1111"),
        ("5L", "111111"),
        ("3L", "11101"),
        ("3L", ""),
        ("5L", "1112x"),
        ("4L", "11111"),
    ],
)
def test_an_impossible_state_is_refused(version, state):
    with pytest.raises(ValueError, match="EQ-5D"):
        index(version, state)
