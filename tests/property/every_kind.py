"""Measures of the mini registers that have every kind and every building block in them."""

import datetime as dt
import functools

from property.random_tables import AFTER, FIRST
from spec.tables import catalogue_with

from vbs_site.engines.relations import sql_type
from vbs_site.engines.tiny_tables import as_text
from vbs_site.measures.compile import compile_measure
from vbs_site.measures.derived import derivation

INPATIENT = {"kind": "inpatient"}
NESTED = {
    "not": {
        "any_of": [
            {"acute": False, "kind": {"not_in": ["virtual"]}},
            {"not": {"all_of": [{"diagnosis": {"in": "copd"}}, {"cost": {"between": [0, 500000]}}]}},
            {"note": {"in": ["a", "it's"]}},
        ]
    }
}
HIPS = {"from": "procedures", "where": {"code": {"in": "hip"}}}
STAYS = {"from": "contacts", "at": "end", "where": INPATIENT}
BY_AGE = {"from": "population_by_age", "sum": "persons", "unit": "region", "at": "date", "each": 1000}
PEOPLE = {"from": "population", "sum": "persons", "unit": "region", "at": "date"}
PAIR = {"baseline": "before", "follow_up": "after"}
OHS = {
    "from": "pro",
    "value": "score",
    "where": {"instrument": "OHS"},
    "baseline": {"where": {"moment": "before"}, "window": ["-1 month", "0 days"], "pick": "last"},
    "follow_up": {"where": {"moment": "after"}, "window": ["1 day", "1 month"], "pick": "first"},
}


def share(event, of=None, **more):
    return {"kind": "proportion", "of": of or STAYS, "event": event, **more}


def mean(value, of=None, **more):
    return {"kind": "mean", "of": of or STAYS, "value": value, **more}


