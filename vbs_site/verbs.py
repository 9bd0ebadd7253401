"""What each verb does: read the options, run the steps, say what came of it. The heavy rooms are loaded only when needed."""

import argparse
import json
from pathlib import Path
from typing import Any

from vbs_site import __version__
from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError
from vbs_site.engines.names import READ_FILES, READ_TABLES
from vbs_site.places import Places, newest_release, published
from vbs_site.progress import Reporter
from vbs_site.unchanged import fingerprint, remember, remembered

DEFAULT_CATALOGUE = Path("indicators.yaml")


def _places(options: argparse.Namespace) -> Places:
    return Places.around(options.catalogue, getattr(options, "extracts", None), getattr(options, "out", None))


def run_everything(options: argparse.Namespace) -> int:
    """Run the whole main job, unless nothing has changed since it last ran."""
    home, places = options.catalogue.resolve().parent, _places(options)
    site, extracts = places.site, places.extracts
    state = remembered(site)
    mark = _mark(options, home, extracts, state)
    release = state.get("release", "-")
    there = (site / release / "index.html").exists() and (
        places.releases / release / "manifest.json"
    ).exists()
    # What lies in a database leaves no trace among the files: only an engine that reads nothing else can be spared.
    if options.engine not in READ_TABLES and state.get("inputs") == mark and there:
        print(
            f"nothing has changed since release {state['release']} was built; the site is at {_shown(site / 'index.html')}"
        )
        return 0
    from vbs_site import publishing, steps

    report = Reporter(quiet=options.quiet)
    corrects = publishing.corrections(places, options.corrects, options.reason)
    loaded = steps.check(places, report)
    lacking = options.extracts is None and not (extracts.is_dir() and any(extracts.iterdir()))
    if lacking and options.engine in READ_FILES:
        steps.demo(places, report)
    steps.compute_step(places, report, loaded, _settings(options))
    summary = publishing.release_step(places, report, loaded, options.release, corrects)
    summary.newest = publishing.site_step(
        places, report, len(loaded.catalogue.catalogue.languages), summary.release
    )
    state = {
        "release": summary.release,
        "organisations": loaded.catalogue.catalogue.organisations or "",
        "include": "\n".join(loaded.document.patterns),
    }
    remember(site, state | {"inputs": _mark(options, home, extracts, state)})
    _say_summary(options, places, loaded, summary)
    return 0


def _settings(options: argparse.Namespace) -> Any:
    from vbs_site.engines.engine import Settings, default_memory_mb

    return Settings(options.engine, options.memory or default_memory_mb(), options.threads, anew=options.anew)


def _mark(options: argparse.Namespace, home: Path, extracts: Path, state: dict[str, str]) -> str:
    """Return the fingerprint of all inputs; `state` names the files that the catalogue led to when it was last read."""
    parts = [path for pattern in state.get("include", "").splitlines() for path in home.glob(pattern)]
    texts = [
        options.catalogue,
        *parts,
        home / state.get("organisations", "-"),
        home / "content",
        home / "mkdocs.yml",
    ]
    words = [__version__, str(options.release), str(options.corrects), str(options.reason)]
    return fingerprint(texts, [extracts, Path(__file__).parent], words)


def _say_summary(options: argparse.Namespace, places: Any, loaded: Any, summary: Any) -> None:
    shown, hidden = summary.counts.get("shown", 0), summary.counts.get("suppressed", 0)
    rest = sum(summary.counts.values()) - shown - hidden
    print(
        f"\nrelease {summary.release} {'written' if summary.written else 'stood there already, unchanged'}: {_shown(places.releases / summary.release)}"
    )
    print(
        f"  {len(loaded.catalogue.computed)} indicators, {shown} results shown, {hidden} hidden for confidentiality, {rest} without a value for another reason"
    )
    for line in summary.protection:
        print(f"  {line}")
    for line in summary.missing:
        print(f"  missing: {line}")
    for warning in loaded.warnings:
        print(f"  {warning}")
    print(f"site: {_shown(places.site / 'index.html')}")
    own = "" if options.catalogue == DEFAULT_CATALOGUE else f" --catalogue {options.catalogue}"
    own += f" --out {options.out}" if options.out else ""
    print(f"look at it with: python build.py serve{own}")


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def run_check(options: argparse.Namespace) -> int:
    """Look for faults; read no data, write nothing but which worked examples came out right."""
    from vbs_site import steps

    loaded = steps.check(_places(options), Reporter(quiet=options.quiet))
    for warning in loaded.warnings:
        print(f"warning: {warning}")
    about = loaded.catalogue.catalogue
    print(
        f"{options.catalogue}: {about.id} {about.version}, {len(loaded.catalogue.computed)} indicators, no faults"
    )
    return 0


