"""The aggregates of all indicators: additive statistics per unit, period and stratum. Confidential; holds no row.

Columns: `indicator, unit_kind, unit, period, stratum, part, coverage`, then `eligible, n, numerator, missing,
person_days` (counts), `sum, expected` (DECIMAL(38, 6)) and `sum_sq, residual_sq` (DECIMAL(38, 12)). `part` is empty for
the row of everyone; `day=37` is a bin of a life table, `sex=K|age_band=18-39` a stratum to standardise by. `coverage`
says whether the deliveries cover the period and its follow-up for that unit.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from sqlglot import exp

from vbs_site.catalogue.indicators import AdjustedChange, Ratio, StandardisedRate, strata_of
from vbs_site.catalogue.loading import Loaded
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN, Organisation, Organisations, registered_id
from vbs_site.catalogue.uses import uses
from vbs_site.engines.engine import Engine
from vbs_site.engines.primitives import Node, cast, column, literal, named, table, total
from vbs_site.extracts.deliveries import Deliveries
from vbs_site.extracts.prepare import Prepared
from vbs_site.extracts.quality import Quality
from vbs_site.files import write_text
from vbs_site.measures.compile import compile_measure
from vbs_site.measures.completeness import Coverage, Reach, deliverer_of, reach
from vbs_site.measures.rollup import ALL, MAIN, Sums, nothing, roll_up, rolled, stratum
from vbs_site.measures.scope import Scope
from vbs_site.measures.shape import STATISTICS, TYPES
from vbs_site.periods import Period
from vbs_site.tables import read_parquet, write_parquet

COLUMNS = {
    "indicator": "VARCHAR",
    "unit_kind": "VARCHAR",
    "unit": "VARCHAR",
    "period": "VARCHAR",
    "stratum": "VARCHAR",
    "part": "VARCHAR",
    "coverage": "VARCHAR",
    **TYPES,
}
TABLE, NOTE = "aggregates.parquet", "aggregates.json"


Measured = tuple[str, str]
"""(indicator, unit kind that its query was grouped by)."""


@dataclass(frozen=True)
class Given:
    """What the computation is given from outside the patients' rows.

    Attributes:
        references: indicator to published figure per period, for adjusted changes.
        standards: indicator to people per stratum, for standardised rates.
    """

    references: dict[str, dict[str, str]]
    standards: dict[str, dict[str, str]]


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
        """Write both files into a folder that exists."""
        write_parquet(
            self.rows.astype(
                {name: "string" for name, kind in COLUMNS.items() if kind.startswith("DECIMAL")}
            ),
            COLUMNS,
            folder / TABLE,
        )
        write_text(folder / NOTE, json.dumps(self.note, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def load_aggregates(folder: Path) -> Aggregates:
    """Read what `Aggregates.save` wrote."""
    return Aggregates(read_parquet(folder / TABLE), json.loads((folder / NOTE).read_text(encoding="utf-8")))


def sources_used(loaded: Loaded) -> set[str]:
    """Return the delivered sources that are needed for those that are read."""
    return {loaded.catalogue.base_of(name) for name in sources_read(loaded)}


def sources_read(loaded: Loaded) -> set[str]:
    """Return the sources that the indicators, the register of persons and the units' paths read."""
    catalogue = loaded.catalogue
    used = {use.source for name in catalogue.indicators for use in uses(catalogue, name)}
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
) -> Aggregates:
    """Compute every indicator.

    Args:
        loaded: the catalogue.
        deliveries: for completeness and whether the data is synthetic.
        prepared: checked relations, data quality and hashes.
        engine: gives rows of the sources.
        say: told the name of each indicator as it begins.
    """
    catalogue = loaded.catalogue
    organisations = _organisations(loaded, engine)
    measured, quality = dict[Measured, Sums](), list(prepared.quality)
    for name, indicator in catalogue.indicators.items():
        say(name)
        if isinstance(indicator, Ratio):
            continue
        index_source = next(uses(catalogue, name)).source
        for unit_kind in indicator.units:
            sums = _sums(loaded, organisations, deliveries, engine, name, unit_kind)
            quality += _unknown_units(name, unit_kind, index_source, sums)
            # Every unit kind adds up to the same country; its row stands once.
            measured[name, unit_kind] = {
                key: total
                for key, total in sums.items()
                if key[0] != NATIONAL or unit_kind == indicator.units[0]
            }
    given = Given(
        {name: _reference(loaded, name, engine) for name in _of_kind(catalogue, AdjustedChange)},
        {name: _standard(loaded, name, engine) for name in _of_kind(catalogue, StandardisedRate)},
    )
    note = _note(loaded, deliveries, prepared, organisations, quality, given)
    return Aggregates(tabulated(loaded, organisations, deliveries, measured), note)


