"""What a model says is wrong with a document, as faults with file and line, the rule and the nearest name."""

import functools
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from vbs_site.catalogue.indicators import Indicator
from vbs_site.catalogue.reading import Document, descend
from vbs_site.diagnostics import Diagnosis, nearest

KINDS: dict[str, type[BaseModel]] = {
    get_args(kind.model_fields["kind"].annotation)[0]: kind for kind in get_args(get_args(Indicator)[0])
}
"""Word in the catalogue to the model of that kind."""


def diagnoses(document: Document, error: ValidationError, model: type[BaseModel]) -> list[Diagnosis]:
    """Return what is wrong with the data of a document, in words.

    Args:
        document: data with places.
        error: what the model says of it.
        model: the model of the whole document, whose keys are offered where one is unknown.
    """
    return [_diagnosis(document, each, model) for each in error.errors() if not _follows(document, each)]


def _follows(document: Document, error: Any) -> bool:
    """Return whether a fault is only there because a value at its place could not be read."""
    place = descend(document.data, tuple(error["loc"]))
    return any(
        place[: len(lost)] == lost or (lost[: len(place)] == place and error["type"] == "value_error")
        for lost in document.lost
    )


def _diagnosis(document: Document, error: Any, root: type[BaseModel]) -> Diagnosis:
    path = tuple(error["loc"])
    place = descend(document.data, path)
    known = _keys_at(root, path[:-1])
    match error["type"]:
        case "extra_forbidden":
            return document.diagnosis(place, "unknown key", got=repr(path[-1]), hint=nearest(path[-1], known))
        case "missing":
            rest = ".".join(str(step) for step in path[len(place) :] if step not in KINDS)
            return document.diagnosis(place, f"the key {rest!r} is needed here", hint="Add it")
        case "union_tag_invalid":
            return document.diagnosis(
                (*place, "kind"),
                "kind is one that exists",
                got=str(error["ctx"]["tag"]),
                hint=nearest(error["ctx"]["tag"], KINDS),
            )
        case "union_tag_not_found":
            return document.diagnosis(place, "an indicator names its kind", hint=f"Known: {', '.join(KINDS)}")
        case "literal_error":
            allowed = [word.strip(" '") for word in error["ctx"]["expected"].replace(" or ", ", ").split(",")]
            return document.diagnosis(
                place,
                f"the value is one of {', '.join(allowed)}",
                got=repr(error["input"]),
                hint=nearest(error["input"], allowed),
            )
        case "string_pattern_mismatch" | "string_too_short":
            return document.diagnosis(
                place,
                "the word has the right form",
                got=repr(error["input"]),
                hint=f"Pattern: {error.get('ctx', {}).get('pattern', 'not empty')}",
            )
        case "value_error":
            return document.diagnosis(place, str(error["ctx"]["error"]), got=_short(error["input"]))
        case "string_type":
            return document.diagnosis(
                place, "the value is text", got=_short(error["input"]), hint="Put it in quotes"
            )
        case _:
            return document.diagnosis(
                place, error["msg"][0].lower() + error["msg"][1:], got=_short(error["input"])
            )


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return f"a mapping with the keys {', '.join(map(str, value))}"[:100]
    return "a list" if isinstance(value, list) else repr(value)[:100]


@functools.cache
def _keys_at(root: type[BaseModel], path: tuple[Any, ...]) -> tuple[str, ...]:
    """Return the keys that a model knows at a path, by walking the model's own types."""
    model: Any = root
    for step in path:
        if isinstance(step, str) and step in KINDS:
            model = KINDS[step]
            continue
        model = _inside(model, step)
    fields = getattr(_first_model(model), "model_fields", {})
    return tuple(info.alias or name for name, info in fields.items())


def _inside(model: Any, step: Any) -> Any:
    here = _first_model(model)
    if here is not None:
        for name, info in here.model_fields.items():
            if step in (name, info.alias):
                return info.annotation
    arguments = getattr(model, "__args__", ())
    return arguments[-1] if arguments else None


def _first_model(kind: Any) -> type[BaseModel] | None:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    origin = getattr(kind, "__origin__", None)
    if origin in (dict, list):
        return None
    for argument in getattr(kind, "__args__", ()):
        found = _first_model(argument)
        if found is not None:
            return found
    return None
