"""The rules that a catalogue must keep beyond its grammar: one rule per file, all of them run, all faults collected.

A rule is a module with `check(catalogue, document)` that yields diagnoses; its docstring is the rule as people read it.
"""

import datetime
from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.catalogue.rules import (
    areas_exist,
    checks_fit,
    codes_fit_their_system,
    cohorts_fit,
    columns_exist,
    derivations_fit,
    keys_exist,
    languages_complete,
    organisations_named,
    periods_fit,
    persons_known,
    ratios_fit,
    reviews_in_time,
    sources_exist,
    strata_fit,
    targets_fit,
    thresholds_fit,
    times_fit,
    units_reachable,
    units_sound,
    values_fit,
)
from vbs_site.diagnostics import Diagnosis

FIRST = (derivations_fit, sources_exist, units_sound, units_reachable)
THEN = (
    areas_exist,
    checks_fit,
    codes_fit_their_system,
    cohorts_fit,
    columns_exist,
    keys_exist,
    languages_complete,
    organisations_named,
    periods_fit,
    persons_known,
    ratios_fit,
    strata_fit,
    targets_fit,
    thresholds_fit,
    times_fit,
    values_fit,
)


def check(catalogue: Catalogue, document: Document, today: datetime.date | None) -> Iterator[Diagnosis]:
    """Yield every fault; rules that need the sources and units to exist wait until those names are right."""
    found = list[Diagnosis]()
    for rule in FIRST:
        found = found or list(rule.check(catalogue, document))
    yield from found
    if not found:
        for rule in THEN:
            yield from rule.check(catalogue, document)
    if today is not None:
        yield from reviews_in_time.check(catalogue, document, today)
