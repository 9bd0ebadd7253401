"""YAML to plain data that remembers on which file and line each value stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from vbs_site.diagnostics import Diagnosis

Place = tuple[str | int, ...]


@dataclass
class Document:
    """The merged data of a catalogue and the place of every value in it.

    Attributes:
        data: mapping as the model expects it, parts included.
        places: path of keys to (file, line); a value without its own entry stands at its parent's place.
        texts: file name to its text as read, for the release bundle.
    """

    data: dict[str, Any] = field(default_factory=dict)
    places: dict[Place, tuple[str, int]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def place(self, path: Place) -> tuple[str, int]:
        """Return (file, line) of the value at `path`, or of its nearest parent that has one."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return ("", 0)

    def diagnosis(self, path: Place, rule: str, *, got: str = "", hint: str = "", level: Any = "error") -> Diagnosis:
        """Return a diagnosis that points at the value at `path` and names it by that path."""
        file, line = self.place(path)
        return Diagnosis(file, line, ".".join(map(str, path)), rule, got, hint, level)


def read(catalogue: Path) -> tuple[Document, list[Diagnosis]]:
    """Read a catalogue and the parts that it includes.

    Args:
        catalogue: the main YAML file. Its key `include` lists globs of further files, relative to it.

    Returns:
        The merged document and the faults found on the way: unreadable files, broken YAML,
        repeated keys, aliases, a key that two files define.
    """
    document, faults = Document(), list[Diagnosis]()
    _read_into(document, catalogue, faults)
    patterns = document.data.pop("include", [])
    if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):
        rule = "include is a list of file patterns"
        return document, [*faults, document.diagnosis(("include",), rule, got=type(patterns).__name__)]
    for pattern in patterns:
        parts = sorted(catalogue.parent.glob(pattern)) if pattern and not Path(pattern).is_absolute() else []
        if not parts:
            faults.append(document.diagnosis(("include",), "an included pattern matches at least one file", got=pattern))
        for part in parts:
            _read_into(document, part, faults)
    return document, faults


def _read_into(document: Document, path: Path, faults: list[Diagnosis]) -> None:
    name = path.name if not document.texts else str(path.relative_to(path.parents[1]))
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        faults.append(Diagnosis(str(path), 0, "", "a catalogue file is UTF-8 text", f"byte {error.start}", "Save it as UTF-8"))
        return
    except OSError as error:
        faults.append(Diagnosis(str(path), 0, "", "a catalogue file can be read", error.strerror or "", "Check the path"))
        return
    document.texts[name] = text
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        rule = "the file is YAML"
        faults.append(Diagnosis(str(path), line, "", rule, error.problem or "broken YAML", "Check indentation, quotes and brackets near this line"))
        return
    except (yaml.YAMLError, RecursionError) as error:
        faults.append(Diagnosis(str(path), 0, "", "the file is YAML", str(error).splitlines()[0], "Check the file"))
        return
    if not isinstance(node, yaml.MappingNode):
        faults.append(Diagnosis(str(path), 1, "", "the file is a mapping of keys", "something else", "Start it with `catalogue:`"))
        return
    data = _plain(node, (), str(path), document, faults, set())
    for key, value in data.items():
        known = document.data.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            for twice in sorted(map(str, known.keys() & value.keys())):
                faults.append(document.diagnosis((key, twice), "a name is defined once across all files", hint="Remove or rename one"))
            known.update(value)
        elif known is not None:
            faults.append(document.diagnosis((key,), "a key is set once across all files", hint="Keep it in one file"))
        else:
            document.data[key] = value


def _plain(node: yaml.Node, path: Place, file: str, document: Document, faults: list[Diagnosis], seen: set[int]) -> Any:
    if id(node) in seen:
        rule = "aliases (*name) are not used in a catalogue"
        faults.append(Diagnosis(file, node.start_mark.line + 1, ".".join(map(str, path)), rule, "", "Write the value out"))
        return None
    seen.add(id(node))
    document.places.setdefault(path, (file, node.start_mark.line + 1))
    if isinstance(node, yaml.MappingNode):
        return dict(_items(node, path, file, document, faults, seen))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each, (*path, i), file, document, faults, seen) for i, each in enumerate(node.value)]
    return _scalar(node, path, file, faults)


def _items(
    node: yaml.MappingNode, path: Place, file: str, document: Document, faults: list[Diagnosis], seen: set[int]
) -> Iterator[tuple[str, Any]]:
    keys = set[str]()
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            faults.append(Diagnosis(file, line, ".".join(map(str, path)), "a key is a plain word", "a list or mapping"))
            continue
        # The word as written: YAML 1.1 would read `no`, `on` or `2016` as something else than a name.
        key = key_node.value
        if key in keys:
            faults.append(Diagnosis(file, line, ".".join(map(str, (*path, key))), "a key stands once", "it stands twice", "Remove or rename one"))
        keys.add(key)
        document.places[(*path, key)] = (file, line)
        yield key, _plain(value_node, (*path, key), file, document, faults, seen)


def _scalar(node: yaml.Node, path: Place, file: str, faults: list[Diagnosis]) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node, deep=True)
    except (yaml.YAMLError, ValueError, OverflowError):
        rule = "a value is text, a number, true/false or a date that exists"
        faults.append(Diagnosis(file, node.start_mark.line + 1, ".".join(map(str, path)), rule, repr(node.value), "Correct or quote it"))
        return None
    finally:
        loader.dispose()


def descend(data: Any, path: Place) -> Place:
    """Return the part of `path` that exists in `data`, leaving out steps that are the model's, not the user's."""
    found: list[str | int] = []
    for step in path:
        inside = isinstance(data, Mapping) and step in data
        inside = inside or (isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data))
        if inside:
            data = data[step]
            found.append(step)
    return tuple(found)
