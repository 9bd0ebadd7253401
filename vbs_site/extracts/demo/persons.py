"""The citizens of the demo country: birth, death, sex, home, chronic disease; and the population they add up to."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from vbs_site.extracts.demo.places import Places
from vbs_site.extracts.demo.timeline import END_DAY, FIRST_DAY, NEVER, Flags, Floats, Ints, as_dates, day

SEXES = ("K", "M")
AGE_BANDS = ("00-17", "18-39", "40-64", "65-79", "80+")
BAND_STARTS = np.array([18, 40, 65, 80])

CITIZENS_AT_START = 149_000
BIRTHS_A_YEAR = (
    0.0116  # of the citizens at the start: a little more than die, so that the country grows slowly
)
# The shape of the age distribution on the first day, as relative numbers at these ages.
AGE_POINTS = (0, 20, 30, 38, 50, 60, 70, 76, 84, 94, 104)
AGE_WEIGHTS = (1.1, 1.3, 1.3, 1.15, 1.4, 1.25, 1.15, 0.75, 0.36, 0.07, 0.0)
# Gompertz mortality: hazard = level * exp(slope * age), so that about one in a hundred dies in a year.
HAZARD_LEVEL = 1.55e-5
HAZARD_SLOPE = 0.098


@dataclass(frozen=True)
class Persons:
    """One position per citizen; days count from 1970-01-01 and `NEVER` means alive at the end."""

    birth: Ints
    death: Ints
    sex: Ints  # position in SEXES
    municipality: Ints  # position in Places.municipality_codes
    region: Ints  # region of residence, position in Places.regions
    copd: Flags
    diabetes: Flags
    cancer: Flags

    @property
    def chronic(self) -> Flags:
        """Whether the citizen has COPD or diabetes."""
        return self.copd | self.diabetes

    def age(self, days: Ints | int) -> Floats:
        """Give everyone's age in years on one day, or on a day each."""
        return (days - self.birth) / 365.25


def draw_persons(places: Places, rng: np.random.Generator) -> Persons:
    """Draw the citizens alive on the first day and those born later.

    Args:
        places: Where they can live.
        rng: Random numbers of this topic.

    Returns:
        About 165,000 citizens; nobody moves between municipalities.
    """
    ages = np.arange(104)
    weights = np.interp(ages, AGE_POINTS, AGE_WEIGHTS)
    age = rng.choice(ages, CITIZENS_AT_START, p=weights / weights.sum()) + rng.random(CITIZENS_AT_START)
    newborn = int(CITIZENS_AT_START * BIRTHS_A_YEAR * (END_DAY - FIRST_DAY) / 365.25)
    birth = np.concatenate(
        [FIRST_DAY - 1 - (age * 365.25).astype(np.int64), np.sort(rng.integers(FIRST_DAY, END_DAY, newborn))]
    )
    count = len(birth)
    sex = (rng.random(count) < 0.497).astype(np.int64)
    region = rng.choice(len(places.regions), count, p=places.region_share)
    # The sizes of municipalities are made up; only their region matters to a measure.
    town_size = np.exp(rng.normal(0, 0.7, len(places.municipality_codes)))
    municipality = np.zeros(count, dtype=np.int64)
    for at in range(len(places.regions)):
        towns = np.flatnonzero(places.municipality_region == at)
        here = np.flatnonzero(region == at)
        municipality[here] = rng.choice(towns, len(here), p=town_size[towns] / town_size[towns].sum())

    old = np.clip((day("2021-01-01") - birth) / 365.25, 0, 95)
    copd = rng.random(count) < np.interp(old, (35, 50, 75, 95), (0.0, 0.02, 0.12, 0.10))
    diabetes = rng.random(count) < np.interp(old, (5, 30, 70, 95), (0.002, 0.012, 0.15, 0.13))
    cancer = rng.random(count) < np.interp(old, (20, 45, 75, 95), (0.002, 0.02, 0.14, 0.12))
    risk = (1 + 0.7 * copd + 0.3 * diabetes + 1.2 * cancer) * np.where(sex == 1, 1.2, 0.85)
    # The time left to live, given the age on the first day, by inverting the Gompertz survival function.
    age_first = np.maximum(FIRST_DAY - birth, 0) / 365.25
    level = HAZARD_LEVEL * risk * np.exp(HAZARD_SLOPE * age_first)
    left = np.log1p(rng.exponential(1, count) * HAZARD_SLOPE / level) / HAZARD_SLOPE
    death = np.maximum(birth, FIRST_DAY) + 1 + (left * 365.25).astype(np.int64)
    return Persons(
        birth=birth,
        death=np.where(death < END_DAY, death, NEVER),
        sex=sex,
        municipality=municipality,
        region=region,
        copd=copd,
        diabetes=diabetes,
        cancer=cancer,
    )


def count_population(persons: Persons, places: Places) -> pd.DataFrame:
    """Count the living on the first day of each quarter, by region of residence, sex and age band.

    Returns:
        `regionskode`, `kvartal_start`, `koen`, `aldersgruppe`, `antal`; every combination has a row, also when empty.
    """
    quarters = np.arange(np.datetime64("2017-01"), np.datetime64("2026-10"), 3).astype("datetime64[D]")
    born = as_dates(persons.birth)
    born_month = born.astype("datetime64[M]").astype(np.int64)
    first_of_month = born == born_month.astype("datetime64[M]")
    shape = (len(places.regions), len(SEXES), len(AGE_BANDS))
    counts = []
    for quarter in quarters:
        start = int(quarter.astype(np.int64))
        alive = (persons.birth <= start) & (persons.death > start)
        # On the first of a month, a month is complete only for those born on the first.
        months = int(quarter.astype("datetime64[M]").astype(np.int64)) - born_month - ~first_of_month
        band = np.searchsorted(BAND_STARTS, months // 12, side="right")
        cell = np.ravel_multi_index((persons.region[alive], persons.sex[alive], band[alive]), shape)
        counts.append(np.bincount(cell, minlength=int(np.prod(shape))))
    rows = pd.MultiIndex.from_product(
        [quarters.astype("datetime64[s]"), places.region_codes, SEXES, AGE_BANDS],
        names=["kvartal_start", "regionskode", "koen", "aldersgruppe"],
    )
    return pd.DataFrame({"antal": np.concatenate(counts)}, index=rows).reset_index()
