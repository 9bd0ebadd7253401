"""The full rows of a worked example: what its tables do not write is filled in, always in the same way.

- A key of whole numbers is counted 1, 2, 3 …
- The person column is counted, too, when the table does not have it: one person a row.
- A column with a unit's code takes the first organisation of that kind.
- A column that may lack its value lacks it; a category takes its first value, a boolean `no`, a number 0, a text `-`.
- Dates, times, years and codes are written.
- A person who is mentioned is in the register of persons: born on 1950-01-01, alive, of the first sex listed.
- Everyone lives in one place, and what leads from places to units has one row for each place that is mentioned.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vbs_site.catalogue.examples import Example
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import Organisations
from vbs_site.catalogue.populations import Per
from vbs_site.catalogue.sources import Column, ColumnType, Unit

Row = Mapping[str, str]
BORN = "1950-01-01"
USUAL: Mapping[ColumnType, str] = {"boolean": "no", "integer": "0", "decimal": "0", "text": "-"}
"""Type of a column to the value of one that no table writes; the other types have none."""


@dataclass(frozen=True)
class Filling:
    """How the rows of an indicator's examples are filled in.

    Attributes:
        indicator: its name.
        codes: (source, column) to the value that leads to a unit.
    """

    catalogue: Catalogue
    indicator: str
    codes: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, catalogue: Catalogue, organisations: Organisations, indicator: str) -> "Filling":
        """Return how an indicator's examples are filled in under an organisation reference."""
        return cls(catalogue, indicator, _codes(catalogue, organisations, indicator))

    def rows(self, example: Example) -> dict[str, list[Row]]:
        """Return source to full rows; an empty text is no value."""
        catalogue = self.catalogue
        full = {name: self._filled(name, table.records()) for name, table in example.given.items()}
        register = catalogue.persons.source if catalogue.persons else None
        if register is not None and register not in full:
            person = catalogue.sources[register].person or ""
            full[register] = self._filled(register, [{person: each} for each in self._mentioned(full)])
        unit = catalogue.units[catalogue.indicators[self.indicator].units[0]]
        for (before, column), (source, _) in itertools.pairwise(steps(unit)):
            if source not in full:
                places = dict.fromkeys(row[column] for row in full.get(before, []) if row.get(column))
                full[source] = self._filled(
                    source, [{catalogue.sources[source].key[0]: each} for each in places]
                )
        return full

    def _mentioned(self, full: Mapping[str, Sequence[Row]]) -> list[str]:
        """Return each person once, in the order of the tables."""
        sources = self.catalogue.sources
        found = [row.get(sources[name].person or "", "") for name, rows in full.items() for row in rows]
        return [each for each in dict.fromkeys(found) if each]

    def _filled(self, name: str, rows: Sequence[Row]) -> list[Row]:
        source = self.catalogue.sources[name]
        usual = {key: self._usual(name, key, column) for key, column in source.columns.items()}
        counted = [key for key in source.key if source.columns[key].type == "integer"]
        counted += [source.person] if source.person is not None else []
        return [
            {**usual, **dict.fromkeys(counted, str(number)), **row}
            for number, row in enumerate(rows, start=1)
        ]

    def _usual(self, name: str, key: str, column: Column) -> str:
        persons = self.catalogue.persons
        if (name, key) in self.codes:
            return self.codes[name, key]
        if persons is not None and (name, key) == (persons.source, persons.birth):
            return BORN
        return unwritten(column) or ""


def unwritten(column: Column) -> str | None:
    """Return the value of a column that a table does not write, "" for no value; None when it has to be written."""
    if column.nullable:
        return ""
    return next(iter(column.values)) if column.values else USUAL.get(column.type)


def steps(unit: Unit) -> list[tuple[str, str]]:
    """Return the path of a unit kind as (source, column), from the person's register on."""
    return [(source, column) for source, column in (step.split(".") for step in unit.path or [])]


def _codes(catalogue: Catalogue, organisations: Organisations, name: str) -> dict[tuple[str, str], str]:
    """Return (source, column) to the value that leads to a unit: the first code of its kind, or a place on the way to it."""
    first = dict[str, str]()
    for each in organisations.members:
        if each.codes:
            first.setdefault(each.kind, each.codes[0])
    found = dict[tuple[str, str], str]()
    for kind, unit in catalogue.units.items():
        code = first.get(catalogue.organisation_kind(kind))
        if code is None:
            continue
        if unit.path:
            found[steps(unit)[-1]] = code
        else:
            found |= {(source, unit.column): code for source in catalogue.sources if unit.column}
    indicator = catalogue.indicators[name]
    per = getattr(indicator, "per", None)
    code = first.get(catalogue.organisation_kind(indicator.units[0]))
    if code is not None and isinstance(per, Per):
        found[per.from_, per.unit] = code
    for unit in catalogue.units.values():
        for source, column in steps(unit)[:-1]:
            found.setdefault((source, column), USUAL.get(catalogue.sources[source].columns[column].type, ""))
    return {
        (source, column): code
        for (source, column), code in found.items()
        if column in catalogue.sources[source].columns
    }
