"""The last steps of the main job: what may be shown becomes a release, a site, and is attacked."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vbs_site.catalogue.loading import Loaded
from vbs_site.catalogue.organisations import NATIONAL, Organisation, Organisations
from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError
from vbs_site.engines.private_files import write_private
from vbs_site.files import repair
from vbs_site.measures.aggregates import load_aggregates
from vbs_site.places import Places
from vbs_site.progress import Reporter, Tick
from vbs_site.settled import settled

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


@settled()
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


@settled()
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
