"""Every organisation has a name in every language of the catalogue."""

from collections.abc import Iterator

from vbs_site.catalogue.organisation_rules.reference import Reference
from vbs_site.diagnostics import Diagnosis


def check(reference: Reference) -> Iterator[Diagnosis]:
    """Yield a fault for each language that a name lacks."""
    for at, each in enumerate(reference.members):
        for language in reference.languages:
            if language not in each.name:
                rule = "a name is written in every language of the catalogue"
                hint = f"Add {language}; a name that is never translated is repeated"
                yield reference.fault(at, "name", rule=rule, got=f"no {language}", hint=hint)
