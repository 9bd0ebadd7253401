"""What is hidden because it points at few people, what must go with it, and what a reader can still work out."""

import itertools

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from spec.tables import COMMON, MINI

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import Organisation, Organisations
from vbs_site.disclosure.protect import CARRIERS, protect
from vbs_site.statistics.findings import COLUMNS, statistics_of

PROPORTION = {"kind": "proportion", "of": {"from": "contacts"}, "event": {"where": {"acute": True}}}
CHANGE = {
    "kind": "change",
    "instrument": "OHS",
    "direction": "higher",
    "of": {"from": "contacts"},
    "measure": {
        "from": "pro",
        "value": "score",
        "baseline": {"window": ["-90 days", "0 days"], "pick": "last"},
        "follow_up": {"window": ["0 days", "90 days"], "pick": "first"},
    },
    "improved": "mic_individual",
}
RATE = {
    "kind": "rate",
    "units": ["residence"],
    "of": {"from": "contacts"},
    "per": {"from": "population", "sum": "persons", "unit": "region", "at": "date"},
}
DEPARTMENT = {
    "department": {"title": {"en": "D"}, "plural": {"en": "D"}, "column": "note", "within": "hospital"},
}


def organisation(name, kind, within=None):
    return Organisation(id=name, kind=kind, name={"en": name}, within=within, codes=[name])


PLACES = Organisations.of(
    [organisation(f"r{i}", "region") for i in range(1, 5)]
    + [organisation(f"h{i}{j}", "hospital", f"r{i}") for i in range(1, 5) for j in range(1, 4)]
    + [
        organisation(f"d{i}{j}{k}", "department", f"h{i}{j}")
        for i in range(1, 5)
        for j in range(1, 4)
        for k in range(1, 4)
    ]
)
LEVELS = {"r": "region", "h": "hospital", "d": "department", "n": "national"}


def catalogue_of(indicator, *, zeros_shown=True, threshold=5):
    return Catalogue.model_validate(
        MINI
        | {
            "disclosure": {"threshold": threshold, "zeros_shown": zeros_shown},
            "units": MINI["units"] | DEPARTMENT,
            "indicators": {"example": COMMON | indicator},
        }
    )


def findings(catalogue, cells):
    """Return findings of every statistic: (unit, stratum) to (n, numerator), or to (n, numerator, eligible or status)."""
    indicator = catalogue.indicators["example"]
    rows = []
    for statistic in statistics_of(indicator):
        for (unit, stratum), (n, numerator, *more) in cells.items():
            status = next((each for each in more if isinstance(each, str)), "shown")
            eligible = next((each for each in more if isinstance(each, int)), n)
            answered = statistic.name in ("response_rate", "complete_share")
            kind = "residence" if unit[0] == "r" and indicator.units == ["residence"] else LEVELS[unit[0]]
            row = dict.fromkeys(COLUMNS) | {
                "indicator": "example",
                "statistic": statistic.name,
                "unit_kind": kind,
                "unit": unit,
                "period": "2026Q1",
                "stratum": stratum,
                "status": status,
                "n": eligible if answered else n,
                "numerator": (n if answered else numerator) if statistic.counts else None,
                "value": 0.5,
                "lower": 0.4,
                "upper": 0.6,
                "method": statistic.method,
                "comparison": "undecided",
            }
            rows.append(row)
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"n": "int64", "numerator": "Float64", "value": "float64"})


def protected(indicator, cells, **policy):
    catalogue = catalogue_of(indicator, **policy)
    full = {key if isinstance(key, tuple) else (key, "all"): value for key, value in cells.items()}
    return protect(catalogue, PLACES, findings(catalogue, full))


def hidden(outcome, statistic=None):
    """Return the units (or unit/stratum) that are hidden."""
    rows = outcome.results[outcome.results["status"] == "suppressed"]
    rows = rows[rows["statistic"] == statistic] if statistic else rows
    names = rows["unit"] + rows["stratum"].map(lambda stratum: "" if stratum == "all" else f"/{stratum}")
    return sorted(set(names))


