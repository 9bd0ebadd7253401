"""Only what can have changed is computed again; the rest is taken from what was computed before.

The rows of a period depend on the definition and on the rows of each source between the period's first day less the
look-back and its last day plus the look-ahead; both are known from the definition. A period is computed again when the
query has come to read otherwise, or any of those stretches of a source has another fingerprint. Rows that depend on the
register of persons (sex, age, place of living) are computed again when those columns of the register change.
"""

import datetime
import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlglot import exp

from vbs_site.catalogue.indicators import strata_of
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.uses import Use, uses
from vbs_site.engines.engine import Engine
from vbs_site.engines.fingerprints import Fingerprints, Stretch, fingerprints_of
from vbs_site.engines.kept_rows import KeptRows, kept_rows_of
from vbs_site.engines.private_files import write_private
from vbs_site.engines.relations import Relation
from vbs_site.measures.compile import COMPILER
from vbs_site.measures.completeness import Reach
from vbs_site.measures.shape import TYPES, Columns
from vbs_site.periods import Period, PeriodKind, period_of

Query = Callable[[datetime.date, datetime.date, datetime.date | None], exp.Select]
"""From the reported days [start, end) and the horizon to the query over them."""
SAMPLE = (datetime.date(2000, 1, 1), datetime.date(2001, 1, 1), None)
"""What a query is written for to see whether it reads as before."""


