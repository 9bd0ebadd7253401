"""The counts from source rows to figure lead to the figure, add up over regions, and never give a small count away."""

import itertools
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from property.test_parts_add_up import by_hospital, registers
from regions import REGIONS, Computing, delivered, saved, three_regions

from vbs_site.catalogue.protection import Disclosure
from vbs_site.disclosure.flow import READ, steps_shown
from vbs_site.measures.combine import combine

FEW = settings(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=500, deadline=None, derandomize=True)


@pytest.fixture(scope="module")
def computing():
    return Computing()


@FEW
@given(tables=registers())
def test_the_steps_lead_from_the_rows_to_those_that_count(computing, tables):
    loaded = three_regions()
    found = computing.compute(loaded, delivered(loaded), by_hospital(tables))
    rows, flow = found.rows, found.note["flow"]
    assert {"readmission", "courses", "washed-out", "first-ever", "score", "free-of-contact"} <= flow.keys()
    for name, each in flow.items():
        counts = each["counts"]
        read = [counts[step] for step in READ if step in counts]
        out = [count for step, count in counts.items() if step not in (*READ, "eligible")]
        assert read == sorted(read, reverse=True)
        assert all(count >= 0 for count in out)
        assert read[-1] - sum(out) == counts["eligible"]
        here = rows[
            (rows["indicator"] == name)
            & (rows["unit_kind"] == "national")
            & (rows["period"] == each["period"])
            & (rows["stratum"] == "all")
        ]
        whole = here[here["part"] == ""]
        if name != "answered":  # its eligible is a sum of delivered counts
            assert int((whole if len(whole) else here)["eligible"].sum()) == counts["eligible"], name


@FEW
@given(tables=registers())
def test_the_steps_of_the_parts_add_up_to_those_of_all(computing, tables):
    loaded, tables = three_regions(), by_hospital(tables)
    whole = computing.compute(loaded, delivered(loaded), tables)
    with tempfile.TemporaryDirectory() as name:
        parts = [
            saved(computing.compute(loaded, delivered(loaded), tables, only=region), Path(name) / region)
            for region in REGIONS
        ]
        combined = combine(loaded, parts).aggregates.note["flow"]
        some = combine(loaded, parts[:2]).aggregates.note["flow"]
    assert combined and all(whole.note["flow"][each] == combined[each] for each in combined)
    assert {"readmission", "score", "first-ever", "courses"} <= combined.keys()
    assert some == {}


def small(count, policy):
    return 0 < abs(count) < policy.threshold


@MANY
@given(
    out=st.lists(st.integers(0, 12), max_size=3),
    missing=st.integers(0, 12),
    counted=st.integers(0, 40),
    joined=st.none() | st.integers(0, 12),
    unmet=st.none() | st.integers(0, 12),
    threshold=st.integers(1, 8),
    zeros=st.booleans(),
)
def test_no_small_count_can_be_subtracted(out, missing, counted, joined, unmet, threshold, zeros):
    policy = Disclosure(threshold=threshold, zeros_shown=zeros)
    counts = {f"excluded_{number}": count for number, count in enumerate(out, start=1)}
    left = eligible = counted + missing
    left += sum(out)
    read = {}
    if joined is not None:
        read["courses"] = left
        left += joined
    if unmet is not None:
        read["where"] = left
        left += unmet
    counts = {"rows": left, **dict(reversed(read.items())), **counts, "eligible": eligible}
    shown = steps_shown(counts, counted, policy)
    assert all(shown[step] == count for step, count in counts.items() if step in shown)
    kept = [shown[step] for step in READ if step in shown]
    left_out = [count for step, count in shown.items() if step.startswith(("excluded", "missing"))]
    # The figure is published beside the steps, and the eligible stand in the response rate.
    published = [*kept, eligible, counted] if left_out else kept
    assert not any(small(one - other, policy) for one, other in itertools.pairwise(published))
    assert not any(small(count, policy) for count in left_out)
    assert zeros or 0 not in left_out
    for end in (eligible, counted):
        assert not any(small(one - end, policy) for one in kept)
    if not any(small(count, policy) for count in (*out, missing, joined or 0, unmet or 0)) and (
        zeros or 0 not in (*out, missing)
    ):
        assert shown == counts | {"missing": missing}
