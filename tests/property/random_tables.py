"""Random small tables, and what the engine makes of them."""

import datetime as dt
from decimal import Decimal

import pandas as pd
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from spec.tables import measure_on

THOROUGH = settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
MIDNIGHT = dt.time()
START, END = (dt.datetime.combine(dt.date(2026, month, 1), MIDNIGHT) for month in (1, 7))
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
KINDS = ["inpatient", "outpatient", "virtual"]


def quarter(moment):
    return f"{moment.year}Q{(moment.month + 2) // 3}"


def moments():
    """Times around the edges of the reported days, on a coarse grid so that windows are often met exactly."""
    return st.builds(
        lambda day, step: day + step * 6 * HOUR,
        st.sampled_from([START - 4 * DAY, START, START + 2 * DAY, START + 87 * DAY, END - 4 * DAY]),
        st.integers(0, 20),
    )


@st.composite
def contacts(draw):
    rows = []
    for number in range(draw(st.integers(0, 9))):
        start = draw(moments())
        length = draw(st.one_of(st.none(), st.integers(0, 12)))
        rows.append(
            {
                "id": number,
                "person": draw(st.integers(1, 3)),
                "hospital": draw(st.sampled_from(["H1", "H2"])),
                "start": start,
                "end": None if length is None else start + length * 6 * HOUR,
                "kind": draw(st.sampled_from(KINDS)),
                "acute": draw(st.sampled_from([True, False, None])),
                "diagnosis": draw(st.sampled_from([None, "DC50", "DJ44", "DJ45"])),
                "cost": draw(st.one_of(st.none(), st.decimals(0, 10**6, places=2))),
            }
        )
    return rows


def persons():
    death = st.one_of(st.none(), moments().map(lambda moment: moment.date()))
    person = st.fixed_dictionaries({"death": death, "municipality": st.sampled_from([101, 102, None])})
    return st.dictionaries(st.integers(1, 3), person, max_size=3)


def as_table(found):
    return [{"person": number, **values} for number, values in found.items()]


def durations():
    return st.one_of(
        st.builds(lambda n: (f"{n} hours", n * HOUR), st.integers(0, 30)),
        st.builds(lambda n: (f"{n} days", n * DAY), st.integers(0, 6)),
    )


def engine_rows(indicator, tables, *names):
    rows = measure_on("duckdb", indicator, tables, start="2026-01-01", end="2026-07-01")
    found = pd.DataFrame(rows, columns=["unit", "period", *names])
    return sorted_cells(found, names)


def sorted_cells(frame, names):
    """Return (unit, period) to the statistics, added up, without cells that hold nothing."""
    cells = {}
    for row in frame.to_dict("records"):
        key = (row["unit"] if isinstance(row["unit"], str) else None, row["period"])
        total = cells.setdefault(key, [Decimal(0)] * len(names))
        for i, name in enumerate(names):
            total[i] += Decimal(row[name])
    return {key: tuple(total) for key, total in cells.items() if any(total)}


def cells_of(rows, *names):
    return sorted_cells(pd.DataFrame(rows, columns=["unit", "period", *names]), names)
