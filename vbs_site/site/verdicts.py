"""The tables that verdicts rest on, indexed the ways that pages ask for them."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, NamedTuple

from vbs_site.releases.bundle import Bundle
from vbs_site.tables import records

Series = tuple[str, str, str, str]
"""Indicator, statistic, kind of unit and unit."""


class Lines(NamedTuple):
    """The lines of a control chart in one period, and what is said of its point.

    Attributes:
        signals: codes of the rules that the point takes part in breaking.
    """

    phase: int
    centre: float | None
    lower: float | None
    upper: float | None
    signals: tuple[str, ...]
    variation: str | None
    assurance: str | None


class Place(NamedTuple):
    """Where a unit lies in a funnel.

    Attributes:
        spread: of the units against what chance gives (φ).
        widened: whether the limits are wider for it.
    """

    centre: float
    lower_95: float
    upper_95: float
    lower_998: float
    upper_998: float
    spread: float
    widened: bool
    position: str


class Compared(NamedTuple):
    """A figure against another: with its own past, or with the others of a group of similar units."""

    unit: str
    period: str
    reference: float | None
    difference: float | None
    lower: float | None
    upper: float | None
    method: str | None
    verdict: str


@dataclass(frozen=True)
class Verdicts:
    """What verdicts rest on.

    Attributes:
        control: series to period to the lines of its control chart; periods and series without any are not there.
        funnels: (indicator, statistic, kind of unit, period) to unit to its place.
        targets: series to period to the verdict on each target in force, by its op and value as in `>= 0.9`.
        past: series to period to the comparison with the same period of the year before.
        similar: (indicator, statistic, period) to group to the comparison of each of its units with the others.
    """

    control: dict[Series, dict[str, Lines]]
    funnels: dict[tuple[str, str, str, str], dict[str, Place]]
    targets: dict[Series, dict[str, dict[str, str]]]
    past: dict[Series, dict[str, Compared]]
    similar: dict[tuple[str, str, str], dict[str, list[Compared]]]


def index_verdicts(bundle: Bundle) -> Verdicts:
    """Return the tables of a bundle, indexed; a release of before verdicts has none."""
    found = Verdicts(
        defaultdict(dict), defaultdict(dict), defaultdict(dict), defaultdict(dict), defaultdict(dict)
    )
    for row in _rows(bundle, "control"):
        given = {name: row[name] for name in Lines._fields} | {
            "signals": tuple((row["signals"] or "").split(";")) if row["signals"] else ()
        }
        found.control[_series(row)][row["period"]] = Lines(**given)
    for row in _rows(bundle, "funnel"):
        key = (row["indicator"], row["statistic"], row["unit_kind"], row["period"])
        given = {name: row.get(name) for name in Place._fields}
        found.funnels[key][row["unit"]] = Place(
            **given | {"widened": str(given["widened"]).lower() == "true"}
        )
    for row in _rows(bundle, "comparisons"):
        told = Compared(*(row[name] for name in Compared._fields))
        if row["against"] == "own_past":
            found.past[_series(row)][told.period] = told
        elif row["against"] == "target":
            found.targets[_series(row)].setdefault(told.period, {})[row["with"]] = told.verdict
        elif row["against"] == "similar":
            groups = found.similar[row["indicator"], row["statistic"], told.period]
            groups.setdefault(row["with"], []).append(told)
    return Verdicts(
        dict(found.control), dict(found.funnels), dict(found.targets), dict(found.past), dict(found.similar)
    )


def _rows(bundle: Bundle, name: str) -> list[dict[str, Any]]:
    return records(bundle.tables[name]) if name in bundle.tables else []


def _series(row: dict[str, Any]) -> Series:
    return row["indicator"], row["statistic"], row["unit_kind"], row["unit"]
