"""Pages from shells: a rendered page is split once at its holes, and each page is a join of parts and fragments.

A hole is an HTML comment `<!--vbs:name-->`; the title is the text `@@vbs:title@@` (escaped where it is printed); links
that depend on the page's place use `@@vbs:root@@`, and its address in a language is `@@vbs:to_en@@`. The stamper
needs one rendered HTML page and nothing else from the builder.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_MARK = re.compile(r"<!--vbs:([a-z_]+)-->|@@vbs:([a-z_]+)@@")
_ALTERNATE = re.compile(r'\s*<link rel="alternate" [^>]*hreflang="[^>]*>')


def hole(name: str) -> str:
    """Return the mark of a hole, to be written in Markdown on a line of its own."""
    return f"<!--vbs:{name}-->"


TITLE = "@@vbs:title@@"
DESCRIPTION = "@@vbs:description@@"


@dataclass(frozen=True)
class Shell:
    """A rendered page, split at its marks: texts between, and the names of the marks."""

    texts: tuple[str, ...]
    marks: tuple[str, ...]

    def fill(self, fragments: Mapping[str, str]) -> str:
        """Return the page with every mark replaced; a mark without a fragment becomes empty."""
        parts = [self.texts[0]]
        for mark, text in zip(self.marks, self.texts[1:], strict=True):
            parts.append(fragments.get(mark, ""))
            parts.append(text)
        return "".join(parts)


def split(page: str) -> Shell:
    """Return a rendered page as a shell.

    The head's links to other languages are left out: Material's script asks for a sitemap at each of them, which only
    the root of a language has. The language selector's links lead to the very page and need no script.
    """
    page = _ALTERNATE.sub("", page)
    texts, marks, end = [], [], 0
    for match in _MARK.finditer(page):
        texts.append(page[end : match.start()])
        marks.append(match[1] or match[2])
        end = match.end()
    return Shell((*texts, page[end:]), tuple(marks))


def write_page(
    folder: Path,
    page: str,
    shell: Shell,
    fragments: Mapping[str, str],
    *,
    title: str,
    description: str,
    shell_path: str,
) -> None:
    """Write one page.

    Args:
        folder: root of the language's tree.
        page: address below it, such as `indikator/x/`.
        shell: the rendered shell.
        fragments: hole to HTML.
        title: plain text.
        description: plain text, one sentence.
        shell_path: address of the shell, replaced by the page's own in canonical links.
    """
    filled = shell.fill({**fragments, "title": html.escape(title), "description": html.escape(description)})
    if shell_path != page:
        filled = filled.replace(shell_path, page)
    target = folder / page / "index.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(filled, encoding="utf-8", newline="\n")
