"""Results under the organisation of their time and under the one that takes over: sums, coverage, and what may be shown."""

import datetime
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from unit.disclosure_tables import PROPORTION, catalogue_of, findings

from vbs_site.catalogue.organisations import Organisation, Organisations
from vbs_site.disclosure.protect import protect
from vbs_site.measures.rollup import roll_up, rolled
from vbs_site.measures.shape import STATISTICS, TYPES
from vbs_site.periods import Period, parse_period
from vbs_site.statistics.recast import recast

QUARTERS = PROPORTION | {"units": ["hospital"], "period": "quarter"}


def organisation(name, kind, **keys):
    return Organisation(id=name, kind=kind, name={"en": name}, **keys)


ENDS = {"valid_to": datetime.date(2026, 12, 31), "successor": "r9"}
MOVES = [{"unit": "r3", "valid_to": "2025-12-31"}, {"unit": "r2", "valid_from": "2026-01-01"}]
PLACES = Organisations.of(
    [
        organisation("r1", "region", codes=["R1"], **ENDS),
        organisation("r2", "region", codes=["R2"], **ENDS),
        organisation("r3", "region", codes=["R3"]),
        organisation("r4", "region", codes=["R4"]),
        organisation("r9", "region", predecessors=["r1", "r2"], valid_from=datetime.date(2027, 1, 1)),
        *(
            organisation(f"h{i}{j}", "hospital", within=f"r{i}", codes=[f"H{i}{j}"])
            for i in (1, 2, 3, 4)
            for j in (1, 2)
        ),
        organisation("h99", "hospital", within=MOVES, codes=["H99"]),
    ]
)


def regions_of(periods, *, code="H99", period="quarter", year_starts=1):
    """Return (region, period) to n of one hospital with one contact in each of some periods."""
    catalogue = catalogue_of(QUARTERS | {"period": period})
    about = catalogue.catalogue.model_copy(update={"year_starts": year_starts})
    catalogue = catalogue.model_copy(update={"catalogue": about})
    indicator = catalogue.indicators["example"]
    indexes = [parse_period(each, year_starts).index for each in periods]
    ones = [1] * len(periods)
    columns = {
        "unit_code": [code] * len(periods),
        "period": indexes,
        "eligible": ones,
        "n": ones,
        "numerator": ones,
    }
    sums = rolled(roll_up(catalogue, PLACES, "hospital", indicator, set(), columns), indicator)
    starts = year_starts if period == "year" else 1
    return {
        (cell["unit"], Period(period, cell["period"], starts).id): cell["n"]
        for cell in sums.cells()
        if cell["unit_kind"] == "region"
    }


def test_a_hospital_counts_where_it_lay_on_the_last_day_of_the_period():
    assert regions_of(["2025Q4", "2026Q1", "2026Q4", "2027Q1"]) == {
        ("r3", "2025Q4"): 1,
        ("r2", "2026Q1"): 1,
        ("r2", "2026Q4"): 1,
        ("r9", "2027Q1"): 1,
    }


def test_a_year_that_the_new_region_ends_is_the_new_regions():
    assert regions_of(["2025", "2026"], code="H11", period="year", year_starts=4) == {
        ("r1", "2025"): 1,
        ("r9", "2026"): 1,
    }


def test_a_rolling_year_holds_each_quarter_where_it_was():
    found = regions_of(["2026Q3", "2026Q4", "2027Q1"], code="H11", period="rolling_year")
    assert found["r1", "2026Q2-2027Q1"] == 2
    assert found["r9", "2026Q2-2027Q1"] == 1


def aggregates(*rows):
    """Return a table of aggregates: (unit, period, n) with further statistics, coverage or stratum as a mapping."""
    table = []
    for unit, period, n, *more in rows:
        given = more[0] if more else {}
        kind = "national" if unit == "national" else "region"
        zeros = {name: Decimal(0) if kind_.startswith("DECIMAL") else 0 for name, kind_ in TYPES.items()}
        table.append(
            {
                "indicator": "example",
                "unit_kind": kind,
                "unit": unit,
                "period": period,
                "stratum": "all",
                "part": "",
            }
            | {"coverage": "complete"}
            | zeros
            | {"eligible": n, "n": n, "numerator": n}
            | given
        )
    return pd.DataFrame(table)


def recast_of(table, unit="r9", **indicator):
    """Return period to (n, coverage) of a unit after the history was re-cast."""
    found = recast(catalogue_of(QUARTERS | indicator), PLACES, table)
    rows = found[found["unit"] == unit]
    assert not rows.duplicated(["unit_kind", "period", "stratum", "part"]).any()
    return {(row["period"], row["stratum"]): (row["n"], row["coverage"]) for row in rows.to_dict("records")}


