"""Times, ages and conditions as the grammar's words have them, in plain Python."""

import datetime as dt
from calendar import monthrange
from decimal import Decimal

from vbs_site.catalogue.conditions import AllOf, AnyOf, Compare

EXACT = {
    "minutes": dt.timedelta(minutes=1),
    "hours": dt.timedelta(hours=1),
    "days": dt.timedelta(1),
    "weeks": dt.timedelta(7),
}
CALENDAR = {"months": 1, "quarters": 3, "years": 12}
BANDS = [(0, 18, "00-17"), (18, 40, "18-39"), (40, 65, "40-64"), (65, 80, "65-79"), (80, 999, "80+")]
DAY = dt.timedelta(1)


def moved(moment, length, sign=1):
    """Return a moment moved by a length; a day that a month does not have becomes its last."""
    if length.unit in EXACT:
        return moment + sign * length.count * EXACT[length.unit]
    year, month = divmod(
        moment.year * 12 + moment.month - 1 + sign * length.count * CALENDAR[length.unit], 12
    )
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def as_moment(value):
    return value if isinstance(value, dt.datetime) or value is None else dt.datetime.combine(value, dt.time())


def whole(moment):
    return as_moment(moment.date())


def told(condition, row, codesets):
    """Return whether a condition holds: True, False, or None when a missing value leaves it open."""
    if condition is None:
        return True
    if isinstance(condition, Compare):
        return compared(condition, row[condition.column], codesets)
    if isinstance(condition, AllOf | AnyOf):
        parts = [told(part, row, codesets) for part in condition.parts]
        decisive = isinstance(condition, AnyOf)
        if decisive in parts:
            return decisive
        return None if None in parts else not decisive
    found = told(condition.part, row, codesets)
    return None if found is None else not found


def compared(each, value, codesets):
    if each.operator == "missing":
        return (value is None) == each.value
    if value is None:
        return None
    if each.operator in ("in", "not_in"):
        if any(name in codesets for name in each.value):
            inside = any(value.startswith(code) for name in each.value for code in codesets[name].codes)
        else:
            inside = value in each.value
        return inside == (each.operator == "in")
    if isinstance(value, dt.datetime):
        wanted = as_moment(each.value)
    else:
        wanted = tuple(map(number, each.value)) if each.operator == "between" else number(each.value)
    match each.operator:
        case "=":
            return value == wanted
        case "<":
            return value < wanted
        case "<=":
            return value <= wanted
        case ">":
            return value > wanted
        case ">=":
            return value >= wanted
        case _:
            return wanted[0] <= value <= wanted[1]


def number(value):
    return Decimal(str(value)) if isinstance(value, float) else value


def age_band(birth, day):
    if birth is None or birth > day:
        return None
    age = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    return next(name for low, top, name in BANDS if low <= age < top)
