"""The catalogue as one frozen object; everything downstream is derived from it."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from vbs_site.catalogue.derivation import with_contracts
from vbs_site.catalogue.described import Described
from vbs_site.catalogue.groups import Decision, Group
from vbs_site.catalogue.indicators import Indicator
from vbs_site.catalogue.instruments import Instrument, InstrumentName
from vbs_site.catalogue.judging import Judgement, Similar, ValueAssessment
from vbs_site.catalogue.policies import Policy
from vbs_site.catalogue.protection import Disclosure, strictest
from vbs_site.catalogue.sources import Codeset, Persons, Source, Unit
from vbs_site.catalogue.uses import sources_read
from vbs_site.catalogue.words import Frozen, Name, Slug, Text, Words


class About(Frozen):
    """What the catalogue is, who publishes it, in which languages, from which date.

    Attributes:
        languages: the first is the root of the site.
        report_from: first day that is reported.
        organisations: path of the organisation reference, relative to the catalogue.
        year_starts: month in which a reporting year starts; 4 makes 2016 read 2016/17.
        examples_required: whether every active indicator has worked examples, one of them an edge.
    """

    id: Slug
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    title: Text
    publisher: Text
    languages: Annotated[list[Literal["da", "en"]], Field(min_length=1)]
    report_from: Any = None
    organisations: Words | None = None
    year_starts: Annotated[int, Field(ge=1, le=12)] = 1
    examples_required: bool = False

    @field_validator("report_from")
    @classmethod
    def _a_date(cls, value: Any) -> Any:
        if value is not None and not hasattr(value, "year"):
            raise ValueError("report_from is a date such as 2022-01-01")
        return value


class Area(Frozen):
    """A disease area or a cross-cutting theme."""

    title: Text


class Catalogue(Frozen):
    """Everything that is measured, with the contract of the data that it is measured on.

    Attributes:
        disclosure: the policy for small counts, unless a source says otherwise.
        persons: where a person's birth, death and sex are found.
        sources: what is delivered, and what is derived from it.
        codesets: named sets of codes, for conditions.
        instruments: questionnaire scores with their ranges and thresholds.
        units: the ways to divide results.
        areas: disease areas and cross-cutting themes.
        indicators: the measures that are computed.
        described: the measures that are said in words only.
        policies: what paid by indicators.
        groups: who agrees on measures.
        decisions: what they decided.
        judgement: how figures are judged, unless an indicator says otherwise.
        similar: groups of units that are held against each other.
        value: outcomes and the resources that they took, side by side.
    """

    catalogue: About
    disclosure: Disclosure = Disclosure()
    persons: Persons | None = None
    sources: Annotated[dict[Name, Source], Field(min_length=1)]
    codesets: dict[Name, Codeset] = {}
    instruments: dict[InstrumentName, Instrument] = {}
    units: Annotated[dict[Name, Unit], Field(min_length=1)]
    areas: Annotated[dict[Slug, Area], Field(min_length=1)]
    indicators: Annotated[dict[Slug, Indicator], Field(min_length=1)]
    described: dict[Slug, Described] = {}
    policies: dict[Slug, Policy] = {}
    groups: dict[Slug, Group] = {}
    decisions: dict[Slug, Decision] = {}
    judgement: Judgement = Judgement()
    similar: dict[Slug, Similar] = {}
    value: dict[Slug, ValueAssessment] = {}

    @field_validator("sources")
    @classmethod
    def _derived_have_contracts(cls, sources: dict[str, Source]) -> dict[str, Source]:
        return with_contracts(sources)

    @property
    def computed(self) -> dict[str, Indicator]:
        """Return the indicators in use: a draft or a retired one has its id and its page, and no figures."""
        return {name: each for name, each in self.indicators.items() if each.lifecycle.state == "active"}

    def judging(self, indicator: str) -> Judgement:
        """Return how an indicator is judged."""
        return self.indicators[indicator].judge.over(self.judgement)

    def policy_of(self, source: str) -> Disclosure:
        """Return the disclosure policy of a source: the catalogue's, with what the source sets otherwise."""
        own = self.sources[source].disclosure
        return self.disclosure if own is None else own.over(self.disclosure)

    def protection(self, indicator: str) -> Disclosure:
        """Return the disclosure policy that an indicator is published under: the strictest of the sources that it reads.

        A source without a person in its rows (a population, a list of codes) has a say only where it sets a policy.
        """
        read = [
            source
            for source in sources_read(self, indicator)
            if self.sources[source].disclosure is not None or self.sources[source].person is not None
        ]
        return strictest([self.policy_of(source) for source in read] or [self.disclosure])

    def base_of(self, source: str) -> str:
        """Return the delivered source that a source's rows come from: itself, unless it is derived."""
        while (derive := self.sources[source].derive) is not None:
            source = derive.base
        return source

    def derived_of(self, sources: Iterable[str]) -> list[str]:
        """Return the derived sources among these and those that they are made of, each after its base."""
        found = list[str]()
        for name in sorted(sources):
            line = [name]
            while (derive := self.sources[line[-1]].derive) is not None:
                line.append(derive.base)
            found += [each for each in reversed(line[:-1]) if each not in found]
        return found

    def is_chained(self, source: str) -> bool:
        """Return whether a row of a source can be made of several deliverers' rows."""
        derive = self.sources[source].derive
        return derive is not None and (derive.chain is not None or self.is_chained(derive.base))

    def delivered_by(self, source: str) -> str | None:
        """Return the kind of units that each deliver their own rows of a source; None when rows are not one's own."""
        return None if self.is_chained(source) else self.sources[self.base_of(source)].delivered_by

    def organisation_kind(self, unit_kind: str) -> str:
        """Return the kind of organisation that members of a unit kind are (a region of residence is a region)."""
        return self.units[unit_kind].organisations or unit_kind

    def code_kind(self, unit_kind: str) -> str:
        """Return the kind of organisation whose codes lead to a unit of this kind: itself, or a part of it."""
        return self.units[unit_kind].codes_of or self.organisation_kind(unit_kind)

    def levels(self, unit_kind: str) -> list[str]:
        """Return the unit kind and the kinds above it, finest first; the national level is not listed."""
        chain = [unit_kind]
        while (above := self.units[chain[-1]].within) is not None:
            chain.append(above)
        return chain
