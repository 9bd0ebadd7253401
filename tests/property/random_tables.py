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


# --- every source of the mini registers, for measures of every kind -------------------------------------------------

FIRST, AFTER = dt.date(2027, 1, 1), dt.date(2029, 1, 1)
"""Reported days of whole years, the later day excluded; there is a leap day among them."""
HORIZON = dt.date(2028, 3, 1)
EDGES = [
    dt.date(*day)
    for day in (
        *((2024, 2, 28), (2026, 11, 29), (2026, 12, 29), (2027, 1, 29), (2027, 2, 26), (2027, 3, 29)),
        *((2027, 6, 28), (2027, 12, 30), (2028, 1, 29), (2028, 2, 27), (2028, 3, 29), (2028, 12, 29)),
    )
]
"""Some days before the end of a month, of a period, of what is reported; before leap days."""
DIAGNOSES = [None, "DC50", "DC61", "DJ44", "DJ44A", "DJ45", "DE10"]
AGES = ["00-17", "18-39", "40-64", "65-79", "80+"]
PERSONS = 8
PLACE = {101: "R1", 102: "R2"}


def days(edges):
    return st.builds(lambda day, later: day + later * DAY, st.sampled_from(edges), st.integers(0, 5))


def times(edges):
    """Midnights and quarters of a day, so that times and ends of windows often coincide, and a minute beside them."""
    return st.builds(
        lambda day, step, minute: dt.datetime.combine(day, MIDNIGHT) + step * 6 * HOUR + minute * HOUR / 60,
        days(edges),
        st.integers(0, 3),
        st.sampled_from([0, 0, 0, 0, 1, -1]),
    )


def maybe(strategy):
    return st.one_of(st.none(), strategy, strategy, strategy)


def rows_of(numbers, **columns):
    return st.lists(st.fixed_dictionaries(columns), min_size=numbers[0], max_size=numbers[1]).map(
        lambda rows: [{"id": number, **row} for number, row in enumerate(rows, start=1)]
    )


def amounts(places, most):
    return maybe(st.integers(-(10**places), most * 10**places).map(lambda n: Decimal(n).scaleb(-places)))


def births(edges):
    """Long ago, on leap days, on birthdays that lie among the index days, and after them."""
    return st.one_of(
        st.sampled_from([dt.date(1948, 2, 29), dt.date(1988, 2, 29), dt.date(2008, 2, 29)]),
        st.builds(
            lambda day, age: day.replace(year=day.year - age, day=min(day.day, 28)),
            days(edges),
            st.sampled_from([0, 17, 18, 39, 40, 65, 80, 101]),
        ),
    )


@st.composite
def registers(draw, most=25):
    """Rows of every delivered source; persons have several rows each, which lie close together.

    Args:
        draw: given by hypothesis.
        most: rows of a source at most; there are half as many at least, unless the source is empty.
    """
    edges = draw(st.lists(st.sampled_from(EDGES), min_size=1, max_size=4))
    person, hospital = st.integers(1, PERSONS), st.sampled_from(["H1", "H1", "H2", "H9"])
    numbers = (most // 2, most) if draw(st.integers(0, 9)) else (0, most // 2)
    contacts = draw(
        rows_of(
            numbers,
            person=person,
            hospital=hospital,
            start=times(edges),
            length=maybe(st.sampled_from([0, 1, 2, 4, 6, 12, 18, 24, 48, 24 * 31])),
            kind=st.sampled_from(["inpatient", "inpatient", "outpatient", "virtual"]),
            acute=st.sampled_from([True, True, False, None]),
            diagnosis=st.sampled_from(DIAGNOSES),
            cost=amounts(2, 10**6),
            points=amounts(3, 10**4),
            note=st.sampled_from([None, "a", "b", "it's", "Å"]),
        )
    )
    for row in contacts:
        length = row.pop("length")
        row["end"] = None if length is None else row["start"] + length * HOUR
    score = maybe(st.integers(0, 48))
    share = maybe(st.integers(0, 40))
    index = {"person": person, "hospital": hospital, "date": days(edges)}
    people = st.dictionaries(
        st.integers(1, PERSONS + 1),
        st.fixed_dictionaries(
            {
                "birth": maybe(births(edges)),
                "death": st.one_of(st.none(), st.none(), days(edges)),
                "sex": st.sampled_from(["K", "M", None]),
                "municipality": st.sampled_from([101, 101, 102, 103, None]),
            }
        ),
    )
    first_days = st.sampled_from(
        [dt.date(y, m, d) for y in (2026, 2027, 2028, 2029) for m in (1, 2, 4, 7, 10) for d in (1, 2)]
    )
    counted = {"region": st.sampled_from(["R1", "R2", "R3"]), "date": first_days}
    banded = counted | {"sex": st.sampled_from(["K", "M"]), "age_band": st.sampled_from(AGES)}
    number = st.integers(0, 10**6)
    return {
        "contacts": contacts,
        "procedures": draw(
            rows_of(numbers, code=st.sampled_from(["KNFB20", "KNFB30", "KNFC", "KNGB"]), **index)
        ),
        "pro": draw(
            rows_of(
                numbers,
                person=person,
                instrument=st.sampled_from(["OHS", "OHS", "PAIN"]),
                moment=st.sampled_from(["before", "after"]),
                date=days(edges),
                score=score,
            )
        ),
        "persons": as_table(draw(people)),
        "municipalities": [{"municipality": code, "region": region} for code, region in PLACE.items()],
        "population": without_twins(draw(rows_of((0, 12), persons=number, **counted)), counted),
        "population_by_age": without_twins(draw(rows_of((0, 20), persons=number, **banded)), banded),
        "records": draw(
            rows_of(
                numbers,
                provider=st.sampled_from(["P1", "P2"]),
                year=st.integers(2025, 2030),
                before=amounts(3, 48),
                after=amounts(3, 48),
                expected=amounts(6, 48),
                sent=share,
                returned=share,
            )
        ),
    }


def without_twins(rows, key):
    """Return the rows that differ in their key, without the number that only lists give."""
    found = {tuple(row[each] for each in key): row for row in rows}
    return [{name: value for name, value in row.items() if name != "id"} for row in found.values()]
