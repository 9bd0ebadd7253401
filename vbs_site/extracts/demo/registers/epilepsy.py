"""Epilepsy: answers to the AmbuFlex questionnaire, with well-being and quality of life as common PRO answers.

Denser than life: about 1,600 people of 165,000 follow the questionnaire over the years, about twice a year each, so that
most of the fourteen hospitals have answers enough. Hospitals differ truly; seizures become a little rarer for those who
have been followed for a while. Few answer in one region, and some fields are left empty.
"""

import numpy as np
import pandas as pd

from vbs_site.extracts.demo.persons import Persons
from vbs_site.extracts.demo.places import Places, choose_sites
from vbs_site.extracts.demo.registers.drawn import Drawn, Register
from vbs_site.extracts.demo.tables import MISSING, column, names
from vbs_site.extracts.demo.timeline import END_DAY, Flags, Floats, Ints, as_dates, day

FROM = day("2021-01-01")
PATIENTS = 1_600
HOSPITALS_A_REGION = 3  # at most; the largest ones
HALF_A_YEAR = 182
LONGEST_COURSE = 12  # answers
STOPS = 0.04  # after each answer
AGES = (15, 18, 30, 60, 85, 95)  # how likely a citizen of this age is to be followed, as relative numbers
AGE_WEIGHTS = (0.0, 1.0, 1.0, 1.0, 0.7, 0.0)

LOW_RESPONSE_REGION = "region-nordjylland"
ANSWERED = (0.93, 0.72)  # of questionnaires: elsewhere, and in the region where few answer
WHO5_ANSWERED = 0.92  # of answers
QOLIE_ANSWERED = 0.90  # of those at the start and of the yearly ones
EMPTY_FIELD = 0.02
MISSING_SCORE = 0.015

SIDE_EFFECTS = ("none", "mild", "moderate", "severe")
BURDEN = ("none", "some", "severe")
# The fields of the questionnaire: how much they burden, on the scale of the patient's overall burden.
FIELDS = {
    "arbejde": 0.1,
    "soevn": 0.2,
    "koncentration": 0.3,
    "hukommelse": 0.4,
    "vaegt": -0.4,
    "spisetrang": -0.5,
    "humoer": 0.1,
}
COLOURS = ("green", "yellow", "red")


def draw(persons: Persons, places: Places, rng: np.random.Generator) -> Drawn:
    """Draw the answers.

    Args:
        persons: The citizens; nobody answers after death.
        places: The hospitals.
        rng: Random numbers of this area.

    Returns:
        The register `epilepsy`, one row per answered questionnaire, and the WHO-5 and QOLIE-31 answered with it.
    """
    answers = _condition(_questionnaires(persons, places, rng), places, rng)
    return Drawn((_register(answers, places, rng),), _scores(answers, rng))