class Remembered:
    """The rows of one indicator and unit kind as computed before, per period, with the key that each had then.

    Attributes:
        path: the file; confidential, since it holds aggregates.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._periods: dict[str, dict[str, Any]] = {}
        if path.exists():
            try:
                self._periods = json.loads(path.read_text(encoding="utf-8"))
            except ValueError:  # cut short: computed again
                self._periods = {}

    def columns(self, period: Period, key: str) -> Columns | None:
        """Return the rows of a period, or None when they are not known under this key."""
        known = self._periods.get(period.id)
        if known is None or known["key"] != key:
            return None
        return {name: _numbers(name, values) for name, values in known["columns"].items()}

    def keep(self, periods: dict[Period, tuple[str, Columns]]) -> None:
        """Write what is known now, in place of what was."""
        self._periods = {
            period.id: {"key": key, "columns": {name: _texts(name, each) for name, each in columns.items()}}
            for period, (key, columns) in periods.items()
        }
        _write(self.path, self._periods)


class Memory:
    """What was computed before from files, and which of it still holds.

    Attributes:
        catalogue: the catalogue.
        fingerprints: of the sources as they are now.
        kept: what cohorts found in files before.
        folder: where the rows of each indicator are kept; confidential.
    """

    def __init__(
        self, catalogue: Catalogue, fingerprints: Fingerprints, kept: KeptRows, folder: Path
    ) -> None:
        self.catalogue, self.fingerprints, self.kept, self.folder = catalogue, fingerprints, kept, folder
        self._keys: dict[str, dict[Period, str]] = {}

    def columns(
        self,
        name: str,
        unit_kind: str,
        deliverer: str | None,
        carried: Reach,
        query: Query,
        run: Callable[[exp.Select], Columns],
    ) -> Columns:
        """Return the rows of a query over every listed period, computing only the periods that can have changed.

        Args:
            name: the indicator.
            unit_kind: the unit kind.
            deliverer: whose index events count; None for all.
            carried: its listed periods, of which there are some.
            query: the query over some days.
            run: gives the rows of a query.
        """
        words = _words(name, unit_kind, deliverer)
        remembered = Remembered(self.folder / f"{words}.json")
        periods = _counted_periods(self.catalogue, name, carried)
        sample = query(*SAMPLE)
        names, written = sample.named_selects, sample.sql(copy=False)
        keys = period_keys(
            self.catalogue, name, unit_kind, periods, written, carried.horizon, self.fingerprints
        )
        self._keys[words] = keys
        known = {period: remembered.columns(period, keys[period]) for period in periods}
        changed = [period for period in periods if known[period] is None]
        found = {period: columns for period, columns in known.items() if columns is not None}
        if changed:
            computed = run(query(changed[0].first_day, changed[-1].end, carried.horizon))
            places = defaultdict[int, list[int]](list)
            for place, index in enumerate(computed["period"]):
                places[int(index)].append(place)
            for period in changed:
                found[period] = {
                    name: [column[place] for place in places[period.index]]
                    for name, column in computed.items()
                }
            remembered.keep({period: (keys[period], found[period]) for period in periods})
        return {name: [value for period in periods for value in found[period][name]] for name in names}

    def counts(
        self, name: str, unit_kind: str, deliverer: str | None, period: Period, run: Callable[[], Any]
    ) -> Any:
        """Return something else that was computed of a period's rows, after their columns; plain data.

        Args:
            name: the indicator.
            unit_kind: the unit kind.
            deliverer: whose index events count; None for all.
            period: the period.
            run: computes it anew.
        """
        words = _words(name, unit_kind, deliverer)
        within = [
            key for each, key in self._keys[words].items() if period.first_day <= each.first_day < period.end
        ]
        key, path = (
            hashlib.sha256("\n".join(within).encode()).hexdigest(),
            self.folder / f"{words}.counts.json",
        )
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            known = {}
        if known.get("key") != key:
            known = {"key": key, "counts": run()}
            _write(path, known)
        return known["counts"]


def _words(name: str, unit_kind: str, deliverer: str | None) -> str:
    return ".".join([name, unit_kind, *([deliverer] if deliverer is not None else [])])


def _write(path: Path, content: Any) -> None:
    write_private(path, json.dumps(content))


def memory_of(
    catalogue: Catalogue, engine: Engine, relations: Mapping[str, Relation], cache: Path, spill: Path
) -> Memory | None:
    """Return what a cache remembers, or None when the engine does not read every source from files.

    Args:
        catalogue: the catalogue.
        engine: may read the cache's folder for kept rows.
        relations: source to where its rows lie.
        cache: where it is remembered; confidential.
        spill: folder in which files are written before they are moved to the cache.
    """
    cohorts = [name for name, each in catalogue.computed.items() if getattr(each, "cohort", None) is not None]
    found = fingerprints_of(engine, relations, cache)
    kept = kept_rows_of(engine, relations, cache, spill, cohorts)
    return Memory(catalogue, found, kept, cache / "measured") if found and kept else None


def _counted_periods(catalogue: Catalogue, name: str, carried: Reach) -> list[Period]:
    """Return the periods that the query counts by: of rolling years, their quarters."""
    assert carried.first is not None and carried.last is not None
    kind: PeriodKind = catalogue.indicators[name].period
    if kind != "rolling_year":
        return carried.periods
    first = period_of(carried.first.first_day, "quarter")
    return [first.next(step) for step in range(carried.last.index - first.index + 1)]


def period_keys(
    catalogue: Catalogue,
    name: str,
    unit_kind: str,
    periods: list[Period],
    written: str,
    horizon: datetime.date | None,
    fingerprints: Fingerprints,
) -> dict[Period, str]:
    """Return, per period, a key that changes with the definition or with any row that the period can depend on.

    Args:
        catalogue: the catalogue.
        name: the indicator.
        unit_kind: the unit kind.
        periods: the periods that the query counts by.
        written: the definition, as the query over sample days.
        horizon: first day on which people are no longer seen; matters to periods whose window it cuts.
        fingerprints: of the sources as they are now.
    """
    always = [each.digest for each in _whole(catalogue, name, unit_kind, fingerprints)]
    windows = [
        (use.before, use.follow, _stretches(catalogue, use, fingerprints)) for use in uses(catalogue, name)
    ]
    longest = max(follow for _, follow, _ in windows)
    keys = {}
    for period in periods:
        last = period.end - datetime.timedelta(days=1)
        cut = horizon is not None and horizon <= _moved(period.end, longest)
        words = [str(COMPILER), written, str(horizon) if cut else "", *always]
        for before, follow, stretches in windows:
            low = None if before is None else _moved(period.first_day, -before)
            high = _moved(last, follow)
            words += ["", *sorted(each.digest for each in stretches if each.touches(low, high))]
        keys[period] = hashlib.sha256("\n".join(words).encode()).hexdigest()
    return keys


def _stretches(catalogue: Catalogue, use: Use, fingerprints: Fingerprints) -> list[Stretch]:
    persons = catalogue.persons
    if persons is not None and use.path[-1] == "died":
        person = catalogue.sources[persons.source].person or ""
        return fingerprints.by_month(persons.source, person, persons.death or "")
    time = catalogue.sources[use.source].time
    of: Any = getattr(catalogue.indicators[str(use.path[1])], "of", None)
    if use.path[-1] == "of" and of.chain is not None and (time is None or use.at != time.start):
        return fingerprints.stretches(use.source, None)  # a row that ends after a period can open its course
    return fingerprints.stretches(use.source, use.at)


def _whole(catalogue: Catalogue, name: str, unit_kind: str, fingerprints: Fingerprints) -> list[Stretch]:
    """Return what the rows of every period depend on: columns of the register of persons, and the unit's path."""
    persons, found = catalogue.persons, list[Stretch]()
    columns = _of_register(catalogue, name, unit_kind)
    if persons is not None and columns:
        everywhere = {
            column
            for each, indicator in catalogue.computed.items()
            for kind in indicator.units
            for column in _of_register(catalogue, each, kind)
        }
        person = catalogue.sources[persons.source].person or ""
        contents = fingerprints.contents(persons.source, person, sorted(everywhere))
        found += [contents[column] for column in columns]
    for source, _column in _steps(catalogue, unit_kind):
        if persons is None or source != persons.source:
            found += fingerprints.stretches(source, None)
    return found


def _of_register(catalogue: Catalogue, name: str, unit_kind: str) -> list[str]:
    """Return the columns of the register of persons that the rows of every period depend on."""
    persons = catalogue.persons
    if persons is None:
        return []
    strata = {"sex": persons.sex, "age_band": persons.birth or ""}
    columns = [strata[each] for each in strata_of(catalogue.indicators[name])]
    steps = _steps(catalogue, unit_kind)
    return columns + [column for source, column in steps[:1] if source == persons.source]


def _steps(catalogue: Catalogue, unit_kind: str) -> list[list[str]]:
    return [step.split(".") for step in catalogue.units[unit_kind].path or []]


def _moved(day: datetime.date, days: float) -> datetime.date:
    """Return the day that some days (a part of one counts as one) from any moment of this day can lie on."""
    return day + datetime.timedelta(days=math.copysign(math.ceil(abs(days)), days))


def _texts(name: str, values: Sequence[Any]) -> Sequence[Any]:
    return [str(value) for value in values] if _is_decimal(name) else values


def _numbers(name: str, values: Sequence[Any]) -> Sequence[Any]:
    return [Decimal(value) for value in values] if _is_decimal(name) else values


def _is_decimal(name: str) -> bool:
    return TYPES.get(name, "").startswith("DECIMAL")
