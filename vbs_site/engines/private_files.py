"""Files that hold patient rows, or tell of single ones: whatever the machine's own settings, their owner alone reads them."""

import os
from pathlib import Path

FOLDER, FILE = 0o700, 0o600
"""Modes of a folder and of a file that nobody but the owner opens."""
NEVER_IN_GIT = ".gitignore"
NEVER_IN_A_BACKUP = "CACHEDIR.TAG"
"""Tells backup programs to pass a folder over (bford.info/cachedir): rows that are deleted shall be gone."""

_MARKS = {
    NEVER_IN_GIT: "# Patient rows lie here: never in git.\n*\n",
    NEVER_IN_A_BACKUP: "Signature: 8a477f597d28d172789f06886806bc55\n# Patient rows lie here: never in a backup.\n",
}


def mark_confidential(folder: Path) -> None:
    """Make a folder that holds patient rows: its owner's alone, and passed over by git and by backups."""
    private_folder(folder)
    for name, text in _MARKS.items():
        if not (folder / name).exists():
            write_private(folder / name, text)


def private_folder(folder: Path) -> None:
    """Make a folder, unless it is there, and shut it to everybody but its owner.

    Raises:
        OSError: when it belongs to somebody else and is open to others.
    """
    folder.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    _shut(folder, FOLDER)


def private_file(path: Path) -> None:
    """Shut a file to everybody but its owner.

    Raises:
        OSError: as for `private_folder`.
    """
    _shut(path, FILE)


def write_private(path: Path, text: str) -> None:
    """Write a text file in one step, for its owner alone; see `files.write_text`."""
    private_folder(path.parent)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.touch(FILE)
        private_file(aside)
        aside.write_text(text, encoding="utf-8", newline="\n")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _shut(path: Path, mode: int) -> None:
    if path.stat().st_mode & 0o777 != mode:
        path.chmod(mode)
