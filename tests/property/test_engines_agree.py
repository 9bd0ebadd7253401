"""PostgreSQL and Spark find the rows that DuckDB finds, over random registers: counts identical, sums to the last digit.

What the numbers have to be is said by the spec tests and by `test_kinds_against_plain_python.py`; here only the engines
are held against each other. A row is compared as Python writes it, so types and scales are the same as well.
"""

import pytest
from engines import engine_called, named_rows
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from property.every_kind import MEASURES, delivered_to, query_of
from property.random_tables import HORIZON, registers

from vbs_site.measures.shape import GROUPS, STATISTICS

EXAMPLES = {"postgres": 40, "spark": 4}
"""How many registers: an answer of Spark takes a third of a second."""
COUNTED = {"postgres": 1.0, "spark": 0.5}
"""The part of the measures that count something in these registers at least, so that more than nothing is compared."""


def bounded(engine):
    return settings(
        max_examples=EXAMPLES[engine],
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],  # shrinking would ask every measure of Spark again and again
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def answers(engine, tables, horizon):
    """Return measure to its rows as texts that tell types and scales, in an order of their own."""
    filled = engine_called(engine)
    delivered_to(filled, tables)
    return {
        name: sorted(tuple(map(repr, row.values())) for row in named_rows(filled, query_of(name, horizon)))
        for name in MEASURES
    }


@pytest.mark.parametrize("engine", EXAMPLES)
def test_engines_find_the_same(engine):
    counted = set()

    @bounded(engine)
    @given(registers(60), st.sampled_from([None, HORIZON]))
    def agree(tables, horizon):
        expected, found = (answers(each, tables, horizon) for each in ("duckdb", engine))
        counted.update(name for name, rows in expected.items() if any(map(counts, rows)))
        assert {name: rows for name, rows in found.items() if rows != expected[name]} == {}

    agree()
    assert len(counted) >= COUNTED[engine] * len(MEASURES)


def counts(row):
    """Return whether a row has a numerator or a sum."""
    named = dict(zip((*GROUPS, *STATISTICS), row, strict=True))
    return named["numerator"] != "0" or named["sum"] not in ("0", "Decimal('0.000000')")
