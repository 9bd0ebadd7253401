"""Outliers of NHS England's PROMs: who lies outside the funnel is the same from every source, and as published.

NHS England's limits lie about the adjusted health gain of England, at the standard deviation of all England's patients (of
measured less predicted scores) over the root of the provider's modelled records, at 95 and 99.8 %; from 30 records.
"""

import os
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from vbs_site.statistics.funnel import funnel_of_means, position
from vbs_site.statistics.intervals import quantile_of

SHARED = Path(os.environ.get("VBS_SHARED") or Path(__file__).parents[2] / ".." / "shared")
DATA = SHARED / "data" / "nhs_proms"
GROUP = ["procedure", "measure", "fiscal_year_start"]
FEWEST = 30
ROUNDING = 0.0005
"""Published gains of the time series have three decimals."""
NEAR = 0.002
"""How far off, as a share of the spread, a spread may be that is only known from the classes themselves."""
WORDS = {
    "Not an outlier": "inside",
    "Positive outlier (95%)": "above_95",
    "Negative outlier (95%)": "below_95",
    "Positive outlier (99.8%)": "above_998",
    "Negative outlier (99.8%)": "below_998",
}
SCORES = {"Oxford Hip Score": "oxford", "EQ-5D Index": "eq5d_index", "EQ VAS": "eqvas"}
PROCEDURES = {"Hip Replacement Primary": 0, "Hip Replacement Revision": 1}
"""Both together have a case-mix model of their own, whose predictions are not in the record files."""

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason=f"the NHS record files are not at {DATA}; set VBS_SHARED"
)


@pytest.fixture(scope="module")
def published():
    """Adjusted gain, records and standard deviation of every provider and of England."""
    table = pd.read_csv(DATA / "published_hip_2016_2017.csv.gz")
    return table[table["adj_avg_health_gain"].notna()]


@pytest.fixture(scope="module")
def england(published):
    return published[published["org_type"] == "England"].set_index(GROUP)


@pytest.fixture(scope="module")
def providers(published):
    return published[published["org_type"] == "Provider"]


@pytest.fixture(scope="module")
def series():
    return pd.read_csv(DATA / "timeseries_hip_2011_2017.csv.gz")


@pytest.fixture(scope="module")
def classed(series):
    """Providers of the time series with a published class, and the class in the product's words."""
    if series["outlier"].isna().all():
        pytest.skip(
            "the column `outlier` of timeseries_hip_2011_2017.csv.gz is empty in this copy, so that no published class "
            "can be held against ours; NHS England's own file has the words"
        )
    rows = series[series["outlier"].isin(WORDS) & (series["modelled_records"] >= FEWEST)]
    unknown = set(series["outlier"].dropna()) - set(WORDS) - {"Insufficient records", "No procedures"}
    assert unknown == set()
    return rows.assign(published=rows["outlier"].map(WORDS))


def classes(gain, records, deviation, centre):
    """Return where each provider lies."""
    value = np.asarray(gain, dtype=float)
    error = deviation / np.sqrt(np.asarray(records, dtype=float))
    return position(value, funnel_of_means(value, error, centre))


@cache
def patients_of(year):
    return pd.read_csv(DATA / f"proms_hip_{year}.csv.gz")


def residuals(year, measure, revision):
    """Return the patients with a prediction, and measured less predicted scores."""
    records, after = patients_of(year), f"{SCORES[measure]}_post"
    records = records[(records["revision"] == revision) & records[f"{after}_predicted"].notna()]
    return records.assign(residual=records[after] - records[f"{after}_predicted"])


def test_the_centre_is_the_published_gain_of_england(england, series, report):
    """England's time series, its published adjusted gain and its plain gain are one number: adjusted to itself."""
    seen = report("timeseries_hip and published_hip, England")
    stated = series[series["orgcode"] == "England"].set_index(GROUP)["adjusted_health_gain"]
    for group, row in england.iterrows():
        seen.compare(group, "adjusted gain", row["adj_avg_health_gain"], row["health_gain"])
        seen.compare(group, "time series", row["adj_avg_health_gain"], stated[group], 0, ROUNDING * 1.001)
    seen.close()


