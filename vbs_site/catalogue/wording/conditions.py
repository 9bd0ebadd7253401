"""Conditions in words: each becomes a phrase that follows the rows, as in «hospitalskontakter markeret som akut».

A `not` is moved inwards to the single comparisons (De Morgan), where the SQL's three-valued logic gives the same
rows: what is missing meets neither a condition nor its opposite. The opposite of a value is therefore worded «andet
end», which takes a value to be there.
"""

import datetime as dt
from typing import Any

from vbs_site.catalogue.conditions import AllOf, AnyOf, Compare, Condition, Not
from vbs_site.catalogue.wording.speech import Speech
from vbs_site.catalogue.words import Text

_OPPOSITE = {
    "=": "!=",
    "in": "not_in",
    "not_in": "in",
    "<": ">=",
    "<=": ">",
    ">": "<=",
    ">=": "<",
    "between": "outside",
}
_OPPOSITE |= {after: before for before, after in _OPPOSITE.items()}


def meant(speech: Speech, source: str, condition: Condition | None, *, more: str = "") -> str:
    """Return the rows of a source that a condition leaves, as in «operationer med primær hofteprotese (KNFB) som …».

    Args:
        speech: catalogue and language.
        source: whose rows.
        condition: which of them; None for all.
        more: words right after the name of the rows.
    """
    words = [speech.rows(source) + more, conditions(speech, source, condition)]
    return " ".join(word for word in words if word)


def conditions(speech: Speech, source: str, condition: Condition | None) -> str:
    """Return the phrase of a condition, empty for none."""
    simple = pushed(condition) if condition is not None else AllOf()
    if not isinstance(simple, AllOf):
        return _phrase(speech, source, simple)
    plain = _runs(speech, source, [part for part in simple.parts if isinstance(part, Compare)])
    choices = [_phrase(speech, source, part) for part in simple.parts if isinstance(part, AnyOf)]
    parts = ([speech.listed(plain)] if plain else []) + choices
    words = parts[0] if parts else ""
    for part in parts[1:]:
        words = speech.say("besides", first=words, then=part)
    return words


def _runs(speech: Speech, source: str, parts: list[Compare]) -> list[str]:
    """Return the phrases of conditions that all hold; those that read on without an «og» are joined.

    A column's own phrase reads on, as in «af typen indlæggelse markeret som akut», unless both begin with the same
    word or an «eller» stands before it, which would leave open how far that reaches.
    """
    runs, before = list[str](), None
    for part in parts:
        words = _phrase(speech, source, part)
        reads_on = (
            before is not None
            and _reads_on(speech, source, before, part)
            and not (isinstance(before.value, tuple) and len(before.value) > 1)
            and words.split()[0] not in runs[-1].split()
        )
        if reads_on:
            runs[-1] = f"{runs[-1]} {words}"
        else:
            runs.append(words)
        before = part
    return runs


def _reads_on(speech: Speech, source: str, before: Compare, part: Compare) -> bool:
    if _own_phrase(speech, source, part) is not None:
        return True
    return _own_phrase(speech, source, before) is not None and not _negative(speech, source, part)


def pushed(condition: Condition, *, negated: bool = False) -> Condition:
    """Return the condition without `Not` and with nested parts of one sort made one; comparisons may be `!=` or `outside`."""
    match condition:
        case Compare(column, "missing", value):
            return Compare(column, "missing", value != negated)
        case Compare(column, operator, value):
            opposite: Any = _OPPOSITE[operator] if negated else operator
            return Compare(column, opposite, value)
        case Not(part):
            return pushed(part, negated=not negated)
        case AllOf(parts) | AnyOf(parts):
            kind = AllOf if isinstance(condition, AllOf) != negated else AnyOf
            inner = [pushed(part, negated=negated) for part in parts]
            flat = [each for part in inner for each in (part.parts if isinstance(part, kind) else (part,))]
            return flat[0] if len(flat) == 1 else kind(tuple(flat))


def _phrase(speech: Speech, source: str, condition: Condition) -> str:
    match condition:
        case Compare():
            return _compare(speech, source, condition)
        case AnyOf(parts):
            return speech.say(
                "either", parts=speech.listed([_bracketed(speech, source, part) for part in parts], "or")
            )
        case _:
            return conditions(speech, source, condition)


