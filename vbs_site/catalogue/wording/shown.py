"""For whom, when and from what a figure is shown: units, periods, follow-up, the least that it takes, and sources."""

import datetime as dt
from collections.abc import Iterator

from vbs_site.catalogue.conditions import comparisons
from vbs_site.catalogue.events import FollowedEvent, IndexEvents
from vbs_site.catalogue.indicators import (
    AdjustedChange,
    Change,
    Indicator,
    Mean,
    Ratio,
    StandardisedRate,
    TimeToEvent,
)
from vbs_site.catalogue.populations import Per
from vbs_site.catalogue.uses import sources_read, uses
from vbs_site.catalogue.wording.speech import Speech, capital, small
from vbs_site.catalogue.wording.what import kept, values
from vbs_site.catalogue.wording.windows import index_of, index_time, longest_follow_up, subject, time_of
from vbs_site.periods import period_of


def units(speech: Speech, indicator: Indicator) -> str:
    """Return the levels that results are shown for, how a row finds its unit, and the strata."""
    catalogue = speech.catalogue
    chains = [
        [small(speech.text(catalogue.units[kind].title)) for kind in catalogue.levels(unit)]
        for unit in indicator.units
    ]
    named = dict.fromkeys(name for chain in chains for name in chain)
    words = [speech.say("unit", levels=speech.say("per_unit", units=", ".join(named)))]
    if isinstance(indicator, Ratio):
        words.append(speech.say("unit_of_halves"))
    else:
        words += [_placed(speech, indicator, unit) for unit in indicator.units]
    codes = dict.fromkeys(catalogue.units[unit].national_code for unit in indicator.units)
    words += [
        speech.say("unit_national", code=code) if code else speech.say("unit_unknown") for code in codes
    ]
    return " ".join([*words, *_strata(speech, indicator)])


def _placed(speech: Speech, indicator: Indicator, kind: str) -> str:
    unit = speech.catalogue.units[kind]
    title = speech.text(unit.title)
    if unit.path is not None:
        steps = [step.split(".") for step in unit.path]
        found = [
            speech.say("unit_step", column=speech.column(*step), source=speech.title(step[0]))
            for step in steps
        ]
        return speech.say("unit_path", unit=title, steps=speech.say("unit_then").join(found))
    index = getattr(indicator, "cohort", None) or index_of(indicator)
    source = index.from_
    column = speech.column(source, unit.column or "")
    phrase = "unit_same" if column.lower() == title.lower() else "unit_column"
    return speech.say(phrase, unit=title, column=column, source=speech.title(source))


def _strata(speech: Speech, indicator: Indicator) -> Iterator[str]:
    if not indicator.stratify:
        return
    reached = {level for unit in indicator.units for level in speech.catalogue.levels(unit)}
    if indicator.stratify_down_to in reached:
        title = speech.catalogue.units[indicator.stratify_down_to].title
        reach = speech.say("strata_to", unit=small(speech.text(title)))
    else:
        reach = speech.say("strata_national")
    strata = speech.listed([speech.say(each) for each in indicator.stratify])
    yield speech.say("strata_apart" if len(indicator.stratify) > 1 else "strata", strata=strata, reach=reach)
    if "age_band" in indicator.stratify:
        yield speech.say("age", index=index_time(speech, index_of(indicator)))


def period(speech: Speech, indicator: Indicator) -> str:
    """Return the length of a period, the time that places a row in it, and where the series begins."""
    about = speech.catalogue.catalogue
    words = [_placing(speech, indicator)]
    if indicator.period == "rolling_year":
        words.append(speech.say("rolling"))
    starts = about.year_starts if indicator.period == "year" else 1
    if starts != 1:
        last = speech.month((starts - 2) % 12 + 1)
        words.append(speech.say("year_span", first=speech.month(starts), last=last))
    begins: dt.date | None = indicator.report_from or about.report_from
    if begins is not None and _yearly(speech, indicator):
        words.append(speech.say("first_year", year=begins.year))
    elif begins is not None and not isinstance(indicator, Ratio):
        first = period_of(begins, indicator.period, starts)
        while first.first_day < begins:
            first = first.next()
        words.append(speech.say("first_period", day=speech.day(first.first_day)))
    return " ".join(words)


def _placing(speech: Speech, indicator: Indicator) -> str:
    forms = speech.period(indicator.period)
    if isinstance(indicator, Ratio):
        return speech.say("period_of_halves", period=forms["period"])
    value = indicator.value if isinstance(indicator, Mean) and indicator.cohort is not None else None
    if value is not None and value.from_ is not None:
        at = speech.column(value.from_, time_of(speech, value.from_, value.at))
    else:
        at = index_time(speech, index_of(indicator))
    phrase = "period_itself" if at.lower() == forms["period"] else "period"
    return speech.say(phrase, period=forms["period"], at=at, which=forms["which"])


