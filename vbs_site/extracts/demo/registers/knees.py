"""Hip and knee replacement: the registers of the two joints, patients' knee score and quality of life after a new hip.

A country of this size would see some three hundred replacements a year of each joint; the demo has about four times as
many, so that hospitals can be told apart. The register of hips is drawn apart from the hip operations of the patient
register (`surgery`): the two hold different patients, which two real registers would not. Implants go back to 2017, as
some measures follow them for five years.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from vbs_site.extracts.demo.faults import complete_until
from vbs_site.extracts.demo.persons import Persons
from vbs_site.extracts.demo.places import Places
from vbs_site.extracts.demo.registers.drawn import Drawn, Register
from vbs_site.extracts.demo.tables import column
from vbs_site.extracts.demo.timeline import (
    END_DAY,
    FIRST_DAY,
    NEVER,
    SURGERY_FROM,
    Floats,
    Ints,
    as_dates,
    to_weekday,
    year_of,
)

TYPES = {
    "operation_id": "BIGINT",
    "person_id": "BIGINT",
    "operationsdato": "DATE",
    "udskrivningsdato": "DATE",
    "transfusion": "BOOLEAN",
}
YEARS = (END_DAY - FIRST_DAY) / 365.25
PER_HIP_OF_DEPARTMENT = 3.1  # primary operations a year, per hip a quarter in `Places.department_hips`
# How likely a citizen of this age is to get a new joint, as relative numbers.
JOINT_AGES = (42, 55, 70, 80, 93)
JOINT_WEIGHTS = (0.0, 0.35, 1.0, 0.8, 0.0)
TREATED_ELSEWHERE = 0.04
OTHER_SIDE_TOO = 0.08
SIDES = ("left", "right")

DEPARTMENT_SPREAD = 0.35  # of the logarithm of a department's true risk
DEPARTMENT_TREND = 0.05  # a year, of the same
RISK_FALLS = 0.02  # a year, everywhere
ELSEWHERE_AGAIN = 0.15  # of later operations, at another department

TRANSFUSED = 0.09  # of primary operations in 2017
TRANSFUSED_FALLS = 0.06  # a year
TRANSFUSION_UNKNOWN = 0.02
INCOMPLETE_REGION = "region-syddanmark"
INCOMPLETE_FROM_YEAR = 2023.0
INCOMPLETE_UNKNOWN = 0.22  # of its primary operations from then on

BASELINE_ANSWERED = 0.88
FOLLOW_UP_ANSWERED = 0.78
LOW_RESPONSE_REGION = "region-nordjylland"
LOW_RESPONSE_FACTOR = 0.72
NO_SCORE = 0.015  # of answers: begun and not completed


@dataclass(frozen=True)
class Later:
    """A kind of operation that can follow a primary one on the same side.

    Attributes:
        operation, cause: as in the catalogue; None is no value.
        risk: share of primary operations that it follows in a department of middle quality.
        days: mean time until then.
    """

    operation: str
    cause: str | None
    risk: float
    days: int


@dataclass(frozen=True)
class Score:
    """How a questionnaire goes before and a year after surgery, in its own points.

    Attributes:
        before, before_spread: mean and standard deviation before surgery.
        after, after_spread: the same after.
        departments: standard deviation of true differences between departments.
        carried: how much of a patient's deviation before surgery is still there after.
        lowest, highest: ends of the scale.
        digits: after the decimal point.
    """

    instrument: str
    before: float
    before_spread: float
    after: float
    after_spread: float
    departments: float
    carried: float
    lowest: float
    highest: float
    digits: int


@dataclass(frozen=True)
class Joint:
    """One joint and what its register holds.

    Attributes:
        source: the register's name in the catalogue.
        indications, implants: shares of primary operations.
        later: what can follow.
        score: what patients are asked.
    """

    source: str
    indications: dict[str, float]
    implants: dict[str, float]
    later: tuple[Later, ...]
    score: Score


HIP = Joint(
    source="hip_operations",
    indications={"primary_osteoarthritis": 0.82, "fracture": 0.08, "other": 0.10},
    implants={"total": 0.96, "other": 0.04},
    later=(
        Later("revision", "infection", 0.015, 90),
        Later("revision", "dislocation", 0.018, 200),
        Later("revision", "aseptic_loosening", 0.016, 1300),
        Later("revision", "fracture", 0.010, 300),
        Later("revision", "other", 0.008, 700),
        Later("reoperation", "infection", 0.012, 40),
        Later("reoperation", "other", 0.010, 120),
    ),
    score=Score("EQ5D", 0.60, 0.17, 0.86, 0.13, 0.025, 0.25, -0.757, 1, 3),
)
KNEE = Joint(
    source="knee_operations",
    indications={"primary_osteoarthritis": 0.90, "fracture": 0.02, "other": 0.08},
    implants={"total": 0.80, "medial_unicompartmental": 0.17, "other": 0.03},
    later=(
        Later("revision", "infection", 0.014, 110),
        Later("revision", "instability", 0.012, 600),
        Later("revision", "aseptic_loosening", 0.020, 1000),
        Later("revision", "other", 0.014, 800),
        Later("reoperation", "infection", 0.010, 45),
        Later("brisement", None, 0.045, 95),
    ),
    score=Score("OKS", 21, 7, 37, 8, 1.6, 0.30, 0, 48, 0),
)


def draw(persons: Persons, places: Places, rng: np.random.Generator) -> Drawn:
    """Draw the registers of both joints, and the answers of patients operated from 2021 on.

    Args:
        persons: The citizens; nobody is operated or answers after death.
        places: The departments and their sizes.
        rng: Random numbers of this area.

    Returns:
        The registers `hip_operations` and `knee_operations` (primary operations and those that follow on the same
        side), and answers to EQ-5D-5L after hip and to the Oxford Knee Score after knee replacement.
    """
    registers, answers = [], []
    for joint in (HIP, KNEE):
        primary = _primary(joint, persons, places, rng)
        operations = pd.concat([primary, *_later(joint, primary, persons, places, rng)], ignore_index=True)
        registers.append(_register(joint, operations, places, rng))
        answers.append(_answers(joint.score, primary, persons, places, rng))
    return Drawn(tuple(registers), pd.concat(answers, ignore_index=True))


def _primary(joint: Joint, persons: Persons, places: Places, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the primary operations; some patients get the other side too, at least half a year later."""
    count = rng.poisson(places.department_hips * PER_HIP_OF_DEPARTMENT * YEARS)
    department = np.repeat(np.arange(len(count)), count)
    table = pd.DataFrame(
        {
            "person": _patients(places.site_region[places.department_site[department]], persons, rng),
            "department": department,
            "day": to_weekday(rng.integers(FIRST_DAY, END_DAY, len(department))),
            "side": rng.integers(0, len(SIDES), len(department)),
        }
    )
    again = table[rng.random(len(table)) < OTHER_SIDE_TOO]
    again = again.assign(
        side=1 - column(again, "side"),
        day=to_weekday(column(again, "day") + rng.integers(180, 700, len(again))),
    )
    both = pd.concat([table, again], ignore_index=True)
    day, person = column(both, "day"), column(both, "person")
    both = both[(day < END_DAY) & (day < persons.death[person])].reset_index(drop=True)
    return both.assign(
        operation="primary",
        cause=None,
        indication=_choose(joint.indications, len(both), rng),
        implant=_choose(joint.implants, len(both), rng),
        transfusion=_transfusions(both, places, rng),
    )


