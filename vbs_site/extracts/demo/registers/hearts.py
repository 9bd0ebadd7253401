"""Heart disease: procedures on the coronary arteries, new heart failure, rehabilitation, and what patients answer.

Several times denser than a country of this size would be, so that hospitals can be told apart. Which hospitals do the
procedures, and how many, is made up. Patients of the procedures and of heart failure go on to rehabilitation.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from vbs_site.extracts.demo.persons import Persons
from vbs_site.extracts.demo.places import Places, choose_sites
from vbs_site.extracts.demo.registers.drawn import Drawn, Register
from vbs_site.extracts.demo.tables import column
from vbs_site.extracts.demo.timeline import END_DAY, NEVER, SURGERY_FROM, Floats, Ints, as_dates, year_of

YEARS = (END_DAY - SURGERY_FROM) / 365.25
# A year, by hospital code: made up.
PROCEDURES_A_YEAR = {
    "8001": 330,
    "6620": 410,
    "6640": 75,
    "4202": 370,
    "1301": 430,
    "DEMO-HGH": 290,
    "DEMO-KOEGE": 60,
}
BYPASS = {"8001": 0.14, "6620": 0.16, "4202": 0.15, "1301": 0.20}  # share of them; no bypass elsewhere
INDICATIONS = {"stable_angina": 0.40, "nstemi": 0.35, "stemi": 0.25}
FATAL = {"stable_angina": 0.009, "nstemi": 0.030, "stemi": 0.060}  # within 30 days, at a middle hospital
FATAL_SPREAD = 0.25
FATAL_FALLS = 0.03  # a year
HEART_AGES = (40, 55, 70, 82, 95)
HEART_WEIGHTS = (0.0, 0.5, 1.0, 0.9, 0.2)
DYING_FROM_AGE = 45
TREATED_ELSEWHERE = 0.05

HEART_FAILURES_A_YEAR = 1_600
REDUCED_FUNCTION = 0.68
# SGLT2 inhibitor in patients with reduced function, as the drug came into use.
SGLT2_YEARS = (2021.0, 2022.0, 2023.0, 2024.5, 2026.8)
SGLT2_SHARES = (0.20, 0.40, 0.62, 0.79, 0.88)
SGLT2_WITHOUT_NEED = 0.25
SGLT2_SPREAD = 0.08
SGLT2_UNKNOWN = 0.03

REFERRED = {"procedure": 0.72, "heart_failure": 0.45}
TAKES_PART = 0.64
TAKES_PART_SPREAD = 0.07
INCOMPLETE_REGION = "region-sjaelland"  # many of its municipalities send nothing
INCOMPLETE_UNKNOWN = 0.35
UNKNOWN = 0.05

LOW_RESPONSE_REGION = "region-nordjylland"
LOW_RESPONSE_FACTOR = 0.75
NO_SCORE = 0.015  # of answers: begun and not completed


@dataclass(frozen=True)
class Moment:
    """When a questionnaire is answered, by how many, and with what score.

    Attributes:
        days: earliest and latest day after the index event.
        answered: share of patients.
        mean: of the score.
    """

    name: str
    days: tuple[int, int]
    answered: float
    mean: float


@dataclass(frozen=True)
class Score:
    """A questionnaire: how scores spread around the moments' means, and the ends of the scale.

    Attributes:
        own: standard deviation between patients, the same at both moments.
        spread: standard deviation of the rest.
        sites: standard deviation of true differences between hospitals at the last moment.
        digits: after the decimal point.
    """

    instrument: str
    own: float
    spread: float
    sites: float
    highest: float
    digits: int
    moments: tuple[Moment, ...]


START, END = (-7, 10), (70, 130)  # days from the start of rehabilitation
REHABILITATION_SCORES = (
    Score(
        "HeartQoL",
        0.45,
        0.30,
        0.10,
        3,
        3,
        (Moment("start", START, 0.87, 1.55), Moment("end", END, 0.76, 2.05)),
    ),
    Score("HADS_A", 3.0, 1.6, 0.6, 21, 0, (Moment("end", END, 0.76, 5.4),)),
    Score("HADS_D", 2.8, 1.5, 0.5, 21, 0, (Moment("end", END, 0.76, 4.3),)),
)
ANGINA_SCORE = Score(
    "SAQ",
    13,
    9,
    2.5,
    100,
    0,
    (Moment("baseline", (-40, 0), 0.87, 58), Moment("follow_up", (320, 410), 0.77, 81)),
)


def draw(persons: Persons, places: Places, rng: np.random.Generator) -> Drawn:
    """Draw the three registers and the answers of their patients, all from 2021 on.

    Args:
        persons: The citizens; deaths soon after a procedure are deaths of citizens.
        places: The hospitals.
        rng: Random numbers of this area.

    Returns:
        Registers `heart_procedures`, `heart_failure` and `rehabilitation`; answers to HeartQoL and HADS around
        rehabilitation, and to the Seattle Angina Questionnaire around procedures for stable angina.
    """
    procedures = _procedures(persons, places, rng)
    failures = _failures(persons, places, rng)
    referrals = _referrals(procedures, failures, persons, places, rng)
    started = referrals[referrals["participated"].fillna(False).to_numpy(dtype=np.bool_)]
    stable = procedures[procedures["indication"] == "stable_angina"]
    answers = [
        _answers(started.assign(day=started["start"]), score, persons, places, rng)
        for score in REHABILITATION_SCORES
    ]
    answers.append(_answers(stable, ANGINA_SCORE, persons, places, rng))
    registers = (
        _procedure_register(procedures, places),
        _failure_register(failures, places),
        _rehabilitation_register(referrals, places),
    )
    return Drawn(registers, pd.concat(answers, ignore_index=True))


def _procedures(persons: Persons, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Draw PCI and bypass operations; who is to die within 30 days is a citizen who does."""
    sites = np.array([places.site_codes.index(code) for code in PROCEDURES_A_YEAR], dtype=np.int64)
    site = np.repeat(sites, rng.poisson(np.array(list(PROCEDURES_A_YEAR.values())) * YEARS))
    day = rng.integers(SURGERY_FROM, END_DAY, len(site))
    indications = list(INDICATIONS)
    which = rng.choice(len(indications), len(site), p=list(INDICATIONS.values()))
    bypass_share = np.array([BYPASS.get(code, 0.0) for code in places.site_codes])
    bypass = rng.random(len(site)) < bypass_share[site]
    quality = np.exp(rng.normal(0, FATAL_SPREAD, len(places.site_codes)))
    risk = np.array(list(FATAL.values()))[which] * quality[site] * (1 - FATAL_FALLS) ** (year_of(day) - 2021)
    # Whoever dies after the last day of the demo is alive in it.
    fatal = (rng.random(len(site)) < risk) & (day < END_DAY - 30)
    region = places.site_region[site]
    person = _patients(region, day, persons, rng)
    for at in np.flatnonzero(fatal):
        person[at] = _dying(int(region[at]), int(day[at]), persons, rng)
    table = pd.DataFrame(
        {
            "person": person,
            "site": site,
            "day": day,
            "procedure": np.where(bypass, "cabg", "pci"),
            "indication": [indications[at] for at in which],
        }
    )
    return _in_order(table)


