"""What a rate is taken over, and the population that it is standardised to."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from vbs_site.catalogue.words import Frozen, Name


class Per(Frozen):
    """The population that a rate is taken over.

    Attributes:
        sum: the column with the number of people.
        unit: the column with the unit's code.
        at: the day on which they were counted.
        each: the rate is given per so many.
        sex, age_band: columns for standardisation.
    """

    from_: Name = Field(alias="from")
    sum: Name
    unit: Name
    at: Name
    each: Annotated[int, Field(ge=1)] = 1
    sex: Name = "sex"
    age_band: Name = "age_band"


class PersonTime(Frozen):
    """The time that people were followed, as what a rate is taken over: until the event, death or the window's end."""

    person_time: Literal["days", "years"]
    each: Annotated[int, Field(ge=1)] = 1


def _which_per(raw: Any) -> str:
    timed = "person_time" in raw if isinstance(raw, dict) else isinstance(raw, PersonTime)
    return "person_time" if timed else "population"


AnyPer = Annotated[
    Annotated[Per, Tag("population")] | Annotated[PersonTime, Tag("person_time")], Discriminator(_which_per)
]


class Standard(Frozen):
    """The population whose make-up all units are given: a source with people per sex and age band.

    Attributes:
        day: whose figures are used, when the source has several.
    """

    from_: Name = Field(alias="from")
    sum: Name
    at: Name | None = None
    day: Any = None
    sex: Name = "sex"
    age_band: Name = "age_band"

    @model_validator(mode="after")
    def _a_day(self) -> "Standard":
        if self.day is not None and not hasattr(self.day, "year"):
            raise ValueError("day is a date such as 2021-01-01")
        if (self.day is None) != (self.at is None):
            raise ValueError("`day` is the day and `at` the column that it is found in: both or none")
        return self


Strata = Annotated[list[Literal["sex", "age_band"]], Field(min_length=1)]
