"""A derived source has a base that is delivered in the end, with the columns and times that the derivation asks for."""

from collections.abc import Iterator

from vbs_site.catalogue.conditions import comparisons
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document, Place
from vbs_site.catalogue.sources import Derive, Source
from vbs_site.diagnostics import Diagnosis, nearest

NUMBERS, MOMENTS = ("integer", "decimal"), ("date", "timestamp")
TAKEN_FROM = {
    "sum": NUMBERS,
    "min": (*NUMBERS, *MOMENTS, "year"),
    "max": (*NUMBERS, *MOMENTS, "year"),
    "any": ("boolean",),
}
"""How a column comes about to the types that it can come from; any other way takes every type."""


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each derivation that leads nowhere, comes back to itself or asks for what its base lacks."""
    sources = catalogue.sources
    for name, source in sources.items():
        derive = source.derive
        if derive is None:
            continue
        path: Place = ("sources", name, "derive")
        of: Place = (*path, "chain" if derive.chain is not None else "select")
        if derive.base not in sources:
            hint = nearest(derive.base, sources)
            yield document.diagnosis(of, "the source exists", got=repr(derive.base), hint=hint)
        elif name in _line(sources, name):
            rule = "a derived source comes from a delivered one, not from itself"
            yield document.diagnosis(of, rule, got=" from ".join([name, *_line(sources, name)]))
        elif sources[derive.base].columns:  # none: what is wrong with the base is said there
            yield from _of_base(document, path, of, derive, sources[derive.base])


def _line(sources: dict[str, Source], name: str) -> list[str]:
    """Return the bases of a source, nearest first, up to a delivered one or the first that comes twice."""
    found = list[str]()
    while (derive := sources[name].derive) is not None and derive.base in sources.keys() - found:
        name = derive.base
        found.append(name)
    return found


def _of_base(document: Document, path: Place, of: Place, derive: Derive, base: Source) -> Iterator[Diagnosis]:
    ends = base.time is not None and base.time.end is not None
    if (derive.chain is not None or derive.lasting is not None) and not ends:
        rule = "rows that have a length name their `time: {start: …, end: …}`"
        yield document.diagnosis(of, rule, got=derive.base, hint="Add it to that source")
    elif ends and base.time is not None:
        for column in (base.time.start, base.time.end):
            if column in base.columns and base.columns[column].type not in MOMENTS:
                rule, got = (
                    "a length lies between dates or timestamps",
                    f"{column} of type {base.columns[column].type}",
                )
                yield document.diagnosis(of, rule, got=got)
    if derive.chain is not None and base.person is None:
        rule = "rows are chained by person, so their source names its `person` column"
        yield document.diagnosis(of, rule, got=derive.base)
    for each in comparisons(derive.where) if derive.where is not None else ():
        if each.column not in base.columns:
            rule, hint = f"the column exists in {derive.base}", nearest(each.column, base.columns)
            yield document.diagnosis((*path, "where", each.column), rule, got=repr(each.column), hint=hint)
    for column, how in derive.take.items():
        yield from _taken(document, (*path, "take", column), derive.base, base, column, how)


def _taken(
    document: Document, path: Place, name: str, base: Source, column: str, how: str
) -> Iterator[Diagnosis]:
    times = (base.time.start, base.time.end) if base.time is not None else ()
    if column in (*base.key, base.person, *times):
        rule = "key, person, start and end follow from the rows and are not taken"
        yield document.diagnosis(path, rule, got=repr(column), hint="Remove it")
    elif how == "count":
        if column in base.columns:
            rule = f"the number of rows is a column of its own, not one of {name}"
            yield document.diagnosis(path, rule, got=repr(column), hint="Choose another name")
    elif column not in base.columns:
        hint = nearest(column, base.columns)
        yield document.diagnosis(path, f"the column exists in {name}", got=repr(column), hint=hint)
    elif base.columns[column].type not in TAKEN_FROM.get(how, (base.columns[column].type,)):
        rule = f"{how} takes a column of type {', '.join(TAKEN_FROM[how])}"
        yield document.diagnosis(path, rule, got=f"{column} of type {base.columns[column].type}")
