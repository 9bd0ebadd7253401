"""The steps before a figure never tell what a hidden figure hides."""

from unit.disclosure_tables import PLACES, catalogue_of, findings
from unit.test_disclosure import CHANGE

from vbs_site.disclosure.flow import protect_flow
from vbs_site.disclosure.protect import protect


def steps(cells, counts):
    catalogue = catalogue_of(CHANGE)
    outcome = protect(catalogue, PLACES, findings(catalogue, cells))
    flow = {"example": {"period": "2026Q1", "counts": counts}}
    return outcome, {each.step: each.count for each in protect_flow(catalogue, flow, outcome.results)}


def test_no_step_stands_where_the_response_rate_is_hidden():
    cells = {
        ("national", "all"): (200, 90, 203),
        ("national", "sex=K"): (100, 45, 101),
        ("national", "sex=M"): (100, 45, 102),
        ("r1", "all"): (200, 90, 203),
    }
    outcome, found = steps(cells, {"rows": 500, "where": 203, "eligible": 203})
    rates = outcome.results[outcome.results["statistic"] == "response_rate"]
    assert (rates["status"] == "suppressed").any()
    assert found["denominator"] == 200
    assert {step for step, count in found.items() if count is not None} == {"denominator", "numerator"}


def test_every_step_stands_where_nothing_is_hidden():
    cells = {("national", "all"): (200, 90, 240), ("r1", "all"): (200, 90, 240)}
    _, found = steps(cells, {"rows": 500, "where": 260, "excluded_1": 20, "eligible": 240})
    expected = {"rows": 500, "where": 260, "excluded_1": 20, "eligible": 240, "missing": 40}
    assert found == expected | {"denominator": 200, "numerator": 90}
