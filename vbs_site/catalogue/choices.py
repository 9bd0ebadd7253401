"""What readers call the words that a catalogue chooses among, as (Danish, English)."""

from collections.abc import Mapping

DIRECTIONS: Mapping[str, tuple[str, str]] = {
    "higher": ("Højere er bedre", "Higher is better"),
    "lower": ("Lavere er bedre", "Lower is better"),
    "neutral": ("Hverken højt eller lavt er bedst", "Neither high nor low is better"),
}
DIMENSIONS: Mapping[str, tuple[str, str]] = {
    "outcome": ("Resultat", "Outcome"),
    "pro": ("Patientrapporteret resultat", "Patient-reported outcome"),
    "process": ("Proces", "Process"),
    "activity": ("Aktivitet", "Activity"),
    "cost": ("Ressourceforbrug", "Resource use"),
}
MATTERS: Mapping[str, tuple[str, str]] = {
    "pain": ("Smerter", "Pain"),
    "function": ("Funktionsevne", "Function"),
    "safety": ("Tryghed", "Feeling safe"),
    "self-care": ("Evne til at klare sig selv", "Managing on one's own"),
    "usual-activities": ("Genoptage sædvanlige aktiviteter", "Resuming usual activities"),
}
"""In the order in which a page lists them."""


def within_a_sentence(names: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Return the names as they stand within a sentence."""
    return {word: (da[0].lower() + da[1:], en[0].lower() + en[1:]) for word, (da, en) in names.items()}
