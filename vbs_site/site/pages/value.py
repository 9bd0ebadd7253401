"""The page of value: outcome and resource use of the same course side by side, in the cells of the value assessment matrix.

Positions and cells are the release's own; the page finds none.
"""

from typing import Any, NamedTuple

from vbs_site.catalogue.judging import ValueAssessment
from vbs_site.catalogue.statistics import main_direction
from vbs_site.judgement.value import CELLS, DILEMMAS, OUTCOME, RESOURCE, is_proposed
from vbs_site.periods import Period, parse_period
from vbs_site.site import numbers
from vbs_site.site.context import Context
from vbs_site.site.pages.measures import order, path
from vbs_site.site.words import SHAPES
from vbs_site.tables import records

PATH = "vaerdi/"
TABLE = "value"
TONES = {cell: "dilemma" if cell in DILEMMAS else "neutral" for cell in CELLS} | {
    "lower-better": "better",
    "lower-same": "better",
    "same-better": "better",
    "same-worse": "worse",
    "higher-same": "worse",
    "higher-worse": "worse",
}
"""Cell to what it says of a unit; a dilemma is neither better nor worse."""
MARKS = {"better": SHAPES["better"], "worse": SHAPES["worse"], "neutral": "○", "dilemma": "◆"}
"""What a cell says to its shape; the name stands beside it."""
REASONS = ("undecided", "too_few", "not_shown")
"""Positions that leave a unit without a place."""


class Side(NamedTuple):
    """One measure of an assessment, as it is described.

    Attributes:
        name, title, statistic: the measure and what its number is called.
        better: which direction is better.
        band: what counts as the same, in words.
        source: where the band comes from.
        proposal: what its provenance is called, when it is a proposal.
    """

    name: str
    title: str
    statistic: str
    better: str
    band: str
    source: str
    proposal: str


class Number(NamedTuple):
    """One side of a unit as it is printed: value, interval, sign and words when there is none, and the position."""

    value: str
    interval: str
    status: str | None
    position: str


class Unit(NamedTuple):
    """One unit of an assessment.

    Attributes:
        place: the resource use's and the outcome's position when both are known.
        reasons: why it has no place, one for each side.
    """

    id: str
    name: str
    outcome: Number
    resource: Number
    place: tuple[str, str] | None
    reasons: tuple[str, ...]


class Matrix(NamedTuple):
    """The units of one kind in one period.

    Attributes:
        kind: the unit kind; `plural` is its name.
        effects: positions of the outcome, the better first.
        national: values of the whole country, outcome and resource use.
        units: in the order of their names.
    """

    kind: str
    plural: str
    period: str
    effects: tuple[str, ...]
    national: tuple[str, str]
    units: list[Unit]

    def at(self, resource: str, outcome: str) -> list[Unit]:
        """Return the units of a cell."""
        return [each for each in self.units if each.place == (resource, outcome)]

    @property
    def placed(self) -> list[Unit]:
        """Return the units that have a place."""
        return [each for each in self.units if each.place is not None]

    @property
    def without(self) -> list[Unit]:
        """Return the units that have none."""
        return [each for each in self.units if each.place is None]

    @property
    def statuses(self) -> dict[str, None]:
        """Return the statuses whose signs stand in the table of numbers."""
        told = [number.status for unit in self.units for number in (unit.outcome, unit.resource)]
        return dict.fromkeys(each for each in told if each is not None)


def page(context: Context) -> str:
    """Return how the matrix is read, then each assessment of the catalogue."""
    parts = [
        context.render(
            "value/reading.html.jinja",
            resources=RESOURCE,
            effects=OUTCOME,
            tones=TONES,
            marks=MARKS,
        )
    ]
    for name, pair in context.bundle.catalogue.value.items():
        parts.append(
            context.render(
                "value/assessment.html.jinja",
                name=name,
                pair=pair,
                outcome=_outcome(context, pair),
                resource=_resource(context, pair),
                matrices=_matrices(context, name),
                resources=RESOURCE,
                proposed=is_proposed(context.bundle.catalogue, name),
                tones=TONES,
                marks=MARKS,
                table=TABLE,
                root=context.root(PATH),
            )
        )
    return "\n".join(parts)


def _outcome(context: Context, pair: ValueAssessment) -> Side:
    name, same = pair.outcome.indicator, pair.outcome.same
    indicator = context.indicator(name)
    statistic = context.results.statistics[name][0]
    if same.width is not None:
        amount = context.score(100 * same.width if numbers.is_share(statistic) else same.width)
        unit = context.say("value_percentage_points") if numbers.is_share(statistic) else ""
        band = context.say("value_band").format(f"{amount} {unit}".rstrip())
        return _side(context, name, band, context.text(same.source))
    instrument = context.bundle.catalogue.instruments[getattr(indicator, "instrument", "")]
    threshold = next(each for each in instrument.thresholds if each.kind == same.threshold)
    amount = f"{context.score(threshold.value)} {context.say('value_points')}"
    band = f"{context.say('value_band').format(amount)}: {context.text(threshold.title)}"
    return _side(context, name, band, threshold.source)


