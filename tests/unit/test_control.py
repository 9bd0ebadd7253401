"""Control charts: which patterns are special causes, what is said of them, and where nothing is."""

import math

import numpy as np
import pytest

from vbs_site.statistics.control import FEWEST, assurance, control_chart
from vbs_site.statistics.control_limits import Limits, by_phase, moving_range, xmr
from vbs_site.statistics.control_rules import anhoej, making_data_count

ALTERNATING = [1.0, 2.0] * 10
STEADY = [0.5, -0.5] * 4


def chart_of(
    value, rules="making-data-count", direction="higher", phase=None, baseline=None, chart="xmr", n=None
):
    value = np.array(value, dtype=float)
    n = np.full(value.shape, np.nan) if n is None else np.array(n, dtype=float)
    phase = np.zeros(value.shape, dtype=int) if phase is None else phase
    baseline = np.ones(value.shape, dtype=bool) if baseline is None else baseline
    return control_chart(chart, rules, value, value * n, n, phase, baseline, direction)


def lines(points, centre=0.0, near=2.0, far=3.0):
    return Limits(*(np.full(points, line) for line in (centre, -far, far, -near, near)))


def fired(*value):
    """Return the rules that fire on a stable process with standard deviation 1 around 0."""
    rules = making_data_count(
        np.array(value, dtype=float), lines(len(value)), np.zeros(len(value), dtype=int)
    )
    return rules.names(), rules.side().tolist()


def test_limits_lie_2_66_mean_moving_ranges_from_the_mean():
    chart = chart_of(ALTERNATING)
    assert chart.centre.tolist() == [1.5] * 20
    assert np.allclose(chart.lower, 1.5 - 2.66)
    assert np.allclose(chart.upper, 1.5 + 2.66)
    assert chart.variation == ["common"] * 20


def test_a_point_on_a_limit_is_not_outside_and_one_beyond_is():
    names, sides = fired(3, 0, -3, 0, 3.01, 0, -3.01)
    assert names == [(), (), (), (), ("outside",), (), ("outside",)]
    assert sides == [0, 0, 0, 0, 1, 0, -1]


def test_seven_points_on_one_side_are_a_shift_and_six_are_not():
    high = [0.5, 0.4, 0.5, 0.4, 0.5, 0.4, 0.5]
    assert fired(*high)[0] == [("shift",)] * 7
    assert fired(*high[:6])[0] == [()] * 6
    assert fired(*high[:4], 0, *high[4:])[0] == [()] * 8
    assert fired(*high[:4], math.nan, *high[4:])[0] == [()] * 8
    assert fired(*(-point for point in high))[1] == [-1] * 7


def test_seven_rising_points_are_a_trend_and_a_tie_ends_it():
    rising = [-0.6, -0.4, -0.2, 0.1, 0.2, 0.4, 0.6]
    assert fired(*rising) == ([("trend",)] * 7, [1] * 7)
    assert fired(*rising[::-1]) == ([("trend",)] * 7, [-1] * 7)
    assert fired(*rising[:6])[0] == [()] * 6
    assert fired(*rising[:3], -0.2, *rising[3:])[0] == [()] * 8
    assert fired(*rising[:3], math.nan, *rising[3:])[0] == [()] * 8


def test_the_point_where_a_rise_turns_is_shown_with_the_fall():
    rising = [-0.6, -0.4, -0.2, 0.1, 0.2, 0.4, 0.6]
    assert fired(*rising, *rising[-2::-1])[1] == [1] * 6 + [-1] * 7


def test_two_of_three_points_in_an_outer_third_fire_when_all_three_lie_on_that_side():
    assert fired(-0.5, 2.5, 0.5, 2.5, -0.5)[0] == [(), ("two_of_three",), (), ("two_of_three",), ()]
    assert fired(-0.5, 2.5, -0.5, 2.5, -0.5)[0] == [()] * 5
    assert fired(2.5, 2.5)[0] == [()] * 2
    assert fired(2.5, math.nan, 2.5)[0] == [()] * 3
    assert fired(3.5, 0.5, 2.5)[0] == [("outside",), (), ()]


def test_the_rule_that_says_most_comes_first_and_decides():
    names, sides = fired(-0.6, -0.5, -0.4, -0.3, -0.2, -0.1, 3.5)
    assert names[-1] == ("outside", "trend")
    assert names[0] == ("trend",)
    assert sides == [1] * 7


@pytest.mark.parametrize(
    ("direction", "high", "low"),
    [("higher", "improvement", "concern"), ("lower", "concern", "improvement"), ("neutral", "high", "low")],
)
def test_what_a_special_cause_means_depends_on_what_is_better(direction, high, low):
    chart = chart_of([*ALTERNATING, 9, *ALTERNATING, -9], direction=direction)
    assert chart.signals[20] == chart.signals[-1] == ("outside",)
    assert chart.variation[20] == high
    assert chart.variation[-1] == low
    assert set(chart.variation[:20]) == {"common"}


