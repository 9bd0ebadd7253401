"""Numbers, periods and dates as people read them."""

import pytest

from vbs_site.periods import parse_period
from vbs_site.site import numbers


@pytest.mark.parametrize(
    ("share", "danish", "english"),
    [
        (2 / 32, "6,3\N{NO-BREAK SPACE}%", "6.3%"),
        (0.0855, "8,6\N{NO-BREAK SPACE}%", "8.6%"),
        (1.0, "100,0\N{NO-BREAK SPACE}%", "100.0%"),
        (0.0, "0,0\N{NO-BREAK SPACE}%", "0.0%"),
    ],
)
def test_a_share_is_a_percentage_rounded_half_up(share, danish, english):
    assert (numbers.percent(share, "da"), numbers.percent(share, "en")) == (danish, english)


def test_thousands_are_marked_the_way_of_the_language():
    assert (numbers.whole(3478, "da"), numbers.whole(3478, "en")) == ("3.478", "3,478")
    assert (numbers.number(1234.5, 1, "da"), numbers.number(-0.04, 1, "en")) == ("1.234,5", "0.0")


def test_an_interval_reads_as_the_registers_print_it_and_never_with_two_dashes():
    assert numbers.interval("proportion", 0.061, 0.116, None, "da") == "6,1–11,6"
    assert numbers.interval("mean_change", -1.25, 2.5, None, "da") == "-1,3 til 2,5"
    assert numbers.interval("mean_change", -1.25, 2.5, None, "en") == "-1.3 to 2.5"


@pytest.mark.parametrize(
    ("text", "danish", "english"),
    [
        ("2026Q1", "1. kvartal 2026", "Q1 2026"),
        ("2025H2", "2. halvår 2025", "H2 2025"),
        ("2026-07", "juli 2026", "July 2026"),
        ("2024", "2024", "2024"),
        ("2025Q4-2026Q3", "4. kvartal 2025 – 3. kvartal 2026", "Q4 2025 – Q3 2026"),
    ],
)
def test_a_period_has_its_name(text, danish, english):
    period = parse_period(text)
    assert (numbers.period_name(period, "da"), numbers.period_name(period, "en")) == (danish, english)


def test_a_rolling_year_is_short_by_the_quarter_that_ends_it():
    period = parse_period("2025Q4-2026Q3")
    assert [numbers.short_period(period, language) for language in ("da", "en")] == ["til K3 26", "to Q3 26"]


@pytest.mark.parametrize(
    ("statistic", "amount", "danish", "english"),
    [
        ("event_free", 0.9144, "91,4\N{NO-BREAK SPACE}%", "91.4%"),
        ("event_free_90d", 0.9144, "91,4\N{NO-BREAK SPACE}%", "91.4%"),
        ("standardised_ratio", 1.0449, "1,04", "1.04"),
        ("standardised_rate", 20.884, "20,9", "20.9"),
        ("ratio", 130888.5, "130.888,5", "130,888.5"),
    ],
)
def test_each_statistic_has_its_own_form(statistic, amount, danish, english):
    assert numbers.value(statistic, amount, None, "da") == danish
    assert numbers.value(statistic, amount, None, "en") == english


def test_limits_have_as_many_decimals_as_the_value():
    assert numbers.interval("standardised_ratio", 0.96, 1.0413, None, "en") == "0.96–1.04"
    assert numbers.interval("event_free_30d", 0.8541, 0.8751, 0, "da") == "85,4–87,5"


def test_a_financial_year_names_both_calendar_years():
    assert numbers.period_name(parse_period("2016", 4), "en") == "2016/17"
    assert numbers.period_name(parse_period("1999", 4), "en") == "1999/00"


def test_a_date_is_as_precise_as_it_is_known():
    assert [numbers.partial_date(text, "da") for text in ("2018", "2018-11", "2018-11-05")] == [
        "2018",
        "november 2018",
        "5. november 2018",
    ]
