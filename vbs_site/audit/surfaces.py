"""Every file of a built site, whatever it is: pages, downloads, search, feeds and data."""

import gzip
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from vbs_site.audit import findings
from vbs_site.audit.account import Account
from vbs_site.audit.markup import Node, parse
from vbs_site.audit.naming import Names, Place
from vbs_site.audit.page_charts import read_charts
from vbs_site.audit.page_figures import read_figures, read_json
from vbs_site.audit.page_tables import Page, Signs, read_tables
from vbs_site.audit.page_texts import read_entry, read_texts
from vbs_site.audit.release import NUMBERS, RESULTS, SHOWN, Cell, Line, Release, lines_of
from vbs_site.audit.tables import Index, parquet_findings, same
from vbs_site.diagnostics import Diagnosis

PAGES, MARKED = (".html", ".htm", ".xhtml"), (".xml", ".rss", ".atom", ".svg")
DRAWN = (
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".ico",
    ".webp",
    ".woff",
    ".woff2",
    ".ttf",
    ".css",
    ".map",
    ".yaml",
    ".yml",
)


def read_site(site: Path, release: Release, index: Index) -> tuple[int, list[Diagnosis]]:
    """Return how many files a version of a site has, and what is wrong in them.

    Args:
        site: the folder.
        release: what it publishes.
        index: its figures.
    """
    names, account, signs = Names(release), Account(release), Signs()
    found, number = list[Diagnosis](), 0
    bundle = release.folder
    for path in sorted(site.rglob("*")):
        if not path.is_file() or bundle in path.parents:
            continue
        number += 1
        name = path.relative_to(site).as_posix()
        for inner, content in _unpacked(name, path):
            page = Page(inner, _language(inner, ""), names.path(inner), names, account, signs)
            _read(page, content, path, index)
            found += page.found
    return number, found + signs.findings()