def _questionnaires(persons: Persons, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Draw who answers when, sorted by day.

    Returns:
        `id` (from 1), `person`, `patient` (from 0), `site`, `region` (of the hospital), `number` (0 is the first
        questionnaire of the course) and `day`.
    """
    weight = np.interp(persons.age(FROM + 800), AGES, AGE_WEIGHTS) * (persons.death > FROM)
    person = rng.choice(len(weight), PATIENTS, replace=False, p=weight / weight.sum())
    site = choose_sites(persons.region[person], places, rng, largest=HOSPITALS_A_REGION)
    start = rng.integers(FROM - 2 * HALF_A_YEAR, END_DAY - 30, PATIENTS)
    course = np.minimum(rng.geometric(STOPS, PATIENTS), LONGEST_COURSE)

    patient = np.repeat(np.arange(PATIENTS), LONGEST_COURSE)
    number = np.tile(np.arange(LONGEST_COURSE), PATIENTS)
    late = np.where(number == 0, 0, rng.normal(0, 12, len(number))).astype(np.int64)
    table = pd.DataFrame(
        {
            "person": person[patient],
            "patient": patient,
            "site": site[patient],
            "region": places.site_region[site[patient]],
            "number": number,
            "day": start[patient] + number * HALF_A_YEAR + late,
        }
    )
    low = column(table, "region") == places.regions.index(LOW_RESPONSE_REGION)
    answered = rng.random(len(table)) < np.where(low, ANSWERED[1], ANSWERED[0])
    days = column(table, "day")
    kept = answered & (number < course[patient]) & (days >= FROM) & (days < END_DAY)
    table = table[kept & (days < persons.death[column(table, "person")])]
    table = table.sort_values(["day", "person"], kind="stable", ignore_index=True)
    return table.assign(id=np.arange(1, len(table) + 1))


def _condition(answers: pd.DataFrame, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Add how the patient is at each answer.

    Returns:
        The answers with `seizures` since the last answer, `months` since the last seizure, and three latent figures:
        `burden` (0 is the usual one, higher is worse), `effects` (of medicine, likewise) and `gain` (points of QOLIE-31
        that the course has given so far).
    """
    patient, number = column(answers, "patient"), column(answers, "number")
    hospital = places.site_hospital[column(answers, "site")]
    count = len(answers)
    # Four in ten are free of seizures for long; the others have them at very different rates.
    quiet = rng.random(PATIENTS) < 0.42
    a_half_year = np.where(quiet, 0.03, rng.gamma(0.9, 2.6, PATIENTS))
    better = np.exp(-0.06 * number) * np.exp(rng.normal(0, 0.22, places.hospitals))[hospital]
    seizures = rng.poisson(a_half_year[patient] * better)
    burden = (
        rng.normal(0, 0.7, PATIENTS)[patient]
        + 0.35 * np.log1p(seizures)
        + rng.normal(0, 0.15, places.hospitals)[hospital]
        - 0.02 * number
        + rng.normal(0, 0.35, count)
    )
    effects = (
        rng.normal(0, 0.8, PATIENTS)[patient]
        + rng.normal(0, 0.22, places.hospitals)[hospital]
        + rng.normal(0, 0.4, count)
    )
    gain = np.minimum(number, 4) * rng.normal(2.0, 0.9, places.hospitals)[hospital]
    months = _months_free(answers, seizures, rng)
    return answers.assign(seizures=seizures, months=months, burden=burden, effects=effects, gain=gain)


def _months_free(answers: pd.DataFrame, seizures: Ints, rng: np.random.Generator) -> Ints:
    """Give the whole months since the last seizure: what the earlier answers allow, and before them a guess.

    A seizure since the last answer lies up to five months back. Without one, six months are added to what was said then.
    """
    patient, number = column(answers, "patient"), column(answers, "number")
    recent = rng.integers(0, 6, len(answers))
    before = rng.geometric(0.06, PATIENTS) + 6
    months = np.zeros(len(answers), dtype=np.int64)
    last_month, last_number = before.copy(), np.zeros(PATIENTS, dtype=np.int64)
    for at in range(len(answers)):  # in order of day, so that a patient's earlier answer comes first
        who = patient[at]
        passed = 6 * (number[at] - last_number[who])
        months[at] = recent[at] if seizures[at] else last_month[who] + passed
        last_month[who], last_number[who] = months[at], number[at]
    return months


def _register(answers: pd.DataFrame, places: Places, rng: np.random.Generator) -> Register:
    """Give the answers as AmbuFlex has them, with some fields empty."""
    count = len(answers)
    effects, burden = answers["effects"].to_numpy(), answers["burden"].to_numpy()
    side_effects = np.searchsorted((0.1, 0.9, 1.7), effects)
    fields = {
        name: np.searchsorted((0.4, 1.6), burden + weight + rng.normal(0, 0.5, count))
        for name, weight in FIELDS.items()
    }
    worst = np.max(np.column_stack(list(fields.values())), axis=1)
    seizures = column(answers, "seizures")
    red = (seizures >= 6) | (side_effects == 3) | (burden > 1.6)
    yellow = (seizures >= 1) | (side_effects == 2) | (worst == 2)
    rows = pd.DataFrame(
        {
            "svar_id": column(answers, "id"),
            "person_id": column(answers, "person") + 1,
            "enhed_shak": names(column(answers, "site"), places.site_codes),
            "svardato": as_dates(column(answers, "day")),
            "anfald_siden_sidst": _empty(seizures, rng),
            "mdr_siden_anfald": _empty(column(answers, "months"), rng),
            "bivirkninger": names(_left_out(side_effects, rng), SIDE_EFFECTS),
            **{name: names(_left_out(field, rng), BURDEN) for name, field in fields.items()},
            "farvekode": names(np.where(red, 2, np.where(yellow, 1, 0)), COLOURS),
            "region": column(answers, "region"),
            "day": column(answers, "day"),
        }
    )
    numbers = dict.fromkeys(("svar_id", "anfald_siden_sidst", "mdr_siden_anfald"), "BIGINT")
    return Register("epilepsy", rows, numbers | {"svardato": "DATE"})


def _scores(answers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Give WHO-5 at every answer and QOLIE-31 at the first and at the yearly ones, some of them not completed."""
    number, count = column(answers, "number"), len(answers)
    burden, effects = answers["burden"].to_numpy(), answers["effects"].to_numpy()
    trouble = burden + 0.35 * effects
    answers = answers.assign(moment=np.where(number == 0, "start", "annual"))
    well_being = np.clip(np.round((66 - 11 * trouble + rng.normal(0, 10, count)) / 4) * 4, 0, 100)
    quality = np.clip(68 - 12 * trouble + answers["gain"].to_numpy() + rng.normal(0, 7, count), 0, 100).round(
        1
    )
    yearly = number % 2 == 0
    return pd.concat(
        [
            _answered(answers, "WHO5", well_being, rng.random(count) < WHO5_ANSWERED, rng),
            _answered(answers, "QOLIE31", quality, yearly & (rng.random(count) < QOLIE_ANSWERED), rng),
        ],
        ignore_index=True,
    )


def _answered(
    answers: pd.DataFrame,
    instrument: str,
    score: Floats,
    kept: Flags,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Give one instrument's answers in the form of `Drawn.answers`."""
    table = answers[["person", "region", "day", "moment"]].assign(instrument=instrument, score=score)
    table["score"] = table["score"].mask(rng.random(len(table)) < MISSING_SCORE)
    return table[kept]


def _empty(values: Ints, rng: np.random.Generator) -> "pd.Series[int]":
    """Leave some numbers out."""
    return pd.Series(values).astype("Int64").mask(rng.random(len(values)) < EMPTY_FIELD)


def _left_out(positions: Ints, rng: np.random.Generator) -> Ints:
    """Leave some positions out, as names of categories."""
    return np.where(rng.random(len(positions)) < EMPTY_FIELD, MISSING, positions)