@pytest.mark.parametrize("measure", list(SCORES))
@pytest.mark.parametrize("procedure", list(PROCEDURES))
def test_classes_from_patients_are_those_from_the_published_table(
    providers, england, measure, procedure, report
):
    """Provider for provider: mean residual less England's, plus England's published gain, with the patients' own spread."""
    seen = report(f"proms_hip and published_hip, {procedure}, {measure}")
    found = []
    for year in (2016, 2017):
        centre, deviation = england.loc[(procedure, measure, year), ["adj_avg_health_gain", "sd"]]
        table = providers[
            (providers[GROUP] == [procedure, measure, year]).all(axis=1)
            & (providers["modelled_records"] >= FEWEST)
        ].set_index("org_code")
        patients = residuals(year, measure, PROCEDURES[procedure])
        spread = patients["residual"].std()
        seen.compare(year, "spread of England's patients", spread, deviation, 2e-3)
        units = patients.groupby("provider_code")["residual"].agg(["size", "mean"])
        both = table.join(units, how="inner")
        ours = classes(both["mean"] - patients["residual"].mean() + centre, both["size"], spread, centre)
        theirs = classes(both["adj_avg_health_gain"], both["modelled_records"], deviation, centre)
        for code, one, other in zip(both.index, ours, theirs, strict=True):
            seen.same(f"{year} {code}", "class", one, other)
        found += list(theirs)
    assert len(set(found)) > 1
    seen.close()


def test_published_classes_are_reproduced_from_the_published_spread(classed, providers, england, report):
    """Not one provider, measure and year differs."""
    seen = report("timeseries_hip, classes of the years with a published spread")
    both = classed.merge(
        providers, left_on=["orgcode", *GROUP], right_on=["org_code", *GROUP], suffixes=("", "_table")
    )
    for group, rows in both.groupby(GROUP):
        centre, deviation = england.loc[group, ["adj_avg_health_gain", "sd"]]
        found = classes(rows["adj_avg_health_gain"], rows["modelled_records_table"], deviation, centre)
        for code, ours, theirs in zip(rows["orgcode"], found, rows["published"], strict=True):
            seen.same(f"{group} {code}", "class", ours, theirs)
    seen.close()


def test_one_spread_of_england_explains_the_published_classes_of_every_year(
    classed, series, england, report, capsys
):
    """Where England's spread is not published, one is sought that gives all classes; what it does not give is listed."""
    seen = report("timeseries_hip, classes of every year")
    different = []
    centres = series[series["orgcode"] == "England"].set_index(GROUP)["adjusted_health_gain"]
    for group, rows in classed[classed["orgcode"] != "England"].groupby(GROUP):
        smallest, largest = spreads_that_fit(rows, centres[group])
        deviation = smallest if np.isinf(largest) else (smallest + largest) / 2
        if group in england.index:
            deviation = england["sd"][group]
            seen.same(group, "published spread fits", smallest <= deviation <= largest, True)
        ours, *near = (
            classes(
                rows["adjusted_health_gain"], rows["modelled_records"], deviation * factor, centres[group]
            )
            for factor in (1, 1 - NEAR, 1 + NEAR)
        )
        rounded = (
            classes(rows["adjusted_health_gain"] + off, rows["modelled_records"], deviation, centres[group])
            for off in (-2 * ROUNDING, 2 * ROUNDING)
        )
        explained = np.any([each == rows["published"].to_numpy() for each in (ours, *near, *rounded)], axis=0)
        for code, mine, theirs, close in zip(
            rows["orgcode"], ours, rows["published"], explained, strict=True
        ):
            seen.same(f"{group} {code}", "class", theirs if close else mine, theirs)
            if mine != theirs:
                different.append(f"    {', '.join(map(str, group))}, {code}: {mine}, published {theirs}")
    with capsys.disabled():
        print("\n".join(["\n  at the very limit, where England's spread is not published:", *different]))  # noqa: T201 - listed
    seen.close()


def spreads_that_fit(rows, centre):
    """Return the smallest and the largest spread of England's patients that the published classes allow."""
    apart = (rows["adjusted_health_gain"] - centre).abs()
    root = np.sqrt(rows["modelled_records"])
    inner, outer = quantile_of(0.95), quantile_of(0.998)
    passed = rows["published"].map(
        {"inside": 0, "above_95": 1, "below_95": 1, "above_998": 2, "below_998": 2}
    )
    least, most = (np.maximum(apart + off, 0) * root for off in (-2 * ROUNDING, 2 * ROUNDING))
    smallest = max((least / inner)[passed == 0].max(), (least / outer)[passed == 1].max())
    largest = np.nanmin([(most / inner)[passed == 1].min(), (most / outer)[passed == 2].min(), np.inf])
    return smallest, largest
