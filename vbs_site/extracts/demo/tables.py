"""The tables that topics hand to each other, and the form in which a register delivers them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from vbs_site.extracts.demo.places import Places
from vbs_site.extracts.demo.timeline import Flags, Floats, Ints

KINDS = ("inpatient", "outpatient", "virtual")
INPATIENT, OUTPATIENT, VIRTUAL = range(3)
MISSING = -1  # a position that stands for no value


@dataclass(frozen=True)
class Tables:
    """What is delivered, while values are still positions and times still counts of days or seconds.

    `contacts`, `procedures` and `pro` have a column `region`: the region of the treating hospital, which delivers.
    """

    contacts: pd.DataFrame
    procedures: pd.DataFrame
    pro: pd.DataFrame
    persons: pd.DataFrame
    population: pd.DataFrame


def contact_rows(
    *,
    person: Ints,
    site: Ints,
    kind: Ints,
    start: Ints,
    end: Ints,
    acute: Flags,
    diagnosis: Ints,
    drg: Floats,
) -> pd.DataFrame:
    """Put contacts in a table.

    Args:
        person: Position among the persons.
        site: Position in `Places.site_codes`.
        kind: Position in `KINDS`.
        start: Seconds since 1970-01-01.
        end: Seconds since 1970-01-01.
        acute: Whether the contact was unplanned.
        diagnosis: Position in `diagnoses.CODES`.
        drg: DRG value in DKK.

    Returns:
        One row per contact, with these columns.
    """
    return pd.DataFrame(
        {
            "person": person,
            "site": site,
            "kind": kind,
            "start": start,
            "end": end,
            "acute": acute,
            "diagnosis": diagnosis,
            "drg": drg,
        }
    )


def with_region(table: pd.DataFrame, site: Ints, places: Places) -> pd.DataFrame:
    """Add the region that delivers each row: the region of the treating hospital's site."""
    return table.assign(region=places.site_region[site])


def column(table: pd.DataFrame, name: str) -> Ints:
    """Give a whole-number column as an array."""
    return table[name].to_numpy(dtype=np.int64)


def names(positions: Ints, values: tuple[str, ...]) -> "pd.Categorical[str]":
    """Turn positions into the values they stand for; `MISSING` becomes a missing value."""
    return pd.Categorical.from_codes(positions, categories=pd.Index(values))
