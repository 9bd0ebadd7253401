"""Whatever is published: verdicts do not depend on the order of rows nor on what is hidden, and agree with their limits."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.disclosure_tables import PLACES
from unit.judged_tables import YEARS, catalogue_of, means, results, whole_country

from vbs_site.disclosure.protect import protect
from vbs_site.judgement.judge import judge
from vbs_site.releases.writing import _csv

HOSPITALS = [f"h{i}{j}" for i in range(1, 5) for j in range(1, 4)]
CELLS = st.dictionaries(
    st.tuples(st.sampled_from(HOSPITALS), st.sampled_from(["2023", "2024", "2025"])),
    st.integers(0, 120).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(max(n, 1)))),
    min_size=4,
)


def written(verdicts):
    """Return every table as text, with the digits that it is published with."""
    rows = verdicts.results.sort_values(["statistic", "unit", "period"])
    tables = verdicts.tables | {"results": rows}
    return {name: _csv(table, list(table.columns)) for name, table in tables.items()}


def shuffled(table, order):
    places = list(range(len(table)))
    order.shuffle(places)
    return table.iloc[places]


@settings(max_examples=30, deadline=None)
@given(
    cells=CELLS, overdispersion=st.sampled_from(["none", "multiplicative", "additive"]), order=st.randoms()
)
def test_the_order_of_rows_never_matters_to_a_byte(cells, overdispersion, order):
    group = {"title": {"en": "A group"}, "unit_kind": "hospital", "units": HOSPITALS[:5]}
    funnel = {"judge": {"funnel": {"overdispersion": overdispersion}}}
    catalogue = catalogue_of(YEARS | funnel, similar={"group": group})
    table = results(cells | whole_country(cells))
    one, other = (judge(catalogue, PLACES, each) for each in (table, shuffled(table, order)))
    assert written(one) == written(other)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 9999), order=st.randoms())
def test_the_order_of_rows_never_matters_to_a_byte_of_means(seed, order):
    rng = np.random.default_rng(seed)
    patients = {unit: rng.normal(5, 2, 25) for unit in ["national", *HOSPITALS]}
    catalogue, table = means(patients, HOSPITALS[:4])
    one, other = (judge(catalogue, PLACES, each) for each in (table, shuffled(table, order)))
    assert written(one) == written(other)


@settings(max_examples=40, deadline=None)
@given(cells=CELLS, level=st.sampled_from([0.95, 0.998]))
def test_a_unit_is_better_only_beyond_the_limit_that_decides(cells, level):
    """So nobody is both best and worst, and the drawing shows what the word says."""
    catalogue = catalogue_of(YEARS | {"judge": {"funnel": {"level": level}}})
    found = judge(catalogue, PLACES, results(cells | whole_country(cells)))
    funnel = found.tables["funnel"].set_index(["unit", "period"])
    compared = found.results[found.results["comparison"].notna()].set_index(["unit", "period"])
    assert sorted(funnel.index) == sorted(compared.index)
    names = {0.95: ("lower_95", "upper_95"), 0.998: ("lower_998", "upper_998")}[level]
    for place, row in compared.iterrows():
        low, high = (funnel.loc[place, name] for name in names)
        value = round(row["value"], 8)
        if abs(value - low) > 1e-7 and abs(value - high) > 1e-7:
            expected = "better" if value > high else "worse" if value < low else "undecided"
            assert row["comparison"] == expected


@settings(max_examples=30, deadline=None)
@given(cells=CELLS, behind=st.integers(1, 9))
def test_what_is_hidden_changes_no_verdict(cells, behind):
    """Two countries that publish the same give the same verdicts, whatever lies behind what they hide."""
    catalogue = catalogue_of()
    found = results(cells | whole_country(cells)).astype({"n": "int64"})
    published = protect(catalogue, PLACES, found).results
    hidden = published["status"] != "shown"
    # What a slip of disclosure control would leave in hidden rows must not be looked at either.
    left = published.copy()
    left.loc[hidden, ["value", "lower", "upper"]] = [behind / 10, behind / 11, behind / 9]
    left.loc[hidden, ["n", "numerator"]] = [100 * behind, 10 * behind]
    one, other = (judge(catalogue, PLACES, each) for each in (published, left))
    verdicts = ["comparison", "target", "trend", "variation"]
    assert one.results[verdicts].equals(other.results[verdicts])
    assert {name: text for name, text in written(one).items() if name != "results"} == {
        name: text for name, text in written(other).items() if name != "results"
    }
