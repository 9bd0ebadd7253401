"""Which principal diagnosis a contact gets: chronic disease and cancer follow the citizen, the rest is common."""

import numpy as np

from vbs_site.extracts.demo.persons import Persons
from vbs_site.extracts.demo.timeline import Ints

# SKS diagnosis codes are ICD-10 codes with a D in front.
COPD = ("DJ440", "DJ441", "DJ448", "DJ449")
DIABETES = ("DE100", "DE109", "DE110", "DE114", "DE119")
CANCER = ("DC189", "DC209", "DC341", "DC439", "DC509", "DC619", "DC679")
HIP_ARTHROSIS = ("DM160", "DM161", "DM169")
COMMON = (
    "DA099", "DA419", "DB349", "DD509", "DE039", "DE869", "DG409", "DG473", "DH259", "DH353", "DH919", "DI109",
    "DI209", "DI219", "DI489", "DI509", "DI639", "DI839", "DJ069", "DJ159", "DJ189", "DJ459", "DK219", "DK297",
    "DK359", "DK409", "DK509", "DK590", "DK802", "DL209", "DL409", "DM069", "DM179", "DM199", "DM545", "DM751",
    "DN179", "DN201", "DN390", "DN409", "DN920", "DO800", "DR074", "DR104", "DR429", "DR559", "DS060", "DS420",
    "DS525", "DS720", "DS826", "DT814", "DZ018", "DZ038", "DZ092", "DZ321", "DZ480", "DZ509",
)  # fmt: skip
CODES = COMMON + COPD + DIABETES + CANCER + HIP_ARTHROSIS


def _one_of(group: tuple[str, ...], count: int, rng: np.random.Generator) -> Ints:
    """Draw positions in `CODES` from one group, the first codes of the group a little more often."""
    weight = 1 / np.arange(2, len(group) + 2) ** 0.7
    return CODES.index(group[0]) + rng.choice(len(group), count, p=weight / weight.sum())


def draw_diagnoses(person: Ints, persons: Persons, rng: np.random.Generator) -> Ints:
    """Draw a principal diagnosis for each contact.

    Args:
        person: Whose contact it is, as positions among the persons.
        persons: The citizens and their diseases.
        rng: Random numbers of the calling topic.

    Returns:
        Positions in `CODES`.
    """
    count = len(person)
    chance = rng.random((3, count))
    drawn = _one_of(COMMON, count, rng)
    for group, ill, share, luck in (
        (DIABETES, persons.diabetes, 0.25, chance[0]),
        (COPD, persons.copd, 0.28, chance[1]),
        (CANCER, persons.cancer, 0.40, chance[2]),
    ):
        drawn = np.where(ill[person] & (luck < share), _one_of(group, count, rng), drawn)
    return drawn


def draw_hip_arthrosis(count: int, rng: np.random.Generator) -> Ints:
    """Draw the diagnosis behind a primary hip replacement, as positions in `CODES`."""
    return _one_of(HIP_ARTHROSIS, count, rng)
