"""Verdicts on published results: against targets, the own past, the country and similar units."""

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from spec.tables import COMMON, MINI
from unit.disclosure_tables import PLACES, PROPORTION

from vbs_site.catalogue.model import Catalogue
from vbs_site.judgement.judge import judge
from vbs_site.periods import parse_period
from vbs_site.statistics.differences import difference_of_proportions
from vbs_site.statistics.intervals import mean, proportion

YEARS = PROPORTION | {"units": ["hospital"], "period": "year", "direction": "higher"}
AGREED = {"provenance": COMMON["provenance"] | {"status": "register-indicator"}}
HOSPITALS = [f"h{i}{j}" for i in range(1, 5) for j in range(1, 4)]


def catalogue_of(indicator=YEARS, **sections):
    given = COMMON | AGREED | indicator
    return Catalogue.model_validate(MINI | {"indicators": {"example": given}} | sections)


def target(op, value, **dates):
    return {"label": {"en": "Standard"}, "op": op, "value": value, "source": "A source", **dates}


def results(cells, *, hidden=()):
    """Return published results of a proportion: (unit, period) to (numerator, n)."""
    rows = []
    for (unit, period), (x, n) in cells.items():
        kind = {"h": "hospital", "r": "region", "n": "national"}[unit[0]]
        shown = (unit, period) not in hidden
        found = proportion(np.array([x]), np.array([n])) if shown else None
        rows.append(
            {
                "indicator": "example",
                "statistic": "proportion",
                "unit_kind": kind,
                "unit": unit,
                "period": period,
                "stratum": "all",
                "status": "shown" if shown else "suppressed",
                "n": n if shown else pd.NA,
                "numerator": x if shown else pd.NA,
                "exposure": np.nan,
                **{
                    name: float(getattr(found, name)[0]) if found else np.nan
                    for name in ("value", "lower", "upper")
                },
                "method": "clopper-pearson",
            }
        )
    return pd.DataFrame(rows).astype({"n": "Int64", "numerator": "Float64"})


def told(catalogue, table, column):
    """Return (unit, period) to a verdict."""
    found = judge(catalogue, PLACES, table).results
    return {(row["unit"], row["period"]): row[column] for row in found.to_dict("records")}


@pytest.mark.parametrize(
    ("op", "level", "verdict"),
    [
        (">=", 0.30, "met"),
        (">=", 0.70, "not_met"),
        (">=", 0.50, "undecided"),
        ("<=", 0.70, "met"),
        ("<=", 0.30, "not_met"),
        ("<", 0.50, "undecided"),
        (">", 0.50, "undecided"),
    ],
)
def test_a_target_is_met_when_the_whole_interval_says_so(op, level, verdict):
    catalogue = catalogue_of(YEARS | {"targets": [target(op, level)]})
    assert told(catalogue, results({("h11", "2025"): (100, 200)}), "target") == {("h11", "2025"): verdict}


@pytest.mark.parametrize(
    ("op", "verdict"), [(">=", "met"), (">", "undecided"), ("<=", "undecided"), ("<", "not_met")]
)
def test_a_limit_that_lies_on_the_target_reaches_it_only_where_the_target_includes_it(op, verdict):
    table = results({("h11", "2025"): (100, 200)})
    level = round(float(table["lower"].iloc[0]), 8)
    catalogue = catalogue_of(YEARS | {"targets": [target(op, level)]})
    assert told(catalogue, table, "target") == {("h11", "2025"): verdict}


def test_a_target_holds_for_the_periods_that_end_while_it_is_in_force():
    late = target(">=", 0.1, valid_from=datetime.date(2025, 7, 1))
    catalogue = catalogue_of(YEARS | {"targets": [late]})
    table = results({("h11", year): (100, 200) for year in ("2024", "2025")})
    assert told(catalogue, table, "target") == {("h11", "2024"): None, ("h11", "2025"): "met"}


def test_a_proposal_gets_no_verdict():
    proposal = YEARS | {
        "provenance": COMMON["provenance"] | {"status": "proposal"},
        "targets": [target(">=", 0.1)],
    }
    cells = {("h11", "2025"): (190, 200), ("h12", "2025"): (10, 200), ("national", "2025"): (200, 400)}
    cells |= {("h11", "2024"): (100, 200), ("h12", "2024"): (100, 200)}
    found = judge(catalogue_of(proposal), PLACES, results(cells))
    verdicts = {
        word for column in ("comparison", "target", "trend") for word in found.results[column].dropna()
    }
    assert verdicts == {"higher", "lower", "undeterminable"}


def test_what_rests_on_fewer_than_the_minimum_is_not_judged():
    catalogue = catalogue_of(YEARS | {"targets": [target(">=", 0.1)], "judge": {"minimum": 30}})
    cells = {("h11", "2024"): (20, 30), ("h11", "2025"): (29, 29), ("national", "2025"): (100, 400)}
    found = judge(catalogue, PLACES, results(cells)).results.set_index(["unit", "period"])
    assert found.loc[("h11", "2025"), ["comparison", "target"]].isna().all()
    assert found.loc[("h11", "2025"), "trend"] == "undeterminable"
    assert found.loc[("h11", "2024"), "target"] == "met"


