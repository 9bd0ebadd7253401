"""Reporting periods: months, quarters, half-years and years as whole numbers, ids and first days."""

import datetime
import re
from dataclasses import dataclass
from typing import Literal

PeriodKind = Literal["month", "quarter", "half_year", "year"]

MONTHS: dict[PeriodKind, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_FORMS: dict[PeriodKind, str] = {
    "month": "{0}-{1:02d}",
    "quarter": "{0}Q{1}",
    "half_year": "{0}H{1}",
    "year": "{0}",
}
_ID = re.compile(r"^(\d{4})(?:(Q|H|-)(\d{1,2}))?$")


@dataclass(frozen=True, order=True)
class Period:
    """One reporting period.

    Attributes:
        kind: its length.
        index: periods since year 0; consecutive periods have consecutive numbers.
        year_starts: month in which a year starts; only years may start elsewhere than in January.
    """

    kind: PeriodKind
    index: int
    year_starts: int = 1

    @property
    def per_year(self) -> int:
        """Return how many periods of this kind a year has."""
        return 12 // MONTHS[self.kind]

    @property
    def id(self) -> str:
        """Return the period as it stands in files and addresses: `2026-07`, `2026Q3`, `2026H2`, `2026`."""
        year, part = divmod(self.index, self.per_year)
        return _FORMS[self.kind].format(year, part + 1)

    @property
    def first_day(self) -> datetime.date:
        """Return the first day of the period."""
        year, part = divmod(self.index, self.per_year)
        return datetime.date(year, part * MONTHS[self.kind] + self.year_starts, 1)

    @property
    def end(self) -> datetime.date:
        """Return the first day after the period."""
        return Period(self.kind, self.index + 1, self.year_starts).first_day

    def next(self, steps: int = 1) -> "Period":
        """Return the period `steps` later (earlier when negative)."""
        return Period(self.kind, self.index + steps, self.year_starts)


def period_of(day: datetime.date, kind: PeriodKind, year_starts: int = 1) -> Period:
    """Return the period that a day lies in."""
    if kind == "year":
        return Period(kind, day.year - (day.month < year_starts), year_starts)
    per_year = 12 // MONTHS[kind]
    return Period(kind, day.year * per_year + (day.month - 1) // MONTHS[kind])


def parse_period(text: str, year_starts: int = 1) -> Period:
    """Return the period with this id.

    Raises:
        ValueError: when the text is no period id.
    """
    match = _ID.match(text)
    kinds: dict[str | None, PeriodKind] = {None: "year", "Q": "quarter", "H": "half_year", "-": "month"}
    if match is None:
        raise ValueError(f"{text!r} is no period; write 2026, 2026H2, 2026Q3 or 2026-07")
    kind = kinds[match[2]]
    per_year, part = 12 // MONTHS[kind], int(match[3] or 1)
    if not 1 <= part <= per_year:
        raise ValueError(f"{text!r}: a year has {per_year} such periods")
    return Period(kind, int(match[1]) * per_year + part - 1, year_starts if kind == "year" else 1)