# --- one cell -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "numerator", "gone"),
    [
        *[(n, 0, True) for n in (1, 2, 3, 4)],
        (5, 0, False),
        (5, 5, False),
        *[(100, numerator, True) for numerator in (1, 2, 3, 4)],
        (100, 0, False),
        (100, 5, False),
        *[(100, 100 - rest, True) for rest in (1, 2, 3, 4)],
        (100, 95, False),
        (100, 100, False),
        (0, 0, False),
    ],
)
def test_counts_from_1_to_4_are_hidden_wherever_they_can_be_read(n, numerator, gone):
    outcome = protected(PROPORTION, {"national": (n, numerator)})
    assert hidden(outcome) == (["national"] if gone else [])


@pytest.mark.parametrize(("threshold", "smallest_shown"), [(1, 1), (3, 3), (10, 10)])
def test_the_threshold_is_the_catalogues(threshold, smallest_shown):
    for count in range(1, 12):
        outcome = protected(PROPORTION, {"national": (1000, count)}, threshold=threshold)
        assert bool(hidden(outcome)) is (count < smallest_shown)


def test_a_hidden_cell_loses_everything_that_carries_its_counts():
    outcome = protected(PROPORTION, {"national": (100, 3)})
    (row,) = outcome.results.to_dict("records")
    assert row["status"] == "suppressed"
    assert all(pd.isna(row[name]) for name in CARRIERS)
    assert {"n", "numerator", "value", "lower", "upper", "comparison"} <= set(CARRIERS)


def test_a_shown_cell_keeps_everything():
    outcome = protected(PROPORTION, {"national": (100, 50)})
    (row,) = outcome.results.to_dict("records")
    assert (row["status"], row["n"], row["numerator"], row["value"]) == ("shown", 100, 50, 0.5)


@pytest.mark.parametrize(
    ("numerator", "zeros_shown", "gone"),
    [(0, True, False), (0, False, True), (100, True, False), (100, False, True)],
)
def test_whether_a_zero_is_shown_is_the_policys_choice(numerator, zeros_shown, gone):
    outcome = protected(PROPORTION, {"national": (100, numerator)}, zeros_shown=zeros_shown)
    assert hidden(outcome) == (["national"] if gone else [])


def test_a_rate_hides_its_events_but_not_for_a_small_rest_or_population():
    assert hidden(protected(RATE, {"national": (100_000, 3)})) == ["national"]
    assert hidden(protected(RATE, {"national": (100_000, 99_999)})) == []
    assert hidden(protected(RATE, {"national": (3, 0)})) == []


@pytest.mark.parametrize("status", ["not_delivered", "incomplete_follow_up", "too_few", "low_coverage"])
def test_a_cell_without_a_value_carries_no_number(status):
    outcome = protected(PROPORTION, {"national": (50, 20, status)})
    (row,) = outcome.results.to_dict("records")
    assert row["status"] == status
    assert all(pd.isna(row[name]) for name in CARRIERS)


def test_a_small_count_among_too_few_looks_like_any_other_hidden_cell():
    outcome = protected(PROPORTION, {"national": (3, 1, "too_few")})
    assert list(outcome.results["status"]) == ["suppressed"]


def test_findings_are_left_as_they_were():
    catalogue = catalogue_of(PROPORTION)
    given_rows = findings(catalogue, {("national", "all"): (3, 1)})
    before = given_rows.copy()
    protect(catalogue, PLACES, given_rows)
    pd.testing.assert_frame_equal(given_rows, before)


# --- totals ---------------------------------------------------------------------------------------------------------


def test_a_single_hidden_part_of_a_shown_total_takes_the_smallest_other_with_it():
    outcome = protected(PROPORTION, {"national": (160, 73), "r1": (50, 3), "r2": (60, 40), "r3": (50, 30)})
    assert hidden(outcome) == ["r1", "r3"]


def test_two_small_parts_take_a_third_with_them():
    """The sum of two small counts alone would tell too much about each."""
    outcome = protected(
        PROPORTION, {"national": (210, 74), "r1": (50, 2), "r2": (60, 2), "r3": (50, 30), "r4": (50, 40)}
    )
    assert hidden(outcome) == ["r1", "r2", "r3"]


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


# --- several statistics of one indicator ----------------------------------------------------------------------------


def test_a_small_group_is_hidden_under_every_statistic():
    cells = {"national": (164, 80, 300), "r1": (4, 0, 100), "r2": (80, 40, 100), "r3": (80, 40, 100)}
    outcome = protected(CHANGE, cells)
    for statistic in ("mean_change", "share_improved", "response_rate"):
        assert "r1" in hidden(outcome, statistic)
        assert len(hidden(outcome, statistic)) >= 2