def test_the_trend_has_four_states():
    cells = {}
    for unit, (before, after) in {"h11": (50, 90), "h12": (90, 50), "h13": (50, 52), "h21": (50, 90)}.items():
        cells |= {(unit, "2024"): (before, 100), (unit, "2025"): (after, 100)}
    found = told(catalogue_of(), results(cells, hidden={("h21", "2024")}), "trend")
    latest = {unit: verdict for (unit, period), verdict in found.items() if period == "2025"}
    assert latest == {"h11": "better", "h12": "worse", "h13": "unchanged", "h21": "undeterminable"}
    assert found["h21", "2024"] is None  # what is not shown has no trend, not even an unknown one


def test_nothing_is_compared_across_a_break_in_the_series():
    broken = YEARS | {"breaks": [{"date": datetime.date(2025, 1, 1), "reason": {"en": "A new code"}}]}
    cells = {("h11", "2023"): (50, 100), ("h11", "2024"): (90, 100), ("h11", "2025"): (50, 100)}
    assert told(catalogue_of(broken), results(cells), "trend") == {
        ("h11", "2023"): "undeterminable",
        ("h11", "2024"): "better",
        ("h11", "2025"): "undeterminable",
    }


def test_similar_units_are_held_against_the_others_of_their_group_together():
    group = {"title": {"en": "A group"}, "unit_kind": "hospital", "units": ["h11", "h12", "h13"]}
    cells = {
        ("h11", "2025"): (90, 100),
        ("h12", "2025"): (40, 100),
        ("h13", "2025"): (50, 200),
        ("h21", "2025"): (1, 999),
    }
    table = judge(catalogue_of(similar={"group": group}), PLACES, results(cells)).tables["comparisons"]
    rows = table[table["against"] == "similar"].set_index("unit")
    assert list(rows.index) == ["h11", "h12", "h13"]
    expected = difference_of_proportions(*(np.array([each]) for each in (90.0, 100.0, 90.0, 300.0)))
    assert rows.loc["h11", "reference"] == pytest.approx(90 / 300)
    assert rows.loc["h11", "difference"] == pytest.approx(expected.value[0])
    assert rows.loc["h11", "lower"] == pytest.approx(expected.lower[0])
    assert rows["verdict"].to_dict() == {"h11": "better", "h12": "undecided", "h13": "worse"}


def test_several_means_together_are_the_mean_of_all_their_patients():
    rng = np.random.default_rng(7)
    patients = {
        unit: rng.normal(level, 2, size)
        for unit, level, size in (("h11", 9, 40), ("h12", 5, 30), ("h13", 6, 50))
    }
    indicator = {
        "kind": "mean",
        "of": {"from": "contacts"},
        "value": {"column": "cost"},
        "units": ["hospital"],
    }
    group = {"title": {"en": "A group"}, "unit_kind": "hospital", "units": list(patients)}
    rows = []
    for unit, values in patients.items():
        found = mean(*(np.array([float(each)]) for each in (len(values), values.sum(), (values**2).sum())))
        cell = {
            "unit": unit,
            "n": len(values),
            **{name: getattr(found, name)[0] for name in ("value", "lower", "upper")},
        }
        rows.append(
            results({(unit, "2025"): (1, 2)}).iloc[0].to_dict()
            | cell
            | {"statistic": "mean", "method": "t", "numerator": pd.NA}
        )
    catalogue = catalogue_of(indicator | {"period": "year", "direction": "higher"}, similar={"group": group})
    table = judge(
        catalogue, PLACES, pd.DataFrame(rows).astype({"n": "Int64", "numerator": "Float64"})
    ).tables["comparisons"]
    first = table[(table["against"] == "similar") & (table["unit"] == "h11")].iloc[0]
    others = np.concatenate([patients["h12"], patients["h13"]])
    welch = stats.ttest_ind(patients["h11"], others, equal_var=False).confidence_interval(0.95)
    assert first["reference"] == pytest.approx(others.mean())
    assert (first["lower"], first["upper"]) == (
        pytest.approx(welch.low, rel=1e-6),
        pytest.approx(welch.high, rel=1e-6),
    )


cells = st.dictionaries(
    st.tuples(st.sampled_from(HOSPITALS), st.sampled_from(["2023", "2024", "2025"])),
    st.integers(0, 120).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(max(n, 1)))),
    min_size=4,
)


def whole_country(given):
    years = {period for _, period in given}
    return {
        ("national", year): tuple(
            sum(cell[i] for (_, period), cell in given.items() if period == year) for i in (0, 1)
        )
        for year in years
    }


