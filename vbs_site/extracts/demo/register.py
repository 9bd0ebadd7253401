"""The demo's tables in the form of the registers: their column names, codes and dates."""

import numpy as np
import pandas as pd

from vbs_site.extracts.demo import diagnoses, surgery
from vbs_site.extracts.demo.faults import delivered
from vbs_site.extracts.demo.persons import SEXES, Persons
from vbs_site.extracts.demo.places import Places
from vbs_site.extracts.demo.pro import MOMENTS
from vbs_site.extracts.demo.registers.drawn import no_answers
from vbs_site.extracts.demo.tables import KINDS, MISSING, column, names
from vbs_site.extracts.demo.timeline import as_dates, as_times

UNKNOWN_HOSPITAL_CODE = "9999"


def contacts_of_register(contacts: pd.DataFrame, places: Places) -> pd.DataFrame:
    """Give contacts as the patient register has them, in the same order of rows."""
    site = column(contacts, "site")
    codes = (*places.site_codes, UNKNOWN_HOSPITAL_CODE)
    return pd.DataFrame(
        {
            "dw_ek_kontakt": column(contacts, "id"),
            "person_id": column(contacts, "person") + 1,
            "enhed_shak": names(np.where(site == MISSING, len(codes) - 1, site), codes),
            "kont_starttidspunkt": as_times(column(contacts, "start")),
            "kont_sluttidspunkt": as_times(column(contacts, "end")),
            "contact_kind": names(column(contacts, "kind"), KINDS),
            "akut": contacts["acute"].to_numpy(dtype=np.bool_),
            "aktionsdiagnose": names(column(contacts, "diagnosis"), diagnoses.CODES),
            "drg_vaerdi": contacts["drg"].round(2).to_numpy(),
        }
    )


def procedures_of_register(operations: pd.DataFrame, places: Places) -> pd.DataFrame:
    """Give operations as the patient register has them, in the same order of rows."""
    department = column(operations, "department")
    return pd.DataFrame(
        {
            "procedure_id": column(operations, "id"),
            "person_id": column(operations, "person") + 1,
            "enhed_shak": names(places.department_site[department], places.site_codes),
            "afsnit": names(department, places.department_codes),
            "procedurekode": names(column(operations, "code"), surgery.CODES),
            "dato_start": as_dates(column(operations, "day")),
        }
    )


def answers_of_register(answers: pd.DataFrame) -> pd.DataFrame:
    """Give PRO answers as a region's PRO system has them, in the same order of rows."""
    return pd.DataFrame(
        {
            "answer_id": column(answers, "id"),
            "person_id": column(answers, "person") + 1,
            "instrument": names(np.zeros(len(answers), dtype=np.int64), ("OHS",)),
            "moment": names(column(answers, "moment"), MOMENTS),
            "svardato": as_dates(column(answers, "day")),
            "score": answers["score"].array,
        }
    )


def answers_of_areas(drawn: list[pd.DataFrame], places: Places) -> pd.DataFrame:
    """Give the areas' PRO answers in the same form, with `region`, numbered from 1 in order of day."""
    answers = pd.concat([no_answers(), *drawn]).sort_values(
        ["day", "person", "instrument", "moment"], kind="stable", ignore_index=True
    )
    answers = delivered(answers, answers["day"].to_numpy(dtype=np.int64), places)
    return pd.DataFrame(
        {
            "region": answers["region"].to_numpy(dtype=np.int64),
            "answer_id": np.arange(1, len(answers) + 1),
            "person_id": answers["person"].to_numpy(dtype=np.int64) + 1,
            "instrument": answers["instrument"].to_numpy(dtype=object),
            "moment": answers["moment"].to_numpy(dtype=object),
            "svardato": as_dates(answers["day"].to_numpy(dtype=np.int64)),
            "score": answers["score"].to_numpy(dtype=np.float64),
        }
    )


def persons_of_register(persons: Persons, places: Places) -> pd.DataFrame:
    """Give the citizens as the civil register has them.

    `person_id` counts from 1, so that no id can be taken for a CPR number.
    """
    return pd.DataFrame(
        {
            "person_id": np.arange(1, len(persons.birth) + 1),
            "foedselsdato": as_dates(persons.birth),
            "doedsdato": as_dates(persons.death),
            "koen": names(persons.sex, SEXES),
            "kommunekode": pd.array(places.municipality_codes[persons.municipality], dtype="Int64"),
        }
    )


def municipalities_of_register(places: Places) -> pd.DataFrame:
    """Give each municipality's code and the code of its region."""
    return pd.DataFrame(
        {
            "kommunekode": places.municipality_codes,
            "regionskode": names(places.municipality_region, places.region_codes),
        }
    )