def _bracketed(speech: Speech, source: str, condition: Condition) -> str:
    words = _phrase(speech, source, condition)
    return f"({words})" if isinstance(condition, AllOf) else words


def _compare(speech: Speech, source: str, each: Compare) -> str:
    contract, column = speech.contract(source, each.column), speech.column(source, each.column)
    values = each.value if isinstance(each.value, tuple) else (each.value,)
    if each.operator == "missing":
        return speech.say("not_told" if each.value else "told", column=column)
    if contract.type == "boolean" and each.operator in ("=", "!=", "in", "not_in"):
        wanted = set(values) if each.operator in ("=", "in") else {True, False} - set(values)
        if len(wanted) == 1:
            own = _own_phrase(speech, source, each)
            if own is not None:
                return speech.text(own)
            return speech.say("marked" if wanted == {True} else "not_marked", column=column)
    if each.operator in ("=", "in", "!=", "not_in"):
        phrase, chosen = _choice(speech, source, each, values)
        return _described(speech, source, each, phrase, chosen)
    moment = contract.type in ("date", "timestamp", "year")
    worded = [_value(speech, source, each.column, value) for value in values]
    parts = {"low": worded[0], "high": worded[-1], "value": worded[0]}
    if moment:
        span = speech.say(f"moment_{each.operator}", kind=speech.say(f"kind_{contract.type}"), **parts)
        return speech.say("with", value=span, column=column)
    amount = speech.say(f"amount_{each.operator}", **parts)
    return _described(speech, source, each, "with_amount", amount)


def _described(speech: Speech, source: str, each: Compare, phrase: str, value: str) -> str:
    """Return rows described by a value in the column's own words, where it has them."""
    own = _own_phrase(speech, source, each)
    if own is not None:
        return speech.text(own).replace("{value}", value)
    return speech.say(phrase, value=value, column=speech.column(source, each.column))


def _own_phrase(speech: Speech, source: str, each: Compare) -> Text | None:
    """Return the column's own words for a condition on it, or None; whether a value is there is said in ours."""
    contract = speech.contract(source, each.column)
    if each.operator == "missing":
        return None
    return contract.phrase_not if _negative(speech, source, each) else contract.phrase


def _negative(speech: Speech, source: str, each: Compare) -> bool:
    """Return whether a condition asks for another value; a number that is not one is an amount like any other."""
    other = each.operator in ("!=", "not_in")
    match speech.contract(source, each.column).type:
        case "boolean":
            return other != (each.value in (False, (False,)))
        case "integer" | "decimal":
            return False
        case _:
            return other


def _choice(speech: Speech, source: str, each: Compare, values: tuple[Any, ...]) -> tuple[str, str]:
    """Return the phrase and the values of a comparison with single values."""
    bare = _own_phrase(speech, source, each) is not None
    chosen = speech.listed([_value(speech, source, each.column, value, bare=bare) for value in values], "or")
    other = each.operator in ("!=", "not_in")
    if speech.contract(source, each.column).type in ("integer", "decimal"):
        return "with_amount", speech.say("amount_other", value=chosen) if other else chosen
    return ("with_other" if other else "with"), chosen


def _value(speech: Speech, source: str, column: str, value: Any, *, bare: bool = False) -> str:
    """Return one value as people read it: a title, a code set with its codes, a number with its unit, a date.

    A category is quoted, unless it stands bare in a phrase of the column's own.
    """
    contract = speech.contract(source, column)
    match contract.type:
        case "code":
            codeset = speech.catalogue.codesets[value]
            title = speech.text(codeset.title)
            return title if speech.plain else speech.say("codes", title=title, codes=", ".join(codeset.codes))
        case "category":
            words = (contract.values or {}).get(str(value))
            told = speech.text(words) if words else str(value)
            return told if bare else speech.quoted(told)
        case "integer" | "decimal":
            return speech.measured(value, contract.unit) if contract.unit else speech.number(value)
        case "date" | "timestamp":
            midnight = contract.type == "timestamp" and not isinstance(value, dt.datetime)
            return speech.day(dt.datetime.combine(value, dt.time()) if midnight else value)
        case "year":
            return str(value)
        case _:
            return speech.quoted(str(value))
