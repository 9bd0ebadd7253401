"""The sentences that explain changes, and the words in them, as (Danish, English)."""

from collections.abc import Callable, Mapping

from vbs_site.catalogue.choices import DIMENSIONS, DIRECTIONS, MATTERS, within_a_sentence
from vbs_site.catalogue.words import LANGUAGES, Text

SENTENCES: Mapping[str, tuple[str, str]] = {
    "added": ("Tilføjet: {thing} {title}.", "Added: {thing} {title}."),
    "removed": ("Fjernet: {thing} {title}.", "Removed: {thing} {title}."),
    "renamed": (
        "Id'et {old} er nu {new}; det gamle fører til det nye.",
        "The id {old} is now {new}; the old one leads to the new one.",
    ),
    "now_computed": (
        "Målet beregnes nu; før var det kun beskrevet.",
        "The measure is computed now; before, it was only described.",
    ),
    "no_longer_computed": (
        "Målet beregnes ikke længere; det er kun beskrevet.",
        "The measure is no longer computed; it is only described.",
    ),
    "changed": ("{label} er ændret fra {old} til {new}.", "{label} changed from {old} to {new}."),
    "gained": ("{label}: nyt er {new}.", "{label}: new is {new}."),
    "lost": ("{label}: {old} gælder ikke længere.", "{label}: {old} no longer applies."),
    "otherwise": ("{label} er ændret.", "{label} changed."),
    "rewritten": (
        "Definitionen er skrevet om, men det beregnede mål er det samme.",
        "The definition is written differently, but the computed measure is the same.",
    ),
    "measure": ("Det beregnede mål er et andet: {parts}.", "The computed measure is another one: {parts}."),
    "measure_was": ("{label} var {old} og er nu {new}", "{label} was {old} and is now {new}"),
    "measure_gained": ("{label} er nyt: {new}", "{label} is new: {new}"),
    "measure_lost": ("{label} er fjernet: {old}", "{label} is removed: {old}"),
    "measure_silent": (
        "Det beregnede mål er et andet, selv om definitionens ord er de samme: det læser kilder, kodesæt, spørgeskemaer eller enheder, der er ændret.",
        "The computed measure is another one although the words of its definition are the same: it reads sources, code sets, instruments or units that changed.",
    ),
    "unused_measure": (
        "Definitionen er ændret, mens målet ikke er i brug.",
        "The definition changed while the measure is not in use.",
    ),
    "retired": (
        "Målet udgår{since}{successor}{reason}.",
        "The measure is retired{since}{successor}{reason}.",
    ),
    "since": (" fra {day}", " from {day}"),
    "successor": (" og afløses af {title}", " and succeeded by {title}"),
    "reason": (": {reason}", ": {reason}"),
    "shared": ("{what} er ændret: {parts}.", "{what} changed: {parts}."),
    "shared_shown": (
        "{what} er ændret: {parts}. Det ændrer, hvad der vises, ikke hvad der måles.",
        "{what} changed: {parts}. This changes what is shown, not what is measured.",
    ),
    "shared_words": ("{what}: kun ordene er ændret.", "{what}: only the words changed."),
    "shared_was": ("{label} fra {old} til {new}", "{label} from {old} to {new}"),
    "shared_gained": ("{label} er nu {new}", "{label} is now {new}"),
    "shared_lost": ("{label} var {old} og er fjernet", "{label} was {old} and is removed"),
    "more": ("{count} andre steder", "{count} other places"),
    "break_from": ("Databrud fra {day}: {reason}.", "Series break from {day}: {reason}."),
    "break_lifted": (
        "Databruddet fra {day} gælder ikke længere.",
        "The series break from {day} no longer applies.",
    ),
    "break_reason": (
        "Databruddet fra {day} er begrundet anderledes: {reason}.",
        "The series break from {day} has another reason: {reason}.",
    ),
    "rebase_from": (
        "Grænserne for udviklingen beregnes på ny fra {day}: {reason}.",
        "The limits of change over time are reckoned anew from {day}: {reason}.",
    ),
    "rebase_lifted": (
        "Grænserne for udviklingen beregnes ikke længere på ny fra {day}.",
        "The limits of change over time are no longer reckoned anew from {day}.",
    ),
    "rebase_reason": (
        "At grænserne for udviklingen beregnes på ny fra {day}, er begrundet anderledes: {reason}.",
        "That the limits of change over time are reckoned anew from {day} has another reason: {reason}.",
    ),
    "retire_instead": (
        "Behold id'et med lifecycle: {{state: retired, since: …, successor: …, reason: …}}, eller skriv det som alias på afløseren; et fjernet id kan blive brugt igen ved en fejl, og gamle links dør.",
        "Keep the id with lifecycle: {{state: retired, since: …, successor: …, reason: …}}, or write it as an alias of its successor; a removed id can be used again by mistake, and old links die.",
    ),
    "say_since": (
        "Skriv i lifecycle.since den første dag, den nye definition gælder, så brud i tidsserien kan tegnes.",
        "Write the first day of the new definition as lifecycle.since, so that the break in the series can be drawn.",
    ),
}

