"""Operations: primary hip replacements by department, and the other work of the same departments."""

import numpy as np
import pandas as pd

from vbs_site.extracts.demo.persons import Persons
from vbs_site.extracts.demo.places import Places
from vbs_site.extracts.demo.tables import column, with_region
from vbs_site.extracts.demo.timeline import END_DAY, FIRST_DAY, SURGERY_FROM, Ints, to_weekday

# SKS: KNFB is primary hip replacement (20 uncemented, 30 hybrid, 40 cemented); KNFC revision; KNGB knee; KNFJ fracture.
PRIMARY_HIP = ("KNFB20", "KNFB30", "KNFB40")
OTHER = ("KNFC20", "KNFC40", "KNFJ50", "KNFJ70", "KNGB20", "KNGB40", "KNGA11", "KNBJ60")
CODES = PRIMARY_HIP + OTHER
OTHER_SHARE = (0.05, 0.04, 0.16, 0.12, 0.20, 0.13, 0.20, 0.10)
OTHER_PER_HIP = 0.9
QUARTER = 365.25 / 4
TREATED_ELSEWHERE = 0.04  # of hip patients, in another region than where they live
# How likely a citizen of this age is to get a new hip, as relative numbers.
HIP_AGES = (40, 55, 70, 80, 93)
HIP_WEIGHTS = (0.0, 0.35, 1.0, 0.8, 0.0)


def draw_surgery(persons: Persons, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Draw all operations, sorted by date.

    Args:
        persons: The citizens.
        places: Departments and how many hip replacements they do a quarter.
        rng: Random numbers of this topic.

    Returns:
        `id` (from 1), `person`, `department`, `code` (positions), `day` and `region`. A citizen gets one primary hip at most.
    """
    operations = pd.concat([_hips(persons, places, rng), _others(persons, places, rng)])
    operations = operations.sort_values(["day", "person", "code"], kind="stable", ignore_index=True)
    operations.insert(0, "id", np.arange(1, len(operations) + 1))
    return with_region(operations, places.department_site[column(operations, "department")], places)


def _days(per_quarter: float, first: int, rng: np.random.Generator) -> Ints:
    """Draw operation days of one department, with few operations in July."""
    count = rng.poisson(per_quarter * (END_DAY - first) / QUARTER * 1.04)
    days = to_weekday(rng.integers(first, END_DAY, count))
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    kept: Ints = days[((month != 6) | (rng.random(count) < 0.55)) & (days < END_DAY)]
    return kept


def _hips(persons: Persons, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the primary hip replacements."""
    per_department = [_days(hips, SURGERY_FROM, rng) for hips in places.department_hips]
    days = np.concatenate(per_department)
    department = np.repeat(np.arange(len(per_department)), [len(some) for some in per_department])
    region = places.site_region[places.department_site[department]]
    person = np.zeros(len(days), dtype=np.int64)
    weight = np.interp(persons.age(SURGERY_FROM + 1000), HIP_AGES, HIP_WEIGHTS) * (
        persons.death > SURGERY_FROM
    )
    for at in range(len(places.regions)):
        here = np.flatnonzero((persons.region == at) & (weight > 0))
        asked = np.flatnonzero(region == at)
        chosen = rng.choice(here, len(asked), replace=False, p=weight[here] / weight[here].sum())
        person[asked] = rng.permutation(chosen)
    # Some patients are treated outside their region: they change places among themselves.
    elsewhere = np.flatnonzero(rng.random(len(days)) < TREATED_ELSEWHERE)
    person[elsewhere] = rng.permutation(person[elsewhere])
    code = rng.choice(len(PRIMARY_HIP), len(days), p=(0.5, 0.3, 0.2))
    table = pd.DataFrame({"person": person, "department": department, "code": code, "day": days})
    return table[persons.death[person] > days]


def _others(persons: Persons, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the operations that are not primary hip replacements, from the first day of the demo."""
    per_department = [_days(hips * OTHER_PER_HIP, FIRST_DAY, rng) for hips in places.department_hips]
    days = np.concatenate(per_department)
    department = np.repeat(np.arange(len(per_department)), [len(some) for some in per_department])
    region = places.site_region[places.department_site[department]]
    person = np.zeros(len(days), dtype=np.int64)
    for at in range(len(places.regions)):
        here = np.flatnonzero((persons.region == at) & (persons.birth < FIRST_DAY))
        asked = np.flatnonzero(region == at)
        person[asked] = rng.choice(here, len(asked))
    code = len(PRIMARY_HIP) + rng.choice(len(OTHER), len(days), p=OTHER_SHARE)
    table = pd.DataFrame({"person": person, "department": department, "code": code, "day": days})
    return table[persons.death[person] > days]


def primary_hips(operations: pd.DataFrame) -> pd.DataFrame:
    """Keep the primary hip replacements, which need no other mark than their code."""
    return operations[column(operations, "code") < len(PRIMARY_HIP)]