def _of_kind(catalogue: Catalogue, kind: type) -> list[str]:
    return [name for name, indicator in catalogue.indicators.items() if isinstance(indicator, kind)]


def _sums(
    loaded: Loaded,
    organisations: Organisations,
    deliveries: Deliveries,
    engine: Engine,
    name: str,
    unit_kind: str,
) -> Sums:
    """Return the sums of one indicator for one unit kind and the levels above it."""
    catalogue, indicator = loaded.catalogue, loaded.catalogue.indicators[name]
    carried = reach(catalogue, deliveries, name, unit_kind)
    start = indicator.report_from or catalogue.catalogue.report_from
    start = carried.first.first_day if carried.first else start
    end = carried.last.end if carried.last else None
    query = compile_measure(catalogue, name, unit_kind, start, end, horizon=carried.horizon)
    stratified = _stratified_kinds(catalogue, unit_kind, indicator.stratify_down_to)
    rows = engine.rows(query)
    return rolled(roll_up(catalogue, organisations, unit_kind, indicator, stratified, rows), indicator)


def tabulated(
    loaded: Loaded, organisations: Organisations, deliveries: Deliveries, measured: Mapping[Measured, Sums]
) -> pd.DataFrame:
    """Return the table of this module from the sums of every indicator that is measured, with ratios made of them."""
    catalogue, rows = loaded.catalogue, list[dict[str, Any]]()
    for name, indicator in catalogue.indicators.items():
        for unit_kind in indicator.units:
            carried = reach(catalogue, deliveries, name, unit_kind)
            sums = (
                _quotient(indicator, unit_kind, measured)
                if isinstance(indicator, Ratio)
                else measured[name, unit_kind]
            )
            rows += _rows(loaded, organisations, name, sums, carried)
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    order = ["indicator", "unit_kind", "unit", "period", "stratum", "part"]
    return frame.sort_values(order, kind="stable", ignore_index=True)


def _quotient(ratio: Ratio, unit_kind: str, measured: Mapping[Measured, Sums]) -> Sums:
    """Return `sum` (the numerator's statistic), `expected` (the denominator's), `eligible` and `n` (their patients)."""
    found: Sums = defaultdict(nothing)
    sides = (("sum", "eligible", ratio.numerator), ("expected", "n", ratio.denominator))
    for amount, people, half in sides:
        for key, statistics in measured[half.indicator, unit_kind].items():
            if key[0] == NATIONAL and unit_kind != ratio.units[0]:
                continue
            if key[3] == ALL and key[4] == MAIN:
                total = found[key]
                total[STATISTICS.index(amount)] += statistics[STATISTICS.index(half.statistic)]
                total[STATISTICS.index(people)] += statistics[STATISTICS.index("n")]
    return dict(found)