@pytest.mark.parametrize("rules", ["making-data-count", "anhoej"])
def test_below_twelve_values_there_are_limits_and_nothing_is_said(rules):
    value = [1.0] * 9 + [2.0] * (FEWEST - 9)
    few, enough = chart_of([*value[1:], math.nan], rules), chart_of(value, rules)
    assert np.isfinite(few.upper).all()
    assert set(few.signals) == {()}
    assert set(few.variation) == {None}
    assert () not in enough.signals[:9]
    assert None not in enough.variation


def test_a_baseline_of_fewer_than_twelve_values_is_no_ground_for_a_rule():
    value = [*ALTERNATING[:FEWEST], *[5.0] * 8]
    places = np.arange(20)
    assert chart_of(value, baseline=places < FEWEST).signals[FEWEST:] == [("outside", "shift")] * 8
    assert set(chart_of(value, baseline=places < FEWEST - 1).signals) == {()}


def test_limits_of_a_baseline_do_not_follow_what_comes_after():
    value = np.array([*ALTERNATING, *[5.0] * 8])
    chart = chart_of(value, baseline=np.arange(28) < 20)
    assert set(chart.centre) == {1.5}
    assert chart.variation == ["common"] * 19 + ["improvement"] * 9


def test_a_phase_without_baseline_is_reckoned_from_all_its_points():
    value, phase = [*ALTERNATING, *(5 + v for v in ALTERNATING)], np.repeat([1, 2], 20)
    chart = chart_of(value, phase=phase, baseline=np.arange(40) < 12)
    assert chart.centre.tolist() == [1.5] * 20 + [6.5] * 20
    assert set(chart.variation) == {"common"}


def test_a_missing_value_is_not_judged_and_no_moving_range_is_taken_across_it():
    value = [math.nan, *[1.0, 1.5] * 6, math.nan, *[3.0, 3.5] * 6, math.nan]
    chart = chart_of(value)
    assert np.allclose(chart.upper - chart.centre, 2.66 * 0.5)
    for place in (0, 13, 26):
        assert chart.signals[place] == ()
        assert chart.variation[place] is None


@pytest.mark.parametrize("rules", ["making-data-count", "anhoej"])
@pytest.mark.parametrize("value", [[], [1.0], [math.nan], [math.nan] * 15])
def test_next_to_nothing_has_no_limits_and_nothing_is_said(rules, value):
    chart = chart_of(value, rules)
    assert np.isnan(chart.lower).all() and np.isnan(chart.upper).all()
    assert chart.signals == [()] * len(value)
    assert chart.variation == [None] * len(value)


@pytest.mark.parametrize("chart", ["p", "p_prime"])
def test_limits_of_shares_are_drawn_between_0_and_1(chart):
    drawn = chart_of([0.9, 1.0] * 8, chart=chart, n=[10] * 16)
    assert drawn.upper.tolist() == [1] * 16
    assert (drawn.lower > 0).all()
    assert set(drawn.variation) == {"common"}


@pytest.mark.parametrize("chart", ["u", "u_prime"])
def test_limits_of_rates_are_drawn_above_0_and_as_high_as_they_come(chart):
    drawn = chart_of([0.0, 2.0] * 8, chart=chart, n=[1] * 16)
    assert drawn.lower.tolist() == [0] * 16
    assert (drawn.upper > 2).all()


def test_rules_look_at_limits_that_are_not_cut():
    shares = [*[0.9] * 14, 1.0, 1.0, 1.0]
    chart = chart_of(shares, chart="p", n=[10] * 17, baseline=np.arange(17) < 14)
    assert chart.upper.tolist() == [1] * 17
    assert set(chart.signals) == {
        ()
    }  # 1.0 lies beyond two thirds of the way to the cut limit, not to the true one


@pytest.mark.parametrize(
    ("chart", "said"), [("p", "common"), ("u", "common"), ("p_prime", None), ("u_prime", None)]
)
def test_where_nothing_ever_happens_chance_has_a_limit_and_its_excess_has_none(chart, said):
    drawn = chart_of([0.0] * 15, chart=chart, n=[10] * 15)
    assert np.isnan(drawn.upper).all() == (said is None)
    assert set(drawn.variation) == {said}
    assert set(drawn.signals) == {()}


@pytest.mark.parametrize("rules", ["making-data-count", "anhoej"])
def test_values_that_never_follow_each_other_have_no_limits_and_nothing_is_said(rules):
    chart = chart_of([1.0, math.nan] * 10 + [2.0, math.nan] * 10, rules)
    assert np.isnan(chart.upper).all()
    assert set(chart.signals) == {()}
    assert set(chart.variation) == {None}