@settings(max_examples=40, deadline=None)
@given(
    given=cells, overdispersion=st.sampled_from(["none", "multiplicative", "additive"]), order=st.randoms()
)
def test_the_order_of_rows_never_matters_and_nobody_is_both_best_and_worst(given, overdispersion, order):
    catalogue = catalogue_of(YEARS | {"judge": {"funnel": {"overdispersion": overdispersion}}})
    table = results(given | whole_country(given))
    places = list(range(len(table)))
    order.shuffle(places)
    one, other = (judge(catalogue, PLACES, each) for each in (table, table.iloc[places]))
    keys = ["unit", "period"]
    pd.testing.assert_frame_equal(
        one.results.sort_values(keys, ignore_index=True), other.results.sort_values(keys, ignore_index=True)
    )
    for name, each in one.tables.items():
        pd.testing.assert_frame_equal(each, other.tables[name], rtol=1e-9)
    decided = one.results[one.results["comparison"].isin(["better", "worse"])]
    assert not decided.duplicated(["unit", "period"]).any()


@settings(max_examples=40, deadline=None)
@given(given=cells, data=st.data())
def test_what_is_hidden_changes_no_verdict(given, data):
    """Two countries that publish the same give the same verdicts, whatever lies behind what they hide."""
    everything = given | whole_country(given)
    gone = set(data.draw(st.lists(st.sampled_from(sorted(given)), max_size=4)))
    table = results(everything, hidden=gone)
    without = table[table["status"] == "shown"]
    one, other = (judge(catalogue_of(), PLACES, each) for each in (table, without))
    shown = one.results[one.results["status"] == "shown"].reset_index(drop=True)
    pd.testing.assert_frame_equal(shown, other.results.reset_index(drop=True))
    for name, each in one.tables.items():
        pd.testing.assert_frame_equal(each, other.tables[name])


def quarters(values, start="2022Q1"):
    first = parse_period(start)
    return {("national", first.next(i).id): value for i, value in enumerate(values)}


QUARTERLY = YEARS | {"period": "quarter"}


def test_a_series_below_twelve_points_has_no_chart():
    catalogue = catalogue_of(QUARTERLY)
    eleven = judge(catalogue, PLACES, results(quarters([(50, 100)] * 11)))
    assert eleven.tables["control"].empty and eleven.results["variation"].isna().all()
    twelve = judge(catalogue, PLACES, results(quarters([(50 + i % 3, 100) for i in range(12)])))
    assert len(twelve.tables["control"]) == 12 and set(twelve.results["variation"]) == {"common"}


def test_a_lasting_rise_is_a_special_cause_and_limits_begin_anew_at_a_rebase():
    series = quarters([(50 + i % 3, 100) for i in range(12)] + [(70 + i % 3, 100) for i in range(12)])
    rebase = {"control": {"rebase": [{"date": datetime.date(2025, 1, 1), "reason": {"en": "A new ward"}}]}}
    one = judge(catalogue_of(QUARTERLY), PLACES, results(series))
    assert one.results["variation"].iloc[-1] == "improvement"
    assert "shift" in one.tables["control"]["signals"].iloc[-1].split(";")
    two = judge(catalogue_of(QUARTERLY | {"judge": rebase}), PLACES, results(series))
    assert set(two.results["variation"]) == {"common"}
    assert list(two.tables["control"]["phase"]) == [1] * 12 + [2] * 12
    assert two.tables["control"]["centre"].iloc[-1] == pytest.approx(0.71)


def test_limits_say_whether_a_target_will_be_reached_as_things_are():
    series = results(quarters([(50 + i % 3, 100) for i in range(12)]))
    told_by_level = {}
    for level in (0.3, 0.51, 0.8):
        catalogue = catalogue_of(QUARTERLY | {"targets": [target(">=", level)]})
        (told_by_level[level],) = set(judge(catalogue, PLACES, series).tables["control"]["assurance"])
    assert told_by_level == {0.3: "pass", 0.51: "inconsistent", 0.8: "fail"}


def test_a_baseline_holds_its_limits_for_what_comes_after():
    series = quarters([(50 + i % 3, 100) for i in range(12)] + [(70 + i % 3, 100) for i in range(12)])
    frozen = {"control": {"baseline_until": datetime.date(2024, 12, 31)}}
    control = judge(catalogue_of(QUARTERLY | {"judge": frozen}), PLACES, results(series)).tables["control"]
    assert control["centre"].unique() == pytest.approx(0.51)
    assert set(control["variation"].iloc[12:]) == {"improvement"}


@pytest.mark.parametrize("chart", ["xmr", "p", "p_prime"])
def test_limits_of_shares_are_shares(chart):
    series = results(quarters([(i % 4, 37 + i) for i in range(14)]))
    control = judge(
        catalogue_of(QUARTERLY | {"judge": {"control": {"chart": chart}}}), PLACES, series
    ).tables["control"]
    assert len(control) == 14
    assert control["lower"].min() == 0 and control["upper"].max() <= 1
