"""One verb per room, and the main job that runs them in order. Only argparse here; the steps are in `steps`."""

import argparse
import datetime
import errno
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from vbs_site import __version__, verbs
from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError
from vbs_site.engines.names import ENGINES

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


class _Stop:
    """Remembers that the user asked to stop: an engine in the middle of a query turns the request into a fault of its own."""

    asked = False

    def __call__(self, _signal: int, _frame: FrameType | None) -> None:
        self.asked = True
        raise KeyboardInterrupt


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code. A user's mistake ends in one line per fault, never in a traceback."""
    options = _parser().parse_args(arguments)
    stop = _Stop()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")
    try:
        return int(options.run(options) or 0)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last door: no message that could quote a row gets out
        if stop.asked or isinstance(error, KeyboardInterrupt):
            print(
                "interrupted: what was being written is discarded; what stood there before is untouched",
                file=sys.stderr,
            )
            return int(ExitCode.INTERRUPTED)
        return _ended_by(error, show=options.traceback)


def _ended_by(error: Exception, *, show: bool) -> int:
    """Say what ended the run; return its exit code."""
    if isinstance(error, FaultError):
        for diagnosis in error.diagnoses:
            print(diagnosis, file=sys.stderr)
        return int(error.code)
    if isinstance(error, OSError):
        return _machine(error)
    return _internal(error, show=show)


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


