"""What holds for every period, and what its id stands for."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from property.random_tables import DAY, THOROUGH

from vbs_site.periods import MONTHS, Period, parse_period, period_of

kinds = st.sampled_from(sorted(MONTHS))
dividing = st.sampled_from(sorted(MONTHS.keys() - {"rolling_year"}))
days = st.dates(dt.date(1850, 1, 1), dt.date(2199, 12, 31))


@THOROUGH
@given(days, kinds, st.integers(1, 12))
def test_a_day_lies_in_its_period_and_the_id_leads_back_to_it(day, kind, year_starts):
    period = period_of(day, kind, year_starts)
    assert period.first_day <= day < period.end
    assert parse_period(period.id, year_starts) == period
    assert period_of(period.end - DAY, kind, year_starts) == period


@THOROUGH
@given(days, st.integers(-50, 50))
def test_rolling_years_end_with_consecutive_quarters(day, steps):
    period = period_of(day, "rolling_year")
    assert period.end == period_of(day, "quarter").end
    assert period.first_day == dt.date(period.end.year - 1, period.end.month, 1)
    assert period.next().first_day == period_of(period.first_day, "quarter").end
    assert period.next(steps).next(-steps) == period


@THOROUGH
@given(days, dividing, st.integers(1, 12), st.integers(-50, 50))
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
        ("2025Q4-2026Q3", "2025-10-01", "2026-10-01"),
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
