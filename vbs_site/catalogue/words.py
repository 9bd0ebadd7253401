"""Small typed words of the grammar: texts in several languages, names, durations."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import CoreSchema

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
LANGUAGES = ("da", "en")
LOCALES = {"da": "da_DK", "en": "en_GB"}
"""Language to how its numbers and dates are written."""


def _known_languages(text: dict[str, str]) -> dict[str, str]:
    if not text or any(language not in LANGUAGES for language in text):
        raise ValueError(
            f"every text is written in every language of the catalogue, each under its code ({', '.join(LANGUAGES)})"
        )
    return text


Text = Annotated[
    dict[str, Words],
    AfterValidator(_known_languages),
    WithJsonSchema(
        {
            "type": "object",
            "properties": {language: {"type": "string", "minLength": 1} for language in LANGUAGES},
            "additionalProperties": False,
        }
    ),
]
"""Language code to words, as in `{da: Hospital, en: Hospital}`."""
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
TimeUnit = Literal["minutes", "hours", "days", "weeks", "months", "quarters", "years"]

_MONTH = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")


def _a_time(raw: Any) -> Any:
    is_year = type(raw) is int and 1900 <= raw <= 2200
    is_month = isinstance(raw, str) and _MONTH.match(raw)
    if is_year or is_month or type(raw) is datetime.date:
        return raw
    raise ValueError("a time is a year, a month or a day, as in 2018, 2018-11 or 2018-11-05")


def _a_day(raw: Any) -> Any:
    if type(raw) is datetime.date:
        return raw
    raise ValueError("a day is a date such as 2025-01-01")


Day = Annotated[Any, AfterValidator(_a_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A day, written without quotes."""
When = Annotated[Any, AfterValidator(_a_time)]
"""A point in time as precisely as it is known: a year, a month or a day."""

_SINGULAR = {
    f"{unit[:-1]}": unit for unit in ("minutes", "hours", "days", "weeks", "months", "quarters", "years")
}
CALENDAR_MONTHS = {"months": 1, "quarters": 3, "years": 12}
"""Unit of calendar time to its length in months."""
_DURATION = re.compile(r"^(-?\d{1,5}) (\w+)$")
LONGEST_YEARS = 200
"""No patient is followed for longer, and dates that far away can no longer be computed with."""
_BOUND = re.compile(r"^(<=|<|>=|>)\s*(\d.*)$")


class Frozen(BaseModel):
    """Base of every catalogue object: frozen, and unknown keys are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, strict=False)


@dataclass(frozen=True)
class Duration:
    """A length of time in the unit that it was written in.

    Months, quarters and years are calendar lengths; the others are exact.
    """

    count: int
    unit: TimeUnit

    @property
    def longest_days(self) -> float:
        """Days that the duration can take at most; used to decide which rows may matter, never which count."""
        days = {
            "minutes": 1 / 1440,
            "hours": 1 / 24,
            "days": 1,
            "weeks": 7,
            "months": 31,
            "quarters": 92,
            "years": 366,
        }
        return self.count * days[self.unit]


def parse_duration(raw: Any) -> Duration:
    """Return the duration written as `4 hours`, `-90 days` or `20 quarters`.

    Raises:
        ValueError: when it is written otherwise.
    """
    if isinstance(raw, Duration):
        return raw
    match = _DURATION.match(raw.strip()) if isinstance(raw, str) else None
    unit = _SINGULAR.get(match[2], match[2]) if match else ""
    if not match or unit not in _SINGULAR.values():
        raise ValueError(
            "a duration is a number and one of minutes, hours, days, weeks, months, quarters, years, as in `30 days`"
        )
    duration = Duration(int(match[1]), unit)  # type: ignore[arg-type]
    if abs(duration.longest_days) > LONGEST_YEARS * 366:
        raise ValueError(f"a duration is at most {LONGEST_YEARS} years")
    return duration


@dataclass(frozen=True)
class OrElse:
    """A second form that a value can be written in, for the JSON Schema."""

    form: Mapping[str, Any]

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return the schema of both forms."""
        return {"anyOf": [handler(core), dict(self.form)]}


def written(pattern: str, example: str) -> dict[str, Any]:
    """Return the JSON Schema of a text with a form of its own."""
    return {"type": "string", "pattern": f"^({pattern})$", "examples": [example]}


def not_negative(duration: Duration) -> Duration:
    """Return the duration, unless it is below zero.

    Raises:
        ValueError: when it is.
    """
    if duration.count < 0:
        raise ValueError("this duration is zero or positive")
    return duration


@dataclass(frozen=True)
class Bound:
    """A limit on a length of time: `<=` and `>=` hold at the exact length itself, `<` and `>` do not."""

    operator: Literal["<", "<=", ">", ">="]
    length: Duration


def parse_bound(raw: Any) -> Bound:
    """Return the bound written as `<= 4 hours`.

    Raises:
        ValueError: when it is written otherwise.
    """
    if isinstance(raw, Bound):
        return raw
    match = _BOUND.match(raw.strip()) if isinstance(raw, str) else None
    if not match:
        raise ValueError('a bound is <, <=, > or >= and a duration, as in "<= 4 hours"')
    return Bound(match[1], parse_duration(match[2]))  # type: ignore[arg-type]


SignedLength = Annotated[
    Duration, BeforeValidator(parse_duration), WithJsonSchema(written(r"-?\d{1,5} \w+", "-90 days"))
]
Length = Annotated[
    Duration,
    BeforeValidator(parse_duration),
    AfterValidator(not_negative),
    WithJsonSchema(written(r"\d{1,5} \w+", "30 days")),
]
Limit = Annotated[
    Bound, BeforeValidator(parse_bound), WithJsonSchema(written(r"(<=|<|>=|>)\s*\d{1,5} \w+", "<= 4 hours"))
]
