"""What every page is made from: the bundle, its results indexed, the practices, and one language."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2

from vbs_site.catalogue.indicators import Indicator
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN, Organisation
from vbs_site.periods import Period
from vbs_site.releases.bundle import Bundle
from vbs_site.releases.dictionary import words as code_words
from vbs_site.site import numbers
from vbs_site.site.content import Practice
from vbs_site.site.results import Result, Results
from vbs_site.site.words import SHAPES, SIGNS, say

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Context:
    """One release in one language.

    Attributes:
        home_url: way from the root of the language to the root of the release.
        plotly: file name of the chart bundle in the release's assets.
    """

    bundle: Bundle
    results: Results
    practices: tuple[Practice, ...]
    language: str
    environment: jinja2.Environment
    home_url: str
    plotly: str

    def say(self, key: str) -> str:
        """Return the site's own words."""
        return say(key, self.language)

    def text(self, words: dict[str, str] | None) -> str:
        """Return a text of the catalogue in this language."""
        return words[self.language] if words else ""

    def indicator(self, name: str) -> Indicator:
        """Return an indicator."""
        return self.bundle.catalogue.indicators[name]

    def definition(self, name: str) -> dict[str, Any]:
        """Return the words of an indicator: `sentence`, `lines`, `statistics`."""
        words: dict[str, Any] = self.bundle.definitions[name][self.language]
        return words

    def statistic(self, name: str, statistic: str) -> str:
        """Return the name of a statistic of an indicator."""
        return str(self.definition(name)["statistics"][statistic])

    def unit_name(self, unit: str) -> str:
        """Return the name of a unit, of the national level or of the unknown."""
        if unit in (NATIONAL, UNKNOWN):
            return self.say(unit)
        organisation = self.bundle.organisations.by_id.get(unit)
        return self.text(organisation.name) if organisation else unit

    def unit_kind_name(self, kind: str) -> str:
        """Return the name of a unit kind."""
        return (
            self.say("national") if kind == NATIONAL else self.text(self.bundle.catalogue.units[kind].title)
        )

    def period(self, period: Period) -> str:
        """Return a period in words."""
        return numbers.period_name(period, self.language)

    def value(self, result: Result) -> str:
        """Return the number of a result, or the sign and words of why there is none."""
        if result.value is None:
            return f"{SIGNS[result.status]}"
        return numbers.value(
            result.statistic, result.value, self.indicator(result.indicator).decimals, self.language
        )

    def interval(self, result: Result) -> str:
        """Return the interval of a result, empty where there is none."""
        if result.lower is None or result.upper is None:
            return ""
        return numbers.interval(
            result.statistic,
            result.lower,
            result.upper,
            self.indicator(result.indicator).decimals,
            self.language,
        )

    def fraction(self, result: Result) -> str:
        """Return `36 / 421`, or n alone where there is no numerator."""
        if not result.shown or result.n is None:
            return ""
        n = numbers.whole(result.n, self.language)
        return n if result.numerator is None else f"{numbers.whole(result.numerator, self.language)} / {n}"

    def status(self, status: str) -> str:
        """Return a status in words."""
        return code_words("status", status, self.language)

    def since(self, practice: Practice) -> str:
        """Return when a practice began, or by when it was described."""
        key, when = ("started", practice.started) if practice.started else ("started_by", practice.started_by)
        return f"{self.say(key)} {numbers.partial_date(when or '', self.language)}"

    def date(self, text: str) -> str:
        """Return an ISO date in words; empty stays empty."""
        return numbers.partial_date(text, self.language) if text else ""

    def whole(self, count: int) -> str:
        """Return a count."""
        return numbers.whole(count, self.language)

    def render(self, template: str, **values: Any) -> str:
        """Return a fragment of HTML."""
        return self.environment.get_template(template).render(
            c=self, say=self.say, signs=SIGNS, shapes=SHAPES, **values
        )

    def stratum(self, stratum: str) -> str:
        """Return a stratum in words: the sex's own name, an age band as years."""
        kind, _, value = stratum.partition("=")
        if value == UNKNOWN:
            return {"da": "ukendt", "en": "unknown"}[self.language]
        if kind == "sex":
            persons = self.bundle.catalogue.persons
            column = self.bundle.catalogue.sources[persons.source].columns[persons.sex] if persons else None
            words = (column.values or {}).get(value) if column else None
            return self.text(words) if words else value
        years = {"da": "år", "en": "years"}[self.language]
        return f"{value.replace('-', chr(8211)).lstrip('0') if not value.startswith('00') else '0' + value[2:].replace('-', chr(8211))} {years}"

    @cached_property
    def shown_organisations(self) -> list[Organisation]:
        """Return the organisations that have any result, in the order of the reference."""
        having = {key[3] for key in self.results.series}
        return [each for each in self.bundle.organisations.members if each.id in having]

    def practices_for(
        self, *, indicator: str | None = None, unit: str | None = None, area: str | None = None
    ) -> list[Practice]:
        """Return the practices that name an indicator, a unit or an area."""
        return [
            each
            for each in self.practices
            if (indicator is not None and indicator in each.indicators)
            or (unit is not None and unit in each.units)
            or (area is not None and area in each.areas)
        ]

    def root(self, page: str) -> str:
        """Return the way from a page (`indikator/x/`) to the root of its language."""
        return "../" * page.count("/") or "./"


def make_environment() -> jinja2.Environment:
    """Return the template environment: escaped by default, and an unknown name is an error, not an empty string."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


Fragments = dict[str, str]
"""Hole to HTML."""
