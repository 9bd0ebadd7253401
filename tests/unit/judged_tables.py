"""Published results of a small country, to be judged."""

import numpy as np
import pandas as pd
from spec.tables import COMMON, MINI
from unit.disclosure_tables import PLACES, PROPORTION

from vbs_site.catalogue.model import Catalogue
from vbs_site.judgement.judge import judge
from vbs_site.periods import parse_period
from vbs_site.statistics.intervals import mean, proportion

YEARS = PROPORTION | {"units": ["hospital"], "period": "year", "direction": "higher"}
AGREED = {"provenance": COMMON["provenance"] | {"status": "register-indicator"}}
HOSPITALS = [f"h{i}{j}" for i in range(1, 5) for j in range(1, 4)]

QUARTERLY = YEARS | {"period": "quarter"}


def catalogue_of(indicator=YEARS, **sections):
    given = COMMON | AGREED | indicator
    return Catalogue.model_validate(MINI | {"indicators": {"example": given}} | sections)


def target(op, value, **dates):
    return {"label": {"en": "Standard"}, "op": op, "value": value, "source": "A source", **dates}


def results(cells, *, hidden=()):
    """Return published results of a proportion: (unit, period) to (numerator, n)."""
    rows = []
    for (unit, period), (x, n) in cells.items():
        kind = {"h": "hospital", "r": "region", "n": "national"}[unit[0]]
        shown = (unit, period) not in hidden
        found = proportion(np.array([x]), np.array([n])) if shown else None
        rows.append(
            {
                "indicator": "example",
                "statistic": "proportion",
                "unit_kind": kind,
                "unit": unit,
                "period": period,
                "stratum": "all",
                "status": "shown" if shown else "suppressed",
                "n": n if shown else pd.NA,
                "numerator": x if shown else pd.NA,
                "exposure": np.nan,
                **{
                    name: float(getattr(found, name)[0]) if found else np.nan
                    for name in ("value", "lower", "upper")
                },
                "method": "clopper-pearson",
            }
        )
    return pd.DataFrame(rows).astype({"n": "Int64", "numerator": "Float64"})


def told(catalogue, table, column, places=PLACES):
    """Return (unit, period) to a verdict."""
    found = judge(catalogue, places, table).results
    return {(row["unit"], row["period"]): row[column] for row in found.to_dict("records")}


def whole_country(given):
    """Return the national cells of the years that some cells are of."""
    years = {period for _, period in given}
    return {
        ("national", year): tuple(
            sum(cell[i] for (_, period), cell in given.items() if period == year) for i in (0, 1)
        )
        for year in years
    }


def quarters(values, start="2022Q1"):
    """Return national cells of quarters in a row."""
    first = parse_period(start)
    return {("national", first.next(i).id): value for i, value in enumerate(values)}


def means(patients, group):
    """Return a catalogue of a mean with a group of similar units, and published results of one year: unit to values."""
    indicator = {
        "kind": "mean",
        "of": {"from": "contacts"},
        "value": {"column": "cost"},
        "units": ["hospital"],
    }
    similar = {"group": {"title": {"en": "A group"}, "unit_kind": "hospital", "units": list(group)}}
    rows = []
    for unit, values in patients.items():
        found = mean(*(np.array([float(each)]) for each in (len(values), values.sum(), (values**2).sum())))
        cell = {"n": len(values), **{name: getattr(found, name)[0] for name in ("value", "lower", "upper")}}
        blank = results({(unit, "2025"): (1, 2)}).iloc[0].to_dict()
        rows.append(blank | cell | {"statistic": "mean", "method": "t", "numerator": pd.NA})
    catalogue = catalogue_of(indicator | {"period": "year", "direction": "higher"}, similar=similar)
    return catalogue, pd.DataFrame(rows).astype({"n": "Int64", "numerator": "Float64"})
