"""Inpatient stays: chance admissions, hip surgery, the last stay before death, acute readmissions and transfers."""

import numpy as np
import pandas as pd

from vbs_site.extracts.demo.diagnoses import draw_diagnoses, draw_hip_arthrosis
from vbs_site.extracts.demo.need import draw_days
from vbs_site.extracts.demo.persons import Persons
from vbs_site.extracts.demo.places import Places, choose_sites
from vbs_site.extracts.demo.surgery import primary_hips
from vbs_site.extracts.demo.tables import INPATIENT, column, contact_rows
from vbs_site.extracts.demo.timeline import (
    DAY,
    END_DAY,
    FIRST_DAY,
    HOUR,
    Flags,
    Floats,
    Ints,
    to_weekday,
    year_of,
)

CHANCE_STAYS = 140_000
NEED_BY_AGE = ((0, 3, 15, 40, 65, 85, 100), (0.5, 0.5, 0.3, 0.6, 1.2, 3.0, 3.2))
CHRONIC_USE = 2.0
ACUTE_SHARE = 0.66
DIES_IN_HOSPITAL = 0.4
TRANSFERRED = 0.035

# Acute readmission within 30 days after a stay of average age; other stays that happen by chance come on top.
READMITTED_AFTER_ACUTE = 0.118
READMITTED_AFTER_PLANNED = 0.085
HOSPITAL_SPREAD = 0.115  # standard deviation of the log of the true ratio between hospitals
IMPROVING_REGION = "region-midtjylland"
IMPROVEMENT_A_YEAR = 0.05  # from 2021 on, relative
READMISSION_WAVES = 3  # a readmission can itself be followed by one


