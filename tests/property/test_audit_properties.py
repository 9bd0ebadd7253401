"""What holds for every attack: it finds what listing all possible worlds finds, no more and no less."""

import itertools
import math
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from property.random_tables import THOROUGH

from vbs_site.audit.attack import ContradictionError, Sum, Target, Told, attack
from vbs_site.audit.inversion import (
    byar_or_exact_poisson,
    clopper_pearson,
    largest_n,
    shares_that_fit,
    wilson,
)

MOST = 4
"""Largest leaf of the small tables: few enough worlds to list them all."""


@st.composite
def small_tables(draw):
    """A two-way table with totals, a second grouping of its rows, signs and percentages; and the counts behind it."""
    rows, columns = draw(st.tuples(st.integers(1, 3), st.integers(1, 2)))
    leaves = [(f"r{row}", f"c{column}") for row in range(rows) for column in range(columns)]
    sums = [
        Sum((f"r{row}", "all"), tuple(leaf for leaf in leaves if leaf[0] == f"r{row}")) for row in range(rows)
    ]
    sums += [
        Sum(("all", f"c{column}"), tuple(leaf for leaf in leaves if leaf[1] == f"c{column}"))
        for column in range(columns)
    ]
    sums.append(Sum(("all", "all"), tuple((f"r{row}", "all") for row in range(rows))))
    sums.append(Sum(("some", "all"), tuple((f"r{row}", "all") for row in range(max(1, rows - 1)))))
    truth = {leaf: draw(st.integers(0, MOST)) for leaf in leaves}
    for each in sums:
        truth[each.total] = sum(truth[part] for part in each.parts)
    told, targets = [], []
    for name, value in truth.items():
        match draw(st.sampled_from(["shown", "shown", "sign", "range", "percentage"])):
            case "shown":
                told.append(Told(((name, 1.0),), value, value, f"at {name}"))
            case "sign":
                targets.append(
                    Target(name, draw(st.integers(0, min(1, value))), math.inf, draw(st.integers(1, 5)))
                )
            case "range":
                low, high = value - draw(st.integers(0, 2)), value + draw(st.integers(0, 2))
                told.append(Told(((name, 1.0),), low, high, f"at {name}"))
                targets.append(Target(name, width=draw(st.integers(1, 5))))
            case "percentage":
                whole = truth[("all", "all")]
                share = value / whole if whole else 0.0
                half = draw(st.sampled_from([0.005, 0.05]))
                if whole and value <= whole:
                    base = ("all", "all")
                    terms = {name: 1.0}
                    low = {**terms, base: terms.get(base, 0.0) - max(0, share - half)}
                    high = {**terms, base: terms.get(base, 0.0) - share - half}
                    told.append(Told(tuple(low.items()), 0, math.inf, f"share of {name}"))
                    told.append(Told(tuple(high.items()), -math.inf, 0, f"share of {name}"))
                targets.append(Target(name, width=draw(st.integers(1, 5))))
    # Every leaf has an upper end, as whoever lists worlds needs one.
    told += [Told(((leaf, 1.0),), 0, MOST, "the largest leaf") for leaf in leaves]
    return leaves, sums, told, targets, truth


def worlds(leaves, sums, told, targets):
    """Yield every world of whole numbers in which all facts hold."""
    for values in itertools.product(range(MOST + 1), repeat=len(leaves)):
        world = dict(zip(leaves, values, strict=True))
        for each in sums:
            world[each.total] = sum(world[part] for part in each.parts)
        sound = all(
            fact.low - 1e-6 <= sum(weight * world[name] for name, weight in fact.terms) <= fact.high + 1e-6
            for fact in told
        )
        if sound and all(target.least <= world[target.count] <= target.most for target in targets):
            yield world


STEPS = {
    "all steps": {"PUSHES": 40},
    "no count is moved together with others": {"PUSHES": 0},
    "facts around a count": {"PUSHES": 0, "NEAR": (2, 4)},
    "each count for itself": {"PUSHES": 0, "NEAR": ()},
}


@pytest.mark.parametrize("steps", STEPS)
@given(table=small_tables())
@THOROUGH
def test_disclosure_attack_recovers_what_listing_all_worlds_recovers(steps, table):
    """Whichever step of the attack decides, the answer is the same."""
    leaves, sums, told, targets, truth = table
    possible = list(worlds(leaves, sums, told, targets))
    assert truth in possible
    width = {}
    for target in targets:
        width[target.count] = max(width.get(target.count, 0), target.width)
    expected = {}
    for name, least in width.items():
        values = [world[name] for world in possible]
        if max(values) - min(values) < least:
            expected[name] = (min(values), max(values))
    with patch.multiple("vbs_site.audit.attack", **STEPS[steps]):
        found = attack(sums, told, targets)
    assert {each.count: (each.low, each.high) for each in found} == expected


