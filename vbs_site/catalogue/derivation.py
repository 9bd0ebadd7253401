"""The contract of a derived source: its key, person, times, columns and disclosure policy follow from those of its base."""

from collections.abc import Mapping

from vbs_site.catalogue.sources import Column, Source
from vbs_site.catalogue.words import Text

NUMBER_OF = {"da": "antal {rows}", "en": "number of {rows}"}
"""Language to what a column with the number of chained rows is called."""


def with_contracts(sources: Mapping[str, Source]) -> dict[str, Source]:
    """Return the sources, the derived ones with their contract.

    One whose base does not exist or comes back to itself keeps no column; the rule `derivations_fit` says so.
    """
    found = {name: source for name, source in sources.items() if source.derive is None}
    waiting = [name for name in sources if name not in found]
    while ready := [name for name in waiting if sources[name].derive.base in found]:  # type: ignore[union-attr]
        for name in ready:
            found[name] = _with_contract(sources[name], found)
        waiting = [name for name in waiting if name not in found]
    return {name: found.get(name, source) for name, source in sources.items()}


def _with_contract(source: Source, found: Mapping[str, Source]) -> Source:
    derive = source.derive
    assert derive is not None
    base = found[derive.base]
    columns = base.columns if derive.select is not None else _chained(source, base)
    as_read = {name: column.model_copy(update={"from_": None}) for name, column in columns.items()}
    contract = {
        "key": base.key,
        "person": base.person,
        "time": base.time,
        "columns": as_read,
        "disclosure": base.disclosure,
    }
    return source.model_copy(update=contract)


def _chained(source: Source, base: Source) -> dict[str, Column]:
    assert source.derive is not None
    times = (base.time.start, base.time.end) if base.time is not None else ()
    kept = [name for name in (*base.key, base.person, *times) if name in base.columns]
    columns = {name: base.columns[name] for name in kept if name is not None}
    for name, how in source.derive.take.items():
        if how == "count":
            columns[name] = Column(type="integer", title=_number_of(base.rows))
        elif name in base.columns:
            columns[name] = base.columns[name]
    return columns


def _number_of(rows: Text) -> Text:
    return {language: NUMBER_OF[language].format(rows=words) for language, words in rows.items()}
