"""Deliveries that have passed their checks, ready for the engine; unchanged files are not checked twice."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import astuple, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
from sqlglot import exp

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import Organisations
from vbs_site.catalogue.sources import Source
from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError
from vbs_site.engines.duckdb_engine import DuckDB, memory_fault, quoted, select_over
from vbs_site.engines.engine import Engine
from vbs_site.engines.primitives import column, table
from vbs_site.engines.private_files import mark_confidential, write_private
from vbs_site.engines.relations import Part, Relation
from vbs_site.extracts.checks import Register, Subject, check_rows
from vbs_site.extracts.copies import remove_stale
from vbs_site.extracts.deliveries import Deliveries, Delivery
from vbs_site.extracts.history import changes, read_history, remember, sudden_faults
from vbs_site.extracts.quality import Quality
from vbs_site.extracts.reading import header, header_faults, ingest, ingested, relation
from vbs_site.extracts.row_tests import kept, row_tests
from vbs_site.extracts.unit_codes import finest_unit, known_codes

CHECKS_VERSION = 2
"""Raised when the checks change, so that files which passed older checks are checked again."""

UNCHECKED: Mapping[str, Any] = {
    **dict.fromkeys(("title", "rows", "owner", "disclosure"), True),
    "columns": {"__all__": {"title", "unit", "phrase", "phrase_not"}},
}
"""What a contract says that no check reads: words for people, and the policy for what is published."""


@dataclass(frozen=True)
class Prepared:
    """What the engine is given.

    Attributes:
        relations: source to where the rows lie that are used.
        folders: folders that the engine must be able to read.
        quality: counts about the deliveries.
        sha256: delivered file (relative name) to its content hash, for the manifest.
    """

    relations: dict[str, Relation]
    folders: tuple[Path, ...]
    quality: tuple[Quality, ...]
    sha256: dict[str, str]


@dataclass(frozen=True)
class _Room:
    """What every step needs: the catalogue, the deliveries, and where notes are kept."""

    catalogue: Catalogue
    organisations: Organisations
    deliveries: Deliveries
    cache: Path


def prepare(
    catalogue: Catalogue,
    organisations: Organisations,
    deliveries: Deliveries,
    cache: Path,
    connect: Callable[[], duckdb.DuckDBPyConnection],
    say: Callable[[str], None],
    tables: Callable[[Mapping[str, Relation]], AbstractContextManager[Engine]] | None = None,
) -> Prepared:
    """Check every delivered file and table against the contract and return typed relations of the rows that are used.

    Args:
        catalogue: has the contracts.
        organisations: has the units that rows may name.
        deliveries: what there is.
        cache: folder for notes and ingested files; confidential, and closed to others here.
        connect: opens the embedded engine, which reads files.
        say: told the name of each source.
        tables: opens the engine that reads tables; it checks every source when any is a table.

    Raises:
        FaultError: with one line per fault of every file (exit code 11). Nothing is computed then.
    """
    room = _Room(catalogue, organisations, deliveries, cache)
    faults = list[Diagnosis]()
    mark_confidential(cache)
    remove_stale(cache)
    connection = connect()
    try:
        relations = dict[str, Relation]()
        for name, delivery in deliveries.by_source.items():
            if delivery.table is not None:  # its columns are compared when its engine is opened
                relations[name] = relation(catalogue.sources[name], table=delivery.table)
                continue
            found, wrong = _readable(connection, catalogue.sources[name], delivery, cache)
            faults += wrong
            if found is not None:
                relations[name] = found
                connection.execute(f"CREATE VIEW {quoted(name)} AS {select_over(found)}")
        of_tables = any(each.table is not None for each in relations.values())
        with tables(relations) if of_tables and tables else nullcontext(DuckDB(connection)) as engine:
            subjects = {name: _subject(room, engine, relations, name) for name in relations}
            stamps = {name: _stamp(catalogue.sources[name], deliveries.by_source[name]) for name in relations}
            quality, sums = list[Quality](), dict[str, str]()
            for name, subject in subjects.items():
                say(name)
                note = cache / f"checked-{name}-{_checked_against(room, subject, stamps)}.json"
                if not note.exists() or deliveries.by_source[name].table is not None:
                    wrong = _checked(connection, engine, room, subjects, relations, name, note)
                    faults += wrong
                    if wrong:
                        continue
                report = json.loads(note.read_text(encoding="utf-8"))
                quality += [Quality(name, *row) for row in report["quality"]]
                sums |= report["sha256"]
    except duckdb.OutOfMemoryException:
        raise memory_fault() from None
    finally:
        connection.close()
    if faults:
        raise FaultError(ExitCode.EXTRACTS, faults)
    return Prepared(
        {
            name: replace(found, kept=kept(subjects[name].source, subjects[name].tests))
            for name, found in relations.items()
        },
        (deliveries.folder.resolve(), cache.resolve()),
        tuple(sorted(quality)),
        dict(sorted(sums.items())),
    )


def _readable(
    connection: duckdb.DuckDBPyConnection, source: Source, delivery: Delivery, cache: Path
) -> tuple[Relation | None, list[Diagnosis]]:
    """Return where the rows of a source lie, all of them, or what stands in the way."""
    faults = list[Diagnosis]()
    name = delivery.source
    paths = [path for each in delivery.files.values() for path in each]
    for path in paths:
        try:
            faults += header_faults(path, name, source, header(connection, path))
        except FaultError as fault:
            faults += fault.diagnoses
    if faults:
        return None, faults
    anew, parts = ingested(source, paths), list[Part]()
    for deliverer, files in delivery.files.items():
        for path in files:
            try:
                typed = ingest(connection, path, name, source, cache) if anew else path
            except FaultError as fault:
                faults += fault.diagnoses
                continue
            if not _rows_in(connection, typed):
                hint = "Remove the file if nothing is to be delivered"
                faults.append(Diagnosis(str(path), 0, name, "a delivered file holds rows", "0 rows", hint))
            parts.append(Part(deliverer, typed))
    return (None if faults else relation(source, parts, anew=anew)), faults


def _rows_in(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Return the number of rows that a Parquet file says it has."""
    found = connection.execute(f"SELECT count(*) FROM read_parquet({quoted(str(path), chr(39))})").fetchone()
    return int(found[0]) if found else 0


