"""The steps of the main job, one per room, each reading what the one before it left on disk."""

import datetime
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from vbs_site.catalogue.changes.change import Comparison
from vbs_site.catalogue.changes.compare import compare
from vbs_site.catalogue.loading import Loaded, checked, load
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import read
from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError
from vbs_site.engines.duckdb_engine import connect
from vbs_site.engines.engine import Settings, open_engine
from vbs_site.engines.kept_rows import FOLDER as KEPT
from vbs_site.engines.private_files import private_folder
from vbs_site.extracts.deliveries import Deliveries, find_deliveries
from vbs_site.extracts.prepare import Prepared, prepare
from vbs_site.files import built_aside, repair
from vbs_site.measures.aggregates import Aggregates, compute, sources_read, sources_used
from vbs_site.measures.combine import Combined, combine
from vbs_site.measures.derived import with_derived
from vbs_site.measures.examples import example_faults
from vbs_site.measures.incremental import memory_of
from vbs_site.measures.meaning import meaning
from vbs_site.measures.parts import check_unit, part_of
from vbs_site.places import Places
from vbs_site.progress import Reporter
from vbs_site.scaffolding.writing import Written, new_area, new_indicator, new_practice
from vbs_site.settled import settled
from vbs_site.site.content import content_faults


def check(places: Places, report: Reporter) -> Loaded:
    """Check the catalogue, the organisations, the worked examples and the content; return the catalogue.

    Raises:
        FaultError: with every fault of every file.
    """
    with report.step("check", 3) as tick:
        tick("catalogue")
        loaded = load(places.catalogue, today=datetime.datetime.now(tz=datetime.UTC).date())
        tick("examples")
        faults = example_faults(loaded, places.cache / "examples")
        if faults:
            raise FaultError(ExitCode.CATALOGUE, faults)
        tick("content")
        faults = content_faults(places.content, loaded.catalogue, loaded.organisations)
        if faults:
            raise FaultError(ExitCode.CONTENT, faults)
    return loaded


def read_version(path: Path) -> Catalogue:
    """Return a catalogue to be compared: of a file, of a folder with `indicators.yaml`, or of a release as it was.

    Raises:
        FaultError: for faults of the catalogue, or a release that is not as published.
    """
    from vbs_site.releases.bundle import MANIFEST, read_catalogue  # noqa: PLC0415 - pandas takes a moment to load

    if (path / MANIFEST).exists():
        return read_catalogue(path)
    document, faults = read(path / "indicators.yaml" if path.is_dir() else path)
    if not document.data and faults:
        raise FaultError(ExitCode.CATALOGUE, faults)
    return checked(document, faults)[0]


def compare_step(old: Path, new: Path) -> Comparison:
    """Return what has changed from one version of a catalogue to another.

    Raises:
        FaultError: when one of them cannot be read.
    """
    return compare(read_version(old), read_version(new), meaning)


def new_step(
    places: Places, what: str, name: str, area: str | None, kind: str, today: datetime.date
) -> list[Written]:
    """Write a commented starting point of an indicator, an area or a practice.

    Raises:
        FaultError: for faults that the catalogue has already, or an id or area that will not do; nothing is written then.
    """
    loaded = load(places.catalogue)
    if what == "area":
        return new_area(loaded, places.content.resolve(), name)
    if what == "practice":
        return new_practice(loaded, places.content.resolve(), name, area, today)
    if area is None:
        hint = f"Name one with --area: {', '.join(loaded.catalogue.areas)}"
        raise FaultError(
            ExitCode.USAGE,
            [
                Diagnosis(
                    str(places.catalogue), 0, f"indicators.{name}", "an indicator has an area", "none", hint
                )
            ],
        )
    return new_indicator(loaded, name, area, kind, today)


