"""The steps of the main job, one per room, each reading what the one before it left on disk."""

import datetime
import gc
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vbs_site.catalogue.changes.change import Comparison
from vbs_site.catalogue.changes.compare import compare
from vbs_site.catalogue.loading import Loaded, checked, load
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, Organisation, Organisations
from vbs_site.catalogue.reading import read
from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError
from vbs_site.engines.duckdb_engine import connect
from vbs_site.engines.engine import Settings, open_engine
from vbs_site.engines.kept_rows import FOLDER as KEPT
from vbs_site.engines.private_files import private_folder, write_private
from vbs_site.extracts.deliveries import Deliveries, find_deliveries
from vbs_site.extracts.prepare import Prepared, prepare
from vbs_site.files import built_aside, repair
from vbs_site.measures.aggregates import Aggregates, compute, load_aggregates, sources_read, sources_used
from vbs_site.measures.combine import Combined, combine
from vbs_site.measures.derived import with_derived
from vbs_site.measures.examples import example_faults
from vbs_site.measures.incremental import memory_of
from vbs_site.measures.meaning import meaning
from vbs_site.measures.parts import check_unit, part_of
from vbs_site.places import Places
from vbs_site.progress import Reporter, Tick
from vbs_site.scaffolding.writing import Written, new_area, new_indicator, new_practice
from vbs_site.site.content import content_faults

if TYPE_CHECKING:
    from vbs_site.audit.audit import Audit
    from vbs_site.disclosure.protected import Protected
    from vbs_site.disclosure.usefulness import Shown


@dataclass
class Summary:
    """What a run did, for the closing words.

    Attributes:
        release: id of the release.
        written: whether the release was written now, or stood there already.
        newest: id of the newest release in the site.
        missing: what is not shown, and why, one line each.
        counts: results shown, hidden and waiting.
        protection: how much is shown of what there is, and what had to be withheld, one line each.
    """

    release: str = ""
    written: bool = False
    newest: str = ""
    missing: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    protection: list[str] = field(default_factory=list)


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