def test_history_is_added_up_for_the_successor_and_stays_with_the_predecessors():
    table = aggregates(
        ("national", "2026Q1", 60),
        ("r1", "2026Q1", 20),
        ("r2", "2026Q1", 30),
        ("r3", "2026Q1", 10),
        ("r1", "2026Q1", 8, {"stratum": "sex=K"}),
        ("r2", "2026Q1", 9, {"stratum": "sex=K"}),
        ("r2", "2026Q1", 5, {"stratum": "sex=M"}),
    )
    found = recast(catalogue_of(QUARTERS), PLACES, table)
    pd.testing.assert_frame_equal(found[found["unit"] != "r9"].reset_index(drop=True), table)
    assert recast_of(table) == {
        ("2026Q1", "all"): (50, "complete"),
        ("2026Q1", "sex=K"): (17, "complete"),
        ("2026Q1", "sex=M"): (5, "complete"),
    }


def test_every_statistic_is_added_with_all_its_digits():
    large = Decimal("12345678901234567890123456.789012")
    values = {name: large if kind.startswith("DECIMAL") else 2**52 + 1 for name, kind in TYPES.items()}
    table = aggregates(("r1", "2026Q1", 0, values), ("r2", "2026Q1", 0, values))
    found = recast(catalogue_of(QUARTERS), PLACES, table)
    (row,) = found[found["unit"] == "r9"].to_dict("records")
    twice = Decimal("24691357802469135780246913.578024")
    assert {name: row[name] for name in STATISTICS} == {
        name: twice if value is large else 2 * value for name, value in values.items()
    }


@pytest.mark.parametrize(
    ("one", "other", "worst"),
    [
        ("complete", "incomplete_follow_up", "incomplete_follow_up"),
        ("not_delivered", "complete", "not_delivered"),
        ("incomplete_follow_up", "not_delivered", "not_delivered"),
    ],
)
def test_the_sum_is_covered_as_its_worst_covered_part(one, other, worst):
    table = aggregates(("r1", "2026Q1", 20, {"coverage": one}), ("r2", "2026Q1", 30, {"coverage": other}))
    assert recast_of(table) == {("2026Q1", "all"): (50, worst)}


def test_a_sum_that_lacks_a_predecessor_is_not_delivered():
    table = aggregates(("r1", "2026Q1", 20), ("r1", "2026Q2", 20), ("r2", "2026Q2", 30))
    assert recast_of(table) == {
        ("2026Q1", "all"): (20, "not_delivered"),
        ("2026Q2", "all"): (50, "complete"),
    }


def test_where_nobody_is_succeeded_nothing_changes():
    table = aggregates(("national", "2026Q1", 20), ("r3", "2026Q1", 20))
    pd.testing.assert_frame_equal(recast(catalogue_of(QUARTERS), PLACES, table), table)


def test_later_periods_are_the_successors_alone_with_what_is_left_of_the_predecessors():
    late = {"coverage": "not_delivered"}
    table = aggregates(
        ("r1", "2026Q1-2026Q4", 20),
        ("r2", "2026Q1-2026Q4", 30),
        ("r9", "2026Q1-2026Q4", 0),
        ("r1", "2026Q2-2027Q1", 15, late),
        ("r2", "2026Q2-2027Q1", 22, late),
        ("r9", "2026Q2-2027Q1", 12),
    )
    assert recast_of(table, period="rolling_year") == {
        ("2026Q1-2026Q4", "all"): (50, "complete"),
        ("2026Q2-2027Q1", "all"): (49, "complete"),
    }
    assert recast_of(table, "r1", period="rolling_year") == {("2026Q1-2026Q4", "all"): (20, "complete")}


def shown(cells, indicator=QUARTERS, period="2026Q1", **policy):
    """Return what may be shown of cells, by (unit, stratum)."""
    catalogue = catalogue_of(indicator, **policy)
    full = {key if isinstance(key, tuple) else (key, "all"): value for key, value in cells.items()}
    found = findings(catalogue, full).assign(period=period)
    rows = protect(catalogue, PLACES, found).results
    return {(row["unit"], row["stratum"]): row for row in rows.to_dict("records")}


def with_recast(cells):
    """Return cells and those of r9: each the sum of r1 and r2."""
    cells = {key if isinstance(key, tuple) else (key, "all"): value for key, value in cells.items()}
    new = {}
    for stratum in {stratum for unit, stratum in cells if unit in ("r1", "r2")}:
        parts = [cells[unit, stratum] for unit in ("r1", "r2") if (unit, stratum) in cells]
        n, numerator = (sum(part[place] for part in parts) for place in (0, 1))
        new["r9", stratum] = (n, numerator, *(["not_applicable"] if n == 0 else []))
    return cells | new


REGIONS = {"r1": (40, 20), "r2": (60, 30), "r3": (50, 25), "r4": (50, 25), "national": (200, 100)}


