"""No published count of data quality is small, and none can be had by subtraction from a total."""

import itertools

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vbs_site.audit.attack import Sum, Target, Told, attack
from vbs_site.catalogue.protection import Disclosure
from vbs_site.disclosure.quality import protect_quality

COLUMNS = ["source", "deliverer", "unit", "period", "check", "column", "count", "of"]
POLICY = Disclosure(threshold=5)


def protected(rows, policy=POLICY):
    """Return (unit, check) to (status, count, of) for rows of (unit, check, count, of) in one period."""
    frame = pd.DataFrame(
        [("s", "", unit, "2026Q1", check, "", count, of) for unit, check, count, of in rows], columns=COLUMNS
    )
    found = protect_quality(frame, policy)
    return {
        (each["unit"], each["check"]): (
            each["status"],
            *(None if pd.isna(each[name]) else int(each[name]) for name in ("count", "of")),
        )
        for each in found.to_dict("records")
    }


@pytest.mark.parametrize(
    ("count", "status"), [(1, "suppressed"), (4, "suppressed"), (5, "shown"), (95, "shown")]
)
def test_a_small_count_is_hidden(count, status):
    found = protected([("a", "rows", 100, 100), ("a", "range", count, 100)])
    assert found["a", "range"][0] == status


def test_a_count_that_leaves_a_small_rest_is_hidden():
    assert protected([("a", "rows", 100, 100), ("a", "missing", 98, 100)])["a", "missing"] == (
        "suppressed",
        None,
        None,
    )


def test_nothing_of_a_cell_with_few_rows_is_shown():
    found = protected(
        [("a", "rows", 4, 4), ("a", "missing", 4, 4), ("b", "rows", 50, 50), ("c", "rows", 60, 60)]
    )
    assert found["a", "rows"] == found["a", "missing"] == ("suppressed", None, None)


def test_one_hidden_part_takes_another_with_it_so_that_the_total_can_be_shown():
    rows = [(unit, "rows", 100, 100) for unit in "abc"]
    found = protected([*rows, ("a", "range", 3, 100), ("b", "range", 7, 100), ("c", "range", 9, 100)])
    assert found["national", "range"] == ("shown", 19, 300)
    assert [found[unit, "range"][0] for unit in "abc"] == ["suppressed", "suppressed", "shown"]


def test_a_total_whose_parts_are_all_small_is_hidden():
    rows = [(unit, "rows", 100, 100) for unit in "ab"]
    found = protected([*rows, ("a", "range", 2, 100), ("b", "range", 2, 100)])
    assert found["national", "range"] == ("suppressed", None, None)
    assert found["national", "rows"] == ("shown", 200, 200)


def test_rows_set_aside_are_hidden_with_a_fault_that_they_are_the_sum_of():
    found = protected(
        [
            ("a", "rows", 100, 100),
            ("a", "range", 3, 100),
            ("a", "category", 10, 100),
            ("a", "set_aside", 13, 100),
        ]
    )
    assert found["a", "set_aside"][0] == found["national", "set_aside"][0] == "suppressed"


def test_few_rows_of_an_unknown_unit_are_hidden_and_take_nothing_with_them():
    found = protected([("a", "rows", 100, 100), ("unknown", "rows", 2, 2)])
    assert found["unknown", "rows"][0] == "suppressed"
    assert found["a", "rows"] == ("shown", 100, 100)


def test_without_a_threshold_everything_is_shown():
    found = protected([("a", "rows", 3, 3), ("a", "range", 1, 3)], Disclosure(threshold=1))
    assert {status for status, _, _ in found.values()} == {"shown"}


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 30)), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_nobody_works_out_a_small_count(units):
    """Held against the attack of the audit, which shares nothing with what it attacks."""
    rows = []
    for unit, (delivered, faulty) in zip("abcdef", units, strict=False):
        rows.append((unit, "rows", delivered, delivered))
        if 0 < faulty <= delivered:
            rows.append((unit, "range", faulty, delivered))
    found, truth = protected(rows), {(unit, check): count for unit, check, count, _ in rows}
    sums, told, targets = [], [], []
    for check in ("rows", "range"):
        parts = [key for key in truth if key[1] == check]
        if parts:
            sums.append(Sum(("national", check), tuple(parts)))
            truth["national", check] = sum(truth[key] for key in parts)
    for unit in [key[0] for key in truth if key[1] == "range"]:
        sums.append(Sum((unit, "rows"), ((unit, "range"), (unit, "rest"))))
        truth[unit, "rest"] = truth[unit, "rows"] - truth[unit, "range"]
    for key, (status, count, of) in found.items():
        if status == "shown":
            told += [Told(((key, 1.0),), count, count, ""), Told((((key[0], "rows"), 1.0),), of, of, "")]
    for key, count in truth.items():
        if 1 <= count < POLICY.threshold:
            targets.append(Target(key, least=0 if key[1] == "rest" else 1, width=POLICY.least_width))
    assert attack(sums, told, targets) == []


def test_what_is_hidden_is_blank_in_both_columns():
    found = protected([("a", "rows", 3, 3), ("a", "missing", 2, 3), ("b", "rows", 90, 90)])
    assert all(
        value[1:] == (None, None) for value in itertools.chain(found.values()) if value[0] == "suppressed"
    )
