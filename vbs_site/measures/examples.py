"""Worked examples are run: the catalogue's own queries over the tables that an example gives, held against what it says.

An example that came out as it is written is not run again until something changes that it could depend on.
"""

import contextlib
import datetime
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlglot import exp

import vbs_site
from vbs_site.catalogue.example_rows import Filling, Row
from vbs_site.catalogue.examples import WHERE, Example
from vbs_site.catalogue.indicators import Ratio
from vbs_site.catalogue.loading import Loaded
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.text_tables import TextTable
from vbs_site.diagnostics import Diagnosis, FaultError
from vbs_site.engines.private_files import write_private
from vbs_site.engines.selects import tables_of
from vbs_site.engines.tiny_tables import InMemory, fill, in_memory
from vbs_site.measures.compile import compile_measure
from vbs_site.measures.derived import derivation
from vbs_site.periods import Period
from vbs_site.unchanged import fingerprint

Lines = list[tuple[str | Decimal, ...]]
Days = tuple[datetime.date | None, datetime.date | None]
MARK_LENGTH = 16
PROGRAM = ("catalogue", "engines", "measures", "periods.py")
"""Parts of this program that decide what an example comes to."""


def example_faults(loaded: Loaded, remembered: Path) -> list[Diagnosis]:
    """Run the examples of every indicator; return a diagnosis for each that comes out otherwise.

    Args:
        loaded: the catalogue, its places and organisations.
        remembered: file with the marks of indicators whose examples came out as they are written. It is only a memory:
            a machine that refuses it runs every example again.
    """
    catalogue = loaded.catalogue
    marks = {name: mark for name, mark in _marks(loaded) if catalogue.indicators[name].examples}
    known = _recalled(remembered)
    waiting = [name for name, mark in marks.items() if mark not in known]
    if not waiting:
        return []
    engine = in_memory()
    try:
        found = {name: list(_of_indicator(loaded, name, engine)) for name in waiting}
    finally:
        engine.connection.close()
    right = [mark for name, mark in marks.items() if not found.get(name)]
    with contextlib.suppress(OSError):
        write_private(remembered, "\n".join(sorted(right)) + "\n")
    return [fault for faults in found.values() for fault in faults]


def _recalled(remembered: Path) -> set[str]:
    try:
        return set(remembered.read_text(encoding="utf-8").split())
    except (OSError, UnicodeDecodeError):
        return set()


def _marks(loaded: Loaded) -> Iterator[tuple[str, str]]:
    """Yield each indicator with a mark of everything that its examples can depend on."""
    catalogue, data = loaded.catalogue, loaded.document.data
    here = Path(vbs_site.__file__).parent
    program = fingerprint([], [here / each for each in PROGRAM], [version("duckdb"), version("sqlglot")])
    kept = ("persons", "sources", "codesets", "instruments", "units")
    contract = [catalogue.catalogue.year_starts, *(data.get(key) for key in kept)]
    common = [program, contract, loaded.organisations.members]
    shared = hashlib.sha256(json.dumps(common, default=str).encode())
    for name, indicator in catalogue.indicators.items():
        halves = _halves(indicator) if isinstance(indicator, Ratio) else ()
        definitions = [data["indicators"][each] for each in (name, *halves)]
        mark = shared.copy()
        mark.update(json.dumps(definitions, default=str).encode())
        yield name, mark.hexdigest()[:MARK_LENGTH]


def _of_indicator(loaded: Loaded, name: str, engine: InMemory) -> Iterator[Diagnosis]:
    filling = Filling.of(loaded.catalogue, loaded.organisations, name)
    queries = Queries(loaded.catalogue, engine)
    for number, example in enumerate(loaded.catalogue.indicators[name].examples):
        place = ("indicators", name, "examples", number)
        diagnosis = partial(loaded.document.diagnosis, place, "the example gives what is written")
        try:
            rows = outcome(queries, name, filling.rows(example), _days(loaded.catalogue, name, example))
        except FaultError:
            yield diagnosis(
                got="tables that cannot be computed", hint="Look for numbers with too many digits"
            )
            continue
        columns = example.then.columns
        wanted, found = written(example.then), lines(rows, columns)
        if sorted(found, key=str) != sorted(wanted, key=str):
            yield diagnosis(got=_in_words(columns, found), hint=f"Written: {_in_words(columns, wanted)}")


