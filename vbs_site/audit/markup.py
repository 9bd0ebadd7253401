"""HTML, SVG and XML as a tree, whatever wrote it: minified, or with tags left open."""

import html
import re
from dataclasses import dataclass, field
from functools import cached_property

_TAG = re.compile(
    r"<!--.*?-->|<!\[CDATA\[(.*?)\]\]>|<[!?][^>]*>|<(/?)([a-zA-Z][\w:.-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([^\s=/\"'<>]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+)))?")
VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
RAW = ("script", "style")
_CLOSE = {name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in RAW}


@dataclass
class Node:
    """An element.

    Attributes:
        tag: its name, in lower case.
        raw: its attributes as they stand.
        line: the line on which it begins, from 1.
        parent: the element that it is in.
        children: elements and texts in it, in order.
        every: all elements of the text, in the order in which they begin; the same list for all.
        begin, end: where it and what is in it stand among these.
    """

    tag: str
    raw: str = ""
    line: int = 0
    parent: "Node | None" = None
    children: "list[Node | str]" = field(default_factory=list)
    every: "list[Node]" = field(default_factory=list, repr=False)
    begin: int = 0
    end: int = 0

    @cached_property
    def attributes(self) -> dict[str, str]:
        """Return its attributes, unescaped."""
        return {
            match[1].lower(): html.unescape(match[2] or match[3] or match[4] or "")
            for match in _ATTRIBUTE.finditer(self.raw)
        }

    def get(self, name: str) -> str:
        """Return an attribute; empty when there is none."""
        return self.attributes.get(name, "") if name in self.raw else ""

    def walk(self) -> "list[Node]":
        """Return it and every element in it, in order."""
        return self.every[self.begin : self.end]

    def find(self, *tags: str) -> "list[Node]":
        """Return the elements in it that have one of some names."""
        return [each for each in self.every[self.begin : self.end] if each.tag in tags]

    def first(self, tag: str) -> "Node | None":
        """Return the first element in it with a name."""
        return next((each for each in self.every[self.begin : self.end] if each.tag == tag), None)

    def text(self, *without: str) -> str:
        """Return its text with single spaces, without that of some elements."""
        parts = list[str]()
        self._gather(parts, without)
        return " ".join("".join(parts).split())

    def _gather(self, parts: list[str], without: tuple[str, ...]) -> None:
        for child in self.children:
            if isinstance(child, str):
                parts.append(child)
            elif child.tag not in without:
                inline = child.tag in (
                    "a",
                    "b",
                    "em",
                    "i",
                    "span",
                    "strong",
                    "sup",
                    "sub",
                    "code",
                    "cite",
                    "tspan",
                )
                parts.append("" if inline else " ")
                child._gather(parts, without)  # noqa: SLF001 - the same class
                parts.append("" if inline else " ")

    def within(self, tag: str) -> "Node | None":
        """Return the nearest element around it with a name."""
        here = self.parent
        while here is not None and here.tag != tag:
            here = here.parent
        return here

    def mark_up(self) -> str:
        """Return everything in it, tags and attributes included, as one line."""
        parts = list[str]()
        for child in self.children:
            parts.append(
                child if isinstance(child, str) else f"<{child.tag} {child.raw.strip()}>{child.mark_up()}"
            )
        return " ".join("".join(parts).split())


def parse(text: str) -> Node:
    """Return the tree of a text; its root has no name."""
    root = Node("")
    every = root.every
    every.append(root)
    here, place, line = root, 0, 1
    while (match := _TAG.search(text, place)) is not None:
        before = text[place : match.start()]
        if before.strip():
            here.children.append(html.unescape(before))
        elif before:
            here.children.append(" ")
        line += before.count("\n")
        begins, place = line, match.end()
        line += match[0].count("\n")
        name = (match[3] or "").lower()
        if not name:
            if match[1]:
                here.children.append(match[1])
            continue
        if match[2]:
            here = _closed(here, name, len(every))
            continue
        raw = match[4] or ""
        node = Node(name, raw.rstrip("/ \n"), begins, here, every=every, begin=len(every), end=len(every) + 1)
        every.append(node)
        here.children.append(node)
        if name in RAW and not raw.endswith("/"):
            end = _CLOSE[name].search(text, place)
            stop = end.start() if end else len(text)
            node.children.append(text[place:stop])
            line += text.count("\n", place, stop)
            place = end.end() if end else stop
        elif name not in VOID and not raw.endswith("/"):
            here = node
    if text[place:].strip():
        here.children.append(html.unescape(text[place:]))
    open_: Node | None = here
    while open_ is not None:
        open_.end = len(every)
        open_ = open_.parent
    return root


def _closed(here: Node, name: str, end: int) -> Node:
    """Return where the text goes on after a closing tag; one that closes nothing is passed over."""
    node: Node | None = here
    while node is not None and node.tag != name:
        node = node.parent
    if node is None or node.parent is None:
        return here
    inner: Node = here
    while inner is not node.parent and inner.parent is not None:
        inner.end = end
        inner = inner.parent
    return node.parent
