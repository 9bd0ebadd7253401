"""A value assessment sets an outcome with an interval and a direction against a mean cost of which less is better; a threshold is one of the outcome's instrument."""

from collections.abc import Iterator

from vbs_site.catalogue.indicators import AdjustedChange, Change, Indicator
from vbs_site.catalogue.judging import SameOutcome
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.catalogue.statistics import main_direction, statistics_of
from vbs_site.diagnostics import Diagnosis, nearest


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each side of a value assessment that cannot be one, and for a threshold that is not there."""
    for name, pair in catalogue.value.items():
        outcome = catalogue.indicators.get(pair.outcome.indicator)
        resource = catalogue.indicators.get(pair.resource.indicator)
        for side, faults in (
            ("outcome", _outcome_faults(outcome) if outcome is not None else ()),
            ("resource", _resource_faults(resource) if resource is not None else ()),
        ):
            for rule, got in faults:
                yield document.diagnosis(("value", name, side, "indicator"), rule, got=got)
        fault = _threshold_fault(catalogue, outcome, pair.outcome.same) if outcome is not None else None
        if fault is not None:
            rule, got, hint = fault
            yield document.diagnosis(
                ("value", name, "outcome", "same", "threshold"), rule, got=got, hint=hint
            )


def _outcome_faults(outcome: Indicator) -> Iterator[tuple[str, str]]:
    if outcome.dimension not in ("outcome", "pro"):
        yield "the outcome is of dimension outcome or pro: it is what patients get", outcome.dimension
    if statistics_of(outcome)[0].method == "none":
        yield "the outcome has an interval, or no unit could be placed", f"a {outcome.kind} has none"
    if main_direction(outcome) == "neutral":
        yield "the outcome has a direction, or nothing is better", "neutral"


def _resource_faults(resource: Indicator) -> Iterator[tuple[str, str]]:
    if resource.kind != "mean":
        yield "the resource use is a mean, which has an interval", f"a {resource.kind}"
    if resource.dimension != "cost":
        yield "the resource use is of dimension cost", resource.dimension
    if resource.direction != "lower":
        yield "of a resource use lower is better", resource.direction


def _threshold_fault(
    catalogue: Catalogue, outcome: Indicator, same: SameOutcome
) -> tuple[str, str, str] | None:
    if same.threshold is None:
        return None
    if not isinstance(outcome, Change | AdjustedChange):
        hint = "Write a `width` on the scale of its values, with its source"
        return "a threshold is for the change of a score", f"a {outcome.kind}", hint
    instrument = catalogue.instruments.get(outcome.instrument)
    kinds = [each.kind for each in instrument.thresholds] if instrument is not None else [same.threshold]
    if same.threshold in kinds:
        return None
    return "the outcome's instrument has this threshold", same.threshold, nearest(same.threshold, kinds)
