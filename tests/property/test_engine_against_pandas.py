"""The engine against a slow reading of the definitions, over random small tables: equal to the last digit.

The other side is plain Python and pandas, written from the grammar's words and not from the SQL: for each index event
it looks at every row of the same person.
"""

import datetime as dt
from decimal import Decimal

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from property.random_tables import (
    DAY,
    END,
    HOUR,
    MIDNIGHT,
    START,
    THOROUGH,
    as_table,
    cells_of,
    contacts,
    durations,
    engine_rows,
    persons,
    quarter,
)

from vbs_site.periods import parse_period

# --- proportion -----------------------------------------------------------------------------------------------------


def in_window(index, moment, after, within):
    """`after` excludes its own moment, `within` includes it; without `after` the index moment is in the window."""
    far = moment <= index + within
    near = moment > index + after if after is not None else moment >= index
    return near and far


@THOROUGH
@given(
    contacts(),
    persons(),
    st.one_of(st.none(), durations()),
    durations(),
    durations(),
    st.booleans(),
    st.sampled_from([None, 0, 3]),
)
def test_readmissions_equal_the_definition(rows, people, after, within, transfer, backwards, died):
    if after is not None and after[1] >= within[1]:
        after = None
    link = {"where": {"acute": True, "kind": {"in": ["inpatient", "virtual"]}}, "within": within[0]}
    link |= {"after": after[0]} if after else {}
    side = "preceded_by" if backwards else "followed_by"
    indicator = {
        "kind": "proportion",
        "of": {
            "from": "contacts",
            "at": "end",
            "where": {"kind": "inpatient", "diagnosis": {"not_in": "cancer"}},
        },
        "exclude": [
            {"followed_by": {"where": {"kind": "inpatient"}, "within": transfer[0]}},
            {"where": {"diagnosis": {"in": "copd"}}},
        ],
        "event": {side: link},
    }
    if died is not None:
        indicator["exclude"].append({"died": "before_or_at" if died == 0 else f"within {died} days"})

    expected = []
    for index in rows:
        at = index["end"]
        if at is None or not START <= at < END or index["kind"] != "inpatient":
            continue
        if index["diagnosis"] is None or index["diagnosis"].startswith(("DC", "DJ44")):
            continue
        death = people.get(index["person"], {}).get("death")
        if died is not None and death is not None and death <= (at + died * DAY).date():
            continue
        others = [row for row in rows if row["person"] == index["person"] and row["id"] != index["id"]]
        if any(
            row["kind"] == "inpatient" and in_window(at, row["start"], None, transfer[1]) for row in others
        ):
            continue
        wanted = [
            row["start"] for row in others if row["acute"] is True and row["kind"] in ("inpatient", "virtual")
        ]
        if backwards:
            found = any(
                in_window(-(at - START), -(moment - START), after and after[1], within[1])
                for moment in wanted
            )
        else:
            found = any(in_window(at, moment, after and after[1], within[1]) for moment in wanted)
        expected.append([index["hospital"], quarter(at), 1, int(found)])

    tables = {"contacts": rows, "persons": as_table(people)}
    assert engine_rows(indicator, tables, "n", "numerator") == cells_of(expected, "n", "numerator")


@THOROUGH
@given(contacts(), st.booleans())
def test_an_attribute_equals_the_definition(rows, denied):
    where = {"any_of": [{"acute": True}, {"diagnosis": {"in": "copd"}}]}
    indicator = {
        "kind": "proportion",
        "of": {"from": "contacts", "at": "start"},
        "event": {"where": {"not": where} if denied else where},
    }
    expected = []
    for row in rows:
        if START <= row["start"] < END:
            known = row["acute"] is not None and row["diagnosis"] is not None
            happened = (row["acute"] is True or row["diagnosis"] == "DJ44") != denied
            expected.append(
                [
                    row["hospital"],
                    quarter(row["start"]),
                    1,
                    int(known),
                    int(known and happened),
                    int(not known),
                ]
            )
    names = ("eligible", "n", "numerator", "missing")
    assert engine_rows(indicator, {"contacts": rows}, *names) == cells_of(expected, *names)


# --- rate -----------------------------------------------------------------------------------------------------------


def courses(rows, gap):
    """Yield the first contact of every course: per person, a contact begins one when none before reaches close to it."""
    frame = pd.DataFrame(rows, columns=["id", "person", "start", "end", "kind"])
    for _, own in frame.sort_values(["start", "id"]).groupby("person"):
        reached = None
        for row in own.to_dict("records"):
            if reached is None or row["start"] >= reached + gap:
                yield row
            end = row["start"] if pd.isna(row["end"]) else row["end"]
            reached = end if reached is None else max(reached, end)


@THOROUGH
@given(contacts(), persons(), durations(), st.booleans())
def test_courses_equal_the_definition(rows, people, gap, only_inpatient):
    where = {"where": {"kind": "inpatient"}} if only_inpatient else {}
    indicator = {
        "kind": "rate",
        "units": ["residence"],
        "of": {"from": "contacts", "at": "start", "chain": {"gap": gap[0]}, **where},
        "per": {"from": "population", "sum": "persons", "unit": "region", "at": "date"},
    }
    place = {101: "R1", 102: "R2", None: None}
    chained = [row for row in rows if row["kind"] == "inpatient" or not only_inpatient]
    expected = [
        [place[people.get(row["person"], {}).get("municipality")], quarter(row["start"]), 1]
        for row in courses(chained, gap[1])
        if START <= row["start"] < END
    ]
    tables = {"contacts": rows, "persons": as_table(people)}
    assert engine_rows(indicator, tables, "numerator") == cells_of(expected, "numerator")