def _unpacked(name: str, path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield a file, or what is packed in it, under the name that it has there."""
    if path.suffix.lower() in DRAWN or path.suffix == ".parquet":
        yield name, b""
        return
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        yield name.removesuffix(".gz"), gzip.decompress(content)
    elif content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for each in packed.namelist():
                yield f"{name}/{each}", packed.read(each)
    else:
        yield name, content


def _language(name: str, text: str) -> str:
    match = re.search(r"<html[^>]*\blang=[\"']?(\w+)", text[:2000])
    return match[1] if match else ("en" if name.startswith("en/") else "da")


def _read(page: Page, content: bytes, path: Path, index: Index) -> None:
    suffix = Path(page.file).suffix.lower()
    if suffix in DRAWN:
        return
    if suffix == ".parquet":
        page.found += parquet_findings(path, page.file, {cell: index.lines[cell] for cell in index.lines})
        return
    text = content.decode("utf-8-sig", errors="replace")
    if suffix in PAGES:
        page.language = _language(page.file, text)
        root = parse(text)
        read_tables(page, root)
        read_charts(page, root)
        read_figures(page, root)
        read_texts(page, root)
    elif suffix == ".csv":
        page.found += table_file(page.file, text, index)
    elif suffix in (".json", ".geojson", ".webmanifest"):
        _data(page, text)
    elif suffix in MARKED:
        _marked(page, text)
    elif any(name in text for name in page.names.indicators):
        for number, line in enumerate(text.splitlines(), start=1):
            read_entry(page, line, page.place, number, "a file")


def table_file(name: str, text: str, index: Index) -> Iterable[Diagnosis]:
    """Yield what a CSV file tells of figures otherwise than the results do."""
    for line in lines_of(text, name):
        cell = line.cell()
        if cell.statistic == "" or cell not in index.lines:
            if cell.indicator and cell.statistic and any(line.values.get(column) for column in NUMBERS):
                yield findings.differs(
                    name, line.number, cell.words, f"a figure that {RESULTS} does not have"
                )
            continue
        yield from _same_line(line, index.lines[cell])


def _same_line(line: Line, published: Line) -> Iterable[Diagnosis]:
    """Yield what a line of a download says otherwise than the same line of the results."""
    shown = published.values["status"] == SHOWN
    for column, text in line.values.items():
        theirs = published.values.get(column)
        if theirs is None:
            if not shown and text:
                yield findings.told_apart(
                    line.file,
                    line.number,
                    published.cell().words,
                    f"a column {column!r} that {RESULTS} does not have",
                )
        elif text != theirs and not same(text, theirs) and not _equal(text, theirs):
            if column in NUMBERS and not shown:
                make = partial(findings.still_there, what=f"a number in {column}")
            elif not shown:
                make = partial(findings.told_apart, what=f"another {column} than in {published.place}")
            else:
                make = partial(findings.differs, what=f"another {column} than in {published.place}")
            yield make(line.file, line.number, published.cell().words)


def _equal(text: str, theirs: str) -> bool:
    try:
        return abs(float(text) - float(theirs)) <= 1e-9 * max(1.0, abs(float(text)))
    except ValueError:
        return False


def _data(page: Page, text: str) -> None:
    """Check a JSON file: figures, records of a search index, and results in any form."""
    try:
        data = json.loads(text)
    except ValueError:
        page.found.append(Diagnosis(page.file, 0, "", findings.READABLE, "data that is no JSON"))
        return
    read_json(page, text, 1)
    for record, place in _records(page, data, page.place):
        line = _line_of(text, record)
        for each in record.values():
            if isinstance(each, str):
                read_entry(page, each, place, line, "a record")
        _figure_record(page, record, line)


def _records(page: Page, data: Any, place: Place) -> Iterator[tuple[dict[str, Any], Place]]:
    if isinstance(data, dict):
        here = place
        for key in ("location", "url", "href", "id", "link", "path"):
            if isinstance(data.get(key), str):
                here = page.names.path(data[key]).under(here)
        if any(isinstance(each, str | int | float) for each in data.values()):
            yield data, here
        for each in data.values():
            yield from _records(page, each, here)
    elif isinstance(data, list):
        for each in data:
            yield from _records(page, each, place)


def _line_of(text: str, record: dict[str, Any]) -> int:
    longest = max((each for each in record.values() if isinstance(each, str)), key=len, default="")
    place = text.find(json.dumps(longest, ensure_ascii=False)[1:-1]) if longest else -1
    return text.count("\n", 0, place) + 1 if place >= 0 else 0


def _figure_record(page: Page, record: dict[str, Any], line: int) -> None:
    """Check a record that is a line of results in another form."""
    of = {key: str(record.get(key, "")) for key in Cell._fields}
    cell = Cell(**{**of, "stratum": of["stratum"] or "all"})
    lines = page.account.lines(
        Place(indicator=cell.indicator, unit=cell.unit, period=cell.period, stratum=cell.stratum)
    )
    for published in lines:
        if published.cell() == cell and published.values["status"] != SHOWN:
            left = [column for column in NUMBERS if record.get(column) not in (None, "")]
            if left and not (left == ["n"] and published.count_of("n") == 0):
                page.found.append(
                    findings.still_there(page.file, line, cell.words, f"a number in {', '.join(left)}")
                )


def _marked(page: Page, text: str) -> None:
    """Check a feed, a site map or a drawing."""
    root = parse(text)
    if root.first("svg") is not None:
        read_charts(page, root)
    for entry in root.find("entry", "item", "url"):
        place = page.place
        for each in entry.walk():
            if each.tag in ("id", "link", "guid", "loc"):
                place = page.names.path(each.get("href") or each.text()).under(place)
        for each in entry.walk():
            if each.tag in ("title", "summary", "content", "description", "content:encoded"):
                words = _plain(each)
                read_entry(page, words, place, each.line, "a feed")


def _plain(node: Node) -> str:
    words = node.text()
    return parse(words).text() if "<" in words else words