def _subject(room: _Room, engine: Engine, relations: Mapping[str, Relation], name: str) -> Subject:
    delivery, source = room.deliveries.by_source[name], room.catalogue.sources[name]
    codes = known_codes(room.catalogue, room.organisations, name, partial(_registered, engine, relations))
    kind = finest_unit(room.catalogue, name)
    unit = room.catalogue.units[kind].column if kind else None
    paths = [path for each in delivery.files.values() for path in each]
    tests = row_tests(source, delivery, codes, ingested=ingested(source, paths))
    place = partial(_place, room.deliveries.folder, source, delivery)
    return Subject(name, source, tests, unit, codes, place)


def _registered(engine: Engine, relations: Mapping[str, Relation], source: str, code: str) -> Iterator[str]:
    """Yield the unit codes that a source registers."""
    if source in relations:
        query = exp.select(column(code)).from_(table(source)).group_by(column(code))
        yield from sorted(str(found) for (found,) in engine.rows(query) if found is not None)


def _place(folder: Path, source: Source, delivery: Delivery, deliverer: str) -> Path:
    """Return what a message about a deliverer's rows names: the file, or the pattern of its files."""
    if delivery.table is not None:
        return Path(delivery.table)
    paths = delivery.files[deliverer or None]
    if len(paths) == 1:
        return paths[0]
    return folder / str(source.files).replace(f"{{{source.delivered_by}}}", deliverer)