# --- mean -----------------------------------------------------------------------------------------------------------

QUARTERS = [parse_period("2026Q1"), parse_period("2026Q2")]


def in_years():
    """Times of two years, on first and last days of quarters and between."""
    first = [
        dt.datetime.combine(dt.date(year, month, 1), MIDNIGHT)
        for year in (2024, 2025, 2026)
        for month in (1, 4, 7, 10)
    ]
    return st.builds(
        lambda day, hours: day + hours * HOUR, st.sampled_from(first), st.sampled_from([-1, 0, 1, 24 * 40])
    )


@THOROUGH
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "person": st.integers(1, 3),
                "start": in_years(),
                "diagnosis": st.sampled_from([None, "DJ44", "DJ45"]),
                "cost": st.one_of(st.none(), st.decimals(-(10**4), 10**6, places=2)),
            }
        ),
        max_size=10,
    ),
    st.dictionaries(
        st.integers(1, 3),
        st.fixed_dictionaries(
            {
                "death": st.one_of(st.none(), in_years().map(dt.datetime.date)),
                "municipality": st.sampled_from([101, 102, None]),
            }
        ),
        max_size=3,
    ),
    st.integers(1, 5),
    st.booleans(),
)
def test_the_cost_of_a_cohort_equals_the_definition(rows, people, within, alive):
    indicator = {
        "kind": "mean",
        "units": ["residence"],
        "cohort": {
            "from": "contacts",
            "where": {"diagnosis": {"in": "copd"}},
            "within": f"{within} quarters",
            "alive": alive,
        },
        "value": {"sum": "cost", "from": "contacts"},
    }
    place = {101: "R1", 102: "R2", None: None}
    expected = []
    for period in QUARTERS:
        looked_at = {period.next(-step).id for step in range(1, within + 1)}
        for person in {row["person"] for row in rows}:
            own = [row for row in rows if row["person"] == person]
            death = people.get(person, {}).get("death")
            if not any(row["diagnosis"] == "DJ44" and quarter(row["start"]) in looked_at for row in own):
                continue
            if alive and death is not None and death < period.first_day:
                continue
            costs = [
                row["cost"] for row in own if row["cost"] is not None and quarter(row["start"]) == period.id
            ]
            total = sum(costs, Decimal(0))
            unit = place[people.get(person, {}).get("municipality")]
            expected.append([unit, period.id, 1, int(bool(costs)), total, total * total])
    names = ("n", "numerator", "sum", "sum_sq")
    tables = {"contacts": rows, "persons": as_table(people)}
    assert engine_rows(indicator, tables, *names) == cells_of(expected, *names)


# --- change ---------------------------------------------------------------------------------------------------------


@THOROUGH
@given(
    st.lists(st.fixed_dictionaries({"person": st.integers(1, 2), "date": st.integers(-3, 6)}), max_size=4),
    st.lists(
        st.fixed_dictionaries(
            {
                "person": st.integers(1, 2),
                "instrument": st.sampled_from(["OHS", "OHS", "PAIN"]),
                "moment": st.sampled_from(["before", "after"]),
                "date": st.integers(-8, 12),
                "score": st.one_of(st.none(), st.integers(0, 48)),
            }
        ),
        max_size=12,
    ),
    st.integers(-5, 0),
    st.integers(0, 5),
    st.sampled_from(["first", "last"]),
    st.sampled_from(["first", "last"]),
)
def test_paired_changes_equal_the_definition(operations, answers, earliest, latest, pick_before, pick_after):
    indicator = {
        "kind": "change",
        "instrument": "OHS",
        "direction": "higher",
        "of": {"from": "procedures"},
        "measure": {
            "from": "pro",
            "value": "score",
            "where": {"instrument": "OHS"},
            "baseline": {
                "where": {"moment": "before"},
                "window": [f"{earliest} days", "0 days"],
                "pick": pick_before,
            },
            "follow_up": {
                "where": {"moment": "after"},
                "window": ["1 day", f"{latest + 1} days"],
                "pick": pick_after,
            },
        },
        "improved": "mic_individual",
    }
    first = START.date()

    def taken(operation, moment, low, high, pick):
        found = [
            (each["date"], number, each["score"])
            for number, each in enumerate(answers)
            if each["person"] == operation["person"]
            and each["instrument"] == "OHS"
            and each["moment"] == moment
            and each["score"] is not None
            and low <= each["date"] - operation["date"] <= high
        ]
        if not found:
            return None
        day = (min if pick == "first" else max)(day for day, _, _ in found)
        return min((number, score) for at, number, score in found if at == day)[1]

    expected = []
    for operation in operations:
        day = first + operation["date"] * DAY
        if day < first:
            continue
        before = taken(operation, "before", earliest, 0, pick_before)
        after = taken(operation, "after", 1, latest + 1, pick_after)
        paired = before is not None and after is not None
        change = after - before if paired else 0
        expected.append(
            [
                "H1",
                quarter(day),
                1,
                int(paired),
                int(not paired),
                int(paired and change >= 8),
                change,
                change**2,
            ]
        )

    def dated(rows):
        return [row | {"id": number, "date": first + row["date"] * DAY} for number, row in enumerate(rows)]

    names = ("eligible", "n", "missing", "numerator", "sum", "sum_sq")
    tables = {"procedures": dated(operations), "pro": dated(answers)}
    assert engine_rows(indicator, tables, *names) == cells_of(expected, *names)