@given(small_tables())
@THOROUGH
def test_disclosure_attack_finds_small_counts_that_stand_nowhere(table):
    leaves, sums, told, targets, _ = table
    possible = list(worlds(leaves, sums, told, targets))
    listed = {target.count for target in targets}
    listed |= {fact.terms[0][0] for fact in told if len(fact.terms) == 1 and fact.low == fact.high}
    expected = {
        name for name in possible[0] if name not in listed and all(1 <= world[name] < 3 for world in possible)
    }
    assert {each.count for each in attack(sums, told, targets, small=3)} - listed == expected


@given(small_tables(), st.integers(1, 3))
@THOROUGH
def test_a_number_that_no_world_has_is_a_contradiction(table, more):
    leaves, sums, told, targets, truth = table
    wrong = Told(
        ((("all", "all"), 1.0),), truth["all", "all"] + more, truth["all", "all"] + more, "the later release"
    )
    if any(worlds(leaves, sums, [*told, wrong], targets)):
        attack(sums, [*told, wrong], targets)
        return
    try:
        attack(sums, [*told, wrong], targets)
    except ContradictionError as error:
        assert error.where  # noqa: PT017 - the places are what a publisher looks up
    else:
        # Only whole numbers may tell that no world is left, and those are asked for what is hidden alone.
        assert any(fact.where.startswith("share") for fact in told)


@given(st.integers(0, 2**32 - 1), st.integers(2, 6), st.integers(2, 6))
@THOROUGH
def test_disclosure_a_planted_leak_is_found_in_a_table_that_is_safe_without_it(seed, units, periods):
    """Two rows and two columns hidden are safe with wide enough counts; a rolling sum that ends inside them is not."""
    random = np.random.default_rng(seed)
    counts = random.integers(20, 60, (units, periods))
    sums, told, targets, hidden = [], [], [], set()
    unit, period = random.choice(units, 2, replace=False), random.choice(periods, 2, replace=False)
    for row, column in itertools.product(unit.tolist(), period.tolist()):
        hidden.add((row, column))
    for row, column in itertools.product(range(units), range(periods)):
        name = (f"u{row}", f"p{column}")
        if (row, column) in hidden:
            targets.append(Target(name, 1, width=3))
        else:
            told.append(Told(((name, 1.0),), counts[row, column], counts[row, column], "cell"))
    for row in range(units):
        sums.append(Sum((f"u{row}", "all"), tuple((f"u{row}", f"p{column}") for column in range(periods))))
        told.append(
            Told((((f"u{row}", "all"), 1.0),), counts[row].sum(), counts[row].sum(), "total of a unit")
        )
    for column in range(periods):
        sums.append(Sum(("all", f"p{column}"), tuple((f"u{row}", f"p{column}") for row in range(units))))
        total = counts[:, column].sum()
        told.append(Told(((("all", f"p{column}"), 1.0),), total, total, "total of a period"))
    assert attack(sums, told, targets) == []
    row, column = int(unit[0]), int(period[0])
    some = tuple((f"u{row}", f"p{each}") for each in range(periods) if each != int(period[1]))
    rolling = (f"u{row}", "rolling")
    value = counts[row].sum() - counts[row, int(period[1])]
    leak = Told(((rolling, 1.0),), value, value, "rolling sum")
    found = attack([*sums, Sum(rolling, some)], [*told, leak], targets)
    assert {(each.count, each.low, each.high) for each in found} == {
        ((f"u{a}", f"p{b}"), counts[a, b], counts[a, b]) for a, b in hidden
    }
    assert any("rolling sum" in each.because for each in found)
    assert (row, column) in hidden


LIMITS = {"wilson": wilson, "clopper-pearson": clopper_pearson}


@pytest.mark.parametrize("method", LIMITS)
@given(data=st.data())
@THOROUGH
def test_what_is_printed_of_a_share_always_fits_the_share(method, data):
    n = data.draw(st.integers(1, 400))
    numerator = data.draw(st.integers(0, n))
    decimals, level = data.draw(st.integers(0, 2)), data.draw(st.sampled_from([0.9, 0.95, 0.99]))
    lower, upper = LIMITS[method](np.array([float(numerator)]), np.array([float(n)]), level)
    limits = (round(100 * float(lower[0]), decimals) + 0.0, round(100 * float(upper[0]), decimals))
    printed = round(100 * numerator / n, decimals)
    assert (numerator, n) in shares_that_fit(printed, decimals, None, 0, level, method, n)
    assert (numerator, n) in shares_that_fit(printed, decimals, limits, decimals, level, method, n)
    assert n <= largest_n(printed, decimals, limits, decimals, level)


@given(st.integers(0, 200), st.integers(1, 500))
@THOROUGH
def test_what_is_printed_of_a_rate_always_fits_the_rate(events, n):
    lower, upper = byar_or_exact_poisson(np.array([float(events)]), 0.95)
    printed = (round(100 * float(lower[0]) / n, 1), round(100 * float(upper[0]) / n, 1))
    fitting = shares_that_fit(round(100 * events / n, 1), 1, printed, 1, 0.95, "byar-or-exact-poisson", n)
    assert (events, n) in fitting
