"""Care for depression and anxiety in psychiatry: outpatient courses, admissions, and what patients answer.

Denser than life: about 800 outpatient courses and 900 admissions a year among 165,000 citizens, some four and six
times as many as one would expect, so that hospitals have figures that can be shown. The register takes in adults.
Hospitals differ truly, one has become much better at planning follow-up, and one region hardly records whether suicide
risk was assessed until its records are sent automatically, as in the real register in 2018.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from vbs_site.extracts.demo.faults import complete_until
from vbs_site.extracts.demo.persons import Persons
from vbs_site.extracts.demo.places import Places, choose_sites
from vbs_site.extracts.demo.registers.drawn import ANSWER_COLUMNS, Drawn, Register
from vbs_site.extracts.demo.tables import column, names, with_region
from vbs_site.extracts.demo.timeline import END_DAY, NEVER, Flags, Floats, Ints, as_dates, day, year_of

FROM = day("2021-01-01")
OUTPATIENTS_A_YEAR = 800
ADMISSIONS_A_YEAR = 900
ADULT = 18
# How likely an adult of this age is to be treated, as relative numbers.
AGES = (18, 25, 45, 65, 85, 100)
AGE_WEIGHTS = (1.4, 1.5, 1.1, 0.7, 0.6, 0.3)
WOMEN = 1.6  # as many for each man

KINDS = ("inpatient", "outpatient")
INPATIENT, OUTPATIENT = range(2)
DEPRESSION = ("DF321", "DF322", "DF329", "DF331", "DF332", "DF339")
ANXIETY = ("DF400", "DF401", "DF410", "DF411", "DF419")
CODES = DEPRESSION + ANXIETY
ANXIOUS = (0.08, 0.38)  # share of admissions and of outpatient courses that are for anxiety

READMITTED = -1.2  # log-odds of a new acute admission within a month of discharge
ASSESSED = 1.7  # log-odds that suicide risk was assessed, among those with a record of it
RECORDED = 0.95  # share with a record of whether it was
RECORDED_BY_HAND = {"region-sjaelland": 0.28, "region-hovedstaden": 0.72}  # the same, before …
AUTOMATIC_FROM = day("2024-01-01")  # … these regions' records are sent automatically
RELATIVES = 1.0  # log-odds of a contact with relatives
PLANNED = 1.5  # log-odds of a planned follow-up …
PLANNED_BEFORE = -0.6  # … and at the hospital that became better, until
BETTER_FROM = day("2024-07-01")
NOT_RECORDED = 0.05
HAMILTON_USED = (
    0.9,
    0.4,
)  # log-odds of a Hamilton score at admission, and at the start of an outpatient course
HAMILTON_AGAIN = 0.72  # share of those who have a score at the end as well
MOST_HAMILTON = 52

ANSWERED = (0.90, 0.80)  # share of outpatients who answer at the start and at the end
LOW_RESPONSE_REGION = "region-nordjylland"
LOW_RESPONSE = 0.72  # on the shares above
NOT_COMPLETED = 0.015  # of answers: begun and without a score


@dataclass(frozen=True)
class _Score:
    """How a questionnaire's score, from 0 to `most`, lies at the start of care and changes: means and deviations."""

    start: tuple[float, float]
    change: tuple[float, float]
    most: int
    step: int = 1


SCORES = {
    "PHQ9": _Score((15.5, 4.6), (-5.6, 5.2), most=27),
    "GAD7": _Score((12.8, 3.9), (-4.1, 4.4), most=21),
    "WHO5": _Score((29, 14), (17, 18), most=100, step=4),
}


def draw(persons: Persons, places: Places, rng: np.random.Generator) -> Drawn:
    """Draw the register and the answers.

    Args:
        persons: The citizens; nobody is treated or answers after death.
        places: The hospitals.
        rng: Random numbers of this area.

    Returns:
        `depression_care`, one row per course, and answers to PHQ-9 (depression), GAD-7 (anxiety) and WHO-5 (both) at the
        start and the end of outpatient courses.
    """
    patients = _patients(persons, rng)
    courses = pd.concat(
        [_outpatients(patients, persons, places, rng), _admissions(patients, persons, places, rng)]
    ).sort_values(["day", "person", "kind"], kind="stable", ignore_index=True)
    courses = with_region(courses, column(courses, "site"), places)
    register = Register(
        "depression_care",
        _as_delivered(courses, places, rng),
        {
            "forloeb_id": "BIGINT",
            "dato_slut": "DATE",
            "hamd17_start": "BIGINT",
            "hamd17_slut": "BIGINT",
            **dict.fromkeys(RECORDS, "BOOLEAN"),
        },
    )
    return Drawn((register,), _answers(courses, persons, places, rng))