def _patients(regions: Ints, persons: Persons, rng: np.random.Generator) -> Ints:
    """Choose a patient for each operation: different citizens, most of them of the region."""
    weight = np.interp(persons.age((FIRST_DAY + END_DAY) // 2), JOINT_AGES, JOINT_WEIGHTS)
    patient = np.zeros(len(regions), dtype=np.int64)
    for region in np.unique(regions):
        here = np.flatnonzero((persons.region == region) & (weight > 0))
        asked = np.flatnonzero(regions == region)
        chosen = rng.choice(here, len(asked), replace=False, p=weight[here] / weight[here].sum())
        patient[asked] = rng.permutation(chosen)
    # Some patients are treated outside their region: they change places among themselves.
    elsewhere = np.flatnonzero(rng.random(len(regions)) < TREATED_ELSEWHERE)
    patient[elsewhere] = rng.permutation(patient[elsewhere])
    return patient


def _choose(shares: dict[str, float], count: int, rng: np.random.Generator) -> list[str]:
    """Draw values with these shares."""
    values = list(shares)
    return [values[at] for at in rng.choice(len(values), count, p=list(shares.values()))]


def _transfusions(primary: pd.DataFrame, places: Places, rng: np.random.Generator) -> pd.Series:
    """Draw whether blood was given; one region stops recording it for many patients."""
    department, year = column(primary, "department"), year_of(column(primary, "day"))
    risk = TRANSFUSED * (1 - TRANSFUSED_FALLS) ** (year - 2017) * _spread(places, rng)[department]
    incomplete = places.site_region[places.department_site[department]] == places.regions.index(
        INCOMPLETE_REGION
    )
    unknown = np.where(incomplete & (year >= INCOMPLETE_FROM_YEAR), INCOMPLETE_UNKNOWN, TRANSFUSION_UNKNOWN)
    given = pd.Series(rng.random(len(primary)) < risk, dtype="boolean")
    return given.mask(rng.random(len(primary)) < unknown)


def _spread(places: Places, rng: np.random.Generator) -> Floats:
    """Draw each department's true risk relative to the middle one."""
    return np.exp(rng.normal(0, DEPARTMENT_SPREAD, len(places.department_codes)))


def _later(
    joint: Joint, primary: pd.DataFrame, persons: Persons, places: Places, rng: np.random.Generator
) -> Iterator[pd.DataFrame]:
    """Yield the operations that follow primary ones, one table per kind."""
    quality = _spread(places, rng)
    trend = rng.normal(-RISK_FALLS, DEPARTMENT_TREND, len(places.department_codes))
    department, day = column(primary, "department"), column(primary, "day")
    relative = quality[department] * np.exp(trend[department] * (year_of(day) - 2021))
    for kind in joint.later:
        later = primary[rng.random(len(primary)) < kind.risk * relative]
        waited = 3 + rng.exponential(kind.days, len(later)).astype(np.int64)
        where = column(later, "department").copy()
        moved = np.flatnonzero(rng.random(len(later)) < ELSEWHERE_AGAIN)
        where[moved] = rng.permutation(where[moved])
        later = later.assign(
            operation=kind.operation,
            cause=kind.cause,
            transfusion=None,
            department=where,
            day=to_weekday(column(later, "day") + waited),
        )
        again, person = column(later, "day"), column(later, "person")
        yield later[(again < END_DAY) & (again < persons.death[person])]


def _register(joint: Joint, operations: pd.DataFrame, places: Places, rng: np.random.Generator) -> Register:
    """Give operations as the register has them, in order of day, with discharge a few days after, unless still there.

    Only the register of hips says whether blood was given.
    """
    operations = operations.sort_values(
        ["day", "person", "side", "operation"], kind="stable", ignore_index=True
    )
    department, day = column(operations, "department"), column(operations, "day")
    site = places.department_site[department]
    primary = (operations["operation"] == "primary").to_numpy()
    discharged = day + rng.poisson(np.where(primary, 1.3, 2.5))
    delivered_until = np.array([complete_until(region) for region in places.regions])[
        places.site_region[site]
    ]
    rows = pd.DataFrame(
        {
            "operation_id": np.arange(1, len(operations) + 1),
            "person_id": column(operations, "person") + 1,
            "enhed_shak": [places.site_codes[at] for at in site],
            "afsnit": [places.department_codes[at] for at in department],
            "operationsdato": as_dates(day),
            "udskrivningsdato": as_dates(np.where(discharged < delivered_until, discharged, NEVER)),
            "side": [SIDES[at] for at in column(operations, "side")],
            "operationstype": operations["operation"],
            "protesetype": operations["implant"].where(primary),
            "indikation": operations["indication"].where(primary),
            "aarsag": operations["cause"],
            "transfusion": operations["transfusion"].astype("boolean"),
            "region": places.site_region[site],
            "day": day,
        }
    )
    if joint is not HIP:
        rows = rows.drop(columns="transfusion")
    return Register(joint.source, rows, TYPES)


def _answers(
    score: Score, primary: pd.DataFrame, persons: Persons, places: Places, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw what patients answer shortly before surgery and about a year after it."""
    primary = primary[column(primary, "day") >= SURGERY_FROM]
    person, department, day = (column(primary, name) for name in ("person", "department", "day"))
    count, departments = len(primary), len(places.department_codes)
    region = places.site_region[places.department_site[department]]
    before = rng.normal(score.before, score.before_spread, count)
    after = (
        score.after
        + rng.normal(0, score.departments, departments)[department]
        + score.carried * (before - score.before)
        + rng.normal(0, score.after_spread, count)
    )
    asked = np.where(region == places.regions.index(LOW_RESPONSE_REGION), LOW_RESPONSE_FACTOR, 1.0)
    asked = asked + rng.normal(0, 0.03, departments)[department]  # some departments are better at asking
    before_day = day - rng.integers(0, 60, count)
    after_day = day + np.clip(rng.normal(366, 25, count), 290, 460).astype(np.int64)
    parts = []
    for moment, share, latent, answered in (
        ("baseline", BASELINE_ANSWERED, before, before_day),
        ("follow_up", FOLLOW_UP_ANSWERED, after, after_day),
    ):
        kept = (rng.random(count) < share * asked) & (answered < END_DAY) & (answered < persons.death[person])
        value = np.round(np.clip(latent, score.lowest, score.highest), score.digits)
        value[rng.random(count) < NO_SCORE] = np.nan
        part = {"person": person, "region": region, "day": answered, "score": value}
        parts.append(pd.DataFrame(part)[kept].assign(instrument=score.instrument, moment=moment))
    return pd.concat(parts, ignore_index=True)
