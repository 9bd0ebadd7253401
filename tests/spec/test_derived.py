"""Derived sources: what becomes of every column, on every engine, against a chaining in plain Python.

The rules themselves stand as examples in `vbs_site/method/topics/derived-sources.yaml`.
"""

import datetime as dt
import random
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import pytest
from engines import engine_called, fill
from spec.tables import COMMON, MINI
from sqlglot import exp

from vbs_site.catalogue.loading import checked
from vbs_site.catalogue.reading import Document
from vbs_site.engines.primitives import column, table
from vbs_site.extracts.deliveries import Deliveries, Delivery
from vbs_site.measures.completeness import reach
from vbs_site.periods import parse_period

HOUR = dt.timedelta(hours=1)
MONDAY = dt.datetime.combine(dt.date(2026, 1, 5), dt.time())
BY_FIRST = {
    "gap": "<= 4 hours",
    "take": {
        "hospital": "first",
        "kind": "first",
        "acute": "first",
        "note": "first",
        "cost": "sum",
        "points": "min",
        "diagnosis": "last",
        "contacts": "count",
    },
}
BY_LAST = {
    "gap": "< 4 hours",
    "where": {"kind": {"not_in": ["virtual"]}},
    "take": {
        "hospital": "last",
        "kind": "last",
        "acute": "any",
        "note": "last",
        "cost": "max",
        "points": "sum",
        "diagnosis": "first",
        "contacts": "count",
    },
}
OVERLAP_ALONE = {"gap": "< 0 hours", "take": {"acute": "last", "cost": "min"}}
TOUCHING = {"gap": "<= 0 hours"}
VARIANTS = {
    "by-first": BY_FIRST,
    "by-last": BY_LAST,
    "overlap-alone": OVERLAP_ALONE,
    "touching": TOUCHING,
}


def with_sources(indicator=None, **derivations):
    """Return the registers with derived sources and one indicator, after the checks that a user's catalogue passes."""
    indicator = indicator or {"kind": "mean", "of": {"from": "contacts"}, "value": {"column": "cost"}}
    title = {"da": "Forløb", "en": "Courses"}
    sources = {name: {"title": title, "rows": title, "derive": each} for name, each in derivations.items()}
    data = MINI | {"sources": MINI["sources"] | sources, "indicators": {"example": COMMON | indicator}}
    data["indicators"]["example"]["title"] = title
    return checked(Document(data=data))[0]


def rows_of(engine, catalogue, name, contacts):
    """Return the rows of a source as mappings, in order of person and start."""
    filled, columns = engine_called(engine), list(catalogue.sources[name].columns)
    query = exp.select(*(column(each) for each in columns)).from_(table(name))
    fill(filled, catalogue, query, {"contacts": contacts})
    rows = [dict(zip(columns, row, strict=True)) for row in filled.rows(query)]
    return sorted(rows, key=lambda row: (row["person"], row["start"], row["id"]))


def random_contacts(seed, persons=60):
    """Rows on a coarse grid, so that ties, contacts inside others and gaps of exactly the limit come often."""
    draw = random.Random(seed)
    rows = []
    for person in range(persons):
        for _ in range(draw.randint(1, 6)):
            start = MONDAY + draw.randint(0, 24) * 2 * HOUR
            end = start + draw.choice([0, 1, 2, 2, 6, 12]) * HOUR
            rows.append(
                {
                    "person": person,
                    "hospital": draw.choice(["H1", "H2", "H3"]),
                    "start": start,
                    "end": draw.choice([end] * 7 + [None]),
                    "kind": draw.choice(["inpatient", "outpatient", "virtual"]),
                    "acute": draw.choice([True, False, None]),
                    "diagnosis": draw.choice(["DJ44", "DC10", None]),
                    "cost": draw.choice([Decimal("1.25"), Decimal("-3.50"), Decimal("0.00"), None]),
                    "points": draw.choice([Decimal("1.125"), Decimal("2.500"), None]),
                    "note": draw.choice(["a", "b", None]),
                }
            )
    draw.shuffle(rows)
    return [{"id": number, **row} for number, row in enumerate(rows, start=1)]


def chained(rows, derive):
    """Return what the grammar says, row by row."""
    if "where" in derive:
        rows = [row for row in rows if row["kind"] != "virtual"]
    operator, count, _ = derive["gap"].split()
    ordered = sorted(rows, key=lambda row: (row["person"], row["start"], row["id"]))
    for _, of_person in groupby(ordered, key=lambda row: row["person"]):
        chains, latest = [], None
        for row in of_person:
            limit = latest + int(count) * HOUR if latest is not None else None
            joins = limit is not None and (
                row["start"] < limit or (operator == "<=" and row["start"] == limit)
            )
            if not joins:
                chains.append([])
            chains[-1].append(row)
            reached = row["end"] or row["start"]
            latest = reached if latest is None else max(latest, reached)
        yield from (as_one(chain, derive.get("take", {})) for chain in chains)


def as_one(chain, take):
    """Return one row of several."""
    ends = [row["end"] for row in chain]
    first = chain[0]
    by_key = sorted(chain, key=lambda row: row["id"])
    last = max(by_key, key=lambda row: (row["end"] is None, row["end"] or row["start"], row["start"]))
    found = {"id": first["id"], "person": first["person"], "start": first["start"]}
    found["end"] = None if None in ends else max(ends)
    for name, how in take.items():
        told = [row[name] for row in chain if how != "count" and row[name] is not None]
        over = {"sum": sum, "min": min, "max": max, "any": any}
        match how:
            case "first":
                found[name] = first[name]
            case "last":
                found[name] = last[name]
            case "count":
                found[name] = len(chain)
            case _:
                found[name] = over[how](told) if told else None
    return found