def _yearly(speech: Speech, indicator: Indicator) -> bool:
    of: IndexEvents | None = getattr(indicator, "of", None)
    return of is not None and speech.contract(of.from_, time_of(speech, of.from_, of.at)).type == "year"


def follow_up(speech: Speech, indicator: Indicator) -> str:
    """Return how far the deliveries must reach before a period is shown."""
    forms, longest = speech.period(indicator.period), longest_follow_up(indicator)
    if isinstance(indicator, Ratio):
        return speech.say("follow_up_of_halves", the=forms["the"])
    if _yearly(speech, indicator):
        return speech.say("follow_up_years")
    if longest is None:
        words = speech.say("no_follow_up", the=forms["the"], whole=forms["whole"])
    else:
        length = speech.length(longest)
        words = speech.say("follow_up", the=forms["the"], whole=forms["whole"], length=length)
    told = [words]
    if isinstance(getattr(indicator, "event", None), FollowedEvent):
        told.append(speech.say("follow_up_running"))
    if isinstance(indicator, TimeToEvent):
        told.append(speech.say("follow_up_reached"))
    return " ".join(told)


def minimum(speech: Speech, indicator: Indicator, name: str) -> str:
    """Return what it takes to show a figure: the indicator's own minimum and the policy for small counts."""
    words, least = list[str](), indicator.minimum
    needed = [_least(speech, indicator, least.denominator)] if least.denominator is not None else []
    of: IndexEvents | None = getattr(indicator, "of", None)
    if least.response_rate is not None and of is not None:
        share, who = speech.percent(least.response_rate), subject(speech, of)
        needed.append(speech.say("at_least_known", share=share, subject=who, kept=kept(speech, indicator)))
    if isinstance(indicator, StandardisedRate):
        people = speech.column(indicator.per.from_, indicator.per.sum)
        needed.append(speech.say("at_least_events", people=people))
    if needed:
        words.append(speech.say("shown_when", conditions=speech.listed(needed, "and_when")))
    if needed and isinstance(indicator, Change | AdjustedChange):
        known = "the_complete" if indicator.pair is not None else "the_response"
        words.append(speech.say("answered_shown", share=speech.say(known, values=values(speech, indicator))))
    policy = speech.catalogue.protection(name)
    if policy.round_to is not None:
        words.append(speech.say("rounded", base=policy.round_to))
    else:
        low = 1 if policy.zeros_shown else 0
        words.append(speech.say("small_range", low=low, high=policy.threshold - 1))
    return " ".join(words)


def _least(speech: Speech, indicator: Indicator, count: int) -> str:
    number, per = speech.number(count), getattr(indicator, "per", None)
    if isinstance(indicator, Change | AdjustedChange):
        who = subject(speech, indicator.of)
        return speech.say("at_least_pairs", number=number, subject=who, values=values(speech, indicator))
    if isinstance(per, Per):
        return speech.say("at_least_people", number=number, people=speech.column(per.from_, per.sum))
    if isinstance(getattr(indicator, "event", None), FollowedEvent):
        who = subject(speech, index_of(indicator))
        return speech.say("at_least_followed", number=number, subject=who)
    return speech.say("at_least", number=number)


def sources(speech: Speech, indicator: Indicator, name: str) -> str:
    """Return the sources that are read, who delivers them, and where the code sets come from."""
    catalogue, found = speech.catalogue, list(uses(speech.catalogue, name))
    if isinstance(indicator, Ratio):
        halves = (indicator.numerator.indicator, indicator.denominator.indicator)
        found = [use for half in halves for use in uses(catalogue, half)]
    named = list[str]()
    for each in sources_read(catalogue, name):
        owner = catalogue.sources[each].owner
        title = speech.title(each)
        named.append(speech.say("source", title=title, owner=speech.text(owner)) if owner else title)
    words = [capital("; ".join(named)) + "."]
    compared = [(use.source, each) for use in found if use.where for each in comparisons(use.where)]
    coded = [
        each.value
        for source, each in compared
        if speech.contract(source, each.column).type == "code" and each.operator != "missing"
    ]
    sets = [catalogue.codesets[key] for key in dict.fromkeys(key for value in coded for key in value)]
    if sets:
        told = [
            speech.say("code_set", title=speech.text(each.title), source=each.source.rstrip("."))
            for each in sets
        ]
        words.append(speech.say("code_source", sets="; ".join(told)))
    return " ".join(words)
