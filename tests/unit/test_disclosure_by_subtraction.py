"""What a reader with a pencil can still work out, over random tables whose totals add up."""

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from unit.disclosure_tables import (
    PROPORTION,
    catalogue_of,
    findings,
    parent,
    protected,
    relations,
    worked_out,
)


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


# Not shrunk: the examples in test_disclosure_totals are the small ones, and shrinking a table takes long.
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
            assert len(gone) >= 2
            for together in zip(*(counts_in(cells[cell]) for cell in gone), strict=True):
                assert not is_small(sum(together))
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
