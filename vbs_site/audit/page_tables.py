"""The tables of a page: every number in them is one that the release shows there, and hidden figures look the same."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from vbs_site.audit import findings
from vbs_site.audit.account import Account, explained, numbers_in
from vbs_site.audit.markup import Node
from vbs_site.audit.naming import Names, Place
from vbs_site.audit.release import Cell
from vbs_site.diagnostics import Diagnosis

Look = tuple[str, ...]


@dataclass
class Page:
    """A page that is read.

    Attributes:
        file: as findings call it.
        language: `da` or `en`.
        place: what its address speaks of.
        names, account: what the release calls things, and what it shows.
        signs: how hidden figures look, gathered over all pages.
        found: what was found on it.
    """

    file: str
    language: str
    place: Place
    names: Names
    account: Account
    signs: "Signs"
    found: list[Diagnosis] = field(default_factory=list)

    def check(self, words: str, place: Place, line: int, where: str) -> None:
        """Note every number in some words that the release does not show in a place.

        Args:
            words: what is written.
            place: what it speaks of; its indicator is known.
            line: of the page.
            where: kind of thing that they stand in, for the finding.
        """
        numbers = numbers_in(words, self.language)
        if not numbers or place.indicator is None:
            return
        pool = self.account.pool(place)
        if all(explained(number, pool) for number in numbers):
            return
        self.unexplained(place, line, where)

    def unexplained(self, place: Place, line: int, where: str) -> None:
        """Note a number in a place that nothing shown explains."""
        hidden = self.account.partly_hidden(place)
        if hidden is not None:
            self.found.append(
                findings.still_there(self.file, line, hidden.cell().words, f"a number in {where}")
            )
        else:
            words = _words(place)
            self.found.append(findings.differs(self.file, line, words, f"another number in {where}"))


def _words(place: Place) -> str:
    return ", ".join(each for each in place if each is not None)


@dataclass
class Signs:
    """How hidden figures look, by the kind of column that they stand in.

    Attributes:
        seen: kind of column to look to where it was seen first, and which figure it was.
        often: kind of column to how often each look was seen.
    """

    seen: dict[tuple[str, ...], dict[Look, list[tuple[str, int, Cell]]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    def note(self, kind: tuple[str, ...], look: Look, file: str, line: int, cell: Cell) -> None:
        """Note how one hidden figure looks."""
        self.seen[kind][look].append((file, line, cell))

    def findings(self) -> list[Diagnosis]:
        """Return the figures that do not look like most hidden ones in such a column."""
        found = []
        everywhere = Counter[Look]()
        for looks in self.seen.values():
            everywhere.update({look: len(places) for look, places in looks.items()})
        for kind, looks in sorted(self.seen.items()):
            counts = Counter({look: len(places) for look, places in looks.items()})
            usual = max(counts, key=lambda look: (counts[look], everywhere[look], look))
            for look, places in looks.items():
                if look != usual:
                    found += [
                        findings.told_apart(
                            file, line, cell.words, f"another sign than others in {kind[-1]!r}"
                        )
                        for file, line, cell in places
                    ]
        return found


def read_tables(page: Page, root: Node) -> None:
    """Check every table of a page."""
    source = Place()
    for node in root.walk():
        if node.tag in ("h1", "h2", "h3"):
            source = page.names.anchor(node.get("id"))
            source = Place(source=source.source)
        elif node.tag == "table":
            _table(page, node, page.place.under(source))


def _table(page: Page, table: Node, around: Place) -> None:
    caption = table.first("caption")
    title = caption.text() if caption is not None else ""
    around = _caption(page, title, around)
    rows = list(table.find("tr"))
    head = next((row for row in rows if not any(each.tag == "td" for each in row.find("td"))), None)
    heads = [each.text("sup") for each in head.find("th", "td")] if head is not None else []
    columns = [_column(page, words, around) for words in heads]
    told = {column.statistic for column in columns if column.statistic is not None}
    if len(told) == 1:  # the other columns are of the same number, at other times or of others
        around = around.under(Place(statistic=told.pop()))
    for row in rows:
        if row is not head:
            _row(page, row, around, heads, columns)


def _caption(page: Page, title: str, around: Place) -> Place:
    names = page.names
    periods = names.periods_in(names.without_units(title))
    place = Place(
        unit=names.unit_of(title),
        period=periods[-1] if periods else None,
        indicator=names.indicator_of(title),
    )
    return place.under(around) if around.unit is None else around.under(place)


def _column(page: Page, words: str, around: Place) -> Place:
    """Return what the head of a column speaks of."""
    names = page.names
    first = words.split(" (", maxsplit=1)[0]
    statistic = names.statistic_of(words, around.indicator) or names.statistic_of(first, around.indicator)
    if statistic is not None:
        return Place(statistic=statistic)
    exact = names.unit_of(words) if words in names.unit_names else None
    if exact is not None:
        return Place(unit=exact)
    periods = names.periods_in(words)
    return (
        Place(period=periods[0])
        if len(periods) == 1 and not names.without_periods(words).strip(" ()")
        else Place()
    )


def _row(page: Page, row: Node, around: Place, heads: list[str], columns: list[Place]) -> None:
    cells = [each for each in row.children if isinstance(each, Node) and each.tag in ("th", "td")]
    place = _row_place(page, row, cells).under(around)
    if place.source is not None and place.indicator is None:
        _quality_row(page, cells, place, heads, columns)
        return
    if place.indicator is None or (place.unit, place.period, place.stratum) == (None, None, None):
        return
    if _unsaid(place, columns) or not _told_in_row(place, around, row):
        return
    line = row.line
    looks = list[tuple[int, Look, Cell]]()
    for number, cell in enumerate(cells):
        if cell.tag == "th":
            continue
        column = columns[number] if number < len(columns) else Place()
        head = heads[number] if number < len(heads) else ""
        here = column.under(place)
        words = cell.text("sup", "svg")
        if (
            number < len(columns)
            and column == Place()
            and page.names.periods_in(words)
            and not page.names.without_periods(words).strip()
        ):
            continue  # the period itself
        _check_cell(page, cell, words, here, line, head)
        hidden = page.account.wholly_hidden(here)
        if hidden is not None and cell.first("svg") is None:
            looks.append((number, _look(cell), hidden.cell()))
    for number, look, figure in looks:
        kind = _kind(page, heads, columns, number)
        page.signs.note(kind, look, page.file, line, figure)
    if looks and page.account.wholly_hidden(place) is not None:
        attributes = {name: text for name, text in row.attributes.items() if name != "id"}
        plain = tuple(
            f"{name}={''.join(each for each in text if not each.isdigit())}"
            for name, text in sorted(attributes.items())
        )
        page.signs.note(
            (page.language, "row", *map(_shape, columns), "the row"), plain, page.file, line, looks[0][2]
        )


def _check_cell(page: Page, cell: Node, words: str, place: Place, line: int, head: str) -> None:
    where = f"the column {head!r}" if head else "a table"
    spoken = [
        words,
        *(text for name, text in cell.attributes.items() if name not in ("class", "id", "style", "scope")),
    ]
    for inner in cell.find("abbr", "span", "a", "td", "div", "img", "time", "data"):
        spoken += [
            text
            for name, text in inner.attributes.items()
            if name.startswith(("data-", "title", "alt", "aria-l", "value", "datetime"))
        ]
    for each in dict.fromkeys(spoken):
        page.check(page.names.without_periods(page.names.without_units(each)), place, line, where)


def _row_place(page: Page, row: Node, cells: list[Node]) -> Place:
    names, place = page.names, Place()
    if row.get("id"):
        place = names.anchor(row.get("id"))
    head = next((each for each in cells if each.tag == "th"), None)
    for cell in cells[:2]:
        for link in cell.find("a"):
            place = place.under(names.path(link.get("href")))
    if head is not None:
        words = head.text("sup")
        place = place.under(_head_place(page, words, place))
        muted = [each.text() for each in head.find("span", "small")]
        statistic = next(
            (name for each in muted if (name := names.statistic_of(each, place.indicator))), None
        )
        place = place.under(Place(statistic=statistic))
    if place.period is None:
        for cell in cells:
            words = cell.text("sup")
            periods = names.periods_in(words)
            if cell.tag == "td" and len(periods) == 1 and not names.without_periods(words).strip():
                return place._replace(period=periods[0])
    return place


def _head_place(page: Page, words: str, place: Place) -> Place:
    names = page.names
    stratum, unit = names.stratum_of(words), names.unit_of(words)
    periods = names.periods_in(names.without_units(words))
    return Place(
        unit=unit if place.unit is None else None,
        period=periods[0] if len(periods) == 1 else None,
        stratum=stratum if unit is None and not periods else None,
        indicator=names.indicator_of(words),
    )


def _unsaid(place: Place, columns: list[Place]) -> bool:
    """Return whether nothing says of whom a row is: neither the page, nor the row, nor its columns."""
    return place.unit is None and all(column.unit is None for column in columns)


def _told_in_row(place: Place, around: Place, row: Node) -> bool:
    """Return whether the row itself says something of what it is."""
    return place != around or bool(row.get("id"))


def _quality_row(page: Page, cells: list[Node], place: Place, heads: list[str], columns: list[Place]) -> None:
    for number, cell in enumerate(cells):
        column = columns[number] if number < len(columns) else Place()
        if cell.tag == "th":
            continue
        here = column.under(place)
        numbers = numbers_in(page.names.without_periods(cell.text("sup")), page.language)
        by = page.account.of_source(here.source or "", here.period, here.unit)
        if (
            numbers
            and here.period is not None
            and not all(each.value in by or not each.value for each in numbers)
        ):
            head = heads[number] if number < len(heads) else ""
            words = ", ".join(each for each in (here.source, here.unit, here.period) if each)
            page.found.append(
                findings.differs(page.file, cell.line, words, f"another number in the column {head!r}")
            )


def _look(cell: Node) -> Look:
    return (cell.tag, " ".join(cell.raw.split()), cell.mark_up())


def _shape(column: Place) -> str:
    said = [name for name, value in zip(Place._fields, column, strict=True) if value is not None]
    return ",".join(said) or "-"


def _kind(page: Page, heads: list[str], columns: list[Place], number: int) -> tuple[str, ...]:
    """Return what kind of column it is: columns of the same kind show a hidden figure in the same way."""
    own = columns[number] if number < len(columns) else Place()
    head = heads[number] if number < len(heads) else ""
    shapes = tuple(
        _shape(column) if column != Place() else words for column, words in zip(columns, heads, strict=True)
    )
    return (page.language, *shapes, _shape(own) if own != Place() else head)
