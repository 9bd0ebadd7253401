"""Small releases written line by line, so that a test can plant in them what must never be published, and their audit."""

import csv
import json

from vbs_site.audit.audit import audit
from vbs_site.audit.tables import KEYS

COLUMNS = [
    *KEYS,
    *("status", "n", "numerator", "exposure", "value", "lower", "upper", "method"),
    *("comparison", "target", "trend", "variation"),
]
UNITS = {
    "region": {"title": {"da": "Region"}},
    "hospital": {"title": {"da": "Hospital"}, "within": "region"},
    "residence": {"title": {"da": "Bopælsregion"}, "organisations": "region"},
}
"""Kinds of unit: hospitals within regions, and the regions once more as places of living."""


def unit(identity, kind, within=None, **more):
    """Return a line of organisations.json."""
    steps = [{"unit": within, "valid_from": None, "valid_to": None}] if within else []
    return {"id": identity, "kind": kind, "name": {"da": identity.title()}, "within": steps} | more


REGIONS = [unit("nord", "region"), unit("syd", "region"), unit("vest", "region")]
HOSPITALS = [*REGIONS, *(unit(name, "hospital", "nord") for name in ("alfa", "beta", "gamma"))]
COUNTRY = "national/national"


def shown(indicator, place, period, n, numerator=None, **more):
    """Return a line that shows a figure; `place` is `kind/unit`, and the country is `national/national`."""
    value = "" if numerator is None or not n else f"{numerator / n:.8f}"
    counted = "" if numerator is None else str(numerator)
    return _line(indicator, place, period, status="shown", n=str(n), numerator=counted, value=value, **more)


def hidden(indicator, place, period, **more):
    """Return a line that hides a figure."""
    return _line(indicator, place, period, status="suppressed", **more)


def _line(indicator, place, period, *, statistic="proportion", stratum="all", **values):
    kind, identity = place.split("/")
    keys = {"release": "r", "synthetic": "true", "indicator": indicator, "statistic": statistic}
    keys |= {"unit_kind": kind, "unit": identity, "unit_name": identity.title(), "period": period}
    return dict.fromkeys(COLUMNS, "") | keys | {"stratum": stratum, "method": "clopper-pearson"} | values


def regions(*counts, indicator="en", period="2025", total=None):
    """Return the line of a country and those of its regions; a count of None is hidden."""
    lines = [
        hidden(indicator, f"region/{region['id']}", period)
        if count is None
        else shown(indicator, f"region/{region['id']}", period, count)
        for region, count in zip(REGIONS, counts, strict=False)
    ]
    return [*([shown(indicator, COUNTRY, period, total)] if total is not None else []), *lines]


def write_release(folder, lines, units, *, protection=None, tables=None, catalogue=None, **manifest):
    """Write a release.

    Args:
        folder: where; its name is the id of the release.
        lines: of results.csv.
        units: of organisations.json.
        protection: of the manifest.
        tables: name to the lines of further tables.
        catalogue: what stands in catalogue.json beside the kinds of unit.
        manifest: what else it says.
    """
    folder.mkdir(parents=True)
    indicators = {line["indicator"]: {"title": {"da": line["indicator"]}} for line in lines}
    given = {"units": UNITS, "indicators": indicators} | (catalogue or {})
    policy = protection or {"threshold": 5, "zeros_shown": True}
    said = {"release": folder.name, "protection": policy, "corrects": None} | manifest
    for name, content in (("manifest", said), ("catalogue", given), ("organisations", units)):
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    write_table(folder / "results.csv", lines)
    for name, rows in (tables or {}).items():
        write_table(folder / f"{name}.csv", rows)
    return folder


def write_table(path, lines):
    """Write the lines of a table."""
    columns = list(dict.fromkeys(column for line in lines for column in line))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


def read_table(path):
    """Return the lines of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def audited(folder, earlier=None):
    """Return the audit of a release."""
    return audit(folder, earlier, lambda _part: None)


def rules(folder, earlier=None):
    """Return the rules that an audit finds broken."""
    return {found.rule for found in audited(folder, earlier).findings}


def objects(folder, rule, earlier=None):
    """Return what an audit finds to break a rule, as far as it names it."""
    return [found.object for found in audited(folder, earlier).findings if found.rule == rule]