def _resource(context: Context, pair: ValueAssessment) -> Side:
    same = pair.resource.same
    space = numbers.NONE_BREAKING if context.language == "da" else ""
    amount = f"{context.score(100 * same.share)}{space}%"
    band = context.say("value_band").format(amount)
    return _side(context, pair.resource.indicator, band, context.text(same.source))


def _side(context: Context, name: str, band: str, source: str) -> Side:
    indicator = context.indicator(name)
    status = indicator.provenance.status
    return Side(
        path(name),
        context.text(indicator.title),
        context.statistic(name, context.results.statistics[name][0]),
        context.say(f"direction_{main_direction(indicator)}"),
        band,
        source,
        context.say(f"provenance_{status}") if indicator.provenance.is_proposal else "",
    )


def _matrices(context: Context, name: str) -> list[Matrix]:
    """Return a matrix of each unit kind in the newest period that is assessed; none in a release without the table."""
    table = context.bundle.tables.get(TABLE)
    if table is None:
        return []
    pair = context.bundle.catalogue.value[name]
    starts = context.bundle.catalogue.catalogue.year_starts
    rows = [
        row | {"period": parse_period(row["period"], starts)}
        for row in records(table[table["value"] == name])
    ]
    if not rows:
        return []
    newest: Period = max(row["period"] for row in rows)
    rows = [row for row in rows if row["period"] == newest]
    effects = OUTCOME
    if is_proposed(context.bundle.catalogue, name):
        direction = main_direction(context.indicator(pair.outcome.indicator))
        effects = ("higher", "same", "lower") if direction == "higher" else ("lower", "same", "higher")
    return [
        _matrix(context, pair, kind, newest, effects, [row for row in rows if row["unit_kind"] == kind])
        for kind in pair.units
    ]


def _matrix(
    context: Context,
    pair: ValueAssessment,
    kind: str,
    period: Period,
    effects: tuple[str, ...],
    rows: list[dict[str, Any]],
) -> Matrix:
    sides = {"outcome": pair.outcome.indicator, "resource": pair.resource.indicator}
    units = [_unit(context, sides, effects, row, period) for row in rows]
    national = [
        _printed(context, indicator, rows[0][f"{side}_reference"]) if rows else ""
        for side, indicator in sides.items()
    ]
    return Matrix(
        kind,
        context.text(context.bundle.catalogue.units[kind].plural),
        context.period(period),
        effects,
        (national[0], national[1]),
        sorted(units, key=lambda each: order(each.name)),
    )


def _unit(
    context: Context, sides: dict[str, str], effects: tuple[str, ...], row: dict[str, Any], period: Period
) -> Unit:
    outcome, resource = (_number(context, side, name, row, period) for side, name in sides.items())
    known = resource.position in RESOURCE and outcome.position in effects
    reasons = [
        f"{context.say(f'value_{side}')}: {_reason(context, sides[side], number)}"
        for side, number in (("outcome", outcome), ("resource", resource))
        if number.position in REASONS
    ]
    place = (resource.position, outcome.position) if known else None
    return Unit(row["unit"], context.unit_name(row["unit"]), outcome, resource, place, tuple(reasons))


def _number(context: Context, side: str, name: str, row: dict[str, Any], period: Period) -> Number:
    where = str(row[f"{side}_position"])
    amount, lower, upper = (row[key] for key in (side, f"{side}_lower", f"{side}_upper"))
    if amount is None:
        statistic = context.results.statistics[name][0]
        result = context.results.at(name, statistic, row["unit_kind"], row["unit"], period)
        return Number("", "", result.status if result is not None else "not_applicable", where)
    statistic, own = context.results.statistics[name][0], context.indicator(name).decimals
    limits = (
        ""
        if lower is None or upper is None
        else numbers.interval(statistic, lower, upper, own, context.language)
    )
    return Number(_printed(context, name, amount), limits, None, where)


def _printed(context: Context, name: str, amount: float) -> str:
    statistic, own = context.results.statistics[name][0], context.indicator(name).decimals
    return numbers.value(statistic, amount, own, context.language)


def _reason(context: Context, name: str, number: Number) -> str:
    if number.status is not None:
        return context.status(number.status).lower()
    if number.position == "too_few":
        return context.say("value_too_few").format(context.bundle.catalogue.judging(name).minimum)
    return context.say("value_straddles" if number.interval else "value_no_interval")