def test_a_group_that_goes_with_a_small_one_goes_under_every_statistic():
    cells = {"national": (164, 80, 300), "r1": (4, 0, 100), "r2": (70, 40, 100), "r3": (90, 40, 100)}
    outcome = protected(CHANGE, cells)
    assert all(
        "r2" in hidden(outcome, statistic) for statistic in ("mean_change", "share_improved", "response_rate")
    )


def test_few_who_did_not_answer_are_hidden():
    outcome = protected(CHANGE, {"national": (98, 50, 100)})
    assert hidden(outcome) == ["national"]
    assert hidden(outcome, "response_rate") == ["national"]


def test_few_who_improved_do_not_hide_the_mean():
    outcome = protected(CHANGE, {"national": (98, 3, 200)})
    assert (hidden(outcome, "share_improved"), hidden(outcome, "mean_change")) == (["national"], [])


def test_few_who_did_not_answer_cannot_be_told_from_two_statistics():
    """The mean shows how many answered; how many were asked must not stand beside it."""
    outcome = protected(CHANGE, {"national": (98, 50, 100)})
    shown = outcome.results[outcome.results["status"] == "shown"]
    assert 100 not in set(shown["n"])


# --- what is told ---------------------------------------------------------------------------------------------------


def test_all_hidden_cells_look_alike_and_the_reason_stands_in_the_log_only():
    outcome = protected(PROPORTION, {"national": (160, 73), "r1": (50, 3), "r2": (60, 40), "r3": (50, 30)})
    gone = outcome.results[outcome.results["status"] == "suppressed"]
    assert len(gone) == 2
    assert len({tuple(map(str, row)) for row in gone.drop(columns=["unit"]).to_numpy()}) == 1
    reasons = {row["unit"]: row["reason"] for row in outcome.log.to_dict("records")}
    assert reasons == {"r1": "small count", "r3": "would reveal a small count"}
    assert not [column for column in outcome.results if "reason" in column]


def test_the_log_has_a_line_for_every_hidden_cell_and_no_count():
    outcome = protected(
        CHANGE, {"national": (164, 80, 300), "r1": (4, 0, 100), "r2": (70, 40, 100), "r3": (90, 40, 100)}
    )
    keys = ["statistic", "unit"]
    gone = outcome.results[outcome.results["status"] == "suppressed"]
    assert sorted(map(tuple, gone[keys].to_numpy())) == sorted(map(tuple, outcome.log[keys].to_numpy()))
    assert list(outcome.log) == ["indicator", "statistic", "unit_kind", "unit", "period", "stratum", "reason"]


def test_nothing_to_hide_leaves_an_empty_log():
    outcome = protected(PROPORTION, {"national": (100, 50)})
    assert outcome.log.empty


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


# --- a reader with a pencil -----------------------------------------------------------------------------------------


def parent(unit):
    """Return the unit above one of `PLACES`."""
    if unit == "national":
        return None
    return {"d": f"h{unit[1:3]}", "h": f"r{unit[1:2]}", "r": "national"}[unit[0]]


def relations(cells):
    """Return every (total, parts) of a table: units within units, and each way of dividing into strata."""
    found = {}
    for unit, stratum in cells:
        above = (parent(unit), stratum)
        if above in cells:
            found.setdefault((*above, "units"), (above, []))[1].append((unit, stratum))
        if stratum != "all" and (unit, "all") in cells:
            found.setdefault((unit, "all", stratum.split("=")[0]), ((unit, "all"), []))[1].append(
                (unit, stratum)
            )
    return [(total, parts) for total, parts in found.values() if len(parts) > 0]


