"""Links in words: other rows of the same person around an index event, and what is picked among them."""

import math
from collections.abc import Iterator
from typing import Any

from vbs_site.catalogue.events import Event, Exclusion, IndexEvents, Link
from vbs_site.catalogue.indicators import Indicator
from vbs_site.catalogue.values import Value
from vbs_site.catalogue.wording.conditions import conditions, meant
from vbs_site.catalogue.wording.speech import Speech, capital
from vbs_site.catalogue.wording.windows import how_time_counts, index_time, linked_by_day, time_of, window

Linking = Exclusion | Event | Value


def links_of(indicator: Indicator) -> Iterator[Link]:
    """Yield every link of an indicator: those that exclude, then the one that counts or gives a value."""
    owners: list[Any] = [*getattr(indicator, "exclude", [])]
    owners += [getattr(indicator, "event", None), getattr(indicator, "value", None)]
    for owner in owners:
        for side in ("followed_by", "preceded_by"):
            link = getattr(owner, side, None)
            if link is not None:
                yield link


def link_of(owner: Linking) -> tuple[Link, bool]:
    """Return the link, and whether it looks forwards in time."""
    link = owner.followed_by or owner.preceded_by
    assert link is not None, "asked only of what links"
    return link, owner.followed_by is not None


def link_clause(speech: Speech, of: IndexEvents, owner: Linking) -> str:
    """Return a clause that says that what is looked for is there."""
    link, forwards = link_of(owner)
    parts = _parts(speech, of, link, forwards=forwards)
    match link.pick:
        case "first" | "last":
            assert link.then is not None, "an event that decides says with `then` what the row must be"
            then = conditions(speech, _source(of, link), link.then)
            return speech.say("link_picked", **parts, **_picked(speech, of, link), then=then)
        case "sum":
            return speech.say("link_sum", **parts, **_summed(speech, of, link))
        case _:
            parts["other"] = speech.say("head_other") if _source(of, link) == of.from_ else ""
            return speech.say("link", **parts, least=speech.number(_least(link)))


def every_row(speech: Speech, of: IndexEvents, owner: Linking) -> str:
    """Return all rows in the window, as in «personens øvrige ophold, der har start …»."""
    link, forwards = link_of(owner)
    return speech.say("link_rows", **_parts(speech, of, link, forwards=forwards))


def value_clause(speech: Speech, of: IndexEvents, value: Value) -> str:
    """Return what is taken as the value of an index event: a count, a sum, or the value of the first or last row."""
    link, _ = link_of(value)
    rows, how = every_row(speech, of, value), how_time_counts(speech, of, link)
    if link.pick == "count":
        return speech.say("value_count", rows=rows, how=how)
    assert link.value is not None, "every other pick names its column"
    amount = speech.amount(_source(of, link), link.value)
    if link.pick == "sum":
        return speech.say("value_sum", value=amount, rows=rows, how=how)
    return speech.say("value_picked", value=capital(amount), rows=rows, how=how, **_picked(speech, of, link))


def in_short(speech: Speech, of: IndexEvents, owner: Linking) -> dict[str, str]:
    """Return the parts of a link for one plain sentence: `other`, `rows`, `conditions`, `window`, `least`, `then`."""
    link, forwards = link_of(owner)
    source = _source(of, link)
    phrase = _like(speech, source, link, conditions(speech, source, link.where), "same_short")
    total = ""
    if link.pick == "sum" and link.at_least is not None:
        total = speech.say("short_sum", **_summed(speech, of, link))
    then = ""
    if link.then is not None:
        told = conditions(speech, source, link.then)
        then = speech.say("short_then", pick=speech.say(f"pick_{link.pick}"), then=told)
    least = _least(link)
    return {
        "least": speech.say("at_least_rows", number=speech.number(least)) if least > 1 else "",
        "other": speech.say("head_other") if source == of.from_ else "",
        "rows": speech.rows(source),
        "conditions": (f" {phrase}" if phrase else "") + total + ("," if link.same else ""),
        "window": window(
            speech, link, index_time(speech, of), forwards=forwards, by_day=linked_by_day(speech, of, link)
        ),
        "then": then,
    }


def _least(link: Link) -> int:
    """Return how many rows it takes."""
    return math.ceil(link.at_least) if link.pick == "count" and link.at_least is not None else 1


def _source(of: IndexEvents, link: Link) -> str:
    return link.from_ or of.from_


def _parts(speech: Speech, of: IndexEvents, link: Link, *, forwards: bool) -> dict[str, str]:
    source = _source(of, link)
    own = source == of.from_
    time, index = speech.column(source, time_of(speech, source, link.at)), index_time(speech, of)
    if time == index:
        index = speech.say("own_time", index=index)
    rows = meant(speech, source, link.where, more=speech.say("same_course") if own and of.chain else "")
    return {
        "other": speech.say("other") if own else "",
        "rows": _like(speech, source, link, rows, "same")
        if link.where
        else rows + _alike(speech, source, link),
        "time": time,
        "window": window(speech, link, index, forwards=forwards, by_day=linked_by_day(speech, of, link)),
    }


def _alike(speech: Speech, source: str, link: Link) -> str:
    words = _like(speech, source, link, "", "same")
    return f" {words}" if words else ""


def _like(speech: Speech, source: str, link: Link, before: str, phrase: str) -> str:
    """Return the words with the columns that both rows have with equal values."""
    if not link.same:
        return before
    columns = speech.listed([speech.column(source, name) for name in link.same])
    same = speech.say(phrase, columns=columns)
    if not before:
        return same
    # An «eller» before it would leave open how far the last condition reaches.
    joined = "besides" if speech.say("or") in before else "as_well"
    return speech.say(joined, first=before, then=same)


def _picked(speech: Speech, of: IndexEvents, link: Link) -> dict[str, str]:
    source = _source(of, link)
    keys = [speech.column(source, key) for key in speech.catalogue.sources[source].key]
    return {"pick": speech.say(f"pick_{link.pick}"), "key": speech.listed(keys)}


def _summed(speech: Speech, of: IndexEvents, link: Link) -> dict[str, str]:
    source = _source(of, link)
    assert link.value is not None and link.at_least is not None, "a sum that decides has both"
    unit = speech.contract(source, link.value).unit
    amount = int(link.at_least) if float(link.at_least).is_integer() else link.at_least
    told = speech.measured(amount, unit) if unit else speech.number(amount)
    return {"value": speech.column(source, link.value), "amount": told}
