"""What words on a page speak of: which indicator, number, unit, period and subgroup.

A page is read by what stands on it: ids in addresses, names of units, names of numbers, and periods in words. The names
come from the release itself.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from vbs_site.audit.release import ALL, NATIONAL, Release, read_lines
from vbs_site.audit.units import Map
from vbs_site.periods import Period

WHOLE_COUNTRY = ("Hele landet", "The whole country")
MONTHS = (
    ("januar", "january", "jan"),
    ("februar", "february", "feb"),
    ("marts", "march", "mar"),
    ("april", "apr"),
    ("maj", "may"),
    ("juni", "june", "jun"),
    ("juli", "july", "jul"),
    ("august", "aug"),
    ("september", "sep"),
    ("oktober", "october", "okt", "oct"),
    ("november", "nov"),
    ("december", "dec"),
)
_MONTH = {word: number for number, words in enumerate(MONTHS, start=1) for word in words}
_YEAR = r"(?:(?:19|20)\d\d|\d\d)"
_PART = re.compile(
    rf"\b(?:(?P<quarter>[1-4])\. ?kvartal (?P<y1>{_YEAR})"
    rf"|[KQkq](?P<q2>[1-4])[ -]?(?P<y2>{_YEAR})"
    rf"|(?P<half>[12])\. ?halvår (?P<y3>{_YEAR})"
    rf"|H(?P<h2>[12])[ -]?(?P<y4>{_YEAR})"
    rf"|(?P<yid>(?:19|20)\d\d)(?:Q(?P<q5>[1-4])|H(?P<h5>[12])|-(?P<m5>0[1-9]|1[0-2])(?![\d-]))"
    rf"|(?P<month>{'|'.join(sorted(_MONTH, key=len, reverse=True))})\.? (?P<y6>{_YEAR})"
    r"|(?P<split>(?:19|20)\d\d)/\d\d"
    r"|(?P<year>(?:19|20)\d\d)(?![\d.,]*\d))\b",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\b(?:til|to|until|t\.o\.m\.|løbende år|rolling year)\s+$", re.IGNORECASE)
SEX = {
    "kvinder": "K",
    "kvinde": "K",
    "women": "K",
    "female": "K",
    "mænd": "M",
    "mand": "M",
    "men": "M",
    "male": "M",
}
_AGES = re.compile(r"(?<![\d.,])(\d{1,3})\s*[–-]\s*(\d{1,3})(?![\d.,])|(?<![\d.,])(\d{1,3})\s*\+")


class Place(NamedTuple):
    """What a number on a page is of, as far as it is said; None is not said."""

    indicator: str | None = None
    statistic: str | None = None
    unit_kind: str | None = None
    unit: str | None = None
    period: str | None = None
    stratum: str | None = None
    source: str | None = None

    def under(self, other: "Place") -> "Place":
        """Return it with what another place says where it says nothing itself."""
        return Place(
            *(mine if mine is not None else theirs for mine, theirs in zip(self, other, strict=True))
        )


class Names:
    """The names that a release gives to what it shows."""

    def __init__(self, release: Release) -> None:
        # The same words come again on every page.
        self.path = cache(self._path)
        self.anchor = cache(self._anchor)
        self.unit_of = cache(self._unit_of)
        self.statistic_of = cache(self._statistic_of)
        self.indicator_of = cache(self._indicator_of)
        self.periods_in = cache(self._periods_in)
        self.stratum_of = cache(self._stratum_of)
        self.indicators = {line.values["indicator"] for line in release.figures}
        self.indicators |= set(release.catalogue.get("indicators", {}))
        self.kinds = {line.values["unit_kind"] for line in release.figures}
        self.units = {line.values["unit"] for line in release.figures} | set(release.organisations)
        self.periods = {line.values["period"] for line in release.figures}
        self.periods |= {line.values.get("period", "") for line in release.tables.get("quality", ())} - {""}
        self.strata = {line.values["stratum"] for line in release.figures}
        self.sources = set(release.catalogue.get("sources", {}))
        self._map = Map(release)
        self._titles = _titles(release)
        self._statistics = _statistics(release)
        self._unit_names = _unit_names(release)
        phrases = {*self._titles, *self._statistics, *_explained(release)}
        titles = sorted(phrases, key=lambda word: (-len(word), word))
        self._title = re.compile("|".join(map(re.escape, titles))) if titles else None
        called = sorted({*self._titles, *self.indicators}, key=lambda word: (-len(word), word))
        self._called = (
            re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, called))})(?![\w-])") if called else None
        )
        words = sorted(self._unit_names, key=lambda word: (-len(word), word))
        self._unit = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)") if words else None

    def _path(self, address: str) -> Place:
        """Return what an address speaks of: ids are parts of it, and `#u-KIND-UNIT` names a row."""
        before, _, after = address.partition("#")
        place = Place()
        for part in re.split(r"[/?&=]", before):
            if part in self.indicators:
                place = place._replace(indicator=part)
            elif part in self.units:
                place = place._replace(unit=part)
        return self.anchor(after).under(place)

    def _anchor(self, name: str) -> Place:
        """Return what the id of an element speaks of."""
        if name in self.sources:
            return Place(source=name)
        letter, _, rest = name.partition("-")
        if letter == "u":
            kind = next((kind for kind in sorted(self.kinds) if rest.startswith(f"{kind}-")), None)
            unit = self._longest(rest[len(kind or "") + 1 :], self.units) if kind else None
            return Place(unit_kind=kind, unit=unit) if unit else Place()
        if letter in ("p", "t") and rest in self.periods:
            return Place(period=rest)
        if letter == "s" and (unit := self._longest(rest, self.units)):
            return Place(unit=unit)
        if letter == "i":
            indicator = self._longest(rest, self.indicators)
            if indicator:
                tail = rest[len(indicator) + 1 :]
                kind = next((kind for kind in sorted(self.kinds) if tail.endswith(f"-{kind}")), None)
                statistic = tail.removesuffix(f"-{kind}") if kind else None
                return Place(indicator=indicator, statistic=statistic or None, unit_kind=kind)
        return Place()

    @staticmethod
    def _longest(text: str, names: Iterable[str]) -> str | None:
        found = [name for name in names if text == name or text.startswith(f"{name}-")]
        return max(found, key=len, default=None)

    def _unit_of(self, words: str) -> str | None:
        """Return the unit that words are the name of, or that the first name in them is of."""
        if words in self._unit_names:
            return self._unit_names[words]
        match = self._unit.search(words) if self._unit is not None else None
        return self._unit_names[match[0]] if match else None

    @property
    def unit_names(self) -> dict[str, str]:
        """Return name to unit."""
        return self._unit_names

    def units_in(self, words: str) -> list[str]:
        """Return the units that words name, in order."""
        if self._unit is None:
            return []
        return [self._unit_names[match[0]] for match in self._unit.finditer(words)]

    def indicator_in(self, words: str) -> str | None:
        """Return the indicator whose title or id stands first in some words."""
        match = self._called.search(words) if self._called is not None else None
        return self._titles.get(match[0], match[0]) if match is not None else None

    def without_titles(self, words: str) -> str:
        """Return words without titles, names of numbers and explanations of codes, in which a number may stand."""
        return self._title.sub(" ", words) if self._title is not None else words

    def without_units(self, words: str) -> str:
        """Return words without the names of units, in which a number may stand."""
        return self._unit.sub(" ", words) if self._unit is not None else words

    def _statistic_of(self, words: str, indicator: str | None) -> str | None:
        """Return the number that words are the name of; several indicators may use the same words."""
        for title, names in self._statistics.get(words, {}).items():
            if indicator is None or title == indicator:
                return names
        return None

    def _indicator_of(self, words: str) -> str | None:
        """Return the indicator that words begin with the title of."""
        found = [title for title in self._titles if words.startswith(title)]
        return self._titles[max(found, key=len)] if found else None

    def _periods_in(self, words: str) -> tuple[str, ...]:
        """Return the ids of the periods that words name; two quarters with a dash between are a rolling year."""
        found, places = list[Period | None](), list[tuple[int, int]]()
        for match in _PART.finditer(words):
            found.append(self._period(match, words))
            places.append(match.span())
        ids = list[str]()
        skip = False
        for number, period in enumerate(found):
            if skip or period is None:
                skip = False
                continue
            after = found[number + 1] if number + 1 < len(found) else None
            if (
                after is not None
                and period.kind == after.kind == "quarter"
                and after.index == period.index + 3
            ):
                between = words[places[number][1] : places[number + 1][0]].strip()
                if between in ("–", "-", "til", "to"):
                    ids.append(Period("rolling_year", after.index).id)
                    skip = True
                    continue
            ids.append(period.id)
        return tuple(each for each in ids if each in self.periods)

    def without_periods(self, words: str) -> str:
        """Return words without the periods in them."""
        return _PART.sub(" ", words)

    def _period(self, match: re.Match[str], words: str) -> Period | None:
        of = match.groupdict()
        year = next(
            (of[key] for key in ("y1", "y2", "y3", "y4", "yid", "y6", "split", "year") if of[key]), None
        )
        if year is None:
            return None
        number = int(year) + (2000 if len(year) == 2 else 0)
        quarter, half = of["quarter"] or of["q2"] or of["q5"], of["half"] or of["h2"] or of["h5"]
        if quarter:
            period = Period("quarter", number * 4 + int(quarter) - 1)
            rolling = Period("rolling_year", period.index)
            until = _UNTIL.search(words[: match.start()]) is not None
            return rolling if until and rolling.id in self.periods else period
        if half:
            return Period("half_year", number * 2 + int(half) - 1)
        month = of["m5"] or (str(_MONTH[of["month"].lower()]) if of["month"] else None)
        return Period("month", number * 12 + int(month) - 1) if month else self._map.period(str(number))

    def _stratum_of(self, words: str) -> str | None:
        """Return the subgroup that words name."""
        low = words.lower().strip()
        if low in SEX:
            return self._stratum(f"sex={SEX[low]}")
        match = _AGES.search(words)
        if match is None:
            return None
        ages = (
            (f"{int(match[1]):02d}-{match[2]}", f"{int(match[1])}-{match[2]}")
            if match[1]
            else (f"{match[3]}+",)
        )
        return next((found for each in ages if (found := self._stratum(f"age_band={each}"))), None)

    def _stratum(self, name: str) -> str | None:
        return name if name in self.strata and name != ALL else None


def _explained(release: Release) -> set[str]:
    """Return the words of the release's own dictionary that have a number in them."""
    path = release.folder / "dictionary.csv"
    lines = read_lines(path) if path.exists() else ()
    words = {line.values.get(language, "") for line in lines for language in ("da", "en")}
    return {each for each in words if any(letter.isdigit() for letter in each)}


def _titles(release: Release) -> dict[str, str]:
    found = {}
    for name, indicator in release.catalogue.get("indicators", {}).items():
        for words in _words(indicator.get("title")):
            found[words] = name
    return found


def _statistics(release: Release) -> dict[str, dict[str, str]]:
    found = defaultdict[str, dict[str, str]](dict)
    for indicator, by_language in release.definitions.items():
        for texts in by_language.values():
            for statistic, words in texts.get("statistics", {}).items():
                found[str(words)][indicator] = statistic
    return found


def _unit_names(release: Release) -> dict[str, str]:
    found = dict.fromkeys(WHOLE_COUNTRY, NATIONAL)
    for identity, unit in release.organisations.items():
        for words in _words(unit.get("name")):
            found.setdefault(words, identity)
    for line in release.figures:
        found.setdefault(line.values.get("unit_name") or line.values["unit"], line.values["unit"])
    return found


def _words(text: Any) -> list[str]:
    return [str(each) for each in text.values()] if isinstance(text, dict) else [str(text)] if text else []