def _engine(name: str) -> str:
    if name not in ENGINES:
        raise argparse.ArgumentTypeError(f"the engine is one of {', '.join(ENGINES)}. got: {name!r}")
    return name


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
        default=argparse.SUPPRESS if of_verb else verbs.DEFAULT_CATALOGUE,
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
        "--engine",
        type=_engine,
        metavar="NAME",
        default=argparse.SUPPRESS if of_verb else os.environ.get("VBS_ENGINE") or ENGINES[0],
        help="what computes: duckdb (files, on this machine), postgres (tables of the sources in your own database, found "
        "by the PG* environment variables or a service file) or spark (files or tables, here or on the cluster in "
        "VBS_SPARK_MASTER); default: duckdb, or the environment variable VBS_ENGINE",
    )
    add(
        "--memory",
        type=int,
        metavar="MB",
        help="memory that computing may use (default: 1024, or a quarter of the machine's if that is less)",
    )
    add("--threads", type=int, metavar="N", help="threads the engine may use (default: all)")
    add(
        "--anew", action="store_true", help="compute everything again, also what has not changed since before"
    )
    add = groups["releases"].add_argument
    add(
        "--release",
        metavar="ID",
        help="id of the release (default: the last quarter that is delivered, such as 2026Q3)",
    )
    add("--corrects", metavar="ID", help="the release that this one corrects")
    add("--reason", metavar="TEXT", help="why it is corrected, shown on the release page")
    return groups


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a day is written 2026-07-01, not {text!r}") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="build.py",
        description=INTRODUCTION,
        epilog=CLOSING,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=list(_options(of_verb=False).values()),
    )
    parser.add_argument("--version", action="version", version=f"vbs-site {__version__}")
    parser.set_defaults(run=verbs.run_everything)
    subparsers = parser.add_subparsers(title="verbs", metavar="VERB")

    groups = _options(of_verb=True)

    def verb(name: str, run: Any, words: str, *takes: str) -> argparse.ArgumentParser:
        parents = [groups[group] for group in ("shared", *takes)]
        help_line = words[0].lower() + words.split(". ", maxsplit=1)[0].rstrip(".")[1:]
        each = subparsers.add_parser(name, help=help_line, description=words, parents=parents)
        each.set_defaults(run=run)
        return each

    verb(
        "check",
        verbs.run_check,
        "Look for faults in the catalogue, its worked examples, the organisations and the content. Reads no data.",
    )
    verb(
        "schema",
        verbs.run_schema,
        "Write the JSON Schema of the catalogue's files beside it, as NAME.schema.json. Editors that read the second line of "
        "indicators.yaml complete and explain its keys.",
    )
    diff = verb(
        "diff",
        verbs.run_diff,
        "Tell what has changed between two versions of the catalogue, and what it does to the numbers. A change is "
        "editorial, comparable or breaking, decided on the compiled measures; exit code 0 when the numbers stay "
        "comparable, 20 when a series breaks, 21 when the version is not raised enough, 10 when a retired id is used again.",
    )
    diff.add_argument("old", type=Path, metavar="OLD", help="a catalogue, or the folder of a release")
    diff.add_argument(
        "new", type=Path, nargs="?", metavar="NEW", help="another one (default: the one of --catalogue)"
    )
    diff.add_argument(
        "--format",
        choices=("markdown", "json"),
        default="markdown",
        help="what is printed (default: markdown)",
    )
    new = verb(
        "new",
        verbs.run_new,
        "Write a commented starting point that passes `check`: an indicator (a draft, into the file of its area), an area or "
        "a practice. Nothing that exists is written over.",
    )
    new.add_argument("what", choices=("indicator", "area", "practice"), help="what is begun")
    new.add_argument("id", metavar="ID", help="lower-case words with hyphens; the address of its page")
    new.add_argument("--area", metavar="ID", help="the area that it belongs to; an indicator needs one")
    new.add_argument(
        "--kind",
        choices=("proportion", "rate", "mean", "change", "time_to_event"),
        default="proportion",
        help="of an indicator (default: proportion)",
    )
    verb("demo", verbs.run_demo, "Write synthetic Danish extracts into an empty folder.", "writes")
    compute = verb(
        "compute",
        verbs.run_compute,
        "Check the deliveries and compute the aggregates. The aggregates are confidential: data/aggregates stays on this "
        "machine; with --only-unit, data/parts/ID is written instead, to be sent to whoever combines the parts.",
        "reads",
        "writes",
        "computes",
    )
    compute.add_argument(
        "--only-unit",
        metavar="ID",
        help="compute the part of one delivering unit, such as region-midtjylland: from everyone's deliveries, or from its "
        "own extracts when deliveries.yaml says `basis: residents` (all contacts of its own residents) or "
        "`basis: own_hospitals`",
    )
    compute.add_argument(
        "--until",
        type=_day,
        metavar="DATE",
        help="treat no delivery as complete beyond this day, such as 2026-07-01, so that units which deliver at different "
        "times agree on one",
    )
    combine = verb(
        "combine",
        verbs.run_combine,
        "Add up the parts of units to the aggregates of all, exactly as if they were computed together. Refused where "
        "they would not be: another catalogue or compiler, a unit twice, another basis or other days.",
        "writes",
    )
    combine.add_argument(
        "parts", nargs="+", type=Path, metavar="PART", help="folder that `compute --only-unit` wrote"
    )
    combine.add_argument(
        "--leave-out-incomplete",
        action="store_true",
        help="from parts with the basis own_hospitals: leave out the indicators that look across contacts; they are then "
        "shown as not delivered",
    )
    verb(
        "release",
        verbs.run_release,
        "Protect the computed aggregates and write the public release. A release that exists is never changed.",
        "writes",
        "releases",
    )
    verb(
        "site",
        verbs.run_site,
        "Build the pages of a release from its bundle and the content. Needs no data.",
        "writes",
        "releases",
    )
    serve = verb("serve", verbs.run_serve, "Show the built site in a browser on this machine.", "writes")
    serve.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1 (default: 8000)")
    verify = verb(
        "verify",
        verbs.run_verify,
        "Tell whether published releases are as they were written, byte for byte.",
        "writes",
    )
    verify.add_argument("releases", nargs="*", metavar="ID", help="which (default: all)")
    audit = verb(
        "audit",
        verbs.run_audit,
        "Attack what was published: read every file of a release or of a built site, and try to work hidden counts out. One "
        "line per finding and exit code 16 when there is any; 0 when nothing was found.",
    )
    audit.add_argument(
        "built", type=Path, metavar="SITE_OR_BUNDLE", help="a release, a built site, or one version of a site"
    )
    audit.add_argument(
        "--earlier",
        type=Path,
        metavar="DIR",
        help="folder with the releases before it (default: those that lie beside it)",
    )
    audit.add_argument(
        "--report", type=Path, metavar="FILE", help="write what was looked at and found, as JSON"
    )
    return parser
