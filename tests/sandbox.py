"""A machine of its own for the product, in which everything that it writes or says can be searched for canaries."""

import os
import shutil
import subprocess
import sys

from canaries import Search
from canary_project import all_canaries, deliver, rows, write_project
from commands import ROOT

WATCH = """
import os, sys
_log = os.open(os.environ["WATCH_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def _watch(event, args):
    if event == "open":
        path, _, flags = args
        paths = [path] if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) else []
    elif event in ("os.mkdir", "os.rename", "os.link", "os.symlink"):
        paths = args[1:2] if event != "os.mkdir" else args[:1]
    else:
        return
    for path in paths:
        if isinstance(path, (str, bytes, os.PathLike)):
            os.write(_log, os.fsencode(os.path.abspath(os.fsdecode(path))) + b"\\n")
sys.addaudithook(_watch)
"""
"""Writes down where a Python program writes."""


class Sandbox:
    """A machine of its own for the product: home, temporary folder, working folder and project; all modes are open."""

    def __init__(self, folder, style):
        """Make the folders; `style` is that of `canary_project.IDS`."""
        self.folder, self.style = folder, style
        self.project, self.log = folder / "project", folder / "watch.log"
        self.extracts, self.cache = self.project / "data/extracts", self.project / "data/cache"
        self.search = Search(all_canaries(style))
        self.said = ""
        for name in ("home", "tmp", "cwd", "hook"):
            (folder / name).mkdir(parents=True)
        (folder / "hook" / "sitecustomize.py").write_text(WATCH, encoding="utf-8")

    @property
    def env(self):
        """Return the environment of every program that is run here."""
        kept = {
            key: os.environ[key] for key in os.environ if key.startswith(("PATH", "PG", "JAVA_HOME", "LANG"))
        }
        own = {
            "HOME": "home",
            "XDG_CACHE_HOME": "home/cache",
            "XDG_CONFIG_HOME": "home/config",
            "TMPDIR": "tmp",
        }
        java = f"-Djava.io.tmpdir={self.folder / 'tmp'} -XX:-UsePerfData -XX:TieredStopAtLevel=1"
        return (
            kept
            | {key: str(self.folder / name) for key, name in own.items()}
            | {"PYTHONPATH": str(self.folder / "hook"), "WATCH_LOG": str(self.log)}
            | {"PYTHONDONTWRITEBYTECODE": "1", "JAVA_TOOL_OPTIONS": java}
        )

    def command(self, *arguments):
        """Return a command line and how to start it: everybody may read what is written, unless the product sees to it."""
        line = [
            sys.executable,
            "-u",
            ROOT / "build.py",
            *arguments,
            "--catalogue",
            self.project / "indicators.yaml",
        ]
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return list(map(str, line)), options | {"cwd": self.folder / "cwd", "env": self.env, "umask": 0}

    def run(self, *arguments, code=0):
        """Run a verb; return the finished process."""
        line, options = self.command(*arguments)
        done = subprocess.run(line, timeout=300, check=False, **options)
        self.said += done.stdout + done.stderr
        assert done.returncode == code, done.stderr
        return done

    def deliver(self, *, planted=True, schema=None):
        """Write the project and its deliveries, with canaries or without; `schema` names where its tables lie, too."""
        data = write_project(self.project, self.style, schema)
        shutil.rmtree(self.extracts, ignore_errors=True)
        deliver(self.extracts, data, rows(self.style, planted=planted))
        return data

    def leaks(self):
        """Return where canaries are that nobody may find them: every place but the extracts and the cache."""
        found = self.search.below(self.folder, self.extracts, self.cache)
        if pairs := self.search.in_bytes(self.said.encode()):
            found["said"] = sorted(pairs)
        return found

    def spills(self):
        """Return the folders for what does not fit in memory."""
        return sorted(self.cache.glob(".spill-*"))
