"""A synthetic country that delivers extracts, so that everyone can build the site without patient data.

The demo has true differences between hospitals, true change over time and the faults that real deliveries have.
All of it is drawn by code from one seed: the same code gives the same bytes. Nobody in it exists, and a good or a bad
figure says nothing about the real hospital whose name it carries.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from vbs_site.extracts.demo.contacts import draw_contacts
from vbs_site.extracts.demo.faults import apply_faults
from vbs_site.extracts.demo.persons import count_population, draw_persons
from vbs_site.extracts.demo.places import read_places
from vbs_site.extracts.demo.pro import draw_answers
from vbs_site.extracts.demo.register import persons_of_register
from vbs_site.extracts.demo.registers import AREAS
from vbs_site.extracts.demo.stays import draw_stays
from vbs_site.extracts.demo.surgery import draw_surgery
from vbs_site.extracts.demo.tables import Tables
from vbs_site.extracts.demo.timeline import SEED
from vbs_site.extracts.demo.writing import write_extracts

__all__ = ["generate"]


def _silent(_: str) -> None:
    """Take a progress sentence and say nothing."""


def generate(folder: Path, *, organisations: Path, progress: Callable[[str], None] = _silent) -> None:
    """Write the extracts of the demo country and the record of what was delivered.

    Args:
        folder: The extracts folder. Files of an earlier run are replaced; other files stay.
        organisations: The organisation reference.
        progress: Called with one short sentence before each part of the work.

    Raises:
        KeyError: When the organisation reference lacks a field that the demo needs.
        FaultError: When the organisation reference is not there, or breaks a rule.
    """
    places = read_places(organisations)
    # One stream of random numbers per topic: a change in one topic draws nothing from another's stream.
    topics = np.random.default_rng(SEED).spawn(6 + len(AREAS))
    for_persons, for_surgery, for_pro, for_stays, for_contacts, for_faults, *for_areas = topics

    progress("Drawing the citizens")
    persons = draw_persons(places, for_persons)
    progress("Drawing hip surgery and patient-reported outcomes")
    operations = draw_surgery(persons, places, for_surgery)
    answers = draw_answers(operations, persons, places, for_pro)
    progress("Drawing hospital contacts")
    stays = draw_stays(persons, places, operations, for_stays)
    complete = Tables(
        contacts=draw_contacts(persons, places, stays, for_contacts),
        procedures=operations,
        pro=answers,
        persons=persons_of_register(persons, places),
        population=count_population(persons, places),
    )
    drawn = []
    for (area, draw), rng in zip(AREAS.items(), for_areas, strict=True):
        progress(f"Drawing {area}")
        drawn.append(draw(persons, places, rng))
    progress("Adding the faults of real deliveries")
    delivered = apply_faults(complete, persons, places, for_faults)
    progress("Writing the extracts")
    write_extracts(folder, delivered, drawn, places)
