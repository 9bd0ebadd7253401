"""One verb per room, and the main job that runs them in order. Only argparse here; the steps are in `steps`."""

import argparse
import errno
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from vbs_site import __version__
from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError
from vbs_site.progress import Reporter
from vbs_site.unchanged import fingerprint, remember, remembered

CATALOGUE = Path("indicators.yaml")
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)

INTRODUCTION = """\
Build a site that publishes what patients get out of care.

Without a verb, everything is done in order: check the catalogue, compute the indicators from the extracts (synthetic
demo data is generated when data/extracts is empty), protect small counts, write the release and build its pages. A
second run with nothing changed does nothing.
"""
CLOSING = """\
examples:
  python build.py                          build everything, then say where to look
  python build.py check                    only look for faults in the catalogue and the content
  python build.py serve                    show the site at http://127.0.0.1:8000
  python build.py --catalogue my/indicators.yaml --extracts /secure/deliveries
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code. A user's mistake ends in one line per fault, never in a traceback."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _terminated)
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    try:
        return int(options.run(options) or 0)
    except FaultError as fault:
        for diagnosis in fault.diagnoses:
            print(diagnosis, file=sys.stderr)
        return int(fault.code)
    except KeyboardInterrupt:
        print(
            "interrupted: what was being written is discarded; what stood there before is untouched",
            file=sys.stderr,
        )
        return int(ExitCode.INTERRUPTED)
    except OSError as error:
        return _machine(error)
    except Exception as error:  # noqa: BLE001 - the last door: whatever it is, no message that could quote a row gets out
        return _internal(error, show=options.traceback)


def _terminated(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _machine(error: OSError) -> int:
    """Say what the machine refused: disk full, no permission, a missing path."""
    place = str(error.filename or "")
    if error.errno in FULL:
        fault = Diagnosis(
            place,
            0,
            "",
            "there is room to write",
            "no space left",
            "Free disk space, or write elsewhere with --out",
        )
    elif error.errno in REFUSED:
        fault = Diagnosis(
            place,
            0,
            "",
            "the place can be read and written",
            error.strerror or "",
            "Check permissions, or write elsewhere with --out",
        )
    else:
        fault = Diagnosis(
            place, 0, "", "the file system does as asked", error.strerror or "", "Check the path"
        )
    print(str(fault).removeprefix(": "), file=sys.stderr)
    return int(ExitCode.MACHINE)


def _internal(error: Exception, *, show: bool) -> int:
    """Say where a fault of our own happened. An engine's message can quote a row, so messages are only shown on request."""
    if show:
        raise error
    if (
        "No space left" in str(error)
        or "File too large" in str(error)
        or "could not write" in str(error).lower()
    ):
        print(
            "there is room to write. got: no space left. Free disk space, or write elsewhere with --out.",
            file=sys.stderr,
        )
        return int(ExitCode.MACHINE)
    frame = error.__traceback__
    place = ""
    while frame is not None:
        name = frame.tb_frame.f_code.co_filename
        if "vbs_site" in name:
            place = f"{Path(name).name}:{frame.tb_lineno}"
        frame = frame.tb_next
    print(
        f"internal fault ({type(error).__name__}) at {place}: this is ours, not yours. Run again with --traceback on data that may be shown.",
        file=sys.stderr,
    )
    return int(ExitCode.ENGINE)


