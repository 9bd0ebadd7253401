"""What a page says in sentences, labels and texts that only some readers meet: each number in it is a published one."""

import re

from vbs_site.audit.account import Number, explained, written_in
from vbs_site.audit.markup import Node
from vbs_site.audit.naming import Place
from vbs_site.audit.page_tables import Page
from vbs_site.audit.release import UNKNOWN

BLOCKS = frozenset(
    (
        *(
            "p",
            "li",
            "dd",
            "dt",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "figcaption",
            "summary",
            "blockquote",
            "div",
            "title",
        ),
        *(
            "table",
            "ul",
            "ol",
            "dl",
            "section",
            "article",
            "main",
            "nav",
            "figure",
            "header",
            "footer",
            "form",
            "details",
        ),
    )
)
SPOKEN = ("alt", "title", "aria-label", "aria-description", "content", "value", "placeholder")
_BEFORE = re.compile(r"(?:\b[nN]\s*[=:]?|/|\b(?:af|of|ud af|out of))\s*$")
_AFTER = re.compile(
    r"^\s*(?:%|procent\b|per ?cent\b|/|(?:ud )?af\s+\d|(?:out )?of\s+\d|patient|person|borger|people|citizen|event|hændelse)",
    re.IGNORECASE,
)
_LEVEL = re.compile(
    r"\b9[059](?:[.,]\d+)?\s*%(?=[- ]*(?:KI|CI|konfidens|confidence|sikkerhed|grænse|limit))", re.IGNORECASE
)
_TOLD = re.compile(
    rf"(?:{'|'.join(SPOKEN)}|data-[\w-]+)\s*=\s*(?:\"[^\"]*\d|'[^']*\d|[^\s\"'>]*\d)", re.IGNORECASE
)
_SENTENCE = re.compile(r"(?<=[.;!?])\s+(?=[A-ZÆØÅ0-9])")


def read_texts(page: Page, root: Node) -> None:
    """Check the sentences of a page, and the texts in its attributes."""
    blocks = [node for node in root.walk() if node.tag in BLOCKS]
    around = set[int]()
    for node in blocks:
        here = node.parent
        while here is not None and id(here) not in around:
            around.add(id(here))
            here = here.parent
    for node in blocks:
        if id(node) not in around and node.tag != "table" and node.within("table") is None:
            place = page.place
            for link in node.find("a"):
                place = page.names.path(link.get("href")).under(place)
            read_entry(page, node.text("svg", "script", "style"), place, node.line, "a sentence")
    for node in root.walk():
        if (
            node.raw
            and "=" in node.raw
            and node.tag not in ("path", "line", "circle", "svg", "text", "polyline")
        ):
            _attributes(page, node)


def _attributes(page: Page, node: Node) -> None:
    for name, text in node.attributes.items():
        if (name in SPOKEN or name.startswith("data-")) and any(each.isdigit() for each in text):
            read_entry(page, text, page.place, node.line, f"the attribute {name}")


def read_entry(page: Page, words: str, place: Place, line: int, where: str) -> None:
    """Check the numbers in some words, where these or their place say of whom they are.

    Args:
        page: the page or file that they stand in.
        words: what is written.
        place: what their place says.
        line: of the page.
        where: kind of thing that they stand in, for the finding.
    """
    if not any(each.isdigit() for each in words):
        return
    for sentence in _SENTENCE.split(words):
        _sentence(page, sentence, place, line, where)


def _sentence(page: Page, words: str, place: Place, line: int, where: str) -> None:
    names = page.names
    units = names.units_in(words)
    plain = _LEVEL.sub(" ", names.without_units(names.without_titles(words)))
    numbers = figures_in(names.without_periods(plain), page.language)
    if not numbers:
        return
    indicator = place.indicator or names.indicator_in(words)
    said = Place(unit=units[0] if units else None, indicator=indicator)
    here = said.under(place) if units else place.under(said)
    if units and place.unit != units[0]:
        here = here._replace(unit_kind=None)
    if here.indicator is None or here.unit in (None, UNKNOWN):
        return
    periods = names.periods_in(plain)
    spots = [here._replace(period=period) for period in periods] or [here]
    if len(set(units)) > 1:
        spots = [spot._replace(unit=unit, unit_kind=None) for spot in spots for unit in dict.fromkeys(units)]
    pools = [page.account.pool(spot) for spot in spots]
    if page.account.hidden(spots[0]) is None:  # a sentence may go on with another time
        pools.append(page.account.pool(here._replace(period=None)))
    for number in numbers:
        if not any(explained(number, pool) for pool in pools):
            page.unexplained(spots[0], line, where)
            return


def figures_in(words: str, language: str) -> list[Number]:
    """Return the numbers in a sentence that are figures: shares, numbers with decimals, counts of people, `n = 7`, `2 / 7`."""
    found = []
    for number, (begin, end) in written_in(words, language):
        if number.decimals or _BEFORE.search(words[:begin]) or _AFTER.match(words[end:]):
            found.append(number)
    return found
