"""When citizens need a hospital: more with age and disease, very differently from one citizen to the next."""

import numpy as np

from vbs_site.extracts.demo.persons import Persons
from vbs_site.extracts.demo.timeline import END_DAY, FIRST_DAY, Floats, Ints

YEAR = 365


def draw_days(
    persons: Persons,
    *,
    by_age: tuple[tuple[float, ...], tuple[float, ...]],
    factor: Floats,
    total: int,
    rng: np.random.Generator,
) -> tuple[Ints, Ints]:
    """Spread events over the citizens' lives in the demo.

    Args:
        persons: The citizens.
        by_age: Ages, and how often something happens at these ages as relative numbers.
        factor: How much more or less often it happens to each citizen than to others of the same age.
        total: How many events to expect.
        rng: Random numbers of the calling topic.

    Returns:
        Whose event it is, as positions among the persons, and the day it happens.
    """
    starts = np.arange(FIRST_DAY, END_DAY, YEAR)
    # Need is taken year by year, so that a citizen who grows old comes more often.
    lived_from = [np.maximum(persons.birth, start) for start in starts]
    lived = [
        np.maximum(np.minimum(np.minimum(persons.death, END_DAY), start + YEAR) - since, 0)
        for start, since in zip(starts, lived_from, strict=True)
    ]
    need = [
        factor * np.interp(persons.age(int(start) + YEAR // 2), *by_age) * days
        for start, days in zip(starts, lived, strict=True)
    ]
    scale = total / sum(float(year.sum()) for year in need)
    whose, when = [], []
    for expected, since, days in zip(need, lived_from, lived, strict=True):
        person = np.repeat(np.arange(len(expected)), rng.poisson(scale * expected))
        whose.append(person)
        when.append(since[person] + (rng.random(len(person)) * days[person]).astype(np.int64))
    return np.concatenate(whose), np.concatenate(when)
