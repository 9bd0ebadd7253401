"""Counts about deliveries: what was found in how many rows, per unit and period."""

from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True, order=True)
class Quality:
    """One count about a delivery, published as data quality where it is not small.

    Attributes:
        source, deliverer: whose rows; deliverer is empty when one file holds everything.
        unit: id of the unit, `unknown` for a code that no organisation has, empty when the source has no unit.
        period: quarter (or year) in which the rows begin, empty when the source has no time.
        check: `rows` (delivered), `set_aside` (delivered and not used), `missing` (no value where there may be none),
            `late`, `unknown_unit`, or a fault that `catalogue.sources.Checks` names.
        column: the column that the check is about, empty when it is about whole rows.
        count: rows that the check found.
        of: rows that it looked at.
    """

    source: str
    deliverer: str
    unit: str
    period: str
    check: str
    column: str
    count: int
    of: int

    def as_row(self) -> list[Any]:
        """Return the count as a row with the columns `COLUMNS`."""
        return list(vars(self).values())


COLUMNS = tuple(field.name for field in fields(Quality))
