"""Windows in words: where a linked row or an answer must lie in relation to the index event."""

from collections.abc import Set as AbstractSet
from typing import Any

from vbs_site.catalogue.events import FollowedEvent, IndexEvents, Link
from vbs_site.catalogue.indicators import Indicator
from vbs_site.catalogue.values import Answer, Measurement
from vbs_site.catalogue.wording.conditions import conditions
from vbs_site.catalogue.wording.speech import Speech
from vbs_site.catalogue.words import Duration


def time_of(speech: Speech, source: str, at: str | None) -> str:
    """Return the time column that is meant: named, or the source's start."""
    times = speech.catalogue.sources[source].time
    chosen = at or (times.start if times else None)
    assert chosen is not None, "the rule times_fit guarantees a time column"
    return chosen


def index_of(indicator: Indicator) -> IndexEvents:
    """Return the index events of an indicator that has them: every one but a mean of a cohort and a ratio."""
    of: IndexEvents | None = getattr(indicator, "of", None)
    assert of is not None, "asked only of what counts index events"
    return of


def index_time(speech: Speech, of: IndexEvents) -> str:
    """Return what the time of the index event is called."""
    return speech.column(of.from_, time_of(speech, of.from_, of.at))


def subject(speech: Speech, of: IndexEvents) -> str:
    """Return what index events are called without their conditions: the rows, or courses."""
    return speech.say("courses") if of.chain else speech.rows(of.from_)


def window(speech: Speech, link: Link, index: str, *, forwards: bool, by_day: bool = False) -> str:
    """Return a link's window: `after` excludes its own moment, `within` and the index time include theirs."""
    if link.within.count == 0:
        return speech.say("same_day" if by_day else "at_once", index=index)
    side = "after" if forwards else "before"
    far = speech.length(link.within)
    if link.after is None:
        return speech.say(f"{side}_from", index=index, far=far)
    if link.after.count == 0:
        return speech.say(f"{side}_strict", index=index, far=far)
    return speech.say(f"{side}_near", index=index, near=speech.length(link.after), far=far)


def how_time_counts(speech: Speech, of: IndexEvents, link: Link) -> str:
    """Return whether a link's window is counted by the clock or by days, which follows from the types of both times."""
    types = {"date"} if linked_by_day(speech, of, link) else {"timestamp"}
    return counted_by(speech, types, [each for each in (link.after, link.within) if each is not None])


def linked_by_day(speech: Speech, of: IndexEvents, link: Link) -> bool:
    """Return whether the index event or the linked row has a date and no time of day, so that both count as days."""
    source = link.from_ or of.from_
    columns = ((of.from_, time_of(speech, of.from_, of.at)), (source, time_of(speech, source, link.at)))
    return any(speech.contract(name, column).type == "date" for name, column in columns)


def counted_by(speech: Speech, types: AbstractSet[str], lengths: list[Duration]) -> str:
    """Return how lengths between times of these types are counted."""
    if types == {"timestamp"}:
        return speech.say("by_the_clock")
    clock = "timestamp" in types or any(each.unit in ("minutes", "hours") and each.count for each in lengths)
    return speech.say("from_midnight" if clock else "in_whole_days")


def answer(speech: Speech, of: IndexEvents, measure: Measurement, which: Answer) -> str:
    """Return which answer is taken: its conditions, its window and the choice among several."""
    first, last = which.window
    chosen = conditions(speech, measure.from_, which.where)
    keys = [speech.column(measure.from_, key) for key in speech.catalogue.sources[measure.from_].key]
    return speech.say(
        "answer",
        which=speech.say("answer_which", which=chosen) if chosen else "",
        window=speech.say(
            "answer_window", first=day(speech, first), last=day(speech, last), index=index_time(speech, of)
        ),
        pick=speech.say(f"pick_{which.pick}"),
        at=speech.column(measure.from_, time_of(speech, measure.from_, measure.at)),
        key=speech.listed(keys),
    )


def day(speech: Speech, offset: Duration) -> str:
    """Return a day counted from the index day."""
    if offset.count == 0:
        return speech.say("day_itself")
    return speech.say("day_before" if offset.count < 0 else "day_after", length=speech.length(offset))


def look_back(speech: Speech, within: Duration, period: str) -> str:
    """Return the look-back of a cohort, as in «i de 20 kvartaler forud for kvartalet»."""
    the = speech.period(period)["the"]
    if within.count == 1:
        return speech.say("look_back_one", span=speech.last_one(within.unit), the=the)
    return speech.say("look_back", span=speech.length(within), the=the)


def longest_follow_up(indicator: Any) -> Duration | None:
    """Return the longest window that an indicator opens after the index time, as it was written.

    Whoever is followed until an event counts for as long as they are seen, so that window holds nothing back.
    """
    event = getattr(indicator, "event", None)
    owners = [*getattr(indicator, "exclude", []), getattr(indicator, "value", None)]
    owners += [event] if not isinstance(event, FollowedEvent) else []
    lengths = [link.within for owner in owners if (link := getattr(owner, "followed_by", None)) is not None]
    lengths += [died for owner in owners if isinstance(died := getattr(owner, "died", None), Duration)]
    measure = getattr(indicator, "measure", None)
    if measure is not None:
        lengths += [each.window[1] for each in (measure.baseline, measure.follow_up)]
    longest = max(lengths, key=lambda each: each.longest_days, default=None)
    return longest if longest is not None and longest.count > 0 else None