LABELS: Mapping[str, tuple[str, str]] = {
    "title": ("Titlen", "The title"),
    "why": ("Begrundelsen", "The reason to measure"),
    "areas": ("Områderne", "The areas"),
    "dimension": ("Dimensionen", "The dimension"),
    "matters": ("Betydningen for patienten", "What it is to the patient"),
    "provenance.status": ("Målets status", "The status of the measure"),
    "provenance.source": ("Målets kilde", "The source of the measure"),
    "provenance.group": ("Gruppen bag målet", "The group behind the measure"),
    "lifecycle.state": ("Brugen", "The use"),
    "lifecycle": ("Oplysningerne om brugen", "What is said of its use"),
    "direction": ("Retningen", "The direction"),
    "units": ("Enhederne", "The units"),
    "period": ("Perioden", "The period"),
    "targets": ("Målsætningen", "The target"),
    "minimum": ("Mindstekravet", "The minimum"),
    "judge": ("Vurderingen", "The judgement"),
    "decimals": ("Antallet af decimaler", "The number of decimals"),
    "review": ("Gennemgangen", "The review"),
    "aliases": ("Tidligere id'er", "Former ids"),
    "examples": ("Eksemplerne", "The worked examples"),
    "shown_at": ("De viste tidspunkter", "The times shown"),
    "definition": ("Beskrivelsen", "The description"),
    "lacking": ("Hvad der mangler", "What is lacking"),
    "instrument": ("Spørgeskemaet", "The instrument"),
    "disclosure.threshold": ("det mindste antal, der vises,", "the smallest count shown"),
    "disclosure.zeros_shown": ("om nul vises", "whether zeros are shown"),
    "disclosure.complement": (
        "om resten af n beskyttes som tælleren",
        "whether the rest of n is protected like the numerator",
    ),
    "disclosure.width": (
        "den mindste bredde, et skjult antal efterlades med,",
        "the least width that a hidden count is left with",
    ),
    "disclosure.dominance": ("p i p %-reglen for beløb", "p of the p % rule for amounts"),
    "disclosure.round_to": ("det, antal afrundes til,", "what counts are rounded to"),
}

THINGS: Mapping[str, tuple[str, str]] = {
    "catalogue": ("kataloget", "the catalogue"),
    "disclosure": ("diskretionsreglen", "the disclosure policy"),
    "persons": ("personregistret", "the register of persons"),
    "sources": ("kilden", "source"),
    "codesets": ("kodesættet", "code set"),
    "instruments": ("spørgeskemaet", "instrument"),
    "units": ("enheden", "unit kind"),
    "areas": ("området", "area"),
    "indicators": ("indikatoren", "indicator"),
    "described": ("det beskrevne mål", "described measure"),
    "policies": ("ordningen", "policy"),
    "groups": ("gruppen", "group"),
    "decisions": ("beslutningen", "decision"),
    "judgement": ("vurderingen", "the judgement"),
    "similar": ("gruppen af sammenlignelige enheder", "group of similar units"),
    "value": ("værdivurderingen", "value assessment"),
}
"""Section to what one of its members is called in a sentence."""

VALUES: Mapping[str, tuple[str, str]] = {
    **within_a_sentence({**DIRECTIONS, **DIMENSIONS, **MATTERS}),
    "agreed": ("aftalt effektmål", "agreed outcome measure"),
    "agreed-topic": ("aftalt emne", "agreed topic"),
    "register-indicator": ("registerindikator", "register indicator"),
    "pro-topic": ("PRO-emne", "PRO topic"),
    "proposal": ("forslag", "proposal"),
    "draft": ("kladde", "draft"),
    "active": ("i brug", "in use"),
    "retired": ("udgået", "retired"),
    "yes": ("ja", "yes"),
    "no": ("nej", "no"),
}
"""Word of the grammar to what it is called."""


def say(key: str, parts: Callable[[str], Mapping[str, str]]) -> Text:
    """Return a sentence in every language.

    Args:
        key: of the sentence.
        parts: language to what is filled in.
    """
    return {
        language: SENTENCES[key][place].format(**parts(language)) for place, language in enumerate(LANGUAGES)
    }


def phrase(key: str, language: str, **parts: str) -> str:
    """Return a phrase in one language."""
    return SENTENCES[key][LANGUAGES.index(language)].format(**parts)


def label(key: str, language: str) -> str:
    """Return what a key of the grammar is called; a key without a name of its own stays as it is."""
    return LABELS.get(key, (key, key))[LANGUAGES.index(language)]


def thing(section: str, language: str) -> str:
    """Return what a member of a section is called."""
    return THINGS.get(section, (section, section))[LANGUAGES.index(language)]


def value(word: str, language: str) -> str:
    """Return what a word of the grammar is called."""
    return VALUES.get(word, (word, word))[LANGUAGES.index(language)]


def quoted(words: str, language: str) -> str:
    """Return words in the language's quotation marks."""
    return f"»{words}«" if language == "da" else f"“{words}”"


def worded(text: Text | None, language: str) -> str:
    """Return a text of a catalogue in a language, or in the one that it has."""
    if not text:
        return ""
    return text.get(language) or next(iter(text.values()))


def told(key: str, was: Callable[[str], str], now: Callable[[str], str]) -> Text:
    """Return that something changed, naming old and new where there are words for them.

    Args:
        key: of the grammar.
        was: language to the words for the old value, empty where there are none.
        now: the same of the new value.
    """
    sentence = {(True, True): "changed", (False, True): "gained", (True, False): "lost"}

    def parts(language: str) -> dict[str, str]:
        old, new = quoted(was(language), language), quoted(now(language), language)
        return {"label": label(key, language), "old": old, "new": new}

    return say(sentence.get((bool(was("da")), bool(now("da"))), "otherwise"), parts)


def fragment(kind: str, language: str, name: str, was: str, now: str) -> str:
    """Return, as a part of a sentence, that something was one thing and is now another.

    Args:
        kind: `measure` or `shared`.
        language: which.
        name: what it is called.
        was: the words for what it was, empty where there was nothing.
        now: the words for what it is.
    """
    key = "was" if was and now else "gained" if now else "lost"
    ends = {"old": quoted(was.rstrip("."), language), "new": quoted(now.rstrip("."), language)}
    return phrase(f"{kind}_{key}", language, label=name, **ends)
