"""What an engine makes of tiny tables: the registers of the method's examples, and the compiled query over given rows.

A table is written as text, one line per row, with only the columns that the test is about:

    | person | start            | end              |
    | 1      | 2026-01-01 08:00 | 2026-01-02 08:00 |

Other columns take their values from `vbs_site/method/common.yaml`; keys are numbered. An empty cell is no value.
"""

import datetime
from collections.abc import Mapping
from typing import Any

from engines import engine_called, fill

from vbs_site.catalogue.indicators import Ratio
from vbs_site.catalogue.loading import checked
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.catalogue.text_tables import parse_table
from vbs_site.measures.aggregates import _stratified_kinds
from vbs_site.measures.compile import compile_measure
from vbs_site.measures.rollup import roll_up, rolled
from vbs_site.measures.shape import STATISTICS, Columns, in_columns
from vbs_site.measures.sums import ALL, MAIN, Sums
from vbs_site.measures.tabulation import _quotient
from vbs_site.method.reading import Run, full_rows, read_method
from vbs_site.periods import Period

Row = dict[str, Any]
METHOD = read_method()
MINI = METHOD.registers.data
COMMON = METHOD.common.indicator | {"title": {"da": "Et eksempel", "en": "An example"}}
PLACES = ("unit", "period", "sex", "age_band", "bin")


def catalogue_with(indicator: Mapping[str, Any], **about: Any) -> Catalogue:
    """Return the registers with one indicator, after the checks that a user's catalogue passes."""
    data = MINI | {
        "catalogue": MINI["catalogue"] | about,
        "indicators": {"example": COMMON | dict(indicator)},
    }
    return checked(Document(data=data))[0]


def measure_on(
    engine: str,
    indicator: Mapping[str, Any],
    tables: Mapping[str, Any],
    *,
    unit: str | None = None,
    start: str | None = "2026-01-01",
    end: str | None = "2027-01-01",
    **about: Any,
) -> list[Row]:
    """Return the aggregates of an indicator over tiny tables, ordered by unit, period and stratum.

    Args:
        engine: id of the engine.
        indicator: what differs from `COMMON`.
        tables: source to rows, as text or as mappings.
        unit: unit kind; the indicator's first when not given.
        start, end: reported days, end excluded.
        about: further keys of the catalogue's head, such as `year_starts`.
    """
    catalogue = catalogue_with(indicator, **about)
    days = [datetime.date.fromisoformat(day) if day else None for day in (start, end)]
    tables = {**METHOD.common.tables, **tables}
    given = {
        name: rows if isinstance(rows, list) else parse_table(rows).records() for name, rows in tables.items()
    }
    full = full_rows(METHOD.common, catalogue, given)
    return by_code(engine, catalogue, "example", unit or catalogue.indicators["example"].units[0], days, full)


def outcome(engine: str, run: Run) -> list[Row]:
    """Return the result of an example: by code, or by organisation when its table has a column `level`."""
    days = (run.example.from_, run.example.until, run.example.horizon)
    measured = (engine, run.catalogue, run.indicator, run.unit, days, run.given)
    if "level" not in run.then.columns:
        return by_code(*measured)
    everyone = {"stratum": ALL, "part": MAIN}
    meant = {key: value for key, value in everyone.items() if key not in run.then.columns}
    return [row for row in by_level(*measured) if meant.items() <= row.items()]


def by_code(
    engine: str, catalogue: Catalogue, name: str, unit: str, days: Any, given: Mapping[str, Any]
) -> list[Row]:
    """Return the rows of a compiled query by the names of their columns."""
    indicator = catalogue.indicators[name]
    starts = catalogue.catalogue.year_starts if indicator.period == "year" else 1
    rows = []
    columns = _columns(engine, catalogue, name, unit, days, given)
    lacking = dict.fromkeys(PLACES) | dict.fromkeys(STATISTICS, 0)
    for values in zip(*columns.values(), strict=True):
        row = lacking | dict(zip(columns, values, strict=True))
        period = Period(indicator.period, row.pop("period"), starts).id
        rows.append(row | {"unit": row.pop("unit_code"), "period": period})
    return sorted(rows, key=lambda row: str([row[key] for key in PLACES]))


def by_level(
    engine: str, catalogue: Catalogue, name: str, unit: str, days: Any, given: Mapping[str, Any]
) -> list[Row]:
    """Return the sums of an indicator for organisations and levels."""
    indicator = catalogue.indicators[name]

    def sums_of(measured: str) -> Sums:
        each = catalogue.indicators[measured]
        stratified = _stratified_kinds(catalogue, unit, each.stratify_down_to)
        columns = _columns(engine, catalogue, measured, unit, days, given)
        return rolled(roll_up(catalogue, METHOD.organisations, unit, each, stratified, columns), each)

    if isinstance(indicator, Ratio):
        halves = {half.indicator for half in (indicator.numerator, indicator.denominator)}
        sums = _quotient(indicator, unit, {(half, unit): sums_of(half) for half in halves})
    else:
        sums = sums_of(name)
    starts = catalogue.catalogue.year_starts if indicator.period == "year" else 1
    return [
        cell | {"level": cell["unit_kind"], "period": Period(indicator.period, cell["period"], starts).id}
        for cell in sums.cells()
    ]


def _columns(
    engine: str, catalogue: Catalogue, name: str, unit: str, days: Any, given: Mapping[str, Any]
) -> Columns:
    start, end, *horizon = days
    query = compile_measure(catalogue, name, unit, start, end, horizon=horizon[0] if horizon else None)
    filled = engine_called(engine)
    fill(filled, catalogue, query, given)
    names = query.named_selects
    return in_columns(names, filled.rows(query))
