"""What must be hidden with a small count, so that totals do not give it away."""

import pandas as pd
from unit.disclosure_tables import PLACES, PROPORTION, catalogue_of, findings, hidden, protected, worked_out

from vbs_site.disclosure.protect import protect


def test_a_single_hidden_part_of_a_shown_total_takes_the_smallest_other_with_it():
    outcome = protected(PROPORTION, {"national": (160, 73), "r1": (50, 3), "r2": (60, 40), "r3": (50, 30)})
    assert hidden(outcome) == ["r1", "r3"]


def test_two_small_parts_take_a_third_with_them():
    """The sum of two small counts alone would tell too much about each."""
    outcome = protected(
        PROPORTION, {"national": (210, 74), "r1": (50, 2), "r2": (60, 2), "r3": (50, 30), "r4": (50, 40)}
    )
    assert hidden(outcome)[:2] == ["r1", "r2"]
    assert len(hidden(outcome)) == 3


def test_an_empty_part_protects_nobody():
    outcome = protected(PROPORTION, {"national": (110, 43), "r1": (50, 3), "r2": (10, 0), "r3": (50, 40)})
    assert hidden(outcome) == ["r1", "r3"]


def test_where_no_part_can_go_with_it_the_total_is_hidden():
    outcome = protected(PROPORTION, {"national": (60, 3), "r1": (50, 3), "r2": (10, 0)})
    assert hidden(outcome) == ["national", "r1"]


def test_a_part_that_shows_nothing_anyway_protects_like_a_hidden_one():
    cells = {"national": (160, 73), "r1": (50, 3), "r2": (60, 40, "low_coverage"), "r3": (50, 30)}
    assert hidden(protected(PROPORTION, cells)) == ["r1"]


def test_nothing_needs_to_go_where_the_total_is_not_shown():
    cells = {"national": (160, 73, "not_delivered"), "r1": (50, 3), "r2": (60, 40), "r3": (50, 30)}
    assert hidden(protected(PROPORTION, cells)) == ["r1"]


def test_totals_are_closed_on_every_level():
    cells = {
        "national": (200, 103),
        "r1": (100, 33),
        "r2": (50, 30),
        "r3": (50, 40),
        "h11": (50, 3),
        "h12": (50, 30),
    }
    assert hidden(protected(PROPORTION, cells)) == ["h11", "h12"]


def test_strata_are_parts_of_everyone():
    cells = {
        ("national", "all"): (100, 43),
        ("national", "sex=K"): (50, 3),
        ("national", "sex=M"): (50, 40),
        ("national", "age_band=00-17"): (50, 23),
        ("national", "age_band=18-39"): (50, 20),
    }
    assert hidden(protected(PROPORTION, cells)) == ["national/sex=K", "national/sex=M"]


def test_strata_of_units_are_parts_of_the_strata_above():
    cells = {
        ("national", "all"): (300, 120),
        ("national", "sex=K"): (150, 53),
        ("national", "sex=M"): (150, 67),
        ("r1", "all"): (100, 33),
        ("r1", "sex=K"): (50, 3),
        ("r1", "sex=M"): (50, 30),
        ("r2", "all"): (200, 87),
        ("r2", "sex=K"): (100, 50),
        ("r2", "sex=M"): (100, 37),
    }
    # r1/K goes; its other sex and its other region go with it, and so the fourth corner.
    assert hidden(protected(PROPORTION, cells)) == ["r1/sex=K", "r1/sex=M", "r2/sex=K", "r2/sex=M"]


def test_a_unit_that_is_hidden_to_protect_another_is_not_told_by_its_own_parts():
    """r1 = h11 + h12; h12 goes to protect h11, so its departments may not all stay."""
    cells = {
        "national": (100, 43),
        "r1": (100, 43),
        "h11": (50, 3),
        "h12": (50, 40),
        "d121": (25, 20),
        "d122": (25, 20),
    }
    outcome = protected(PROPORTION | {"units": ["department"]}, cells)
    assert worked_out(cells, outcome) == {}


def test_a_unit_that_is_hidden_to_protect_another_is_not_told_by_its_strata():
    cells = {
        ("national", "all"): (100, 43),
        ("r1", "all"): (50, 3),
        ("r2", "all"): (50, 40),
        ("r2", "sex=K"): (25, 20),
        ("r2", "sex=M"): (25, 20),
    }
    outcome = protected(PROPORTION, cells)
    assert worked_out(cells, outcome) == {}


def test_two_ways_of_dividing_the_nation_do_not_protect_each_other():
    """A hidden region of residence does not help a hidden region of treatment: each division adds up by itself."""
    catalogue = catalogue_of(PROPORTION | {"units": ["hospital", "residence"]})
    rows = findings(
        catalogue, {("national", "all"): (100, 43), ("r1", "all"): (50, 3), ("r2", "all"): (50, 40)}
    )
    living = rows[rows["unit_kind"] == "region"].assign(
        unit_kind="residence", n=[50, 50], numerator=[23.0, 20.0]
    )
    both = pd.concat([rows, living], ignore_index=True).astype({"numerator": "Float64"})
    outcome = protect(catalogue, PLACES, both)
    gone = outcome.results[outcome.results["status"] == "suppressed"]
    assert sorted(gone.loc[gone["unit_kind"] == "region", "unit"]) == ["r1", "r2"]


def test_periods_are_closed_each_by_itself():
    catalogue = catalogue_of(PROPORTION)
    first = findings(
        catalogue, {("national", "all"): (100, 43), ("r1", "all"): (50, 3), ("r2", "all"): (50, 40)}
    )
    second = findings(
        catalogue, {("national", "all"): (100, 60), ("r1", "all"): (50, 30), ("r2", "all"): (50, 30)}
    )
    both = pd.concat([first, second.assign(period="2026Q2")], ignore_index=True)
    gone = protect(catalogue, PLACES, both).results.query("status == 'suppressed'")
    assert set(gone["period"]) == {"2026Q1"}
