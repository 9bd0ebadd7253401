"""Where units lie in the value assessment matrix, and where nothing may be said."""

import math
from dataclasses import replace

import pytest
from unit.value_tables import loaded, national, published, result, table

from vbs_site.catalogue.organisations import Organisation, Organisations
from vbs_site.judgement.value import CELLS, COLUMNS, DILEMMAS, Interval, assess, place, position
from vbs_site.releases.dictionary import BESIDE, CODES

OUTCOMES = {"better": (29, 31), "same": (19, 21), "worse": (9, 11)}
"""Position to an interval of the score: 20 points for the whole country, 8 to either side are the same."""
RESOURCES = {"lower": (800, 850), "same": (950, 1050), "higher": (1150, 1200)}
"""Position to an interval of the cost: 1,000 for the whole country, 100 to either side are the same."""


@pytest.fixture(scope="module")
def agreed(tmp_path_factory):
    return loaded(tmp_path_factory.mktemp("agreed"))


def assessed(given, *rows):
    return assess(given.catalogue, given.organisations, published(*rows))


def only(given, *rows):
    found = assessed(given, *rows)
    assert len(found) == 1
    return found.iloc[0]


def test_every_pair_of_positions_is_its_own_cell(agreed):
    rows = []
    for cost, costs in RESOURCES.items():
        for effect, effects in OUTCOMES.items():
            rows += [
                result("hip-score", f"{cost}-{effect}", *effects),
                result("stay-cost", f"{cost}-{effect}", *costs),
            ]
    found = assessed(agreed, *rows)
    assert sorted(found["unit"]) == sorted(CELLS)
    assert list(found["cell"]) == list(found["unit"])
    assert [f"{each.resource_position}-{each.outcome_position}" for each in found.itertuples()] == list(
        found["unit"]
    )


def test_the_dilemmas_are_where_one_side_speaks_against_the_other():
    assert set(DILEMMAS) == {"lower-worse", "higher-better"} < set(CELLS)


def test_the_numbers_behind_are_the_published_ones_with_references_and_bands(agreed):
    row = only(agreed, result("hip-score", "H1", 19, 21), result("stay-cost", "H1", 950, 1050))
    assert [row[each] for each in COLUMNS] == [
        *("stays", "hospital", "H1", "2025"),
        *(20, 19, 21, 20, 8, "same"),
        *(1000, 950, 1050, 1000, 100, "same"),
        "same-same",
    ]


@pytest.mark.parametrize(
    ("lower", "upper", "told"),
    [
        (12, 28, "same"),
        (11.9, 28, "undecided"),
        (12, 28.1, "undecided"),
        (28, 30, "undecided"),
        (28.01, 30, "better"),
        (10, 12, "undecided"),
        (10, 11.99, "worse"),
        (5, 40, "undecided"),
    ],
)
def test_an_outcome_is_placed_only_when_its_whole_interval_lies_on_one_side_of_an_edge(
    agreed, lower, upper, told
):
    row = only(agreed, result("hip-score", "H1", lower, upper), result("stay-cost", "H1", 950, 1050))
    assert row["outcome_position"] == told
    assert row["cell"] == ("undecided" if told == "undecided" else f"same-{told}")


def test_a_resource_use_that_straddles_leaves_the_unit_without_a_place(agreed):
    row = only(agreed, result("hip-score", "H1", 29, 31), result("stay-cost", "H1", 880, 920))
    assert (row["outcome_position"], row["resource_position"], row["cell"]) == (
        "better",
        "undecided",
        "undecided",
    )


def test_a_number_without_an_interval_is_undecided(agreed):
    bare = result("hip-score", "H1", 29, 31) | {"lower": None, "upper": None}
    row = only(agreed, bare, result("stay-cost", "H1", 950, 1050))
    assert (row["outcome"], row["outcome_position"], row["cell"]) == (30, "undecided", "undecided")


def test_of_an_outcome_where_lower_is_better_the_lower_is_better():
    outcome, resource = Interval(0.01, 0.02), Interval(95, 105)
    assert place(outcome, 0.1, 0.03, "lower", resource, 100, 0.1) == "same-better"
    assert place(outcome, 0.1, 0.03, "higher", resource, 100, 0.1) == "same-worse"


def test_a_width_takes_the_place_of_a_threshold(tmp_path):
    given = loaded(
        tmp_path,
        edit=lambda text: text.replace(
            "same: {threshold: mic_individual}", "same: {width: 0.5, source: {da: vi, en: we}}"
        ),
    )
    row = only(given, result("hip-score", "H1", 20.6, 21), result("stay-cost", "H1", 950, 1050))
    assert (row["outcome_band"], row["cell"]) == (0.5, "same-better")


@pytest.mark.parametrize("status", ["suppressed", "too_few", "low_coverage", "incomplete_follow_up"])
def test_a_side_that_is_not_shown_leaves_no_number_and_no_place(agreed, status):
    row = only(
        agreed,
        result("hip-score", "H1", 29, 31, status=status),
        result("stay-cost", "H1", 800, 850),
    )
    assert [row["outcome_position"], row["resource_position"], row["cell"]] == [
        "not_shown",
        "lower",
        "not_judged",
    ]
    assert all(math.isnan(row[each]) for each in ("outcome", "outcome_lower", "outcome_upper"))


def test_numbers_that_stand_in_a_hidden_row_are_not_looked_at(agreed):
    leaky = result("hip-score", "H1", 29, 31) | {"status": "suppressed"}
    row = only(agreed, leaky, result("stay-cost", "H1", 800, 850))
    assert row["outcome_position"] == "not_shown"
    assert math.isnan(row["outcome_lower"])


def test_a_unit_that_has_only_one_side_has_a_row(agreed):
    row = only(agreed, result("stay-cost", "H1", 800, 850))
    assert (row["outcome_position"], row["cell"]) == ("not_shown", "not_judged")


