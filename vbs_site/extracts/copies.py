"""Typed copies of delivered files: each stands in the cache for a file as it is, and goes when that file changes or goes.

A copy holds patient rows. What was delivered by mistake, or corrected, or deleted shall not live on beside the deliveries.
"""

import hashlib
import json
import re
from pathlib import Path

from vbs_site.engines.private_files import write_private

_COPY = re.compile(r"\A[A-Za-z][A-Za-z0-9_]*-[0-9a-f]{20}\.parquet\Z")
"""Source and stamp. Derived files, which `measures.derived` looks after, have a word more."""


def copy_of(path: Path, name: str, words: str, cache: Path) -> Path:
    """Return where the copy of a delivered file lies, or is to lie.

    Args:
        path: the delivered file.
        name: the source.
        words: everything else that decides what the copy holds.
        cache: its folder.
    """
    stamp = hashlib.sha256(f"{words} {_as_it_is(path)}".encode()).hexdigest()[:20]
    return cache / f"{name}-{stamp}.parquet"


def note_copy(path: Path, copy: Path) -> None:
    """Write beside a copy which file it stands for, and remove earlier copies of that file for the same source."""
    source, _, _ = copy.name.partition("-")
    for other in copies(copy.parent):
        same = other.name.startswith(f"{source}-") and _delivered(other) in (None, path.resolve())
        if same and other != copy:
            remove_copy(other)
    note = {"delivered": str(path.resolve()), "as_it_was": _as_it_is(path)}
    write_private(_note(copy), json.dumps(note, sort_keys=True) + "\n")


def remove_stale(cache: Path) -> None:
    """Remove the copies of files that are gone or have changed."""
    for copy in copies(cache):
        path = _delivered(copy)
        if path is None or not path.exists() or _read(copy).get("as_it_was") != _as_it_is(path):
            remove_copy(copy)


def copies(cache: Path) -> list[Path]:
    """Return the copies in a cache."""
    return sorted(path for path in cache.glob("*.parquet") if _COPY.match(path.name))


def remove_copy(copy: Path) -> None:
    """Remove a copy and what is written beside it."""
    copy.unlink(missing_ok=True)
    _note(copy).unlink(missing_ok=True)


def _note(copy: Path) -> Path:
    return copy.with_suffix(".json")


def _as_it_is(path: Path) -> str:
    status = path.stat()
    return f"{path.resolve()} {status.st_size} {status.st_mtime_ns}"


def _read(copy: Path) -> dict[str, str]:
    try:
        note = json.loads(_note(copy).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}


def _delivered(copy: Path) -> Path | None:
    path = _read(copy).get("delivered")
    return Path(path) if path else None
