"""What people write: Markdown pages with front matter, read, checked and paired across languages."""

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import Organisations
from vbs_site.diagnostics import Diagnosis, nearest

PRACTICES = "praksis"
KEYS = ("title", "areas", "indicators", "units", "started", "started_by", "status", "source")
STATUSES = ("described", "running", "ended")
_WHEN = re.compile(r"^\d{4}(-\d{2}(-\d{2})?)?$")


@dataclass(frozen=True)
class Practice:
    """A case of good practice, tied to what it is relevant to.

    Attributes:
        slug: its page's name, the same in all languages.
        started: when it began, as precisely as known; or
        started_by: when it was first described, if the start is not known.
    """

    slug: str
    title: str
    areas: tuple[str, ...]
    indicators: tuple[str, ...]
    units: tuple[str, ...]
    started: str | None
    started_by: str | None
    status: str
    source: str


@dataclass(frozen=True)
class Page:
    """One Markdown file: front matter and text below it."""

    path: Path
    front: dict[str, Any]
    lines: dict[str, int]
    text: str


def read_page(path: Path) -> Page | Diagnosis:
    """Return a page, or what is wrong with its front matter."""
    try:
        raw = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return Diagnosis(str(path), 0, "", "a page is UTF-8 text", "other bytes", "Save it as UTF-8")
    if not raw.startswith("---\n"):
        return Page(path, {}, {}, raw)
    head, mark, text = raw[4:].partition("\n---\n")
    if not mark:
        return Diagnosis(str(path), 1, "", "front matter ends with a line of ---", "no such line", "Add it")
    try:
        node = yaml.compose(head, Loader=yaml.SafeLoader)
        front = yaml.safe_load(head)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        return Diagnosis(str(path), line, "", "front matter is YAML", error.problem or "")
    if not isinstance(front, dict) or not isinstance(node, yaml.MappingNode):
        return Diagnosis(str(path), 1, "", "front matter is a mapping of keys", type(front).__name__)
    lines = {key.value: key.start_mark.line + 2 for key, _ in node.value}
    return Page(path, front, lines, text)


def practices(folder: Path, language: str) -> list[Practice]:
    """Return the practices of one language, ordered by title. Call `content_faults` first."""
    found = []
    for path in _practice_files(folder, language):
        page = read_page(path)
        assert isinstance(page, Page), "content_faults names a page that cannot be read"
        front = page.front
        found.append(
            Practice(
                path.stem,
                str(front["title"]),
                tuple(front.get("areas") or ()),
                tuple(front.get("indicators") or ()),
                tuple(front.get("units") or ()),
                str(front["started"]) if "started" in front else None,
                str(front["started_by"]) if "started_by" in front else None,
                str(front["status"]),
                str(front["source"]),
            )
        )
    return sorted(found, key=lambda each: each.title)


def _practice_files(folder: Path, language: str) -> list[Path]:
    return sorted(path for path in (folder / language / PRACTICES).glob("*.md") if path.stem != "index")


def content_faults(folder: Path, catalogue: Catalogue, organisations: Organisations) -> list[Diagnosis]:
    """Return every fault in the content folder: a practice that names something that does not exist, a missing translation."""
    faults: list[Diagnosis] = []
    languages = catalogue.catalogue.languages
    pages = {
        language: {path.relative_to(folder / language) for path in (folder / language).rglob("*.md")}
        for language in languages
    }
    for language in languages:
        for other in languages:
            faults += [
                Diagnosis(
                    str(folder / language / path),
                    0,
                    "",
                    "every page stands in every language",
                    f"none in {other}",
                    f"Write {folder / other / path}",
                )
                for path in sorted(pages[language] - pages[other])
            ]
        for path in _practice_files(folder, language):
            page = read_page(path)
            faults += (
                [page] if isinstance(page, Diagnosis) else _practice_faults(page, catalogue, organisations)
            )
    return faults + _unlike_translations(folder, languages)


def _practice_faults(page: Page, catalogue: Catalogue, organisations: Organisations) -> Iterable[Diagnosis]:
    def fault(key: str, rule: str, got: str = "", hint: str = "") -> Diagnosis:
        return Diagnosis(str(page.path), page.lines.get(key, 1), f"practice.{key}", rule, got, hint)

    for key in page.front:
        if key not in KEYS:
            yield fault(str(key), "unknown key", repr(key), nearest(key, KEYS))
    for key in ("title", "status", "source"):
        if not isinstance(page.front.get(key), str):
            yield fault(key, f"a practice has a {key}", hint="Add it to the front matter")
    if page.front.get("status") not in (*STATUSES, None):
        yield fault(
            "status",
            f"the status is one of {', '.join(STATUSES)}",
            repr(page.front["status"]),
            nearest(page.front["status"], STATUSES),
        )
    known: dict[str, Mapping[str, object]] = {
        "areas": catalogue.areas,
        "indicators": catalogue.indicators,
        "units": organisations.by_id,
    }
    # With a register instead of an organisation file, units are only known once the data is read.
    checked = [key for key in known if key != "units" or organisations.members]
    for key in checked:
        named = page.front.get(key) or []
        if not isinstance(named, list):
            yield fault(key, f"{key} is a list", type(named).__name__)
            continue
        for each in named:
            if each not in known[key]:
                yield fault(key, f"every name in {key} exists", repr(each), nearest(each, known[key]))
    for got in _out_of_time(page, organisations):
        yield fault("units", "a unit exists when its practice starts", got, "Name the unit of that time")
    dates = [key for key in ("started", "started_by") if key in page.front]
    if len(dates) != 1:
        yield fault(
            dates[0] if dates else "title",
            "a practice says when it started, or by when it was described",
            hint="Set one of started, started_by",
        )
    for key in dates:
        day = page.front[key]
        if not isinstance(day, datetime.date) and not _WHEN.match(str(day)):
            yield fault(
                key, "a date is a year, a month or a day", repr(day), "Write 2018, 2018-11 or 2018-11-01"
            )


def _out_of_time(page: Page, organisations: Organisations) -> Iterable[str]:
    """Yield each unit that does not exist when its practice starts, compared as precisely as the start is known."""
    named, started = page.front.get("units"), str(page.front.get("started") or "")
    for each in named if isinstance(named, list) else ():
        unit = organisations.by_id.get(str(each))
        if unit is None or not started:
            continue
        first, last = (str(day or "")[: len(started)] for day in (unit.valid_from, unit.valid_to))
        if started < first or (last and last < started):
            yield f"{each} ({unit.valid_from or '…'} to {unit.valid_to or '…'}), started {started}"


def _unlike_translations(folder: Path, languages: Iterable[str]) -> list[Diagnosis]:
    first, *others = languages
    faults = []
    for path in _practice_files(folder, first):
        page = read_page(path)
        for language in others:
            translated = folder / language / PRACTICES / path.name
            other = read_page(translated) if translated.exists() else page
            if isinstance(page, Diagnosis) or isinstance(other, Diagnosis):
                continue
            for key in ("areas", "indicators", "units", "started", "started_by", "status"):
                if page.front.get(key) != other.front.get(key):
                    rule = f"a practice has the same {key} in every language"
                    faults.append(
                        Diagnosis(
                            str(translated),
                            other.lines.get(key, 1),
                            f"practice.{key}",
                            rule,
                            hint=f"Compare with {path}",
                        )
                    )
    return faults
