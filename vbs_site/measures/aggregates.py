"""The aggregates of all indicators: additive statistics per unit, period and stratum. Confidential; holds no row.

Columns: `indicator, unit_kind, unit, period, stratum, part, coverage`, then `eligible, n, numerator, missing,
person_days` (counts), `sum, expected` (DECIMAL(38, 6)) and `sum_sq, residual_sq` (DECIMAL(38, 12)). `part` is empty for
the row of everyone; `day=37` is a bin of a life table, `sex=K|age_band=18-39` a stratum to standardise by. `coverage`
says whether the deliveries cover the period and its follow-up for that unit.
"""

import datetime
import decimal
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from sqlglot import exp

from vbs_site.catalogue.indicators import AdjustedChange, Ratio, StandardisedRate, strata_of
from vbs_site.catalogue.loading import Loaded
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, Organisation, Organisations, registered_id
from vbs_site.catalogue.uses import uses
from vbs_site.diagnostics import ExitCode, FaultError
from vbs_site.engines.engine import Engine
from vbs_site.engines.kept_rows import name_of
from vbs_site.engines.primitives import Node, cast, column, literal, named, table, total
from vbs_site.extracts.deliveries import Deliveries, capped
from vbs_site.extracts.prepare import Prepared
from vbs_site.files import write_text
from vbs_site.measures.cohorts import qualifying_rows
from vbs_site.measures.compile import COMPILER, compile_measure
from vbs_site.measures.completeness import reach
from vbs_site.measures.flow import Flow, eligible_in, flow_of, settled
from vbs_site.measures.incremental import Memory
from vbs_site.measures.note import Asked, Given, delivered_in, describe, sha256_of
from vbs_site.measures.parts import Part, counted_rows, delivers, part_of
from vbs_site.measures.rollup import roll_up, rolled, stratum
from vbs_site.measures.scope import Scope
from vbs_site.measures.shape import Columns, in_columns
from vbs_site.measures.sums import Sums
from vbs_site.measures.tabulation import COLUMNS, Measured, listed, tabulated, unknown_units
from vbs_site.periods import Period
from vbs_site.tables import read_parquet, write_parquet

TABLE, NOTE = "aggregates.parquet", "aggregates.json"
EXACT = 80
"""Digits that sums are added with: Python's own 28 would round a DECIMAL(38, 12)."""


@dataclass(frozen=True)
class Aggregates:
    """What leaves the last room that sees patient rows.

    Attributes:
        rows: the table described above.
        note: basis, input hashes, completeness, organisations and data quality, as plain JSON data.
    """

    rows: pd.DataFrame
    note: dict[str, Any]

    def save(self, folder: Path) -> None:
        """Write both files into a folder that exists; the note gets the SHA-256 of the table and of itself."""
        write_parquet(self.rows, COLUMNS, folder / TABLE)
        note = self.note | {"table_sha256": hashlib.sha256((folder / TABLE).read_bytes()).hexdigest()}
        note["sha256"] = sha256_of(note)
        lines = (
            f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False, sort_keys=True)}"
            for key, value in sorted(note.items())
        )
        write_text(folder / NOTE, "{\n" + ",\n".join(lines) + "\n}\n")


def read_note(folder: Path) -> dict[str, Any]:
    """Return the note of saved aggregates, after checking that neither file has changed since.

    Raises:
        FaultError: when a file is missing or damaged (exit code 11).
    """
    hint = "Ask for it again, or compute it again"
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        table_sha256 = hashlib.sha256((folder / TABLE).read_bytes()).hexdigest()
    except (OSError, ValueError):
        rule = f"aggregates are a folder with {NOTE} and {TABLE} that can be read"
        raise FaultError.one(ExitCode.EXTRACTS, folder, rule, got="something else", hint=hint) from None
    stated = note.pop("sha256", None) if isinstance(note, dict) else None
    if stated is None or stated != sha256_of(note) or note["table_sha256"] != table_sha256:
        rule = "the aggregates are as they were written"
        raise FaultError.one(ExitCode.EXTRACTS, folder, rule, got="changed content", hint=hint)
    return dict(note)


def load_aggregates(folder: Path) -> Aggregates:
    """Read what `Aggregates.save` wrote; decimals become floats.

    Raises:
        FaultError: when a file is missing or damaged, or another version of the program wrote them (exit code 11).
    """
    note = read_note(folder)
    if note.get("compiler") != COMPILER:
        rule, got = (
            "the aggregates were computed as this program does",
            f"compiler {note.get('compiler')}, not {COMPILER}",
        )
        raise FaultError.one(ExitCode.EXTRACTS, folder, rule, got=got, hint="Run `build.py compute` again")
    return Aggregates(read_parquet(folder / TABLE), note)


def sources_used(loaded: Loaded) -> set[str]:
    """Return the delivered sources that are needed for those that are read."""
    return {loaded.catalogue.base_of(name) for name in sources_read(loaded)}


