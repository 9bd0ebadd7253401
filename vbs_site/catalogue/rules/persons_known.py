"""What needs a person (links, cohorts, deaths, age, place of living) has a source of persons and a person column."""

from collections.abc import Iterator

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.catalogue.uses import uses
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each use of a person where there is none."""
    persons = catalogue.persons
    if persons:
        columns = catalogue.sources[persons.source].columns
        by_sex = any("sex" in indicator.stratify for indicator in catalogue.indicators.values())
        for key, column in (
            ("birth", persons.birth),
            ("death", persons.death),
            ("sex", persons.sex if by_sex else None),
        ):
            if column is not None and column not in columns:
                yield document.diagnosis(
                    ("persons", key), f"the column exists in {persons.source}", got=repr(column)
                )
        if not catalogue.sources[persons.source].person:
            yield document.diagnosis(
                ("sources", persons.source), "the source of persons names its `person` column"
            )
    for name, indicator in catalogue.indicators.items():
        root = ("indicators", name)
        needs_register = bool(indicator.stratify) or any(
            catalogue.units[kind].path for kind in indicator.units
        )
        needs_register |= any(each.died is not None for each in getattr(indicator, "exclude", []))
        needs_register |= bool(indicator.kind == "mean" and indicator.cohort.alive)
        if needs_register and persons is None:
            yield document.diagnosis(
                root,
                "deaths, strata and place of living need the key `persons`",
                hint="Add `persons: {source: …}`",
            )
        needs_death = any(each.died is not None for each in getattr(indicator, "exclude", []))
        needs_death |= bool(indicator.kind == "mean" and indicator.cohort.alive)
        if needs_death and persons and persons.death is None:
            yield document.diagnosis(root, "a rule about death needs `persons.death`")
        if "age_band" in indicator.stratify and persons and persons.birth is None:
            yield document.diagnosis(root, "age bands need `persons.birth`")
        linked = [
            use
            for use in uses(catalogue, name)
            if use.path[-1] in ("followed_by", "preceded_by", "measure", "cohort")
        ]
        first = next(uses(catalogue, name)).source
        for source in {first} | {use.source for use in linked} if linked or needs_register else set():
            if catalogue.sources[source].person is None:
                yield document.diagnosis(
                    root, f"{source} has a `person` column, since rows are linked by person"
                )