def worked_out(cells, outcome, measure="numerator"):
    """Return the small hidden counts that subtracting and adding shown ones gives away, again and again."""
    full = {key if isinstance(key, tuple) else (key, "all"): value for key, value in cells.items()}
    results = outcome.results.drop_duplicates(["unit", "stratum"])
    known, secret = {}, {}
    for row in results.to_dict("records"):
        cell = (row["unit"], row["stratum"])
        n, numerator, *_ = full[cell]
        truth = {"n": n, "numerator": numerator, "complement": n - numerator}[measure]
        if row["status"] in ("shown", "not_applicable"):
            known[cell] = truth
        elif row["status"] == "suppressed":
            secret[cell] = truth
    progress = True
    while progress:
        progress = False
        for total, parts in relations(full):
            unknown = [cell for cell in (total, *parts) if cell not in known]
            if len(unknown) != 1:
                continue
            (cell,) = unknown
            rest = sum(known[part] for part in parts if part != cell)
            known[cell] = rest if cell == total else known[total] - rest
            progress = True
    return {cell: known[cell] for cell, truth in secret.items() if cell in known and 1 <= truth <= 4}


@st.composite
def tables(draw):
    """Return cells of a small country whose totals add up: regions, hospitals, departments, and sexes of regions."""
    counts = st.one_of(st.integers(0, 8), st.integers(0, 60))
    leaves = {}
    for i in range(1, draw(st.integers(1, 3)) + 1):
        for j in range(1, draw(st.integers(1, 3)) + 1):
            for k in range(1, draw(st.integers(1, 3)) + 1):
                women, men = draw(counts), draw(counts)
                leaves[f"d{i}{j}{k}"] = {
                    "sex=K": (women, draw(st.integers(0, women))),
                    "sex=M": (men, draw(st.integers(0, men))),
                }
    strata = draw(st.booleans())
    departments = draw(st.booleans())
    cells = {}
    for leaf, sexes in leaves.items():
        for unit in (leaf, parent(leaf), parent(parent(leaf)), "national"):
            if unit == leaf and not departments:
                continue
            for sex, (n, numerator) in sexes.items():
                for stratum in ("all", sex):
                    if stratum != "all" and not (strata and unit[0] in "rn"):
                        continue
                    old = cells.get((unit, stratum), (0, 0))
                    cells[unit, stratum] = (old[0] + n, old[1] + numerator)
    indicator = PROPORTION | {"units": ["department" if departments else "hospital"]}
    return indicator, {
        cell: (n, numerator, *(["not_applicable"] if n == 0 else []))
        for cell, (n, numerator) in sorted(cells.items())
    }


# Not shrunk: the examples above are the small ones, and shrinking a table takes long.
@settings(max_examples=100, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
@given(tables(), st.booleans())
def test_no_small_count_is_shown_or_can_be_worked_out_by_subtraction(table, zeros_shown):
    indicator, cells = table
    outcome = protected(indicator, cells, zeros_shown=zeros_shown)
    rows = outcome.results
    for row in rows[rows["status"] == "shown"].to_dict("records"):
        assert not any(is_small(count) for count in (row["n"], row["numerator"], row["n"] - row["numerator"]))
    status = {(row["unit"], row["stratum"]): row["status"] for row in rows.to_dict("records")}
    for total, parts in relations(cells):
        gone = [cell for cell in parts if status[cell] == "suppressed"]
        if status[total] == "shown" and gone:
            tell_tale = [cell for cell in gone if any(is_small(count) for count in counts_in(cells[cell]))]
            assert len(gone) >= 2
            assert len(tell_tale) < len(gone) or not zeros_shown
    for measure in ("n", "numerator", "complement"):
        assert worked_out(cells, outcome, measure) == {}


def is_small(count):
    return 1 <= count <= 4


def counts_in(cell):
    n, numerator, *_ = cell
    return n, numerator, n - numerator


def test_the_reader_with_a_pencil_finds_what_is_there_to_find():
    """The check above can fail: an unprotected table gives its secret away."""
    cells = {("national", "all"): (100, 43), ("r1", "all"): (50, 3), ("r2", "all"): (50, 40)}
    catalogue = catalogue_of(PROPORTION)
    rows = findings(catalogue, cells)
    rows.loc[rows["unit"] == "r1", "status"] = "suppressed"

    class Unprotected:
        results = rows

    assert worked_out(cells, Unprotected) == {("r1", "all"): 3}


def test_every_pair_of_small_and_large_counts_is_judged_alike():
    for n, numerator in itertools.product(range(12), range(12)):
        if numerator > n:
            continue
        small = any(1 <= count <= 4 for count in (n, numerator, n - numerator))
        assert bool(hidden(protected(PROPORTION, {"national": (n, numerator)}))) is small
