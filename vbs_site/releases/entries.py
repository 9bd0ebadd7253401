"""What an entry of the data dictionary is, and the columns that stand in every public table."""

from typing import NamedTuple


class Entry(NamedTuple):
    """One column of a public file, or one code that stands in such a column."""

    table: str
    column: str
    type: str
    da: str
    en: str


def columns(table: str, *given: tuple[str, str, str, str]) -> tuple[Entry, ...]:
    """Return the columns of a table, each given as name, type, Danish and English words."""
    return tuple(Entry(table, *each) for each in given)


def codes(column: str, *given: tuple[str, str, str]) -> tuple[Entry, ...]:
    """Return the codes of a column, each given as code, Danish and English words."""
    return tuple(Entry(column, code, "", da, en) for code, da, en in given)


OF_EVERY_ROW = (
    ("release", "text", "Udgivelsens id", "Id of the release"),
    (
        "synthetic",
        "true/false",
        "Om data er syntetiske (opdigtede)",
        "Whether the data is synthetic (made up)",
    ),
)
INDICATOR = ("indicator", "text", "Indikatorens id i kataloget", "Id of the indicator in the catalogue")
"""Of every table about indicators."""
UNIT_AND_PERIOD = (
    ("unit_kind", "text", "Enhedens art, som i results", "Kind of the unit, as in results"),
    ("unit", "text", "Enhedens id, som i results", "Id of the unit, as in results"),
    ("period", "text", "Perioden, som i results", "The period, as in results"),
)
CELL = (
    INDICATOR,
    ("statistic", "text", "Tallet, som i results", "The number, as in results"),
    *UNIT_AND_PERIOD,
)
"""What says which number of the results a row is about."""
