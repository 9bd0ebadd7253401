"""The form of a topic file and of `common.yaml`; `reading` says how they are written."""

import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from vbs_site.catalogue.text_tables import Table
from vbs_site.catalogue.words import LANGUAGES, Frozen, Name, Slug, Text

WHERE = ("level", "unit", "period", "sex", "age_band", "bin", "stratum", "part")
"""Columns that say where a number belongs; every other column of a result is a statistic that can be added up."""


def _in_both_languages(text: dict[str, str]) -> dict[str, str]:
    missing = [language for language in LANGUAGES if language not in text]
    if missing:
        raise ValueError(f"a text of the method is written in {' and '.join(LANGUAGES)}")
    return text


Both = Annotated[Text, AfterValidator(_in_both_languages)]


class Example(Frozen):
    """One rule with the tiny tables that show it.

    Attributes:
        rule: the rule as one sentence.
        note: what helps to follow the numbers.
        measure: name of one of the topic's measures.
        with_: what this example changes in it, as a JSON merge patch.
        given: source to rows.
        then: what comes out.
        cases: values to fill in for `{word}`, and what comes out of each.
        unit: unit kind; None for the measure's first.
        from_, until: reported days, `until` excluded; None for open.
        horizon: first day on which people who are followed are no longer seen; None follows them to the end.
        about: what this example changes in the catalogue's head.
    """

    id: Slug
    rule: Both
    note: Both | None = None
    measure: Slug
    with_: dict[str, Any] = Field({}, alias="with")
    given: dict[Name, Table]
    then: Table | None = None
    cases: Table | None = None
    unit: Name | None = None
    from_: datetime.date | None = Field(datetime.date(2026, 1, 1), alias="from")
    until: datetime.date | None = datetime.date(2027, 1, 1)
    horizon: datetime.date | None = None
    about: dict[str, Any] = {}

    @model_validator(mode="after")
    def _one_outcome(self) -> "Example":
        if (self.then is None) == (self.cases is None):
            raise ValueError("an example has either `then` or `cases`")
        return self


class Topic(Frozen):
    """One page of the method.

    Attributes:
        kind: the kind of measure that the page explains, if it explains one.
        measures: name to a definition as in a catalogue, without the keys that are common to all.
    """

    title: Both
    kind: Name | None = None
    intro: Both
    measures: Annotated[dict[Slug, dict[str, Any]], Field(min_length=1)]
    examples: Annotated[list[Example], Field(min_length=1)]


class Common(Frozen):
    """What every example has without writing it.

    Attributes:
        topics: file names in the order of their pages.
        indicator: keys of every measure.
        rows: source to values of columns that a table does not write.
        tables: source to rows that it has when an example gives it none.
    """

    topics: list[Slug]
    indicator: dict[str, Any]
    rows: dict[Name, dict[Name, Any]]
    tables: dict[Name, Table]
