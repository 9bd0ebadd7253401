"""Every rule of the catalogue is kept by a bad catalogue, and written down where people read it."""

import datetime
import importlib
import os
import pkgutil
from pathlib import Path

import pytest
from pydantic import ValidationError

from vbs_site.catalogue import rules
from vbs_site.catalogue.loading import load
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisation_file import read_organisations
from vbs_site.catalogue.reading import read

FOLDER = Path(__file__).parents[1] / "bad_catalogues"
NAMES = [each.name for each in pkgutil.iter_modules(rules.__path__)]
RULES = {name: importlib.import_module(f"{rules.__name__}.{name}") for name in NAMES}
APART = (RULES["reviews_in_time"], RULES["similar_named"])
"""Those that need more than the catalogue: today, and the organisations."""
WRITTEN = Path(rules.__file__).parent / "README.md"
HEAD = """\
# The rules of the catalogue

What a catalogue must keep beyond its grammar. Each rule is one file in this folder, with at least one catalogue in
`tests/bad_catalogues` that breaks it. `python build.py check` holds them all against the catalogue and names every fault
in one run. This page is made of the rules' own words; `VBS_UPDATE_SNAPSHOTS=1 pytest tests/unit/test_rules.py` writes it.

| Rule | What it asks for |
|---|---|
"""


@pytest.fixture(scope="module")
def broken():
    """The rules that bad catalogues break: those of names one after the other, the others where all names are right."""
    found = set()
    for path in sorted(FOLDER.glob("*.yaml")):
        document, _ = read(path)
        try:
            catalogue = Catalogue.model_validate(document.data)
        except ValidationError:
            continue
        # Each of the first needs what those before it guarantee.
        first = next((rule for rule in rules.FIRST if list(rule.check(catalogue, document))), None)
        found |= {first} if first else {rule for rule in rules.THEN if list(rule.check(catalogue, document))}
    return found


def test_every_rule_is_run():
    assert {*rules.FIRST, *rules.THEN, *APART} == set(RULES.values())


@pytest.mark.parametrize("name", [name for name in NAMES if RULES[name] not in APART])
def test_a_bad_catalogue_breaks_the_rule(name, broken):
    assert RULES[name] in broken


def test_an_overdue_review_is_a_warning(tmp_path):
    for each in (FOLDER / "good").iterdir():
        text = each.read_text(encoding="utf-8")
        due = "{owner: {da: os, en: us}, next: 2026-03-01}"
        (tmp_path / each.name).write_text(text.replace("{owner: {da: os, en: us}}", due), encoding="utf-8")
    path = tmp_path / "catalogue.yaml"
    loaded = load(path, today=datetime.date(2026, 3, 2))
    measures = [*loaded.catalogue.indicators, *loaded.catalogue.described]
    assert sorted(str(each).split(": ")[1].split(".")[1] for each in loaded.warnings) == sorted(measures)
    assert load(path, today=datetime.date(2026, 3, 1)).warnings == ()


def test_similar_units_are_organisations_of_their_kind():
    document, _ = read(FOLDER / "good" / "catalogue.yaml")
    organisations = read_organisations(FOLDER / "good" / "organisations.yaml")
    title = {"da": "Ens", "en": "Alike"}

    def got(kind, *units):
        similar = {"alike": {"title": title, "unit_kind": kind, "units": units}}
        catalogue = Catalogue.model_validate(document.data | {"similar": similar})
        return [each.got for each in rules.members(catalogue, document, organisations)]

    assert got("hospital", "hospital-1", "hospital-2") == []
    assert got("residence", "region-1", "region-2") == []
    assert got("hospital", "region-1", "hospital-2", "hospital-9") == ["'region-1'", "'hospital-9'"]


def test_the_page_of_the_rules_says_what_they_say():
    lines = [f"| `{name}` | {' '.join(RULES[name].__doc__.split())} |" for name in NAMES]
    page = HEAD + "\n".join(lines) + "\n"
    if os.environ.get("VBS_UPDATE_SNAPSHOTS"):
        WRITTEN.write_text(page, encoding="utf-8")
    assert WRITTEN.read_text(encoding="utf-8") == page