@pytest.mark.parametrize("variant", VARIANTS)
def test_random_rows_are_chained_as_the_grammar_says(engine, variant):
    derive = VARIANTS[variant]
    catalogue = with_sources(courses={"chain": "contacts"} | derive)
    for seed in range(10 if engine == "duckdb" else 1):
        contacts = random_contacts(seed)
        expected = list(chained(contacts, derive))
        assert len(expected) < len(contacts)
        assert rows_of(engine, catalogue, "courses", contacts) == expected


def contact(number, start, end, **more):
    return {
        "id": number,
        "person": 1,
        "hospital": "H1",
        "kind": "inpatient",
        "start": start,
        "end": end,
    } | more


def at(hour, minute=0):
    return MONDAY + dt.timedelta(hours=hour, minutes=minute)


def test_chains_can_be_chained_and_chosen_again(engine):
    """Stays that lie within a day of each other become courses; the long ones of those are kept."""
    catalogue = with_sources(
        days={
            "chain": "stays",
            "gap": "< 24 hours",
            "take": {"contacts": "sum", "cost": "max", "stays": "count"},
        },
        long={"select": "days", "where": {"stays": {">": 1}}, "lasting": "> 30 hours"},
    )
    contacts = [
        contact(1, at(0), at(5), cost=Decimal("1.00")),
        contact(2, at(9), at(10), cost=Decimal("2.00")),
        contact(3, at(33), at(34), cost=Decimal("4.50")),
        contact(4, at(100), at(140)),
    ]
    first = {"id": 1, "person": 1, "start": at(0), "end": at(34)}
    second = {"id": 4, "person": 1, "start": at(100), "end": at(140)}
    taken = {"contacts": 3, "cost": Decimal("4.50"), "stays": 2}
    assert rows_of(engine, catalogue, "days", contacts) == [
        first | taken,
        second | {"contacts": 1, "cost": None, "stays": 1},
    ]
    assert rows_of(engine, catalogue, "long", contacts) == [first | taken]


@pytest.mark.parametrize(
    ("bound", "kept"),
    [
        (">= 12 hours", ["exactly", "longer"]),
        ("> 12 hours", ["longer"]),
        ("<= 12 hours", ["shorter", "exactly"]),
        ("< 12 hours", ["shorter"]),
    ],
)
def test_a_length_is_compared_at_the_exact_moment_and_open_rows_have_none(engine, bound, kept):
    catalogue = with_sources(some={"select": "contacts", "lasting": bound})
    ends = {"shorter": at(11, 59), "exactly": at(12), "longer": at(12, 1), "open": None}
    contacts = [
        contact(number, at(0), end, person=number, note=name)
        for number, (name, end) in enumerate(ends.items(), start=1)
    ]
    assert [row["note"] for row in rows_of(engine, catalogue, "some", contacts)] == kept


def test_rows_without_a_person_or_a_start_belong_to_no_chain(engine):
    contacts = [
        contact(1, at(0), at(1)),
        contact(2, at(0), at(1), person=None),
        contact(3, at(1), at(2), person=None),
        contact(4, None, at(2)),
    ]
    catalogue = with_sources(courses={"chain": "contacts", "gap": "<= 4 hours", "take": {"rows": "count"}})
    assert [(row["id"], row["rows"]) for row in rows_of(engine, catalogue, "courses", contacts)] == [(1, 1)]


def late_south():
    return Deliveries(
        Path(),
        synthetic=True,
        by_source={
            "contacts": Delivery(
                "contacts",
                {"north": (Path("north.parquet"),), "south": (Path("south.parquet"),)},
                {"north": dt.date(2026, 10, 1), "south": dt.date(2026, 7, 1)},
            )
        },
    )


@pytest.mark.parametrize(
    ("source", "north"), [("contacts", "complete"), ("chosen", "complete"), ("chosen_stays", "not_delivered")]
)
def test_rows_that_go_across_deliverers_wait_for_all_of_them(source, north):
    share = {"kind": "proportion", "of": {"from": source, "at": "start"}, "event": {"where": {"acute": True}}}
    catalogue = with_sources(
        share,
        chosen={"select": "contacts", "where": {"kind": "inpatient"}},
        chosen_stays={"select": "stays", "where": {"acute": True}},
    )
    found = reach(catalogue, late_south(), "example", "hospital")
    assert [period.id for period in found.periods] == ["2026Q1", "2026Q2", "2026Q3"]
    third = parse_period("2026Q3")
    assert (found.coverage(third, "north"), found.coverage(third, "south")) == (north, "not_delivered")
    assert found.coverage(parse_period("2026Q2"), "south") == "complete"


def test_the_contract_of_a_derived_source_follows_from_its_base():
    catalogue = with_sources(courses={"chain": "contacts"} | BY_FIRST)
    contacts, courses = catalogue.sources["contacts"], catalogue.sources["courses"]
    assert (courses.key, courses.person, courses.time) == (contacts.key, contacts.person, contacts.time)
    assert courses.columns["diagnosis"] == contacts.columns["diagnosis"]
    assert courses.columns["contacts"].type == "integer"
    assert courses.columns["contacts"].title == {
        "da": "antal hospitalskontakter",
        "en": "number of hospital contacts",
    }
    assert catalogue.base_of("admissions") == "contacts"
    assert catalogue.derived_of({"admissions", "contacts"}) == ["stays", "admissions"]
