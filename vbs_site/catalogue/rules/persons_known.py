"""What needs a person (links, cohorts, deaths, age, place of living) has a source of persons and a person column."""

from collections.abc import Iterator

from vbs_site.catalogue.indicators import Indicator, strata_of
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document
from vbs_site.catalogue.uses import uses
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each use of a person where there is none."""
    persons = catalogue.persons
    if persons:
        columns = catalogue.sources[persons.source].columns
        by_sex = any("sex" in strata_of(indicator) for indicator in catalogue.indicators.values())
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
        needs_death = _asks_for_death(indicator)
        needs_register = needs_death or bool(strata_of(indicator))
        needs_register |= any(catalogue.units[kind].path for kind in indicator.units)
        if needs_register and persons is None:
            yield document.diagnosis(
                root,
                "deaths, strata and place of living need the key `persons`",
                hint="Add `persons: {source: …}`",
            )
        if needs_death and persons and persons.death is None:
            yield document.diagnosis(root, "a rule about death needs `persons.death`")
        if "age_band" in strata_of(indicator) and persons and persons.birth is None:
            yield document.diagnosis(root, "age bands need `persons.birth`")
        linked = [
            use
            for use in uses(catalogue, name)
            if use.path[-1] in ("followed_by", "preceded_by", "measure", "cohort")
        ]
        index = next(uses(catalogue, name), None)
        of = getattr(indicator, "of", None)
        by_person = of is not None and (of.only_first is not None or of.washout is not None)
        linking = index is not None and (linked or needs_register or by_person)
        for source in {index.source} | {use.source for use in linked} if index and linking else set():
            if catalogue.sources[source].person is None:
                yield document.diagnosis(
                    root, f"{source} has a `person` column, since rows are linked by person"
                )


def _asks_for_death(indicator: Indicator) -> bool:
    event = getattr(indicator, "event", None)
    cohort = getattr(indicator, "cohort", None)
    died = [*getattr(indicator, "exclude", []), *([event] if event is not None else [])]
    return any(each.died is not None for each in died) or (cohort is not None and cohort.alive)
