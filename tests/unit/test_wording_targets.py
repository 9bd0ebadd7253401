"""Levels to reach in words, for computed and described measures."""

import datetime as dt

from unit.wording_catalogues import FILLED_IN, building_blocks

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.wording import targets

DESCRIBED = {
    key: FILLED_IN[key] for key in ("title", "why", "areas", "dimension", "matters", "provenance")
} | {
    "direction": "lower",
    "definition": {"da": "Definition", "en": "Definition"},
    "lacking": {"da": "Mangler", "en": "Lacking"},
    "review": FILLED_IN["review"],
    "targets": [
        {
            "label": {"da": "Standard", "en": "Standard"},
            "op": "<",
            "value": 0.25,
            "valid_from": dt.date(2016, 1, 1),
            "valid_to": dt.date(2019, 12, 31),
            "source": "A report.",
        },
        {
            "label": {"da": "Udviklingsmål", "en": "Development goal"},
            "op": "<=",
            "value": 0.15,
            "valid_from": dt.date(2020, 1, 1),
            "source": "A later report",
        },
    ],
}


def catalogue():
    return Catalogue.model_validate(building_blocks() | {"described": {"said": DESCRIBED}})


def test_a_described_measure_has_its_targets_in_order_with_their_own_labels():
    first, second = targets(catalogue(), "said", "da")
    assert (first.label, first.level, first.source) == ("Standard", "mindre end 25 %", "A report")
    assert first.valid == "gælder fra 1. januar 2016 til og med 31. december 2019"
    assert (second.label, second.level) == ("Udviklingsmål", "højst 15 %")
    assert second.valid == "gælder fra 1. januar 2020"


def test_a_target_holds_on_its_first_and_its_last_day_and_not_beyond():
    first, second = targets(catalogue(), "said", "en")
    held = [
        [each.holds_on(day) for each in (first, second)]
        for day in (dt.date(2015, 12, 31), dt.date(2016, 1, 1), dt.date(2019, 12, 31), dt.date(2020, 1, 1))
    ]
    assert held == [[False, False], [True, False], [True, False], [False, True]]


def test_a_target_without_dates_always_holds():
    _, lasting = targets(catalogue(), "preceded-by-test", "en")
    assert (lasting.valid, lasting.level) == ("", "less than 50%")
    assert lasting.holds_on(dt.date(1900, 1, 1))