def demo(places: Places, report: Reporter) -> None:
    """Write synthetic Danish extracts, unless the folder holds something already.

    Raises:
        FaultError: when the folder is not empty (exit code 11).
    """
    from vbs_site.extracts.demo import generate  # noqa: PLC0415 - only the demo needs it

    if places.extracts.is_dir() and any(places.extracts.iterdir()):
        hint = "Empty the folder first, or name another with --out"
        raise FaultError.one(
            ExitCode.EXTRACTS,
            places.extracts,
            "demo data is never written over deliveries",
            got="a folder with files",
            hint=hint,
        )
    repair(places.extracts.parent)
    organisations = places.catalogue.parent / "data" / "reference" / "organisations.yaml"
    with report.step("demo", 6) as tick, built_aside(places.extracts) as aside:
        generate(aside, organisations=organisations, progress=tick)


@settled()
def compute_step(
    places: Places,
    report: Reporter,
    loaded: Loaded,
    settings: Settings,
    only: str | None = None,
    until: datetime.date | None = None,
) -> Aggregates:
    """Check the deliveries, compute every indicator and save the aggregates.

    Args:
        places: where things lie.
        report: told of progress.
        loaded: the catalogue.
        settings: which engine, and its limits.
        only: the unit whose part is computed and saved below `parts`; None for everything together.
        until: a day after which no delivery counts as complete.

    Raises:
        FaultError: when a delivery does not fit its contract, or the unit does not deliver.
    """
    if only is not None:
        check_unit(loaded, sources_used(loaded), only)
    deliveries = find_deliveries(
        loaded.catalogue, loaded.organisations, places.extracts, sources_used(loaded), settings.name, only
    )
    if only is not None:
        part_of(loaded, deliveries, only)  # what cannot be divided is said before anything is read
    target = places.aggregates if only is None else places.parts / only
    repair(target.parent)
    with _spill(places.cache) as spill:
        with report.step("extracts", len(deliveries.by_source)) as tick:
            prepared = prepare(
                loaded.catalogue,
                loaded.organisations,
                deliveries,
                places.cache,
                lambda: connect(settings.memory_mb, spill, settings.threads),
                tick,
                lambda relations: open_engine(settings, relations, (), spill),
            )
        relations = with_derived(
            loaded.catalogue, prepared.relations, sources_read(loaded), places.cache, spill, settings
        )
        prepared = replace(prepared, relations=relations)
        aggregates = _computed(
            loaded, deliveries, prepared, report, settings, places.cache, spill, only, until
        )
    with built_aside(target) as aside:
        private_folder(aside)
        aggregates.save(aside)
    return aggregates


@settled()
def combine_step(
    places: Places, report: Reporter, loaded: Loaded, folders: list[Path], *, leave_out_incomplete: bool
) -> Combined:
    """Add up the parts of units and save the aggregates.

    Raises:
        FaultError: when the parts do not add up to the whole exactly (exit code 11).
    """
    repair(places.aggregates.parent)
    with report.step("combine", 1) as tick:
        tick(f"{len(folders)} parts")
        combined = combine(loaded, folders, leave_out_incomplete=leave_out_incomplete)
        with built_aside(places.aggregates) as aside:
            private_folder(aside)
            combined.aggregates.save(aside)
    return combined


def _computed(
    loaded: Loaded,
    deliveries: Deliveries,
    prepared: Prepared,
    report: Reporter,
    settings: Settings,
    cache: Path,
    spill: Path,
    only: str | None,
    until: datetime.date | None,
) -> Aggregates:
    with (
        report.step("compute", len(loaded.catalogue.computed)) as tick,
        open_engine(settings, prepared.relations, (*prepared.folders, cache / KEPT), spill) as engine,
    ):
        memory = (
            None if settings.anew else memory_of(loaded.catalogue, engine, prepared.relations, cache, spill)
        )
        return compute(loaded, deliveries, prepared, engine, tick, only=only, until=until, memory=memory)


@contextmanager
def _spill(cache: Path) -> Iterator[Path]:
    """Give a folder for what does not fit in memory, and remove it whatever happens: it can hold patient rows."""
    cache.mkdir(parents=True, exist_ok=True)
    repair(cache)
    spill = Path(tempfile.mkdtemp(prefix=".spill-", dir=cache))
    try:
        yield spill
    finally:
        shutil.rmtree(spill, ignore_errors=True)
