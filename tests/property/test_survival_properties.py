"""What holds for every survival curve, its median and its restricted mean."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from property.random_tables import THOROUGH

from vbs_site.statistics.survival import kaplan_meier, median, read_at, restricted_mean

rows = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 20), st.integers(0, 20)).filter(
        lambda row: row[1] + row[2] > 0
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda row: row[0],
)
"""Life tables: day, people with the event, people who leave without."""
scales = st.sampled_from(["log-log", "log", "plain"])


def table(some):
    day, events, censored = np.array(some, dtype=float).T
    return day, events + censored, events


@THOROUGH
@given(rows, scales, st.sampled_from([0.8, 0.95, 0.998]))
def test_a_curve_falls_from_1_inside_its_limits(some, scale, level):
    curve = kaplan_meier(*table(some), level, scale)
    assert (np.diff(curve.free, prepend=1) <= 0).all()
    assert ((curve.free >= 0) & (curve.free <= 1)).all()
    known = ~np.isnan(curve.lower)
    assert (known == ~np.isnan(curve.upper)).all()
    assert known[(curve.free > 0) & (curve.free < 1)].all()
    assert (curve.lower[known] >= 0).all()
    assert (curve.lower[known] <= curve.free[known]).all()
    assert (curve.free[known] <= curve.upper[known]).all()
    assert (curve.upper[known] <= 1).all()


@THOROUGH
@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(some, random):
    shuffled = list(some)
    random.shuffle(shuffled)
    one, other = kaplan_meier(*table(some)), kaplan_meier(*table(shuffled))
    for name in ("day", "at_risk", "events", "free", "error", "lower", "upper"):
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)


@THOROUGH
@given(rows)
def test_times_that_differ_by_rounding_are_one(some):
    """Half of the people of each day leave a hair later, as days that were reckoned in another way may lie."""
    day, leaving, events = table(some)
    twice = kaplan_meier(
        np.concatenate([day, day * (1 + 1e-15) + 1e-12]), np.tile(leaving, 2), np.tile(events, 2)
    )
    once = kaplan_meier(day, leaving * 2, events * 2)
    for name in ("at_risk", "events", "free", "lower", "upper"):
        assert np.array_equal(getattr(once, name), getattr(twice, name), equal_nan=True)
    last = float(day.max()) * (1 + 1e-15) + 1e-12
    assert restricted_mean(twice, last) == pytest.approx(restricted_mean(once, float(day.max())), abs=1e-8)
    assert read_at(twice, last)[0] == once.free[-1]


@THOROUGH
@given(rows)
def test_where_all_are_followed_to_the_event_the_mean_and_the_share_are_those_of_plain_counting(some):
    day, leaving, _ = table(some)
    curve = kaplan_meier(day, leaving, leaving)
    times = np.repeat(day, leaving.astype(int))
    until = float(day.max()) + 1
    area, error = restricted_mean(curve, until)
    assert math.isclose(area, times.mean(), rel_tol=1e-9, abs_tol=1e-9)
    assert math.isclose(error, times.std() / math.sqrt(len(times)), rel_tol=1e-6, abs_tol=1e-6)
    assert math.isclose(median(curve)[0], np.median(times), rel_tol=1e-9)
    assert math.isclose(read_at(curve, 100)[0], (times > 100).mean(), abs_tol=1e-9)


@THOROUGH
@given(rows, st.integers(0, 450), st.integers(0, 450))
def test_a_restricted_mean_grows_with_its_last_day_and_never_passes_it(some, one, other):
    curve = kaplan_meier(*table(some))
    first, last = sorted((one, other))
    found, later = restricted_mean(curve, first), restricted_mean(curve, last)
    reached = curve.day[-1] >= last or curve.free[-1] == 0
    assert (later is not None) == reached
    if later is not None:
        assert 0 <= found[0] <= first + 1e-9
        assert found[0] <= later[0] + 1e-9
        assert found[1] >= 0


@THOROUGH
@given(rows)
def test_a_median_lies_between_its_limits(some):
    value, lower, upper = median(kaplan_meier(*table(some)))
    if not math.isnan(lower):
        assert math.isnan(value) or lower <= value
    if not math.isnan(upper):
        assert value <= upper


@pytest.mark.parametrize("people", [2, 6, 24, 38, 74, 100])
def test_a_half_that_rounding_has_missed_is_a_half(people):
    """Of 24 people 23/24 x 22/23 x ... x 12/13 are left after the twelfth day: a hair above one half in floats."""
    day, each = np.arange(1.0, people + 1), np.ones(people)
    assert median(kaplan_meier(day, each, each))[0] == (people + 1) / 2


def test_an_impossible_life_table_is_refused():
    for leaving, events in (([0.0], [0.0]), ([1.0], [2.0]), ([1.0], [-1.0])):
        with pytest.raises(ValueError, match="life table"):
            kaplan_meier(np.array([5.0]), np.array(leaving), np.array(events))
    with pytest.raises(ValueError, match="not below 0"):
        restricted_mean(kaplan_meier(np.array([5.0]), np.array([1.0]), np.array([1.0])), -1)