def test_a_share_of_nobody_has_no_limits():
    n = np.array([10.0] * 12 + [0.0])
    x = np.append(np.tile([3.0, 4.0], 6), 0)
    value = np.append(x[:12] / 10, np.nan)
    chart = control_chart("p", "making-data-count", value, x, n, np.zeros(13), np.ones(13), "higher")
    assert np.isnan(chart.lower[-1]) and np.isnan(chart.upper[-1])
    assert chart.centre[-1] == pytest.approx(0.35)
    assert chart.variation[-1] is None


@pytest.mark.parametrize(
    ("value", "numerator", "denominator", "message"),
    [
        ([0.5, 0.5], [5, 6], [10, 10], "numerator over denominator"),
        ([1.5, 0.5], [15, 5], [10, 10], "numerator <= denominator"),
        ([-0.5, 0.5], [-5, 5], [10, 10], "not negative"),
        ([0.5], [5, 5], [10, 10], "one entry per point"),
    ],
)
def test_impossible_columns_are_refused(value, numerator, denominator, message):
    with pytest.raises(ValueError, match=message):
        control_chart("p", "anhoej", value, numerator, denominator, [0, 0], [True, True], "higher")


def test_screening_leaves_out_the_moving_ranges_of_an_outlier():
    value, every = np.array([*ALTERNATING, 30, *ALTERNATING], dtype=float), np.ones(41, dtype=bool)
    plain, screened = xmr(value, every), xmr(value, every, screened=True)
    assert np.allclose(screened.upper - screened.centre, 2.66)
    assert (plain.upper - plain.centre > screened.upper - screened.centre).all()


def test_a_point_outside_the_baseline_is_passed_over_by_moving_ranges():
    value, base = np.array([1.0, 2, 99, 1, 2, 1]), np.array([True, True, False, True, True, True])
    limits = xmr(value, base)
    assert np.allclose(limits.upper - limits.centre, 2.66)


def test_moving_ranges_begin_anew_in_each_phase():
    value, every = np.array([1.0, 2, 1, 11, 12, 11]), np.ones(6, dtype=bool)
    limits = by_phase(lambda y, base: moving_range(y, base)[1], np.repeat([0, 1], 3), every, value)
    assert limits.centre.tolist() == [1.0] * 6


def test_points_on_the_centre_line_are_passed_over_by_runs():
    runs = anhoej(np.array([1.0, 0, 1, -1, np.nan, -1, -1, 0]), np.zeros(8))
    assert (runs.useful, runs.longest, runs.crossings) == (5, 3, 1)
    assert runs.length.tolist() == [2, 0, 2, 3, 0, 3, 3, 0]


def test_runs_are_told_of_the_whole_phase_and_judged_where_a_run_is_too_long():
    low = [0.0, 1.2, 0.0, 1.2, 0.0, 1.2, 0.0, 1.2, 0.0]
    value = [1.0, 4.0, *low, 4.0, 4.0]
    chart = chart_of(value, "anhoej")
    runs = anhoej(np.array(value), chart.centre)
    assert runs.longest == len(low) > runs.allowed
    assert chart.signals == [("runs",)] * len(value)
    assert chart.variation == ["low", "high", *["concern"] * len(low), "high", "high"]


def test_a_point_on_the_centre_line_is_told_as_the_one_before_it():
    value = [1, 5, *[-1, -2] * 5, 0, 5, 4]
    chart = chart_of(value, "anhoej")
    assert set(chart.centre) == {0}
    assert chart.variation == ["high", "high", *["concern"] * 10, "low", "high", "high"]


def test_anhoej_tells_a_point_outside_without_runs():
    chart = chart_of([*ALTERNATING, 9, *ALTERNATING], "anhoej", "lower")
    assert chart.signals[20][0] == "outside"
    assert chart.variation[20] == "concern"


@pytest.mark.parametrize(
    ("target", "op", "lower", "upper", "told"),
    [
        (0.5, ">=", 0.6, 0.8, "pass"),
        (0.5, ">", 0.6, 0.8, "pass"),
        (0.9, ">=", 0.6, 0.8, "fail"),
        (0.7, ">=", 0.6, 0.8, "inconsistent"),
        (0.9, "<=", 0.6, 0.8, "pass"),
        (0.9, "<", 0.6, 0.8, "pass"),
        (0.5, "<", 0.6, 0.8, "fail"),
        (0.6, ">=", 0.6, 0.8, "inconsistent"),
        (0.8, "<=", 0.6, 0.8, "inconsistent"),
        (0.5, ">=", math.nan, math.nan, "unknown"),
    ],
)
def test_a_target_is_met_by_what_lies_wholly_on_its_right_side(target, op, lower, upper, told):
    assert assurance(target, op, lower, upper) == told