def _stamp(source: Source, delivery: Delivery) -> str:
    """Return a fingerprint of what is checked of a contract, and the files delivered under it, without reading them."""
    until = sorted((str(key), day) for key, day in delivery.complete_until.items())
    parts = [str(CHECKS_VERSION), source.model_dump_json(exclude=UNCHECKED), repr(until)]
    for paths in delivery.files.values():
        for path in paths:
            status = path.stat()
            parts.append(f"{path.resolve()} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def _checked_against(room: _Room, subject: Subject, stamps: Mapping[str, str]) -> str:
    """Return a fingerprint of everything that a check of a source depends on."""
    persons = room.catalogue.persons
    register = stamps.get(persons.source, "") if persons and subject.source.person else ""
    parts = [stamps[subject.name], register, repr(subject.unit), repr(subject.codes)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def _checked(
    connection: duckdb.DuckDBPyConnection,
    engine: Engine,
    room: _Room,
    subjects: Mapping[str, Subject],
    relations: Mapping[str, Relation],
    name: str,
    note: Path,
) -> list[Diagnosis]:
    """Check the rows of a source; note what was found, or return what refuses the delivery."""
    subject, delivery = subjects[name], room.deliveries.by_source[name]
    try:
        found = check_rows(engine, subject, _register(room.catalogue, subjects, name))
    except (duckdb.Error, FaultError) as error:
        if isinstance(error, duckdb.OutOfMemoryException):
            raise
        wrong = list(_unreadable(connection, relations[name], delivery))
        if not wrong:
            raise
        return wrong
    if found.faults:
        return found.faults
    sums = _hashes(delivery, room.deliveries.folder)
    identities = {
        deliverer or "": hashlib.sha256(
            repr(sorted(sums[_relative(path, room)] for path in paths)).encode()
        ).hexdigest()[:20]
        for deliverer, paths in delivery.files.items()
    }
    if (
        delivery.table is not None
    ):  # nobody says what it was before; a table whose counts are the same is the same
        identities = {"": hashlib.sha256(repr(sorted(found.rows.items())).encode()).hexdigest()[:20]}
    past = room.cache / f"delivered-{name}.json"
    history = read_history(past)
    changed = changes(subject, delivery, found.rows, history, identities)
    wrong = list(sudden_faults(subject, changed))
    if wrong:
        return wrong
    rows = [astuple(each)[1:] for each in sorted([*found.quality, *changed])]
    write_private(note, json.dumps({"quality": rows, "sha256": sums}, sort_keys=True) + "\n")
    remember(past, history, delivery, found.rows, identities)
    return []


def _register(catalogue: Catalogue, subjects: Mapping[str, Subject], name: str) -> Register | None:
    persons = catalogue.persons
    if persons is None or name == persons.source or catalogue.sources[name].person is None:
        return None
    register = subjects.get(persons.source)
    if register is None:
        return None
    return Register(persons.source, register.source.person or "", kept(register.source, register.tests))


def _unreadable(
    connection: duckdb.DuckDBPyConnection, relation: Relation, delivery: Delivery
) -> Iterator[Diagnosis]:
    """Yield which files of a source cannot be read to their end, by reading each of them."""
    delivered = [path for paths in delivery.files.values() for path in paths]
    every = ", ".join(f"max({quoted(key)})" for key, _, _ in relation.columns)
    for part, path in zip(relation.parts, delivered, strict=True):
        try:
            connection.execute(
                f"SELECT {every} FROM ({select_over(replace(relation, parts=(part,)))})"
            ).fetchall()
        except duckdb.ConversionException:
            rule, hint = "every value is of the type of its column", "Correct the delivery or the contract"
            yield Diagnosis(str(path), 0, delivery.source, rule, "values that are not", hint)
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error:
            rule = "the file can be read to its end"
            yield Diagnosis(str(path), 0, delivery.source, rule, "a broken file", "Deliver it again")


def _hashes(delivery: Delivery, folder: Path) -> dict[str, str]:
    sums = {}
    for paths in delivery.files.values():
        for path in paths:
            with path.open("rb") as file:
                sums[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return sums


def _relative(path: Path, room: _Room) -> str:
    return path.relative_to(room.deliveries.folder).as_posix()