def test_below_the_catalogues_minimum_nothing_is_judged(agreed):
    resource = result("stay-cost", "H1", 800, 850)
    few = only(agreed, result("hip-score", "H1", 29, 31, n=9), resource)
    enough = only(agreed, result("hip-score", "H1", 29, 31, n=10), resource)
    assert (few["outcome"], few["outcome_position"], few["cell"]) == (30, "too_few", "not_judged")
    assert enough["cell"] == "lower-better"


def test_an_indicators_own_minimum_counts(tmp_path):
    given = loaded(
        tmp_path,
        edit=lambda text: text.replace("    decimals: 0\n", "    decimals: 0\n    judge: {minimum: 41}\n"),
    )
    row = only(given, result("hip-score", "H1", 29, 31), result("stay-cost", "H1", 800, 850))
    assert (row["resource_position"], row["cell"]) == ("too_few", "not_judged")


def test_a_proposal_gets_positions_and_no_cell(tmp_path):
    given = loaded(tmp_path, status="proposal")
    row = only(given, result("hip-score", "H1", 29, 31), result("stay-cost", "H1", 800, 850))
    assert (row["outcome_position"], row["resource_position"], row["cell"]) == ("higher", "lower", "proposal")


def test_a_period_without_both_national_values_is_not_assessed(agreed):
    sides = [result("hip-score", "H1", 29, 31), result("stay-cost", "H1", 800, 850)]
    hidden = table(national("hip-score", status="incomplete_follow_up"), national("stay-cost"), *sides)
    missing = table(national("hip-score"), *sides)
    leaky = table(national("hip-score") | {"status": "suppressed"}, national("stay-cost"), *sides)
    for results in (hidden, missing, leaky):
        found = assess(agreed.catalogue, agreed.organisations, results)
        assert found.empty
        assert list(found.columns) == list(COLUMNS)


def test_each_period_is_held_against_its_own_national_value(agreed):
    rows = [result("hip-score", "H1", 19, 21), result("stay-cost", "H1", 950, 1050)]
    later = [each | {"period": "2026"} for each in rows]
    dear = national("stay-cost", period="2026") | {"value": 2000.0}
    found = assessed(agreed, *rows, *later, national("hip-score", period="2026"), dear)
    assert list(found["period"]) == ["2025", "2026"]
    assert list(found["cell"]) == ["same-same", "lower-same"]
    assert list(found["resource_band"]) == [100, 200]


def test_only_everyone_in_known_units_of_the_kinds_that_are_placed_has_a_row(agreed):
    sides = [result("hip-score", "H1", 19, 21), result("stay-cost", "H1", 950, 1050)]
    others = [
        each | change | {"lower": 0, "value": 0, "upper": 0}
        for each in sides
        for change in ({"unit": "unknown"}, {"stratum": "sex=K"}, {"unit_kind": "region", "unit": "north"})
    ]
    improved = sides[0] | {"statistic": "share_improved", "value": 0.9, "lower": 0.8, "upper": 0.95}
    found = assessed(agreed, *sides, *others, improved)
    assert list(found["unit"]) == ["H1"]
    assert found["cell"].iloc[0] == "same-same"


def test_a_unit_that_is_the_sum_of_others_beside_it_has_no_row(agreed):
    both = [
        result(indicator, unit, *limits)
        for unit in ("H1", "H9")
        for indicator, limits in (("hip-score", (19, 21)), ("stay-cost", (950, 1050)))
    ]
    successor = Organisation(
        id="H9", kind="hospital", name={"da": "Ny", "en": "New"}, predecessors=["H1"], valid_from="2027-01-01"
    )
    organisations = Organisations.of([*agreed.organisations.members, successor])
    found = assessed(replace(agreed, organisations=organisations), *both)
    assert list(found["unit"]) == ["H1"]


def test_below_zero_a_share_of_the_resource_use_is_still_a_distance(agreed):
    rows = [national("hip-score"), national("stay-cost") | {"value": -1000.0}]
    rows += [result("hip-score", "H1", 19, 21), result("stay-cost", "H1", -1050, -950)]
    found = assess(agreed.catalogue, agreed.organisations, table(*rows)).iloc[0]
    assert (found["resource_band"], found["cell"]) == (100, "same-same")
    assert place(Interval(1, 1), 1, 0, "higher", Interval(-1050, -950), -1000, 0.1) == "same-same"


def test_a_catalogue_without_assessments_has_an_empty_table(agreed):
    bare = agreed.catalogue.model_copy(update={"value": {}})
    found = assess(bare, agreed.organisations, published(result("hip-score", "H1", 19, 21)))
    assert found.empty
    assert list(found.columns) == list(COLUMNS)


@pytest.mark.parametrize(("reference", "band"), [(-10.0, 1.0), (0.0, 0.0), (1.5, 0.0)])
def test_a_band_is_around_the_reference_whatever_its_sign(reference, band):
    assert position(Interval(reference, reference), reference, band) == "same"
    assert position(Interval(reference + band + 1, reference + band + 2), reference, band) == "higher"
    assert position(Interval(reference - band - 2, reference - band - 1), reference, band) == "lower"


def test_the_dictionary_names_every_column_and_every_code():
    assert [each.column for each in BESIDE["value"]][2:] == list(COLUMNS)
    told = {
        column: {each.column for each in CODES if each.table == column}
        for column in ("cell", "outcome_position", "resource_position")
    }
    positions = {"lower", "same", "higher", "undecided", "too_few", "not_shown"}
    assert told == {
        "cell": {*CELLS, "undecided", "not_judged", "proposal"},
        "outcome_position": positions | {"better", "worse"},
        "resource_position": positions,
    }
