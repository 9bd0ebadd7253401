"""The attack on what is published, and reading back what is printed or drawn."""

import itertools
import math

import pytest

from vbs_site.audit.attack import (
    AllowanceError,
    ContradictionError,
    Recovered,
    Sum,
    Target,
    Told,
    attack,
    shares_that_fit,
)
from vbs_site.audit.inversion import share_of


def shown(name, value, where=None):
    return Told(((name, 1.0),), value, value, where or f"page of {name}")


def recovered(sums, told, *targets, **more):
    return {each.count: (each.low, each.high) for each in attack(sums, told, targets, **more)}


def test_a_total_and_the_other_parts_give_a_hidden_count_and_the_places_that_gave_it():
    found = attack(
        [Sum("all", ("a", "b", "c"))],
        [shown("all", 57, "table.csv:1"), shown("a", 14, "page.html: row 2"), shown("c", 39, "data.json")],
        [Target("b")],
    )
    assert found == [Recovered("b", 4, 4, found[0].because)]
    assert set(found[0].because) == {"table.csv:1", "page.html: row 2", "data.json"}


def test_places_are_at_most_six():
    names = [f"unit {number}" for number in range(20)]
    told = [shown(name, 5) for name in names[1:]] + [shown("all", 100)]
    (found,) = attack([Sum("all", tuple(names))], told, [Target(names[0])])
    assert (found.low, len(found.because)) == (5, 6)


def test_what_only_several_rows_together_tell_is_found_and_explained():
    """Neither row nor column of a square tells a cell alone: a − d is told by two sums, a + d by a third."""
    sums = [Sum("row", ("a", "b")), Sum("column", ("b", "d")), Sum("diagonal", ("a", "d"))]
    told = [shown("row", 50, "row"), shown("column", 30, "column"), shown("diagonal", 40, "diagonal")]
    found = attack(sums, told, [Target("a")])
    assert [(each.low, each.high, set(each.because)) for each in found] == [
        (30, 30, {"row", "column", "diagonal"})
    ]


def test_whole_numbers_decide_where_fractions_leave_room():
    """3a + 2b = 12 and a ≥ 1 leave a = 2 and 4 in whole numbers; a share between leaves 2."""
    told = [
        Told((("a", 3.0), ("b", 2.0)), 12, 12, "sum"),
        Told((("a", 1.0), ("b", -1.0)), -2, 1, "difference"),
    ]
    assert recovered([], told, Target("a", 1, width=2)) == {"a": (2, 2)}


def test_a_hidden_count_that_can_move_far_enough_is_not_recovered():
    sums = [Sum("all", ("a", "b"))]
    assert recovered(sums, [shown("all", 9)], Target("a", 1, width=7), Target("b", 1)) == {}
    assert recovered(sums, [shown("all", 9)], Target("a", 1, width=8), Target("b", 1)) == {"a": (1, 8)}


def test_a_count_without_any_fact_is_not_recovered():
    assert recovered([], [], Target("a", width=1000)) == {}


def test_the_sign_tells_what_it_stands_for():
    told = [shown("all", 8)]
    assert recovered([Sum("all", ("a", "b"))], told, Target("a", 0, 4), Target("b", 0, 4)) == {
        "a": (4, 4),
        "b": (4, 4),
    }


def test_every_sign_of_a_count_holds():
    assert recovered([], [], Target("a", 0, 4, 3), Target("a", 3, 9, 1)) == {"a": (3, 4)}


def test_a_count_that_stands_nowhere_is_recovered_only_when_asked_for_and_surely_small():
    sums, told = [Sum("n", ("yes", "no"))], [shown("n", 50), shown("yes", 48)]
    assert attack(sums, told, []) == []
    assert recovered(sums, told, small=5) == {"no": (2, 2)}
    assert recovered(sums, told, small=2) == {}
    assert recovered(sums, [shown("n", 50), shown("yes", 50)], small=5) == {}


def test_a_count_revised_between_releases_is_a_contradiction_that_names_both():
    sums = [Sum("all", ("a", "b"))]
    told = [shown("all", 41, "r1"), shown("a", 29, "r1 too"), shown("all", 42, "r2")]
    with pytest.raises(ContradictionError, match="r1; r2") as caught:
        attack(sums, told, [Target("b")])
    assert caught.value.where == ("r1", "r2")


def test_a_contradiction_across_rows_names_its_places():
    """Each row alone can hold: only their sum cannot."""
    sums = [Sum("r1", ("a", "b")), Sum("r2", ("c", "d")), Sum("c1", ("a", "c")), Sum("c2", ("b", "d"))]
    told = [shown(name, value) for name, value in (("r1", 10), ("r2", 10), ("c1", 11), ("c2", 10))]
    with pytest.raises(ContradictionError) as caught:
        attack(sums, told, [])
    assert set(caught.value.where) == {f"page of {name}" for name in ("r1", "r2", "c1", "c2")}


def test_a_sum_below_one_of_its_parts_is_a_contradiction():
    with pytest.raises(ContradictionError, match="page of all"):
        attack([Sum("all", ("a", "b"))], [shown("all", 4), shown("a", 5)], [])


