"""Diabetes: one row per person and year from hospital outpatient clinics, and WHO-5 and PAID at the yearly check.

Most citizens with diabetes are followed by their general practitioner and are not in it.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from vbs_site.extracts.demo.persons import Persons
from vbs_site.extracts.demo.places import Places, choose_sites
from vbs_site.extracts.demo.pro import LOW_RESPONSE_REGION
from vbs_site.extracts.demo.registers.drawn import Drawn, Register
from vbs_site.extracts.demo.tables import column
from vbs_site.extracts.demo.timeline import END_DAY, Flags, Floats, Ints, as_dates, day, to_weekday, year_of

YEARS = range(2022, 2027)
FOLLOWED = 2_900  # at a hospital, at some time
FOLLOWED_AGES = (10, 20, 50, 75, 95)
FOLLOWED_WEIGHTS = (12.0, 6.0, 1.0, 0.6, 0.2)  # nearly all the young, few of the old
SEEN = 0.93  # of those followed, in a year
ADULT = 18

HBA1C = 62.5  # mmol/mol in 2022
HBA1C_BETWEEN = 11.5  # standard deviation between people
HBA1C_WITHIN = 5.0  # from year to year
HBA1C_HOSPITALS = 1.9
HBA1C_A_YEAR = -0.8  # as more people wear a sensor
HBA1C_MISSING = 0.02
INCOMPLETE_REGION = "region-sjaelland"
INCOMPLETE_MISSING = 0.14

MEASURED = 0.94  # blood pressure
KIDNEYS, EYES, FEET = 0.92, 0.89, 0.9  # examined as the guideline says
HOSPITAL_SPREAD = 0.45  # standard deviation of the true differences, on the logit scale
FEET_MISSING = 0.03
LATE_HOSPITAL = "5000"  # sent few to eye examination until it began to invite them itself
LATE = -1.3  # on the logit scale
INVITES_FROM = day("2024-07-01")

HEALTH = ("excellent", "very_good", "good", "fair", "poor")
HEALTH_MISSING = 0.22
ANSWERED = 0.68
LOW_RESPONSE = 0.55  # on that, in the region where few answer


@dataclass(frozen=True)
class _Patients:
    """The people followed at a hospital, one position each.

    Attributes:
        person, site: positions.
        burden: how hard diabetes is on them: 0 on average, 1 a standard deviation worse.
        control: how far their blood sugar lies from the hospital's usual, in mmol/mol.
    """

    person: Ints
    site: Ints
    burden: Floats
    control: Floats


def draw(persons: Persons, places: Places, rng: np.random.Generator) -> Drawn:
    """Draw the register `diabetes_checks` and the answers that adults give before the check.

    Args:
        persons: The citizens and their diabetes; nobody is seen after death.
        places: Hospitals, each with true differences drawn here.
        rng: Random numbers of this area.
    """
    patients = _patients(persons, places, rng)
    checks = _checks(patients, persons, rng)
    return Drawn(
        registers=(_register(checks, patients, places, rng),),
        answers=_answers(checks, patients, places, rng),
    )


def _patients(persons: Persons, places: Places, rng: np.random.Generator) -> _Patients:
    """Draw who is followed at which hospital."""
    weight = np.interp(persons.age(day("2022-01-01")), FOLLOWED_AGES, FOLLOWED_WEIGHTS)
    weight = weight * persons.diabetes * (persons.death > day("2022-01-01"))
    person = rng.choice(len(weight), FOLLOWED, replace=False, p=weight / weight.sum())
    burden = rng.normal(0, 1, FOLLOWED)
    return _Patients(
        person=person,
        site=choose_sites(persons.region[person], places, rng),
        burden=burden,
        control=HBA1C_BETWEEN * (0.3 * burden + np.sqrt(1 - 0.3**2) * rng.gumbel(-0.45, 0.78, FOLLOWED)),
    )


def _checks(patients: _Patients, persons: Persons, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the yearly checks, sorted by day: `patient`, `day` and `age` in whole years.

    People come at about the same time each year, most of them from the first year on.
    """
    count = len(patients.person)
    birth, death = persons.birth[patients.person], persons.death[patients.person]
    usual = rng.integers(15, 345, count)
    first_year = np.where(rng.random(count) < 0.7, YEARS[0], rng.integers(YEARS[0], YEARS[-1] + 1, count))
    parts = []
    for year in YEARS:
        when = to_weekday(day(f"{year}-01-01") + np.clip(usual + rng.integers(-14, 15, count), 1, 360))
        seen = (first_year <= year) & (rng.random(count) < SEEN)
        seen &= (when < END_DAY) & (when < death) & (when > birth + 365)
        age = ((when - birth) / 365.2425).astype(np.int64)
        parts.append(pd.DataFrame({"patient": np.arange(count), "day": when, "age": age})[seen])
    return pd.concat(parts).sort_values(["day", "patient"], kind="stable", ignore_index=True)


