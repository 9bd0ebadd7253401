"""Deliveries that have passed their checks, ready for the engine; unchanged files are not checked twice."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.sources import Source
from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError
from vbs_site.engines.duckdb_engine import memory_fault, quoted, select_over
from vbs_site.engines.relations import Part, Relation
from vbs_site.extracts.checks import Quality, file_faults, key_faults
from vbs_site.extracts.deliveries import Deliveries, Delivery
from vbs_site.extracts.reading import header, header_faults, ingest_csv, is_csv, relation

CHECKS_VERSION = 1
"""Raised when the checks change, so that files which passed older checks are checked again."""


@dataclass(frozen=True)
class Prepared:
    """What the engine is given.

    Attributes:
        relations: source to where its rows lie.
        folders: folders that the engine must be able to read.
        quality: counts about the deliveries.
        sha256: delivered file (relative name) to its content hash, for the manifest.
    """

    relations: dict[str, Relation]
    folders: tuple[Path, ...]
    quality: tuple[Quality, ...]
    sha256: dict[str, str]


def prepare(
    catalogue: Catalogue,
    deliveries: Deliveries,
    cache: Path,
    connect: Callable[[], duckdb.DuckDBPyConnection],
    say: Callable[[str], None],
) -> Prepared:
    """Check every delivered file against the contract and return typed relations.

    Raises:
        FaultError: with one line per fault of every file (exit code 11). Nothing is computed then.
    """
    relations, quality, sums, faults = (
        dict[str, Relation](),
        list[Quality](),
        dict[str, str](),
        list[Diagnosis](),
    )
    stamps = dict[str, str]()
    connection = connect()
    try:
        for name, delivery in deliveries.by_source.items():
            say(name)
            source = catalogue.sources[name]
            stamps[name] = _stamp(source, delivery)
            known = cache / f"checked-{name}-{stamps[name]}.json"
            if not known.exists():
                wrong = _headers(connection, name, source, delivery)
                if wrong:
                    faults += wrong
                    continue
            files, wrong = _typed_files(connection, name, source, delivery, cache)
            if wrong:
                faults += wrong
                continue
            parts = [Part(deliverer, path) for deliverer, paths in files.items() for path in paths]
            relations[name] = relation(source, parts)
            if known.exists():
                report = json.loads(known.read_text(encoding="utf-8"))
            else:
                found, counts = _contents(
                    connection, name, source, delivery, files, select_over(relations[name]), deliveries.folder
                )
                faults += found
                if found:
                    continue
                report = {
                    "quality": [each.as_row() for each in counts],
                    "sha256": _hashes(delivery, deliveries.folder),
                }
                _remember(known, report)
            quality += [Quality(**row) for row in report["quality"]]
            sums |= report["sha256"]
        if faults:
            raise FaultError(ExitCode.EXTRACTS, faults)
        quality += _unknown_persons(connection, catalogue, relations, stamps, cache)
    except duckdb.OutOfMemoryException:
        raise memory_fault() from None
    finally:
        connection.close()
    return Prepared(
        relations,
        (deliveries.folder.resolve(), cache.resolve()),
        tuple(sorted(quality)),
        dict(sorted(sums.items())),
    )


def _stamp(source: Source, delivery: Delivery) -> str:
    parts = [
        str(CHECKS_VERSION),
        source.model_dump_json(),
        repr(sorted((str(key), day) for key, day in delivery.complete_until.items())),
    ]
    for paths in delivery.files.values():
        for path in paths:
            status = path.stat()
            parts.append(f"{path.resolve()} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def _headers(
    connection: duckdb.DuckDBPyConnection, name: str, source: Source, delivery: Delivery
) -> list[Diagnosis]:
    faults = list[Diagnosis]()
    for paths in delivery.files.values():
        for path in paths:
            try:
                faults += header_faults(path, name, source, header(connection, path))
            except FaultError as fault:
                faults += fault.diagnoses
    return faults


def _typed_files(
    connection: duckdb.DuckDBPyConnection, name: str, source: Source, delivery: Delivery, cache: Path
) -> tuple[dict[str | None, list[Path]], list[Diagnosis]]:
    files: dict[str | None, list[Path]] = {}
    faults = list[Diagnosis]()
    for deliverer, paths in delivery.files.items():
        for path in paths:
            try:
                typed = ingest_csv(connection, path, name, source, cache) if is_csv(path) else path
            except FaultError as fault:
                faults += fault.diagnoses
                continue
            files.setdefault(deliverer, []).append(typed)
    return files, faults


def _contents(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    source: Source,
    delivery: Delivery,
    files: dict[str | None, list[Path]],
    everything: str,
    folder: Path,
) -> tuple[list[Diagnosis], list[Quality]]:
    faults, quality = list[Diagnosis](), list[Quality]()
    for deliverer, paths in files.items():
        totals, missing = 0, dict[str, int]()
        for path, delivered in zip(paths, delivery.files[deliverer], strict=True):
            try:
                found, nulls, rows = file_faults(
                    connection,
                    select_over(relation(source, [Part(None, path)])),
                    delivered,
                    name,
                    source,
                    delivery.until(deliverer),
                )
            except duckdb.ConversionException:
                rule = "every value is of the type of its column"
                faults.append(
                    Diagnosis(
                        str(delivered),
                        0,
                        name,
                        rule,
                        "values that are not",
                        "Correct the delivery or the contract",
                    )
                )
                continue
            except duckdb.OutOfMemoryException:
                raise
            except duckdb.Error:
                faults.append(
                    Diagnosis(
                        str(delivered),
                        0,
                        name,
                        "the file can be read to its end",
                        "a broken file",
                        "Deliver it again",
                    )
                )
                continue
            faults += found
            totals += rows
            missing = {key: missing.get(key, 0) + count for key, count in nulls.items()}
        who = deliverer or ""
        quality.append(Quality(name, who, "rows", "", totals, totals))
        quality += [Quality(name, who, "missing", key, count, totals) for key, count in missing.items()]
    if not faults:
        faults += key_faults(connection, everything, folder / source.files, name, source)
    return faults, quality


def _hashes(delivery: Delivery, folder: Path) -> dict[str, str]:
    sums = {}
    for paths in delivery.files.values():
        for path in paths:
            with path.open("rb") as file:
                sums[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return sums


def _remember(path: Path, report: dict[str, object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(json.dumps(report, indent=1, sort_keys=True), encoding="utf-8")
    aside.replace(path)


def _unknown_persons(
    connection: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    relations: dict[str, Relation],
    stamps: dict[str, str],
    cache: Path,
) -> list[Quality]:
    """Count rows whose person is not in the register of persons; they are kept, and reported. Unchanged files are not counted twice."""
    persons = catalogue.persons
    if persons is None or persons.source not in relations:
        return []
    register = quoted(catalogue.sources[persons.source].person or "")
    found = []
    for name, rows in relations.items():
        person = catalogue.sources[name].person
        if person is None or name == persons.source:
            continue
        known = cache / f"persons-{name}-{stamps[name]}-{stamps[persons.source]}.json"
        if not known.exists():
            counted = connection.execute(
                f"SELECT count(*) FILTER (p.{register} IS NULL), count(*) FROM ({select_over(rows)}) r "
                f"LEFT JOIN ({select_over(relations[persons.source])}) p ON p.{register} = r.{quoted(person)}"
            ).fetchone() or (0, 0)
            _remember(known, {"unknown": counted[0], "rows": counted[1]})
        report = json.loads(known.read_text(encoding="utf-8"))
        found.append(Quality(name, "", "unknown_person", person, report["unknown"], report["rows"]))
    return found
