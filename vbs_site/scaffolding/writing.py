"""A starting point as text, checked before a byte is written and never written over anything."""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import yaml

from vbs_site.catalogue.loading import Loaded, checked
from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError, nearest
from vbs_site.files import write_text
from vbs_site.scaffolding import pages
from vbs_site.scaffolding.insertion import inserted
from vbs_site.scaffolding.starting import ANSWERS, Line, Start, starts

TAG = "tag:yaml.org,2002:"
TEXT = f"{TAG}str"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
COMMENT_AT = 62
"""Column at which comments stand."""
HEAD = """\
# A part of the catalogue: sources, codesets, instruments, indicators and described measures of one area.
# A name is defined once over all parts; what another part defines can be used here.
"""
PARTS = "catalogue"
"""Folder of the catalogue's parts, one per area."""


@dataclass(frozen=True)
class Written:
    """A file that was written or added to, and the line on which the new part begins."""

    path: Path
    line: int


def new_indicator(loaded: Loaded, name: str, area: str, kind: str, today: datetime.date) -> list[Written]:
    """Add a commented draft of an indicator to the file of its area.

    Args:
        loaded: the catalogue.
        name: the indicator's id.
        area: where it belongs.
        kind: one of `starting.KINDS`.
        today: the day of its first review.

    Raises:
        FaultError: when the id or area will not do, or the catalogue has no source that the kind can be made of.
    """
    _free(loaded, name, "indicator")
    catalogue = loaded.catalogue
    if area not in catalogue.areas:
        raise _refused(loaded, f"indicators.{name}", "the area exists", area, nearest(area, catalogue.areas))
    target = _file_of(loaded, area)
    for start in starts(catalogue, kind, lambda source: _stands_in(loaded, source, target)):
        lines = _commented(_indicator(loaded, name, area, kind, start, today))
        if _passes(loaded, "indicators", lines):
            return [_added(target, "indicators", lines)]
    rule = f"a {kind} can be made of the catalogue's sources"
    hint = "Add a source with a time (and for some kinds a person, a score, an instrument), or take another --kind"
    raise _refused(loaded, f"indicators.{name}", rule, "no source that fits", hint)


def new_area(loaded: Loaded, content: Path, name: str) -> list[Written]:
    """Write the file and the pages of a new area.

    Raises:
        FaultError: when the id will not do or a file exists.
    """
    _free(loaded, name, "area")
    target = _file_of(loaded, name)
    titles = ", ".join(f'{language}: "{_words(name)}"' for language in loaded.catalogue.catalogue.languages)
    lines = _commented([(f"{name}: {{title: {{{titles}}}}}", "what readers see in menus and headings")])
    texts = pages.area(name, _words(name), loaded.catalogue.catalogue.languages)
    _untouched(content, texts)
    return [_added(target, "areas", lines), *_pages(content, texts)]


def new_practice(
    loaded: Loaded, content: Path, name: str, area: str | None, today: datetime.date
) -> list[Written]:
    """Write the pages of a new practice, one per language.

    Raises:
        FaultError: when the id or area will not do or a page exists.
    """
    _slug(loaded, name, "practice")
    areas = loaded.catalogue.areas
    if area is not None and area not in areas:
        raise _refused(loaded, f"practice.{name}", "the area exists", area, nearest(area, areas))
    texts = pages.practice(
        name, _words(name), area or next(iter(areas)), loaded.catalogue.catalogue.languages, today
    )
    _untouched(content, texts)
    return _pages(content, texts)


def _indicator(
    loaded: Loaded, name: str, area: str, kind: str, start: Start, today: datetime.date
) -> Iterator[Line]:
    languages = loaded.catalogue.catalogue.languages

    def text(**words: str) -> str:
        return "{" + ", ".join(f'{language}: "{words[language]}"' for language in languages) + "}"

    title = _words(name)
    yield f"{name}:", "the id: the address of its page, for good; a retired id is never used again"
    yield f"  title: {text(da=title, en=title)}", "what readers see"
    yield "  why:", "one or two sentences to a patient: what a good figure means"
    reasons = {
        "da": "Skriv, hvorfor tallet betyder noget for patienten.",
        "en": "Write why the figure matters to the patient.",
    }
    for language in languages:
        yield f"    {language}: {reasons[language]}", ""
    yield f"  areas: [{area}]", "where it is listed; its home first"
    yield f"  dimension: {start.dimension}", "outcome, pro, process, activity or cost"
    yield "  matters: safety", "pain, function, safety, self-care or usual-activities"
    yield "  provenance:", "who says that this is to be measured"
    yield "    status: proposal", "agreed, agreed-topic, register-indicator, pro-topic or proposal"
    yield f"    source: {text(da='Vores forslag.', en='Our proposal.')}", "where it is said, with a link"
    yield (
        f"  lifecycle: {{state: draft, since: {today}}}",
        "active puts it on the site; retired has `successor` and `reason`",
    )
    yield f"  direction: {start.direction}", "what is better: higher, lower or neutral"
    yield f"  units: [{start.unit}]", "shown for these and the levels above them"
    yield "  period: year", "month, quarter, half_year, year or rolling_year"
    yield f"  kind: {kind}", ANSWERS[kind]
    for line, comment in start.lines:
        yield f"  {line}" if line else "", comment
    yield "  # exclude:", "who is left out; each has one of died, followed_by, preceded_by, where"
    yield "  #   - {died: before_or_at}", ""
    yield "  # targets:", "a level to reach, as its source says it; shares are 0-1"
    label = text(da="Udviklingsmål", en="Development target")
    yield f'  #   - {{label: {label}, op: ">=", value: 0.9, valid_from: {today}, source: …}}', ""
    yield f"  minimum: {start.minimum}", "what it takes to show a figure"
    yield "  # judge: {minimum: 30}", "what is judged otherwise than `judgement` has it for all"
    yield "  # breaks:", "days from which figures cannot be compared with those before, and why"
    yield f"  #   - {{date: {today}, reason: {text(da='Ny kodning', en='New coding')}}}", ""
    yield "  # stratify: [sex, age_band]", "subgroups, down to the unit kind in `stratify_down_to`"
    yield (
        f"  review: {{owner: {text(da='Kataloggruppen', en='The catalogue group')}, last: {today}, next: {_next_year(today)}}}",
        "",
    )
    yield (
        "  # examples:",
        "a few patients and what must come out; an active indicator has two, see another one",
    )