def run_schema(options: argparse.Namespace) -> int:
    """Write the JSON Schema of the catalogue's files beside the catalogue."""
    from vbs_site.catalogue.schema import json_schema
    from vbs_site.files import write_text

    path = options.catalogue.with_suffix(".schema.json")
    write_text(path, json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n")
    print(f"JSON Schema of the catalogue written to {_shown(path.resolve())}")
    return 0


def run_diff(options: argparse.Namespace) -> int:
    """Say what has changed between two versions of a catalogue; the exit code says what it does to the numbers."""
    from vbs_site import steps
    from vbs_site.catalogue.changes.change import Classification
    from vbs_site.catalogue.changes.report import as_json, as_markdown

    new = options.new or options.catalogue
    comparison = steps.compare_step(options.old, new)
    print((as_json if options.format == "json" else as_markdown)(comparison), end="")
    if comparison.refusals:
        raise FaultError(
            ExitCode.CATALOGUE,
            [
                Diagnosis(str(new), 0, f"{each.section}.{each.id}", each.rule, each.got, each.hint)
                for each in comparison.refusals
            ],
        )
    if not comparison.raised_enough:
        rule = "the version is raised with what has changed"
        got, hint = f"{comparison.new} after {comparison.old}", f"Write {comparison.proposed}"
        raise FaultError(ExitCode.VERSION, [Diagnosis(str(new), 0, "catalogue.version", rule, got, hint)])
    breaking = comparison.classification == Classification.BREAKING
    return ExitCode.BREAKING if breaking else ExitCode.OK


def run_new(options: argparse.Namespace) -> int:
    """Write a commented starting point."""
    import datetime

    from vbs_site import steps

    today = datetime.datetime.now(tz=datetime.UTC).date()
    for each in steps.new_step(_places(options), options.what, options.id, options.area, options.kind, today):
        print(f"written: {_shown(each.path)}:{each.line}")
    print("fill it in as its comments say, then run: python build.py check")
    if options.what == "area":
        print("readers find it once it stands in the navigation of mkdocs.yml, under extra.vbs.nav")
    return 0


def run_demo(options: argparse.Namespace) -> int:
    """Write synthetic extracts."""
    from dataclasses import replace

    from vbs_site import steps

    places = _places(options)
    if options.out:
        places = replace(places, extracts=options.out.resolve())
    steps.demo(places, Reporter(quiet=options.quiet))
    print(f"synthetic extracts written to {_shown(places.extracts)}")
    return 0


def run_compute(options: argparse.Namespace) -> int:
    """Compute the aggregates, of everything or of one unit's part."""
    from vbs_site import steps

    places, report = _places(options), Reporter(quiet=options.quiet)
    loaded, only = steps.check(places, report), options.only_unit
    aggregates = steps.compute_step(places, report, loaded, _settings(options), only, options.until)
    if only is None:
        print(f"{len(aggregates.rows)} aggregates written to {_shown(places.aggregates)} (confidential)")
    else:
        words = f"{len(aggregates.rows)} aggregates of {only}, basis {aggregates.note['basis']}, written to"
        print(f"{words} {_shown(places.parts / only)} (confidential): the folder to send; it holds no row")
    return 0


def run_combine(options: argparse.Namespace) -> int:
    """Add up the parts of units."""
    from vbs_site import steps

    places, report = _places(options), Reporter(quiet=options.quiet)
    loaded = steps.check(places, report)
    combined = steps.combine_step(
        places, report, loaded, options.parts, leave_out_incomplete=options.leave_out_incomplete
    )
    for unit in combined.absent:
        print(f"not delivered: {unit}")
    for name in combined.left_out:
        print(f"left out: {name}")
    written = f"{len(combined.aggregates.rows)} aggregates of {len(options.parts)} parts written to"
    print(f"{written} {_shown(places.aggregates)} (confidential)")
    return 0


def run_release(options: argparse.Namespace) -> int:
    """Write the public release."""
    from vbs_site import publishing, steps

    places, report = _places(options), Reporter(quiet=options.quiet)
    corrects = publishing.corrections(places, options.corrects, options.reason)
    summary = publishing.release_step(places, report, steps.check(places, report), options.release, corrects)
    print(
        f"release {summary.release} {'written to' if summary.written else 'stands unchanged at'} {_shown(places.releases / summary.release)}"
    )
    for line in summary.protection:
        print(f"  {line}")
    return 0


def run_site(options: argparse.Namespace) -> int:
    """Build the pages of a release."""
    from vbs_site import publishing

    places = _places(options)
    release = options.release or newest_release(places)
    newest = publishing.site_step(places, Reporter(quiet=options.quiet), 2, release)
    print(f"site of {release} built (newest: {newest}): {_shown(places.site / release / 'index.html')}")
    return 0


def run_serve(options: argparse.Namespace) -> int:
    """Serve the built site on this machine."""
    from vbs_site.site.serve import serve

    return serve(_places(options).site, options.port)


def run_verify(options: argparse.Namespace) -> int:
    """Hold published releases against their manifests."""
    from vbs_site.releases.bundle import verify

    places = _places(options)
    names = options.releases or published(places)
    faults = [fault for name in names for fault in verify(places.releases / name)]
    if faults:
        raise FaultError(ExitCode.RELEASE, faults)
    print(f"{', '.join(names)}: as published")
    return 0


def run_audit(options: argparse.Namespace) -> int:
    """Attack a release or a built site; print what can be worked out of it."""
    from vbs_site import publishing

    done = publishing.audit_step(
        options.built, options.earlier, options.report, Reporter(quiet=options.quiet)
    )
    for note in done.notes:
        print(f"note: {note}")
    print(done.summary)
    if done.findings:
        raise FaultError(ExitCode.LEAK, done.findings)
    return 0
