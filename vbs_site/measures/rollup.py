"""From unit codes to organisations, levels and strata: every statistic is a sum, and sums are exact."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from vbs_site.catalogue.indicators import Indicator, strata_of
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN, Organisations
from vbs_site.catalogue.populations import Per
from vbs_site.measures.shape import TYPES, Columns
from vbs_site.measures.sums import (
    ALL,
    MAIN,
    Column,
    Sums,
    joined,
    merged,
    numbered,
    objects,
    summed,
    taken,
    zeros,
)
from vbs_site.periods import Period, PeriodKind

Counts = Callable[[Columns], Sequence[bool]]
"""Which rows of a compiled query count."""


def roll_up(
    catalogue: Catalogue,
    organisations: Organisations,
    unit_kind: str,
    indicator: Indicator,
    stratified_kinds: set[str],
    columns: Columns,
    counts: Counts | None = None,
) -> Sums:
    """Add up the rows of a compiled query to every level and stratum.

    Args:
        catalogue: for the kinds above each unit kind.
        organisations: for the units above each unit; a period belongs to those of its last day.
        unit_kind: the kind that the codes in the rows are of.
        indicator: its strata are shown each by itself, never crossed; strata to standardise by are crossed, as parts.
        stratified_kinds: the unit kinds for which strata are shown.
        columns: those of `shape` that the query has.
        counts: which rows are added up; None for all.

    Returns:
        Sums. A code that the reference does not know counts to the unit `unknown` of each level and to the national
        level: it is reported, not dropped.
    """
    statistics = {
        name: objects(columns[name]) if kind.startswith("DECIMAL") else np.array(columns[name], np.int64)
        for name, kind in TYPES.items()
        if name in columns
    }
    periods = np.array(columns["period"], np.int64)
    counted = np.array(counts(columns) if counts is not None else [True] * len(periods), bool)
    code_of, codes = numbered(columns["unit_code"])
    day_of, days = _days(organisations, indicator, catalogue.catalogue.year_starts, periods)
    place_of = code_of * len(days) + day_of
    national_code = catalogue.units[unit_kind].national_code
    # A source that brings the national row itself (with units that it leaves blank) is believed; others are added up.
    delivered_nationally = national_code if national_code in codes else None
    levels = [
        dict(_levels(catalogue, organisations, unit_kind, code, delivered_nationally, day))
        for code, day in product(codes, days)
    ]
    nothing: list[None] = [None] * len(periods)
    dividers = (columns.get(name, nothing) for name in ("sex", "age_band", "bin"))
    division_of, divisions = numbered(list(zip(*dividers, strict=True)))
    crossed = strata_of(indicator) if getattr(indicator, "by", ()) else ()
    known = _known_sexes(catalogue, indicator)
    divided = [_divided(indicator.stratify, crossed, _among(known, sex), *rest) for sex, *rest in divisions]
    found = []
    for kind in dict.fromkeys(kind for each in levels for kind in each):
        here = counted & np.array([kind in each for each in levels], bool)[place_of]
        chosen = taken(statistics, here)
        unit_of, units = _numbered([each.get(kind) for each in levels], place_of[here])
        period_of, indexes = numbered(periods[here])
        for names in zip(*divided, strict=True):
            if names[0][0] != ALL and kind not in stratified_kinds:
                continue
            name_of, distinct = _numbered(names, division_of[here])
            groups = [(unit_of, len(units)), (period_of, len(indexes)), (name_of, len(distinct))]
            firsts, sums = summed(groups, chosen)
            keys = {
                "unit_kind": objects([kind] * len(firsts)),
                "unit": objects(units)[unit_of[firsts]],
                "period": np.array(indexes, np.int64)[period_of[firsts]],
                "stratum": objects([name for name, _ in distinct])[name_of[firsts]],
                "part": objects([part for _, part in distinct])[name_of[firsts]],
            }
            found.append(Sums(keys, sums))
    return joined(found)


def _days(
    organisations: Organisations, indicator: Indicator, year_starts: int, periods: Column
) -> tuple[Column, list[datetime.date | None]]:
    """Return the number of each row's day among those from which units lie elsewhere, and these days."""
    if not organisations.changes:
        return np.zeros(len(periods), np.int64), [None]
    index_of, indexes = numbered(periods)
    # Rolling years are made of quarters afterwards; only years start elsewhere than in January.
    kind: PeriodKind = "quarter" if indicator.period == "rolling_year" else indicator.period
    starts = year_starts if kind == "year" else 1
    last_days = [Period(kind, index, starts).last_day for index in indexes]
    day_of, days = numbered([organisations.change_before(day) for day in last_days])
    return day_of[index_of], days