def _register(
    checks: pd.DataFrame, patients: _Patients, places: Places, rng: np.random.Generator
) -> Register:
    """Give the checks as the register has them."""
    patient, when = column(checks, "patient"), column(checks, "day")
    site, count = patients.site[patient], len(checks)
    region = places.site_region[site]
    late = LATE * ((site == places.site_codes.index(LATE_HOSPITAL)) & (when < INVITES_FROM))
    kidneys = _at_hospitals(KIDNEYS, site, places, rng)
    eyes = _at_hospitals(EYES, site, places, rng, late)
    feet = _at_hospitals(FEET, site, places, rng)
    pressure = np.clip(rng.normal(131, 14, count), 85, 220).round()
    rows = {
        "kontrol_id": np.arange(1, count + 1),
        "person_id": patients.person[patient] + 1,
        "enhed_shak": np.array(places.site_codes)[site],
        "dato": as_dates(when),
        "alder": column(checks, "age"),
        "hba1c": _hba1c(patients.control[patient], site, when, places, rng),
        "systolisk_blodtryk": np.where(_at_hospitals(MEASURED, site, places, rng), pressure, np.nan),
        "seneste_albuminuriundersoegelse": _latest(kidneys),
        "seneste_oejenundersoegelse": _latest(eyes),
        "seneste_fodundersoegelse": _latest(feet).mask(rng.random(count) < FEET_MISSING),
        "selvvurderet_helbred": _self_rated(patients.burden[patient], rng),
        "region": region,
        "day": when,
    }
    types = dict.fromkeys(("kontrol_id", "alder", "hba1c", "systolisk_blodtryk"), "BIGINT")
    return Register("diabetes_checks", pd.DataFrame(rows), types | {"dato": "DATE"})


def _latest(examined: Flags) -> pd.Series:
    """Say when the latest examination was: as the guideline asks, or not."""
    return pd.Series(np.where(examined, "within_two_years", "longer_ago"))


def _at_hospitals(
    share: float, site: Ints, places: Places, rng: np.random.Generator, shift: Floats | float = 0.0
) -> Flags:
    """Draw whether something was done, this often on average and truly differently from hospital to hospital."""
    differs = rng.normal(0, HOSPITAL_SPREAD, places.hospitals)[places.site_hospital][site] + shift
    return rng.random(len(site)) < 1 / (1 + (1 - share) / share * np.exp(-differs))


def _hba1c(control: Floats, site: Ints, when: Ints, places: Places, rng: np.random.Generator) -> Floats:
    """Draw HbA1c in whole mmol/mol; where nothing was measured there is no value."""
    count = len(site)
    differs = rng.normal(0, HBA1C_HOSPITALS, places.hospitals)[places.site_hospital][site]
    value = (
        HBA1C + differs + control + HBA1C_A_YEAR * (year_of(when) - 2022) + rng.normal(0, HBA1C_WITHIN, count)
    )
    incomplete = places.site_region[site] == places.regions.index(INCOMPLETE_REGION)
    missing = rng.random(count) < np.where(incomplete, INCOMPLETE_MISSING, HBA1C_MISSING)
    return np.where(missing, np.nan, np.clip(value, 34, 160).round())


def _self_rated(burden: Floats, rng: np.random.Generator) -> "pd.Categorical[str]":
    """Draw how people rate their own health; some leave the question out."""
    felt = 0.7 * burden + 0.7 * rng.normal(0, 1, len(burden))
    rated = np.searchsorted((-1.4, -0.5, 0.6, 1.5), felt)
    return pd.Categorical.from_codes(
        np.where(rng.random(len(burden)) < HEALTH_MISSING, -1, rated), categories=pd.Index(HEALTH)
    )


def _answers(
    checks: pd.DataFrame, patients: _Patients, places: Places, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw WHO-5 and PAID, which adults are sent together some weeks before the check."""
    adult = checks[column(checks, "age") >= ADULT]
    patient = column(adult, "patient")
    person, site, count = patients.person[patient], patients.site[patient], len(adult)
    region = places.site_region[site]
    few = np.where(region == places.regions.index(LOW_RESPONSE_REGION), LOW_RESPONSE, 1.0)
    answered = rng.random(count) < ANSWERED * few
    differs = rng.normal(0, 0.22, places.hospitals)[places.site_hospital][site]
    felt = patients.burden[patient] + differs - 0.05 * (year_of(column(adult, "day")) - 2022)
    well = np.clip((63 - 15 * felt + rng.normal(0, 12, count)) / 4, 0, 25).round() * 4
    distress = np.clip((24 + 14 * felt + rng.normal(0, 8, count)) / 1.25, 0, 80).round() * 1.25
    rows = pd.DataFrame(
        {
            "person": person,
            "region": region,
            "day": column(adult, "day") - rng.integers(0, 22, count),
            "moment": "annual",
        }
    )
    both = [
        rows[answered].assign(instrument=name, score=score[answered])
        for name, score in (("WHO5", well), ("PAID", distress))
    ]
    return pd.concat(both, ignore_index=True)
