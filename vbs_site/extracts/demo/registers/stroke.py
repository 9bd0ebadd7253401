"""Acute stroke: admissions, the care given in them, reperfusion treatment and unplanned readmissions.

Denser than life: about 1,000 admissions a year among 165,000 citizens (about three times as many as one would expect),
at three hospitals in each region, so that a year of one hospital can be shown. Hospitals differ truly in most of what is
measured and drift slowly; one of them has become much faster at thrombolysis. Patients whose clot can be treated are
taken to the largest hospital of the region.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from vbs_site.extracts.demo.faults import complete_until
from vbs_site.extracts.demo.persons import Persons
from vbs_site.extracts.demo.places import Places, choose_sites
from vbs_site.extracts.demo.registers.drawn import Drawn, Register
from vbs_site.extracts.demo.tables import MISSING, column, names, with_region
from vbs_site.extracts.demo.timeline import DAY, END_DAY, NEVER, Flags, Floats, Ints, as_dates, as_times, day

FROM = day("2022-01-01")  # the first reported day: nothing looks back in these registers
ADMISSIONS_A_YEAR = 1_000
HOSPITALS_A_REGION = 3
TREATED_ELSEWHERE = 0.04  # of admissions, in another region than where the patient lives
# How likely a citizen of this age is to have a stroke, as relative numbers.
AGES = (18, 40, 60, 75, 90, 100)
AGE_WEIGHTS = (0.0, 0.05, 0.5, 1.5, 2.4, 1.5)

TYPES = ("ischaemic", "haemorrhagic", "tia")
ISCHAEMIC, HAEMORRHAGIC, TIA = range(3)
TYPE_SHARE = (0.72, 0.11, 0.17)
FATAL_TYPE_SHARE = (0.66, 0.34, 0.0)
FATAL = 0.115  # of admissions: dead within 30 days, before hospitals differ
RECURRENT = 0.075  # of survivors: a new stroke or TIA within a year
RHYTHMS = ("other", "atrial_fibrillation")
ATRIAL_FIBRILLATION = 1
FIBRILLATING = 0.27
UNKNOWN_RHYTHM = 0.02
CONTRAINDICATED = 0.06
READMITTED = 0.115

# The care that is followed: what share gets it in time, and how far hospitals lie apart (both as log-odds).
CARE = (
    "stroke_unit",
    "brain_scan",
    "physiotherapist",
    "occupational_therapist",
    "antiplatelet",
    "anticoagulant",
)
STROKE_UNIT, BRAIN_SCAN, PHYSIOTHERAPIST, OCCUPATIONAL_THERAPIST, ANTIPLATELET, ANTICOAGULANT = range(6)
IN_TIME = (1.9, 1.6, 1.8, 1.4, 2.3, 1.9)
APART = (0.6, 0.5, 0.6, 0.7, 0.5, 0.6)
LAST_DAY_IN_TIME = (1, 0, 1, 1, 1, 14)  # days after arrival
LATE_SHARE = 0.7  # of those who do not get it in time: they get it later

METHODS = ("thrombolysis", "thrombectomy", "both")
METHOD_SHARE = (0.68, 0.14, 0.18)
THROMBECTOMY = 1
REPERFUSED = 0.23  # of ischaemic strokes
MEDIAN_MINUTES = 33.0  # from arrival to needle
SLOW_HOSPITAL = 70.0  # the same, at the hospital that has since become faster …
FASTER_FROM = day("2024-01-01")  # … from this day
UNKNOWN_FUNCTION = 0.10
LOW_COMPLETENESS_REGION = "region-sjaelland"  # follows up on function in few patients
LOW_COMPLETENESS = 0.55
UNKNOWN_NIHSS = 0.05
FUNCTION_AFTER = 90  # days
HIGHEST_NIHSS = 42
# A stroke's score on the modified Rankin Scale after three months rises with NIHSS at 24 hours by these bounds.
RANKIN_BOUNDS = (0.5, 2.5, 4.5, 8.0, 14.0)
DEAD = 6


@dataclass(frozen=True)
class _Hospitals:
    """What is true of each hospital: log-odds of care in time, and their drift a year; logarithms of the factor on a risk."""

    care: Floats  # by kind of care and hospital
    drift: Floats  # by kind of care and hospital
    fatal: Floats
    recurrent: Floats
    readmitted: Floats
    reperfused: Floats  # by region
    slowness: Floats  # factor on the minutes to thrombolysis
    slow: int  # the hospital that became faster


def draw(persons: Persons, places: Places, rng: np.random.Generator) -> Drawn:
    """Draw the four registers.

    Args:
        persons: The citizens; a death within 30 days of a stroke is one that the citizen has anyway.
        places: The hospitals.
        rng: Random numbers of this area.

    Returns:
        `stroke` (admissions), `stroke_care` (what was given on which day), `stroke_reperfusion` (thrombolysis and
        thrombectomy, with NIHSS before and after and function after three months) and `stroke_readmissions`.
    """
    hospitals = _draw_hospitals(places, rng)
    admissions = _admissions(persons, places, hospitals, rng)
    registers = (
        _admissions_register(admissions, places),
        _care_register(_care(admissions, persons, places, hospitals, rng), places),
        _reperfusion_register(_reperfusion(admissions, persons, places, hospitals, rng), places),
        _readmissions_register(_readmissions(admissions, persons, places, hospitals, rng), places),
    )
    return Drawn(registers)


def _draw_hospitals(places: Places, rng: np.random.Generator) -> _Hospitals:
    """Draw what is true of each hospital."""
    many, kinds = places.hospitals, len(CARE)
    size = np.bincount(places.site_hospital, places.site_size, minlength=many)
    return _Hospitals(
        care=rng.normal(0, 1, (kinds, many)) * np.array(APART)[:, None],
        drift=rng.normal(0.03, 0.10, (kinds, many)),
        fatal=rng.normal(0, 0.22, many),
        recurrent=rng.normal(0, 0.22, many),
        readmitted=rng.normal(0, 0.28, many),
        reperfused=rng.normal(0, 0.12, len(places.regions)),
        slowness=np.exp(rng.normal(0, 0.16, many)),
        slow=int(np.argmax(size)),
    )


def _admissions(
    persons: Persons, places: Places, hospitals: _Hospitals, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw the admissions, sorted by arrival.

    Returns:
        `id` (from 1), `person`, `site`, `region`, `type` (position), `day`, `arrival` and `discharge` (seconds),
        `rhythm` (position or `MISSING`), `contraindicated`, `reperfused`.
    """
    count = int(rng.poisson(ADMISSIONS_A_YEAR * (END_DAY - FROM) / 365.25))
    home = rng.choice(len(places.regions), count, p=places.region_share)
    elsewhere = rng.random(count) < TREATED_ELSEWHERE
    region = np.where(elsewhere, rng.permutation(home), home)
    site = choose_sites(region, places, rng, largest=HOSPITALS_A_REGION)
    fatal = rng.random(count) < FATAL * np.exp(hospitals.fatal[places.site_hospital[site]])
    person, days = _who_and_when(home, fatal, persons, places, rng)
    kind = np.where(
        fatal, rng.choice(3, count, p=FATAL_TYPE_SHARE), rng.choice(3, count, p=TYPE_SHARE)
    ).astype(np.int64)
    first = pd.DataFrame({"person": person, "site": site, "type": kind, "day": days, "fatal": fatal})
    admissions = pd.concat([first, _recurrences(first, persons, places, hospitals, rng)], ignore_index=True)
    admissions = _reperfused(admissions, places, hospitals, rng)

    many = len(admissions)
    arrival = column(admissions, "day") * DAY + _time_of_day(many, rng)
    stay = (1 + rng.gamma(1.3, 4.0, many)) * np.where(column(admissions, "type") == TIA, 0.3, 1.0)
    discharge = arrival + (stay * DAY).astype(np.int64)
    death = persons.death[column(admissions, "person")]
    # Who dies in hospital is discharged at noon that day, or at the end of the stay if that came first.
    discharge = np.maximum(np.minimum(discharge, death * DAY + DAY // 2), arrival)
    rhythm = (rng.random(many) < FIBRILLATING).astype(np.int64)
    admissions = admissions.assign(
        arrival=arrival,
        discharge=discharge,
        rhythm=np.where(rng.random(many) < UNKNOWN_RHYTHM, MISSING, rhythm),
        contraindicated=rng.random(many) < CONTRAINDICATED,
    )
    return _numbered(with_region(admissions, column(admissions, "site"), places), "arrival")


def _reperfused(
    admissions: pd.DataFrame, places: Places, hospitals: _Hospitals, rng: np.random.Generator
) -> pd.DataFrame:
    """Choose whose clot is treated, as `reperfused`, and let them be admitted to the largest hospital of the region."""
    region = places.site_region[column(admissions, "site")]
    share = REPERFUSED * np.exp(hospitals.reperfused[region])
    chosen = (rng.random(len(region)) < share) & (column(admissions, "type") == ISCHAEMIC)
    centre = choose_sites(region, places, rng, largest=1)
    site = np.where(chosen, centre, column(admissions, "site"))
    return admissions.assign(reperfused=chosen, site=site)


def _who_and_when(
    home: Ints, fatal: Flags, persons: Persons, places: Places, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Choose a citizen and a day for each admission: shortly before death for the fatal ones, any day for the others.

    The others live until the end of the demo, so that nobody else dies within 30 days.
    """
    count = len(home)
    person = np.zeros(count, dtype=np.int64)
    days = rng.integers(FROM, END_DAY - 1, count)
    weight = np.interp(persons.age(FROM + 1000), AGES, AGE_WEIGHTS)
    dies = persons.death < NEVER
    for at in range(len(places.regions)):
        for among, asked in (
            (dies & (persons.death >= FROM + 31), np.flatnonzero((home == at) & fatal)),
            (~dies, np.flatnonzero((home == at) & ~fatal)),
        ):
            here = np.flatnonzero((persons.region == at) & among & (weight > 0))
            person[asked] = rng.choice(here, len(asked), replace=False, p=weight[here] / weight[here].sum())
    until_death = np.minimum(rng.exponential(8.0, count).astype(np.int64), 30)
    return person, np.where(fatal, persons.death[person] - until_death, days)


def _recurrences(
    first: pd.DataFrame, persons: Persons, places: Places, hospitals: _Hospitals, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw a new stroke or TIA within about a year for some of the survivors, at the same hospital."""
    effect = hospitals.recurrent[places.site_hospital[column(first, "site")]]
    again = (rng.random(len(first)) < RECURRENT * np.exp(effect)) & ~first["fatal"].to_numpy(dtype=np.bool_)
    days = column(first, "day") + 5 + np.minimum(rng.exponential(130.0, len(first)), 420).astype(np.int64)
    possible = again & (days < END_DAY) & (days < persons.death[column(first, "person")])
    kind = rng.choice(3, len(first), p=TYPE_SHARE)
    recurrences: pd.DataFrame = first.assign(day=days, type=kind)[possible]
    return recurrences


def _time_of_day(count: int, rng: np.random.Generator) -> Ints:
    """Draw seconds since midnight, whole minutes, most of them in daytime."""
    minutes = np.clip(rng.normal(13.5 * 60, 5.5 * 60, count), 0, 24 * 60 - 1)
    return minutes.astype(np.int64) * 60


def _care(
    admissions: pd.DataFrame,
    persons: Persons,
    places: Places,
    hospitals: _Hospitals,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw the care of each admission, sorted by day: `id`, `person`, `site`, `region`, `care` (position), `day`."""
    count = len(admissions)
    kind = column(admissions, "type")
    fibrillating = column(admissions, "rhythm") == ATRIAL_FIBRILLATION
    hospital = places.site_hospital[column(admissions, "site")]
    years = (column(admissions, "day") - FROM) / 365.25
    treatable = (kind == ISCHAEMIC) & ~admissions["contraindicated"].to_numpy(dtype=np.bool_)
    stroke = kind != TIA
    wanted = (
        stroke,
        stroke,
        stroke,
        stroke,
        treatable & ~fibrillating,
        treatable & fibrillating,
    )
    parts = []
    for care, asked in enumerate(wanted):
        odds = IN_TIME[care] + hospitals.care[care][hospital] + hospitals.drift[care][hospital] * years
        in_time = rng.random(count) < _share(odds)
        late = ~in_time & (rng.random(count) < LATE_SHARE)
        last = LAST_DAY_IN_TIME[care]
        wait = np.where(in_time, np.minimum(rng.exponential(0.6 + last / 3, count), last), 0)
        wait = np.where(late, last + 1 + rng.exponential(2.0, count), wait).astype(np.int64)
        days = column(admissions, "day") + wait
        given = asked & (in_time | late) & (days <= persons.death[column(admissions, "person")])
        parts.append(admissions.assign(care=care, day=days)[given])
    return _numbered(pd.concat(parts), "day")


def _reperfusion(
    admissions: pd.DataFrame,
    persons: Persons,
    places: Places,
    hospitals: _Hospitals,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw the treatments that open the vessel again, with how the patient was before and afterwards.

    Returns:
        `id`, `person`, `site`, `region`, `day`, `start` (seconds), `method` (position), `nihss_before`, `nihss_24h`,
        `mrs` (the last three with missing values).
    """
    treated = admissions[admissions["reperfused"].to_numpy(dtype=np.bool_)].reset_index(drop=True)
    hospital, count = places.site_hospital[column(treated, "site")], len(treated)
    method = rng.choice(len(METHODS), count, p=METHOD_SHARE)
    start = column(treated, "arrival") + 60 * _minutes_to_treatment(treated, method, hospital, hospitals, rng)
    death = persons.death[column(treated, "person")]

    before = np.clip(np.round(rng.gamma(2.0, 4.5, count)) + 1, 0, HIGHEST_NIHSS)
    effect = rng.normal(0, 0.05, places.hospitals)[hospital]
    after = np.clip(np.round(before * (0.55 + effect) + rng.normal(0, 2.2, count)), 0, HIGHEST_NIHSS)
    rankin = np.searchsorted(RANKIN_BOUNDS, after * 0.8 + rng.normal(1.2, 1.8, count)).astype(np.float64)
    measured = column(treated, "day") + FUNCTION_AFTER
    rankin = np.where(death <= measured, DEAD, rankin)
    low = column(treated, "region") == places.regions.index(LOW_COMPLETENESS_REGION)
    unknown = rng.random(count) < np.where(low, LOW_COMPLETENESS, UNKNOWN_FUNCTION)
    not_yet = measured >= _cut(treated, places)
    treated = treated.assign(
        start=start,
        day=start // DAY,
        method=method,
        nihss_before=before.astype(np.int64),
        nihss_24h=pd.Series(after).astype("Int64").mask(rng.random(count) < UNKNOWN_NIHSS),
        mrs=pd.Series(rankin).astype("Int64").mask(unknown | not_yet),
    )
    return _numbered(treated[column(treated, "day") <= death], "start")


def _minutes_to_treatment(
    treated: pd.DataFrame, method: Ints, hospital: Ints, hospitals: _Hospitals, rng: np.random.Generator
) -> Ints:
    """Draw the minutes from arrival to the first treatment; a thrombectomy alone takes longer to prepare."""
    slow = (hospital == hospitals.slow) & (column(treated, "day") < FASTER_FROM)
    median = np.where(slow, SLOW_HOSPITAL, MEDIAN_MINUTES * hospitals.slowness[hospital])
    median = np.where(method == THROMBECTOMY, median + 50, median)
    minutes = median * np.exp(rng.normal(0, 0.5, len(treated)))
    whole: Ints = np.clip(minutes, 8, 480).astype(np.int64)
    return whole


def _readmissions(
    admissions: pd.DataFrame,
    persons: Persons,
    places: Places,
    hospitals: _Hospitals,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw the first unplanned readmission after discharge: `id`, `person`, `site`, `region`, `day`, `start` (seconds)."""
    effect = hospitals.readmitted[places.site_hospital[column(admissions, "site")]]
    again = rng.random(len(admissions)) < READMITTED * np.exp(effect)
    wait = 1 + np.minimum(rng.exponential(11.0, len(admissions)), 60)
    start = column(admissions, "discharge") + (wait * DAY).astype(np.int64)
    days = start // DAY
    possible = again & (days < END_DAY) & (days < persons.death[column(admissions, "person")])
    return _numbered(admissions.assign(start=start, day=days)[possible], "start")


def _admissions_register(admissions: pd.DataFrame, places: Places) -> Register:
    """Give the admissions as the register has them; who is still in hospital has no discharge yet."""
    discharge = column(admissions, "discharge")
    goes_on = discharge >= _cut(admissions, places) * DAY
    rows = _own(admissions, places, "admission_id").assign(
        ankomst=as_times(column(admissions, "arrival")),
        udskrivning=as_times(np.where(goes_on, NEVER * DAY, discharge)),
        type=names(column(admissions, "type"), TYPES),
        hjerterytme=names(column(admissions, "rhythm"), RHYTHMS),
        kontraindikation=admissions["contraindicated"].to_numpy(dtype=np.bool_),
    )
    types = {"admission_id": "BIGINT", "ankomst": "TIMESTAMP", "udskrivning": "TIMESTAMP"}
    return Register("stroke", rows, types | {"kontraindikation": "BOOLEAN"})


def _care_register(care: pd.DataFrame, places: Places) -> Register:
    """Give the care as the register has it."""
    rows = _own(care, places, "care_id").assign(
        ydelse=names(column(care, "care"), CARE), dato=as_dates(column(care, "day"))
    )
    return Register("stroke_care", rows, {"care_id": "BIGINT", "dato": "DATE"})


def _reperfusion_register(treated: pd.DataFrame, places: Places) -> Register:
    """Give the treatments as the register has them."""
    rows = _own(treated, places, "treatment_id").assign(
        behandlingsstart=as_times(column(treated, "start")),
        metode=names(column(treated, "method"), METHODS),
        nihss_foer=treated["nihss_before"].array,
        nihss_24_timer=treated["nihss_24h"].array,
        mrs_3_mdr=treated["mrs"].array,
    )
    numbers = dict.fromkeys(("treatment_id", "nihss_foer", "nihss_24_timer", "mrs_3_mdr"), "BIGINT")
    return Register("stroke_reperfusion", rows, numbers | {"behandlingsstart": "TIMESTAMP"})


def _readmissions_register(readmissions: pd.DataFrame, places: Places) -> Register:
    """Give the readmissions as the register has them."""
    rows = _own(readmissions, places, "readmission_id").assign(
        indlagt=as_times(column(readmissions, "start"))
    )
    return Register("stroke_readmissions", rows, {"readmission_id": "BIGINT", "indlagt": "TIMESTAMP"})


def _own(table: pd.DataFrame, places: Places, key: str) -> pd.DataFrame:
    """Give the columns that all four registers have: key, person and hospital, and the two that are not delivered."""
    return pd.DataFrame(
        {
            key: column(table, "id"),
            "person_id": column(table, "person") + 1,
            "enhed_shak": names(column(table, "site"), places.site_codes),
            "region": column(table, "region"),
            "day": column(table, "day"),
        }
    )


def _cut(table: pd.DataFrame, places: Places) -> Ints:
    """Give the first day that the delivery of each row's region does not cover."""
    cut: Ints = np.array([complete_until(each) for each in places.regions])[column(table, "region")]
    return cut


def _numbered(table: pd.DataFrame, by: str) -> pd.DataFrame:
    """Sort rows by a time, at equal times as they came, and number them from 1 as `id`."""
    ordered: pd.DataFrame = table.sort_values(by, kind="stable", ignore_index=True)
    return ordered.assign(id=np.arange(1, len(ordered) + 1))


def _share(odds: Floats) -> Floats:
    """Turn log-odds into a share."""
    share: Floats = 1 / (1 + np.exp(-odds))
    return share
