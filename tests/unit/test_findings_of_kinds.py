"""From additive statistics to values: life tables, standardisation, person-time and quotients, by hand."""

import math

import pandas as pd
import pytest
from disclosure_tables import PLACES, PROPORTION
from spec.tables import COMMON, MINI

from vbs_site.catalogue.model import Catalogue
from vbs_site.disclosure.protect import protect
from vbs_site.measures.aggregates import COLUMNS
from vbs_site.measures.shape import STATISTICS
from vbs_site.statistics.findings import find

TIMED = {
    "kind": "time_to_event",
    "of": {"from": "procedures"},
    "event": {"followed_by": {"from": "contacts", "within": "100 days"}},
    "shown_at": ["30 days"],
}
PER = {"from": "population", "sum": "persons", "unit": "region", "at": "date", "each": 1000}
DIRECT = {
    "kind": "standardised_rate",
    "of": {"from": "contacts"},
    "per": PER,
    "by": ["sex"],
    "standard": {"from": "population", "sum": "persons"},
    "units": ["residence"],
}
INDIRECT = {
    "kind": "standardised_ratio",
    "of": {"from": "contacts"},
    "per": PER,
    "by": ["sex"],
    "units": ["residence"],
}
AT_RISK = {
    "kind": "standardised_ratio",
    "of": {"from": "contacts"},
    "event": {"where": {"acute": True}},
    "by": ["sex"],
}
YOUNG, OLD = "sex=K", "sex=M"


def catalogue_of(judgement=None, **indicators):
    named = {name: COMMON | indicator for name, indicator in indicators.items()}
    return Catalogue.model_validate(MINI | {"judgement": judgement or {}, "indicators": named})


def aggregates(*rows):
    """Return a table of aggregates; a row is (indicator, unit, part, statistics)."""
    kinds = {"n": "national", "h": "hospital", "r": "residence"}
    table = []
    for indicator, unit, part, statistics in rows:
        row = {"indicator": indicator, "unit": unit, "part": part, "unit_kind": kinds[unit[0]]}
        row |= {"period": "2026", "stratum": "all", "coverage": "complete"}
        table.append(row | dict.fromkeys(STATISTICS, 0) | statistics)
    return pd.DataFrame(table, columns=list(COLUMNS))


def found(catalogue, table, standards=None):
    rows = find(catalogue, table, {}, standards).to_dict("records")
    return {(row["statistic"], row["unit"]): row for row in rows}


def life_table(unit, days):
    """Return the rows of a life table: day to (people who leave, events among them)."""
    people, events = (sum(part) for part in zip(*days.values(), strict=True))
    main = ("timed", unit, "", {"eligible": people, "n": people, "numerator": events})
    return [main, *(("timed", unit, f"day={day}", {"n": n, "numerator": d}) for day, (n, d) in days.items())]


@pytest.mark.parametrize(("answered", "status"), [(51, "shown"), (50, "low_coverage")])
def test_exactly_the_share_that_must_have_answered_is_enough(answered, status):
    # 0.34 of 150 is 51, and a little more in binary numbers.
    table = aggregates(("share", "h1", "", {"eligible": 150, "n": answered, "numerator": 20}))
    minimum = {"minimum": {"response_rate": 0.34}}
    assert found(catalogue_of(share=PROPORTION | minimum), table)["proportion", "h1"]["status"] == status


def test_the_share_free_of_an_event_is_that_of_kaplan_and_meier():
    # 10 people: 2 events on day 10 (8/10), 1 leaves on day 20, 1 event on day 40 of 7 (6/7), 6 stay to day 100.
    table = aggregates(*life_table("h1", {10: (2, 2), 20: (1, 0), 40: (1, 1), 100: (6, 0)}))
    rows = found(catalogue_of(timed=TIMED), table)
    late, early = rows["event_free", "h1"], rows["event_free_30d", "h1"]
    assert late["value"] == pytest.approx(0.8 * 6 / 7) and early["value"] == pytest.approx(0.8)
    assert (late["numerator"], early["numerator"], late["n"]) == (3, 2, 10)
    assert late["lower"] < late["value"] < late["upper"]


