"""What every page is made from: the bundle, its results indexed, the practices, and one language."""

import csv
import datetime
import math
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
from jinja2.filters import do_urlize
from markupsafe import Markup

from vbs_site.catalogue.indicators import Indicator
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN, Organisation
from vbs_site.periods import Period
from vbs_site.releases.bundle import Bundle
from vbs_site.releases.dictionary import words as code_words
from vbs_site.site import numbers
from vbs_site.site.content import Practice
from vbs_site.site.judged_words import JUDGED_SHAPES
from vbs_site.site.results import Key, Result, Results, index_years
from vbs_site.site.verdicts import Compared, Verdicts, index_verdicts
from vbs_site.site.versions import FEED, LATEST
from vbs_site.site.words import SHAPES, SIGNS, say
from vbs_site.tables import records

TEMPLATES = Path(__file__).parent / "templates"
SEMICOLON = re.compile(r";(?=\s|$)")
"""One that ends a part of a sentence."""


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

    @cached_property
    def today(self) -> datetime.date:
        """Return the day up to which anything is delivered; the day of the release as far as dates of validity go."""
        latest = self.bundle.deliveries["latest"]
        return datetime.date.fromisoformat(latest) if latest else datetime.date.max

    @cached_property
    def verdicts(self) -> Verdicts:
        """Return the tables that verdicts rest on."""
        return index_verdicts(self.bundle)

    @cached_property
    def protection(self) -> dict[str, Any]:
        """Return the disclosure policy that the release was made under, as its manifest states it.

        `default`, and `indicators` with those under another policy. An older release states a threshold and whether
        zeros are shown, the same for all.
        """
        stated: dict[str, Any] = self.bundle.manifest["protection"]
        return stated if "default" in stated else {"default": stated, "indicators": {}}

    @cached_property
    def withheld(self) -> frozenset[str]:
        """Return the indicators of which nothing is shown, because their tables could not be protected."""
        return frozenset(self.protection.get("withheld", ()))

    @cached_property
    def years(self) -> dict[Key, tuple[Result, ...]]:
        """Return the whole years that are shown where shorter periods are hidden, oldest first."""
        return index_years(self.bundle)

    @cached_property
    def flow(self) -> dict[tuple[str, str], dict[str, str]]:
        """Return the counts on the way from source rows to each figure: (indicator, period) to step to count in words.

        A release without the table has none; a count that is not shown is a sign.
        """
        path = self.bundle.folder / "flow.csv"
        found: dict[tuple[str, str], dict[str, str]] = {}
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    count = self.whole(int(row["count"])) if row["count"] else SIGNS["suppressed"]
                    found.setdefault((row["indicator"], row["period"]), {})[row["step"]] = count
        return found

    @cached_property
    def deliverers(self) -> dict[str, list[str]]:
        """Return who delivered rows of each source; a source that nobody in particular delivers has the empty name."""
        table = self.bundle.quality
        rows = table[(table["check"] == "rows") & (table["unit"].fillna("") != NATIONAL)]
        found = rows.assign(deliverer=rows["deliverer"].fillna("")).groupby("source")["deliverer"]
        return {str(source): sorted(set(each)) for source, each in found}

    @cached_property
    def unknown_units(self) -> dict[str, list[tuple[str, int | None, int | None]]]:
        """Return how many index events lie in no known unit: indicator to (unit kind, count, of how many)."""
        table = self.bundle.quality
        found: dict[str, list[tuple[str, int | None, int | None]]] = {}
        for each in records(table[table["check"] == "unknown_unit"]):
            name, kind = each["column"].split(":")
            found.setdefault(name, []).append((kind, each["count"], each["of"]))
        return found

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

    def is_recast(self, unit: str, period: Period) -> bool:
        """Return whether a unit's figure of a period is that of the units that it takes over from later."""
        organisation = self.bundle.organisations.by_id.get(unit)
        if organisation is None or not organisation.predecessors or organisation.valid_from is None:
            return False
        return period.last_day < organisation.valid_from

    def is_only_recast(self, unit: str) -> bool:
        """Return whether a unit takes over from others after the last day that anyone has delivered."""
        organisation = self.bundle.organisations.by_id.get(unit)
        if organisation is None or not organisation.predecessors or organisation.valid_from is None:
            return False
        return self.today <= organisation.valid_from

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

    def method(self, method: str | None) -> str:
        """Return the method of an interval in words, empty where there is none."""
        return self.code("method", method) if method and method != "none" else ""

    def difference(self, name: str, statistic: str, told: Compared) -> tuple[str, str]:
        """Return a difference and its interval: shares in percentage points, rates as the one over the other.

        A rate over one without events is without bound: then there is a lower limit at most, and words for the upper.
        """
        share = numbers.is_share(statistic)
        places = numbers.decimals_of(statistic, self.indicator(name).decimals)
        if told.method == "ratio-exact":
            share, places = False, 2
        factor = 100 if share else 1
        amount, low, high = (
            ""
            if each is None or not math.isfinite(each)
            else numbers.number(each * factor, places, self.language)
            for each in (told.difference, told.lower, told.upper)
        )
        if told.lower is None or not low:
            return amount, ""
        if not high:
            return amount, self.say("no_upper_limit").format(low)
        until = numbers.EN_DASH if told.lower >= 0 else f" {numbers.UNTIL[self.language]} "
        return amount, f"{low}{until}{high}"

    def fraction(self, result: Result) -> str:
        """Return `36 / 421`, or n alone where there is no numerator."""
        if not result.shown or result.n is None:
            return ""
        n = numbers.whole(result.n, self.language)
        return n if result.numerator is None else f"{numbers.whole(result.numerator, self.language)} / {n}"

    def score(self, amount: float) -> str:
        """Return a number of an instrument's scale with as many decimals as it has."""
        return numbers.plain(amount, self.language)

    def counted(self, computed: int, described: int) -> str:
        """Return how many measures there are, and how many of them have figures, as in `9 indikatorer: 7 beregnet, 2 kun beskrevet`."""
        many = computed + described
        words = f"{self.whole(many)} {self.say('measures_one' if many == 1 else 'measures_all')}"
        parts = [
            f"{self.whole(count)} {self.say(key)}"
            for count, key in ((computed, "computed"), (described, "only_described"))
            if count
        ]
        return f"{words}: {', '.join(parts)}" if parts else words

    @property
    def feed(self) -> str:
        """Return the way from the root of the language to the address that always holds the newest release's feed."""
        return f"{self.home_url}../{LATEST}/{f'{self.language}/' if self.home_url else ''}{FEED}"

    def status(self, status: str) -> str:
        """Return a status in words."""
        return code_words("status", status, self.language)

    def code(self, column: str, code: str) -> str:
        """Return a code of the public files in words."""
        return code_words(column, code, self.language)

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
            c=self, say=self.say, signs=SIGNS, shapes=SHAPES | JUDGED_SHAPES, **values
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
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["urlize"] = _linked
    return environment


@jinja2.pass_eval_context
def _linked(evaluation: jinja2.nodes.EvalContext, words: str, longest: int | None = None) -> Markup:
    """Return words with their addresses as links; Jinja's own filter takes a semicolon after an address into it."""
    parts = SEMICOLON.split(words)
    return Markup(";").join(do_urlize(evaluation, each, longest) for each in parts)


Fragments = dict[str, str]
"""Hole to HTML."""
