"""The rules that a catalogue must keep beyond its grammar: one rule per file, all of them run, all faults collected.

A rule is a module with `check(catalogue, document)` that yields diagnoses; its docstring is the rule as people read it.
"""

import datetime
from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import Organisations
from vbs_site.catalogue.reading import Document
from vbs_site.catalogue.rules import (
    aliases_free,
    areas_exist,
    baselines_first,
    breaks_dated,
    charts_fit,
    checks_fit,
    codes_fit_their_system,
    cohorts_fit,
    columns_exist,
    criteria_exist,
    decisions_tied,
    derivations_fit,
    examples_enough,
    examples_fit,
    fulfilment_rises,
    funnels_fit,
    groups_dated,
    halves_in_use,
    ids_unique,
    instruments_exist,
    intervals_fit,
    keys_exist,
    languages_complete,
    organisations_named,
    periods_fit,
    persons_known,
    protection_fits,
    ratios_fit,
    retired_explained,
    reviews_in_time,
    sexes_listed,
    similar_apart,
    similar_named,
    sources_exist,
    strata_fit,
    targets_dated,
    targets_fit,
    thresholds_fit,
    times_fit,
    units_reachable,
    units_sound,
    value_fits,
    value_named,
    values_fit,
    wordings_in_order,
)
from vbs_site.diagnostics import Diagnosis

FIRST = (derivations_fit, sources_exist, units_sound, units_reachable)
THEN = (
    aliases_free,
    areas_exist,
    baselines_first,
    breaks_dated,
    charts_fit,
    checks_fit,
    codes_fit_their_system,
    cohorts_fit,
    columns_exist,
    criteria_exist,
    decisions_tied,
    examples_enough,
    examples_fit,
    fulfilment_rises,
    funnels_fit,
    groups_dated,
    halves_in_use,
    ids_unique,
    instruments_exist,
    intervals_fit,
    keys_exist,
    languages_complete,
    organisations_named,
    periods_fit,
    persons_known,
    protection_fits,
    ratios_fit,
    retired_explained,
    sexes_listed,
    similar_apart,
    strata_fit,
    targets_dated,
    targets_fit,
    thresholds_fit,
    times_fit,
    value_fits,
    value_named,
    values_fit,
    wordings_in_order,
)


def names(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield the faults of sources and units, and of what leads to them: other rules need these names to exist."""
    for rule in FIRST:
        found = list(rule.check(catalogue, document))
        yield from found
        if found:
            return


def meanings(catalogue: Catalogue, document: Document, today: datetime.date | None) -> Iterator[Diagnosis]:
    """Yield every other fault of a catalogue in which sources and units exist."""
    for rule in THEN:
        yield from rule.check(catalogue, document)
    if today is not None:
        yield from reviews_in_time.check(catalogue, document, today)


def members(catalogue: Catalogue, document: Document, organisations: Organisations) -> Iterator[Diagnosis]:
    """Yield every fault of what a catalogue that keeps the other rules says of organisations by their ids."""
    yield from similar_named.check(catalogue, document, organisations)