def test_a_share_is_not_shown_for_a_time_that_nobody_was_followed_to():
    table = aggregates(*life_table("h1", {10: (2, 1), 60: (8, 0)}))
    rows = found(catalogue_of(timed=TIMED), table)
    assert rows["event_free", "h1"]["status"] == "incomplete_follow_up"
    assert rows["event_free_30d", "h1"]["value"] == pytest.approx(0.9)


def test_a_curve_that_has_come_to_nothing_stays_there():
    rows = found(catalogue_of(timed=TIMED), aggregates(*life_table("h1", {10: (5, 5)})))
    assert rows["event_free", "h1"]["value"] == 0


def test_the_mean_time_free_of_an_event_is_the_area_below_the_curve():
    table = aggregates(*life_table("h1", {10: (2, 2), 20: (1, 0), 40: (1, 1), 100: (6, 0)}))
    row = found(catalogue_of(timed=TIMED), table)["restricted_mean", "h1"]
    # 10 days of all, 30 of 8/10, 60 of 8/10 x 6/7; Greenwood's terms over what is left after each event.
    late = 60 * 0.8 * 6 / 7
    assert row["value"] == pytest.approx(10 + 30 * 0.8 + late)
    error = math.sqrt((30 * 0.8 + late) ** 2 * 2 / (10 * 8) + late**2 * 1 / (7 * 6))
    assert row["upper"] - row["value"] == pytest.approx(1.959964 * error, rel=1e-6)
    assert row["value"] - row["lower"] == pytest.approx(1.959964 * error, rel=1e-6)
    assert (row["n"], row["numerator"], row["method"]) == (10, 3, "rmst-greenwood")


def test_a_mean_time_without_any_event_is_the_whole_window_without_limits():
    row = found(catalogue_of(timed=TIMED), aggregates(*life_table("h1", {20: (3, 0), 100: (6, 0)})))[
        "restricted_mean", "h1"
    ]
    assert row["value"] == 100
    assert math.isnan(row["lower"]) and math.isnan(row["upper"])


def test_a_mean_time_needs_somebody_followed_to_the_end_as_the_share_does():
    rows = found(
        catalogue_of(timed=TIMED),
        aggregates(*life_table("h1", {10: (2, 1), 60: (8, 0)}), *life_table("h2", {8: (5, 5)})),
    )
    assert rows["restricted_mean", "h1"]["status"] == "incomplete_follow_up"
    assert math.isnan(rows["restricted_mean", "h1"]["value"])
    assert rows["restricted_mean", "h2"]["value"] == 8


@pytest.mark.parametrize(
    ("few", "hidden"),
    [({10: (2, 2), 60: (8, 8), 100: (90, 0)}, "event_free_30d"), ({10: (2, 2), 100: (98, 0)}, "event_free")],
)
def test_a_mean_time_is_hidden_with_any_share_of_its_curve(few, hidden):
    many = {10: (20, 20), 60: (10, 10), 100: (170, 0)}
    tables = [row for unit in ("h12", "h13") for row in life_table(unit, many)]
    catalogue = catalogue_of(timed=TIMED)
    findings = find(catalogue, aggregates(*life_table("h11", few), *tables), {})
    assert set(findings["status"]) == {"shown"}
    rows = protect(catalogue, PLACES, findings).results.to_dict("records")
    status = {(row["statistic"], row["unit"]): row["status"] for row in rows}
    assert status[hidden, "h11"] == status["restricted_mean", "h11"] == "suppressed"
    assert status["event_free", "h11"] == ("suppressed" if hidden == "event_free" else "shown")
    assert status["event_free", "h13"] == status["restricted_mean", "h13"] == "shown"


