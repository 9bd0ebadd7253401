"""What holds for the place of every unit in the value assessment matrix."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from property.random_tables import THOROUGH
from unit.value_tables import loaded, published, result

from vbs_site.judgement.value import CELLS, Interval, assess, place, position

numbers = st.floats(-1e6, 1e6, allow_nan=False, allow_subnormal=False)
bands = st.floats(0, 1e5, allow_nan=False, allow_subnormal=False)
shares = st.floats(0.001, 0.999)
directions = st.sampled_from(["higher", "lower"])
intervals = st.tuples(numbers, numbers).map(lambda pair: Interval(min(pair), max(pair)))
near = st.integers(-40, 40).map(lambda quarters: quarters / 4)
"""Numbers that often meet the edges of a band exactly."""
near_intervals = st.tuples(near, near).map(lambda pair: Interval(min(pair), max(pair)))
near_bands = st.integers(0, 20).map(lambda quarters: quarters / 4)


@pytest.fixture(scope="module")
def agreed(tmp_path_factory):
    return loaded(tmp_path_factory.mktemp("agreed"))


@THOROUGH
@given(near_intervals, near, near_bands)
def test_a_position_is_what_every_number_of_the_interval_says(interval, reference, band):
    def told(number):
        distance = number - reference
        return "same" if abs(distance) <= band else "higher" if distance > 0 else "lower"

    low, middle, high = told(interval.lower), told(sum(interval) / 2), told(interval.upper)
    quarters = [
        told(interval.lower + step / 4) for step in range(int(4 * (interval.upper - interval.lower)) + 1)
    ]
    every = {low, middle, high, *quarters}
    found = position(interval, reference, band)
    assert found == (every.pop() if len(every) == 1 else "undecided")


@THOROUGH
@given(intervals, numbers, bands, st.floats(0, 1e5))
def test_a_wider_interval_never_gains_another_position(interval, reference, band, more):
    found = position(Interval(interval.lower - more, interval.upper + more), reference, band)
    assert found in (position(interval, reference, band), "undecided")


@THOROUGH
@given(near_intervals, near, near_bands, near_bands)
def test_a_wider_band_never_takes_a_unit_out_of_it(interval, reference, band, more):
    if position(interval, reference, band) == "same":
        assert position(interval, reference, band + more) == "same"


@THOROUGH
@given(near_intervals, near, near_bands)
def test_mirrored_numbers_have_mirrored_positions(interval, reference, band):
    mirrored = position(Interval(-interval.upper, -interval.lower), -reference, band)
    names = {"higher": "lower", "lower": "higher"}
    found = position(interval, reference, band)
    assert mirrored == names.get(found, found)


@THOROUGH
@given(intervals, numbers, bands, directions, intervals, numbers, shares)
def test_a_cell_is_one_of_nine_or_undecided_and_its_halves_do_not_sway_each_other(
    outcome, level, band, direction, resource, cost, share
):
    found = place(outcome, level, band, direction, resource, cost, share)
    effect = position(outcome, level, band)
    spent = position(resource, cost, share * abs(cost))
    assert found in {*CELLS, "undecided"}
    assert (found == "undecided") == ("undecided" in (effect, spent))
    if found != "undecided":
        assert found.split("-")[0] == spent
        assert (found.split("-")[1] == "same") == (effect == "same")


@THOROUGH
@given(intervals, numbers, bands, intervals, numbers, shares)
def test_turning_the_direction_turns_better_into_worse_and_nothing_else(
    outcome, level, band, resource, cost, share
):
    up, down = (
        place(outcome, level, band, direction, resource, cost, share) for direction in ("higher", "lower")
    )
    turned = {"better": "worse", "worse": "better"}
    first, _, last = up.rpartition("-")
    assert down == f"{first}-{turned.get(last, last)}".removeprefix("-")


@THOROUGH
@given(near_intervals, near, near_bands, near)
def test_the_zero_points_of_the_scale_do_not_matter(interval, reference, band, shift):
    moved = Interval(interval.lower + shift, interval.upper + shift)
    assert position(moved, reference + shift, band) == position(interval, reference, band)


units = st.lists(
    st.tuples(
        st.tuples(st.floats(0, 40), st.floats(0, 15)),
        st.tuples(st.floats(600, 1400), st.floats(0, 200)),
        st.integers(1, 30),
        st.sampled_from(["shown", "shown", "suppressed", "low_coverage"]),
    ),
    min_size=1,
    max_size=8,
)


def rows_of(given_units):
    rows = []
    for i, ((score, width), (cost, spread), n, status) in enumerate(given_units):
        rows += [
            result("hip-score", f"H{i}", score - width, score + width, n=n, status=status),
            result("stay-cost", f"H{i}", cost - spread, cost + spread, n=n),
        ]
    return rows


@THOROUGH
@given(units, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(agreed, given_units, random):
    rows = rows_of(given_units)
    shuffled = random.sample(rows, len(rows))
    first, second = (
        assess(agreed.catalogue, agreed.organisations, published(*each)) for each in (rows, shuffled)
    )
    assert first.equals(second)


@THOROUGH
@given(units)
def test_a_unit_is_judged_by_its_own_numbers_alone(agreed, given_units):
    rows = rows_of(given_units)
    together = assess(agreed.catalogue, agreed.organisations, published(*rows)).set_index("unit")
    for i in range(len(given_units)):
        alone = assess(agreed.catalogue, agreed.organisations, published(*rows[2 * i : 2 * i + 2]))
        assert alone.set_index("unit").loc[f"H{i}"].equals(together.loc[f"H{i}"])


@THOROUGH
@given(units)
def test_a_cell_is_told_only_where_both_sides_are_shown_and_enough(agreed, given_units):
    found = assess(agreed.catalogue, agreed.organisations, published(*rows_of(given_units)))
    for i, (_, _, n, status) in enumerate(given_units):
        row = found[found["unit"] == f"H{i}"].iloc[0]
        assert (row["cell"] == "not_judged") == (status != "shown" or n < 10)