@contextmanager
def _settled() -> Iterator[None]:
    """Spare the garbage collector what is loaded by now and stays: it would walk the modules again and again."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@_settled()
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


@_settled()
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


@_settled()
def release_step(
    places: Places, report: Reporter, loaded: Loaded, identity: str | None, corrects: dict[str, str] | None
) -> Summary:
    """Turn the saved aggregates into findings, protect them and write the bundle.

    Raises:
        FaultError: when there are no aggregates, they come from another catalogue version, or the release exists with
            other content.
    """
    from vbs_site.disclosure.usefulness import shown_of  # noqa: PLC0415
    from vbs_site.disclosure.years import protect_with_years  # noqa: PLC0415 - pandas and scipy take a moment to load
    from vbs_site.judgement.judge import judge  # noqa: PLC0415
    from vbs_site.releases.bundle import read_results, released_beside  # noqa: PLC0415
    from vbs_site.releases.writing import release_id, write_bundle  # noqa: PLC0415
    from vbs_site.statistics.findings import find  # noqa: PLC0415
    from vbs_site.statistics.recast import recast  # noqa: PLC0415
    from vbs_site.statistics.years import find_years  # noqa: PLC0415

    if not (places.aggregates / "aggregates.json").exists():
        raise FaultError.one(
            ExitCode.RELEASE,
            places.aggregates,
            "the aggregates are there",
            hint="Run `build.py compute` first",
        )
    repair(places.releases)
    with report.step("release", 8) as tick:
        tick("findings")
        aggregates = load_aggregates(places.aggregates)
        stated, here = aggregates.note["catalogue"], loaded.catalogue.catalogue
        if (stated["id"], stated["version"]) != (here.id, here.version):
            got = f"{stated['id']} {stated['version']}, not {here.id} {here.version}"
            raise FaultError.one(
                ExitCode.RELEASE,
                places.aggregates,
                "the aggregates belong to this catalogue",
                got=got,
                hint="Run `build.py compute` again",
            )
        organisations = Organisations.of(
            [Organisation.model_validate(each) for each in aggregates.note["organisations"]]
        )
        rows = recast(loaded.catalogue, organisations, aggregates.rows)
        findings = find(loaded.catalogue, rows, aggregates.note["references"], aggregates.note["standards"])
        tick("disclosure")
        name = identity or release_id(aggregates.note, findings)
        beside = released_beside(places.releases, name)
        earlier = [read_results(places.releases / each) for each in beside]
        protected = protect_with_years(
            loaded.catalogue, organisations, findings, find_years(loaded.catalogue, rows), earlier
        )
        tick("judgement")
        verdicts = judge(loaded.catalogue, organisations, protected.results)
        protected = replace(protected, results=verdicts.results)
        tick("bundle")
        written = write_bundle(
            places.releases,
            name,
            loaded,
            aggregates.note,
            protected,
            verdicts.tables,
            corrects,
            beside=beside,
            inspect=lambda folder: _attack(folder, places.releases, tick),
        )
        _log(places.logs / f"suppressed-{name}.csv", protected.log)
    counts = protected.results["status"].value_counts().to_dict()
    return Summary(
        name,
        written,
        "",
        missing(loaded, aggregates.note, organisations, protected.results),
        {str(key): int(value) for key, value in counts.items()},
        _protection(shown_of(findings, protected.results), protected),
    )


def _protection(shown: "Shown", protected: "Protected") -> list[str]:
    """Return how much is shown of what there is, what is offered instead, and what is withheld."""
    parts = [
        f"{share:.1%} of {what}"
        for share, what in (
            (shown.lines, "the figures"),
            (shown.everyone, "those of everyone in a unit"),
            (shown.events, "all events counted in them"),
        )
        if share is not None
    ]
    lines = [f"shown: {', '.join(parts)}"] if parts else []
    if len(protected.years):
        lines.append(f"{len(protected.years)} figures of whole years where shorter periods are hidden")
    lines += [f"withheld: {name}: {why}" for name, why in sorted(protected.withheld.items())]
    return lines


def _attack(release: Path, releases: Path, tick: Tick) -> None:
    """Attack a release before it takes its place.

    Raises:
        FaultError: something hidden can be worked out (exit code 16); the release is not written.
    """
    from vbs_site.audit.audit import audit  # noqa: PLC0415 - scipy takes a moment to load

    found = audit(release, releases, tick).findings
    if found:
        raise FaultError(ExitCode.LEAK, found)


def _log(path: Path, log: Any) -> None:
    """Write which cells were hidden and why: for the publisher, never published."""
    rows = [",".join(log.columns), *(",".join(map(str, row)) for row in log.itertuples(index=False))]
    write_private(path, "\n".join(rows) + "\n")


def missing(loaded: Loaded, note: dict[str, Any], organisations: Organisations, results: Any) -> list[str]:
    """Return what is not shown yet and why, one line per indicator: who has not delivered, what is still followed up."""
    language = loaded.catalogue.catalogue.languages[0]
    national = results[(results["unit_kind"] == NATIONAL) & (results["stratum"] == "all")]
    waiting = national[national["status"] == "incomplete_follow_up"]
    lines = []
    for name in loaded.catalogue.computed:
        reasons = []
        periods = sorted(set(waiting[waiting["indicator"] == name]["period"]))
        if periods:
            reasons.append(f"{', '.join(periods)} follow-up not complete")
        lacking = note["lacking"].get(name, {})
        if lacking:
            units = sorted({unit for names in lacking.values() for unit in names})
            known = organisations.by_id
            names = ", ".join(known[unit].name[language] if unit in known else unit for unit in units)
            reasons.append(f"{', '.join(lacking)} not delivered by {names}")
        if name in note.get("left_out", ()):
            reasons.append("left out, contacts of own hospitals cannot answer it")
        if reasons:
            lines.append(f"{name}: {'; '.join(reasons)}")
    return lines


@_settled()
def site_step(places: Places, report: Reporter, languages: int, identity: str) -> str:
    """Build the site of a release; return the id of the newest release in the site."""
    from vbs_site.site.publish import publish_site  # noqa: PLC0415 - the builder takes a moment to load

    repair(places.site)
    with report.step("site", languages + 1) as tick:
        return publish_site(
            places.releases / identity, places.content, places.configuration, places.site, tick
        )


def audit_step(built: Path, earlier: Path | None, report_file: Path | None, report: Reporter) -> "Audit":
    """Attack a release or a built site; write the report when a file is named.

    Raises:
        FaultError: when it cannot be read (exit code 2 or 13).
    """
    from vbs_site.audit.audit import audit  # noqa: PLC0415 - scipy takes a moment to load
    from vbs_site.audit.report import write_report  # noqa: PLC0415

    with report.step("audit", 4) as tick:
        done = audit(built, earlier, tick)
    if report_file is not None:
        write_report(done, report_file)
    return done


def corrections(places: Places, corrects: str | None, reason: str | None) -> dict[str, str] | None:
    """Return what a correction says of itself.

    Raises:
        FaultError: when only one of the two is given (exit code 2).
    """
    if (corrects is None) != (reason is None):
        raise FaultError(
            ExitCode.USAGE,
            [
                Diagnosis(
                    str(places.releases),
                    0,
                    "--corrects",
                    "a correction names the release and the reason",
                    "only one of them",
                )
            ],
        )
    return {"release": corrects, "reason": reason} if corrects is not None and reason is not None else None
