"""Every link of a built tree leads somewhere inside it; nothing is loaded from another host."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from vbs_site.diagnostics import Diagnosis

_LOADS = {
    ("script", "src"),
    ("img", "src"),
    ("iframe", "src"),
    ("source", "src"),
    ("audio", "src"),
    ("video", "src"),
}


class _Collector(HTMLParser):
    """Collects the ids of a page, what it links to, and what it loads."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.ids = set[str]()
        self.links = list[tuple[str, bool]]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids.add(given["id"])
        if tag == "a" and "href" in given:
            self.links.append((given["href"], False))
        if tag == "link" and given.get("rel") in ("stylesheet", "icon", "preload"):
            self.links.append((given["href"], True))
        for name, value in given.items():
            if (tag, name) in _LOADS:
                self.links.append((value, True))


def link_faults(folder: Path) -> list[Diagnosis]:
    """Return a diagnosis for each link that leads nowhere and each file that would be loaded from another host."""
    pages = {}
    for path in sorted(folder.rglob("*.html")):
        collector = _Collector()
        collector.feed(path.read_text(encoding="utf-8"))
        pages[path.resolve()] = collector
    files = {path.resolve() for path in folder.rglob("*") if path.is_file()}
    return [
        fault
        for path, page in pages.items()
        if path.name != "404.html"
        for fault in _page_faults(folder.resolve(), path, page, pages, files)
    ]


def _page_faults(
    folder: Path, path: Path, page: _Collector, pages: dict[Path, _Collector], files: set[Path]
) -> Iterator[Diagnosis]:
    name = str(path.relative_to(folder))
    for link, loaded in dict.fromkeys(page.links):
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            if loaded:
                yield Diagnosis(name, 0, "", "nothing is loaded from another host", link)
            continue
        target = path if not parts.path else (path.parent / unquote(parts.path)).resolve()
        if target.is_dir() or parts.path.endswith("/"):
            target = target / "index.html"
        outside = not target.is_relative_to(folder)
        if outside:
            continue  # another release or the version list: not of this tree
        if target not in files:
            yield Diagnosis(name, 0, "", "a link leads to a page that exists", link)
        elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
            yield Diagnosis(name, 0, "", "a link's anchor exists on its page", link)
