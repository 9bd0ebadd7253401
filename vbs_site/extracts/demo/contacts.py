"""Outpatient and virtual contacts, and the complete table of hospital contacts."""

import numpy as np
import pandas as pd

from vbs_site.extracts.demo.diagnoses import draw_diagnoses
from vbs_site.extracts.demo.need import draw_days
from vbs_site.extracts.demo.persons import Persons
from vbs_site.extracts.demo.places import Places, choose_sites
from vbs_site.extracts.demo.tables import OUTPATIENT, VIRTUAL, column, contact_rows, with_region
from vbs_site.extracts.demo.timeline import DAY, END_DAY, HOUR, Floats, Ints, to_weekday, year_of

CONTACTS = 1_950_000
ACUTE_SHARE = 0.12
SAME_COURSE = 0.18  # contacts followed by another within 24 hours: together they are one course
AWAY = 0.06  # contacts at a hospital in another region
CHRONIC_USE = 1.9
NEED_BY_AGE = ((0, 5, 20, 45, 70, 85, 100), (0.6, 0.6, 0.6, 0.9, 1.8, 2.0, 1.4))

# The share of virtual contacts over time, before true differences between hospitals.
VIRTUAL_YEARS = (2017.0, 2020.1, 2020.4, 2021.3, 2021.7, 2026.75)
VIRTUAL_SHARES = (0.060, 0.085, 0.160, 0.155, 0.125, 0.215)  # the pandemic shows
HOSPITAL_SPREAD = 0.28  # standard deviation of the true differences, on the logit scale


def draw_contacts(
    persons: Persons, places: Places, stays: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw the contacts that are not stays, and put all contacts in the order in which they began.

    Args:
        persons: The citizens.
        places: Hospitals, each with a true difference in the use of virtual contacts.
        stays: The inpatient stays.
        rng: Random numbers of this topic.

    Returns:
        Columns of `tables.contact_rows`, after `id` (from 1), and `region`.
    """
    taste = rng.normal(0, HOSPITAL_SPREAD, places.hospitals)[places.site_hospital]
    home = choose_sites(persons.region, places, rng)
    first = _first_contacts(persons, places, home, taste, rng)
    follow = first[rng.random(len(first)) < SAME_COURSE]
    follow_start = column(follow, "end") + rng.integers(HOUR, 20 * HOUR, len(follow))
    second = _visits(
        person=column(follow, "person"),
        site=column(follow, "site"),
        start=follow_start,
        acute_share=0.0,
        taste=taste,
        persons=persons,
        rng=rng,
    )
    visits = pd.concat([first, second])
    start, death = column(visits, "start"), persons.death[column(visits, "person")]
    contacts = pd.concat([visits[(start < END_DAY * DAY) & (start // DAY < death)], stays])
    contacts = contacts.sort_values(["start", "person", "kind", "end"], kind="stable", ignore_index=True)
    contacts.insert(0, "id", np.arange(1, len(contacts) + 1))
    return with_region(contacts, column(contacts, "site"), places)


def _first_contacts(
    persons: Persons, places: Places, home: Ints, taste: Floats, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw contacts over each citizen's life in the demo: need follows age and disease, and differs between people."""
    factor = np.where(persons.chronic, CHRONIC_USE, 1.0) * np.where(persons.cancer, 2.0, 1.0)
    factor = factor * rng.gamma(1.1, 1 / 1.1, len(factor))
    person, when = draw_days(persons, by_age=NEED_BY_AGE, factor=factor, total=CONTACTS, rng=rng)
    count = len(person)
    start = to_weekday(when) * DAY + rng.integers(8 * HOUR, 16 * HOUR, count)
    away = rng.random(count) < AWAY
    site = home[person]
    site[away] = choose_sites(rng.permutation(persons.region[person[away]]), places, rng)
    # A citizen also meets other hospitals of the region.
    other = ~away & (rng.random(count) < 0.15)
    site[other] = choose_sites(persons.region[person[other]], places, rng)
    return _visits(
        person=person, site=site, start=start, acute_share=ACUTE_SHARE, taste=taste, persons=persons, rng=rng
    )


def _visits(
    *,
    person: Ints,
    site: Ints,
    start: Ints,
    acute_share: float,
    taste: Floats,
    persons: Persons,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Complete contacts with kind, length, diagnosis and DRG value."""
    count = len(person)
    share = np.interp(year_of(start // DAY), VIRTUAL_YEARS, VIRTUAL_SHARES)
    share = 1 / (1 + (1 - share) / share * np.exp(-taste[site]))
    virtual = rng.random(count) < share
    acute = ~virtual & (rng.random(count) < acute_share)
    # An acute contact comes at any hour.
    start = np.where(acute, start // DAY * DAY + rng.integers(0, DAY, count), start)
    length = np.where(virtual, rng.integers(8 * 60, 40 * 60, count), rng.integers(20 * 60, 150 * 60, count))
    drg = np.where(virtual, rng.lognormal(np.log(480), 0.3, count), rng.lognormal(np.log(2_300), 0.55, count))
    kind = np.where(virtual, VIRTUAL, OUTPATIENT)
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
