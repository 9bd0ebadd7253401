"""Where things lie: what is read, what is written, and the newest of what was published."""

from dataclasses import dataclass
from pathlib import Path

from vbs_site.diagnostics import ExitCode, FaultError


@dataclass(frozen=True)
class Places:
    """Where things lie.

    Attributes:
        catalogue: the main file; content, mkdocs.yml and data lie beside it unless told otherwise.
        extracts: what regions delivered.
        aggregates, parts, cache, logs, releases, site: what is written; a unit's part is a folder below `parts`.
    """

    catalogue: Path
    extracts: Path
    aggregates: Path
    parts: Path
    cache: Path
    logs: Path
    releases: Path
    site: Path

    @classmethod
    def around(cls, catalogue: Path, extracts: Path | None = None, out: Path | None = None) -> "Places":
        """Return the places of a catalogue; `out` moves everything that is written there."""
        home = catalogue.resolve().parent
        data = out.resolve() if out else home / "data"
        site = out.resolve() / "site" if out else home / "site"
        return cls(
            catalogue,
            extracts or home / "data" / "extracts",
            data / "aggregates",
            data / "parts",
            data / "cache",
            data / "logs",
            data / "releases",
            site,
        )

    @property
    def content(self) -> Path:
        """Return the folder with what people write."""
        return self.catalogue.parent / "content"

    @property
    def configuration(self) -> Path:
        """Return the site owner's configuration."""
        return self.catalogue.parent / "mkdocs.yml"


def published(places: Places) -> list[str]:
    """Return the ids of the bundles, the newest last.

    Raises:
        FaultError: when there is none (exit code 13).
    """
    found = (
        sorted(each.parent.name for each in places.releases.glob("*/manifest.json"))
        if places.releases.is_dir()
        else []
    )
    if not found:
        raise FaultError.one(
            ExitCode.RELEASE,
            places.releases,
            "a release is there",
            hint="Run `build.py` or `build.py release` first",
        )
    return found


def newest_release(places: Places) -> str:
    """Return the id of the newest bundle.

    Raises:
        FaultError: when there is none (exit code 13).
    """
    return published(places)[-1]
