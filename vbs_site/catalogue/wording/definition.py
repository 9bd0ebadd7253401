"""The complete definition of an indicator as lines, each with a stable topic."""

from dataclasses import dataclass

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.wording import judged, shown, what, who
from vbs_site.catalogue.wording.derived import derived
from vbs_site.catalogue.wording.missing import missing
from vbs_site.catalogue.wording.speech import Speech, speaking
from vbs_site.catalogue.wording.targets import WordedTarget, targets


@dataclass(frozen=True)
class Line:
    """One part of a definition.

    Attributes:
        topic: stable key, the same in every language: `population`, `derived`, `excluded`, `event`, `calculation`,
            `threshold`, `target`, `adjustment`, `unit`, `period`, `follow_up`, `missing`, `minimum`, `judgement`,
            `breaks`, `source`.
        label: the topic as a heading.
        text: one or more full sentences.
    """

    topic: str
    label: str
    text: str


def definition(catalogue: Catalogue, name: str, language: str) -> tuple[Line, ...]:
    """Return the complete definition of an indicator; a topic that it does not touch has no line.

    Args:
        catalogue: a catalogue that passed its rules.
        name: the indicator.
        language: one of the catalogue's languages.

    Raises:
        ValueError: when the catalogue has no texts in the language.
    """
    speech = speaking(catalogue, language)
    indicator = catalogue.indicators[name]
    texts = {
        "population": who.population(speech, indicator),
        "derived": derived(speech, name),
        "excluded": who.excluded(speech, indicator),
        "event": who.event(speech, indicator),
        "calculation": what.calculation(speech, indicator),
        "threshold": what.threshold(speech, indicator),
        "target": " ".join(_target(speech, each) for each in targets(catalogue, name, language)),
        "adjustment": what.adjustment(speech, indicator),
        "unit": shown.units(speech, indicator),
        "period": shown.period(speech, indicator),
        "follow_up": shown.follow_up(speech, indicator),
        "missing": missing(speech, indicator, name),
        "minimum": shown.minimum(speech, indicator, name),
        "judgement": judged.judgement(speech, indicator, name),
        "breaks": judged.breaks(speech, indicator, name),
        "source": shown.sources(speech, indicator, name),
    }
    return tuple(Line(topic, speech.label(topic), text) for topic, text in texts.items() if text)


def _target(speech: Speech, target: WordedTarget) -> str:
    valid = f", {target.valid}" if target.valid else ""
    return speech.say("target", label=target.label, level=target.level, valid=valid, source=target.source)
