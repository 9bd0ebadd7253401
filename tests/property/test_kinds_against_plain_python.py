"""The embedded engine against a reading of the definitions in plain Python, over random registers: equal to the last digit."""

from collections import defaultdict

import pytest
from engines import engine_called
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from property.every_kind import MEASURES, catalogue_of, delivered_to, query_of
from property.plain_reading import Reading
from property.random_tables import AFTER, FIRST, HORIZON, registers

from vbs_site.measures.shape import GROUPS, STATISTICS


def summed(rows):
    """Return the place of each row to its statistics: events and the population beside them stand in rows of their own."""
    found = defaultdict(lambda: dict.fromkeys(STATISTICS, 0))
    for row in rows:
        place, statistics = row[: len(GROUPS)], row[len(GROUPS) :]
        code, period, sex, band, in_bin = place
        total = found[code, period, sex, band, in_bin]
        for name, value in zip(STATISTICS, statistics, strict=True):
            total[name] += value
    return dict(found)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(registers(40), st.sampled_from([None, HORIZON]))
def test_every_kind_equals_its_definition(tables, horizon):
    engine = engine_called("duckdb")
    delivered_to(engine, tables)
    different = {}
    for name in MEASURES:
        expected = Reading(catalogue_of(name), tables, (FIRST, AFTER, horizon)).read()
        found = summed(engine.rows(query_of(name, horizon)))
        if found != expected:
            different[name] = found, expected
    assert different == {}
