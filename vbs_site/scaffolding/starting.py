"""What a new indicator can be made of: the parts of each kind that the catalogue's sources and instruments offer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.sources import Source

Line = tuple[str, str]
"""A line of YAML and the comment beside it."""
NUMBERS = ("decimal", "integer")


@dataclass(frozen=True)
class Start:
    """One way to begin an indicator.

    Attributes:
        unit: the unit kind that it is shown for.
        dimension, direction: what fits the kind.
        lines: from `of` on, with their comments.
        minimum: what it takes to show a figure.
    """

    unit: str
    dimension: str
    direction: str
    lines: tuple[Line, ...]
    minimum: str = "{denominator: 10}"


def starts(catalogue: Catalogue, kind: str, own: Callable[[str], bool]) -> Iterator[Start]:
    """Yield ways to begin an indicator of a kind, the likeliest first; not each of them keeps every rule.

    Args:
        catalogue: has sources, units and instruments.
        kind: one of KINDS.
        own: whether a source belongs to the indicator's area; those come first.
    """
    for name in sorted(catalogue.sources, key=lambda name: not own(name)):
        source = catalogue.sources[name]
        if source.time is None:
            continue
        of = (
            f"of: {{from: {name}, at: {source.time.start}}}",
            "who counts: rows of a source, each in the period of",
        )
        more = ("", "this time; choose rows with `where: {column: value}`, code sets with `{in: name}`")
        for unit in _units(catalogue, source):
            for start in KINDS[kind](catalogue, name, unit):
                yield Start(unit, start.dimension, start.direction, (of, more, *start.lines), start.minimum)


def _units(catalogue: Catalogue, source: Source) -> Iterator[str]:
    """Yield the unit kinds that rows of a source can be found in: by a column, else by where the person lives."""
    yield from (name for name, each in catalogue.units.items() if each.column in source.columns)
    if source.person is not None:
        yield from (name for name, each in catalogue.units.items() if each.path is not None)


def _proportion(catalogue: Catalogue, source: str, unit: str) -> Iterator[Start]:
    taken = _taken(catalogue, source, unit)
    for name, each in catalogue.sources[source].columns.items():
        if name in taken:
            continue
        conditions = {"boolean": "true", "category": next(iter(each.values or {"": None}))}
        value = conditions.get(each.type) or ("{missing: true}" if each.nullable else None)
        if value is not None:
            event = (
                f"event: {{where: {{{name}: {value}}}}}",
                "what makes it count: the row itself (`where`),",
            )
            linked = ("", "rows around it (`followed_by`, `preceded_by`) or `died: within 30 days`")
            yield Start(unit, "process", "higher", (event, linked))


def _rate(catalogue: Catalogue, source: str, unit: str) -> Iterator[Start]:
    if catalogue.sources[source].person is not None:
        per = (
            "per: {person_time: years, each: 100}",
            "events per 100 years that people are followed; for citizens",
        )
        people = (
            "",
            "`per: {from: population, sum: persons, unit: region, at: date, each: 1000}` and no event",
        )
        yield Start(unit, "activity", "lower", (*_followed(), per, people))


def _time_to_event(catalogue: Catalogue, source: str, unit: str) -> Iterator[Start]:
    if catalogue.sources[source].person is not None:
        shown = ("shown_at: [90 days]", "earlier times whose shares are shown as well")
        yield Start(unit, "outcome", "lower", (*_followed(), shown))


def _followed() -> tuple[Line, Line]:
    return (
        (
            "event: {followed_by: {within: 365 days}}",
            "what people are followed for: another row of the same person;",
        ),
        ("", "`from` names another source, `where` chooses its rows; or `died: within 365 days`"),
    )


def _mean(catalogue: Catalogue, source: str, unit: str) -> Iterator[Start]:
    contract = catalogue.sources[source]
    assert contract.time is not None
    end = contract.time.end
    if end is not None:
        yield _mean_of(unit, f"{{days: [{contract.time.start}, {end}]}}", "lower")
    taken = _taken(catalogue, source, unit)
    for name, each in contract.columns.items():
        if each.type in NUMBERS and name not in taken:
            yield _mean_of(unit, f"{{column: {name}}}", "neutral")
    if contract.person is not None:
        yield _mean_of(unit, "{followed_by: {pick: count, within: 30 days}}", "lower")


def _mean_of(unit: str, value: str, direction: str) -> Start:
    lines = (
        (f"value: {value}", "what is averaged: `column` of the row, `days` from one time to another,"),
        ("", "or what a link picks, as in `{followed_by: {pick: count, within: 30 days}}`"),
    )
    return Start(unit, "process", direction, lines)


def _change(catalogue: Catalogue, source: str, unit: str) -> Iterator[Start]:
    if catalogue.sources[source].person is None:
        return
    found = [each for each in _scores(catalogue) if each[0] != source]
    for answers, score, instrument, where in sorted(found, key=lambda each: not each[3]):
        chosen = [(f"  where: {where}", "the instrument's own answers")] if where else []
        lines = (
            (f"instrument: {instrument}", "the questionnaire, as it stands under `instruments`"),
            ("measure:", "the score before and after, among the answers of the same person"),
            (f"  from: {answers}", ""),
            (f"  value: {score}", ""),
            *chosen,
            ("  baseline: {window: [-90 days, 0 days], pick: last}", "both ends included, in whole days"),
            ("  follow_up: {window: [305 days, 425 days], pick: first}", ""),
        )
        direction = catalogue.instruments[instrument].direction
        yield Start(unit, "pro", direction, lines, "{denominator: 10, response_rate: 0.5}")


def _scores(catalogue: Catalogue) -> Iterator[tuple[str, str, str, str]]:
    """Yield source, column and instrument of what can be a score, with the condition that chooses the instrument."""
    for name, source in catalogue.sources.items():
        if source.person is None or source.time is None:
            continue
        for column, contract in source.columns.items():
            if contract.type not in NUMBERS or column in (source.person, *source.key):
                continue
            for instrument in catalogue.instruments:
                marks = [each for each, mark in source.columns.items() if instrument in (mark.values or {})]
                yield name, column, instrument, f"{{{marks[0]}: {instrument}}}" if marks else ""


def _taken(catalogue: Catalogue, source: str, unit: str) -> set[str | None]:
    """Return the columns that say which row, whose, when and where it is."""
    contract = catalogue.sources[source]
    times = (contract.time.start, contract.time.end) if contract.time is not None else ()
    return {*contract.key, contract.person, *times, catalogue.units[unit].column}


KINDS: dict[str, Callable[[Catalogue, str, str], Iterator[Start]]] = {
    "proportion": _proportion,
    "rate": _rate,
    "mean": _mean,
    "change": _change,
    "time_to_event": _time_to_event,
}
"""Kind to what makes a starting point of an index source and a unit kind."""
ANSWERS = {
    "proportion": "the share of those who count with the event",
    "rate": "events in relation to the time that people are followed, or to a population",
    "mean": "the mean of a value",
    "change": "the paired change of a score from before to after",
    "time_to_event": "the share still free of the event after some time (Kaplan-Meier)",
}
"""Kind to what it answers."""
