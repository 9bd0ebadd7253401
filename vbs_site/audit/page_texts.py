"""What a page says in sentences, labels and texts that only some readers meet: each number in it is a published one.

A sentence speaks of what it names, or else of what the one before it, the heading above it or the page names. Where it
speaks of a hidden figure, every number in it is taken for a count; elsewhere those that look like figures. A sentence that
leaves open which indicator or which unit it is of is not checked, and numbers in letters are not read.
"""

import re
from typing import NamedTuple

from vbs_site.audit.account import Number, explained, numbers_in, written_in
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
_LEAST = re.compile(
    r"\b(?:mindst|under|færre end|mindre end|fra 1 til|at least|fewer than|less than|from 1 to)\s+\d+",
    re.IGNORECASE,
)
"""What is said of the rule that hides a figure."""
HEADINGS = {"h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6, "dt": 7}
"""What speaks of all that stands below it, to how deep it lies."""
_SENTENCE = re.compile(r"(?<=[.;!?])(?<!\b[pP]r\.)(?<!\bca\.)\s+(?=[A-ZÆØÅ0-9])")


class _Heard(NamedTuple):
    """What a heading says of all below it, or the id of an element or a list's item of all in it.

    Attributes:
        level: of the heading; 0 of the others.
        end: where among the elements of the page it no longer holds.
        place: what is said.
    """

    level: int
    end: int
    place: Place


def read_texts(page: Page, root: Node) -> None:
    """Check the sentences of a page, and the texts in its attributes."""
    heard = list[_Heard]()
    for node in root.walk():
        heard = [each for each in heard if node.begin < each.end]
        if node.raw and "id=" in node.raw and (named := _named(page, node)) != Place():
            heard.append(_Heard(0, node.end, named))
        if node.tag in BLOCKS and node.tag != "table" and node.within("table") is None:
            words = node.text("svg", "script", "style", *BLOCKS)
            level = HEADINGS.get(node.tag, 0)
            heard = [each for each in heard if not level or each.level < level]
            place = page.place
            for each in heard:
                place = each.place.under(place)
            for link in node.find("a") if words else ():
                place = page.names.path(link.get("href")).under(place)
            read_entry(page, words, place, node.line, "a sentence")
            if words and node.tag == "li":
                heard.append(_Heard(0, node.end, _said(page, words)))
            elif words and level and node.parent is not None:
                named = _said(page, words).under(_named(page, node))
                heard.append(_Heard(level, node.parent.end, named))
        if (
            node.raw
            and "=" in node.raw
            and node.tag not in ("path", "line", "circle", "svg", "text", "polyline")
        ):
            _attributes(page, node)


def _named(page: Page, node: Node) -> Place:
    """Return what the id of an element says."""
    return page.names.anchor(node.get("id"))._replace(source=None)


def _said(page: Page, words: str) -> Place:
    """Return what some words say of what follows them: they name one indicator, unit or period."""
    names = page.names
    units = set(names.units_in(words))
    periods = set(names.periods_in(names.without_units(names.without_titles(words))))
    return Place(
        indicator=names.indicator_in(words),
        unit=units.pop() if len(units) == 1 else None,
        period=periods.pop() if len(periods) == 1 else None,
    )


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
        said = _said(page, sentence)  # the next one goes on about it
        place = said.under(place._replace(unit_kind=None) if said.unit is not None else place)


def _sentence(page: Page, words: str, place: Place, line: int, where: str) -> None:
    names = page.names
    units = names.units_in(words)
    plain = _LEVEL.sub(" ", names.without_units(names.without_titles(words)))
    rest = names.without_periods(plain)
    if not any(each.isdigit() for each in rest):
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
    hidden = spots[0].period is not None and page.account.hidden(spots[0]) is not None
    numbers = figures_in(rest, page.language)
    if hidden:
        numbers += numbers_in(_LEAST.sub(" ", rest), page.language)
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
