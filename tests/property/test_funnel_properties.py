"""What holds for every funnel: limits that never cross, that narrow with n, and that chance passes as seldom as they say."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from property.random_tables import THOROUGH
from scipy import stats

from vbs_site.statistics.funnel import (
    binomial_limits,
    funnel_of_counts,
    funnel_of_means,
    funnel_of_proportions,
    interpolated,
    poisson_limits,
    position,
)
from vbs_site.statistics.intervals import tail_of
from vbs_site.statistics.overdispersion import PLAIN, spread, winsorised

HAIR = 1e-9
"""Rounding of the distribution functions."""
LIMITS = ("lower_998", "lower_95", "upper_95", "upper_998")
levels = st.sampled_from([0.95, 0.998])
ways = st.sampled_from(["none", "multiplicative", "additive"])
shares = st.integers(0, 10_000).map(lambda part: part / 10_000)
ratios = st.integers(1, 5_000).map(lambda part: part / 1_000)
trims = st.sampled_from([0, 0.05, 0.1, 0.25, 0.4])
some_shares = st.lists(
    st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=30
)
some_counts = st.lists(st.tuples(st.integers(0, 1_000), st.integers(1, 10**6)), min_size=1, max_size=30).map(
    lambda pairs: [(x, e / 1_000) for x, e in pairs]
)
some_means = st.lists(
    st.tuples(st.integers(-1_000, 1_000), st.integers(1, 10**5)), min_size=1, max_size=30
).map(lambda pairs: [(value, error / 1_000) for value, error in pairs])
funnels = st.one_of(
    st.tuples(st.just(funnel_of_proportions), some_shares, shares),
    st.tuples(st.just(funnel_of_counts), some_counts, ratios),
    st.tuples(st.just(funnel_of_means), some_means, st.integers(-1_000, 1_000)),
)


def columns(pairs):
    return tuple(np.array(column, dtype=float) for column in zip(*pairs, strict=True))


@THOROUGH
@given(funnels, ways, trims)
def test_limits_never_cross_and_the_outer_ones_enclose_the_inner(funnel, way, trim):
    build, units, centre = funnel
    limits = build(*columns(units), centre, way, trim)
    outer_low, low, high, outer_high = (getattr(limits, name) for name in LIMITS)
    assert (outer_low <= low).all()
    assert (low <= centre).all()
    assert (centre <= high).all()
    assert (high <= outer_high).all()
    if build is funnel_of_proportions:
        assert (outer_low >= 0).all() and (outer_high <= 1).all()
    if build is funnel_of_counts:
        assert (outer_low >= 0).all()


@THOROUGH
@given(funnels, ways, trims, st.randoms(use_true_random=False))
def test_the_order_of_units_never_matters(funnel, way, trim, random):
    build, units, centre = funnel
    order = list(range(len(units)))
    random.shuffle(order)
    one, other = (
        build(*columns(each), centre, way, trim) for each in (units, [units[place] for place in order])
    )
    assert (one.phi, one.tau2, one.widened) == (other.phi, other.tau2, other.widened)
    for name in (*LIMITS, "z"):
        assert (getattr(one, name)[order] == getattr(other, name)).all()


@THOROUGH
@given(funnels, st.sampled_from(["multiplicative", "additive"]), trims)
def test_overdispersion_only_widens_and_only_when_units_differ_by_more_than_chance(funnel, way, trim):
    build, units, centre = funnel
    plain, wider = (build(*columns(units), centre, each, trim) for each in ("none", way))
    assert not plain.widened
    assert wider.widened == (wider.phi > 1)
    for name in LIMITS:
        before, after = getattr(plain, name), getattr(wider, name)
        assert (after <= before if "lower" in name else after >= before).all()
        assert wider.widened or (after == before).all()


@THOROUGH
@given(funnels, ways, trims)
def test_a_unit_is_placed_by_the_limits_it_is_shown_with(funnel, way, trim):
    build, units, centre = funnel
    first, second = columns(units)
    limits = build(first, second, centre, way, trim)
    value = first if build is funnel_of_means else first / second
    for place, each, *edges in zip(
        position(value, limits), value, *(getattr(limits, name) for name in LIMITS), strict=True
    ):
        passed = sum(each < edge for edge in edges[:2]) - sum(each > edge for edge in edges[2:])
        assert place == {2: "below_998", 1: "below_95", 0: "inside", -1: "above_95", -2: "above_998"}[passed]
    for name in ("lower_95", "upper_95"):
        assert (position(getattr(limits, name), limits) == "inside").all()
    for name in ("lower_998", "upper_998"):
        assert not any(place.endswith("998") for place in position(getattr(limits, name), limits))


@THOROUGH
@given(st.integers(1, 20_000), shares, levels)
def test_a_unit_at_the_centre_passes_an_exact_limit_of_shares_at_most_as_often_as_stated(n, centre, level):
    """And one event nearer to the centre would be passed more often: the limit lies as near as it can."""
    lower, upper = binomial_limits(np.array([n]), centre, level)
    events = np.arange(n + 1)
    probability = stats.binom.pmf(events, n, centre)
    for outside, nearer in (
        (events / n < lower, events == np.searchsorted(events / n, lower[0])),
        (events / n > upper, events == np.searchsorted(events / n, upper[0], side="right") - 1),
    ):
        share = math.fsum(probability[outside])
        assert share <= tail_of(level) + HAIR
        assert share + math.fsum(probability[nearer]) >= tail_of(level) - HAIR


@THOROUGH
@given(st.integers(1, 2_000_000), ratios, levels)
def test_a_unit_at_the_centre_passes_an_exact_limit_of_counts_at_most_as_often_as_stated(
    thousandths, centre, level
):
    expected = np.array([thousandths / 1_000])
    mean = expected[0] * centre
    lower, upper = (each[0] * expected[0] for each in poisson_limits(expected, centre, level))
    lowest, highest = math.ceil(lower - HAIR), math.floor(upper + HAIR)
    assert stats.poisson.cdf(lowest - 1, mean) <= tail_of(level) + HAIR
    assert stats.poisson.cdf(lowest, mean) >= tail_of(level) - HAIR
    assert stats.poisson.sf(highest, mean) <= tail_of(level) + HAIR
    assert stats.poisson.sf(highest - 1, mean) >= tail_of(level) - HAIR


@THOROUGH
@given(st.integers(1, 20_000), shares, levels)
def test_with_and_without_the_event_are_mirrored(n, centre, level):
    sizes = np.array([n])
    lower, upper = binomial_limits(sizes, centre, level)
    other_lower, other_upper = binomial_limits(sizes, 1 - centre, level)
    assert np.allclose([lower, upper], [1 - other_upper, 1 - other_lower], rtol=0, atol=1e-7)


@THOROUGH
@given(st.integers(1, 5_000), st.integers(2, 20), shares, levels)
def test_limits_of_a_unit_several_times_as_large_lie_nearer_to_the_centre(n, times, centre, level):
    lower, upper = binomial_limits(np.array([n, n * times]), centre, level)
    assert lower[1] >= lower[0] - HAIR
    assert upper[1] <= upper[0] + HAIR
    lower, upper = poisson_limits(np.array([n / 10, n * times / 10]), max(centre, 0.01), level)
    assert lower[1] >= lower[0] - HAIR
    assert upper[1] < upper[0]


@THOROUGH
@given(st.integers(1, 20_000), shares, levels)
def test_one_patient_more_moves_an_exact_limit_by_none_to_one_event(n, centre, level):
    """What is true of every step: shares themselves can move out by a hair, for events are whole."""
    for probability in (tail_of(level), 1 - tail_of(level)):
        step = np.diff(interpolated(stats.binom, probability, np.array([n, n + 1]), centre))[0]
        assert -1e-6 <= step <= 1 + 1e-6


@THOROUGH
@given(st.integers(-1_000, 1_000), st.integers(1, 1_000), st.integers(2, 1_000))
def test_limits_of_means_narrow_with_the_root_of_n(centre, deviation, n):
    limits = funnel_of_means(np.zeros(2), deviation / np.sqrt([n, 4 * n]), centre)
    for name in LIMITS:
        wide, narrow = getattr(limits, name) - centre
        assert math.isclose(wide, 2 * narrow, rel_tol=1e-6)


UNITS, TIMES = 1_000, 1_000
"""A million units: a thousand sizes, a thousand of each."""
SIGMAS = 5
"""How far chance may carry a simulated share: one seed in more than a million."""


def shares_outside(values, limits):
    """Return the simulated share above and below each pair of limits."""
    found = position(values, limits)
    outer = {side: np.mean(found == f"{side}_998") for side in ("above", "below")}
    return {
        (side, level): outer[side] + (np.mean(found == f"{side}_95") if level == 0.95 else 0)
        for side in ("above", "below")
        for level in (0.95, 0.998)
    }


def assert_share(share, at_most, at_least):
    apart = SIGMAS * math.sqrt(at_most / (UNITS * TIMES))
    assert at_least - apart <= share <= at_most + apart


@pytest.mark.parametrize("centre", [0.004, 0.05, 0.3, 0.5, 0.97])
def test_a_million_units_at_the_centre_lie_outside_exact_limits_of_shares_as_seldom_as_stated(centre):
    """At most as stated, and no less than that by more than the chance of the one number of events at the limit."""
    sizes = np.linspace(10, 3_000, UNITS).round()
    events = np.random.default_rng(20_261_122).binomial(sizes.astype(int), centre, (TIMES, UNITS))
    limits = funnel_of_proportions(events[0], sizes, centre)
    for (side, level), share in shares_outside(events / sizes, limits).items():
        edge = getattr(
            limits, f"{'upper' if side == 'above' else 'lower'}_{'95' if level == 0.95 else '998'}"
        )
        last = np.floor(edge * sizes + 1e-6) if side == "above" else np.ceil(edge * sizes - 1e-6)
        at_the_limit = np.mean(stats.binom.pmf(last, sizes, centre))
        assert_share(share, tail_of(level), tail_of(level) - at_the_limit)


@pytest.mark.parametrize("centre", [0.05, 0.3, 0.5])
def test_a_million_large_units_lie_outside_exact_limits_of_shares_nearly_as_often_as_stated(centre):
    """With tens of thousands of events the one at the limit weighs little: less three in a hundred at most."""
    sizes = np.linspace(400_000, 800_000, UNITS).round()
    events = np.random.default_rng(20_261_123).binomial(sizes.astype(int), centre, (TIMES, UNITS))
    limits = funnel_of_proportions(events[0], sizes, centre)
    for (_, level), share in shares_outside(events / sizes, limits).items():
        assert_share(share, tail_of(level), tail_of(level) * 0.97)


@pytest.mark.parametrize("centre", [0.2, 1, 3])
def test_a_million_units_at_the_centre_lie_outside_exact_limits_of_counts_as_seldom_as_stated(centre):
    expected = np.geomspace(0.5, 5_000, UNITS)
    events = np.random.default_rng(20_261_124).poisson(expected * centre, (TIMES, UNITS))
    limits = funnel_of_counts(events[0], expected, centre)
    for (side, level), share in shares_outside(events / expected, limits).items():
        edge = getattr(
            limits, f"{'upper' if side == 'above' else 'lower'}_{'95' if level == 0.95 else '998'}"
        )
        last = np.floor(edge * expected + 1e-6) if side == "above" else np.ceil(edge * expected - 1e-6)
        at_the_limit = np.mean(stats.poisson.pmf(last, expected * centre))
        assert_share(share, tail_of(level), tail_of(level) - at_the_limit)


def test_a_million_units_at_the_centre_have_means_outside_as_often_as_stated():
    error = 8 / np.sqrt(np.linspace(10, 3_000, UNITS).round())
    means = np.random.default_rng(20_261_125).normal(21.8, error, (TIMES, UNITS))
    limits = funnel_of_means(means[0], error, 21.8)
    for (_, level), share in shares_outside(means, limits).items():
        assert_share(share, tail_of(level), tail_of(level))


@pytest.mark.parametrize("way", ["multiplicative", "additive"])
def test_limits_widened_for_a_real_spread_between_units_are_passed_as_often_as_stated(way):
    error = np.full(UNITS * TIMES, 0.5)
    means = np.random.default_rng(20_261_126).normal(0, math.hypot(0.5, 1.2), UNITS * TIMES)
    limits = funnel_of_means(means, error, 0, way, winsorise=0)
    assert limits.widened
    for (_, level), share in shares_outside(means, limits).items():
        assert math.isclose(share, tail_of(level), rel_tol=0.1)


def test_the_variance_between_units_is_found():
    generator = np.random.default_rng(20_261_127)
    error = generator.uniform(0.2, 2, UNITS * TIMES)
    z = PLAIN.z_scores(generator.normal(0, np.sqrt(error**2 + 0.81)), 0, error)
    assert math.isclose(spread(z, error).tau2, 0.81, rel_tol=0.01)


@THOROUGH
@given(st.lists(st.integers(-100, 100), min_size=1, max_size=50), trims)
def test_winsorising_pulls_in_and_moves_nothing_else(scores, trim):
    z = np.array(scores, dtype=float)
    pulled = winsorised(z, trim)
    assert (np.abs(pulled - np.median(z)) <= np.abs(z - np.median(z)) + HAIR).all()
    moved = pulled != z
    assert moved.sum() <= 2 * math.ceil(trim * len(z))
    assert trim > 0 or not moved.any()


@pytest.mark.parametrize(
    ("build", "first", "second", "centre"),
    [
        (funnel_of_proportions, [], [], 0.5),
        (funnel_of_proportions, [0.0], [0.0], 0.5),
        (funnel_of_proportions, [3.0], [2.0], 0.5),
        (funnel_of_proportions, [-1.0], [2.0], 0.5),
        (funnel_of_proportions, [1.0], [2.5], 0.5),
        (funnel_of_proportions, [math.nan], [2.0], 0.5),
        (funnel_of_proportions, [1.0], [2.0], 1.5),
        (funnel_of_proportions, [1.0], [2.0], math.nan),
        (funnel_of_counts, [], [], 1),
        (funnel_of_counts, [1.0], [0.0], 1),
        (funnel_of_counts, [-1.0], [1.0], 1),
        (funnel_of_counts, [1.0], [math.inf], 1),
        (funnel_of_counts, [1.0], [1.0], -1),
        (funnel_of_counts, [1.0], [1.0], math.nan),
        (funnel_of_means, [], [], 0),
        (funnel_of_means, [1.0], [0.0], 0),
        (funnel_of_means, [1.0], [math.nan], 0),
        (funnel_of_means, [1.0], [1.0], math.nan),
    ],
)
def test_impossible_units_are_refused_with_a_sentence(build, first, second, centre):
    with pytest.raises(ValueError, match=r"a funnel of (shares|counts|means) needs"):
        build(np.array(first), np.array(second), centre)
