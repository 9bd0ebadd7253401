"""A catalogue with a value assessment, and published results for it: a score of hospitals against the cost of stays."""

import shutil

import pandas as pd
from unit.wording_catalogues import ROOT

from vbs_site.catalogue.loading import load

GOOD = ROOT / "tests" / "bad_catalogues" / "good"
COST = """
  stay-cost:
    title: {da: Pris for ophold, en: Cost of a stay}
    why: {da: Derfor, en: Because}
    areas: [care]
    dimension: cost
    matters: self-care
    provenance: {status: agreed, source: {da: vi, en: we}}
    direction: lower
    units: [hospital]
    period: year
    kind: mean
    of: {from: contacts, at: start}
    value: {column: cost}
    decimals: 0
    review: {owner: {da: os, en: us}}
"""
VALUE = """
value:
  stays:
    title: {da: Ophold, en: Stays}
    areas: [care]
    outcome:
      indicator: hip-score
      same: {threshold: mic_individual}
    resource:
      indicator: stay-cost
      includes: {da: Kun hospitalet, en: Hospital only}
      same: {share: 0.1, source: {da: Vores valg, en: Our choice}}
    units: [hospital]
"""
NATIONAL = {"hip-score": 20.0, "stay-cost": 1000.0}
STATISTIC = {"hip-score": "mean_change", "stay-cost": "mean"}


def loaded(folder, *, status="agreed", edit=lambda text: text):
    """Return the catalogue, whose outcome has this provenance; `edit` changes its text first.

    The same outcome is 8 points to either side of 20, the same resource use 100 to either side of 1,000.
    """
    path = shutil.copytree(GOOD, folder / "catalogue") / "catalogue.yaml"
    text = path.read_text(encoding="utf-8").replace("\ndescribed:\n", f"{COST}described:\n")
    before, hip, after = text.partition("  hip-score:")
    after = after.replace("status: proposal", f"status: {status}", 1)
    path.write_text(edit(before + hip + after + VALUE), encoding="utf-8")
    return load(path)


def result(indicator, unit, lower, upper, *, kind="hospital", n=40, status="shown", period="2025"):
    """Return a row of results; one that is not shown has no numbers."""
    shown = status == "shown"
    return {
        "indicator": indicator,
        "statistic": STATISTIC[indicator],
        "unit_kind": kind,
        "unit": unit,
        "period": period,
        "stratum": "all",
        "status": status,
        "n": n if shown else None,
        "numerator": None,
        "value": (lower + upper) / 2 if shown else None,
        "lower": lower if shown else None,
        "upper": upper if shown else None,
        "comparison": None,
    }


def national(indicator, **given):
    """Return the row of the whole country: 20 points, 1,000 kroner."""
    level = NATIONAL[indicator]
    return result(indicator, "national", level * 0.99, level * 1.01, kind="national", n=900, **given)


def table(*rows):
    """Return results as the release has them."""
    return pd.DataFrame(rows).astype({"n": "Int64", "numerator": "Int64"})


def published(*rows):
    """Return results with the national values of 2025."""
    return table(*(national(each) for each in NATIONAL), *rows)