def _options(*, of_verb: bool) -> dict[str, argparse.ArgumentParser]:
    """Return the groups of options. A verb's own copy has no defaults, so that an option given before the verb stays."""
    default = argparse.SUPPRESS if of_verb else None
    groups = {
        name: argparse.ArgumentParser(add_help=False, argument_default=default)
        for name in ("shared", "reads", "writes", "computes", "releases")
    }
    add = groups["shared"].add_argument
    add(
        "--catalogue",
        type=Path,
        metavar="PATH",
        default=argparse.SUPPRESS if of_verb else CATALOGUE,
        help="the catalogue (default: indicators.yaml); content/, mkdocs.yml and data/ lie beside it",
    )
    add("--quiet", action="store_true", help="say nothing while working")
    add(
        "--traceback",
        action="store_true",
        help="show where in the code an internal fault happened; may quote data",
    )
    add = groups["reads"].add_argument
    add(
        "--extracts",
        type=Path,
        metavar="DIR",
        help="folder with what was delivered (default: data/extracts beside the catalogue)",
    )
    add = groups["writes"].add_argument
    add(
        "--out",
        type=Path,
        metavar="DIR",
        help="folder for everything that is written (default: data/ and site/ beside the catalogue)",
    )
    add = groups["computes"].add_argument
    add(
        "--memory",
        type=int,
        metavar="MB",
        help="memory the engine may use (default: 1024, or a quarter of the machine's if that is less)",
    )
    add("--threads", type=int, metavar="N", help="threads the engine may use (default: all)")
    add = groups["releases"].add_argument
    add(
        "--release",
        metavar="ID",
        help="id of the release (default: the last quarter that is delivered, such as 2026Q3)",
    )
    add("--corrects", metavar="ID", help="the release that this one corrects")
    add("--reason", metavar="TEXT", help="why it is corrected, shown on the release page")
    return groups


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="build.py",
        description=INTRODUCTION,
        epilog=CLOSING,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=list(_options(of_verb=False).values()),
    )
    parser.add_argument("--version", action="version", version=f"vbs-site {__version__}")
    parser.set_defaults(run=_everything)
    verbs = parser.add_subparsers(title="verbs", metavar="VERB")

    groups = _options(of_verb=True)

    def verb(name: str, run: Any, words: str, *takes: str) -> argparse.ArgumentParser:
        parents = [groups[group] for group in ("shared", *takes)]
        help_line = words[0].lower() + words.split(". ", maxsplit=1)[0].rstrip(".")[1:]
        each = verbs.add_parser(name, help=help_line, description=words, parents=parents)
        each.set_defaults(run=run)
        return each

    verb(
        "check",
        _check,
        "Look for faults in the catalogue, the organisations and the content. Reads no data and writes nothing.",
    )
    verb("demo", _demo, "Write synthetic Danish extracts into an empty folder.", "writes")
    verb(
        "compute",
        _compute,
        "Check the deliveries and compute the aggregates. The aggregates are confidential and stay on this machine.",
        "reads",
        "writes",
        "computes",
    )
    verb(
        "release",
        _release,
        "Protect the computed aggregates and write the public release. A release that exists is never changed.",
        "writes",
        "releases",
    )
    verb(
        "site",
        _site,
        "Build the pages of a release from its bundle and the content. Needs no data.",
        "writes",
        "releases",
    )
    serve = verb("serve", _serve, "Show the built site in a browser on this machine.", "writes")
    serve.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1 (default: 8000)")
    verify = verb(
        "verify",
        _verify,
        "Tell whether published releases are as they were written, byte for byte.",
        "writes",
    )
    verify.add_argument("releases", nargs="*", metavar="ID", help="which (default: all)")
    return parser


def _places(options: argparse.Namespace) -> Any:
    from vbs_site.steps import Places  # noqa: PLC0415 - loads the rooms

    return Places.around(options.catalogue, getattr(options, "extracts", None), getattr(options, "out", None))


