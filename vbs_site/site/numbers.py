"""Numbers, periods and dates as people read them, in Danish and English; halves are rounded up (6.25 % is 6,3 %)."""

import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.dates import format_date
from babel.numbers import format_decimal

from vbs_site.catalogue.words import LOCALES
from vbs_site.periods import Period

NONE_BREAKING = "\N{NO-BREAK SPACE}"
EN_DASH = "\N{EN DASH}"
PERCENT = (
    "proportion",
    "share_of_sum",
    "share_improved",
    "response_rate",
    "complete_share",
    "event_free",
    "crude_proportion",
)
"""Statistics that are shares and shown as percentages; `event_free_90d` is an `event_free`."""
UNTIL = {"da": "til", "en": "to"}
DECIMALS = {"standardised_ratio": 2}
"""Decimals of a statistic where the indicator sets none; 1 for the others."""


def is_share(statistic: str) -> bool:
    """Return whether a statistic is a share, shown as a percentage."""
    return statistic in PERCENT or statistic.startswith("event_free_")


@lru_cache(maxsize=100_000)
def number(value: float, decimals: int, language: str) -> str:
    """Return a number with a fixed count of decimals, rounded half up."""
    step = Decimal(1).scaleb(-decimals)
    rounded = Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_UP)
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(rounded + 0, format=pattern, locale=LOCALES[language])


def whole(value: int, language: str) -> str:
    """Return a count with thousands marked: 3.478 in Danish, 3,478 in English."""
    return format_decimal(int(value), format="#,##0", locale=LOCALES[language])


def plain(value: float, language: str) -> str:
    """Return a number with the decimals that it has, three at most."""
    return str(format_decimal(Decimal(repr(float(value))), format="#,##0.###", locale=LOCALES[language]))


def percent(value: float, language: str) -> str:
    """Return a share as a percentage: 8,6 % in Danish, 8.6% in English."""
    return number(float(Decimal(repr(float(value))) * 100), 1, language) + (
        f"{NONE_BREAKING}%" if language == "da" else "%"
    )


def decimals_of(statistic: str, own: int | None) -> int:
    """Return how many decimals a statistic is shown with."""
    if is_share(statistic) or own is None:
        return DECIMALS.get(statistic, 1)
    return own


def value(statistic: str, amount: float, own: int | None, language: str) -> str:
    """Return a result as it is printed, percent sign included, unit left out."""
    if is_share(statistic):
        return percent(amount, language)
    return number(amount, decimals_of(statistic, own), language)


def interval(statistic: str, lower: float, upper: float, own: int | None, language: str) -> str:
    """Return `6,1–11,6`: the limits without sign or unit, as the registers print them."""
    factor = 100 if is_share(statistic) else 1
    places = decimals_of(statistic, own)
    low, high = (
        number(float(Decimal(repr(float(limit))) * factor), places, language) for limit in (lower, upper)
    )
    return (
        f"{low}{EN_DASH}{high}"
        if lower >= 0
        else f"{low} til {high}"
        if language == "da"
        else f"{low} to {high}"
    )


@lru_cache(maxsize=10_000)
def period_name(period: Period, language: str) -> str:
    """Return `1. kvartal 2026`, `Q1 2026`, `2016/17`, `4. kvartal 2025 – 3. kvartal 2026` and so on."""
    year, part = divmod(period.index, period.per_year)
    if period.kind == "rolling_year":
        ends = (period.first_part, Period("quarter", period.index))
        return f" {EN_DASH} ".join(period_name(each, language) for each in ends)
    if period.kind == "year":
        return str(year) if period.year_starts == 1 else f"{year}/{(year + 1) % 100:02d}"
    if period.kind == "month":
        return format_date(period.first_day, "LLLL y", locale=LOCALES[language])
    words = {"quarter": ("kvartal", "Q"), "half_year": ("halvår", "H")}[period.kind]
    return f"{part + 1}. {words[0]} {year}" if language == "da" else f"{words[1]}{part + 1} {year}"


@lru_cache(maxsize=10_000)
def short_period(period: Period, language: str) -> str:
    """Return a period for an axis, as in `K1 26` or `Q1 26`; a rolling year is named by the quarter that it ends with."""
    year, part = divmod(period.index, period.per_year)
    if period.kind == "rolling_year":
        return f"{UNTIL[language]} {short_period(Period('quarter', period.index), language)}"
    if period.kind == "year":
        return period_name(period, language)
    if period.kind == "month":
        return format_date(period.first_day, "LLL yy", locale=LOCALES[language])
    letter = {
        ("quarter", "da"): "K",
        ("quarter", "en"): "Q",
        ("half_year", "da"): "H",
        ("half_year", "en"): "H",
    }[period.kind, language]
    return f"{letter}{part + 1} {year % 100:02d}"


def partial_date(text: str, language: str) -> str:
    """Return a year, a month or a day (`2018`, `2018-11`, `2018-11-05`) in words."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 1:
        return text
    day = datetime.date(parts[0], parts[1], parts[2] if len(parts) > 2 else 1)
    return date(day, language) if len(parts) > 2 else format_date(day, "LLLL y", locale=LOCALES[language])


def date(day: datetime.date, language: str) -> str:
    """Return `1. oktober 2026` or `1 October 2026`."""
    return format_date(day, "d. MMMM y" if language == "da" else "d MMMM y", locale=LOCALES[language])
