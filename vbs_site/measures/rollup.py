"""From unit codes to organisations, levels and strata: every statistic is a sum, and sums are exact."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN, Organisations
from vbs_site.measures.compile import STATISTICS

ALL = "all"
"""Stratum that holds everyone."""

Key = tuple[str, str, int, str]
"""(unit_kind, unit, period index, stratum)."""


def roll_up(
    catalogue: Catalogue, organisations: Organisations, unit_kind: str, stratify: list[str], rows: Iterable[tuple[Any, ...]]
) -> dict[Key, list[Any]]:
    """Add up the rows of a compiled query to every level and stratum.

    Args:
        catalogue, organisations: for the hierarchy above each unit.
        unit_kind: the kind that the codes in the rows are of.
        stratify: the strata of the indicator; each is shown by itself, never crossed.
        rows: `unit_code, period, sex, age_band`, then the statistics of `compile.STATISTICS`.

    Returns:
        Sums in the order of `STATISTICS`. A code that the reference does not know counts to the unit `unknown` of each
        level and to the national level: it is reported, not dropped.
    """
    sums: dict[Key, list[Any]] = defaultdict(lambda: [0, 0, 0, 0, Decimal(0), Decimal(0), Decimal(0), Decimal(0)])
    delivered_nationally = catalogue.units[unit_kind].national_code
    for code, period, sex, age_band, *statistics in rows:
        strata = [ALL]
        if "sex" in stratify:
            strata.append(f"sex={sex if sex is not None else UNKNOWN}")
        if "age_band" in stratify:
            strata.append(f"age_band={age_band if age_band is not None else UNKNOWN}")
        for kind, unit in _levels(catalogue, organisations, unit_kind, code, delivered_nationally):
            for stratum in strata:
                total = sums[kind, unit, int(period), stratum]
                for i, statistic in enumerate(statistics):
                    total[i] += statistic
    assert all(len(total) == len(STATISTICS) for total in sums.values())
    return dict(sums)


def _levels(
    catalogue: Catalogue, organisations: Organisations, unit_kind: str, code: str | None, delivered_nationally: str | None
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
