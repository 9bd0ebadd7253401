"""Which files were delivered, or which tables are read instead, by whom, and up to which day they are complete."""

import datetime
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import Organisations
from vbs_site.catalogue.sources import Source
from vbs_site.catalogue.uses import uses
from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError, nearest
from vbs_site.engines.names import ENGINES, READ_FILES, READ_TABLES, EngineName

LETTER = "deliveries.yaml"
"""The note that may lie beside the extracts: `synthetic`, `basis`, and `complete_until` per source and deliverer."""

Basis = Literal["everything", "residents", "own_hospitals"]
"""What a deliverer's rows are: what took place at its units (and the folder holds everyone's), all contacts of its own
residents wherever they took place, or the contacts of its own hospitals alone."""


@dataclass(frozen=True)
class Delivery:
    """What came for one source.

    Attributes:
        files: deliverer (or None when one file holds everything) to its files; a deliverer's rows in a table are no file.
        complete_until: deliverer to the first day no longer covered; None stands for all deliverers.
        missing: deliverers that were expected and sent nothing.
        table: `schema.name` when the rows lie in the engine's own database.
    """

    source: str
    files: dict[str | None, tuple[Path, ...]]
    complete_until: dict[str | None, datetime.date]
    missing: tuple[str, ...] = ()
    table: str | None = None

    def until(self, deliverer: str | None) -> datetime.date | None:
        """Return the first day that this deliverer's rows no longer cover, or None when that is not stated."""
        return self.complete_until.get(deliverer, self.complete_until.get(None))


@dataclass(frozen=True)
class Deliveries:
    """Everything in one extracts folder.

    Attributes:
        basis: what the deliverers' rows are; the letter says it where a folder holds one deliverer's own extracts.
    """

    folder: Path
    synthetic: bool
    by_source: dict[str, Delivery] = field(default_factory=dict)
    basis: Basis = "everything"

    def latest(self) -> datetime.date | None:
        """Return the latest day up to which any source is complete, or None when none says it."""
        days = [day for each in self.by_source.values() for day in each.complete_until.values()]
        return max(days) if days else None


def find_deliveries(
    catalogue: Catalogue,
    organisations: Organisations,
    folder: Path,
    used: set[str],
    engine: EngineName = ENGINES[0],
    only: str | None = None,
) -> Deliveries:
    """Return what there is for the sources that are used: files in the extracts folder, or tables of the engine.

    Args:
        catalogue: has the sources.
        organisations: has the deliverers.
        folder: the extracts folder; with tables alone it may be missing, or hold only the letter.
        used: the sources that are needed.
        engine: the one that computes; says whether a source is read from its files or from its table.
        only: the unit whose part is computed; where the letter names a basis, only its own extracts are expected and read.

    Raises:
        FaultError: when the folder or a source's files are missing, a source has nothing that the engine reads, or the
            letter is broken (exit code 11).
    """
    tables = {name: table for name in used if (table := _table(catalogue.sources[name], engine))}
    faults = [
        *_unreadable(catalogue, used - tables.keys(), engine),
        *_numbered_apart(catalogue, used - tables.keys(), tables),
    ]
    if faults:
        raise FaultError(ExitCode.EXTRACTS, faults)
    if used - tables.keys() and not folder.is_dir():
        hint = "Set --extracts to the folder with the deliveries"
        raise FaultError.one(ExitCode.EXTRACTS, folder, "the extracts folder exists", hint=hint)
    letter = _letter(folder)
    faults = list(_letter_faults(letter, catalogue, organisations, folder))
    found = dict[str, Delivery]()
    basis: Basis = letter.get("basis", "everything")
    for name in sorted(used):
        source = catalogue.sources[name]
        until = _until(letter, name, source.complete_until, folder, faults)
        alone = only if basis != "everything" and source.delivered_by is not None else None
        if alone is not None and until:
            until = {alone: day} if (day := until.get(alone, until.get(None))) else {}
        if name in tables:
            found[name] = Delivery(name, dict.fromkeys(until or [None], ()), until, table=tables[name])
        else:
            files, missing = _files(catalogue, organisations, folder, source)
            if alone is not None:
                files, missing = {unit: paths for unit, paths in files.items() if unit == alone}, ()
            if not files:
                rule = f"the source {name} is delivered"
                hint = "Put the files there, or correct `files` in the catalogue"
                faults.append(Diagnosis(str(folder / str(source.files)), 0, name, rule, "no file", hint))
                continue
            found[name] = Delivery(name, files, until, missing)
        dated = _dated(source) or name in _deaths(catalogue)
        faults += _unstated(found[name], folder) if dated and not faults else []
    if faults:
        raise FaultError(ExitCode.EXTRACTS, faults)
    return Deliveries(folder, bool(letter.get("synthetic", False)), found, basis)


def capped(deliveries: Deliveries, day: datetime.date) -> Deliveries:
    """Return the deliveries as if each were complete no further than a day."""
    found = {
        name: replace(
            each, complete_until={who: min(day, stated) for who, stated in each.complete_until.items()}
        )
        for name, each in deliveries.by_source.items()
    }
    return replace(deliveries, by_source=found)


def _table(source: Source, engine: EngineName) -> str | None:
    """Return the table that an engine reads for a source, or None when it reads files."""
    return source.table if engine in READ_TABLES else None


def _unreadable(catalogue: Catalogue, names: set[str], engine: EngineName) -> Iterator[Diagnosis]:
    """Yield a fault for each source that is to be read from files and has none, or whose files the engine does not read."""
    for name in sorted(names):
        if engine not in READ_FILES:
            rule, hint = f"the engine {engine} reads tables", "Add `table: schema.name` to the source"
            yield Diagnosis(f"sources.{name}", 0, "table", rule, "no table", hint)
        elif catalogue.sources[name].files is None:
            rule = f"the engine {engine} reads files"
            hint = "Add `files: pattern` to the source, or choose an engine that has tables with --engine"
            yield Diagnosis(f"sources.{name}", 0, "files", rule, "no files", hint)


