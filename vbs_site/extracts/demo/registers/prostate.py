"""Prostate cancer: a register of biopsies, operations, surveillance and what follows them, and EPIC-26 at surgery.

Denser than life: a country of this size would have a few dozen radical prostatectomies a year, the demo has some
hundreds, so that hospitals can be told apart.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from vbs_site.extracts.demo.persons import SEXES, Persons
from vbs_site.extracts.demo.places import Places, choose_sites
from vbs_site.extracts.demo.pro import FOLLOW_UP_WINDOW, LOW_RESPONSE_REGION
from vbs_site.extracts.demo.registers.drawn import Drawn, Register
from vbs_site.extracts.demo.tables import column
from vbs_site.extracts.demo.timeline import (
    END_DAY,
    SURGERY_FROM,
    Floats,
    Ints,
    as_dates,
    day,
    to_weekday,
    year_of,
)

BIOPSIES = 8_600
BIOPSY_AGES = (48, 58, 68, 76, 82)
BIOPSY_WEIGHTS = (0.0, 0.6, 1.0, 0.6, 0.0)
# Made up: the share of its region's biopsies and of all treatment by hospital code, as weights. Few hospitals treat.
BIOPSIES_AT = {
    "8001": 1.0, "6620": 3.0, "DEMO-VIBORG": 1.0, "4202": 1.5, "6008": 1.5,
    "1301": 3.0, "DEMO-HGH": 3.0, "4001": 0.1, "DEMO-NSR": 1.0,
}  # fmt: skip
TREATED_AT = {
    "8001": 1.0, "6620": 3.0, "DEMO-VIBORG": 0.3, "4202": 1.0,
    "1301": 3.0, "DEMO-HGH": 2.4, "DEMO-NSR": 1.0,
}  # fmt: skip

COURSES = (0.43, 0.36, 0.21)  # after a biopsy: neither of the two, prostatectomy, active surveillance
NEITHER, SURGERY, SURVEILLANCE = range(3)
ADMITTED = 0.042  # after a biopsy in 2021
ADMITTED_LESS_A_YEAR = 0.12  # on the logit scale: fewer infections as the way of taking biopsies changes
COMPLICATION = 0.06  # readmitted with a complication after a prostatectomy
SURVEILLANCE_DAYS = 1_350  # mean time to the end of active surveillance
HOSPITAL_SPREAD = 0.35  # standard deviation of the true differences, on the logit scale

STAGES = ("pT2", "pT3")
PT3 = 0.37
STAGE_MISSING = 0.02
MARGINS = ("positive", "negative")
MARGIN = (0.11, 0.34)  # positive surgical margin in pT2 and pT3
LEARNING_HOSPITAL = "4202"  # many positive margins at first, as few as others from `LEARNED` on
LEARNING = 0.9  # on the logit scale
LEARNED = day("2024-01-01")
MARGIN_MISSING = 0.025
INCOMPLETE_REGION = "region-sjaelland"
INCOMPLETE_MISSING = 0.2

# EPIC-26 domains: mean and standard deviation before surgery, and of the change to a year after it.
DOMAINS = {
    "EPIC26_INCONTINENCE": (91, 11, -15, 17),
    "EPIC26_IRRITATION": (82, 14, 6, 13),
    "EPIC26_BOWEL": (94, 8, -1, 8),
    "EPIC26_SEXUAL": (63, 24, -26, 23),
    "EPIC26_HORMONAL": (89, 12, -2, 12),
}
DOMAIN_SPREAD = 0.17  # true differences between hospitals, in standard deviations of the change
ANSWERED = (0.86, 0.74)  # before surgery and a year after it
LOW_RESPONSE = 0.55  # on both, in the region where few answer
DOMAIN_MISSING = 0.02


def draw(persons: Persons, places: Places, rng: np.random.Generator) -> Drawn:
    """Draw the register `prostate` and the EPIC-26 answers of the men who have a prostatectomy.

    Args:
        persons: The citizens; nothing happens to anyone after death.
        places: Hospitals, each with true differences drawn here.
        rng: Random numbers of this area.
    """
    biopsies = _biopsies(persons, places, rng)
    course = rng.choice(len(COURSES), len(biopsies), p=COURSES)
    operations = _operated(_treated(biopsies[course == SURGERY], "prostatectomy", places, rng), places, rng)
    surveillance = _treated(biopsies[course == SURVEILLANCE], "surveillance", places, rng)
    consequences = _consequences(biopsies, operations, surveillance, places, rng)
    events = _that_happened(pd.concat([biopsies, operations, surveillance, *consequences]), persons)
    return Drawn(
        registers=(_register(events, places),),
        answers=_answers(_that_happened(operations, persons), persons, places, rng),
    )


def _biopsies(persons: Persons, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the first biopsy of some men: `person`, `site`, `day`, `event`."""
    days = to_weekday(rng.integers(SURGERY_FROM, END_DAY, BIOPSIES))
    weight = np.interp(persons.age((SURGERY_FROM + END_DAY) // 2), BIOPSY_AGES, BIOPSY_WEIGHTS)
    weight = weight * (persons.sex == SEXES.index("M")) * (persons.death > SURGERY_FROM)
    person = rng.choice(len(weight), BIOPSIES, replace=False, p=weight / weight.sum())
    site = _sites(persons.region[person], BIOPSIES_AT, places, rng)
    return pd.DataFrame({"person": person, "site": site, "day": days, "event": "biopsy"})


def _sites(region: Ints, weights: dict[str, float], places: Places, rng: np.random.Generator) -> Ints:
    """Choose a hospital code in each of the given regions by weights of our own."""
    size = np.array([weights.get(code, 0.0) for code in places.site_codes])
    return choose_sites(region, replace(places, site_size=size), rng)


def _treated(biopsies: pd.DataFrame, event: str, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Draw where and when treatment begins after a biopsy, in the same region."""
    region = places.site_region[column(biopsies, "site")]
    rows = _later(biopsies, event, rng.integers(28, 110, len(biopsies)))
    return rows.assign(site=_sites(region, TREATED_AT, places, rng), day=to_weekday(column(rows, "day")))


def _operated(rows: pd.DataFrame, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Add `stage` and `margin` as the pathologist found them."""
    count, site, when = len(rows), column(rows, "site"), column(rows, "day")
    stage = (rng.random(count) < PT3).astype(np.int64)
    learning = (site == places.site_codes.index(LEARNING_HOSPITAL)) & (when < LEARNED)
    shift = _of_hospital(site, places, rng) + LEARNING * learning
    negative = (rng.random(count) >= _shifted(np.array(MARGIN)[stage], shift)).astype(np.int64)
    incomplete = places.site_region[site] == places.regions.index(INCOMPLETE_REGION)
    unknown = rng.random(count) < np.where(incomplete, INCOMPLETE_MISSING, MARGIN_MISSING)
    return rows.assign(
        stage=pd.Series(np.array(STAGES)[stage], rows.index).mask(rng.random(count) < STAGE_MISSING),
        margin=pd.Series(np.array(MARGINS)[negative], rows.index).mask(unknown),
    )


def _consequences(
    biopsies: pd.DataFrame,
    operations: pd.DataFrame,
    surveillance: pd.DataFrame,
    places: Places,
    rng: np.random.Generator,
) -> Iterator[pd.DataFrame]:
    """Yield the admissions after biopsies, the readmissions after operations, and the ends of surveillance."""
    trend = -ADMITTED_LESS_A_YEAR * (year_of(column(biopsies, "day")) - 2021)
    chance = _shifted(ADMITTED, trend + _of_hospital(column(biopsies, "site"), places, rng))
    admitted = biopsies[rng.random(len(biopsies)) < chance]
    yield _later(admitted, "admission", rng.gamma(1.4, 6, len(admitted)).astype(np.int64))

    chance = _shifted(COMPLICATION, _of_hospital(column(operations, "site"), places, rng))
    readmitted = operations[rng.random(len(operations)) < chance]
    yield _later(readmitted, "complication", 2 + rng.gamma(1.6, 7, len(readmitted)).astype(np.int64))

    usual = SURVEILLANCE_DAYS * np.exp(_of_hospital(column(surveillance, "site"), places, rng))
    yield _later(surveillance, "surveillance_end", 30 + rng.exponential(usual).astype(np.int64))


def _later(rows: pd.DataFrame, event: str, days: Ints) -> pd.DataFrame:
    """Give what happens to the same men at the same hospital some days after."""
    later = column(rows, "day") + days
    return rows[["person", "site"]].assign(day=later, event=event)


def _of_hospital(site: Ints, places: Places, rng: np.random.Generator) -> Floats:
    """Draw true differences between hospitals and give each row that of its own."""
    return rng.normal(0, HOSPITAL_SPREAD, places.hospitals)[places.site_hospital][site]


def _shifted(share: float | Floats, shift: Floats) -> Floats:
    """Move a share on the logit scale."""
    return 1 / (1 + (1 - share) / share * np.exp(-shift))


def _that_happened(rows: pd.DataFrame, persons: Persons) -> pd.DataFrame:
    """Keep what happened in the time of the demo and before death."""
    when = column(rows, "day")
    return rows[(when < END_DAY) & (when < persons.death[column(rows, "person")])]


def _register(events: pd.DataFrame, places: Places) -> Register:
    """Give the events as the register has them."""
    events = events.sort_values(["day", "person", "event"], kind="stable", ignore_index=True)
    site = column(events, "site")
    rows = pd.DataFrame(
        {
            "registrering_id": np.arange(1, len(events) + 1),
            "person_id": column(events, "person") + 1,
            "enhed_shak": np.array(places.site_codes)[site],
            "dato": as_dates(column(events, "day")),
            "haendelse": events["event"].array,
            "pt_stadium": events["stage"].array,
            "kirurgisk_margin": events["margin"].array,
            "region": places.site_region[site],
            "day": column(events, "day"),
        }
    )
    return Register("prostate", rows, {"registrering_id": "BIGINT", "dato": "DATE"})


def _answers(
    operations: pd.DataFrame, persons: Persons, places: Places, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw EPIC-26 before and about a year after surgery: who answers, answers the whole questionnaire."""
    count = len(operations)
    person, site, operated = (column(operations, name) for name in ("person", "site", "day"))
    region = places.site_region[site]
    few = np.where(region == places.regions.index(LOW_RESPONSE_REGION), LOW_RESPONSE, 1.0)
    before = operated - rng.integers(1, 60, count)
    after = operated + np.clip(rng.normal(366, 16, count), *FOLLOW_UP_WINDOW).astype(np.int64)
    asked = [("baseline", before, ANSWERED[0]), ("follow_up", after, ANSWERED[1])]
    kept = [
        (rng.random(count) < few * share) & (days < END_DAY) & (days < persons.death[person])
        for _, days, share in asked
    ]
    parts = []
    for domain, (mean, spread, change, change_spread) in DOMAINS.items():
        first = np.clip(rng.normal(mean, spread, count), 0, 100)
        differs = rng.normal(0, DOMAIN_SPREAD * change_spread, places.hospitals)[places.site_hospital][site]
        second = np.clip(first + change + differs + rng.normal(0, change_spread, count), 0, 100)
        for (moment, days, _), answered, score in zip(asked, kept, (first, second), strict=True):
            told = np.where(rng.random(count) < DOMAIN_MISSING, np.nan, np.round(score, 1))
            part = pd.DataFrame({"person": person, "region": region, "day": days, "score": told})
            parts.append(part[answered].assign(instrument=domain, moment=moment))
    return pd.concat(parts, ignore_index=True)
