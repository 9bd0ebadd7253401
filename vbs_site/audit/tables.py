"""What the results of a bundle show in places where they should show nothing, and where their copies differ from them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vbs_site.audit import findings
from vbs_site.audit.people import Column, columns_of, shown_counts
from vbs_site.audit.release import (
    HIDDEN,
    NUMBERS,
    RESULTS,
    SHOWN,
    STATUSES,
    Cell,
    Line,
    Release,
)
from vbs_site.diagnostics import Diagnosis
from vbs_site.tables import read_parquet

KEYS = (
    "release",
    "synthetic",
    "indicator",
    "statistic",
    "unit_kind",
    "unit",
    "unit_name",
    "period",
    "stratum",
)
TOLERANCE = 1e-6
PARQUET = "results.parquet"


@dataclass(frozen=True)
class Index:
    """The lines of results by the figure that they are.

    Attributes:
        lines: figure to its line.
        hidden: the figures that are hidden.
    """

    lines: Mapping[Cell, Line]
    hidden: frozenset[Cell]

    @classmethod
    def of(cls, release: Release) -> "Index":
        """Return the index of a release."""
        lines = {line.cell(): line for line in release.results}
        return cls(lines, frozenset(cell for cell, line in lines.items() if line.values["status"] == HIDDEN))

    def shown(self, cell: Cell) -> Line | None:
        """Return the line of a figure that is shown, else None."""
        line = self.lines.get(cell)
        return line if line is not None and line.values["status"] == SHOWN else None


def table_findings(release: Release) -> list[Diagnosis]:
    """Return what the results of a bundle give away by themselves."""
    return [
        *_results(release),
        *_small(release),
        *_signs(release.figures),
        *_parquet(release),
    ]


def _results(release: Release) -> Iterable[Diagnosis]:
    """Yield lines that show no figure and still hold a number, and statuses that nobody knows."""
    for line in release.figures:
        status = line.values.get("status", "")
        if status not in STATUSES:
            yield findings.told_apart(line.file, line.number, line.cell().words, f"the status {status!r}")
        if status == SHOWN:
            continue
        left = [column for column in NUMBERS if line.values.get(column)]
        if left == ["n"] and line.count_of("n") == 0 and status != HIDDEN:
            continue  # a group without anybody
        if left:
            yield findings.still_there(
                line.file, line.number, line.cell().words, f"a number in {', '.join(left)}"
            )


def _small(release: Release) -> Iterable[Diagnosis]:
    columns = columns_of(release)
    by_place = {line.place: line for line in release.figures}
    for column, spots in shown_counts(release.figures, columns).items():
        policy = release.policy(column.indicator)
        if policy.round_to > 1:
            yield from _unrounded(column, spots.values(), by_place, policy.round_to)
            continue
        for count, place in spots.values():
            line = by_place[place]
            nobody = column.what == "n" and count == 0  # an empty group names nobody
            if policy.small(count) and not nobody and line.count_of("n") != 0:
                what = "a small count" if column.what != "rest" else "counts with a small difference"
                named = f"{what} ({'n less numerator' if column.what == 'rest' else column.what})"
                yield findings.small_shown(line.file, line.number, line.cell().words, named)


def _unrounded(
    column: Column, shown: Iterable[tuple[int, str]], by_place: Mapping[str, Line], base: int
) -> Iterable[Diagnosis]:
    for count, place in shown:
        if count % base and column.what != "rest":
            line = by_place[place]
            yield findings.small_shown(
                line.file, line.number, line.cell().words, f"{column.what} is no multiple of {base}"
            )


def _signs(lines: Iterable[Line]) -> Iterable[Diagnosis]:
    """Yield hidden lines that look unlike the other hidden lines of the same figure: they could be told apart."""
    groups = defaultdict[tuple[str, str], list[Line]](list)
    for line in lines:
        if line.values.get("status") == HIDDEN:
            groups[line.figure].append(line)
    usual = Counter(_sign(line) for group in groups.values() for line in group)
    for group in groups.values():
        signs = Counter(_sign(line) for line in group)
        common = max(signs, key=lambda sign: (signs[sign], usual[sign], sign))
        for line in group:
            if (mine := _sign(line)) != common:
                odd = sorted({name for name, _ in set(mine) ^ set(common)})
                yield findings.told_apart(
                    line.file,
                    line.number,
                    line.cell().words,
                    f"another content of {', '.join(odd)} than others",
                )


def _sign(line: Line) -> tuple[tuple[str, str], ...]:
    return tuple((name, text) for name, text in line.values.items() if name not in (*KEYS, *NUMBERS) and text)


def _parquet(release: Release) -> Iterable[Diagnosis]:
    """Yield what the Parquet copy of the results holds that the CSV does not."""
    path = release.folder / PARQUET
    if path.exists():
        yield from parquet_findings(path, PARQUET, {line.cell(): line for line in release.results})


def parquet_findings(path: Path, name: str, lines: Mapping[Cell, Line]) -> Iterable[Diagnosis]:
    """Yield each figure of a Parquet table that is another one, or none, in the results.

    Args:
        path: the table.
        name: what findings call it.
        lines: the published figures.
    """
    table = read_parquet(path)
    columns = [str(column) for column in table.columns]
    known = set(next(iter(lines.values())).values) if lines else set(columns)
    for column in columns:
        if column not in known:
            yield findings.told_apart(name, 0, "", f"a column {column!r} that {RESULTS} does not have")
    rows = zip(*(table[column].tolist() for column in columns), strict=True)
    for number, row in enumerate(rows, start=1):
        values = dict(zip(columns, row, strict=True))
        cell = Cell(*(str(values.get(key, "")) for key in Cell._fields))
        line = lines.get(cell)
        if line is None:
            yield findings.differs(name, number, cell.words, "a row that the results do not have")
            continue
        hidden = line.values["status"] == HIDDEN
        for column in columns:
            if column in known and not same(values[column], line.values[column]):
                make = findings.still_there if hidden and column in NUMBERS else findings.differs
                yield make(name, number, cell.words, f"another {column} than {line.place}")


def same(value: Any, text: str) -> bool:
    """Return whether a value is what a text of a CSV file says."""
    if isinstance(value, str):
        return text == value
    written = str(value)
    if written in ("<NA>", "None", "nan", "NaT"):
        return text == ""
    if written in ("True", "False"):
        return text == written.lower()
    try:
        return abs(float(value) - float(text)) <= TOLERANCE * max(1.0, abs(float(value)))
    except ValueError:
        return False
