"""A new member in a section of a YAML file, without touching a byte of what stands there."""

from dataclasses import dataclass

import yaml


@dataclass(frozen=True)
class Inserted:
    """A text with something new in it.

    Attributes:
        text: all of it.
        line: the number of the first new line.
    """

    text: str
    line: int


def inserted(text: str, section: str, lines: list[str]) -> Inserted | None:
    """Return a YAML text with a new member at the end of a section; a section that is not there is added at the end.

    Args:
        text: of the file; its line ends are kept.
        section: a key of the first level.
        lines: of the member, without the indentation of the section's members.

    Returns:
        None when the section, or the file, is written in braces, so that there is no line to add to.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    kept = text if not text or text.endswith("\n") else text + end
    root = yaml.compose(kept, Loader=yaml.SafeLoader)
    if isinstance(root, yaml.MappingNode) and root.flow_style:
        return None
    keys = list(root.value) if isinstance(root, yaml.MappingNode) else []
    rows = kept.splitlines(keepends=True)
    close = _closed_at(kept, len(rows))
    place = next((i for i, (key, _) in enumerate(keys) if key.value == section), None)
    if place is None:
        block = [*([""] if close else []), f"{section}:", *_indented(lines, 2)]
        return _between(rows, close, _joined(block, end), close + (3 if close else 2))
    value = keys[place][1]
    if not isinstance(value, yaml.MappingNode) or value.flow_style:
        return None
    last = keys[place + 1][0].start_mark.line if place + 1 < len(keys) else close
    while not rows[last - 1].strip() or rows[last - 1].startswith("#"):
        last -= 1
    block = ["", *_indented(lines, value.start_mark.column)]
    return _between(rows, last, _joined(block, end), last + 2)


def _closed_at(text: str, end: int) -> int:
    """Return the number of lines before `...`, which closes a YAML document; without one, all of them."""
    closing = (each for each in yaml.scan(text) if isinstance(each, yaml.DocumentEndToken))
    return next((each.start_mark.line for each in closing), end)


def _between(rows: list[str], place: int, block: str, line: int) -> Inserted:
    return Inserted("".join(rows[:place]) + block + "".join(rows[place:]), line)


def _indented(lines: list[str], by: int) -> list[str]:
    return [" " * by + line if line else "" for line in lines]


def _joined(lines: list[str], end: str) -> str:
    return "".join(line + end for line in lines)