def _everything(options: argparse.Namespace) -> int:
    home = options.catalogue.resolve().parent
    site = options.out.resolve() / "site" if options.out else home / "site"
    extracts = options.extracts or home / "data" / "extracts"
    state = remembered(site)
    mark = _mark(options, home, extracts, state)
    built = site / state.get("release", "-")
    if state.get("inputs") == mark and (built / "index.html").exists():
        print(
            f"nothing has changed since release {state['release']} was built; the site is at {_shown(site / 'index.html')}"
        )
        return 0
    from vbs_site import steps  # noqa: PLC0415 - only now, so that a run with nothing to do ends at once
    from vbs_site.measures.engine import default_memory_mb  # noqa: PLC0415

    report = Reporter(quiet=options.quiet)
    places = _places(options)
    corrects = steps.corrections(places, options.corrects, options.reason)
    loaded = steps.check(places, report)
    if options.extracts is None and not (extracts.is_dir() and any(extracts.iterdir())):
        steps.demo(places, report)
    steps.compute_step(places, report, loaded, options.memory or default_memory_mb(), options.threads)
    summary = steps.release_step(places, report, loaded, options.release, corrects)
    summary.newest = steps.site_step(
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
        f"  {len(loaded.catalogue.indicators)} indicators, {shown} results shown, {hidden} hidden for confidentiality, {rest} without a value for another reason"
    )
    for line in summary.missing:
        print(f"  missing: {line}")
    for warning in loaded.warnings:
        print(f"  {warning}")
    print(f"site: {_shown(places.site / 'index.html')}")
    own = "" if options.catalogue == CATALOGUE else f" --catalogue {options.catalogue}"
    own += f" --out {options.out}" if options.out else ""
    print(f"look at it with: python build.py serve{own}")


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _check(options: argparse.Namespace) -> int:
    from vbs_site import steps  # noqa: PLC0415

    loaded = steps.check(_places(options), Reporter(quiet=options.quiet))
    for warning in loaded.warnings:
        print(f"warning: {warning}")
    about = loaded.catalogue.catalogue
    print(
        f"{options.catalogue}: {about.id} {about.version}, {len(loaded.catalogue.indicators)} indicators, no faults"
    )
    return 0


def _demo(options: argparse.Namespace) -> int:
    from dataclasses import replace  # noqa: PLC0415

    from vbs_site import steps  # noqa: PLC0415

    places = _places(options)
    if options.out:
        places = replace(places, extracts=options.out.resolve())
    steps.demo(places, Reporter(quiet=options.quiet))
    print(f"synthetic extracts written to {_shown(places.extracts)}")
    return 0


def _compute(options: argparse.Namespace) -> int:
    from vbs_site import steps  # noqa: PLC0415
    from vbs_site.measures.engine import default_memory_mb  # noqa: PLC0415

    places, report = _places(options), Reporter(quiet=options.quiet)
    aggregates = steps.compute_step(
        places, report, steps.check(places, report), options.memory or default_memory_mb(), options.threads
    )
    print(f"{len(aggregates.rows)} aggregates written to {_shown(places.aggregates)} (confidential)")
    return 0


def _release(options: argparse.Namespace) -> int:
    from vbs_site import steps  # noqa: PLC0415

    places, report = _places(options), Reporter(quiet=options.quiet)
    corrects = steps.corrections(places, options.corrects, options.reason)
    summary = steps.release_step(places, report, steps.check(places, report), options.release, corrects)
    print(
        f"release {summary.release} {'written to' if summary.written else 'stands unchanged at'} {_shown(places.releases / summary.release)}"
    )
    return 0


def _site(options: argparse.Namespace) -> int:
    from vbs_site import steps  # noqa: PLC0415

    places = _places(options)
    release = options.release or steps.newest_release(places)
    newest = steps.site_step(places, Reporter(quiet=options.quiet), 2, release)
    print(f"site of {release} built (newest: {newest}): {_shown(places.site / release / 'index.html')}")
    return 0


def _serve(options: argparse.Namespace) -> int:
    from vbs_site.site.serve import serve  # noqa: PLC0415

    return serve(_places(options).site, options.port)


def _verify(options: argparse.Namespace) -> int:
    from vbs_site import steps  # noqa: PLC0415
    from vbs_site.releases.bundle import verify  # noqa: PLC0415

    places = _places(options)
    names = (
        options.releases
        or sorted(each.parent.name for each in places.releases.glob("*/manifest.json"))
        or [steps.newest_release(places)]
    )
    faults = [fault for name in names for fault in verify(places.releases / name)]
    if faults:
        raise FaultError(ExitCode.RELEASE, faults)
    print(f"{', '.join(names)}: as published")
    return 0
