"""What has changed in the disclosure policy, of the catalogue or of a source: what is shown, never what is measured."""

from collections.abc import Iterator
from typing import Any

from vbs_site.catalogue.changes import phrases
from vbs_site.catalogue.changes.change import Change, Classification
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.protection import Disclosure, told
from vbs_site.catalogue.words import Text


def protection_changed(old: Catalogue, new: Catalogue) -> Iterator[Change]:
    """Yield the change of the catalogue's policy, and of each source that sets another one than it did."""
    if old.disclosure != new.disclosure:
        yield _changed("disclosure", "", {}, old.disclosure, new.disclosure)
    for name, source in new.sources.items():
        before = old.sources.get(name)
        if before is not None and source.derive is None and before.disclosure != source.disclosure:
            yield _changed("sources", name, source.title, old.policy_of(name), new.policy_of(name))


def _changed(section: str, name: str, title: Text, was: Disclosure, now: Disclosure) -> Change:
    """Return the change of one policy: editorial when it comes to the same."""
    old, new = told(was), told(now)
    differing = [key for key in old if old[key] != new[key]]

    def parts(language: str) -> dict[str, str]:
        thing = phrases.thing("disclosure", language)
        of = f": {phrases.quoted(phrases.worded(title, language), language)}" if name else ""
        told_of = [
            phrases.fragment(
                "shared",
                language,
                phrases.label(f"disclosure.{key}", language),
                _words(old[key], language),
                _words(new[key], language),
            )
            for key in differing
        ]
        return {"what": f"{thing[0].upper()}{thing[1:]}{of}", "parts": "; ".join(told_of)}

    sentence = phrases.say("shared_shown" if differing else "shared_words", parts)
    classification = Classification.COMPARABLE if differing else Classification.EDITORIAL
    return Change(
        section, name, "changed" if section == "disclosure" else "disclosure", classification, sentence
    )


def _words(value: Any, language: str) -> str:
    if isinstance(value, bool):
        return phrases.value("yes" if value else "no", language)
    return "" if value is None else f"{value:g}"
