"""What holds for the interval of every share, rate and mean."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from property.random_tables import THOROUGH

from vbs_site.statistics.intervals import mean, proportion, rate

counts = st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.sampled_from([0.8, 0.95, 0.998])


def numbers(*values):
    return tuple(np.array([float(value)]) for value in values)


def limits(estimate):
    return estimate.lower[0], estimate.value[0], estimate.upper[0]


@THOROUGH
@given(counts, levels)
def test_a_share_lies_in_its_interval_and_both_between_0_and_1(pair, level):
    lower, value, upper = limits(proportion(*numbers(*pair), level))
    assert 0 <= lower <= value <= upper <= 1


@THOROUGH
@given(counts, levels)
def test_a_share_and_its_rest_have_mirrored_intervals(pair, level):
    x, n = pair
    lower, _, upper = limits(proportion(*numbers(x, n), level))
    other_lower, _, other_upper = limits(proportion(*numbers(n - x, n), level))
    assert math.isclose(lower, 1 - other_upper, abs_tol=1e-9)
    assert math.isclose(upper, 1 - other_lower, abs_tol=1e-9)


@THOROUGH
@given(counts, st.integers(2, 50))
def test_the_same_share_of_more_people_has_a_narrower_interval(pair, times):
    x, n = pair
    lower, _, upper = limits(proportion(*numbers(x, n)))
    more_lower, _, more_upper = limits(proportion(*numbers(x * times, n * times)))
    assert more_upper - more_lower < upper - lower


@THOROUGH
@given(counts, levels)
def test_one_event_more_moves_both_limits_up(pair, level):
    x, n = pair
    lower, _, upper = limits(proportion(*numbers(x, n + 1), level))
    next_lower, _, next_upper = limits(proportion(*numbers(x + 1, n + 1), level))
    assert next_lower > lower
    assert next_upper >= upper


@THOROUGH
@given(counts)
def test_more_confidence_is_a_wider_interval(pair):
    widths = [
        upper - lower
        for lower, _, upper in (limits(proportion(*numbers(*pair), level)) for level in (0.8, 0.95, 0.998))
    ]
    assert widths == sorted(widths)
    assert widths[0] < widths[2]


@THOROUGH
@given(st.integers(0, 10**6), st.integers(1, 10**8), levels)
def test_a_rate_lies_in_its_interval(events, population, level):
    lower, value, upper = limits(rate(*numbers(events, population), 1000, level))
    assert 0 <= lower <= value < upper


@THOROUGH
@given(st.integers(0, 1000), st.integers(1, 10**6), st.integers(2, 1000))
def test_a_rate_scales_with_what_it_is_given_per(events, population, each):
    one, many = rate(*numbers(events, population)), rate(*numbers(events, population), each)
    assert np.allclose([x * each for x in limits(one)], limits(many), rtol=1e-12, atol=0)


@pytest.mark.parametrize("level", [0.95, 0.998])
def test_one_event_more_moves_both_limits_of_a_rate_up_across_the_change_of_method(level):
    events = np.arange(0, 200, dtype=float)
    estimate = rate(events, np.full(200, 1000.0), 1, level)
    assert (np.diff(estimate.lower) > 0).all()
    assert (np.diff(estimate.upper) > 0).all()


@THOROUGH
@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=50), levels)
def test_a_mean_lies_in_the_middle_of_its_interval(values, level):
    lower, value, upper = limits(mean(*numbers(len(values), sum(values), sum(v * v for v in values)), level))
    assert math.isclose(value, sum(values) / len(values), abs_tol=1e-12)
    if len(values) == 1:
        assert math.isnan(lower)
        assert math.isnan(upper)
    else:
        assert lower <= value <= upper
        assert math.isclose(upper - value, value - lower, abs_tol=1e-6)


@THOROUGH
@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=30), st.integers(-500, 500))
def test_shifting_all_values_shifts_the_interval(values, shift):
    def of(numbers_):
        return limits(mean(*numbers(len(numbers_), sum(numbers_), sum(v * v for v in numbers_))))

    moved = of([value + shift for value in values])
    assert np.allclose(np.array(of(values)) + shift, moved, atol=1e-6)


@pytest.mark.parametrize(
    ("function", "given_numbers"),
    [
        (proportion, (0, 0)),
        (proportion, (-1, 10)),
        (proportion, (11, 10)),
        (rate, (1, 0)),
        (rate, (-1, 10)),
        (mean, (0, 0, 0)),
    ],
)
def test_impossible_counts_are_refused(function, given_numbers):
    with pytest.raises(ValueError, match="needs"):
        function(*numbers(*given_numbers))