def sources_read(loaded: Loaded) -> set[str]:
    """Return the sources that the indicators, the register of persons and the units' paths read."""
    catalogue = loaded.catalogue
    used = {use.source for name in catalogue.computed for use in uses(catalogue, name)}
    for unit in catalogue.units.values():
        used |= {step.split(".")[0] for step in unit.path or []}
        if unit.register_:
            used.add(unit.register_.source)
    if catalogue.persons:
        used.add(catalogue.persons.source)
    return used


def compute(
    loaded: Loaded,
    deliveries: Deliveries,
    prepared: Prepared,
    engine: Engine,
    say: Callable[[str], None],
    *,
    only: str | None = None,
    until: datetime.date | None = None,
    memory: Memory | None = None,
) -> Aggregates:
    """Compute every indicator.

    Args:
        loaded: the catalogue.
        deliveries: for completeness and whether the data is synthetic.
        prepared: checked relations, data quality and hashes.
        engine: gives rows of the sources.
        say: told the name of each indicator as it begins.
        only: the unit whose part is computed; None for everything together.
        until: a day after which no delivery counts as complete.
        memory: what was computed before; None computes everything.

    Raises:
        FaultError: when `only` is no unit that delivers.
    """
    catalogue = loaded.catalogue
    part = part_of(loaded, deliveries, only) if only is not None else None
    deliveries = capped(deliveries, until) if until is not None else deliveries
    organisations = _organisations(loaded, engine)
    measured, quality, flow = dict[Measured, Sums](), list(prepared.quality), dict[str, Flow]()
    with decimal.localcontext(prec=EXACT):
        for name, indicator in catalogue.computed.items():
            say(name)
            if isinstance(indicator, Ratio):
                continue
            for unit_kind in indicator.units:
                found = _found(catalogue, deliveries, engine, name, unit_kind, part, memory)
                sums = _sums(loaded, organisations, deliveries, name, unit_kind, part, found)
                quality.append(unknown_units(catalogue, name, unit_kind, sums))
                # Every unit kind adds up to the same country; its row stands once.
                stands = unit_kind == indicator.units[0]
                measured[name, unit_kind] = sums if stands else sums.where(sums.keys["unit_kind"] != NATIONAL)
                steps = _flow(catalogue, deliveries, engine, name, part, memory, found) if stands else None
                flow |= {name: steps} if steps is not None else {}
        own = part is not None and part.own
        rows = tabulated(loaded, organisations, deliveries, measured, all_periods=own)
    given = Given(
        {name: _reference(loaded, name, engine) for name in _of_kind(catalogue, AdjustedChange)},
        {name: _standard(loaded, name, engine) for name in _of_kind(catalogue, StandardisedRate)},
    )
    asked = Asked(part.unit, part.claimants, until) if part is not None else Asked(until=until)
    delivered = delivered_in(deliveries, prepared)
    note = describe(loaded, deliveries, organisations, quality, given, delivered, asked)
    return Aggregates(rows, note | {"flow": flow})


def _of_kind(catalogue: Catalogue, kind: type) -> list[str]:
    return [name for name, indicator in catalogue.computed.items() if isinstance(indicator, kind)]


def _found(
    catalogue: Catalogue,
    deliveries: Deliveries,
    engine: Engine,
    name: str,
    unit_kind: str,
    part: Part | None,
    memory: Memory | None,
) -> Columns:
    """Return the rows of the query of one indicator and unit kind: computed, or taken from what was computed before."""
    indicator: Any = catalogue.indicators[name]
    carried = reach(catalogue, deliveries, name, unit_kind)
    start = indicator.report_from or catalogue.catalogue.report_from
    start = carried.first.first_day if carried.first else start
    end = carried.last.end if carried.last and not _open_ended(indicator, part) else None
    deliverer = _deliverer(catalogue, deliveries, name, part)
    has_cohort = getattr(indicator, "cohort", None) is not None
    sought = qualifying_rows(catalogue, name) if memory is not None and has_cohort else None
    kept = name_of(sought[1]) if sought is not None else None

    def query(
        start: datetime.date | None, end: datetime.date | None, horizon: datetime.date | None
    ) -> exp.Select:
        return compile_measure(
            catalogue, name, unit_kind, start, end, horizon=horizon, deliverer=deliverer, kept=kept
        )

    def columns(query: exp.Select) -> Columns:
        names = query.named_selects
        if memory is not None and sought is not None:
            memory.kept.find(name, *sought)
        return in_columns(names, engine.rows(query))

    if memory is not None and carried.first is not None and not _open_ended(indicator, part):
        return memory.columns(name, unit_kind, deliverer, carried, query, columns)
    return columns(query(start, end, carried.horizon))


def _deliverer(catalogue: Catalogue, deliveries: Deliveries, name: str, part: Part | None) -> str | None:
    """Return the unit whose index events are counted alone, where a part is made from everyone's deliveries."""
    alone = part is not None and not part.own and delivers(catalogue, deliveries, name)
    return part.unit if part is not None and alone else None


def _open_ended(indicator: Any, part: Part | None) -> bool:
    """Return whether periods after the last complete one are kept, too: from a unit's own extracts others may have them."""
    return part is not None and part.own and getattr(indicator, "cohort", None) is None