@pytest.mark.parametrize("unit", ["days", "years"])
def test_a_rate_per_person_time(unit):
    timed = {"kind": "rate", "of": {"from": "procedures"}, "event": TIMED["event"]}
    catalogue = catalogue_of(timed=timed | {"per": {"person_time": unit, "each": 100}})
    table = aggregates(("timed", "h1", "", {"eligible": 50, "n": 50, "numerator": 12, "person_days": 3653}))
    row = found(catalogue, table)["rate", "h1"]
    time = 3653 if unit == "days" else 3653 / 365.25
    assert row["value"] == pytest.approx(100 * 12 / time) and row["n"] == 50
    assert row["exposure"] == pytest.approx(time)


def test_a_rate_over_no_time_is_none():
    timed = {"kind": "rate", "of": {"from": "procedures"}, "event": TIMED["event"]}
    catalogue = catalogue_of(timed=timed | {"per": {"person_time": "years"}})
    table = aggregates(("timed", "h1", "", {"n": 5, "person_days": 0}))
    row = found(catalogue, table)["rate", "h1"]
    assert row["status"] == "not_applicable" and math.isnan(row["value"])
    (published,) = protect(catalogue, PLACES, find(catalogue, table, {})).results.to_dict("records")
    assert pd.isna(published["n"]), "there are people, so it must not say that there is nobody"


def strata(indicator, unit, young, old):
    """Return rows of (people, events) per stratum and their sum."""
    total = {"n": young[0] + old[0], "numerator": young[1] + old[1]}
    parts = [(YOUNG, young), (OLD, old)]
    return [
        (indicator, unit, "", total),
        *((indicator, unit, part, {"n": n, "numerator": x}) for part, (n, x) in parts),
    ]


def test_a_direct_rate_weighs_each_stratum_as_the_standard_does():
    table = aggregates(*strata("rate", "r1", (1000, 10), (4000, 80)))
    row = found(catalogue_of(rate=DIRECT), table, {"rate": {YOUNG: "3000", OLD: "1000"}})
    row = row["standardised_rate", "r1"]
    assert row["value"] == pytest.approx(1000 * (0.75 * 10 / 1000 + 0.25 * 80 / 4000))


def test_a_direct_rate_needs_ten_events_and_people_in_every_stratum():
    table = aggregates(*strata("rate", "r1", (1000, 4), (4000, 5)), *strata("rate", "r2", (0, 0), (4000, 50)))
    rows = found(catalogue_of(rate=DIRECT), table, {"rate": {YOUNG: "3000", OLD: "1000"}})
    assert {rows["standardised_rate", unit]["status"] for unit in ("r1", "r2")} == {"too_few"}
    assert rows["crude_rate", "r1"]["value"] == pytest.approx(1000 * 9 / 5000)


def test_a_crude_rate_stands_beside_a_direct_one_with_the_same_counts():
    table = aggregates(*strata("rate", "r1", (1000, 10), (4000, 80)))
    rows = found(catalogue_of(rate=DIRECT), table, {"rate": {YOUNG: "3000", OLD: "1000"}})
    crude, standardised = rows["crude_rate", "r1"], rows["standardised_rate", "r1"]
    assert crude["value"] == pytest.approx(1000 * 90 / 5000)
    assert crude["lower"] < crude["value"] < crude["upper"] and crude["method"] == "byar-or-exact-poisson"
    assert all(crude[name] == standardised[name] for name in ("n", "numerator"))


def test_expected_events_come_from_the_rates_of_all_units_together():
    table = aggregates(
        *strata("ratio", "national", (10_000, 100), (10_000, 400)),
        *strata("ratio", "r1", (2000, 30), (500, 10)),
    )
    rows = found(catalogue_of(ratio=INDIRECT), table)
    assert rows["standardised_ratio", "r1"]["value"] == pytest.approx(40 / (2000 * 0.01 + 500 * 0.04))
    assert rows["standardised_ratio", "national"]["value"] == pytest.approx(1)
    assert rows["standardised_ratio", "r1"]["exposure"] == pytest.approx(2000 * 0.01 + 500 * 0.04)
    assert rows["crude_rate", "r1"]["value"] == pytest.approx(1000 * 40 / 2500)
    assert math.isnan(rows["crude_rate", "r1"]["exposure"])


