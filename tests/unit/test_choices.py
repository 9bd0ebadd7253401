"""Every word that a catalogue chooses among has a name for readers, the same on the site and in the changes."""

from typing import get_args

import pytest

from vbs_site.catalogue import choices
from vbs_site.catalogue.changes import phrases
from vbs_site.catalogue.indicators import Dimension, Direction, Matters
from vbs_site.site.words import say

NAMED = {
    "direction": (Direction, choices.DIRECTIONS),
    "dimension": (Dimension, choices.DIMENSIONS),
    "matters": (Matters, choices.MATTERS),
}


@pytest.mark.parametrize("key", NAMED)
def test_each_choice_is_named_alike_on_the_site_and_in_the_changes(key):
    allowed, names = NAMED[key]
    assert tuple(names) == get_args(allowed)
    for word in names:
        for language in ("da", "en"):
            on_site = say(f"{key}_{word}", language)
            assert phrases.value(word, language).casefold() == on_site.casefold()


def test_what_a_measure_is_to_a_patient_is_said_in_the_words_of_the_site():
    assert phrases.value("safety", "en") == "feeling safe"
    assert phrases.value("self-care", "en") == "managing on one's own"