RECORDS = ("selvmordsrisiko_start", "selvmordsrisiko_slut", "paaroerendekontakt", "opfoelgning_planlagt")


def _patients(persons: Persons, rng: np.random.Generator) -> Ints:
    """Choose the patients of all courses, each once: first the outpatients, then the admitted, in random order."""
    age = persons.age(FROM)
    weight = np.interp(age, AGES, AGE_WEIGHTS) * np.where(persons.sex == 0, WOMEN, 1)
    weight = np.where((age >= ADULT) & (persons.death > FROM), weight, 0)
    years = (END_DAY - FROM) / 365.25
    count = int((OUTPATIENTS_A_YEAR + ADMISSIONS_A_YEAR) * years)
    return rng.choice(len(weight), count, replace=False, p=weight / weight.sum())


def _courses(
    person: Ints, kind: int, length: Ints, persons: Persons, places: Places, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw where and when people are treated; those who have died by then are left out.

    Returns:
        `person`, `site`, `kind`, `day` (of start), `end` (after `day`, at death at the latest), `code`, `acute`.
    """
    count = len(person)
    start = rng.integers(FROM, END_DAY, count)
    anxious = rng.random(count) < ANXIOUS[kind]
    code = np.where(
        anxious,
        len(DEPRESSION) + rng.integers(0, len(ANXIETY), count),
        rng.integers(0, len(DEPRESSION), count),
    )
    rows = pd.DataFrame(
        {
            "person": person,
            "site": choose_sites(persons.region[person], places, rng),
            "kind": kind,
            "day": start,
            "end": np.minimum(start + length, persons.death[person]),
            "code": code,
            "acute": (rng.random(count) < 0.7) & (kind == INPATIENT),
        }
    )
    return rows[persons.death[person] > start + 1]


def _outpatients(patients: Ints, persons: Persons, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the outpatient courses, of some months each."""
    share = OUTPATIENTS_A_YEAR / (OUTPATIENTS_A_YEAR + ADMISSIONS_A_YEAR)
    person = patients[: int(len(patients) * share)]
    length = np.clip(rng.gamma(4, 40, len(person)), 40, 370).astype(np.int64)
    return _courses(person, OUTPATIENT, length, persons, places, rng)


def _admissions(patients: Ints, persons: Persons, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the admissions, of some weeks each, and the new ones within a month of discharge."""
    share = OUTPATIENTS_A_YEAR / (OUTPATIENTS_A_YEAR + ADMISSIONS_A_YEAR)
    person = patients[int(len(patients) * share) :]
    length = (2 + rng.gamma(1.6, 12, len(person))).astype(np.int64)
    first = _courses(person, INPATIENT, length, persons, places, rng)
    chance = _share(READMITTED + _spread(0.35, places, rng)[places.site_hospital[column(first, "site")]])
    again = first[rng.random(len(first)) < chance]
    start = column(again, "end") + rng.integers(1, 45, len(again))
    death = persons.death[column(again, "person")]
    again = again.assign(
        day=start,
        end=np.minimum(start + rng.integers(2, 40, len(again)), death),
        acute=rng.random(len(again)) < 0.85,
    )
    return pd.concat([first, again[(start < END_DAY) & (start + 1 < death)]])


def _spread(deviation: float, places: Places, rng: np.random.Generator) -> Floats:
    """Draw a true difference for each hospital."""
    return rng.normal(0, deviation, places.hospitals)


def _share(log_odds: Floats) -> Floats:
    return 1 / (1 + np.exp(-log_odds))


def _as_delivered(courses: pd.DataFrame, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Give the courses in the form of the register; what happens at the end is empty while a course goes on."""
    site, start, end = (column(courses, name) for name in ("site", "day", "end"))
    region, kind, hospital = column(courses, "region"), column(courses, "kind"), places.site_hospital[site]
    cut = np.array([complete_until(each) for each in places.regions])[region]
    goes_on = end >= cut
    depressed = column(courses, "code") < len(DEPRESSION)
    hamilton = _hamilton(kind, hospital, depressed, places, rng)
    better = int(np.argmax(np.bincount(hospital[kind == INPATIENT], minlength=places.hospitals)))
    planned = PLANNED + _spread(0.4, places, rng)[hospital]
    planned = np.where((hospital == better) & (end < BETTER_FROM), PLANNED_BEFORE, planned)
    relatives = RELATIVES + _spread(0.45, places, rng)[hospital] + 0.08 * (year_of(start) - 2021)
    records = {
        RECORDS[0]: _suicide_risk(start, region, hospital, places, rng),
        RECORDS[1]: _suicide_risk(end, region, hospital, places, rng),
        RECORDS[2]: _record(_share(relatives), 1 - NOT_RECORDED, rng),
        RECORDS[3]: _record(_share(planned), 1 - NOT_RECORDED, rng),
    }
    for name in RECORDS[1:]:
        records[name] = records[name].mask(goes_on)
    return pd.DataFrame(
        {
            "forloeb_id": np.arange(1, len(courses) + 1),
            "person_id": column(courses, "person") + 1,
            "enhed_shak": names(site, places.site_codes),
            "forloebstype": names(kind, KINDS),
            "akut": courses["acute"].to_numpy(dtype=np.bool_),
            "aktionsdiagnose": names(column(courses, "code"), CODES),
            "dato_start": as_dates(start),
            "dato_slut": as_dates(np.where(goes_on, NEVER, end)),
            "hamd17_start": hamilton["start"],
            "hamd17_slut": hamilton["end"].mask(goes_on),
            **records,
            "region": region,
            "day": start,
        }
    )


def _record(chance: Floats, recorded: float | Floats, rng: np.random.Generator) -> pd.Series:
    """Draw yes or no by chance, and no value where nothing was recorded."""
    yes = pd.Series(rng.random(len(chance)) < chance, dtype="boolean")
    return yes.mask(rng.random(len(chance)) >= recorded)


def _suicide_risk(
    when: Ints, region: Ints, hospital: Ints, places: Places, rng: np.random.Generator
) -> pd.Series:
    """Draw whether suicide risk was assessed on a day, and whether anyone recorded it."""
    by_hand = np.array([RECORDED_BY_HAND.get(each, RECORDED) for each in places.regions])[region]
    recorded = np.where(when < AUTOMATIC_FROM, by_hand, RECORDED)
    return _record(_share(ASSESSED + _spread(0.5, places, rng)[hospital]), recorded, rng)


def _hamilton(
    kind: Ints, hospital: Ints, depressed: Flags, places: Places, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw the Hamilton scores at the start and at the end, empty where none was taken."""
    count = len(kind)
    start = rng.normal(np.where(kind == INPATIENT, 22, 18), 5)
    end = start - rng.normal(9 + _spread(0.9, places, rng)[hospital], 5.5)
    used = rng.random(count) < _share(np.array(HAMILTON_USED)[kind] + _spread(0.7, places, rng)[hospital])
    used &= depressed
    again = used & (rng.random(count) < HAMILTON_AGAIN)
    scores = {
        name: pd.Series(np.clip(np.round(value), 0, MOST_HAMILTON), dtype="Int64").mask(~taken)
        for name, value, taken in (("start", start, used), ("end", end, again))
    }
    return pd.DataFrame(scores)


def _answers(
    courses: pd.DataFrame, persons: Persons, places: Places, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw the answers of outpatients: the questionnaire of their disease, and WHO-5."""
    visits = courses[column(courses, "kind") == OUTPATIENT]
    depressed = column(visits, "code") < len(DEPRESSION)
    parts = [
        _answers_to("PHQ9", visits[depressed], persons, places, rng),
        _answers_to("GAD7", visits[~depressed], persons, places, rng),
        _answers_to("WHO5", visits, persons, places, rng),
    ]
    return pd.concat(parts).sort_values(["day", "person", "instrument"], kind="stable", ignore_index=True)


def _answers_to(
    instrument: str, visits: pd.DataFrame, persons: Persons, places: Places, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw answers to one questionnaire at the start and at the end of courses."""
    score, count = SCORES[instrument], len(visits)
    person, start, end, region = (column(visits, name) for name in ("person", "day", "end", "region"))
    hospital = places.site_hospital[column(visits, "site")]
    before = rng.normal(*score.start, count)
    after = before + rng.normal(*score.change, count)
    after += score.change[0] * (0.25 * _spread(1, places, rng)[hospital] + 0.03 * (year_of(end) - 2021))
    low = np.where(region == places.regions.index(LOW_RESPONSE_REGION), LOW_RESPONSE, 1)
    parts = []
    for moment, share, value, when in (
        ("start", ANSWERED[0], before, start + rng.integers(-10, 8, count)),
        ("end", ANSWERED[1], after, end + rng.integers(-12, 15, count)),
    ):
        kept = (rng.random(count) < share * low) & (when < END_DAY) & (when < persons.death[person])
        scale = np.clip(np.round(value / score.step) * score.step, 0, score.most)
        answers = pd.DataFrame(
            {
                "person": person,
                "region": region,
                "instrument": instrument,
                "moment": moment,
                "day": when,
                "score": np.where(rng.random(count) < NOT_COMPLETED, np.nan, scale),
            },
            columns=list(ANSWER_COLUMNS),
        )
        parts.append(answers[kept])
    return pd.concat(parts)
