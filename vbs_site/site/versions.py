"""The list of releases that the version selector reads, and the addresses that always lead to the newest one."""

import html
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from vbs_site.files import built_aside, write_text

LATEST = "latest"
FEED = "feed.xml"
"""File of what is new, at the root of each language."""


def releases_in(site: Path) -> list[str]:
    """Return the ids of the releases in a site, newest first."""
    found = [
        each.name
        for each in site.iterdir()
        if each.is_dir()
        and not each.name.startswith(".")
        and each.name != LATEST
        and (each / "index.html").exists()
    ]
    return sorted(found, reverse=True)


def write_versions(site: Path, languages: Sequence[str]) -> str:
    """Write `versions.json` (mike's format), the redirects under `latest/` and the root's redirect; return the newest id.

    The selector looks for the list one level above the root of a language. For the first language that is the site's
    root. For the others it is the release's own folder, so each release has a list of its own there, in which the
    other releases are reached by `../id/language` and the release itself is known by the language's name.
    """
    ids = releases_in(site)
    newest = ids[0]
    write_text(
        site / "versions.json",
        _listed(
            [{"version": each, "title": each, "aliases": [LATEST] if each == newest else []} for each in ids]
        ),
    )
    for language in languages[1:]:
        for release in ids:
            entries = [
                {
                    "version": f"../{each}/{language}",
                    "title": each,
                    "aliases": ([language] if each == release else []) + ([LATEST] if each == newest else []),
                }
                for each in ids
                if (site / each / language).is_dir()
            ]
            write_text(site / release / "versions.json", _listed(entries))
    _write_latest(site, newest)
    write_text(site / "index.html", redirect(f"{LATEST}/"))
    return newest


def _listed(entries: Sequence[Mapping[str, object]]) -> str:
    return json.dumps(entries, ensure_ascii=False, indent=1) + "\n"


def _write_latest(site: Path, newest: str) -> None:
    """Write one redirect per page of the newest release, so that any address under `latest/` keeps working.

    A feed is read by programs, which follow no redirect of a page: the newest stands there itself.
    """
    with built_aside(site / LATEST) as aside:
        for page in sorted((site / newest).rglob("index.html")):
            place = page.parent.relative_to(site / newest).as_posix()
            address = "" if place == "." else f"{place}/"
            target = aside / address / "index.html"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(
                redirect("../" * (address.count("/") + 1) + f"{newest}/{address}"),
                encoding="utf-8",
                newline="\n",
            )
        for feed in sorted((site / newest).rglob(FEED)):
            shutil.copyfile(feed, aside / feed.relative_to(site / newest))
    shutil.rmtree(site / f".old-{LATEST}", ignore_errors=True)


def redirect(target: str) -> str:
    """Return a page that leads to another address at once."""
    where = html.escape(target, quote=True)
    return (
        f'<!doctype html>\n<html lang="da">\n<head>\n<meta charset="utf-8">\n<title>{where}</title>\n'
        f'<link rel="canonical" href="{where}">\n<meta http-equiv="refresh" content="0; url={where}">\n'
        f'</head>\n<body><a href="{where}">{where}</a></body>\n</html>\n'
    )