MEASURES = {
    # shares by what the row says
    "share where nested": share({"where": NESTED}, {"from": "contacts"}),
    "share where prefixes": share({"where": {"diagnosis": {"in": "cancer"}}}, {"from": "contacts"}, stratify=["sex", "age_band"]),
    "share where missing": share({"where": {"any_of": [{"end": {"missing": True}}, {"acute": True}]}}, {"from": "contacts"}),
    "share where times": share(
        {"where": {"start": {">=": dt.date(2027, 1, 31), "<": dt.date(2028, 2, 29)}}},
        {"from": "contacts", "where": {"cost": {">": -0.5}, "note": {"missing": False}, "points": {"<=": 9000.125}}},
        period="month",
    ),
    # shares by what lies around
    "share followed": share(
        {"followed_by": {"where": {"acute": True}, "after": "4 hours", "within": "30 days"}},
        exclude=[{"died": "before_or_at"}, {"followed_by": {"where": INPATIENT, "within": "4 hours"}}],
    ),
    "share preceded, a month": share(
        {"preceded_by": {"where": {"diagnosis": {"not_in": "cancer"}}, "after": "0 days", "within": "1 month"}}, period="month"
    ),
    "share followed, first then": share({"followed_by": {"pick": "first", "within": "2 months", "then": {"acute": True}}}),
    "share preceded, last then": share(
        {"preceded_by": {"pick": "last", "at": "end", "within": "5 weeks", "then": {"not": {"acute": True}}}}, period="half_year"
    ),
    "share followed, count": share({"followed_by": {"pick": "count", "within": "1 quarter", "at_least": 2}}, period="year"),
    "share preceded, sum": share(
        {"preceded_by": {"from": "contacts", "pick": "sum", "value": "cost", "within": "1 year", "at_least": 1000.5}}, HIPS
    ),
    "share followed, same": share({"followed_by": {"same": ["hospital", "diagnosis"], "within": "1 month"}}),
    "share died": share({"died": "within 1 month"}, HIPS, units=["residence"], period="half_year"),
    "share of stays": share({"followed_by": {"within": "7 days", "where": {"acute": True}}}, {"from": "stays", "at": "end"}),
    "share of admissions": share({"followed_by": {"from": "stays_apart", "within": "1 month"}}, {"from": "admissions", "at": "end"}),
    "share of stays apart": share({"where": {"points": {">": 100}, "acute": True}}, {"from": "stays_apart"}, units=["hospital"]),
    # who counts
    "share of the first ever": share({"died": "within 30 days"}, HIPS | {"only_first": "ever"}),
    "share of the first in the period": share({"where": {"acute": True}}, STAYS | {"only_first": "in_period"}, period="year"),
    "share after a washout": share({"where": {"acute": True}}, STAYS | {"washout": "1 month"}, period="month"),
    "share without": share(
        {"where": {"cost": {">=": 1000}}},
        {"from": "contacts"},
        exclude=[
            {"died": "within 2 days"},
            {"where": {"any_of": [{"diagnosis": {"in": "cancer"}}, {"not": {"acute": True}}]}},
            {"preceded_by": {"from": "procedures", "within": "1 month", "pick": "count", "at_least": 3}},
            {"followed_by": {"pick": "last", "within": "31 days", "then": {"kind": "virtual"}}},
            {"followed_by": {"pick": "sum", "value": "points", "within": "20 days", "at_least": 9000}},
        ],
    ),
    # rate
    "rate of courses": {"kind": "rate", "units": ["residence"], "of": {"from": "contacts", "chain": {"gap": "24 hours"}}, "per": PEOPLE},
    "rate of courses, by the end": {
        "kind": "rate",
        "units": ["residence"],
        "period": "rolling_year",
        "of": {"from": "contacts", "at": "end", "where": INPATIENT, "chain": {"gap": "1 month"}},
        "exclude": [{"died": "before_or_at"}],
        "per": PEOPLE,
    },
    "rate by year": {"kind": "rate", "units": ["residence"], "period": "year", "of": HIPS | {"washout": "2 days"}, "per": PEOPLE},
    "rate per person-time": {
        "kind": "rate",
        "of": HIPS,
        "event": {"followed_by": {"from": "contacts", "where": {"acute": True}, "within": "5 weeks"}},
        "per": {"person_time": "years", "each": 100},
    },
    "rate of every event per person-time": {
        "kind": "rate",
        "of": STAYS | {"only_first": "ever"},
        "event": {"followed_by": {"pick": "count", "within": "400 days"}},
        "exclude": [{"preceded_by": {"after": "1 minute", "within": "5 hours"}}],
        "per": {"person_time": "days"},
    },
    "rate of death per person-time": {"kind": "rate", "of": STAYS, "event": {"died": "within 60 days"}, "per": {"person_time": "years"}},
    # mean
    "mean of a column": mean({"column": "points"}, {"from": "contacts"}, stratify=["age_band"]),
    "mean of days": mean({"days": ["start", "end"]}, {"from": "contacts"}, period="month"),
    "mean of the first": mean({"followed_by": {"pick": "first", "value": "cost", "within": "1 month"}}),
    "mean of the last": mean({"preceded_by": {"pick": "last", "value": "points", "within": "1 year", "same": ["hospital"]}}, stratify=["sex"]),
    "mean of a count": mean({"followed_by": {"from": "pro", "pick": "count", "within": "1 month"}}, HIPS, units=["residence"]),
    "mean of a sum": mean({"followed_by": {"pick": "sum", "value": "points", "after": "0 days", "within": "40 days"}}, exclude=[{"died": "before_or_at"}]),
    "mean of a cohort": {
        "kind": "mean",
        "units": ["residence"],
        "cohort": {"from": "contacts", "where": {"diagnosis": {"in": "copd"}}, "within": "5 quarters", "alive": True},
        "value": {"sum": "cost", "from": "contacts", "where": {"kind": {"in": ["inpatient", "virtual"]}}},
    },
    "mean of a cohort by year": {
        "kind": "mean",
        "units": ["residence"],
        "period": "year",
        "cohort": {"from": "procedures", "where": {"code": {"in": "hip"}}, "within": "1 year"},
        "value": {"sum": "points", "from": "contacts", "at": "end"},
    },
    # change
    "change of answers": {"kind": "change", "instrument": "OHS", "of": HIPS, "measure": OHS, "improved": "mic_individual"},
    "change of answers, downwards": {
        "kind": "change",
        "instrument": "PAIN",
        "of": HIPS,
        "period": "month",
        "stratify": ["sex"],
        "exclude": [{"preceded_by": {"after": "0 days", "within": "1 year"}}],
        "measure": OHS | {"where": {"score": {"<=": 40}}},
        "improved": "mic_individual",
    },
    "change of a pair": {
        "kind": "change",
        "instrument": "OHS",
        "units": ["provider"],
        "period": "year",
        "of": {"from": "records", "at": "year"},
        "exclude": [{"where": {"sent": {"<": 3}}}],
        "pair": PAIR,
        "improved": "mic_individual",
    },
    "adjusted change": {
        "kind": "adjusted_change",
        "instrument": "PAIN",
        "units": ["provider"],
        "period": "year",
        "of": {"from": "records", "at": "year"},
        "pair": PAIR | {"expected": "expected"},
        "reference": {"from": "published", "value": "gain", "at": "year"},
        "improved": "mic_individual",
    },
    # time to event
    "free of a contact": {
        "kind": "time_to_event",
        "of": HIPS,
        "event": {"followed_by": {"from": "contacts", "where": {"acute": True}, "within": "30 days"}},
        "stratify": ["sex", "age_band"],
    },
    "free of a stay": {
        "kind": "time_to_event",
        "of": STAYS,
        "exclude": [{"followed_by": {"within": "4 hours"}}],
        "event": {"followed_by": {"where": INPATIENT, "after": "2 days", "within": "52 weeks", "same": ["hospital"]}},
    },
    "alive": {"kind": "time_to_event", "of": STAYS | {"washout": "1 week"}, "event": {"died": "within 90 days"}},
    # standardised
    "standardised rate": {
        "kind": "standardised_rate",
        "units": ["residence"],
        "of": {"from": "contacts", "where": {"acute": True}},
        "per": BY_AGE,
        "by": ["sex", "age_band"],
        "standard": {"from": "population_by_age", "sum": "persons", "at": "date", "day": dt.date(2028, 1, 1)},
    },
    "standardised ratio of events": {
        "kind": "standardised_ratio",
        "of": STAYS,
        "event": {"followed_by": {"where": {"acute": True}, "within": "30 days"}},
        "by": ["age_band", "sex"],
    },
    "standardised ratio of an attribute": {"kind": "standardised_ratio", "of": STAYS, "event": {"where": {"acute": True}}, "by": ["sex"]},
    "standardised ratio per population": {
        "kind": "standardised_ratio",
        "units": ["residence"],
        "period": "year",
        "of": {"from": "contacts", "only_first": "ever"},
        "per": BY_AGE,
        "by": ["age_band"],
    },
    # share of a sum
    "share of a sum": {
        "kind": "share_of_sum",
        "units": ["provider"],
        "period": "year",
        "of": {"from": "records", "at": "year"},
        "numerator": "returned",
        "denominator": "sent",
    },
}  # fmt: skip


@functools.cache
def catalogue_of(name):
    """The mini registers with one of the measures, checked as a user's catalogue is."""
    directions = {"OHS": "higher", "PAIN": "lower"}
    measure = MEASURES[name]
    return catalogue_with(measure | {"direction": directions.get(measure.get("instrument"), "neutral")})


@functools.cache
def query_of(name, horizon):
    """The query of a measure over the reported days."""
    catalogue = catalogue_of(name)
    unit = catalogue.indicators["example"].units[0]
    return compile_measure(catalogue, "example", unit, FIRST, AFTER, horizon=horizon)


def delivered_to(engine, tables):
    """Fill every source of an engine, and make the derived ones."""
    catalogue = catalogue_of(next(iter(MEASURES)))
    for name, rows in tables.items():
        columns = {key: sql_type(each) for key, each in catalogue.sources[name].columns.items()}
        texts = [[as_text(row[key], kind) for key, kind in columns.items()] for row in rows]
        engine.fill(name, columns, texts)
    for name in catalogue.derived_of(catalogue.sources):
        engine.derive(name, derivation(catalogue, name))
