"""What holds for the control chart of every series."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from property.random_tables import THOROUGH

from vbs_site.statistics import control_limits as charts
from vbs_site.statistics.control import FEWEST, assurance, control_chart
from vbs_site.statistics.control_rules import making_data_count

RULES = st.sampled_from(["making-data-count", "anhoej"])
COUNTED = st.sampled_from(["p", "p_prime", "u", "u_prime"])
FIGURES = st.one_of(st.integers(-20, 20).map(float), st.just(np.nan))
SERIES = st.lists(FIGURES, max_size=40)
COUNTS = st.lists(
    st.integers(0, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=40
)
OPPOSITE = {"improvement": "concern", "concern": "improvement", "high": "low", "low": "high"}


def judged(value, rules, direction="higher", phase=None):
    value = np.array(value, dtype=float)
    phase = np.zeros(len(value), dtype=int) if phase is None else phase
    none, every = np.full(len(value), np.nan), np.ones(len(value), dtype=bool)
    return control_chart("xmr", rules, value, none, none, phase, every, direction)


def counted(chart, pairs, rules):
    x, n = np.array(pairs, dtype=float).T
    every = np.ones(len(x), dtype=bool)
    return control_chart(chart, rules, charts.shares(x, n), x, n, 0 * n, every, "higher")


@THOROUGH
@given(SERIES, st.integers(-100, 100), RULES)
def test_shifting_a_series_shifts_its_limits_and_no_signal(series, shift, rules):
    before, after = judged(series, rules), judged([value + shift for value in series], rules)
    for line in ("centre", "lower", "upper"):
        assert np.allclose(getattr(before, line) + shift, getattr(after, line), atol=1e-9, equal_nan=True)
    assert after.signals == before.signals
    assert after.variation == before.variation


@THOROUGH
@given(SERIES, st.sampled_from([0.001, 0.1, 1 / 3, 0.7, 10, 12345.6789]), RULES)
def test_another_unit_changes_no_signal(series, unit, rules):
    before, after = judged(series, rules), judged([value * unit for value in series], rules)
    assert np.allclose(before.upper * unit, after.upper, rtol=1e-12, atol=1e-9 * unit, equal_nan=True)
    assert after.signals == before.signals
    assert after.variation == before.variation


@THOROUGH
@given(SERIES, RULES)
def test_what_is_an_improvement_is_a_concern_the_other_way_round(series, rules):
    higher, lower = judged(series, rules, "higher"), judged(series, rules, "lower")
    assert higher.signals == lower.signals
    for one, other in zip(higher.variation, lower.variation, strict=True):
        assert other == (OPPOSITE[one] if one in {"improvement", "concern"} else one)


@THOROUGH
@given(SERIES, RULES)
def test_a_series_turned_upside_down_has_the_same_signals_on_the_other_side(series, rules):
    up, down = judged(series, rules), judged([-value for value in series], rules)
    assert up.signals == down.signals
    assert [OPPOSITE.get(what, what) for what in up.variation] == down.variation


@THOROUGH
@given(st.floats(-1e6, 1e6), st.integers(1, 50), RULES)
def test_a_series_without_variation_has_no_signal(value, points, rules):
    chart = judged([value] * points, rules)
    assert set(chart.signals) == {()}
    assert set(chart.variation) == {"common" if points >= FEWEST else None}


@THOROUGH
@given(
    COUNTED,
    st.integers(1, 29),
    st.integers(30, 90),
    st.lists(st.integers(1, 9), min_size=FEWEST, max_size=40),
    RULES,
)
def test_the_same_share_of_groups_of_any_size_has_no_signal(chart, x, n, sizes, rules):
    drawn = counted(chart, [(x * size, n * size) for size in sizes], rules)
    assert set(drawn.signals) == {()}
    assert set(drawn.variation) == {"common"}


@THOROUGH
@given(SERIES)
def test_limits_of_single_values_never_cross(series):
    chart = judged(series, "anhoej")
    known = np.isfinite(chart.lower)
    assert (chart.lower[known] <= chart.centre[known]).all()
    assert (chart.centre[known] <= chart.upper[known]).all()


@THOROUGH
@given(COUNTED, COUNTS, RULES)
def test_limits_of_counts_never_cross_and_stay_where_figures_can_be(chart, pairs, rules):
    drawn = counted(chart, pairs, rules)
    known = np.isfinite(drawn.lower)
    assert (drawn.lower[known] >= 0).all()
    assert (drawn.lower[known] <= drawn.centre[known]).all()
    assert (drawn.centre[known] <= drawn.upper[known]).all()
    if chart.startswith("p"):
        assert (drawn.upper[known] <= 1).all()


@THOROUGH
@given(COUNTS)
def test_warning_limits_lie_between_centre_and_limits(pairs):
    x, n = np.array(pairs, dtype=float).T
    lines = charts.p_prime(x, n, np.ones(len(x), dtype=bool))
    known = np.isfinite(lines.lower)
    for inner, outer in ((lines.warning_lower, lines.lower), (lines.warning_upper, lines.upper)):
        assert (np.abs(inner - lines.centre)[known] <= np.abs(outer - lines.centre)[known]).all()


@THOROUGH
@given(SERIES, SERIES, SERIES, RULES)
def test_a_phase_is_judged_as_if_the_others_were_not_there(first, second, other, rules):
    def of(before, after):
        return judged([*before, *after], rules, phase=np.repeat([0, 1], [len(before), len(after)]))

    n, m = len(first), len(other)
    chart, changed = of(first, second), of(other, second)
    alone = judged(second, rules)
    for line in ("centre", "lower", "upper"):
        own = getattr(alone, line)
        assert np.array_equal(getattr(chart, line)[n:], own, equal_nan=True)
        assert np.array_equal(getattr(changed, line)[m:], own, equal_nan=True)
    assert chart.signals[n:] == changed.signals[m:] == alone.signals
    assert chart.variation[n:] == changed.variation[m:] == alone.variation


@THOROUGH
@given(SERIES, RULES)
def test_every_signal_has_a_meaning_and_every_meaning_a_signal(series, rules):
    chart = judged(series, rules)
    for value, signals, variation in zip(series, chart.signals, chart.variation, strict=True):
        assert bool(signals) == (variation not in {"common", None})
        assert variation is None or np.isfinite(value)


@THOROUGH
@given(SERIES)
def test_rules_do_not_change_when_time_runs_backwards_except_the_way_of_trends(series):
    value, phase = np.array(series, dtype=float), np.zeros(len(series), dtype=int)
    limits = charts.xmr(value, np.ones(len(value), dtype=bool))
    forward, back = making_data_count(value, limits, phase), making_data_count(value[::-1], limits, phase)
    assert forward.names() == back.names()[::-1]
    assert np.array_equal(forward.shift, back.shift[::-1])


@THOROUGH
@given(st.floats(-10, 10), st.floats(-10, 10), st.floats(0, 10), st.sampled_from(["<", "<=", ">", ">="]))
def test_a_target_is_never_met_and_failed_at_once(target, lower, width, op):
    told = assurance(target, op, lower, lower + width)
    mirrored = assurance(-target, op.translate(str.maketrans("<>", "><")), -lower - width, -lower)
    assert told == mirrored
    assert (told == "inconsistent") == (lower <= target <= lower + width)