def test_a_crude_proportion_stands_beside_a_ratio_of_index_events():
    table = aggregates(
        *strata("ratio", "national", (1000, 100), (1000, 400)), *strata("ratio", "h11", (200, 30), (50, 10))
    )
    rows = found(catalogue_of(ratio=AT_RISK), table)
    crude = rows["crude_proportion", "h11"]
    assert crude["value"] == pytest.approx(40 / 250) and crude["method"] == "clopper-pearson"
    assert rows["standardised_ratio", "h11"]["value"] == pytest.approx(40 / (200 * 0.1 + 50 * 0.4))


def test_where_no_event_is_expected_there_is_a_crude_proportion_and_no_ratio():
    table = aggregates(
        *strata("ratio", "national", (1000, 0), (1000, 400)), *strata("ratio", "h11", (200, 0), (0, 0))
    )
    catalogue = catalogue_of(ratio=AT_RISK)
    rows = found(catalogue, table)
    assert rows["standardised_ratio", "h11"]["status"] == "not_applicable"
    assert rows["crude_proportion", "h11"]["value"] == 0


def test_index_events_of_unknown_sex_are_a_stratum_of_their_own():
    table = aggregates(
        *strata("ratio", "national", (1000, 100), (1000, 400)),
        *strata("ratio", "h11", (200, 30), (50, 10)),
        ("ratio", "national", "sex=unknown", {"n": 100, "numerator": 20}),
        ("ratio", "h11", "sex=unknown", {"n": 30, "numerator": 9}),
    )
    row = found(catalogue_of(ratio=AT_RISK), table)["standardised_ratio", "h11"]
    assert (row["n"], row["numerator"]) == (280, 49)
    assert row["value"] == pytest.approx(49 / (200 * 0.1 + 50 * 0.4 + 30 * 0.2))


MEAN = {"kind": "mean", "of": {"from": "contacts"}, "value": {"column": "cost"}}


@pytest.mark.parametrize(
    ("judgement", "judge", "method"),
    [
        ({}, {}, "clopper-pearson"),
        ({"interval": "wilson"}, {}, "wilson"),
        ({"interval": "wilson"}, {"interval": "clopper-pearson"}, "clopper-pearson"),
        ({}, {"interval": "wilson"}, "wilson"),
    ],
)
def test_the_interval_of_a_proportion_is_the_one_that_the_catalogue_chooses(judgement, judge, method):
    catalogue = catalogue_of(judgement, share=PROPORTION | {"judge": judge}, cost=MEAN)
    rows = found(
        catalogue,
        aggregates(("share", "h1", "", {"n": 10}), ("cost", "h1", "", {"n": 3, "sum": 6, "sum_sq": 14})),
    )
    # No events among 10: z²/(n + z²), and 1 - 0.025^(1/10).
    upper = {"wilson": 1.959964**2 / (10 + 1.959964**2), "clopper-pearson": 1 - 0.025**0.1}[method]
    assert rows["proportion", "h1"]["upper"] == pytest.approx(upper, abs=1e-6)
    assert rows["proportion", "h1"]["method"] == method
    assert rows["mean", "h1"]["method"] == "t"


@pytest.mark.parametrize("method", ["clopper-pearson", "wilson"])
@pytest.mark.parametrize(("n", "numerator"), [(0, 0), (-3, 1), (20, -1)])
def test_counts_that_cannot_be_have_no_value(method, n, numerator):
    shares = {
        "kind": "share_of_sum",
        "of": {"from": "contacts"},
        "numerator": "cost",
        "denominator": "cost",
    }
    catalogue = catalogue_of({"interval": method}, share=shares)
    row = found(catalogue, aggregates(("share", "h1", "", {"n": n, "numerator": numerator})))[
        "share_of_sum", "h1"
    ]
    assert row["status"] == "not_applicable"
    assert all(math.isnan(row[name]) for name in ("value", "lower", "upper"))