def _rows(
    loaded: Loaded,
    organisations: Organisations,
    name: str,
    sums: Sums,
    carried: Reach,
) -> list[dict[str, Any]]:
    catalogue = loaded.catalogue
    period_kind = catalogue.indicators[name].period
    delivery_kind = _delivered_by(catalogue, name)
    starts = catalogue.catalogue.year_starts if period_kind == "year" else 1
    listed = carried.periods or sorted({Period(period_kind, key[2], starts) for key in sums})
    indexes = {period.index: period for period in listed}
    grid = {(kind, unit, index, ALL, MAIN) for kind, unit in {key[:2] for key in sums} for index in indexes}
    covered = dict[tuple[int, str | None], Coverage]()  # few deliverers, many rows
    rows = []
    for key in sorted(grid | {key for key in sums if key[2] in indexes}):
        kind, unit, index, stratum, part = key
        deliverer = None if unit == UNKNOWN else deliverer_of(catalogue, organisations, delivery_kind, unit)
        if (index, deliverer) not in covered:
            covered[index, deliverer] = carried.coverage(indexes[index], deliverer)
        row = {
            "indicator": name,
            "unit_kind": kind,
            "unit": unit,
            "period": indexes[index].id,
            "stratum": stratum,
            "part": part,
            "coverage": covered[index, deliverer],
        }
        rows.append(row | dict(zip(STATISTICS, sums.get(key) or nothing(), strict=True)))
    return rows


def _delivered_by(catalogue: Catalogue, name: str) -> str | None:
    """Return the unit kind that delivers an indicator's index rows (a ratio's: those of its denominator)."""
    indicator = catalogue.indicators[name]
    index = indicator.denominator.indicator if isinstance(indicator, Ratio) else name
    return catalogue.delivered_by(next(uses(catalogue, index)).source)


def _stratified_kinds(catalogue: Catalogue, unit_kind: str, down_to: str) -> set[str]:
    chain = [*catalogue.levels(unit_kind), NATIONAL]
    return set(chain[chain.index(down_to) :]) if down_to in chain else {NATIONAL}


def _unknown_units(name: str, unit_kind: str, source: str, sums: Sums) -> list[Quality]:
    eligible, numerator = STATISTICS.index("eligible"), STATISTICS.index("numerator")
    counted = {
        key: max(total[eligible], total[numerator])
        for key, total in sums.items()
        if key[3:] == (ALL, MAIN) and key[0] == unit_kind
    }
    unknown = sum(count for key, count in counted.items() if key[1] == UNKNOWN)
    return [
        Quality(source, "", "", "", "unknown_unit", f"{name}:{unit_kind}", int(unknown), int(sum(counted.values())))
    ]


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
    if standard.on is not None:
        query = query.where(exp.EQ(this=column(standard.at, "d"), expression=literal(standard.on)))
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


def _note(
    loaded: Loaded,
    deliveries: Deliveries,
    prepared: Prepared,
    organisations: Organisations,
    quality: list[Quality],
    given: Given,
) -> dict[str, Any]:
    until = {
        name: {str(who or ""): day.isoformat() for who, day in sorted(each.complete_until.items(), key=str)}
        for name, each in deliveries.by_source.items()
    }
    lacking = {}
    for name in loaded.catalogue.indicators:
        carried = reach(loaded.catalogue, deliveries, name, loaded.catalogue.indicators[name].units[0])
        lacking[name] = {period.id: units for period in carried.periods if (units := carried.lacking(period))}
    return {
        "catalogue": {"id": loaded.catalogue.catalogue.id, "version": loaded.catalogue.catalogue.version},
        "synthetic": deliveries.synthetic,
        "basis": "all deliveries computed together",
        "complete_until": until,
        "latest": day.isoformat() if (day := deliveries.latest()) else None,
        "lacking": {name: periods for name, periods in lacking.items() if periods},
        "inputs": prepared.sha256,
        "references": given.references,
        "standards": given.standards,
        "quality": [each.as_row() for each in sorted(quality)],
        "organisations": [each.model_dump(mode="json") for each in organisations.members],
        "national": NATIONAL,
    }
