"""Rolling years share quarters: what is known of one is told by those beside it."""

import pandas as pd
from unit.disclosure_tables import PLACES, PROPORTION, catalogue_of, findings

from vbs_site.disclosure.columns import GROUP, counted
from vbs_site.disclosure.protect import protect
from vbs_site.disclosure.rolling import add_quarters
from vbs_site.periods import Period

QUARTERS = {"r1": [1, 0, 2, 9, 8, 12, 3, 1], "r2": [30, 25, 28, 31, 27, 33, 29, 30]}
ROLLING = PROPORTION | {"period": "rolling_year"}


def years(quarters):
    return [sum(quarters[start : start + 4]) for start in range(len(quarters) - 3)]


def table(quarters):
    catalogue = catalogue_of(ROLLING)
    every = quarters | {"national": [sum(each) for each in zip(*quarters.values(), strict=True)]}
    parts = []
    for place in range(5):
        period = Period("rolling_year", 2026 * 4 + place).id
        cells = {(unit, "all"): (40 * years(each)[place], years(each)[place]) for unit, each in every.items()}
        parts.append(findings(catalogue, cells).assign(period=period))
    return catalogue, pd.concat(parts, ignore_index=True)


def test_quarters_are_found_that_add_up_to_every_rolling_year_and_every_unit():
    catalogue, rows = table(QUARTERS)
    found = counted(catalogue.computed, rows)
    added = add_quarters(catalogue, PLACES, found)
    cells = found.numbers["example", GROUP]
    assert len(added) == 2 * 3 * 8
    for cell, count in list(cells.items()):
        if "-" in cell.period:
            last = int(cell.period[-6:-2]) * 4 + int(cell.period[-1]) - 1
            quarters = [cell._replace(period=Period("quarter", last - back).id) for back in range(4)]
            assert sum(cells[each] for each in quarters) == count
        else:
            assert count >= 0
            if cell.unit == "national":
                assert count == sum(cells[cell._replace(unit_kind="region", unit=unit)] for unit in QUARTERS)


def test_an_indicator_by_years_has_no_quarters():
    catalogue = catalogue_of(PROPORTION)
    found = counted(catalogue.computed, findings(catalogue, {("national", "all"): (50, 20)}))
    assert add_quarters(catalogue, PLACES, found) == frozenset()


def test_a_small_rolling_year_is_hidden_and_takes_another_with_it():
    small = QUARTERS | {"r1": [1, 0, 1, 1, 8, 12, 3, 1]}
    catalogue, rows = table(small)
    outcome = protect(catalogue, PLACES, rows)
    assert outcome.withheld == {}
    gone = outcome.results[outcome.results["status"] == "suppressed"]
    first = Period("rolling_year", 2026 * 4).id
    assert ("r1", first) in set(zip(gone["unit"], gone["period"], strict=True))
    assert len(gone[gone["period"] == first]) >= 2
