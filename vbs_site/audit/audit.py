"""The audit: what was built is read back, and attacked as somebody would who wants to know more than was published."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from vbs_site.audit import findings
from vbs_site.audit.attack import AllowanceError, ContradictionError, Recovered, attack
from vbs_site.audit.beside import flow_facts, quality_facts
from vbs_site.audit.published import Facts, Reading, facts_of, reading
from vbs_site.audit.release import MANIFEST, RESULTS, Policy, Release, read_release
from vbs_site.audit.relevant import relevant
from vbs_site.audit.surfaces import read_site
from vbs_site.audit.tables import Index, table_findings
from vbs_site.audit.verdicts import verdict_findings
from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError
from vbs_site.progress import Tick

DATA = "data"
"""Folder of a version of a site in which its release lies."""
VERSIONS = "versions.json"


@dataclass
class Audit:
    """What an audit looked at and what it found.

    Attributes:
        release: id of the release.
        earlier: ids of the releases that were attacked together with it.
        findings: one per thing that is wrong, in order.
        notes: what could not be held for true, and what was attacked by itself therefore.
        cells, hidden: figures of the release, and those of them that are hidden.
        surfaces: files that were read.
        facts, attacked: things told of counts, and hidden counts that were attacked.
    """

    release: str
    earlier: tuple[str, ...] = ()
    findings: list[Diagnosis] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cells: int = 0
    hidden: int = 0
    surfaces: int = 0
    facts: int = 0
    attacked: int = 0

    @property
    def summary(self) -> str:
        """Return what was looked at, in one line."""
        with_earlier = f" with {', '.join(self.earlier)}" if self.earlier else ""
        result = f"{len(self.findings)} findings" if self.findings else "nothing found"
        return (
            f"release {self.release}{with_earlier}: {self.cells} figures, {self.hidden} hidden; {self.surfaces} files read; "
            f"{self.facts} facts told, {self.attacked} hidden counts attacked; {result}"
        )


@dataclass(frozen=True)
class Built:
    """What is to be audited.

    Attributes:
        bundle: the folder with the release.
        site: the folder of its version of the site; None when only a bundle is audited.
        beside: folders that may hold other releases.
    """

    bundle: Path
    site: Path | None
    beside: tuple[Path, ...]


def built_at(path: Path) -> Built:
    """Return what lies at a path: a release, a version of a site, or a site whose newest version is meant.

    Raises:
        FaultError: when it is none of these (exit code 2).
    """
    path = path.resolve()
    if (path / MANIFEST).exists() and (path / RESULTS).exists():
        return Built(path, None, tuple(_folders(path.parent, path)))
    if (path / DATA / MANIFEST).exists():
        others = [folder / DATA for folder in _folders(path.parent, path)]
        return Built(path / DATA, path, tuple(others))
    versions = [folder for folder in _folders(path) if (folder / DATA / MANIFEST).exists()]
    if versions:
        return built_at(max(versions, key=lambda folder: _age(read_release(folder / DATA))))
    hint = "Name the folder of a release, of a built site, or of one version of it"
    raise FaultError.one(
        ExitCode.USAGE, path, "a release or a built site is audited", got="another folder", hint=hint
    )


def _folders(parent: Path, without: Path | None = None) -> Iterable[Path]:
    """Yield the folders in a folder, in order; not what is still being written."""
    if parent.is_dir():
        for each in sorted(parent.iterdir()):
            if each.is_dir() and each != without and not each.name.startswith("."):
                yield each


def _age(release: Release) -> tuple[str, bool, str]:
    """Return what puts releases in order: a correction comes after what it corrects."""
    corrects = (release.manifest.get("corrects") or {}).get("release")
    return (str(corrects or release.name), corrects is not None, release.name)


def earlier_of(release: Release, folders: Iterable[Path]) -> list[Release]:
    """Return the releases in some folders that were published before another, oldest first: as it says itself, or by id."""
    found = {}
    stated = release.manifest.get("beside")
    for folder in folders:
        if (folder / MANIFEST).exists() and (folder / RESULTS).exists():
            other = read_release(folder)
            if other.name in stated if isinstance(stated, list) else _age(other) < _age(release):
                found[other.name] = other
    return sorted(found.values(), key=_age)


def audit(path: Path, earlier: Path | None, tick: Tick) -> Audit:
    """Read a release or a built site, and attack it together with the releases before it.

    Args:
        path: a release, a version of a site, or a site.
        earlier: folder with the releases before it; by default those that lie beside it.
        tick: told of progress.

    Raises:
        FaultError: when it cannot be read (exit code 2 or 13).
    """
    tick("read")
    built = built_at(path)
    release = read_release(built.bundle)
    beside = built.beside if earlier is None else tuple(_folders(earlier.resolve()))
    before = earlier_of(release, beside)
    index = Index.of(release)
    done = Audit(release.name, tuple(each.name for each in before))
    done.cells, done.hidden = len(release.results), len(index.hidden)
    done.surfaces = sum(1 for each in built.bundle.rglob("*") if each.is_file())
    tick("tables")
    done.findings += table_findings(release)
    done.findings += verdict_findings(release, index)
    if built.site is not None:
        tick("pages")
        surfaces, found = read_site(built.site, release, index)
        done.surfaces += surfaces
        done.findings += found
    tick("attack")
    _attack_all(done, release, before)
    done.findings = sorted(set(done.findings))
    return done


def _attack_all(done: Audit, release: Release, before: Sequence[Release]) -> None:
    now, past = reading(release), [reading(each) for each in before]
    _attack_results(done, now, past)
    for make in (flow_facts, quality_facts):
        facts, found = make(release)
        done.findings += found
        _attack(done, facts, release)


def _attack_results(done: Audit, now: Reading, past: Sequence[Reading]) -> None:
    """Attack a release with the earlier ones; where these contradict it, each by itself."""
    facts = facts_of(now, past)
    done.notes += facts.notes
    try:
        _attack(done, facts, now.release)
    except ContradictionError as error:
        names = ", ".join(each.release.name for each in past)
        places = "; ".join(error.where)
        done.notes.append(
            f"what releases {names or now.release.name} tell together contradicts itself ({places})"
        )
        if past:
            _attack_results(done, now, ())
            return
        rule, hint = findings.ENDED, "The published counts do not add up: find out which of them is wrong"
        done.findings.append(
            Diagnosis(RESULTS, 0, "", rule, f"figures that contradict each other: {places}", hint)
        )
    for each in past:
        if any(note.startswith(f"release {each.release.name}:") for note in facts.notes):
            alone = facts_of(_named(each))
            _attack(done, alone, each.release)


def _named(past: Reading) -> Reading:
    """Return an earlier release whose lines name it in findings."""
    prefix = f"{past.release.name}/"
    lines = tuple(replace(line, file=prefix + line.file) for line in past.release.results)
    return reading(replace(past.release, results=lines))


def _attack(done: Audit, facts: Facts, release: Release) -> None:
    """Attack the hidden counts of some facts, and note what was found."""
    done.facts += len(facts.told) + len(facts.sums)
    done.attacked += len(facts.targets)
    try:
        sums, told = relevant(facts.sums, facts.told, facts.targets)
        recovered: Sequence[Recovered] = attack(sums, told, facts.targets)
    except AllowanceError as error:
        recovered = error.recovered
        got = f"{len(error.undecided)} hidden counts undecided"
        hint = "Report fewer figures together, or hide more of them"
        done.findings.append(Diagnosis(RESULTS, 0, "", findings.ENDED, got, hint))
    for each in recovered:
        policy = release.policy(getattr(getattr(each.count, "column", None), "indicator", ""))
        if _matters(each, policy):
            line = facts.hidden[each.count]
            values = (each.high if each.high is not None else each.low) - each.low + 1
            words = getattr(each.count, "words", str(each.count))
            done.findings.append(findings.worked_out(line.file, line.number, words, values, each.because))


def _matters(found: Recovered, policy: Policy) -> bool:
    """Return whether a recovered count is small or could be."""
    lowest = 1 if policy.zeros_shown else 0
    return found.low < policy.threshold and (found.high is None or found.high >= lowest)
