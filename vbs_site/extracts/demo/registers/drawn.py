"""What a disease area adds to the demo: rows of its registers and answers of its patients."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

ANSWER_COLUMNS = ("person", "region", "instrument", "moment", "day", "score")


@dataclass(frozen=True)
class Register:
    """One register, before it is cut where its region's delivery ends.

    Attributes:
        source: its name in the catalogue, and of its folder of extracts.
        rows: the register's own columns, and two that are not delivered: `region` (position of the delivering region)
            and `day` (the day of the row, counted from 1970-01-01). Sorted by day.
        types: DuckDB type of every column that is not text.
    """

    source: str
    rows: pd.DataFrame
    types: dict[str, str]


@dataclass(frozen=True)
class Drawn:
    """What an area adds.

    Attributes:
        registers: its registers.
        answers: PRO answers: `person` and `region` (positions), `instrument` and `moment` (text as in the catalogue),
            `day` (counted from 1970-01-01), `score` (missing when begun and not completed).
    """

    registers: tuple[Register, ...] = ()
    answers: pd.DataFrame | None = None


def no_answers() -> pd.DataFrame:
    """Return a table of answers without a row."""
    return pd.DataFrame({each: np.array([], dtype=object) for each in ANSWER_COLUMNS})
