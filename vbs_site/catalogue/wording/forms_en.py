"""How units, periods and what a number is taken per are written in English; the keys are those of `forms_da`."""

UNITS = {
    "minutes": ("minute", "minutes"),
    "hours": ("hour", "hours"),
    "days": ("day", "days"),
    "weeks": ("week", "weeks"),
    "months": ("month", "months"),
    "quarters": ("quarter", "quarters"),
    "years": ("year", "years"),
    "points": ("point", "points"),
}
"""Unit to its singular and plural."""

MEASURES: dict[str, str] = {}
"""What a number is counted in, where the catalogue's word is not English."""

PERIODS = {
    kind: {
        "period": word,
        "each": f"each {word}",
        "whole": f"the whole {word}",
        "the": f"the {word}",
        "of_the": f"the {word}'s",
        "which": f"which {word}",
    }
    for kind, word in {
        "month": "month",
        "quarter": "quarter",
        "half_year": "half-year",
        "year": "year",
    }.items()
} | {
    "rolling_year": {
        "period": "rolling year",
        "each": "each rolling year",
        "whole": "all four quarters",
        "the": "the rolling year",
        "of_the": "the rolling year's",
        "which": "which quarter",
    }
}
"""Reporting period to its forms."""

LAST_ONE = {"months": "the last month", "quarters": "the last quarter", "years": "the last year"}
"""A look-back of one."""

PER = {
    "person_years": ("person-year", "person-years"),
    "person_days": ("person-day", "person-days"),
    "days": ("person-day", "person-days"),
    "eligible": ("case", "cases"),
    "cases": ("case", "cases"),
    "people": ("person in the population", "persons in the population"),
    "members": ("person", "persons"),
    "pairs": ("patient with both measurements", "patients with both measurements"),
    "improved": ("patient who improved", "patients who improved"),
    "events": ("event", "events"),
    "sum": ("item", "items"),
}
"""What a number is taken per, one and many."""
