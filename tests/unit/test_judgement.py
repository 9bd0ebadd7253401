"""Verdicts on published results: against targets, the own past, the country and similar units."""

import datetime

import numpy as np
import pytest
from scipy import stats
from spec.tables import COMMON
from unit.disclosure_tables import PLACES
from unit.judged_tables import (
    QUARTERLY,
    YEARS,
    catalogue_of,
    means,
    quarters,
    results,
    target,
    told,
    whole_country,
)
from unit.test_findings_of_kinds import PER

from vbs_site.catalogue.organisations import Organisation, Organisations
from vbs_site.judgement.judge import judge
from vbs_site.periods import parse_period
from vbs_site.statistics.differences import difference_of_proportions


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


def test_a_series_of_too_few_patients_throughout_has_a_trend_that_cannot_be_determined():
    cells = {("h11", year): (1, 6) for year in ("2024", "2025")}
    assert set(told(catalogue_of(), results(cells), "trend").values()) == {"undeterminable"}


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


@pytest.mark.parametrize("period", ["year", "rolling_year"])
def test_a_period_with_a_break_inside_is_comparable_with_neither_side(period):
    day = datetime.date(2024, 2, 1)
    broken = YEARS | {"period": period, "breaks": [{"date": day, "reason": {"en": "A new code"}}]}
    years = ["2022", "2023", "2024", "2025", "2026"]
    if period == "rolling_year":
        years = [f"{int(year) - 1}Q2-{year}Q1" for year in years]
    found = told(catalogue_of(broken), results({("h11", year): (50, 100) for year in years}), "trend")
    unknown, same = "undeterminable", "unchanged"
    assert list(found.values()) == [unknown, same, unknown, unknown, same]


def test_a_region_that_takes_over_is_compared_as_soon_as_its_predecessors_are_gone():
    ends, begins = datetime.date(2025, 12, 31), datetime.date(2026, 1, 1)
    places = Organisations.of(
        [
            Organisation(id="r1", kind="region", name={"en": "1"}, valid_to=ends, successor="r9"),
            Organisation(id="r2", kind="region", name={"en": "2"}),
            Organisation(id="r9", kind="region", name={"en": "9"}, valid_from=begins, predecessors=["r1"]),
        ]
    )
    cells = {(unit, "2025"): (50, 100) for unit in ("r1", "r2", "r9", "national")}
    cells |= {(unit, "2026"): (50, 100) for unit in ("r2", "r9", "national")}
    compared = told(catalogue_of(), results(cells), "comparison", places)
    without = [("r9", "2025"), ("national", "2025"), ("national", "2026")]
    assert compared == {place: None if place in without else "undecided" for place in cells}


def test_limits_are_widened_from_ten_units_on():
    given = {(f"h{i}{j}", "2025"): (90 if (i + j) % 2 else 10, 100) for i in range(1, 5) for j in range(1, 4)}
    additive = YEARS | {"judge": {"funnel": {"overdispersion": "additive"}}}
    for cells, widened in ((given, {True}), (dict(list(given.items())[:9]), {False})):
        table = results(cells | whole_country(cells))
        funnel = judge(catalogue_of(additive), PLACES, table).tables["funnel"]
        assert set(funnel["widened"]) == widened
        assert (funnel["spread"] > 1).all()


def test_a_rate_against_none_has_no_upper_limit_and_nothing_infinite_is_published():
    rate = {"kind": "rate", "of": {"from": "contacts"}, "per": PER, "units": ["residence"]}
    catalogue = catalogue_of(rate | {"period": "year", "direction": "lower"})
    cells = results({("r1", "2024"): (0, 1000), ("r1", "2025"): (40, 1000)})
    table = cells.assign(statistic="rate", unit_kind="residence", method="byar-or-exact-poisson")
    row = judge(catalogue, PLACES, table).tables["comparisons"].query("period == '2025'").iloc[0]
    assert row["verdict"] == "worse"
    assert row["lower"] > 1
    assert np.isnan(row["difference"])
    assert np.isnan(row["upper"])


def test_nothing_to_judge_is_no_fault():
    found = judge(catalogue_of(), PLACES, results({("h11", "2025"): (1, 2)}).iloc[:0])
    assert {name: len(table) for name, table in found.tables.items()} == dict.fromkeys(found.tables, 0)
    assert all(list(table.columns) for table in found.tables.values())


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
    sizes = (("h11", 9, 40), ("h12", 5, 30), ("h13", 6, 50))
    patients = {unit: rng.normal(level, 2, size) for unit, level, size in sizes}
    catalogue, table = means(patients, patients)
    compared = judge(catalogue, PLACES, table).tables["comparisons"]
    first = compared[(compared["against"] == "similar") & (compared["unit"] == "h11")].iloc[0]
    others = np.concatenate([patients["h12"], patients["h13"]])
    welch = stats.ttest_ind(patients["h11"], others, equal_var=False).confidence_interval(0.95)
    assert first["reference"] == pytest.approx(others.mean())
    assert (first["lower"], first["upper"]) == (
        pytest.approx(welch.low, rel=1e-6),
        pytest.approx(welch.high, rel=1e-6),
    )


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


@pytest.mark.parametrize(
    "overlapping",
    [
        {"period": "rolling_year"},
        {
            "period": "quarter",
            "kind": "mean",
            "cohort": {"from": "contacts", "where": {"acute": True}, "within": "8 quarters"},
            "value": {"sum": "cost", "from": "contacts"},
        },
    ],
    ids=["rolling years", "a cohort"],
)
def test_periods_that_hold_the_same_people_have_no_chart(overlapping):
    table = results(quarters([(50 + i % 3, 100) for i in range(14)]))
    if overlapping["period"] == "rolling_year":
        starts = table["period"].map(lambda text: parse_period(text).next(-3).id)
        table = table.assign(period=starts + "-" + table["period"])
        catalogue = catalogue_of(YEARS | overlapping)
    else:
        table = table.assign(statistic="mean", method="t")
        catalogue = catalogue_of(overlapping | {"units": ["hospital"], "direction": "lower"})
    found = judge(catalogue, PLACES, table)
    assert found.tables["control"].empty
    assert set(found.results["trend"]) == {"unchanged", "undeterminable"}  # the judging itself went on


def test_a_quarter_without_any_event_stands_in_the_chart_though_it_has_no_interval():
    series = results(quarters([(i % 3, 100) for i in range(14)]))
    without = series["numerator"] == 0
    series.loc[without, ["lower", "upper"]] = np.nan
    found = judge(catalogue_of(QUARTERLY | {"targets": [target("<=", 0.01)]}), PLACES, series)
    assert len(found.tables["control"]) == 14
    assert found.results["target"][without].isna().all()
    assert set(found.results["trend"][without]) == {"undeterminable"}


@pytest.mark.parametrize("chart", ["xmr", "p"])
def test_more_answers_than_were_sent_out_break_no_chart(chart):
    shares = {
        "kind": "share_of_sum",
        "of": {"from": "records", "at": "year"},
        "numerator": "answered",
        "denominator": "asked",
    }
    series = results(quarters([(50 + i % 3, 100) for i in range(14)])).assign(statistic="share_of_sum")
    series.loc[3, ["numerator", "value", "lower", "upper"]] = [120, 1.2, np.nan, np.nan]
    rest = {"units": ["hospital"], "period": "quarter", "direction": "higher"}
    catalogue = catalogue_of(rest | shares | {"judge": {"control": {"chart": chart}}})
    found = judge(catalogue, PLACES, series)
    assert len(found.tables["control"]) == {"xmr": 14, "p": 13}[chart]
