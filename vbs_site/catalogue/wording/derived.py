"""What derived rows are: one paragraph per derived source that an indicator reads."""

from vbs_site.catalogue.sources import Derive, Source
from vbs_site.catalogue.uses import uses
from vbs_site.catalogue.wording.conditions import meant
from vbs_site.catalogue.wording.speech import Speech, capital
from vbs_site.catalogue.words import Bound

PHRASES = {
    "da": {
        "chain": "{rows} dannes af {base}: de, der hører til samme person og {close}, regnes sammen som én, også på tværs af hospitaler og regioner.",
        "close_<": "overlapper eller ligger under {length} fra hinanden",
        "close_<=": "overlapper eller ligger højst {length} fra hinanden",
        "overlap_<": "overlapper",
        "overlap_<=": "overlapper eller følger umiddelbart efter hinanden",
        "times": "Som {start} gælder den tidligste værdi, som {end} den seneste.",
        "open": "En, der mangler {end}, regnes fra {start}, og så mangler {end} også for helheden.",
        "first": "Som {columns} gælder værdien i den, der begynder først (af flere med samme {start} den med laveste {key}).",
        "last": "Som {columns} gælder værdien i den, der slutter sidst (af flere den, der begynder sidst, dernæst den med laveste {key}).",
        "sum": "Som {columns} gælder summen.",
        "min": "Som {columns} gælder den laveste værdi.",
        "max": "Som {columns} gælder den højeste værdi.",
        "any": "Som {columns} gælder ja, når værdien er ja i mindst 1 af dem.",
        "count": "Som {columns} gælder, hvor mange der er regnet sammen.",
        "select": "{rows} er {base}.",
        "lasting": "{rows} er {base}, der varer {bound}.",
        "unended": "De, der mangler {end}, er ikke med.",
        "<": "under {length}",
        "<=": "højst {length}",
        ">": "over {length}",
        ">=": "mindst {length}",
    },
    "en": {
        "chain": "{rows} are made of {base}: those of one person that {close} are counted together as one, also across hospitals and regions.",
        "close_<": "overlap or lie less than {length} apart",
        "close_<=": "overlap or lie at most {length} apart",
        "overlap_<": "overlap",
        "overlap_<=": "overlap or follow one another at once",
        "times": "Their {start} is the earliest value, their {end} the latest.",
        "open": "One without {end} is counted from its {start}, and the whole has no {end} either.",
        "first": "Their {columns}: the value in the one that begins first (of several with the same {start}, the one with the lowest {key}).",
        "last": "Their {columns}: the value in the one that ends last (of several, the one that begins last, then the one with the lowest {key}).",
        "sum": "Their {columns}: the sum.",
        "min": "Their {columns}: the lowest value.",
        "max": "Their {columns}: the highest value.",
        "any": "Their {columns}: yes when the value is yes in at least 1 of them.",
        "count": "Their {columns}: how many are counted together.",
        "select": "{rows} are {base}.",
        "lasting": "{rows} are {base} that last {bound}.",
        "unended": "Those without {end} are left out.",
        "<": "less than {length}",
        "<=": "at most {length}",
        ">": "more than {length}",
        ">=": "at least {length}",
    },
}
"""Language to phrase; the two have the same phrases with the same parts."""


def derived(speech: Speech, name: str) -> str | None:
    """Return what the derived rows are that an indicator reads, or None when it reads delivered rows alone."""
    read = {use.source for use in uses(speech.catalogue, name)}
    words = [explained(speech, source) for source in reversed(speech.catalogue.derived_of(read))]
    return " ".join(words) or None


def explained(speech: Speech, name: str) -> str:
    """Return what the rows of one derived source are, in full sentences."""
    source = speech.catalogue.sources[name]
    derive = source.derive
    assert derive is not None
    parts = {"rows": capital(speech.rows(name)), "base": meant(speech, derive.base, derive.where)}
    if derive.gap is not None:
        return " ".join(
            [_say(speech, "chain", **parts, close=_close(speech, derive.gap)), *_whole(speech, name, source)]
        )
    if derive.lasting is None:
        return _say(speech, "select", **parts)
    bound = _say(speech, derive.lasting.operator, length=speech.length(derive.lasting.length))
    words = [_say(speech, "lasting", **parts, bound=bound)]
    end = source.time.end if source.time is not None else None
    if end is not None and speech.nullable(name, end):
        words.append(_say(speech, "unended", end=speech.column(name, end)))
    return " ".join(words)


def _close(speech: Speech, gap: Bound) -> str:
    how = "close" if gap.length.count else "overlap"
    return _say(speech, f"{how}_{gap.operator}", length=speech.length(gap.length))


def _whole(speech: Speech, name: str, source: Source) -> list[str]:
    """Return what holds for rows that are counted together."""
    assert source.derive is not None
    assert source.time is not None and source.time.end is not None, "the rule derivations_fit guarantees both"
    start, end = speech.column(name, source.time.start), speech.column(name, source.time.end)
    words = [_say(speech, "times", start=start, end=end)]
    if speech.nullable(name, source.time.end):
        words.append(_say(speech, "open", start=start, end=end))
    key = speech.listed(speech.column(name, each) for each in source.key)
    for how, columns in _by_way(source.derive).items():
        named = speech.listed(speech.column(name, each) for each in columns)
        words.append(_say(speech, how, columns=named, start=start, key=key))
    return words


def _by_way(derive: Derive) -> dict[str, list[str]]:
    """Return the columns by how they come about, in the order written."""
    found: dict[str, list[str]] = {}
    for column, how in derive.take.items():
        found.setdefault(how, []).append(column)
    return found


def _say(speech: Speech, phrase: str, **parts: str) -> str:
    return PHRASES[speech.language][phrase].format(**parts)
