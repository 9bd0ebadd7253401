"""What holds for the interval of every share, rate and mean, and of every difference and ratio of two."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from property.random_tables import THOROUGH

from vbs_site.statistics.changes import effect_size, improved, standardised_response_mean
from vbs_site.statistics.differences import (
    difference_of_means,
    difference_of_proportions,
    ratio_of_proportions,
    ratio_of_rates,
    score_difference_of_proportions,
)
from vbs_site.statistics.intervals import (
    byar_limits,
    directly_standardised,
    exact_limits,
    mean,
    proportion,
    rate,
    wilson,
)

BOTH = pytest.mark.parametrize("share", [proportion, wilson])
counts = st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.sampled_from([0.8, 0.95, 0.99, 0.998])


def numbers(*values):
    return tuple(np.array([float(value)]) for value in values)


def limits(estimate):
    return estimate.lower[0], estimate.value[0], estimate.upper[0]


@BOTH
@THOROUGH
@given(counts, levels)
def test_a_share_lies_in_its_interval_and_both_between_0_and_1(share, pair, level):
    lower, value, upper = limits(share(*numbers(*pair), level))
    assert 0 <= lower <= value <= upper <= 1


@BOTH
@THOROUGH
@given(counts, levels)
def test_a_share_and_its_rest_have_mirrored_intervals(share, pair, level):
    x, n = pair
    lower, _, upper = limits(share(*numbers(x, n), level))
    other_lower, _, other_upper = limits(share(*numbers(n - x, n), level))
    assert math.isclose(lower, 1 - other_upper, abs_tol=1e-9)
    assert math.isclose(upper, 1 - other_lower, abs_tol=1e-9)


@BOTH
@THOROUGH
@given(counts, st.integers(2, 50))
def test_the_same_share_of_more_people_has_a_narrower_interval(share, pair, times):
    x, n = pair
    lower, _, upper = limits(share(*numbers(x, n)))
    more_lower, _, more_upper = limits(share(*numbers(x * times, n * times)))
    assert more_upper - more_lower < upper - lower


@BOTH
@THOROUGH
@given(counts, levels)
def test_one_event_more_moves_both_limits_up(share, pair, level):
    x, n = pair
    lower, _, upper = limits(share(*numbers(x, n + 1), level))
    next_lower, _, next_upper = limits(share(*numbers(x + 1, n + 1), level))
    assert next_lower > lower
    assert next_upper >= upper


@BOTH
@THOROUGH
@given(counts)
def test_more_confidence_is_a_wider_interval(share, pair):
    widths = [
        upper - lower
        for lower, _, upper in (limits(share(*numbers(*pair), level)) for level in (0.8, 0.95, 0.998))
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
        (wilson, (0, 0)),
        (wilson, (-1, 10)),
        (wilson, (11, 10)),
        (difference_of_proportions, (1, 10, 0, 0)),
        (difference_of_proportions, (1, 10, 11, 10)),
        (score_difference_of_proportions, (1, 10, 0, 0)),
        (score_difference_of_proportions, (1, 10, 11, 10)),
        (ratio_of_proportions, (-1, 10, 1, 10)),
        (ratio_of_proportions, (1, 10, 1, 0)),
        (ratio_of_rates, (1, 0, 1, 10)),
        (ratio_of_rates, (1, 10, -1, 10)),
        (difference_of_means, (1, 1, 0, 1, 1, 5)),
        (difference_of_means, (1, -1, 5, 1, 1, 5)),
        (standardised_response_mean, (0, 0, 0)),
        (effect_size, (0, 0, 0, 0)),
        (rate, (1, 0)),
        (rate, (-1, 10)),
        (mean, (0, 0, 0)),
    ],
)
def test_impossible_counts_are_refused(function, given_numbers):
    with pytest.raises(ValueError, match="needs"):
        function(*numbers(*given_numbers))


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.95])
def test_a_confidence_that_is_no_probability_is_refused(confidence):
    for function, given_numbers in (
        (proportion, (1, 2)),
        (wilson, (1, 2)),
        (rate, (1, 2)),
        (mean, (2, 2, 2)),
    ):
        with pytest.raises(ValueError, match="confidence between 0 and 1"):
            function(*numbers(*given_numbers), confidence=confidence)


@pytest.mark.parametrize("weights", [[0.0, 0.0], [-1.0, 2.0]])
def test_a_standard_population_without_people_is_refused(weights):
    with pytest.raises(ValueError, match="standard population"):
        directly_standardised(np.ones((1, 2)), np.ones((1, 2)), np.array(weights))


@BOTH
@pytest.mark.parametrize("level", [0.8, 0.9, 0.95, 0.99, 0.998])
def test_nobody_and_everybody_are_limits_themselves(share, level):
    n = np.arange(1.0, 200)
    assert (share(0 * n, n, level).lower == 0).all()
    assert (share(n, n, level).upper == 1).all()


@BOTH
@THOROUGH
@given(st.lists(counts, min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(share, pairs, random):
    order = list(range(len(pairs)))
    random.shuffle(order)
    x, n = np.array(pairs, dtype=float).T
    for function in (share, rate):
        estimate, shuffled = function(x, n), function(x[order], n[order])
        for name in ("value", "lower", "upper"):
            assert (getattr(shuffled, name) == getattr(estimate, name)[order]).all()


@THOROUGH
@given(st.integers(1, 1000), levels)
def test_byars_limits_come_near_the_exact_ones(events, level):
    for byar, exact in zip(*(f(*numbers(events), level) for f in (byar_limits, exact_limits)), strict=True):
        assert math.isnan(byar[0]) or abs(byar[0] - exact[0]) < 0.25
    lower, upper = exact_limits(*numbers(events), level)
    assert lower[0] < events < upper[0]


@THOROUGH
@given(st.integers(0, 30_000).map(lambda thousandths: thousandths / 1000), levels)
def test_a_part_of_an_event_lies_between_the_limits_of_whole_ones(events, level):
    below, between, above = (
        exact_limits(*numbers(x), level) for x in (math.floor(events), events, math.floor(events) + 1)
    )
    for side in (0, 1):
        assert below[side][0] <= between[side][0] < above[side][0]


@pytest.mark.parametrize("difference", [difference_of_proportions, score_difference_of_proportions])
@THOROUGH
@given(counts, counts, levels)
def test_a_difference_of_shares_lies_in_its_interval_and_turns_round_with_the_units(
    difference, one, other, level
):
    lower, value, upper = limits(difference(*numbers(*one, *other), level))
    assert -1 <= lower <= value <= upper <= 1
    back = limits(difference(*numbers(*other, *one), level))
    assert np.allclose(back, (-upper, -value, -lower), rtol=0, atol=1e-8)


@pytest.mark.parametrize("difference", [difference_of_proportions, score_difference_of_proportions])
@THOROUGH
@given(counts, counts, st.integers(2, 50))
def test_the_same_difference_between_more_people_has_a_narrower_interval(difference, one, other, times_more):
    lower, _, upper = limits(difference(*numbers(*one, *other)))
    more = [part * times_more for part in (*one, *other)]
    more_lower, _, more_upper = limits(difference(*numbers(*more)))
    assert more_upper - more_lower < upper - lower


@THOROUGH
@given(counts, counts, levels)
def test_a_ratio_of_shares_turns_into_its_inverse_with_the_units(one, other, level):
    lower, value, upper = limits(ratio_of_proportions(*numbers(*one, *other), level))
    if 0 in (one[0], other[0]):
        assert math.isnan(lower)
        assert math.isnan(upper)
        return
    assert lower <= value * (1 + 1e-12)
    assert value <= upper * (1 + 1e-12)
    back = limits(ratio_of_proportions(*numbers(*other, *one), level))
    assert np.allclose(back, [1 / upper, 1 / value, 1 / lower], rtol=1e-9)


times = st.tuples(st.integers(0, 5000), st.integers(1, 10**6))


@THOROUGH
@given(times, times, levels)
def test_a_ratio_of_rates_turns_into_its_inverse_with_the_units(one, other, level):
    found = limits(ratio_of_rates(*numbers(*one, *other), level))
    if one[0] == other[0] == 0:
        assert np.isnan(found).all()
        return
    lower, value, upper = found
    assert 0 <= lower <= value <= upper
    assert math.isinf(upper) == (other[0] == 0)
    back = limits(ratio_of_rates(*numbers(*other, *one), level))
    with np.errstate(divide="ignore"):
        assert np.allclose(back, 1 / np.array([upper, value, lower]), rtol=1e-6)


groups = st.tuples(st.integers(-1000, 1000), st.integers(0, 500), st.integers(2, 1000))


@THOROUGH
@given(groups, groups, levels)
def test_a_difference_of_means_lies_in_the_middle_and_turns_round_with_the_units(one, other, level):
    lower, value, upper = limits(difference_of_means(*numbers(*one, *other), level))
    assert lower <= value <= upper
    assert math.isclose(upper - value, value - lower, rel_tol=1e-9, abs_tol=1e-9)
    assert limits(difference_of_means(*numbers(*other, *one), level)) == (-upper, -value, -lower)


def test_a_single_observation_has_a_difference_without_limits():
    lower, value, upper = limits(difference_of_means(*numbers(5, math.nan, 1, 3, 2, 10)))
    assert value == 2
    assert math.isnan(lower)
    assert math.isnan(upper)


scores = st.lists(st.integers(-500, 500), min_size=2, max_size=40)


@THOROUGH
@given(scores, st.integers(1, 1000))
def test_a_response_mean_is_the_same_in_any_unit(changes, times_as_large):
    def of(values):
        return standardised_response_mean(*numbers(len(values), sum(values), sum(v * v for v in values)))[0]

    if len(set(changes)) == 1:
        assert math.isnan(of(changes))
    else:
        expected = np.mean(changes) / np.std(changes, ddof=1)
        assert math.isclose(of(changes), expected, rel_tol=1e-9, abs_tol=1e-12)
        assert math.isclose(of([x * times_as_large for x in changes]), expected, rel_tol=1e-9, abs_tol=1e-12)


@pytest.mark.parametrize("tenths", range(1, 30))
def test_equal_changes_have_no_response_mean_whatever_rounding_leaves_of_their_spread(tenths):
    change, pairs = tenths / 10, np.arange(2.0, 60)
    assert np.isnan(standardised_response_mean(pairs, pairs * change, pairs * change**2)).all()
    assert np.isnan(effect_size(pairs, pairs, pairs * change, pairs * change**2)).all()


@THOROUGH
@given(st.lists(st.integers(-500, 500), min_size=1, max_size=40), st.integers(1, 100))
def test_tenths_are_counted_as_whole_numbers_are(changes, threshold):
    for direction, sign in (("higher", 1), ("lower", -1)):
        whole = [sign * x >= threshold for x in changes]
        # Tenths as a subtraction leaves them: not always the float nearest to the decimal.
        tenths = np.array([(x + 1) / 10 - 0.1 for x in changes])
        assert improved(tenths, threshold / 10, direction).tolist() == whole


def test_a_threshold_of_no_change_is_refused():
    with pytest.raises(ValueError, match="above 0"):
        improved(np.zeros(1), 0, "higher")
