"""Measures as rows of lists: computed ones with their newest national value, described ones with why there is none."""

from typing import Any, NamedTuple

from vbs_site.catalogue.described import Described
from vbs_site.catalogue.indicators import Indicator
from vbs_site.catalogue.wording import WordedTarget, targets
from vbs_site.site.context import Context
from vbs_site.site.figures.over_time import sparkline
from vbs_site.site.pages.judged import told_targets
from vbs_site.site.results import Result

Measure = Indicator | Described
_LAST_LETTERS = str.maketrans({"æ": "{", "ø": "|", "å": "}"})


class Row(NamedTuple):
    """One measure in a list.

    Attributes:
        statistic: what its number is called; empty for a described one.
        provenance: its status in words.
        result: the newest settled national result; None when nothing is computed.
        targets: those that hold at the end of that period, or today when there is none, each with the verdict on it.
        lacking: for a described measure, the first sentence of what is missing; else empty.
    """

    name: str
    title: str
    matters: str
    dimension: str
    provenance: str
    statistic: str
    result: Result | None
    spark: dict[str, Any] | None
    targets: list[tuple[WordedTarget, str]]
    lacking: str


def path(name: str) -> str:
    """Return the address of a measure's page below the language root."""
    return f"indikator/{name}/"


def measures(context: Context, area: str | None = None) -> dict[str, Measure]:
    """Return the measures in use by id, of one area unless it is None, ordered by title."""
    catalogue = context.bundle.catalogue
    every: dict[str, Measure] = {**catalogue.indicators, **catalogue.described}
    here = [
        name
        for name, each in every.items()
        if each.lifecycle.state == "active" and (area is None or area in each.areas)
    ]
    return {
        name: every[name] for name in sorted(here, key=lambda name: order(context.text(every[name].title)))
    }


def order(title: str) -> str:
    """Return a key that sorts titles as a Danish dictionary does: æ, ø and å come last."""
    return title.casefold().translate(_LAST_LETTERS)


def row(context: Context, name: str) -> Row:
    """Return a measure as a row."""
    catalogue = context.bundle.catalogue
    computed = catalogue.computed.get(name)
    measure: Measure = computed or catalogue.described[name]
    result = newest(context, name) if computed else None
    held = (
        told_targets(context, result)
        if result
        else [
            (each, "") for each in targets(catalogue, name, context.language) if each.holds_on(context.today)
        ]
    )
    lacking = context.text(measure.lacking) if isinstance(measure, Described) else ""
    return Row(
        name=name,
        title=context.text(measure.title),
        matters=measure.matters,
        dimension=measure.dimension,
        provenance=context.say(f"provenance_{measure.provenance.status}"),
        statistic=context.statistic(name, context.results.statistics[name][0]) if computed else "",
        result=result,
        spark=_spark(context, name) if computed else None,
        targets=held,
        lacking=f"{lacking.split('. ')[0].rstrip('.')}." if lacking else "",
    )


def newest(context: Context, name: str) -> Result | None:
    """Return the national result of an indicator's main statistic in the latest settled period."""
    period = context.results.common_period(name)
    return next((each for each in context.results.national(name) if each.period == period), None)


def _spark(context: Context, name: str) -> dict[str, Any] | None:
    period = context.results.common_period(name)
    national = context.results.national(name)
    return sparkline(tuple(each for each in national if period is None or each.period <= period))