def _numbered(values: Sequence[Any], places: Column) -> tuple[Column, list[Any]]:
    """Return the number of the value at each place, and the values."""
    numbers, distinct = numbered(values)
    return numbers[places], distinct


def _known_sexes(catalogue: Catalogue, indicator: Indicator) -> set[str] | None:
    """Return the words that may stand for a sex in a result; None when a contract does not list them."""
    places = [(catalogue.persons.source, catalogue.persons.sex)] if catalogue.persons is not None else []
    per = getattr(indicator, "per", None)
    if isinstance(per, Per):
        places.append((per.from_, per.sex))
    columns = [catalogue.sources[source].columns.get(name) for source, name in places]
    listed = [each.values for each in columns if each is not None]
    if not listed or any(values is None for values in listed):
        return None
    return {word for values in listed for word in values or ()}


def _among(known: set[str] | None, word: str | None) -> str | None:
    """Return a word, or None when it is none of the known ones: what a row holds by mistake is not written in a result."""
    return word if known is None or word in known else None


def _divided(
    shown: Sequence[str], crossed: Sequence[str], sex: str | None, age_band: str | None, in_bin: int | None
) -> list[tuple[str, str]]:
    """Return the (stratum, part) that a row counts in: first of everyone; as many for every row of an indicator."""
    named = {"sex": sex, "age_band": age_band}
    strata = [ALL, *(stratum(name, named[name]) for name in shown)]
    parts = [MAIN]
    if crossed:
        parts.append("|".join(stratum(name, named[name]) for name in crossed))
    elif in_bin is not None:
        parts.append(f"day={in_bin}")
    return list(product(strata, parts))


def rolled(sums: Sums, indicator: Indicator) -> Sums:
    """Return the sums of quarters as sums of rolling years, each named by its last quarter.

    A population is that of the year's first quarter, as it is for a calendar year; everything else is added up.
    """
    if indicator.period != "rolling_year":
        return sums
    population = "n" if isinstance(getattr(indicator, "per", None), Per) else None
    shifted = []
    for later in range(4):
        statistics = {
            name: zeros(name, len(sums)) if name == population and later != 3 else column
            for name, column in sums.statistics.items()
        }
        shifted.append(Sums({**sums.keys, "period": sums.keys["period"] + later}, statistics))
    return merged(shifted)


def stratum(name: str, value: str | None) -> str:
    """Return a stratum as it stands in results: `sex=K`."""
    return f"{name}={UNKNOWN if value is None else value}"


def _levels(
    catalogue: Catalogue,
    organisations: Organisations,
    unit_kind: str,
    code: str | None,
    delivered_nationally: str | None,
    day: datetime.date | None,
) -> Iterator[tuple[str, str]]:
    if delivered_nationally is not None and code == delivered_nationally:
        yield NATIONAL, NATIONAL
        return
    here = organisations.by_code.get((catalogue.code_kind(unit_kind), code or ""))
    for level in catalogue.levels(unit_kind):
        kind = catalogue.organisation_kind(level)
        unit = organisations.ancestor(here.id, kind, day) if here is not None else None
        yield level, unit or UNKNOWN
    if delivered_nationally is None:
        yield NATIONAL, NATIONAL