RATIO = {
    "improved": {"kind": "proportion", "of": {"from": "contacts"}, "event": {"where": {"acute": True}}},
    "cost": {"kind": "mean", "of": {"from": "contacts"}, "value": {"column": "cost"}},
    "each": {
        "kind": "ratio",
        "numerator": {"indicator": "cost", "statistic": "sum"},
        "denominator": {"indicator": "improved", "statistic": "numerator"},
    },
}


def halves(unit, n, improved, total, largest=0.0):
    """Return a unit whose patients cost the same, but for one."""
    spread = largest**2 + (total - largest) ** 2 / (n - 1) if largest else total**2 / n
    return [
        ("improved", unit, "", {"eligible": n, "n": n, "numerator": improved}),
        ("cost", unit, "", {"eligible": n, "n": n, "sum": total, "sum_sq": spread}),
        ("each", unit, "", {"eligible": n, "n": n, "sum": total, "expected": improved}),
    ]


def test_a_ratio_divides_what_its_halves_add_up_to():
    rows = found(catalogue_of(**RATIO), aggregates(*halves("h1", 50, 20, 60_000)))
    assert rows["ratio", "h1"]["value"] == 3000 and math.isnan(rows["ratio", "h1"]["lower"])


def test_a_ratio_by_nobody_is_none():
    rows = found(catalogue_of(**RATIO), aggregates(*halves("h1", 50, 0, 60_000)))
    assert rows["ratio", "h1"]["status"] == "not_applicable"


def test_a_ratio_is_hidden_where_a_half_is():
    catalogue = catalogue_of(**RATIO)
    table = aggregates(
        *halves("h11", 50, 2, 60_000), *halves("h12", 50, 20, 60_000), *halves("h13", 50, 25, 1)
    )
    results = protect(catalogue, PLACES, find(catalogue, table, {})).results
    status = {(row["statistic"], row["unit"]): row["status"] for row in results.to_dict("records")}
    assert status["proportion", "h11"] == "suppressed"
    assert status["ratio", "h11"] == "suppressed" and status["ratio", "h13"] == "shown"


def test_a_sum_of_money_that_one_patient_dominates_is_hidden():
    catalogue = catalogue_of(**RATIO)
    table = aggregates(
        *halves("h11", 50, 20, 60_000, largest=59_000), *halves("h12", 50, 20, 60_000, largest=2_000)
    )
    results = protect(catalogue, PLACES, find(catalogue, table, {})).results
    status = {(row["statistic"], row["unit"]): row["status"] for row in results.to_dict("records")}
    assert [status["mean", unit] for unit in ("h11", "h12")] == ["suppressed", "shown"]
    assert [status["proportion", unit] for unit in ("h11", "h12")] == ["shown", "shown"]


@pytest.mark.parametrize("indicator", [DIRECT, INDIRECT])
def test_people_of_unknown_sex_stand_in_no_stratum(indicator):
    known = aggregates(
        *strata("rate", "national", (10_000, 100), (10_000, 400)),
        *strata("rate", "r1", (2000, 30), (500, 10)),
    )
    unknown = aggregates(
        ("rate", "national", "sex=unknown", {"numerator": 50}),
        ("rate", "r1", "sex=unknown", {"numerator": 7}),
    )
    standards = {"rate": {YOUNG: "3000", OLD: "1000"}}
    catalogue = catalogue_of(rate=indicator)
    without = found(catalogue, known, standards)
    together = found(catalogue, pd.concat([known, unknown], ignore_index=True), standards)
    for key, row in without.items():
        assert together[key]["value"] == row["value"] and together[key]["numerator"] == row["numerator"]
