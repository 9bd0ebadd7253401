"""Times are time columns, windows go forwards, and a chain has a start and an end."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.catalogue.uses import uses
from vbs_site.diagnostics import Diagnosis

TIMES = ("date", "timestamp", "year")


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each time that is none, and each window that is empty."""
    for name, indicator in catalogue.indicators.items():
        root = ("indicators", name)
        for use in uses(catalogue, name):
            if use.at is None and use.path[-1] == "standard":
                continue
            if use.at is None:
                yield document.diagnosis(
                    use.path, "the time is known", hint=f"Set `at`, or `time` in the source {use.source}"
                )
                continue
            column = catalogue.sources[use.source].columns.get(use.at)
            if column and column.type not in TIMES:
                yield document.diagnosis(
                    (*use.path, "at"),
                    "a time is a date, timestamp or year column",
                    got=f"{use.at} of type {column.type}",
                )
            if column and column.type == "year" and use.path[-1] == "per":
                yield document.diagnosis(
                    (*use.path, "at"), "a population is counted on a day", got=f"{use.at} of type year"
                )
            if column and column.type == "year" and indicator.period != "year":
                yield document.diagnosis(
                    (*root, "period"),
                    "events that carry only a year are reported by year",
                    got=indicator.period,
                )
            if (
                column
                and column.type == "year"
                and use.path[-1] in ("followed_by", "preceded_by", "measure", "cohort", "value")
            ):
                yield document.diagnosis((*use.path, "at"), "a link needs a date or timestamp", got=use.at)
        yield from _chains_and_windows(document, catalogue, name)


def _chains_and_windows(document: Document, catalogue: Catalogue, name: str) -> Iterator[Diagnosis]:
    indicator, root = catalogue.indicators[name], ("indicators", name)
    chain = getattr(getattr(indicator, "of", None), "chain", None)
    if chain is not None:
        times = catalogue.sources[indicator.of.from_].time  # type: ignore[union-attr]
        if times is None or times.end is None:
            yield document.diagnosis(
                (*root, "of", "chain"), "a chain needs `time: {start: …, end: …}` in its source"
            )
    for part in ("baseline", "follow_up"):
        answer = getattr(getattr(indicator, "measure", None), part, None)
        if answer is not None and answer.window[0].longest_days > answer.window[1].longest_days:
            yield document.diagnosis((*root, "measure", part, "window"), "a window goes from early to late")
    links = [
        ("event", getattr(indicator, "event", None)),
        ("value", getattr(indicator, "value", None)),
        *((f"exclude.{i}", each) for i, each in enumerate(getattr(indicator, "exclude", []))),
    ]
    for key, owner in links:
        for side in ("followed_by", "preceded_by"):
            link = getattr(owner, side, None)
            if (
                link is not None
                and link.after is not None
                and link.after.longest_days >= link.within.longest_days
            ):
                yield document.diagnosis(
                    (*root, *key.split("."), side),
                    "`after` is shorter than `within`",
                    got=f"{link.after.count} {link.after.unit}",
                )