def _sums(
    loaded: Loaded,
    organisations: Organisations,
    deliveries: Deliveries,
    name: str,
    unit_kind: str,
    part: Part | None,
    found: Columns,
) -> Sums:
    """Return the sums of one indicator for one unit kind and the levels above it."""
    catalogue, indicator = loaded.catalogue, loaded.catalogue.indicators[name]
    counts = (
        counted_rows(loaded, deliveries, organisations, part, name, unit_kind) if part is not None else None
    )
    stratified = _stratified_kinds(catalogue, unit_kind, indicator.stratify_down_to)
    sums = rolled(
        roll_up(catalogue, organisations, unit_kind, indicator, stratified, found, counts), indicator
    )
    carried = reach(catalogue, deliveries, name, unit_kind)
    return sums if _open_ended(indicator, part) else listed(carried, sums)


def _flow(
    catalogue: Catalogue,
    deliveries: Deliveries,
    engine: Engine,
    name: str,
    part: Part | None,
    memory: Memory | None,
    found: Columns,
) -> Flow | None:
    """Return the counts on the way to an indicator's figure; None where index events are not counted or not one's own.

    Args:
        catalogue: the catalogue.
        deliveries: which period is settled.
        engine: gives rows of the sources.
        name: the indicator.
        part: the part that is computed, if it is one.
        memory: what was computed before.
        found: the rows of the indicator's query for its first unit kind.
    """
    indicator = catalogue.indicators[name]
    period = settled(reach(catalogue, deliveries, name, indicator.units[0]))
    deliverer = _deliverer(catalogue, deliveries, name, part)
    if period is None or getattr(indicator, "of", None) is None or (part is not None and deliverer is None):
        return None

    def run() -> Flow:
        return flow_of(catalogue, name, period, deliverer, engine, eligible_in(indicator, period, found))

    if memory is None:
        return run()
    known: Flow = memory.counts(name, indicator.units[0], deliverer, period, run)
    return known


def _stratified_kinds(catalogue: Catalogue, unit_kind: str, down_to: str) -> set[str]:
    chain = [*catalogue.levels(unit_kind), NATIONAL]
    return set(chain[chain.index(down_to) :]) if down_to in chain else {NATIONAL}


def _organisations(loaded: Loaded, engine: Engine) -> Organisations:
    """Return the organisation file's members and those that a source registers."""
    members = list(loaded.organisations.members)
    languages = loaded.catalogue.catalogue.languages
    for kind, unit in loaded.catalogue.units.items():
        if unit.register_ is None:
            continue
        code, name = column(unit.register_.code), column(unit.register_.name)
        query = (
            exp.select(named(code, "code"), named(exp.Max(this=name), "name"))
            .from_(table(unit.register_.source))
            .group_by(code.copy())
        )
        for found_code, found_name in sorted(engine.rows(query)):
            if found_code is None or found_code == unit.national_code:
                continue
            words = {language: str(found_name or found_code) for language in languages}
            members.append(
                Organisation(
                    id=registered_id(str(found_code)),
                    kind=kind,
                    name=words,
                    within=None,
                    codes=[str(found_code)],
                )
            )
    return Organisations.of(members)


def _standard(loaded: Loaded, name: str, engine: Engine) -> dict[str, str]:
    """Return the number of people in each stratum of the standard population."""
    indicator: Any = loaded.catalogue.indicators[name]
    standard, strata = indicator.standard, strata_of(indicator)
    columns: list[Node] = [column(getattr(standard, each), "d") for each in strata]
    query = (
        exp.select(
            *(named(cast(each.copy(), "TEXT"), key) for each, key in zip(columns, strata, strict=True)),
            named(total(column(standard.sum, "d")), "people"),
        )
        .from_(table(standard.from_, "d"))
        .group_by(*columns)
    )
    if standard.day is not None:
        query = query.where(exp.EQ(this=column(standard.at, "d"), expression=literal(standard.day)))
    return {
        "|".join(stratum(key, value) for key, value in zip(strata, found, strict=True)): str(people)
        for *found, people in sorted(engine.rows(query), key=str)
    }


def _reference(loaded: Loaded, name: str, engine: Engine) -> dict[str, str]:
    """Return the published figure per period on which an adjusted change is centred."""
    indicator: Any = loaded.catalogue.indicators[name]
    reference = indicator.reference
    scope = Scope(loaded.catalogue, name, indicator.units[0], None, None)
    period = scope.period_index(reference.from_, reference.at, column(reference.at, "d"))
    query = exp.select(
        named(period, "period"), named(exp.Max(this=column(reference.value, "d")), "value")
    ).from_(table(reference.from_, "d"))
    where = scope.where(reference.from_, reference.where, "d")
    query = (query.where(where) if where is not None else query).group_by(period.copy())
    starts = loaded.catalogue.catalogue.year_starts if indicator.period == "year" else 1
    return {
        Period(indicator.period, int(index), starts).id: str(value)
        for index, value in engine.rows(query)
        if value is not None
    }
