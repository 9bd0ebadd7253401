"""A published release as a reader finds it: its tables line by line, and what it says of its own protection.

Read as plain CSV and JSON, by column name. Nothing of the code that writes or protects a release is used here.
"""

import csv
import gzip
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from vbs_site.diagnostics import ExitCode, FaultError

MANIFEST = "manifest.json"
RESULTS = "results.csv"
SHOWN, HIDDEN = "shown", "suppressed"
SILENT = (
    "too_few",
    "incomplete_follow_up",
    "low_coverage",
    "not_delivered",
    "not_applicable",
    "series_break",
)
"""Statuses that say why there is no number for a reason that is no secret."""
TELLING = ("too_few", "low_coverage")
"""Those of them that stand for a group with somebody in it: how many these are is as secret as of a hidden one."""
STATUSES = (SHOWN, HIDDEN, *SILENT)
ALL, NATIONAL, UNKNOWN = "all", "national", "unknown"
NUMBERS = ("n", "numerator", "exposure", "value", "lower", "upper")


class Cell(NamedTuple):
    """One figure of a release: which number, of whom, when."""

    indicator: str
    statistic: str
    unit_kind: str
    unit: str
    period: str
    stratum: str

    @property
    def words(self) -> str:
        """Return the cell as it is named in a finding."""
        part = "" if self.stratum == ALL else f" {self.stratum}"
        return f"{self.indicator} {self.statistic}, {self.unit_kind} {self.unit}, {self.period}{part}"


@dataclass(frozen=True)
class Line:
    """One line of a published table.

    Attributes:
        file: as it is named in a finding.
        number: of the line in the file, from 1.
        values: column to text as it stands.
    """

    file: str
    number: int
    values: Mapping[str, str]

    @property
    def place(self) -> str:
        """Return where it stands."""
        return f"{self.file}:{self.number}"

    @property
    def figure(self) -> tuple[str, str]:
        """Return the indicator and statistic of a line of results."""
        return self.values["indicator"], self.values["statistic"]

    def cell(self, stratum: str = ALL) -> Cell:
        """Return the figure that it speaks of; tables without strata speak of everyone."""
        of = self.values.get
        return Cell(
            of("indicator", ""),
            of("statistic", ""),
            of("unit_kind", ""),
            of("unit", ""),
            of("period", ""),
            of("stratum") or stratum,
        )

    def number_of(self, column: str) -> float | None:
        """Return the number in a column, or None when there is none."""
        try:
            return float(self.values.get(column) or "")
        except ValueError:
            return None

    def count_of(self, column: str) -> int | None:
        """Return the whole number in a column, or None when there is none."""
        number = self.number_of(column)
        return int(number) if number is not None and number == int(number) else None


@dataclass(frozen=True)
class Policy:
    """What a release promises for the counts of an indicator.

    Attributes:
        threshold: counts from 1 to one less are small.
        zeros_shown: whether a count of none is shown, or is as secret as a small one.
        complement: whether what is left of n without the numerator is protected too.
        width: how far apart the smallest and the largest possible value of a hidden count are at least.
        round_to: counts are published as the nearest multiple of this instead of being hidden; 1 when they are not.
    """

    threshold: int = 5
    zeros_shown: bool = True
    complement: bool = True
    width: int = 3
    round_to: int = 1

    @classmethod
    def read(cls, given: Mapping[str, Any], default: "Policy | None" = None) -> "Policy":
        """Return the policy that a manifest states; what it does not state follows from the rest."""
        base = default or cls()
        threshold = int(given.get("threshold", base.threshold))
        stated = given.get("width")
        usual = max(1, threshold - 2) if default is None or threshold != base.threshold else base.width
        return cls(
            threshold,
            bool(given.get("zeros_shown", base.zeros_shown)),
            bool(given.get("complement", base.complement)),
            usual if stated is None else int(stated),
            int(given.get("round_to", base.round_to) or 1),
        )

    def small(self, count: float) -> bool:
        """Return whether a count points at few people."""
        return (0 if not self.zeros_shown else 1) <= count < self.threshold


@dataclass(frozen=True)
class Release:
    """What a release publishes, apart from its pages.

    Attributes:
        name: its id.
        folder: where it lies; other files of it are read from there.
        catalogue: the catalogue as it was.
        organisations: id to unit.
        definitions: indicator to language to texts.
        results: the lines of results.csv.
        tables: the other tables by name (years, flow, quality, funnel, comparisons, control, value).
        default, policies: the policy, and those of single indicators.
    """

    name: str
    folder: Path
    manifest: Mapping[str, Any]
    catalogue: Mapping[str, Any]
    organisations: Mapping[str, Mapping[str, Any]]
    definitions: Mapping[str, Any]
    results: tuple[Line, ...]
    tables: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)
    default: Policy = field(default_factory=Policy)
    policies: Mapping[str, Policy] = field(default_factory=dict)

    @property
    def figures(self) -> tuple[Line, ...]:
        """Return the lines of results.csv, and of the whole years that stand beside them."""
        return (*self.results, *self.tables.get("years", ()))

    def policy(self, indicator: str) -> Policy:
        """Return what is promised for an indicator."""
        return self.policies.get(indicator, self.default)


def read_text(path: Path) -> str:
    """Return a text file, unpacked when it is compressed."""
    content = path.read_bytes()
    if path.suffix == ".gz" or content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    return content.decode("utf-8-sig", errors="replace")


def read_lines(path: Path, name: str | None = None) -> tuple[Line, ...]:
    """Return the lines of a CSV file; `name` is what findings call it."""
    return tuple(lines_of(read_text(path), name or path.name))


def lines_of(text: str, name: str) -> Iterable[Line]:
    """Yield the lines of a CSV text, with their numbers."""
    reader = csv.reader(io.StringIO(text))
    head = next(reader, [])
    before = reader.line_num
    for row in reader:
        yield Line(name, before + 1, dict(zip(head, row, strict=False)))
        before = reader.line_num


def read_release(folder: Path) -> Release:
    """Return the release in a folder.

    Raises:
        FaultError: when a file that is needed is missing or cannot be read (exit code 13).
    """
    manifest = _json(folder / MANIFEST)
    protection = manifest.get("protection", {})
    default = Policy.read(protection.get("default", protection))
    single = protection.get("indicators", {})
    members = _json(folder / "organisations.json")
    definitions = folder / "definitions.json"
    tables = ("years", "flow", "quality", "funnel", "comparisons", "control", "value")
    try:
        return Release(
            str(manifest.get("release", folder.name)),
            folder,
            manifest,
            _json(folder / "catalogue.json"),
            {str(each["id"]): each for each in members},
            _json(definitions) if definitions.exists() else {},
            read_lines(folder / RESULTS),
            {
                name: read_lines(folder / f"{name}.csv")
                for name in tables
                if (folder / f"{name}.csv").exists()
            },
            default,
            {name: Policy.read(each, default) for name, each in single.items()},
        )
    except (OSError, csv.Error, KeyError, TypeError, ValueError):
        raise _unreadable(folder) from None


def _json(path: Path) -> Any:
    try:
        return json.loads(read_text(path))
    except (OSError, ValueError):
        raise _unreadable(path) from None


def _unreadable(path: Path) -> FaultError:
    hint = "Name the folder of a release (with manifest.json), or of a built site"
    return FaultError.one(
        ExitCode.RELEASE, path, "what is audited can be read", got="something else", hint=hint
    )