def _patients(region: Ints, day: Ints, persons: Persons, rng: np.random.Generator) -> Ints:
    """Choose a living citizen for each event, most of them of the region."""
    weight = np.interp(persons.age((SURGERY_FROM + END_DAY) // 2), HEART_AGES, HEART_WEIGHTS)
    patient = np.zeros(len(region), dtype=np.int64)
    home = np.where(rng.random(len(region)) < TREATED_ELSEWHERE, rng.permutation(region), region)
    for at in np.unique(home):
        here = np.flatnonzero((persons.region == at) & (weight > 0))
        asked = np.flatnonzero(home == at)
        share = weight[here] / weight[here].sum()
        while len(asked):
            patient[asked] = rng.choice(here, len(asked), p=share)
            asked = asked[persons.death[patient[asked]] <= day[asked]]
    return patient


def _dying(region: int, day: int, persons: Persons, rng: np.random.Generator) -> int:
    """Choose a citizen of the region who dies within 30 days of a day."""
    soon = (persons.death > day) & (persons.death <= day + 30)
    old = persons.birth < day - DYING_FROM_AGE * 365.25
    chosen = np.flatnonzero(soon & old & (persons.region == region))
    return int(rng.choice(chosen if len(chosen) else np.flatnonzero(soon & old)))


def _failures(persons: Persons, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Draw patients with new heart failure, each once, and whether they got an SGLT2 inhibitor."""
    count = int(rng.poisson(HEART_FAILURES_A_YEAR * YEARS))
    day = rng.integers(SURGERY_FROM, END_DAY, count)
    home = rng.choice(len(places.regions), count, p=places.region_share)
    site = choose_sites(home, places, rng)
    reduced = rng.random(count) < REDUCED_FUNCTION
    share = np.interp(year_of(day), SGLT2_YEARS, SGLT2_SHARES)
    share = share + rng.normal(0, SGLT2_SPREAD, len(places.site_codes))[site]
    given = pd.Series(rng.random(count) < np.where(reduced, share, SGLT2_WITHOUT_NEED), dtype="boolean")
    table = pd.DataFrame(
        {
            "person": _patients(home, day, persons, rng),
            "site": site,
            "day": day,
            "function": np.where(reduced, "reduced", "not_reduced"),
            "sglt2": given.mask(rng.random(count) < SGLT2_UNKNOWN),
        }
    )
    return _in_order(table).drop_duplicates("person", ignore_index=True)


def _referrals(
    procedures: pd.DataFrame,
    failures: pd.DataFrame,
    persons: Persons,
    places: Places,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw referrals to rehabilitation soon after the event, and who took part; some municipalities do not say."""
    parts = [
        events.loc[rng.random(len(events)) < REFERRED[kind], ["person", "site", "day"]]
        for kind, events in (("procedure", procedures), ("heart_failure", failures))
    ]
    table = pd.concat(parts, ignore_index=True).drop_duplicates("person", ignore_index=True)
    table["day"] = column(table, "day") + rng.integers(1, 15, len(table))
    day, person, site = (column(table, name) for name in ("day", "person", "site"))
    table = table[(day < END_DAY) & (day < persons.death[person])]
    day, person, site = (column(table, name) for name in ("day", "person", "site"))
    count = len(table)
    town = rng.normal(0, TAKES_PART_SPREAD, len(places.municipality_codes))[persons.municipality[person]]
    hospital = rng.normal(0, TAKES_PART_SPREAD, len(places.site_codes))[site]
    age = np.clip((day - persons.birth[person]) / 365.25, 40, 95)
    takes_part = rng.random(count) < TAKES_PART + town + hospital - 0.006 * (age - 68)
    incomplete = persons.region[person] == places.regions.index(INCOMPLETE_REGION)
    unknown = rng.random(count) < np.where(incomplete, INCOMPLETE_UNKNOWN, UNKNOWN)
    start = day + rng.integers(10, 50, count)
    takes_part &= start < np.minimum(persons.death[person], END_DAY)
    table = table.assign(
        participated=pd.Series(takes_part, dtype="boolean", index=table.index).mask(unknown),
        start=np.where(takes_part & ~unknown, start, NEVER),
    )
    return _in_order(table)


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Sort by day."""
    return table.sort_values(["day", "person", "site"], kind="stable", ignore_index=True)


def _answers(
    patients: pd.DataFrame, score: Score, persons: Persons, places: Places, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw the answers of patients around their index day."""
    person, site, day = (column(patients, name) for name in ("person", "site", "day"))
    count, region = len(patients), places.site_region[site]
    own = rng.normal(0, score.own, count)
    better = rng.normal(0, score.sites, len(places.site_codes))[site]
    asked = np.where(region == places.regions.index(LOW_RESPONSE_REGION), LOW_RESPONSE_FACTOR, 1.0)
    parts = []
    for moment in score.moments:
        answered = day + rng.integers(moment.days[0], moment.days[1] + 1, count)
        kept = rng.random(count) < moment.answered * asked
        kept &= (answered < END_DAY) & (answered < persons.death[person])
        latent = moment.mean + own + rng.normal(0, score.spread, count)
        latent = latent + (better if moment is score.moments[-1] else 0)
        part = {"person": person, "region": region, "day": answered, "score": _value(latent, score, rng)}
        parts.append(pd.DataFrame(part)[kept].assign(instrument=score.instrument, moment=moment.name))
    return pd.concat(parts, ignore_index=True)


def _value(latent: Floats, score: Score, rng: np.random.Generator) -> Floats:
    """Turn how patients are into scores on the scale; some answers were begun and not completed."""
    value = np.round(np.clip(latent, 0, score.highest), score.digits)
    return np.where(rng.random(len(value)) < NO_SCORE, np.nan, value)


def _delivered(table: pd.DataFrame, places: Places, key: str, day: str) -> pd.DataFrame:
    """Give what the three registers have in common: key, patient, hospital and day, and who delivers when."""
    site = column(table, "site")
    return pd.DataFrame(
        {
            key: np.arange(1, len(table) + 1),
            "person_id": column(table, "person") + 1,
            "enhed_shak": [places.site_codes[at] for at in site],
            day: as_dates(column(table, "day")),
            "region": places.site_region[site],
            "day": column(table, "day"),
        }
    )


def _procedure_register(procedures: pd.DataFrame, places: Places) -> Register:
    """Give the procedures as a register has them."""
    rows = _delivered(procedures, places, "procedure_id", "proceduredato").assign(
        procedure=procedures["procedure"], indikation=procedures["indication"]
    )
    types = {"procedure_id": "BIGINT", "person_id": "BIGINT", "proceduredato": "DATE"}
    return Register("heart_procedures", rows, types)


def _failure_register(failures: pd.DataFrame, places: Places) -> Register:
    """Give the patients with heart failure as a register has them."""
    rows = _delivered(failures, places, "patient_forloeb_id", "foerste_kontakt").assign(
        pumpefunktion=failures["function"], sglt2_haemmer=failures["sglt2"]
    )
    types = {"patient_forloeb_id": "BIGINT", "foerste_kontakt": "DATE", "sglt2_haemmer": "BOOLEAN"}
    return Register("heart_failure", rows, types)


def _rehabilitation_register(referrals: pd.DataFrame, places: Places) -> Register:
    """Give the referrals as a register has them."""
    rows = _delivered(referrals, places, "henvisning_id", "henvisningsdato").assign(
        deltaget=referrals["participated"], startdato=as_dates(column(referrals, "start"))
    )
    types = {
        "henvisning_id": "BIGINT",
        "henvisningsdato": "DATE",
        "deltaget": "BOOLEAN",
        "startdato": "DATE",
    }
    return Register("rehabilitation", rows, types)
