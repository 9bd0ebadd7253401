"""Findings of a small country, protected; and what a reader with a pencil works out from what is shown."""

import pandas as pd
from spec.tables import COMMON, MINI

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import Organisation, Organisations
from vbs_site.disclosure.protect import protect
from vbs_site.statistics.findings import COLUMNS, statistics_of

PROPORTION = {"kind": "proportion", "of": {"from": "contacts"}, "event": {"where": {"acute": True}}}
DEPARTMENT = {
    "department": {"title": {"en": "D"}, "plural": {"en": "D"}, "column": "note", "within": "hospital"},
}


def organisation(name, kind, within=None):
    return Organisation(id=name, kind=kind, name={"en": name}, within=within, codes=[name])


PLACES = Organisations.of(
    [organisation(f"r{i}", "region") for i in range(1, 5)]
    + [organisation(f"h{i}{j}", "hospital", f"r{i}") for i in range(1, 5) for j in range(1, 4)]
    + [
        organisation(f"d{i}{j}{k}", "department", f"h{i}{j}")
        for i in range(1, 5)
        for j in range(1, 4)
        for k in range(1, 4)
    ]
)
LEVELS = {"r": "region", "h": "hospital", "d": "department", "n": "national"}


def catalogue_of(indicator, *, zeros_shown=True, threshold=5, **others):
    return Catalogue.model_validate(
        MINI
        | {
            "disclosure": {"threshold": threshold, "zeros_shown": zeros_shown},
            "units": MINI["units"] | DEPARTMENT,
            "indicators": {name: COMMON | each for name, each in {"example": indicator, **others}.items()},
        }
    )


def findings(catalogue, cells):
    """Return findings of every statistic: (unit, stratum) to (n, numerator), or to (n, numerator, eligible or status)."""
    indicator = catalogue.indicators["example"]
    rows = []
    for statistic in statistics_of(indicator):
        for (unit, stratum), (n, numerator, *more) in cells.items():
            status = next((each for each in more if isinstance(each, str)), "shown")
            eligible = next((each for each in more if isinstance(each, int)), n)
            answered = statistic.name in ("response_rate", "complete_share")
            kind = "residence" if unit[0] == "r" and indicator.units == ["residence"] else LEVELS[unit[0]]
            row = dict.fromkeys(COLUMNS) | {
                "indicator": "example",
                "statistic": statistic.name,
                "unit_kind": kind,
                "unit": unit,
                "period": "2026Q1",
                "stratum": stratum,
                "status": status,
                "n": eligible if answered else n,
                "numerator": (n if answered else numerator) if statistic.counts else None,
                "value": 0.5,
                "lower": 0.4,
                "upper": 0.6,
                "exposure": 12.5,
                "method": statistic.method,
            }
            rows.append(row)
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"n": "int64", "numerator": "Float64", "value": "float64"})


def protected(indicator, cells, **policy):
    catalogue = catalogue_of(indicator, **policy)
    full = {key if isinstance(key, tuple) else (key, "all"): value for key, value in cells.items()}
    return protect(catalogue, PLACES, findings(catalogue, full))


def hidden(outcome, statistic=None):
    """Return the units (or unit/stratum) that are hidden."""
    rows = outcome.results[outcome.results["status"] == "suppressed"]
    rows = rows[rows["statistic"] == statistic] if statistic else rows
    names = rows["unit"] + rows["stratum"].map(lambda stratum: "" if stratum == "all" else f"/{stratum}")
    return sorted(set(names))


def parent(unit):
    """Return the unit above one of `PLACES`."""
    if unit == "national":
        return None
    return {"d": f"h{unit[1:3]}", "h": f"r{unit[1:2]}", "r": "national"}[unit[0]]


def relations(cells):
    """Return every (total, parts) of a table: units within units, and each way of dividing into strata."""
    found = {}
    for unit, stratum in cells:
        above = (parent(unit), stratum)
        if above in cells:
            found.setdefault((*above, "units"), (above, []))[1].append((unit, stratum))
        if stratum != "all" and (unit, "all") in cells:
            found.setdefault((unit, "all", stratum.split("=")[0]), ((unit, "all"), []))[1].append(
                (unit, stratum)
            )
    return [(total, parts) for total, parts in found.values() if len(parts) > 0]


def worked_out(cells, outcome, measure="numerator"):
    """Return the small hidden counts that subtracting and adding shown ones gives away, again and again."""
    full = {key if isinstance(key, tuple) else (key, "all"): value for key, value in cells.items()}
    results = outcome.results.drop_duplicates(["unit", "stratum"])
    known, secret = {}, {}
    for row in results.to_dict("records"):
        cell = (row["unit"], row["stratum"])
        n, numerator, *_ = full[cell]
        truth = {"n": n, "numerator": numerator, "complement": n - numerator}[measure]
        if row["status"] in ("shown", "not_applicable"):
            known[cell] = truth
        elif row["status"] == "suppressed":
            secret[cell] = truth
    progress = True
    while progress:
        progress = False
        for total, parts in relations(full):
            unknown = [cell for cell in (total, *parts) if cell not in known]
            if len(unknown) != 1:
                continue
            (cell,) = unknown
            rest = sum(known[part] for part in parts if part != cell)
            known[cell] = rest if cell == total else known[total] - rest
            progress = True
    return {cell: known[cell] for cell, truth in secret.items() if cell in known and 1 <= truth <= 4}
