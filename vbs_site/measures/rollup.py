"""From unit codes to organisations, levels and strata: every statistic is a sum, and sums are exact."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN, Organisations
from vbs_site.measures.shape import STATISTICS

ALL = "all"
"""Stratum that holds everyone."""

Key = tuple[str, str, int, str]
"""(unit_kind, unit, period index, stratum)."""


def roll_up(
    catalogue: Catalogue,
    organisations: Organisations,
    unit_kind: str,
    stratify: list[str],
    stratified_kinds: set[str],
    rows: Iterable[tuple[Any, ...]],
) -> dict[Key, list[Any]]:
    """Add up the rows of a compiled query to every level and stratum.

    Args:
        catalogue: for the kinds above each unit kind.
        organisations: for the units above each unit.
        unit_kind: the kind that the codes in the rows are of.
        stratify: the strata of the indicator; each is shown by itself, never crossed.
        stratified_kinds: the unit kinds for which strata are shown.
        rows: `unit_code, period, sex, age_band`, then the statistics of `shape.STATISTICS`.

    Returns:
        Sums in the order of `STATISTICS`. A code that the reference does not know counts to the unit `unknown` of each
        level and to the national level: it is reported, not dropped.
    """
    sums: dict[Key, list[Any]] = defaultdict(
        lambda: [0, 0, 0, 0, Decimal(0), Decimal(0), Decimal(0), Decimal(0)]
    )
    rows = list(rows)
    national_code = catalogue.units[unit_kind].national_code
    # A source that brings the national row itself (with units that it leaves blank) is believed; others are added up.
    delivered_nationally = national_code if any(row[0] == national_code for row in rows) else None
    for code, period, sex, age_band, *statistics in rows:
        strata = [ALL] + [
            f"{name}={UNKNOWN if value is None else value}"
            for name, value in (("sex", sex), ("age_band", age_band))
            if name in stratify
        ]
        for kind, unit in _levels(catalogue, organisations, unit_kind, code, delivered_nationally):
            for stratum in strata if kind in stratified_kinds else strata[:1]:
                total = sums[kind, unit, int(period), stratum]
                for i, statistic in enumerate(statistics):
                    total[i] += statistic
    assert all(len(total) == len(STATISTICS) for total in sums.values())
    return dict(sums)


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
