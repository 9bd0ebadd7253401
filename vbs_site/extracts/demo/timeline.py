"""The days that the demo covers, and the steps between days, seconds, dates and decimal years."""

from datetime import UTC, date, datetime

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

SEED = 20261001
DAY = 86_400
HOUR = 3_600
WEEK = 7
FRIDAY = 4


def day(text: str) -> int:
    """Give a date as a count of days since 1970-01-01."""
    return int(np.datetime64(text, "D").astype(np.int64))


FIRST_DAY = day("2017-01-01")  # five years before the first reported period, as the chronic cohort looks back
SURGERY_FROM = day("2021-01-01")
END_DAY = day("2026-10-01")  # the first day that the deliveries do not cover
LAST_QUARTER = day("2026-07-01")
NEVER = day("2200-01-01")  # stands for "has not happened" until the tables are written


def as_date(days: int) -> date:
    """Give one day as a calendar date."""
    return datetime.fromtimestamp(days * DAY, tz=UTC).date()


def year_of(days: Ints) -> Floats:
    """Give days as decimal years, 2017.0 being 2017-01-01."""
    return 2017 + (days - FIRST_DAY) / 365.25


def to_weekday(days: Ints) -> Ints:
    """Move Saturdays to Monday and Sundays to Tuesday, as planned care does not run in weekends."""
    weekday = (days + 3) % WEEK  # 1970-01-01 was a Thursday
    return np.where(weekday > FRIDAY, days + 2, days)


def as_dates(days: Ints) -> npt.NDArray[np.datetime64]:
    """Give days as calendar dates; `NEVER` becomes a missing date."""
    dates = (days * DAY).astype("datetime64[s]")
    dates[days >= NEVER] = np.datetime64("NaT")
    return dates


def as_times(seconds: Ints) -> npt.NDArray[np.datetime64]:
    """Give seconds since 1970-01-01 as points in time; a second after `NEVER` becomes a missing time."""
    times = seconds.astype("datetime64[s]")
    times[seconds >= NEVER * DAY] = np.datetime64("NaT")
    return times
