"""From the parts of units to the whole: the same numbers as computing together, without a patient row.

Sums are added with every digit. Grid and coverage are made anew by the code that `compute` uses, from the completeness
that the parts state. What would not add up to the whole exactly is refused, see `compatible`.
"""

import datetime
import decimal
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from vbs_site.catalogue.indicators import Ratio
from vbs_site.catalogue.loading import Loaded
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, Organisation, Organisations
from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError
from vbs_site.extracts.deliveries import Deliveries, Delivery
from vbs_site.extracts.quality import Quality
from vbs_site.measures.aggregates import EXACT, TABLE, Aggregates, read_note
from vbs_site.measures.compatible import Sent, check_parts, unanswered
from vbs_site.measures.completeness import reach
from vbs_site.measures.flow import added
from vbs_site.measures.note import Asked, Delivered, Given, describe
from vbs_site.measures.parts import comes_from_one
from vbs_site.measures.shape import STATISTICS
from vbs_site.measures.sums import KEYS, NOTHING, Sums, numbered, taken
from vbs_site.measures.tabulation import COLUMNS, Measured, listed, tabulated, unknown_units
from vbs_site.periods import parse_period
from vbs_site.tables import added_up


@dataclass(frozen=True)
class Combined:
    """The whole, and what is not in it.

    Attributes:
        aggregates: what `release` takes.
        absent: units whose part was not given; their figures, and those of the whole, are `not_delivered`.
        left_out: indicators that are `not_delivered` because contacts of own hospitals cannot answer them.
    """

    aggregates: Aggregates
    absent: tuple[str, ...]
    left_out: tuple[str, ...]


def combine(loaded: Loaded, folders: Sequence[Path], *, leave_out_incomplete: bool = False) -> Combined:
    """Add up the parts of units.

    Args:
        loaded: the catalogue; the parts must come from the same.
        folders: one saved part each.
        leave_out_incomplete: leave out the indicators that the parts' basis cannot answer, instead of refusing.

    Raises:
        FaultError: with one line for each part that cannot be combined, or each indicator that is not answered (exit
            code 11).
    """
    catalogue = loaded.catalogue
    parts = sorted((Sent(folder, read_note(folder)) for folder in folders), key=lambda part: part.unit)
    check_parts(loaded, parts)
    left_out = unanswered(catalogue, parts)
    if left_out and not leave_out_incomplete:
        raise FaultError(ExitCode.EXTRACTS, [_unanswered(parts[0], name) for name in left_out])
    units = [part.unit for part in parts]
    absent = tuple(unit for unit in parts[0].note["claimants"] if unit not in units)
    organisations = _organisations(parts)
    delivered = _delivered(parts)
    deliveries = _deliveries(loaded, parts, delivered)
    with decimal.localcontext(prec=EXACT):
        measured = _added(catalogue, deliveries, parts, left_out)
        withheld = _withheld(loaded, organisations, deliveries, parts[0], absent, left_out)
        rows = tabulated(loaded, organisations, deliveries, measured, withheld=withheld)
    quality = _quality(parts)
    quality += [
        unknown_units(catalogue, name, unit_kind, sums) for (name, unit_kind), sums in measured.items()
    ]
    given = Given(parts[0].note["references"], parts[0].note["standards"])
    days = {part.note["until"] for part in parts}
    asked = Asked(until=datetime.date.fromisoformat(day) if len(days) == 1 and (day := days.pop()) else None)
    note = describe(loaded, deliveries, organisations, quality, given, delivered, asked)
    _say_absent(loaded, deliveries, note, absent)
    note |= {"flow": {} if absent else added([part.note["flow"] for part in parts])}
    note |= {"combined": {part.unit: part.note["table_sha256"] for part in parts}, "left_out": list(left_out)}
    return Combined(Aggregates(rows, note), absent, left_out)


def _unanswered(part: Sent, name: str) -> Diagnosis:
    rule = "a measure that looks across contacts needs all contacts of the residents"
    got, hint = (
        "contacts of own hospitals",
        "Compute the parts from those, or leave it out with --leave-out-incomplete",
    )
    return Diagnosis(str(part.folder.parent), 0, name, rule, got, hint)


def _organisations(parts: Sequence[Sent]) -> Organisations:
    """Return all units: those of the reference, which all parts share, and those that a source registers."""
    found = {each["id"]: each for part in reversed(parts) for each in part.note["organisations"]}
    return Organisations.of([Organisation.model_validate(each) for each in found.values()])


def _added(
    catalogue: Catalogue, deliveries: Deliveries, parts: Sequence[Sent], left_out: Sequence[str]
) -> dict[Measured, Sums]:
    """Return the sums of all parts together; those of an indicator that is left out are zero."""
    measured, places = dict[Measured, Sums](), dict[tuple[str, str], str]()
    for name, indicator in catalogue.computed.items():
        if isinstance(indicator, Ratio):
            continue
        for unit_kind in indicator.units:
            measured[name, unit_kind] = NOTHING
            for level in (*catalogue.levels(unit_kind), NATIONAL):
                places.setdefault((name, level), unit_kind)
    table = added_up([part.folder / TABLE for part in parts], COLUMNS, leave="coverage")
    name_of, names = numbered(table["indicator"])
    for number, name in enumerate(names):
        if (name, NATIONAL) not in places:
            continue  # a ratio is made of its halves' sums
        here = taken(table, name_of == number)
        period_of, ids = numbered(here["period"])
        indexes = np.array([_index(catalogue, name, each) for each in ids], np.int64)[period_of]
        sums = Sums(
            {key: indexes if key == "period" else here[key] for key in KEYS},
            {statistic: here[statistic] for statistic in STATISTICS},
        )
        if name in left_out:
            sums = replace(sums.where(sums.everyone()), statistics={})
        level_of, levels = numbered(sums.keys["unit_kind"])
        for kind in catalogue.indicators[name].units:
            mine = np.array([places[name, level] == kind for level in levels], bool)[level_of]
            measured[name, kind] = sums.where(mine)
    return {
        (name, kind): listed(reach(catalogue, deliveries, name, kind), sums)
        for (name, kind), sums in measured.items()
    }


