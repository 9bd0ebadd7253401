"""The JSON Schema takes what the models take, refuses what they refuse, and explains the keys."""

import copy
import datetime
import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from commands import run_build

from vbs_site.catalogue.indicators import Proportion
from vbs_site.catalogue.schema import json_schema

ROOT = Path(__file__).parents[2]
GOOD = ROOT / "tests" / "bad_catalogues" / "good" / "catalogue.yaml"
FILES = [
    ROOT / "indicators.yaml",
    *sorted((ROOT / "catalogue").glob("*.yaml")),
    *sorted((ROOT / "examples").glob("*/indicators.yaml")),
    GOOD,
    ROOT / "vbs_site" / "method" / "catalogue.yaml",
]
SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())


def as_editors_see_it(value):
    """Return YAML as JSON has it: names are text, and so are dates."""
    if isinstance(value, dict):
        return {str(key): as_editors_see_it(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_editors_see_it(each) for each in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def faults(data):
    return [f"{error.json_path}: {error.message}"[:300] for error in VALIDATOR.iter_errors(data)]


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES])
def test_every_file_of_a_catalogue_fits(path):
    assert faults(as_editors_see_it(yaml.safe_load(path.read_text(encoding="utf-8")))) == []


def change(path, value):
    data = as_editors_see_it(yaml.safe_load(GOOD.read_text(encoding="utf-8")))
    here = data = copy.deepcopy(data)
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("indicators", "readmission", "extra"), 1),
        (("indicators", "readmission", "matters"), "hygge"),
        (("indicators", "readmission", "kind"), "share"),
        (("indicators", "readmission", "event", "followed_by", "within"), "tredive dage"),
        (("indicators", "readmission", "exclude", 0, "died"), "soon"),
        (("indicators", "readmission", "title"), {"de": "Wiederaufnahme"}),
        (("indicators", "readmission", "examples", 0, "then"), "1"),
        (("indicators", "readmission", "targets", 0, "valid_from"), "soon"),
        (("indicators", "Not A Slug"), {}),
        (("sources", "contacts", "columns", "acute"), "bool"),
        (("described", "life", "lacking"), None),
        (("extra",), 1),
    ],
)
def test_what_the_models_refuse_is_marked(path, value):
    assert faults(change(path, value))


def test_keys_are_explained_in_the_words_of_the_docstrings():
    key = SCHEMA["$defs"]["Proportion"]["properties"]["stratify_down_to"]
    assert (
        key["description"]
        == "finest unit kind for which strata are shown; finer ones would mostly be hidden."
    )
    assert SCHEMA["$defs"]["Proportion"]["description"] == Proportion.__doc__
    assert "washout" in SCHEMA["$defs"]["IndexEvents"]["properties"]
    assert "counts only when" in SCHEMA["$defs"]["IndexEvents"]["properties"]["washout"]["description"]
    assert SCHEMA["properties"]["described"]["description"]


def test_the_verb_writes_it_beside_the_catalogue(tmp_path):
    path = tmp_path / "indicators.yaml"
    path.write_bytes(GOOD.read_bytes())
    done = run_build("schema", "--catalogue", path)
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "indicators.schema.json").read_text(encoding="utf-8")) == SCHEMA
