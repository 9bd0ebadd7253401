"""The embedded engine against a reading of the definitions in plain Python, over random registers: equal to the last digit."""

from collections import defaultdict

from engines import engine_called, named_rows
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from property.every_kind import MEASURES, catalogue_of, delivered_to, query_of
from property.plain_reading import Reading
from property.random_tables import AFTER, FIRST, HORIZON, registers

from vbs_site.measures.shape import GROUPS, STATISTICS


def summed(rows):
    """Return the place of each row to its statistics: events and the population beside them stand in rows of their own."""
    found = defaultdict(lambda: dict.fromkeys(STATISTICS, 0))
    for row in rows:
        total = found[tuple(row[name] for name in GROUPS)]
        for name in STATISTICS:
            total[name] += row[name]
    return dict(found)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # shrinking would take minutes; what differs is told by measure
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(registers(40), st.sampled_from([None, HORIZON]))
def test_every_kind_equals_its_definition(tables, horizon):
    engine = engine_called("duckdb")
    delivered_to(engine, tables)
    different = {}
    for name in MEASURES:
        expected = Reading(catalogue_of(name), tables, (FIRST, AFTER, horizon)).read()
        found = summed(named_rows(engine, query_of(name, horizon)))
        if found != expected:
            different[name] = found, expected
    assert different == {}