def _commented(lines: Iterator[Line] | list[Line]) -> list[str]:
    """Return lines with their comments beside them; a comment that goes on stands under the one before."""
    return [f"{line.ljust(COMMENT_AT - 1)} # {comment}" if comment else line for line, comment in lines]


def _words(name: str) -> str:
    """Return an id as a title to begin with."""
    return name.replace("-", " ").capitalize()


def _next_year(today: datetime.date) -> datetime.date:
    return (today.replace(day=1) + datetime.timedelta(days=370)).replace(day=1)


def _refused(loaded: Loaded, thing: str, rule: str, got: str, hint: str) -> FaultError:
    return FaultError(ExitCode.USAGE, [Diagnosis(str(loaded.path), 0, thing, rule, repr(got), hint)])


def _slug(loaded: Loaded, name: str, thing: str) -> None:
    if not SLUG.match(name):
        hint = "Write it in a-z, 0-9 and single hyphens: æ as ae, ø as oe, å as aa"
        raise _refused(loaded, thing, "an id is lower-case words with hyphens", name, hint)
    read = yaml.compose(name, Loader=yaml.SafeLoader)
    if read is not None and read.tag != TEXT:
        hint = f"YAML reads it as a value of type {read.tag.removeprefix(TAG)}: add a word to it"
        raise _refused(loaded, thing, "an id is read as text", name, hint)


def _free(loaded: Loaded, name: str, thing: str) -> None:
    """Refuse an id that is in use, retired, or was used before."""
    _slug(loaded, name, thing)
    catalogue = loaded.catalogue
    measures = {**catalogue.indicators, **catalogue.described}
    former = {alias: each for each, measure in measures.items() for alias in measure.aliases}
    used = catalogue.areas if thing == "area" else {**former, **measures}
    if name in used:
        what = f"{name}, a former id of {former[name]}" if thing != "area" and name in former else name
        raise _refused(loaded, thing, "an id is not in use and never was", what, "Choose another id")


def _file_of(loaded: Loaded, area: str) -> Path:
    """Return the file that an area's parts belong in: its own below `catalogue/` where parts are included, else the main one."""
    name = f"{PARTS}/{area}.yaml"
    included = any(PurePosixPath(name).match(pattern) for pattern in loaded.document.patterns)
    return loaded.path.parent / name if included else loaded.path


def _stands_in(loaded: Loaded, source: str, target: Path) -> bool:
    file, _ = loaded.document.place(("sources", source))
    return Path(file) == target


def _passes(loaded: Loaded, section: str, lines: list[str]) -> bool:
    """Return whether the catalogue with a new member keeps every rule."""
    data = dict(loaded.document.data)
    data[section] = {**data.get(section, {}), **yaml.safe_load("\n".join(lines))}
    try:
        checked(replace(loaded.document, data=data))
    except FaultError:
        return False
    return True


def _added(target: Path, section: str, lines: list[str]) -> Written:
    text = target.read_bytes().decode("utf-8") if target.exists() else HEAD
    found = inserted(text, section, lines)
    if found is None:
        hint = f"Write {section}: and its members on lines of their own"
        raise FaultError.one(
            ExitCode.CATALOGUE, target, f"{section} is written in lines", got="braces", hint=hint
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(found.text.encode())
    return Written(target, found.line)


def _untouched(content: Path, texts: Mapping[str, str]) -> None:
    faults = [
        Diagnosis(
            str(content / name), 0, "", "a page is never written over", "it exists", "Choose another id"
        )
        for name in texts
        if (content / name).exists() or (content / name.replace(".md", "/index.md")).exists()
    ]
    if faults:
        raise FaultError(ExitCode.USAGE, faults)


def _pages(content: Path, texts: Mapping[str, str]) -> list[Written]:
    for name, text in texts.items():
        write_text(content / name, text)
    return [Written(content / name, 1) for name in texts]
