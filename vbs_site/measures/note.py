"""The note beside a table of aggregates: what it was computed from, by which definitions, and what may be combined with it.

Keys that `combine` holds against each other: `catalogue` (id, version, SHA-256 of its meaning), `organisations_sha256`,
`compiler`, `unit` (`all` when everything was computed together), `claimants` (the units whose parts make up the whole),
`basis`, `until`, `delivered` (source to deliverer to rows and files with their SHA-256), `complete_until`, `missing`,
`horizons` (indicator to the first day on which people are no longer followed), `references`, `standards`. `flow`
(indicator to the counts from source rows to figure) is added up.
"""

import datetime
import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from vbs_site.catalogue.indicators import Ratio
from vbs_site.catalogue.loading import Loaded
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, Organisations
from vbs_site.extracts.deliveries import Deliveries
from vbs_site.extracts.prepare import Prepared
from vbs_site.extracts.quality import COLUMNS, Quality
from vbs_site.measures.compile import COMPILER
from vbs_site.measures.completeness import reach

EVERYONE = "all"
"""Unit of a file that was computed from all deliveries together."""

Delivered = dict[str, dict[str, dict[str, Any]]]
"""Source to deliverer (empty when one file holds everything) to `rows` and `files` (name to SHA-256)."""


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
class Asked:
    """What was asked for.

    Attributes:
        unit: the unit whose part it is.
        claimants: the units whose parts make up the whole; empty when everything is computed together.
        until: the day after which no delivery counts as complete, if one was named.
    """

    unit: str = EVERYONE
    claimants: tuple[str, ...] = ()
    until: datetime.date | None = None


def describe(
    loaded: Loaded,
    deliveries: Deliveries,
    organisations: Organisations,
    quality: Iterable[Quality],
    given: Given,
    delivered: Delivered,
    asked: Asked,
) -> dict[str, Any]:
    """Return the note as plain JSON data."""
    catalogue = loaded.catalogue
    until = {
        name: {str(who or ""): day.isoformat() for who, day in sorted(each.complete_until.items(), key=str)}
        for name, each in deliveries.by_source.items()
    }
    lacking = {}
    for name, indicator in catalogue.computed.items():
        carried = reach(catalogue, deliveries, name, indicator.units[0])
        lacking[name] = {period.id: units for period in carried.periods if (units := carried.lacking(period))}
    files = [each["files"] for units in delivered.values() for each in units.values()]
    return {
        "catalogue": about(catalogue),
        "organisations_sha256": organisations_sha256(loaded.organisations),
        "compiler": COMPILER,
        "unit": asked.unit,
        "claimants": list(asked.claimants),
        "synthetic": deliveries.synthetic,
        "basis": deliveries.basis,
        "until": asked.until.isoformat() if asked.until else None,
        "complete_until": until,
        "missing": {name: list(each.missing) for name, each in deliveries.by_source.items() if each.missing},
        "horizons": _horizons(catalogue, deliveries),
        "latest": day.isoformat() if (day := deliveries.latest()) else None,
        "lacking": {name: periods for name, periods in lacking.items() if periods},
        "delivered": delivered,
        "inputs": {name: sums[name] for sums in files for name in sums},
        "references": given.references,
        "standards": given.standards,
        "quality": {
            "columns": COLUMNS,
            "data": [each.as_row() for each in sorted(quality, key=Quality.as_row)],
        },
        "organisations": [each.model_dump(mode="json") for each in organisations.members],
        "national": NATIONAL,
    }


def delivered_in(deliveries: Deliveries, prepared: Prepared) -> Delivered:
    """Return the rows and files of every source and deliverer."""
    rows = Counter[tuple[str, str]]()
    for each in prepared.quality:
        if each.check == "rows":
            rows[each.source, each.deliverer] += each.count
    found: Delivered = {}
    for source, delivery in deliveries.by_source.items():
        found[source] = {}
        for who, paths in sorted(delivery.files.items(), key=str):
            names = [path.relative_to(deliveries.folder).as_posix() for path in paths]
            files = {name: prepared.sha256[name] for name in names}
            found[source][who or ""] = {"rows": rows[source, who or ""], "files": files}
    return found


def about(catalogue: Catalogue) -> dict[str, str]:
    """Return which catalogue it is: id, version and the SHA-256 of its meaning; comments, order and defaults do not count."""
    head = catalogue.catalogue
    meaning = sha256_of(catalogue.model_dump(mode="json", by_alias=True, exclude_defaults=True))
    return {"id": head.id, "version": head.version, "sha256": meaning}


def organisations_sha256(organisations: Organisations) -> str:
    """Return the SHA-256 of an organisation reference."""
    return sha256_of([each.model_dump(mode="json") for each in organisations.members])


def sha256_of(data: Any) -> str:
    """Return the SHA-256 of plain data in its canonical form."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _horizons(catalogue: Catalogue, deliveries: Deliveries) -> dict[str, str]:
    """Return the first day on which people are no longer followed; for a cohort, on which nobody is a member any more."""
    found = {}
    for name, indicator in catalogue.computed.items():
        if isinstance(indicator, Ratio):
            continue
        carried = reach(catalogue, deliveries, name, indicator.units[0])
        day = carried.horizon
        if getattr(indicator, "cohort", None) is not None and carried.last is not None:
            day = carried.last.end
        if day is not None:
            found[name] = day.isoformat()
    return found
