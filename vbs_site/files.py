"""Files and folders that are written aside and then put in place, so that nothing is ever half-written."""

import contextlib
import ctypes
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Write a text file in one step: whoever reads it sees the old or the new text, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_text(text, encoding="utf-8", newline="\n")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


@contextlib.contextmanager
def built_aside(target: Path, *, replace: bool = True) -> Iterator[Path]:
    """Give an empty folder beside `target`; when the block ends well it takes the target's place, else it is removed.

    With `replace=False` a target that exists stays as it is.

    The exchange is a single step where the system offers one (Linux), otherwise two renames; a run that was killed
    in between is repaired by `repair`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".new-{target.name}-", dir=target.parent))
    aside.chmod(0o755)
    try:
        yield aside
        if replace or not target.exists():
            _take_place(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _take_place(new: Path, target: Path) -> None:
    if not target.exists():
        new.rename(target)
        return
    if _exchange(new, target):
        return  # the former content now lies at `new` and is removed by the caller
    old = target.parent / f".old-{target.name}"
    shutil.rmtree(old, ignore_errors=True)
    target.rename(old)
    new.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two folders in one step; return False where the system cannot."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        at_fdcwd, rename_exchange = -100, 2
        return bool(library.renameat2(at_fdcwd, bytes(one), at_fdcwd, bytes(other), rename_exchange) == 0)
    except (AttributeError, OSError, TypeError):
        return False


def repair(folder: Path) -> None:
    """Remove what an interrupted run left in a folder, and put back a version that it had moved aside."""
    if not folder.is_dir():
        return
    for old in folder.glob(".old-*"):
        target = folder / old.name.removeprefix(".old-")
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.rename(target)
    for pattern in (".new-*", ".spill-*"):
        for left in folder.glob(pattern):
            shutil.rmtree(left, ignore_errors=True)
