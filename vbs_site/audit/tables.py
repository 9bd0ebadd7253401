"""What the tables of a bundle show in places where they should show nothing, and where they differ from each other."""

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


def table_findings(release: Release, index: Index) -> list[Diagnosis]:
    """Return what the tables of a bundle give away by themselves."""
    return [
        *_results(release),
        *_small(release),
        *_signs(release.figures),
        *_parquet(release),
        *_judged(release, index),
        *_comparisons(release, index),
        *_values(release, index),
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
            groups[line.values["indicator"], line.values["statistic"]].append(line)
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
    known = set(next(iter(lines.values())).values) if lines else set()
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


JUDGED = {
    "funnel": ("lower_95", "upper_95", "lower_998", "upper_998"),
    "control": ("lower", "upper", "signals", "centre"),
}
"""Table to the columns whose numbers follow from the figure that they stand beside, or from its n."""


def _judged(release: Release, index: Index) -> Iterable[Diagnosis]:
    """Yield limits and positions of figures that are hidden: limits follow from n, a position from the value."""
    for name, columns in JUDGED.items():
        for line in release.tables.get(name, ()):
            if line.cell() in index.hidden:
                left = [column for column in (*columns, "position", "variation") if line.values.get(column)]
                if left:
                    yield findings.still_there(
                        line.file, line.number, line.cell().words, f"{', '.join(left)} beside it"
                    )


def _comparisons(release: Release, index: Index) -> Iterable[Diagnosis]:
    """Yield comparisons that a hidden figure takes part in with a number."""
    for line in release.tables.get("comparisons", ()):
        cell, against, other = line.cell(), line.values.get("against", ""), line.values.get("with", "")
        numbers = [
            column for column in ("reference", "difference", "lower", "upper") if line.values.get(column)
        ]
        own = [column for column in numbers if column != "reference" or against != "target"]
        told = line.values.get("verdict") not in ("", "undeterminable", None)
        if cell in index.hidden and (own or told):
            found = own or ["verdict"]
            yield findings.still_there(
                line.file, line.number, cell.words, f"{', '.join(found)} of a comparison ({against})"
            )
        if against == "own_past" and numbers:
            before = cell._replace(period=other)
            if before in index.hidden:
                yield findings.still_there(
                    line.file, line.number, before.words, f"{', '.join(numbers)} of a comparison with it"
                )
        if against == "similar" and line.values.get("reference"):
            yield from _similar(release, index, line)


def _similar(release: Release, index: Index, line: Line) -> Iterable[Diagnosis]:
    """Yield a figure of similar units together that is not that of those of them that are shown."""
    cell = line.cell()
    group = release.catalogue.get("similar", {}).get(line.values["with"], {}).get("units", [])
    others = [cell._replace(unit=unit) for unit in group if unit != cell.unit]
    gone = [each for each in others if each in index.hidden]
    rows = [shown for each in others if (shown := index.shown(each)) is not None]
    reference = line.number_of("reference")
    if not gone or reference is None:
        return
    largest_first = sorted(rows, key=lambda each: -(each.count_of("n") or 0))
    # A unit with few people is shown and not judged: those that are judged are the largest.
    pooled = [_pooled(largest_first[:count]) for count in range(1, len(rows) + 1)]
    if not any(
        each is not None and abs(each - reference) <= 1e-4 * max(1.0, abs(reference)) for each in pooled
    ):
        words = f"reference of a comparison with {len(others)} units together, which it is among"
        yield findings.still_there(line.file, line.number, gone[0].words, words)


def _pooled(rows: Iterable[Line]) -> float | None:
    """Return the value of several units together, from their counts or weighted by n."""
    parts = [(row.number_of("numerator"), row.number_of("n"), row.number_of("value")) for row in rows]
    size = sum(n or 0.0 for _, n, _ in parts)
    if not parts or not size:
        return None
    shares = all(
        numerator is not None and n and value is not None and abs(numerator / n - value) < TOLERANCE
        for numerator, n, value in parts
    )
    if shares:
        return sum(numerator or 0.0 for numerator, _, _ in parts) / size
    return sum((n or 0.0) * (value or 0.0) for _, n, value in parts) / size


def _values(release: Release, index: Index) -> Iterable[Diagnosis]:
    """Yield outcomes and resources of units whose figure is hidden under every statistic."""
    assessed = release.catalogue.get("value", {})
    kinds = {cell[:2] for cell in index.lines}
    for line in release.tables.get("value", ()):
        of = assessed.get(line.values.get("value", ""), {})
        for half in ("outcome", "resource"):
            indicator = of.get(half, {}).get("indicator", "")
            statistic = of.get(half, {}).get("statistic")
            names = [statistic] if statistic else [name for each, name in kinds if each == indicator]
            cells = [line.cell()._replace(indicator=indicator, statistic=name) for name in sorted(names)]
            number = line.number_of(half)
            known = [shown.number_of("value") for cell in cells if (shown := index.shown(cell)) is not None]
            gone = [cell for cell in cells if cell in index.hidden]
            if number is not None and gone and not any(_close(number, each) for each in known):
                yield findings.still_there(line.file, line.number, gone[0].words, half)


def _close(number: float, other: float | None) -> bool:
    return other is not None and abs(number - other) <= TOLERANCE * max(1.0, abs(number))
