"""YAML to plain data that remembers on which file and line each value stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from vbs_site.diagnostics import Diagnosis

Place = tuple[str | int, ...]
FAST = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""Thirteen times as fast as the other where the machine has it."""
DEEPEST = 40
"""Levels of nesting that a catalogue may have; no sensible one has half as many."""


@dataclass
class Document:
    """The merged data of a catalogue and the place of every value in it.

    Attributes:
        data: mapping as the model expects it, parts included.
        places: path of keys to (file, line); a value without its own entry stands at its parent's place.
        texts: file name to its text as read, for the release bundle.
        patterns: the file patterns under `include`.
        whole: whether every file could be read; otherwise names may stand in one that could not.
        lost: places whose value could not be read; what follows from the loss is not told again.
        aliases: while a file is read, the lines on which its aliases stand, in order.
    """

    data: dict[str, Any] = field(default_factory=dict)
    places: dict[Place, tuple[str, int]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    patterns: tuple[str, ...] = ()
    whole: bool = True
    lost: set[Place] = field(default_factory=set)
    aliases: Iterator[int] = field(default_factory=lambda: iter(()))

    def place(self, path: Place) -> tuple[str, int]:
        """Return (file, line) of the value at `path`, or of its nearest parent that has one."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return self.places[path[:end]]
        return ("", 0)

    def diagnosis(
        self, path: Place, rule: str, *, got: str = "", hint: str = "", level: Any = "error"
    ) -> Diagnosis:
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
    _read_into(document, catalogue.parent, catalogue, faults)
    patterns = document.data.pop("include", [])
    if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):
        rule = "include is a list of file patterns"
        document.whole = False
        return document, [*faults, document.diagnosis(("include",), rule, got=type(patterns).__name__)]
    document.patterns = tuple(patterns)
    for pattern in patterns:
        parts = _matching(catalogue.parent, pattern)
        if not parts:
            document.whole = False
            faults.append(
                document.diagnosis(("include",), "an included pattern matches at least one file", got=pattern)
            )
        for part in parts:
            _read_into(document, catalogue.parent, part, faults)
    return document, faults


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _matching(folder: Path, pattern: str) -> list[Path]:
    """Return the files below a folder that a pattern names; a broken pattern names none."""
    try:
        return sorted(path for path in folder.glob(pattern) if path.is_file()) if ".." not in pattern else []
    except (ValueError, NotImplementedError, IndexError):
        return []


class _Unfit(Exception):  # noqa: N818 - it is a reason, not an error of this program
    """What is wrong with a file that is YAML: line, rule, what was found, hint."""


def _composed(text: str) -> tuple[yaml.MappingNode, Iterator[int]]:
    """Return the nodes of a text and the lines of its aliases.

    The loader written in C does not stop before its stack is full, and tells broken lines less well than the other.
    """
    try:
        depth, aliases = 0, list[int]()
        for event in yaml.parse(text, Loader=FAST):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > 2 * DEEPEST:
                raise _Unfit(
                    _line(event), f"values are nested at most {DEEPEST} deep", "", "Write it flatter"
                )
            if isinstance(event, yaml.AliasEvent):
                aliases.append(_line(event))
        node = yaml.compose(text, Loader=FAST)
    except yaml.YAMLError:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        raise
    if not isinstance(node, yaml.MappingNode):
        raise _Unfit(1, "the file is a mapping of keys", "something else", "Start it with `catalogue:`")
    return node, iter(aliases)


def _unread(file: str, error: Exception) -> Diagnosis:
    """Return why a file could not be read."""
    match error:
        case _Unfit():
            line, rule, got, hint = error.args
            return Diagnosis(file, line, "", rule, got, hint)
        case UnicodeDecodeError():
            rule, hint = "a catalogue file is UTF-8 text", "Save it as UTF-8"
            return Diagnosis(file, 0, "", rule, f"byte {error.start}", hint)
        case OSError():
            rule = "a catalogue file can be read"
            return Diagnosis(file, 0, "", rule, error.strerror or "", "Check the path")
        case yaml.MarkedYAMLError():
            mark = error.problem_mark or error.context_mark
            hint = "Check indentation, quotes and brackets near this line"
            line, got = mark.line + 1 if mark else 0, error.problem or "broken YAML"
            return Diagnosis(file, line, "", "the file is YAML", got, hint)
        case _:
            return Diagnosis(file, 0, "", "the file is YAML", str(error).splitlines()[0], "Check the file")


def _read_into(document: Document, folder: Path, path: Path, faults: list[Diagnosis]) -> None:
    try:
        text = path.read_text(encoding="utf-8")
        document.texts[path.relative_to(folder).as_posix()] = text
        node, document.aliases = _composed(text)
    except (UnicodeDecodeError, OSError, yaml.YAMLError, RecursionError, _Unfit) as error:
        document.whole = False
        faults.append(_unread(str(path), error))
        return
    data = _plain(node, (), str(path), document, faults, set())
    for key, value in data.items():
        known = document.data.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            rule, hint = "a name is defined once across all files", "Remove or rename one"
            faults += [
                document.diagnosis((key, twice), rule, hint=hint)
                for twice in sorted(map(str, known.keys() & value.keys()))
            ]
            known.update(value)
        elif known is not None:
            faults.append(
                document.diagnosis((key,), "a key is set once across all files", hint="Keep it in one file")
            )
        else:
            document.data[key] = value


def _plain(
    node: yaml.Node, path: Place, file: str, document: Document, faults: list[Diagnosis], seen: set[int]
) -> Any:
    if len(path) > DEEPEST:
        rule = f"values are nested at most {DEEPEST} deep"
        document.lost.add(path)
        faults.append(
            Diagnosis(
                file,
                node.start_mark.line + 1,
                ".".join(map(str, path[:6])) + " …",
                rule,
                "",
                "Write it flatter",
            )
        )
        return None
    if id(node) in seen:
        # The node is the one it stands for; the line is that of the alias itself.
        rule, line = (
            "aliases (*name) are not used in a catalogue",
            next(document.aliases, node.start_mark.line + 1),
        )
        document.lost.add(path)
        faults.append(Diagnosis(file, line, ".".join(map(str, path)), rule, "", "Write the value out"))
        return None
    seen.add(id(node))
    document.places.setdefault(path, (file, node.start_mark.line + 1))
    if isinstance(node, yaml.MappingNode):
        return dict(_items(node, path, file, document, faults, seen))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each, (*path, i), file, document, faults, seen) for i, each in enumerate(node.value)]
    return _scalar(node, path, file, document, faults)


def _items(
    node: yaml.MappingNode,
    path: Place,
    file: str,
    document: Document,
    faults: list[Diagnosis],
    seen: set[int],
) -> Iterator[tuple[str, Any]]:
    keys = set[str]()
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            faults.append(
                Diagnosis(file, line, ".".join(map(str, path)), "a key is a plain word", "a list or mapping")
            )
            continue
        # The word as written: YAML 1.1 would read `no`, `on` or `2016` as something else than a name.
        key = key_node.value
        if key in keys:
            faults.append(
                Diagnosis(
                    file,
                    line,
                    ".".join(map(str, (*path, key))),
                    "a key stands once",
                    "it stands twice",
                    "Remove or rename one",
                )
            )
        keys.add(key)
        document.places[(*path, key)] = (file, line)
        yield key, _plain(value_node, (*path, key), file, document, faults, seen)


def _scalar(node: yaml.Node, path: Place, file: str, document: Document, faults: list[Diagnosis]) -> Any:
    if node.tag == "tag:yaml.org,2002:str":
        return node.value
    try:
        return SafeConstructor().construct_object(node, deep=True)
    except (yaml.YAMLError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        rule = "a value is text, a number, true/false or a date that exists"
        document.lost.add(path)
        line, hint = node.start_mark.line + 1, "Correct or quote it"
        faults.append(Diagnosis(file, line, ".".join(map(str, path)), rule, repr(node.value), hint))
        return None


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
