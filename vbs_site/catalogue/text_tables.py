"""Tables as people write them: a heading, then one line per row, cells between vertical bars."""

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema


@dataclass(frozen=True)
class TextTable:
    """A table as it is written; an empty cell is the empty text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def records(self) -> list[dict[str, str]]:
        """Return each row by its columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def parse_table(raw: Any) -> TextTable:
    """Return the table that a text holds.

    Raises:
        ValueError: naming the rule that the text breaks.
    """
    if isinstance(raw, TextTable):
        return raw
    lines = [line.strip() for line in raw.splitlines() if line.strip()] if isinstance(raw, str) else []
    if not lines or any(len(line) < 2 or line[0] != "|" or line[-1] != "|" for line in lines):
        raise ValueError("a table is lines of cells, each line between two bars, as in `| person | start |`")
    heading, *rows = [tuple(cell.strip() for cell in line[1:-1].split("|")) for line in lines]
    if not all(heading) or len(set(heading)) < len(heading):
        raise ValueError("each column of a table has a name of its own")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(heading):
            raise ValueError(f"each row of a table has {len(heading)} cells; row {number} has {len(row)}")
    return TextTable(heading, tuple(rows))


Table = Annotated[
    TextTable, BeforeValidator(parse_table), WithJsonSchema({"type": "string", "pattern": r"^\s*\|"})
]
