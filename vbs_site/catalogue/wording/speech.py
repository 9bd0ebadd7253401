"""One catalogue in one language: its names, numbers, dates and lists as they stand in a sentence."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from types import ModuleType
from typing import Any

from babel.dates import format_date, format_time, get_month_names
from babel.numbers import format_decimal

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.sources import Column
from vbs_site.catalogue.wording import forms_da, forms_en, phrases_da, phrases_en
from vbs_site.catalogue.words import LOCALES, Duration, Text

_PHRASES: dict[str, ModuleType] = {"da": phrases_da, "en": phrases_en}
_FORMS: dict[str, ModuleType] = {"da": forms_da, "en": forms_en}


@dataclass(frozen=True)
class Speech:
    """Who speaks: a catalogue in a language.

    Attributes:
        plain: leave codes and column names out, for the one sentence at the top of a page.
    """

    catalogue: Catalogue
    language: str
    plain: bool = False

    def plainly(self) -> "Speech":
        """Return the same without codes."""
        return replace(self, plain=True)

    def say(self, phrase: str, **parts: object) -> str:
        """Return a phrase with its parts filled in."""
        found: str = _PHRASES[self.language].PHRASES[phrase]
        return found.format(**parts)

    def label(self, topic: str) -> str:
        """Return the heading of a topic."""
        found: str = _PHRASES[self.language].LABELS[topic]
        return found

    def period(self, kind: str) -> dict[str, str]:
        """Return the forms of a reporting period's name."""
        forms: dict[str, str] = _FORMS[self.language].PERIODS[kind]
        return forms

    def text(self, text: Text) -> str:
        """Return a text of the catalogue, without a full stop at its end."""
        return text[self.language].rstrip(".")

    def rows(self, source: str) -> str:
        """Return what the rows of a source are called."""
        return self.text(self.catalogue.sources[source].rows)

    def title(self, source: str) -> str:
        """Return the name of a source."""
        return self.text(self.catalogue.sources[source].title)

    def indicator(self, name: str) -> str:
        """Return the title of an indicator."""
        return self.text(self.catalogue.indicators[name].title)

    def column(self, source: str, name: str) -> str:
        """Return what a column is called; its key when it has no title."""
        title = self.contract(source, name).title
        return self.text(title) if title else name

    def contract(self, source: str, name: str) -> Column:
        """Return a column's contract."""
        return self.catalogue.sources[source].columns[name]

    def nullable(self, source: str, name: str) -> bool:
        """Return whether a value of the column may be missing."""
        return self.contract(source, name).nullable

    def number(self, value: Any) -> str:
        """Return a number with the language's separators."""
        return str(format_decimal(Decimal(str(value)), format="#,##0.######", locale=LOCALES[self.language]))

    def percent(self, share: float) -> str:
        """Return a share as a percentage."""
        return self.say("percent", number=self.number(Decimal(str(share)) * 100))

    def day(self, moment: dt.date) -> str:
        """Return a date, with its time of day when it has one."""
        date = str(format_date(moment, "long", locale=LOCALES[self.language]))
        if not isinstance(moment, dt.datetime):
            return date
        return self.say(
            "clock", date=date, time=format_time(moment.time(), "HH.mm" if self.language == "da" else "HH:mm")
        )

    def month(self, number: int) -> str:
        """Return the name of a month."""
        return str(get_month_names("wide", locale=LOCALES[self.language])[number])

    def counted(self, value: Any, unit: str) -> str:
        """Return a number with its unit in singular or plural, as in `1 time`, `30 dage`, `8 point`."""
        one, many = _FORMS[self.language].UNITS[unit]
        return f"{self.number(value)} {one if value == 1 else many}"

    def length(self, duration: Duration) -> str:
        """Return a length of time, without its sign; whole years of days are said as years too."""
        days = self.counted(abs(duration.count), duration.unit)
        years = years_of(duration)
        return self.say("days_as_years", days=days, years=self.counted(years, "years")) if years else days

    def per_unit(self, word: str, count: int) -> str:
        """Return what a number is taken per, as in `pr. patient` or `pr. 100 patienter`."""
        one, many = _FORMS[self.language].PER[word]
        return one if count == 1 else f"{self.number(count)} {many}"

    def last_one(self, unit: str) -> str:
        """Return a look-back of one calendar unit."""
        found: str = _FORMS[self.language].LAST_ONE[unit]
        return found

    def measure(self, unit: str) -> str:
        """Return what a number is counted in."""
        language = _FORMS[self.language]
        if unit in language.UNITS:
            return str(language.UNITS[unit][1])
        return str(language.MEASURES.get(unit, unit))

    def measured(self, value: Any, unit: str) -> str:
        """Return a number with the unit of its column."""
        if unit in _FORMS[self.language].UNITS:
            return self.counted(value, unit)
        return self.say("measured", number=self.number(value), unit=self.measure(unit))

    def amount(self, source: str, name: str) -> str:
        """Return a column with its unit, as in `DRG-værdi (kr.)`."""
        unit = self.contract(source, name).unit
        column = self.column(source, name)
        return f"{column} ({self.measure(unit)})" if unit else column

    def listed(self, items: Iterable[str], last: str = "and") -> str:
        """Return items as `a, b og c`, joined by the phrase `last`."""
        *first, final = items
        return self.say(last).join([", ".join(first), final]) if first else final

    def quoted(self, words: str) -> str:
        """Return words in quotation marks."""
        return self.say("quoted", words=words)


def speaking(catalogue: Catalogue, language: str) -> Speech:
    """Return the catalogue in a language.

    Raises:
        ValueError: when the catalogue has no texts in the language.
    """
    languages = catalogue.catalogue.languages
    if language not in languages:
        raise ValueError(
            f"the catalogue has no texts in {language!r}; its languages are {', '.join(languages)}"
        )
    return Speech(catalogue, language)


def years_of(duration: Duration) -> int:
    """Return how many years of 365 days a length in days is, 0 when it is no whole number of them."""
    years, rest = divmod(abs(duration.count), 365)
    return years if duration.unit == "days" and rest == 0 else 0


def capital(words: str) -> str:
    """Return a phrase with a capital first letter."""
    return words[:1].upper() + words[1:]


def small(words: str) -> str:
    """Return a title as it stands inside a sentence; an abbreviation keeps its capitals."""
    return words[:1].lower() + words[1:] if words[1:2].islower() else words
