"""The quality registers of the demo: one module per disease area, each drawing its own rows and PRO answers."""

from collections.abc import Callable

import numpy as np

from vbs_site.extracts.demo.persons import Persons
from vbs_site.extracts.demo.places import Places
from vbs_site.extracts.demo.registers import (
    diabetes,
    epilepsy,
    hearts,
    knees,
    prostate,
    psychiatry,
    stroke,
)
from vbs_site.extracts.demo.registers.drawn import Drawn

AREAS: dict[str, Callable[[Persons, Places, np.random.Generator], Drawn]] = {
    "knee replacement": knees.draw,
    "stroke": stroke.draw,
    "prostate cancer": prostate.draw,
    "epilepsy": epilepsy.draw,
    "anxiety and depression": psychiatry.draw,
    "heart disease": hearts.draw,
    "diabetes": diabetes.draw,
}
"""What draws an area, by the words that the progress line says. New areas go last: each has its own random numbers."""