def _numbered_apart(
    catalogue: Catalogue, in_files: set[str], in_tables: Collection[str]
) -> Iterator[Diagnosis]:
    """Yield a fault for each source in files whose persons get numbers there, while others stay text in tables."""

    def by_text(name: str) -> bool:
        source = catalogue.sources[name]
        return source.person is not None and source.columns[source.person].type == "text"

    if any(map(by_text, in_tables)):
        for name in sorted(filter(by_text, in_files)):
            rule = "persons whose id is text are read from tables alone, or from files alone"
            yield Diagnosis(f"sources.{name}", 0, "table", rule, "no table", "Add `table: schema.name`")


def _files(
    catalogue: Catalogue, organisations: Organisations, folder: Path, source: Source
) -> tuple[dict[str | None, tuple[Path, ...]], tuple[str, ...]]:
    """Return each deliverer's files, and the deliverers that were expected and sent none.

    Who takes over from others is expected once it delivers, and they are no longer.
    """
    kind, pattern = source.delivered_by, str(source.files)
    if kind is None:
        paths = tuple(sorted(folder.glob(pattern)))
        return ({None: paths} if paths else {}), ()
    member_of = catalogue.organisation_kind(kind)
    files: dict[str | None, tuple[Path, ...]] = {
        each.id: paths
        for each in organisations.members
        if each.kind == member_of
        and (paths := tuple(sorted(folder.glob(pattern.replace(f"{{{kind}}}", each.id)))))
    }
    expected = organisations.of_kind(member_of)
    return files, tuple(each.id for each in expected if not {each.id, each.successor} & files.keys())


def _letter(folder: Path) -> dict[str, Any]:
    path = folder / LETTER
    if not path.exists():
        return {}
    try:
        letter = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError):
        raise FaultError.one(
            ExitCode.EXTRACTS, path, "the note on the delivery is YAML with dates that exist"
        ) from None
    if not isinstance(letter, dict) or not isinstance(letter.get("complete_until", {}), dict):
        raise FaultError.one(
            ExitCode.EXTRACTS, path, "the note holds `synthetic` and `complete_until: {source: date}`"
        )
    return letter


def _letter_faults(
    letter: dict[str, Any], catalogue: Catalogue, organisations: Organisations, folder: Path
) -> Iterator[Diagnosis]:
    """Yield a fault for each source or deliverer in the note that does not exist: a misspelt one would be passed over."""
    if "basis" in letter and letter["basis"] not in get_args(Basis):
        rule = f"basis is one of {', '.join(get_args(Basis))}"
        stated = repr(letter["basis"])
        yield Diagnosis(
            str(folder / LETTER), 0, "basis", rule, stated, nearest(letter["basis"], get_args(Basis))
        )
    for name, stated in letter.get("complete_until", {}).items():
        source = catalogue.sources.get(name)
        if source is None:
            yield Diagnosis(
                str(folder / LETTER),
                0,
                f"complete_until.{name}",
                "the source exists",
                repr(name),
                nearest(name, catalogue.sources),
            )
            continue
        if isinstance(stated, dict):
            kind = source.delivered_by
            member_of = catalogue.organisation_kind(kind) if kind else None
            known = [each.id for each in organisations.members if each.kind == member_of]
            for deliverer in stated:
                if deliverer not in known:
                    yield Diagnosis(
                        str(folder / LETTER),
                        0,
                        f"complete_until.{name}",
                        "the deliverer exists",
                        repr(deliverer),
                        nearest(deliverer, known),
                    )


def _dated(source: Source) -> bool:
    start = source.columns[source.time.start] if source.time else None
    return start is not None and start.type in ("date", "timestamp")


def _deaths(catalogue: Catalogue) -> set[str]:
    """Return the register of persons where an indicator asks it for deaths: they come in time, as dated rows do."""
    asked = any(use.path[-1] == "died" for name in catalogue.computed for use in uses(catalogue, name))
    return {catalogue.persons.source} if catalogue.persons is not None and asked else set()


def _unstated(delivery: Delivery, folder: Path) -> Iterator[Diagnosis]:
    """Yield a fault for each deliverer who does not say up to which day the rows are complete.

    Without that day nobody can tell a quiet quarter from one that has not arrived, or the living from those whose death
    is not known yet.
    """
    for deliverer in delivery.files:
        if delivery.until(deliverer) is None:
            rule = "dated rows say up to which day they are complete"
            place = f"complete_until.{delivery.source}" + (f".{deliverer}" if deliverer else "")
            hint = "Write it there, or as complete_until of the source"
            yield Diagnosis(str(folder / LETTER), 0, place, rule, "no day", hint)


def _until(
    letter: dict[str, Any], name: str, contract: Any, folder: Path, faults: list[Diagnosis]
) -> dict[str | None, datetime.date]:
    stated = letter.get("complete_until", {}).get(name, contract)
    if stated is None:
        return {}
    by_deliverer: dict[str | None, Any] = dict(stated) if isinstance(stated, dict) else {None: stated}
    for deliverer, day in by_deliverer.items():
        if not isinstance(day, datetime.date) or isinstance(day, datetime.datetime):
            rule = "complete_until is a date such as 2026-10-01"
            faults.append(
                Diagnosis(
                    str(folder / LETTER),
                    0,
                    f"complete_until.{name}.{deliverer or ''}".rstrip("."),
                    rule,
                    type(day).__name__,
                )
            )
    return by_deliverer
