"""From unit codes to organisations, levels and strata: every statistic is a sum, and sums are exact."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from vbs_site.catalogue.indicators import Indicator, Per, strata_of
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN, Organisations
from vbs_site.measures.shape import STATISTICS, TYPES

ALL = "all"
"""Stratum that holds everyone."""

MAIN = ""
"""Part that holds everyone; other parts divide a unit's row for a life table or for standardisation."""

Key = tuple[str, str, int, str, str]
"""(unit_kind, unit, period index, stratum, part)."""
Sums = dict[Key, list[Any]]
_ZEROS: list[Any] = [Decimal(0) if kind.startswith("DECIMAL") else 0 for kind in TYPES.values()]

FIRST_STATISTIC = 5
"""Place of the first statistic in a row of a compiled query."""


def roll_up(
    catalogue: Catalogue,
    organisations: Organisations,
    unit_kind: str,
    indicator: Indicator,
    stratified_kinds: set[str],
    rows: Iterable[tuple[Any, ...]],
    counts: Callable[[tuple[Any, ...]], bool] | None = None,
) -> Sums:
    """Add up the rows of a compiled query to every level and stratum.

    Args:
        catalogue: for the kinds above each unit kind.
        organisations: for the units above each unit.
        unit_kind: the kind that the codes in the rows are of.
        indicator: its strata are shown each by itself, never crossed; strata to standardise by are crossed, as parts.
        stratified_kinds: the unit kinds for which strata are shown.
        rows: `unit_code, period, sex, age_band, bin`, then the statistics of `shape.STATISTICS`.
        counts: which rows are added up; None for all.

    Returns:
        Sums in the order of `STATISTICS`. A code that the reference does not know counts to the unit `unknown` of each
        level and to the national level: it is reported, not dropped.
    """
    sums: Sums = {}
    rows = list(rows)
    national_code = catalogue.units[unit_kind].national_code
    # A source that brings the national row itself (with units that it leaves blank) is believed; others are added up.
    delivered_nationally = national_code if any(row[0] == national_code for row in rows) else None
    if counts is not None:
        rows = [row for row in rows if counts(row)]
    # Few units and divisions, many rows.
    levels = dict[str | None, list[tuple[str, str]]]()
    divisions = dict[tuple[Any, ...], tuple[list[str], list[str]]]()
    for code, period, sex, age_band, in_bin, *statistics in rows:
        if code not in levels:
            levels[code] = list(_levels(catalogue, organisations, unit_kind, code, delivered_nationally))
        division = (sex, age_band, in_bin)
        if division not in divisions:
            divisions[division] = _divided(indicator, sex, age_band, in_bin)
        strata, parts = divisions[division]
        number, counted = int(period), [(i, each) for i, each in enumerate(statistics) if each]
        for kind, unit in levels[code]:
            for each in strata if kind in stratified_kinds else strata[:1]:
                for part in parts:
                    key = (kind, unit, number, each, part)
                    total = sums.get(key)
                    if total is None:
                        total = sums[key] = nothing()
                    for i, statistic in counted:
                        total[i] += statistic
    return sums


def _divided(
    indicator: Indicator, sex: str | None, age_band: str | None, in_bin: int | None
) -> tuple[list[str], list[str]]:
    """Return the strata and the parts that a row counts in; the first of each is everyone."""
    named = {"sex": sex, "age_band": age_band}
    strata = [ALL, *(stratum(name, named[name]) for name in indicator.stratify)]
    if getattr(indicator, "by", ()):
        return strata, [MAIN, "|".join(stratum(name, named[name]) for name in strata_of(indicator))]
    return strata, [MAIN, f"day={in_bin}"] if in_bin is not None else [MAIN]


def nothing() -> list[Any]:
    """Return the sums of no rows: exact zeros of each statistic's type."""
    return _ZEROS.copy()


def rolled(sums: Sums, indicator: Indicator) -> Sums:
    """Return the sums of quarters as sums of rolling years, each named by its last quarter.

    A population is that of the year's first quarter, as it is for a calendar year; everything else is added up.
    """
    if indicator.period != "rolling_year":
        return sums
    found: Sums = defaultdict(nothing)
    population = STATISTICS.index("n") if isinstance(getattr(indicator, "per", None), Per) else None
    for (kind, unit, quarter, each, part), statistics in sums.items():
        for later in range(4):
            total = found[kind, unit, quarter + later, each, part]
            for i, statistic in enumerate(statistics):
                if i != population or later == 3:
                    total[i] += statistic
    return dict(found)


def stratum(name: str, value: str | None) -> str:
    """Return a stratum as it stands in results: `sex=K`."""
    return f"{name}={UNKNOWN if value is None else value}"


def _levels(
    catalogue: Catalogue,
    organisations: Organisations,
    unit_kind: str,
    code: str | None,
    delivered_nationally: str | None,
) -> Iterator[tuple[str, str]]:
    if delivered_nationally is not None and code == delivered_nationally:
        yield NATIONAL, NATIONAL
        return
    finest = catalogue.organisation_kind(unit_kind)
    here = organisations.by_code.get((finest, code or ""))
    for level in catalogue.levels(unit_kind):
        kind = catalogue.organisation_kind(level)
        unit = organisations.ancestor(here.id, kind) if here is not None else None
        yield level, unit or UNKNOWN
    if delivered_nationally is None:
        yield NATIONAL, NATIONAL