def _index(catalogue: Catalogue, name: str, period: str) -> int:
    starts = catalogue.catalogue.year_starts if catalogue.indicators[name].period == "year" else 1
    return parse_period(period, starts).index


def _delivered(parts: Sequence[Sent]) -> Delivered:
    """Return the rows and files of all parts; own files with equal names carry the unit's."""
    if not parts[0].own:
        return dict(parts[0].note["delivered"])
    found: Delivered = {}
    names = dict[str, str]()
    for part in parts:
        for source, who, each in _fresh(part, parts):
            total = found.setdefault(source, {}).setdefault(who, {"rows": 0, "files": {}})
            total["rows"] += each["rows"]
            for name, sha256 in each["files"].items():
                plain = names.setdefault(name, sha256) == sha256
                total["files"][name if plain else f"{part.unit}/{name}"] = sha256
    return found


def _fresh(part: Sent, parts: Sequence[Sent]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return (source, deliverer, delivered) of a part, without files that a part before it brought as well."""
    before = parts[: parts.index(part)]
    return [
        (source, who, each)
        for source, units in part.note["delivered"].items()
        for who, each in units.items()
        if not any(_same(each, other.note["delivered"].get(source, {}).get(who)) for other in before)
    ]


def _same(one: dict[str, Any], other: dict[str, Any] | None) -> bool:
    """Return whether two deliveries are the same files; rows in a table are each unit's own."""
    return (
        other is not None
        and bool(one["files"])
        and sorted(one["files"].values()) == sorted(other["files"].values())
    )


def _deliveries(loaded: Loaded, parts: Sequence[Sent], delivered: Delivered) -> Deliveries:
    """Return what was delivered to all parts together."""
    catalogue, first = loaded.catalogue, parts[0]
    found = {}
    for source, units in delivered.items():
        days = dict[str | None, datetime.date]()
        for part in parts:
            for who, stated in part.note["complete_until"].get(source, {}).items():
                day = datetime.date.fromisoformat(stated)
                days[who or None] = min(day, days.get(who or None, day))
        missing = tuple(first.note["missing"].get(source, ()))
        kind = catalogue.sources[source].delivered_by
        if first.own and kind is not None:
            expected = loaded.organisations.of_kind(catalogue.organisation_kind(kind))
            missing = tuple(each.id for each in expected if each.id not in units)
        files = {who or None: tuple(map(Path, each["files"])) for who, each in units.items()}
        # Rows without a file lie in a table, and say nothing about who delivered them.
        table = None if any(files.values()) else source
        found[source] = Delivery(source, files, days, missing, table)
    return Deliveries(first.folder.parent, first.note["synthetic"], found, first.note["basis"])


def _withheld(
    loaded: Loaded,
    organisations: Organisations,
    deliveries: Deliveries,
    part: Sent,
    absent: Sequence[str],
    left_out: Sequence[str],
) -> Callable[[str, str, str], bool]:
    """Return the test on (indicator, unit kind, unit) that says whether a part that its figures need is not there."""
    catalogue, claimants = loaded.catalogue, part.note["claimants"]
    kind = loaded.organisations.by_id[part.unit].kind

    def withheld(name: str, unit_kind: str, unit: str) -> bool:
        if name in left_out or not absent:
            return name in left_out
        indicator = catalogue.indicators[name]
        halves = (
            (indicator.numerator.indicator, indicator.denominator.indicator)
            if isinstance(indicator, Ratio)
            else (name,)
        )
        if not all(comes_from_one(catalogue, deliveries, each, unit_kind) for each in halves):
            return True
        owner = organisations.ancestor(unit, kind)
        return owner is None or (owner if owner in claimants else claimants[0]) in absent

    return withheld


def _quality(parts: Sequence[Sent]) -> list[Quality]:
    """Return the quality counts of all deliveries, each delivery once; those of unknown units are counted anew."""
    found = defaultdict[tuple[str, str, str, str, str, str], list[int]](lambda: [0, 0])
    for part in parts if parts[0].own else parts[:1]:
        fresh = {(source, who) for source, who, _ in _fresh(part, parts)}
        for row in part.note["quality"]["data"]:
            each = Quality(*row)
            if each.check != "unknown_unit" and (each.source, each.deliverer) in fresh:
                total = found[each.source, each.deliverer, each.unit, each.period, each.check, each.column]
                total[0] += each.count
                total[1] += each.of
    return [Quality(*key, count, of) for key, (count, of) in found.items()]


def _say_absent(loaded: Loaded, deliveries: Deliveries, note: dict[str, Any], absent: Sequence[str]) -> None:
    """Add the units whose part was not given to those that lack each period."""
    for name, indicator in loaded.catalogue.computed.items() if absent else ():
        periods = reach(loaded.catalogue, deliveries, name, indicator.units[0]).periods
        lacking = note["lacking"].setdefault(name, {})
        for period in periods:
            lacking[period.id] = sorted({*lacking.get(period.id, ()), *absent})
