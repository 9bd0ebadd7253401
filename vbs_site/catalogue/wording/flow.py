"""The steps from the rows of a source to the figure, in words: who came in, who was left out, what was counted."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from vbs_site.catalogue.events import Event, Exclusion, FollowedEvent, IndexEvents
from vbs_site.catalogue.indicators import (
    AdjustedChange,
    Change,
    Indicator,
    Mean,
    Proportion,
    Rate,
    Ratio,
    ShareOfSum,
    StandardisedRate,
    StandardisedRatio,
    TimeToEvent,
)
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.populations import Per
from vbs_site.catalogue.values import Cohort
from vbs_site.catalogue.wording import missing, what, who
from vbs_site.catalogue.wording.conditions import meant
from vbs_site.catalogue.wording.speech import Speech, capital, speaking
from vbs_site.catalogue.wording.windows import index_time, look_back, subject

Role = Literal["kept", "left_out", "missing", "denominator", "numerator"]

PHRASES = {
    "da": {
        "rows_short": "{rows} i {the}",
        "rows": "Alle {rows} med {at} i {the}.",
        "rows_period": "Alle {rows} i {the}.",
        "where_short": "Opfylder betingelserne",
        "courses_short": "Samlet til forløb",
        "courses": "De forløb, som de danner.",
        "repeated_short": "Ikke første gang",
        "repeated_ever": "Registreringer, der ikke er personens første i alt, hvad der er leveret.",
        "repeated_in_period": "Registreringer, der ikke er personens første i {the}.",
        "washout_short": "Kort tid siden sidst",
        "washout": "Registreringer, hvor personen har en tidligere af samme slags højst {length} før.",
        "excluded_died": "Død",
        "excluded_other": "Udeladt",
        "eligible_short": "Tæller med",
        "eligible": "De {subject}, der skulle have begge målinger.",
        "missing_short": "Manglende oplysninger",
        "missing_pair": "{subject} uden {values}.",
        "cohort_short": "Personer i gruppen",
        "cohort": "Personer, der {span} har {rows}.",
        "dead_short": "Død før perioden",
        "dead": "Personer, der er døde før {of_the} første dag.",
        "denominator_short": "Nævner",
        "denominator": "De {subject}, der tæller med.",
        "denominator_valued": "De {subject}, der har en værdi.",
        "denominator_pairs": "De {subject}, der har {values}.",
        "denominator_people": "Antal {people} på {of_the} første dag. Tallet kommer fra {population} og ikke fra trinene ovenfor.",
        "denominator_persons": "De personer, der tæller med.",
        "denominator_sum": "Summen af {whole}.",
        "followed": "De {subject}, der følges. Deres samlede opfølgningstid er nævneren.",
        "followed_share": "De {subject}, der følges.",
        "numerator_short": "Tæller",
        "numerator_courses": "De {subject}, der tæller med.",
        "numerator_sum": "Summen af {part}.",
        "improved": "De, der går mindst {value} frem.",
        "value_short": "Lægges sammen",
    },
    "en": {
        "rows_short": "{rows} in {the}",
        "rows": "All {rows} with the {at} in {the}.",
        "rows_period": "All {rows} in {the}.",
        "where_short": "Meet the conditions",
        "courses_short": "Joined to courses",
        "courses": "The courses that they make up.",
        "repeated_short": "Not the first time",
        "repeated_ever": "Records that are not the person's first in all that was delivered.",
        "repeated_in_period": "Records that are not the person's first in {the}.",
        "washout_short": "Too soon after the last",
        "washout": "Records where the person has an earlier one of the same sort at most {length} before.",
        "excluded_died": "Death",
        "excluded_other": "Left out",
        "eligible_short": "Included",
        "eligible": "The {subject} that should have both measurements.",
        "missing_short": "Missing information",
        "missing_pair": "{subject} without {values}.",
        "cohort_short": "Persons in the group",
        "cohort": "Persons who {span} have {rows}.",
        "dead_short": "Died before the period",
        "dead": "Persons who died before {of_the} first day.",
        "denominator_short": "Denominator",
        "denominator": "The {subject} included.",
        "denominator_valued": "The {subject} that have a value.",
        "denominator_pairs": "The {subject} that have {values}.",
        "denominator_people": "The number of {people} on {of_the} first day. It comes from {population}, not from the steps above.",
        "denominator_persons": "The persons included.",
        "denominator_sum": "The sum of {whole}.",
        "followed": "The {subject} followed. Their total time of follow-up is the denominator.",
        "followed_share": "The {subject} followed.",
        "numerator_short": "Numerator",
        "numerator_courses": "The {subject} included.",
        "numerator_sum": "The sum of {part}.",
        "improved": "Those who improve by at least {value}.",
        "value_short": "Added up",
    },
}
"""Language to phrase; the two have the same phrases with the same parts."""


@dataclass(frozen=True)
class Step:
    """One step on the way from source rows to the figure.

    Attributes:
        name: stable key, the same in every language: `rows`, `where`, `courses`, `repeated`, `excluded_1` and so on in
            the order written, `eligible`, `missing`, `denominator`, `numerator`.
        role: `kept` for what is still in; `left_out` and `missing` for what goes out at this step, each row counted at
            the first step that takes it out; `denominator`; `numerator`.
        short: a few words for a picture.
        text: a full sentence.
    """

    name: str
    role: Role
    short: str
    text: str


def flow_steps(catalogue: Catalogue, name: str, language: str) -> tuple[Step, ...]:
    """Return the steps of an indicator in order; a ratio has none of its own.

    Args:
        catalogue: a catalogue that passed its rules.
        name: the indicator.
        language: one of the catalogue's languages.

    Raises:
        ValueError: when the catalogue has no texts in the language.
    """
    speech = speaking(catalogue, language)
    indicator = catalogue.indicators[name]
    match indicator:
        case Ratio():
            return ()
        case Mean() if indicator.cohort is not None:
            return tuple(_of_cohort(speech, indicator, indicator.cohort))
        case _:
            of: IndexEvents | None = getattr(indicator, "of", None)
            assert of is not None, "every other kind counts index events"
            return (*_index_events(speech, indicator, of), *_figure(speech, indicator, of))


def _index_events(speech: Speech, indicator: Indicator, of: IndexEvents) -> Iterator[Step]:
    the, at, rows = speech.period(indicator.period)["the"], index_time(speech, of), speech.rows(of.from_)
    itself = at.lower() == speech.period(indicator.period)["period"]
    short = capital(_say(speech, "rows_short", rows=rows, the=the))
    yield Step(
        "rows", "kept", short, _say(speech, "rows_period" if itself else "rows", rows=rows, at=at, the=the)
    )
    if of.where is not None:
        yield _step(speech, "where", "kept", f"{capital(meant(speech, of.from_, of.where))}.")
    if of.chain is not None:
        yield _step(speech, "courses", "kept", _say(speech, "courses"))
    if of.only_first is not None:
        yield _step(speech, "repeated", "left_out", _say(speech, f"repeated_{of.only_first}", the=the))
    if of.washout is not None:
        short, length = _say(speech, "washout_short"), speech.length(of.washout)
        yield Step("repeated", "left_out", short, _say(speech, "washout", length=length))
    exclusions: list[Exclusion] = getattr(indicator, "exclude", [])
    for number, each in enumerate(exclusions, start=1):
        text = f"{capital(who.reason(speech, of, each))}."
        yield Step(f"excluded_{number}", "left_out", _why(speech, each), text)


def _why(speech: Speech, exclusion: Exclusion) -> str:
    if exclusion.why is not None:
        return capital(speech.text(exclusion.why))
    return _say(speech, "excluded_died" if exclusion.died is not None else "excluded_other")


def _figure(speech: Speech, indicator: Indicator, of: IndexEvents) -> Iterator[Step]:
    counted = subject(speech, of)
    per, event = getattr(indicator, "per", None), getattr(indicator, "event", None)
    match indicator:
        case Rate() | StandardisedRate() | StandardisedRatio() if isinstance(per, Per):
            yield _step(speech, "numerator", "numerator", _say(speech, "numerator_courses", subject=counted))
            yield _people(speech, indicator, per)
        case Proportion() | StandardisedRatio() if event is not None:
            lacking = missing.undecided(speech, of.from_, event.where) if event.where is not None else None
            if lacking is not None:
                yield _step(speech, "missing", "missing", lacking)
            yield _step(speech, "denominator", "denominator", _say(speech, "denominator", subject=counted))
            yield _step(speech, "numerator", "numerator", _happened(speech, indicator, of, event))
        case Rate() | TimeToEvent() if event is not None:
            followed = "followed" if isinstance(indicator, Rate) else "followed_share"
            yield _step(speech, "denominator", "denominator", _say(speech, followed, subject=counted))
            yield _step(speech, "numerator", "numerator", _happened(speech, indicator, of, event))
        case Change() | AdjustedChange():
            yield from _pairs(speech, indicator, counted)
        case Mean():
            without = " ".join(missing.valueless(speech, indicator, of))
            if without:
                yield _step(speech, "missing", "missing", without)
            phrase = "denominator_valued" if without else "denominator"
            yield _step(speech, "denominator", "denominator", _say(speech, phrase, subject=counted))
            yield _added(speech, indicator)
        case ShareOfSum():
            part, whole = (
                speech.column(of.from_, each) for each in (indicator.numerator, indicator.denominator)
            )
            yield _step(speech, "denominator", "denominator", _say(speech, "denominator_sum", whole=whole))
            yield _step(speech, "numerator", "numerator", _say(speech, "numerator_sum", part=part))


def _people(speech: Speech, indicator: Indicator, per: Per) -> Step:
    text = _say(
        speech,
        "denominator_people",
        people=speech.column(per.from_, per.sum),
        of_the=speech.period(indicator.period)["of_the"],
        population=speech.title(per.from_),
    )
    return _step(speech, "denominator", "denominator", text)


def _happened(speech: Speech, indicator: Indicator, of: IndexEvents, event: Event) -> str:
    """Return what is counted, without how a follow-up ends."""
    if isinstance(event, FollowedEvent):
        return who.happened(speech, of, event)
    words = who.event(speech, indicator)
    assert words is not None, "an indicator with an event says what it is"
    return words


def _pairs(speech: Speech, indicator: Change | AdjustedChange, counted: str) -> Iterator[Step]:
    both = what.values(speech, indicator)
    yield _step(speech, "eligible", "kept", _say(speech, "eligible", subject=counted))
    lacking = _say(speech, "missing_pair", subject=capital(counted), values=both)
    yield _step(speech, "missing", "missing", lacking)
    having = _say(speech, "denominator_pairs", subject=counted, values=both)
    yield _step(speech, "denominator", "denominator", having)
    if indicator.improved is not None:
        thresholds = speech.catalogue.instruments[indicator.instrument].thresholds
        least = next(each.value for each in thresholds if each.kind == indicator.improved)
        text = _say(speech, "improved", value=speech.counted(least, "points"))
        yield _step(speech, "numerator", "numerator", text)


def _of_cohort(speech: Speech, indicator: Mean, cohort: Cohort) -> Iterator[Step]:
    span = look_back(speech, cohort.within, indicator.period)
    rows = meant(speech, cohort.from_, cohort.where)
    yield Step("rows", "kept", _say(speech, "cohort_short"), _say(speech, "cohort", span=span, rows=rows))
    if cohort.alive:
        text = _say(speech, "dead", of_the=speech.period(indicator.period)["of_the"])
        yield Step("excluded_1", "left_out", _say(speech, "dead_short"), text)
    yield _step(speech, "denominator", "denominator", _say(speech, "denominator_persons"))
    yield _added(speech, indicator)


def _added(speech: Speech, indicator: Mean) -> Step:
    words = who.event(speech, indicator)
    assert words is not None, "a mean says what it is taken of"
    return Step("numerator", "numerator", _say(speech, "value_short"), words)


def _step(speech: Speech, name: str, role: Role, text: str) -> Step:
    return Step(name, role, _say(speech, f"{name}_short"), text)


def _say(speech: Speech, phrase: str, **parts: str) -> str:
    return PHRASES[speech.language][phrase].format(**parts)
