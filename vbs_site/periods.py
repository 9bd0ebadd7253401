"""Reporting periods: months, quarters, half-years, years and rolling years as whole numbers, ids and first days."""

import datetime
import re
from dataclasses import dataclass
from typing import Literal

PeriodKind = Literal["month", "quarter", "half_year", "year", "rolling_year"]

MONTHS: dict[PeriodKind, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12, "rolling_year": 12}
"""Kind to its length in months."""
STEP: dict[PeriodKind, int] = MONTHS | {"rolling_year": 3}
"""Kind to the months from the start of one period to the start of the next: rolling years overlap."""
_FORMS: dict[PeriodKind, str] = {
    "month": "{0}-{1:02d}",
    "quarter": "{0}Q{1}",
    "half_year": "{0}H{1}",
    "year": "{0}",
    "rolling_year": "{0}Q{1}",
}
_ID = re.compile(r"^(\d{4})(?:(Q|H|-)(\d{1,2}))?$")
_ROLLING = re.compile(r"^(\d{4})Q(\d)-(\d{4})Q(\d)$")


@dataclass(frozen=True, order=True)
class Period:
    """One reporting period.

    Attributes:
        kind: its length.
        index: periods since year 0; consecutive periods have consecutive numbers. A rolling year has the number of
            its last quarter.
        year_starts: month in which a year starts; only years may start elsewhere than in January.
    """

    kind: PeriodKind
    index: int
    year_starts: int = 1

    @property
    def per_year(self) -> int:
        """Return how many periods of this kind a year has."""
        return 12 // STEP[self.kind]

    @property
    def id(self) -> str:
        """Return the period as it stands in files and addresses: `2026-07`, `2026Q3`, `2026H2`, `2026`, `2025Q4-2026Q3`."""
        year, part = divmod(self.index, self.per_year)
        last = _FORMS[self.kind].format(year, part + 1)
        return f"{self.first_part.id}-{last}" if self.kind == "rolling_year" else last

    @property
    def first_part(self) -> "Period":
        """Return the first quarter of a rolling year, and any other period itself."""
        return Period("quarter", self.index - 3) if self.kind == "rolling_year" else self

    @property
    def first_day(self) -> datetime.date:
        """Return the first day of the period."""
        if self.kind == "rolling_year":
            return self.first_part.first_day
        year, part = divmod(self.index, self.per_year)
        return datetime.date(year, part * MONTHS[self.kind] + self.year_starts, 1)

    @property
    def end(self) -> datetime.date:
        """Return the first day after the period."""
        if self.kind == "rolling_year":
            return Period("quarter", self.index).end
        return Period(self.kind, self.index + 1, self.year_starts).first_day

    @property
    def last_day(self) -> datetime.date:
        """Return the last day of the period."""
        return self.end - datetime.timedelta(days=1)

    def next(self, steps: int = 1) -> "Period":
        """Return the period `steps` later (earlier when negative)."""
        return Period(self.kind, self.index + steps, self.year_starts)


def period_of(day: datetime.date, kind: PeriodKind, year_starts: int = 1) -> Period:
    """Return the period that a day lies in; of the rolling years, the one that ends with the day's quarter."""
    if kind == "year":
        return Period(kind, day.year - (day.month < year_starts), year_starts)
    per_year = 12 // STEP[kind]
    return Period(kind, day.year * per_year + (day.month - 1) // STEP[kind])


def parse_period(text: str, year_starts: int = 1) -> Period:
    """Return the period with this id.

    Raises:
        ValueError: when the text is no period id.
    """
    rolling = _ROLLING.match(text)
    if rolling is not None:
        found = Period("rolling_year", int(rolling[3]) * 4 + int(rolling[4]) - 1)
        if found.id == text:
            return found
    match = _ID.match(text)
    kinds: dict[str | None, PeriodKind] = {None: "year", "Q": "quarter", "H": "half_year", "-": "month"}
    if match is None:
        raise ValueError(f"{text!r} is no period; write 2026, 2026H2, 2026Q3, 2026-07 or 2025Q4-2026Q3")
    kind = kinds[match[2]]
    per_year, part = 12 // MONTHS[kind], int(match[3] or 1)
    if not 1 <= part <= per_year:
        raise ValueError(f"{text!r}: a year has {per_year} such periods")
    return Period(kind, int(match[1]) * per_year + part - 1, year_starts if kind == "year" else 1)