def draw_stays(
    persons: Persons, places: Places, operations: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw all inpatient stays.

    Args:
        persons: The citizens.
        places: Hospitals, each with a true readmission ratio drawn here.
        operations: Operations; each primary hip replacement gets its stay.
        rng: Random numbers of this topic.

    Returns:
        Columns of `tables.contact_rows`. Stays of one citizen do not overlap and end at death at the latest.
    """
    ratio = np.exp(rng.normal(0, HOSPITAL_SPREAD, places.hospitals))[places.site_hospital]
    wave = pd.concat(
        [
            _chance(persons, places, rng),
            _last(persons, places, rng),
            _hip_surgery(persons, places, operations, rng),
        ]
    )
    stays = [wave]
    for _ in range(READMISSION_WAVES):
        wave = _readmissions(wave, ratio, persons, places, rng)
        stays.append(wave)
    stays.append(_transfers(pd.concat(stays), persons, places, rng))
    return _possible(pd.concat(stays), persons)


def _length(count: int, rng: np.random.Generator) -> Ints:
    """Draw lengths of stay in seconds: half are shorter than two and a half days."""
    return np.clip(rng.lognormal(np.log(2.4 * DAY), 0.9, count), 5 * HOUR, 75 * DAY).astype(np.int64)


def _stays(
    *, person: Ints, site: Ints, start: Ints, acute: Flags, persons: Persons, rng: np.random.Generator
) -> pd.DataFrame:
    """Complete stays with length, diagnosis and a DRG value that grows with the length."""
    length = _length(len(person), rng)
    drg = 21_000 * (length / DAY) ** 0.45 * rng.lognormal(0, 0.55, len(person))
    kind = np.full(len(person), INPATIENT)
    return contact_rows(
        person=person,
        site=site,
        kind=kind,
        start=start,
        end=start + length,
        acute=acute,
        diagnosis=draw_diagnoses(person, persons, rng),
        drg=drg,
    )


def _chance(persons: Persons, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Draw admissions that follow age and disease."""
    factor = np.where(persons.chronic, CHRONIC_USE, 1.0)
    factor = factor * rng.gamma(1.2, 1 / 1.2, len(factor))
    person, days = draw_days(persons, by_age=NEED_BY_AGE, factor=factor, total=CHANCE_STAYS, rng=rng)
    acute = rng.random(len(person)) < ACUTE_SHARE
    hour = np.where(acute, rng.integers(0, 24, len(person)), rng.integers(7, 12, len(person)))
    start = np.where(acute, days, to_weekday(days)) * DAY + hour * HOUR + rng.integers(0, HOUR, len(person))
    away = np.where(
        rng.random(len(person)) < 0.05, rng.permutation(persons.region[person]), persons.region[person]
    )
    site = choose_sites(away, places, rng)
    return _stays(person=person, site=site, start=start, acute=acute, persons=persons, rng=rng)


def _last(persons: Persons, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the stays in which a citizen dies; `_possible` ends them on the day of death."""
    died = np.flatnonzero((persons.death < END_DAY) & (rng.random(len(persons.death)) < DIES_IN_HOSPITAL))
    start = np.maximum(persons.death[died] * DAY - _length(len(died), rng), persons.birth[died] * DAY)
    acute = np.ones(len(died), dtype=np.bool_)
    site = choose_sites(persons.region[died], places, rng)
    stays = _stays(person=died, site=site, start=start, acute=acute, persons=persons, rng=rng)
    stays["end"] = persons.death[died] * DAY + rng.integers(0, DAY, len(died))
    return stays


def _hip_surgery(
    persons: Persons, places: Places, operations: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Give each primary hip replacement its planned stay; in day surgery the patient goes home in the evening."""
    hips = primary_hips(operations)
    person, department = column(hips, "person"), column(hips, "department")
    start = column(hips, "day") * DAY + 7 * HOUR + rng.integers(0, 2 * HOUR, len(hips))
    planned = np.zeros(len(hips), dtype=np.bool_)
    site = places.department_site[department]
    stays = _stays(person=person, site=site, start=start, acute=planned, persons=persons, rng=rng)
    day_surgery = np.array([name.endswith("-dagkirurgi") for name in places.department_ids])[department]
    nights = np.where(day_surgery, 0, rng.integers(1, 4, len(hips)))
    stays["end"] = start + nights * DAY + rng.integers(5 * HOUR, 8 * HOUR, len(hips))
    stays["diagnosis"] = draw_hip_arthrosis(len(hips), rng)
    stays["drg"] = rng.lognormal(np.log(58_000), 0.15, len(hips))
    return stays


def _readmissions(
    stays: pd.DataFrame, ratio: Floats, persons: Persons, places: Places, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw the acute readmissions after these stays: most come soon, nearly all to the same hospital."""
    person, site, end = column(stays, "person"), column(stays, "site"), column(stays, "end")
    acute = stays["acute"].to_numpy(dtype=np.bool_)
    age = (end // DAY - persons.birth[person]) / 365.25
    risk = np.where(acute, READMITTED_AFTER_ACUTE, READMITTED_AFTER_PLANNED) * ratio[site]
    risk = (
        risk
        * np.interp(age, (0, 20, 65, 90), (0.8, 0.7, 1.0, 1.4))
        * np.where(persons.chronic[person], 1.25, 1.0)
    )
    improving = places.site_region[site] == places.regions.index(IMPROVING_REGION)
    improvement = IMPROVEMENT_A_YEAR * np.maximum(year_of(end // DAY) - 2021, 0)
    risk = np.where(improving, risk * 1.12 * (1 - improvement), risk)
    again = rng.random(len(stays)) < np.minimum(risk, 0.5)
    person, site, end = person[again], site[again], end[again]
    # Days at home: exponential with mean 10, cut at 29.
    gap = -10 * np.log1p(-rng.random(len(person)) * (1 - np.exp(-29 / 10)))
    start = end + 6 * HOUR + (gap * DAY).astype(np.int64)
    other = rng.random(len(person)) < 0.07
    site = np.where(other, choose_sites(persons.region[person], places, rng), site)
    acute = np.ones(len(person), dtype=np.bool_)
    return _stays(person=person, site=site, start=start, acute=acute, persons=persons, rng=rng)


def _transfers(
    stays: pd.DataFrame, persons: Persons, places: Places, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw stays that go on in another hospital within three hours, which is no readmission."""
    moved = stays[rng.random(len(stays)) < TRANSFERRED]
    person = column(moved, "person")
    start = column(moved, "end") + rng.integers(HOUR // 2, 3 * HOUR, len(moved))
    site = choose_sites(places.site_region[column(moved, "site")], places, rng)
    acute = moved["acute"].to_numpy(dtype=np.bool_)
    rows = _stays(person=person, site=site, start=start, acute=acute, persons=persons, rng=rng)
    elsewhere: Flags = site != column(moved, "site")
    return rows.loc[elsewhere]


def _possible(stays: pd.DataFrame, persons: Persons) -> pd.DataFrame:
    """Keep stays within the demo and the citizen's life, and drop a stay that begins before the last one ended."""
    person, start = column(stays, "person"), column(stays, "start")
    death = persons.death[person]
    stays = stays.assign(
        end=np.where(column(stays, "end") // DAY > death, death * DAY + DAY // 2, column(stays, "end"))
    )
    in_time = (start >= FIRST_DAY * DAY) & (start < END_DAY * DAY) & (start // DAY < death)
    stays = stays[in_time].sort_values(["person", "start", "end"], kind="stable", ignore_index=True)
    before = stays.groupby("person")["end"].cummax().groupby(stays["person"]).shift(fill_value=0)
    return stays.loc[(stays["start"] > before).to_numpy()]
