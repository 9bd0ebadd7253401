"""The JSON Schema of a catalogue file: completion and explanation in editors, made of the models and their docstrings.

A catalogue is written in several files, so every key of the first level may stand in any of them, and none has to. What a
schema cannot say (names that exist, values that fit) is for the rules.
"""

import inspect
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.words import Frozen

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_ATTRIBUTE = re.compile(r"^([a-z_]+(?:, [a-z_]+)*): (.+)$")


def json_schema() -> dict[str, Any]:
    """Return the schema of one file of a catalogue."""
    schema = Catalogue.model_json_schema(by_alias=True)
    models = {model.__name__: model for model in _models(Frozen)}
    for name, each in [(Catalogue.__name__, schema), *schema["$defs"].items()]:
        if name in models:
            _explain(each, models[name])
    _close(schema)
    del schema["required"]
    schema["properties"]["include"] = {
        "description": "File patterns of further parts, relative to the main file.",
        "type": "array",
        "items": {"type": "string"},
    }
    return {"$schema": DRAFT} | schema


def _close(schema: Any) -> None:
    """Refuse names that have another form than the names of a section."""
    if isinstance(schema, dict):
        if "patternProperties" in schema:
            schema["additionalProperties"] = False
        for each in schema.values():
            _close(each)
    elif isinstance(schema, list):
        for each in schema:
            _close(each)


def _models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Yield the models of the catalogue; those of other rooms may have the same names."""
    for each in model.__subclasses__():
        if each.__module__.startswith("vbs_site.catalogue."):
            yield each
        yield from _models(each)


def _explain(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Give a model and its keys the words of its docstring."""
    words = inspect.getdoc(model) or ""
    schema["description"] = " ".join(words.split("Attributes:")[0].split())
    said = {name: text for parent in reversed(model.__mro__) for name, text in _attributes(parent)}
    for name, info in model.model_fields.items():
        key = info.alias or name
        if name in said and key in schema["properties"]:
            schema["properties"][key]["description"] = said[name]


def _attributes(model: type) -> Iterator[tuple[str, str]]:
    """Yield what a docstring says of each attribute."""
    entries = list[str]()
    for line in (model.__dict__.get("__doc__") or "").partition("Attributes:")[2].splitlines():
        text = line.strip()
        if _ATTRIBUTE.match(text):
            entries.append(text)
        elif text and entries:
            entries[-1] += f" {text}"
    for entry in entries:
        found = _ATTRIBUTE.match(entry)
        assert found is not None
        for name in found[1].split(", "):
            yield name, found[2]
