"""Tables of worked examples as pages show them, and the examples of an indicator."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from vbs_site.catalogue.examples import WHERE
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.sources import Column
from vbs_site.catalogue.text_tables import TextTable
from vbs_site.site.context import Context
from vbs_site.site.words import WORDS

Filled = Callable[[str], Markup | None]
"""What gives a cell that holds words to fill in; None for any other cell."""


@dataclass(frozen=True)
class Shown:
    """A table as the page shows it: words above the columns, cells as words.

    Attributes:
        numbers: the columns whose cells are numbers.
        rows: per cell its words, or None for no value.
    """

    caption: str
    columns: tuple[Markup, ...]
    numbers: frozenset[int]
    rows: tuple[tuple[Markup | None, ...], ...]


def worked_examples(context: Context, name: str) -> list[dict[str, Any]]:
    """Return the worked examples of an indicator: the rule, the tables that are given, and what comes out."""
    catalogue = context.bundle.catalogue
    return [
        {
            "rule": context.text(example.rule),
            "edge": example.edge,
            "given": [given(context, catalogue, *each) for each in example.given.items()],
            "then": _then(context, name, example.then),
        }
        for example in catalogue.indicators[name].examples
    ]


def _then(context: Context, name: str, table: TextTable) -> Shown:
    rows = tuple(
        tuple(
            _place(context, name, column, cell) if column in WHERE else number(context, cell)
            for column, cell in zip(table.columns, row, strict=True)
        )
        for row in table.rows
    )
    numbers = frozenset(place for place, column in enumerate(table.columns) if column not in WHERE)
    headings = tuple(_heading_of(context, name, column) for column in table.columns)
    return Shown(context.say("result"), headings, numbers, rows)


def _heading_of(context: Context, name: str, column: str) -> Markup:
    catalogue = context.bundle.catalogue
    if column == "unit":
        return Markup.escape(context.text(catalogue.units[catalogue.indicators[name].units[0]].title))
    return Markup.escape(context.say(f"column_{column}") if f"column_{column}" in WORDS else column)


def _place(context: Context, name: str, column: str, cell: str) -> Markup | None:
    """Return the words of a cell that says where a number belongs: a unit's code as its name."""
    if column == "unit" and cell:
        catalogue = context.bundle.catalogue
        kind = catalogue.organisation_kind(catalogue.indicators[name].units[0])
        unit = context.bundle.organisations.by_code.get((kind, cell))
        return Markup.escape(context.text(unit.name) if unit is not None else cell)
    return Markup.escape(cell) if cell else None


def given(
    context: Context, catalogue: Catalogue, source: str, table: TextTable, filled: Filled = lambda _: None
) -> Shown:
    """Return rows of a source, each value in the words of its column."""
    contract = catalogue.sources[source]
    columns = [contract.columns[name] for name in table.columns]
    names = {key for each in catalogue.sources.values() for key in (*each.key, each.person)}
    return Shown(
        context.text(contract.title),
        tuple(
            Markup.escape(context.say("column_person"))
            if name == contract.person and column.title is None
            else heading(context, column, name)
            for name, column in zip(table.columns, columns, strict=True)
        ),
        frozenset(
            place
            for place, (name, column) in enumerate(zip(table.columns, columns, strict=True))
            if column.type in ("integer", "decimal") and name not in names
        ),
        tuple(
            tuple(
                filled(text) or in_words(context, column, text)
                for column, text in zip(columns, row, strict=True)
            )
            for row in table.rows
        ),
    )


def heading(context: Context, column: Column, name: str) -> Markup:
    """Return the words above a column of a source."""
    return Markup.escape(_capital(context.text(column.title)) if column.title else name)


def in_words(context: Context, column: Column, text: str) -> Markup | None:
    """Return a value in the words of its column; None for no value."""
    if not text:
        return None
    if column.type == "boolean":
        return Markup.escape(context.say("yes" if text == "yes" else "no"))
    if column.type == "decimal":
        return number(context, text)
    words = (column.values or {}).get(text)
    return Markup.escape(context.text(words) if words else text)


def number(context: Context, text: str) -> Markup:
    """Return a number as the language writes it."""
    return Markup.escape(text.replace(".", ",").replace("-", "−") if context.language == "da" else text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