class Queries:
    """The compiled queries of a catalogue on an engine, each compiled once."""

    def __init__(self, catalogue: Catalogue, engine: InMemory) -> None:
        self.catalogue = catalogue
        self.engine = engine
        self._compiled = dict[tuple[str, Days], tuple[list[str], list[str], Callable[[], list[Any]]]]()

    def rows(self, name: str, given: Mapping[str, Sequence[Row]], days: Days) -> list[dict[str, Any]]:
        """Return the rows of an indicator for its first unit kind over tables, by the names of their columns."""
        if (name, days) not in self._compiled:
            query = compile_measure(self.catalogue, name, self.catalogue.indicators[name].units[0], *days)
            read = {node.name for node in tables_of(query, self.catalogue.sources)}
            delivered = sorted({self.catalogue.base_of(each) for each in read})
            self._compiled[name, days] = query.named_selects, delivered, self._answering(query, read)
        columns, sources, answer = self._compiled[name, days]
        fill(self.engine, self.catalogue, sources, given)
        return [dict(zip(columns, row, strict=True)) for row in answer()]

    def _answering(self, query: exp.Select, read: Iterable[str]) -> Callable[[], list[Any]]:
        catalogue = self.catalogue
        derived = catalogue.derived_of(read)
        if derived:
            fill(self.engine, catalogue, sorted({catalogue.base_of(each) for each in derived}), {})
        for each in derived:
            self.engine.derive(each, derivation(catalogue, each))
        return self.engine.answering(query)


def outcome(
    queries: Queries, name: str, given: Mapping[str, Sequence[Row]], days: Days
) -> list[dict[str, Any]]:
    """Return the additive statistics of an indicator over full rows, with `unit` (its code) and `period` (its id).

    A ratio has `sum` (the numerator's statistic), `expected` (the denominator's), `eligible` and `n` (their patients).

    Raises:
        FaultError: when the engine cannot compute them (exit code 14).
    """
    catalogue = queries.catalogue
    indicator = catalogue.indicators[name]
    if isinstance(indicator, Ratio):
        sides = (("sum", "eligible", indicator.numerator), ("expected", "n", indicator.denominator))
        return [
            {
                "unit": row["unit"],
                "period": row["period"],
                amount: row.get(half.statistic, 0),
                people: row.get("n", 0),
            }
            for amount, people, half in sides
            for row in outcome(queries, half.indicator, given, days)
        ]
    starts = catalogue.catalogue.year_starts if indicator.period == "year" else 1
    return [
        row | {"unit": row["unit_code"], "period": Period(indicator.period, row["period"], starts).id}
        for row in queries.rows(name, given, days)
        if row["period"] is not None  # an index time that is not known lies in no period
    ]


def lines(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], where: Sequence[str] = WHERE) -> Lines:
    """Return rows added up to the columns of a table: a line for each of the places that it names, or one for all.

    Args:
        rows: with the columns.
        columns: of the table.
        where: those that say where a number belongs; every other one is a statistic.
    """
    places = [column for column in columns if column in where]
    groups = dict[tuple[str, ...], list[Mapping[str, Any]]]()
    if not places:
        groups[()] = list(rows)
    for row in rows if places else ():
        groups.setdefault(
            tuple("" if row[column] is None else str(row[column]) for column in places), []
        ).append(row)
    return [
        tuple(
            place[places.index(column)]
            if column in where
            else sum((Decimal(str(row.get(column) or 0)) for row in group), Decimal(0))
            for column in columns
        )
        for place, group in groups.items()
    ]


def written(table: TextTable) -> Lines:
    """Return the lines of a table as `lines` gives them."""
    return [
        tuple(
            cell if column in WHERE else Decimal(cell)
            for column, cell in zip(table.columns, row, strict=True)
        )
        for row in table.rows
    ]


def _in_words(columns: Sequence[str], some: Lines) -> str:
    said = [
        ", ".join(
            f"{column} {each.normalize():f}" if isinstance(each, Decimal) else f"{column} {each}"
            for column, each in zip(columns, line, strict=True)
        )
        for line in some
    ]
    return "; ".join(said) or "nothing"


def _days(catalogue: Catalogue, name: str, example: Example) -> Days:
    """Return the reported days of an example."""
    cohort = getattr(catalogue.indicators[name], "cohort", None)
    if cohort is None or (example.from_ and example.until):
        return example.from_, example.until
    dates = [
        cell[:4]
        for source, table in example.given.items()
        for row in table.records()
        for column, cell in row.items()
        if catalogue.sources[source].columns[column].type in ("date", "timestamp") and cell
    ]
    year = min(int(max(dates, default="2025")), datetime.MAXYEAR - 1)
    return example.from_ or datetime.date(year, 1, 1), example.until or datetime.date(year + 1, 1, 1)


def _halves(ratio: Ratio) -> tuple[str, str]:
    return ratio.numerator.indicator, ratio.denominator.indicator
