"""Whether anything has changed since the last build: names, sizes, times and texts, without loading anything heavy."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from vbs_site.files import write_text

STATE = ".build.json"


def fingerprint(texts: Iterable[Path], stamped: Iterable[Path], words: Iterable[str]) -> str:
    """Return a fingerprint of inputs.

    Args:
        texts: files (or folders of files) that are small enough to be read whole.
        stamped: files or folders that are known by name, size and time.
        words: anything else that decides what is built, such as options.
    """
    total = hashlib.sha256()
    for word in words:
        total.update(f"{word}\0".encode())
    for path in _files(texts):
        total.update(f"{path}\0".encode() + path.read_bytes() + b"\0")
    for path in _files(stamped):
        status = path.stat()
        total.update(f"{path} {status.st_size} {status.st_mtime_ns}\0".encode())
    return total.hexdigest()


def _files(places: Iterable[Path]) -> list[Path]:
    found = set[Path]()
    for place in places:
        found |= (
            {path for path in place.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
            if place.is_dir()
            else {place}
            if place.is_file()
            else set()
        )
    return sorted(found)


def remember(site: Path, state: dict[str, str]) -> None:
    """Keep what was built."""
    write_text(site / STATE, json.dumps(state, indent=1, sort_keys=True) + "\n")


def remembered(site: Path) -> dict[str, str]:
    """Return what was built last, empty when nothing is known."""
    try:
        state = json.loads((site / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in state.items()} if isinstance(state, dict) else {}
