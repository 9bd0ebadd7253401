"""Small typed words of the grammar: texts in several languages, names, durations."""

import re
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
LANGUAGES = ("da", "en")


def _known_languages(text: dict[str, str]) -> dict[str, str]:
    if not text or any(language not in LANGUAGES for language in text):
        raise ValueError(
            f"every text is written in every language of the catalogue, each under its code ({', '.join(LANGUAGES)})"
        )
    return text


Text = Annotated[dict[str, Words], AfterValidator(_known_languages)]
"""Language code to words, as in `{da: Hospital, en: Hospital}`."""
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
TimeUnit = Literal["minutes", "hours", "days", "weeks", "months", "quarters", "years"]

_SINGULAR = {
    f"{unit[:-1]}": unit for unit in ("minutes", "hours", "days", "weeks", "months", "quarters", "years")
}
_DURATION = re.compile(r"^(-?\d{1,5}) (\w+)$")
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
    return Duration(int(match[1]), unit)  # type: ignore[arg-type]


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


SignedLength = Annotated[Duration, BeforeValidator(parse_duration)]
Length = Annotated[Duration, BeforeValidator(parse_duration), AfterValidator(not_negative)]
