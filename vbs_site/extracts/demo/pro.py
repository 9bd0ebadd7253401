"""Oxford Hip Score before and about 12 months after surgery, as patients would answer it."""

import numpy as np
import pandas as pd

from vbs_site.extracts.demo.persons import Persons
from vbs_site.extracts.demo.places import Places
from vbs_site.extracts.demo.surgery import primary_hips
from vbs_site.extracts.demo.tables import column
from vbs_site.extracts.demo.timeline import END_DAY, SURGERY_FROM, Floats

MOMENTS = ("baseline", "follow_up")
BASELINE, FOLLOW_UP = range(2)
BEST_SCORE = 48
FOLLOW_UP_WINDOW = (305, 425)  # days after surgery, the window of the catalogue

BASELINE_ANSWERED = 0.92
FOLLOW_UP_ANSWERED = 0.85  # before `faults` makes some late or empty
LOW_RESPONSE_REGION = "region-nordjylland"
LOW_RESPONSE_FACTOR = (0.87, 0.71)  # on the two shares above


def draw_answers(
    operations: pd.DataFrame, persons: Persons, places: Places, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw the answers of patients with a primary hip replacement.

    Args:
        operations: All operations.
        persons: The citizens; nobody answers after death.
        places: The departments, each with a true difference in outcome and in how many answer.
        rng: Random numbers of this topic.

    Returns:
        `id` (from 1), `person`, `region` (of the department), `moment`, `day`, `operated` (day of surgery), `score`.
    """
    hips = primary_hips(operations)
    person, department, operated = (column(hips, name) for name in ("person", "department", "day"))
    count = len(hips)
    region = column(hips, "region")
    departments = len(places.department_codes)

    baseline = rng.normal(21, 8, count) + rng.normal(0, 0.8, departments)[department]
    age = (operated - persons.birth[person]) / 365.25
    years = (operated - SURGERY_FROM) / 365.25
    difference = rng.normal(0, 1.7, departments)[department]
    after = (
        41.3
        + difference
        + 0.28 * (baseline - 21)
        - 0.08 * (age - 70)
        + 0.15 * years
        + rng.normal(0, 8, count)
    )

    low = region == places.regions.index(LOW_RESPONSE_REGION)
    habit = rng.normal(0, 0.03, departments)[department]  # some departments are better at asking
    answered_before = rng.random(count) < np.where(low, LOW_RESPONSE_FACTOR[0], 1) * BASELINE_ANSWERED + habit
    answered_after = rng.random(count) < np.where(low, LOW_RESPONSE_FACTOR[1], 1) * FOLLOW_UP_ANSWERED + habit

    before_day = operated - np.clip(rng.gamma(2, 14, count), 0, 88).astype(np.int64)
    after_day = operated + np.clip(rng.normal(366, 18, count), *FOLLOW_UP_WINDOW).astype(np.int64)
    parts = []
    for moment, asked, days, score in (
        (BASELINE, answered_before, before_day, baseline),
        (FOLLOW_UP, answered_after, after_day, after),
    ):
        kept = asked & (days < END_DAY) & (days < persons.death[person])
        part = {"person": person, "region": region, "day": days, "operated": operated, "score": _score(score)}
        parts.append(pd.DataFrame(part)[kept].assign(moment=moment))
    answers = pd.concat(parts).sort_values(["day", "person", "moment"], kind="stable", ignore_index=True)
    answers.insert(0, "id", np.arange(1, len(answers) + 1))
    answers["score"] = answers["score"].astype("Int64")
    return answers


def _score(latent: Floats) -> Floats:
    """Turn how the patient is into a score from 0 to 48: those who are even better meet the ceiling."""
    return np.clip(np.round(latent), 0, BEST_SCORE)
