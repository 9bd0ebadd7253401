"""The page about data quality: per source, what was delivered and what was found, by period and by unit."""

from typing import Any, NamedTuple

import pandas as pd

from vbs_site.catalogue.organisations import NATIONAL
from vbs_site.periods import parse_period
from vbs_site.releases.dictionary import words as code_words
from vbs_site.site.context import Context
from vbs_site.site.words import SIGNS
from vbs_site.tables import records

PERIODS = 8
"""Periods that stand side by side; the file has all of them."""
FIRST = ("rows", "set_aside", "late", "sudden_change")
"""Checks of whole rows, which stand before those of columns."""


class Line(NamedTuple):
    """One line of a table: what was counted, and a number (or why there is none) per period or per unit."""

    label: str
    cells: list[str]


def quality(context: Context) -> str:
    """Return a table per source with periods across and checks down, and one per unit for the newest period."""
    table = context.bundle.quality.fillna({"deliverer": "", "unit": "", "period": "", "column": ""})
    sources = [
        _source(context, name, table[(table["source"] == name) & (table["check"] != "unknown_unit")])
        for name in sorted(set(table["source"]))
    ]
    unknown = [
        _unknown_unit(context, each)
        for each in records(table[(table["check"] == "unknown_unit") & (table["count"].fillna(1) > 0)])
    ]
    return context.render(
        "quality.html.jinja", sources=sources, unknown=unknown, root=context.root("datakvalitet/")
    )


def _source(context: Context, name: str, rows: pd.DataFrame) -> dict[str, Any]:
    source = context.bundle.catalogue.sources[name]
    persons = context.bundle.catalogue.persons
    if persons and name == persons.source:  # no date of death is what most people have, not something missing
        rows = rows[(rows["check"] != "missing") | (rows["column"] != persons.death)]
    totals = rows[rows["unit"] == NATIONAL]
    if totals.empty:  # a source without units and deliverers is its own total
        totals = rows[rows["unit"] == ""]
    periods = _newest(context, name, set(totals["period"]))
    # Rows that name no unit are told by who delivered them.
    units = rows.assign(unit=rows["unit"].where(rows["unit"] != "", rows["deliverer"]))
    units = units[(units["unit"] != "") & (units["unit"] != NATIONAL)]
    newest = units[units["period"] == periods[-1]] if periods else units[:0]
    whose = sorted(set(newest["unit"]), key=lambda unit: context.unit_name(unit).lower())
    lines = _lines(context, name, totals[totals["period"].isin(periods)], "period", periods)
    checks, counts = _checks(newest), _counts(newest, "unit")
    return {
        "id": name,
        "title": context.text(source.title),
        "caption": context.say("quality_totals").format(context.text(source.title))
        if periods != [""]
        else context.text(source.title),
        "owner": context.text(source.owner),
        "periods": [_period(context, period) for period in periods],
        "lines": lines,
        "newest": _period(context, periods[-1]) if periods else "",
        "checks": [_label(context, name, check, column) for check, column in checks],
        "units": [
            Line(
                context.unit_name(unit),
                [_cell(context, counts, unit, *check) for check in checks],
            )
            for unit in whose
        ],
    }


def _newest(context: Context, name: str, periods: set[str]) -> list[str]:
    """Return the newest periods that any deliverer covers, oldest first; a wrong date makes no period of its own."""
    if periods <= {""}:
        return sorted(periods)
    until = max(context.bundle.deliveries["complete_until"].get(name, {}).values(), default="9999")
    dated = [parse_period(period) for period in periods if period]
    reached = [each for each in dated if each.first_day.isoformat() < until]
    return [each.id for each in sorted(reached, key=lambda each: each.first_day)[-PERIODS:]]


def _checks(rows: pd.DataFrame) -> list[tuple[str, str]]:
    found = set(zip(rows["check"], rows["column"], strict=True))
    return sorted(found, key=lambda each: (FIRST.index(each[0]) if each[0] in FIRST else len(FIRST), each))


def _lines(context: Context, name: str, rows: pd.DataFrame, across: str, columns: list[str]) -> list[Line]:
    counts = _counts(rows, across)
    return [
        Line(
            _label(context, name, check, column),
            [_cell(context, counts, each, check, column) for each in columns],
        )
        for check, column in _checks(rows)
    ]


Counts = dict[tuple[str, str, str], int | None]
"""(unit or period, check, column) to how many; None where that is not shown."""


def _counts(rows: pd.DataFrame, across: str) -> Counts:
    """Return the counts of rows; several deliverers can have rows of one unit."""
    found: Counts = {}
    for each in records(rows):
        key = (each[across], each["check"], each["column"])
        before = found.get(key, 0)
        shown = each["status"] == "shown"
        found[key] = before + int(each["count"]) if shown and before is not None else None
    return found


def _cell(context: Context, counts: Counts, place: str, check: str, column: str) -> str:
    count = counts.get((place, check, column), 0)
    return SIGNS["suppressed"] if count is None else context.whole(count)


def _label(context: Context, name: str, check: str, column: str) -> str:
    words = code_words("check", check, context.language)
    if check == "sudden_change":
        return f"{words} ({context.say(f'against_{column}')})"
    contract = context.bundle.catalogue.sources[name].columns.get(column)
    if not column:
        return words
    return f"{words}: {context.text(contract.title) if contract and contract.title else column}"


def _period(context: Context, period: str) -> str:
    return context.period(parse_period(period)) if period else context.say("all_periods")


def _unknown_unit(context: Context, each: dict[str, Any]) -> tuple[str, str, str]:
    name, kind = each["column"].split(":")
    title = f"{context.text(context.indicator(name).title)} ({context.unit_kind_name(kind).lower()})"
    if each["status"] != "shown":
        return title, SIGNS["suppressed"], ""
    return title, context.whole(each["count"]), context.whole(each["of"])
