"""The engine against a slow reading of the definitions, over random small tables: equal to the last digit.

The other side is plain Python and pandas, written from the grammar's words and not from the SQL: for each index event
it looks at every row of the same person.
"""

import datetime as dt
import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spec.tables import measure_on

from vbs_site.periods import MONTHS, Period, parse_period, period_of
from vbs_site.statistics.intervals import mean, proportion, rate

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


# --- intervals ------------------------------------------------------------------------------------------------------

counts = st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.sampled_from([0.8, 0.95, 0.998])


def numbers(*values):
    return tuple(np.array([float(value)]) for value in values)


def limits(estimate):
    return estimate.lower[0], estimate.value[0], estimate.upper[0]


@THOROUGH
@given(counts, levels)
def test_a_share_lies_in_its_interval_and_both_between_0_and_1(pair, level):
    lower, value, upper = limits(proportion(*numbers(*pair), level))
    assert 0 <= lower <= value <= upper <= 1


@THOROUGH
@given(counts, levels)
def test_a_share_and_its_rest_have_mirrored_intervals(pair, level):
    x, n = pair
    lower, _, upper = limits(proportion(*numbers(x, n), level))
    other_lower, _, other_upper = limits(proportion(*numbers(n - x, n), level))
    assert math.isclose(lower, 1 - other_upper, abs_tol=1e-9)
    assert math.isclose(upper, 1 - other_lower, abs_tol=1e-9)


@THOROUGH
@given(counts, st.integers(2, 50))
def test_the_same_share_of_more_people_has_a_narrower_interval(pair, times):
    x, n = pair
    lower, _, upper = limits(proportion(*numbers(x, n)))
    more_lower, _, more_upper = limits(proportion(*numbers(x * times, n * times)))
    assert more_upper - more_lower < upper - lower


@THOROUGH
@given(counts, levels)
def test_one_event_more_moves_both_limits_up(pair, level):
    x, n = pair
    lower, _, upper = limits(proportion(*numbers(x, n + 1), level))
    next_lower, _, next_upper = limits(proportion(*numbers(x + 1, n + 1), level))
    assert next_lower > lower
    assert next_upper >= upper


@THOROUGH
@given(counts)
def test_more_confidence_is_a_wider_interval(pair):
    widths = [
        upper - lower
        for lower, _, upper in (limits(proportion(*numbers(*pair), level)) for level in (0.8, 0.95, 0.998))
    ]
    assert widths == sorted(widths)
    assert widths[0] < widths[2]


@THOROUGH
@given(st.integers(0, 10**6), st.integers(1, 10**8), levels)
def test_a_rate_lies_in_its_interval(events, population, level):
    lower, value, upper = limits(rate(*numbers(events, population), 1000, level))
    assert 0 <= lower <= value < upper


@THOROUGH
@given(st.integers(0, 1000), st.integers(1, 10**6), st.integers(2, 1000))
def test_a_rate_scales_with_what_it_is_given_per(events, population, each):
    one, many = rate(*numbers(events, population)), rate(*numbers(events, population), each)
    assert np.allclose([x * each for x in limits(one)], limits(many), rtol=1e-12, atol=0)


@pytest.mark.parametrize("level", [0.95, 0.998])
def test_one_event_more_moves_both_limits_of_a_rate_up_across_the_change_of_method(level):
    events = np.arange(0, 200, dtype=float)
    estimate = rate(events, np.full(200, 1000.0), 1, level)
    assert (np.diff(estimate.lower) > 0).all()
    assert (np.diff(estimate.upper) > 0).all()


@THOROUGH
@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=50), levels)
def test_a_mean_lies_in_the_middle_of_its_interval(values, level):
    lower, value, upper = limits(mean(*numbers(len(values), sum(values), sum(v * v for v in values)), level))
    assert math.isclose(value, sum(values) / len(values), abs_tol=1e-12)
    if len(values) == 1:
        assert math.isnan(lower)
        assert math.isnan(upper)
    else:
        assert lower <= value <= upper
        assert math.isclose(upper - value, value - lower, abs_tol=1e-6)


@THOROUGH
@given(st.lists(st.integers(-1000, 1000), min_size=2, max_size=30), st.integers(-500, 500))
def test_shifting_all_values_shifts_the_interval(values, shift):
    def of(numbers_):
        return limits(mean(*numbers(len(numbers_), sum(numbers_), sum(v * v for v in numbers_))))

    moved = of([value + shift for value in values])
    assert np.allclose(np.array(of(values)) + shift, moved, atol=1e-6)


@pytest.mark.parametrize(
    ("function", "given_numbers"),
    [
        (proportion, (0, 0)),
        (proportion, (-1, 10)),
        (proportion, (11, 10)),
        (rate, (1, 0)),
        (rate, (-1, 10)),
        (mean, (0, 0, 0)),
    ],
)
def test_impossible_counts_are_refused(function, given_numbers):
    with pytest.raises(ValueError, match="needs"):
        function(*numbers(*given_numbers))


# --- periods --------------------------------------------------------------------------------------------------------

kinds = st.sampled_from(sorted(MONTHS))
days = st.dates(dt.date(1850, 1, 1), dt.date(2199, 12, 31))


@THOROUGH
@given(days, kinds, st.integers(1, 12))
def test_a_day_lies_in_its_period_and_the_id_leads_back_to_it(day, kind, year_starts):
    period = period_of(day, kind, year_starts)
    assert period.first_day <= day < period.end
    assert parse_period(period.id, year_starts) == period
    assert period_of(period.first_day, kind, year_starts) == period


@THOROUGH
@given(days, kinds, st.integers(1, 12), st.integers(-50, 50))
def test_periods_follow_each_other_without_gap_or_overlap(day, kind, year_starts, steps):
    period = period_of(day, kind, year_starts)
    assert period.next().first_day == period.end
    assert period_of(period.end - DAY, kind, year_starts) == period
    assert period_of(period.end, kind, year_starts) == period.next()
    assert period.next(steps).next(-steps) == period
    assert (period.next(steps) > period) is (steps > 0)


@THOROUGH
@given(days, kinds)
def test_periods_in_order_have_ids_in_order(day, kind):
    period = period_of(day, kind)
    assert period.id < period.next().id
    assert isinstance(period, Period)


@pytest.mark.parametrize(
    ("text", "first", "end"),
    [
        ("2026-07", "2026-07-01", "2026-08-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2026Q3", "2026-07-01", "2026-10-01"),
        ("2026H2", "2026-07-01", "2027-01-01"),
        ("2026", "2026-01-01", "2027-01-01"),
    ],
)
def test_an_id_stands_for_these_days(text, first, end):
    period = parse_period(text)
    assert (period.first_day.isoformat(), period.end.isoformat(), period.id) == (first, end, text)


@pytest.mark.parametrize(
    "text",
    ["", "26", "2026Q0", "2026Q5", "2026H3", "2026-13", "2026-00", "2026Q", "Q32026", "2026-7-1", " 2026"],
)
def test_what_is_no_period_is_refused(text):
    with pytest.raises(ValueError, match=r"period"):
        parse_period(text)