def test_an_attack_that_cannot_end_says_what_is_undecided():
    sums = [Sum(f"r{i}", tuple(f"{i}{j}" for j in range(4))) for i in range(4)]
    sums += [Sum(f"c{j}", tuple(f"{i}{j}" for i in range(4))) for j in range(4)]
    told = [shown(each.total, 20) for each in sums]
    targets = [Target(f"{i}{j}", width=3) for i, j in itertools.product(range(4), range(4))]
    with pytest.raises(AllowanceError) as caught:
        attack(sums, told, targets, allowance=1)
    assert len(caught.value.undecided) >= 1
    assert caught.value.recovered == ()
    assert attack(sums, told, targets) == []


def test_an_attack_may_end_when_enough_is_recovered_and_not_before():
    sums = [Sum(f"all {i}", (f"a {i}", f"b {i}")) for i in range(9)]
    told = [shown(each.total, 3) for each in sums]
    targets = [Target(f"a {i}", 1, width=5) for i in range(9)]
    assert len(attack(sums, told, targets, enough=4)) >= 4
    assert attack(sums, told, [Target("a 1")], enough=1) == []


def test_large_counts_are_recovered_to_the_one():
    sums, told = [Sum("all", ("a", "b", "c"))], [shown("all", 5_961_249), shown("b", 1_000_003)]
    assert recovered(sums, [*told, shown("c", 4)], Target("a")) == {"a": (4_961_242, 4_961_242)}
    assert recovered(sums, told, Target("a", width=4_000_000)) == {}


def test_a_large_table_is_decided_by_the_facts_around_each_count():
    """Forty units, twelve periods and two outcomes, all hidden but the totals: only the planted unit is narrow."""
    units, periods, parts = range(40), range(12), ("yes", "no")
    sums = [Sum((u, p, "n"), tuple((u, p, part) for part in parts)) for u in units for p in periods]
    sums += [Sum((u, "year", part), tuple((u, p, part) for p in periods)) for u in units for part in parts]
    sums += [Sum(("all", p, part), tuple((u, p, part) for u in units)) for p in periods for part in parts]
    value = {
        (u, p, part): 3 + (5 * u + 3 * p + 7 * (part == "no")) % 11
        for u in units
        for p in periods
        for part in parts
    }
    value |= {(7, p, "no"): int(p == 3) for p in periods}
    told = []
    for each in sums:
        value[each.total] = sum(value[part] for part in each.parts)
        if each.total[1] == "year" or each.total[0] == "all":
            told.append(shown(each.total, value[each.total]))
    targets = [Target((u, p, part), width=3) for u in units for p in periods for part in parts]
    found = attack(sums, told, targets, allowance=2_000)
    assert {each.count for each in found} == {(7, p, "no") for p in periods}
    assert {(each.low, each.high) for each in found} == {(0, 1)}


def test_the_same_facts_give_the_same_answer_in_any_order_of_places():
    sums = [Sum("all", tuple("abcd")), Sum("ab", ("a", "b")), Sum("cd", ("c", "d"))]
    told = [shown("all", 12), shown("ab", 3), shown("c", 8)]
    targets = [Target(name, 1, width=3) for name in "abd"]
    assert attack(sums, told, targets) == attack(sums, told, targets)
    assert recovered(sums, told, *targets) == recovered(reversed(sums), reversed(told), *targets)


@pytest.mark.parametrize("bad", [Told((("a", math.nan),), 0, 1, "x"), Told((("a", 1.0),), math.nan, 1, "x")])
def test_a_fact_that_is_no_number_is_refused(bad):
    with pytest.raises(ValueError, match="numbers"):
        attack([], [bad], [])


def test_a_width_below_one_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        attack([], [], [Target("a", width=0)])


def test_a_percentage_and_its_n_give_the_count():
    told = [shown("n", 66), *share_of("yes", "n", 1.5, 1, "page")]
    assert recovered([], told, Target("yes")) == {"yes": (1, 1)}


def test_a_coarse_percentage_of_many_gives_a_range_as_wide_as_its_rounding():
    told = [shown("n", 3138), *share_of("yes", "n", 11, 0, "page")]
    assert recovered([], told, Target("yes", width=30)) == {}
    assert recovered([], told, Target("yes", width=32)) == {"yes": (330, 360)}


@pytest.mark.parametrize(("percentage", "count"), [(0.0, 0), (100.0, 80)])
def test_none_and_all_are_told_by_their_percentage(percentage, count):
    told = [shown("n", 80), *share_of("yes", "n", percentage, 1, "page")]
    assert recovered([], told, Target("yes")) == {"yes": (count, count)}


def test_a_percentage_alone_tells_only_that_there_is_somebody():
    assert (
        recovered([], share_of("yes", "n", 14, 0, "page"), Target("yes", width=50), Target("n", width=50))
        == {}
    )


def test_limits_give_numerator_and_n_though_both_are_hidden():
    """The published leak: two of two, beside hidden counts."""
    assert shares_that_fit(100.0, 1, (15.8, 100.0), 1, 0.95, "clopper-pearson", 2000) == [(2, 2)]
    assert shares_that_fit(2.5, 1, (0.7, 8.8), 1, 0.95, "wilson", 2000) == [(2, 79)]


def test_a_rate_with_limits_gives_its_events():
    """3 events: exact limits 0.6187 to 8.7673 (Garwood 1936)."""
    pairs = shares_that_fit(3.0, 2, (0.62, 8.77), 2, 0.95, "byar-or-exact-poisson", 200)
    assert pairs == [(3, 100)]


def test_another_method_of_limits_is_refused():
    with pytest.raises(ValueError, match="'wald'"):
        shares_that_fit(50, 0, None, 0, 0.95, "wald", 10)
