"""The faults of the demo, all in one place: what real deliveries look like, and no more than that.

None of these is a reason to refuse a delivery. Two more properties of real data are part of the country itself: small
departments (`places.SMALL_DEPARTMENT`) and a region where few patients answer (`pro.LOW_RESPONSE_REGION`).
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from vbs_site.extracts.demo.persons import Persons
from vbs_site.extracts.demo.places import Places
from vbs_site.extracts.demo.pro import BASELINE, BEST_SCORE, FOLLOW_UP, FOLLOW_UP_WINDOW
from vbs_site.extracts.demo.tables import INPATIENT, MISSING, Tables, column
from vbs_site.extracts.demo.timeline import DAY, END_DAY, LAST_QUARTER, NEVER, Flags, Ints

UNKNOWN_HOSPITAL = 0.0004  # of contacts: the code 9999, which no organisation has
MISSING_DIAGNOSIS = 0.006  # of contacts
NEVER_CLOSED = 0.0006  # of contacts: nobody recorded that they ended
MISSING_MUNICIPALITY = 0.003  # of persons
LATE_ANSWER = 0.04  # of follow-up answers: after the window of the catalogue
LATEST_DAYS = 560
MISSING_SCORE = 0.015  # of answers: begun and not completed
SECOND_BASELINE = 0.03  # of baseline answers: answered twice, the second nearer to surgery
LATE_REGION = "region-sjaelland"  # has not delivered the last quarter


def apply_faults(tables: Tables, persons: Persons, places: Places, rng: np.random.Generator) -> Tables:
    """Put the faults into the tables.

    Args:
        tables: The tables as they would be if everything went well.
        persons: The citizens, as nobody answers after death.
        places: The regions; each table is cut where its region's delivery ends.
        rng: Random numbers of this topic.

    Returns:
        The tables as they are delivered. Keys stay unique and dates stay in range.
    """
    answers = missing_scores(second_baselines(late_answers(tables.pro, persons, rng), persons, rng), rng)
    contacts = missing_diagnoses(unknown_hospitals(tables.contacts, rng), rng)
    return replace(
        tables,
        contacts=still_open(delivered(contacts, column(contacts, "start") // DAY, places), places, rng),
        procedures=delivered(tables.procedures, column(tables.procedures, "day"), places),
        pro=delivered(answers, column(answers, "day"), places),
        persons=missing_municipalities(tables.persons, rng),
    )


def complete_until(region: str) -> int:
    """Give the first day that the region's contacts, procedures and answers do not cover."""
    return LAST_QUARTER if region == LATE_REGION else END_DAY


def late_answers(answers: pd.DataFrame, persons: Persons, rng: np.random.Generator) -> pd.DataFrame:
    """Move some follow-up answers past the window; those that would now come too late for the demo are gone."""
    late = _some(answers, LATE_ANSWER, rng) & (column(answers, "moment") == FOLLOW_UP)
    delay = rng.integers(FOLLOW_UP_WINDOW[1] + 1, LATEST_DAYS, len(answers))
    day = np.where(late, column(answers, "operated") + delay, column(answers, "day"))
    arrived = (day < END_DAY) & (day < persons.death[column(answers, "person")])
    return answers.assign(day=day)[arrived]


def second_baselines(answers: pd.DataFrame, persons: Persons, rng: np.random.Generator) -> pd.DataFrame:
    """Let some patients answer before surgery twice, with nearly the same score."""
    space = column(answers, "operated") - column(answers, "day")
    twice = _some(answers, SECOND_BASELINE, rng) & (column(answers, "moment") == BASELINE) & (space > 1)
    again = answers[twice]
    score = np.clip(column(again, "score") + rng.integers(-2, 3, len(again)), 0, BEST_SCORE)
    again = again.assign(
        id=column(answers, "id").max() + np.arange(1, len(again) + 1),
        day=column(again, "day") + rng.integers(1, space[twice]),
        score=pd.array(score, dtype="Int64"),
    )
    alive = (column(again, "day") < END_DAY) & (column(again, "day") < persons.death[column(again, "person")])
    both: pd.DataFrame = pd.concat([answers, again[alive]])
    return both.sort_values(["day", "id"], kind="stable", ignore_index=True)


def missing_scores(answers: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Leave some answers without a score."""
    return answers.assign(score=answers["score"].mask(_some(answers, MISSING_SCORE, rng)))


def unknown_hospitals(contacts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Give some contacts a hospital code that no organisation has; their region still delivers them."""
    return contacts.assign(site=np.where(_some(contacts, UNKNOWN_HOSPITAL, rng), MISSING, contacts["site"]))


def missing_diagnoses(contacts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Leave some contacts without a principal diagnosis."""
    gone = _some(contacts, MISSING_DIAGNOSIS, rng)
    return contacts.assign(diagnosis=np.where(gone, MISSING, contacts["diagnosis"]))


def missing_municipalities(persons: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Leave some persons without a municipality; the population figures, from another register, do count them."""
    return persons.assign(kommunekode=persons["kommunekode"].mask(_some(persons, MISSING_MUNICIPALITY, rng)))


def still_open(contacts: pd.DataFrame, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Remove the end of contacts that go on when the region's delivery was made, and of some that nobody closed.

    A stay that goes on has no DRG value yet: the grouping waits for discharge.
    """
    cut = np.array([complete_until(region) for region in places.regions]) * DAY
    goes_on = column(contacts, "end") >= cut[column(contacts, "region")]
    forgotten = _some(contacts, NEVER_CLOSED, rng) & (column(contacts, "kind") != INPATIENT)
    return contacts.assign(
        end=np.where(goes_on | forgotten, NEVER * DAY, contacts["end"]),
        drg=contacts["drg"].mask(goes_on),
    )


def delivered(table: pd.DataFrame, day: Ints, places: Places) -> pd.DataFrame:
    """Keep the rows from before the end of their region's delivery."""
    cut = np.array([complete_until(region) for region in places.regions])
    return table[day < cut[column(table, "region")]]


def _some(table: pd.DataFrame, share: float, rng: np.random.Generator) -> Flags:
    """Choose this share of the rows at random."""
    return rng.random(len(table)) < share