def test_the_sum_of_two_shown_regions_is_shown():
    found = shown(with_recast(REGIONS))
    assert (found["r9", "all"]["status"], found["r9", "all"]["n"]) == ("shown", 100)


@pytest.mark.parametrize("hidden", [(60, 2), (60, 58), (3, 0), (8, 5, "too_few")], ids=str)
def test_the_sum_is_hidden_where_it_would_tell_a_predecessors_small_count(hidden):
    total = tuple(sum(each) for each in zip(hidden[:2], (40, 20), (50, 25), (50, 25), strict=True))
    cells = with_recast(REGIONS | {"r2": hidden, "national": total})
    found = shown(cells)
    assert found["r2", "all"]["status"] != "shown"
    rows = [found[unit, "all"] for unit in ("r1", "r9")]
    gone = [row for row in rows if row["status"] == "suppressed"]
    assert gone
    for row in gone:
        assert pd.isna([row[name] for name in ("n", "numerator", "value", "lower", "upper")]).all()


def test_the_sum_is_hidden_where_a_part_is_not_shown():
    found = shown(with_recast(REGIONS | {"r2": (60, 30, "low_coverage")}))
    assert found["r9", "all"]["status"] == "suppressed"


def test_a_predecessor_without_anybody_holds_nothing_back():
    nobody = {"r2": (0, 0, "not_applicable"), "national": (140, 70)}
    found = shown(with_recast(REGIONS | nobody))
    assert found["r9", "all"]["status"] == "shown"


def test_a_successor_in_force_is_a_region_like_the_others():
    cells = {"r9": (100, 50), "r3": (50, 2), "r4": (90, 50), "national": (240, 102)}
    found = shown(cells, period="2027Q1")
    gone = [unit for (unit, _), row in found.items() if row["status"] == "suppressed"]
    assert sorted(gone) in (["r3", "r4"], ["r3", "r9"])


@st.composite
def countries(draw):
    """Return cells of hospitals, regions and the country, by sex, whose totals add up."""
    counts = st.one_of(st.integers(0, 8), st.integers(0, 60))
    cells = {}
    for hospital in ("h11", "h12", "h21", "h22", "h31", "h41"):
        for sex in ("sex=K", "sex=M"):
            n = draw(counts)
            numerator = draw(st.integers(0, n))
            region = f"r{hospital[1]}"
            for cell in (
                (hospital, "all"),
                (region, "all"),
                (region, sex),
                ("national", "all"),
                ("national", sex),
            ):
                before = cells.get(cell, (0, 0))
                cells[cell] = (before[0] + n, before[1] + numerator)
    return {
        cell: (n, numerator, *(["not_applicable"] if n == 0 else []))
        for cell, (n, numerator) in sorted(cells.items())
    }


@settings(max_examples=60, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
@given(countries(), st.booleans())
def test_what_is_re_cast_tells_no_small_count(cells, zeros_shown):
    indicator = QUARTERS | {"stratify": ["sex"], "stratify_down_to": "region"}
    cells = with_recast(cells)
    found = shown(cells, indicator, zeros_shown=zeros_shown)
    for (unit, stratum), row in found.items():
        if unit == "r9" and row["status"] == "shown":
            gone = [part for part in ("r1", "r2") if found[part, stratum]["status"] == "suppressed"]
            assert len(gone) != 1 or not any(1 <= count <= 4 for count in cells[gone[0], stratum][:2])


@pytest.mark.parametrize("last", ["r0", "r95"])
def test_successors_of_successors_tell_no_small_count_whatever_they_are_called(last):
    day = datetime.date
    places = Organisations.of(
        [
            organisation("r1", "region", valid_to=day(2026, 12, 31), successor="r9"),
            organisation("r2", "region", valid_to=day(2026, 12, 31), successor="r9"),
            organisation("r3", "region", valid_to=day(2028, 12, 31), successor=last),
            organisation(
                "r9", "region", predecessors=["r1", "r2"], valid_from=day(2027, 1, 1), successor=last
            ),
            organisation(last, "region", predecessors=["r3", "r9"], valid_from=day(2029, 1, 1)),
            organisation("r4", "region"),
        ]
    )
    cells = {"r1": (3, 1), "r2": (100, 50), "r3": (200, 90), "r4": (50, 20), "r9": (103, 51)}
    cells |= {last: (303, 141), "national": (353, 161)}
    catalogue = catalogue_of(QUARTERS)
    found = findings(catalogue, {(unit, "all"): each for unit, each in cells.items()})
    status = protect(catalogue, places, found).results.set_index("unit")["status"]
    assert status["r1"] == "suppressed"
    told = status["r9"] == "shown" or (status[last] == "shown" and status["r3"] == "shown")
    assert not told or status["r2"] == "suppressed"
