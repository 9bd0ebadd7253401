"""The generated docs folder: what people wrote, with holes for what the build adds, and one shell per stamped page type."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from vbs_site.catalogue.model import Catalogue
from vbs_site.site.content import PRACTICES
from vbs_site.site.pages import described, groups, indicator, method, organisation, policy, protection, value
from vbs_site.site.stamp import DESCRIPTION, TITLE, hole
from vbs_site.site.words import say

ASSETS = Path(__file__).parent / "assets"
SHELL = "vbs-shell"
BANNER = "banner"
SIGN = "sign"
"""The hole at the end of a page on which a figure can be hidden: what the sign means that stands there instead."""
STAMPED = {
    "indikator": indicator.HOLES,
    "beskrevet": described.HOLES,
    "organisation": organisation.HOLES,
    "metode": method.HOLES,
}
"""Type of page, which is the folder of its shell, to the holes in it."""
SECTIONS = {"beskrevet": "indikator"}
"""Type of page to the folder of the section that it is shown under, where that is another; addresses lie there too."""
HIDDEN = {
    "front": "[navigation, toc]",
    "area": "[toc]",
    "indicators": "[navigation, toc]",
    "organisations": "[navigation]",
    "practice_list": "[navigation]",
    "protection": "[toc]",
}
"""Hole to what its page does without beside it: the section's list of pages, or the table of contents."""
SIGNED = ("front", "area", "indicators", "policy", "practice", "value")
"""Holes of pages that have figures."""
SIGNED_KINDS = ("indikator", "organisation")
"""Types of stamped pages that have figures."""
HEADED = {"method": "rules_and_examples"}
"""Holes under a heading of their own, which the page's table of contents then lists."""


@dataclass(frozen=True)
class Docs:
    """A docs folder ready for the builder.

    Attributes:
        folder: where it lies.
        holes: page address to the name of the hole at its end.
        sections: shell file to the index file of the section that it is shown under.
    """

    folder: Path
    holes: dict[str, str]
    sections: dict[str, str]


def write_docs(folder: Path, content: Path, language: str, catalogue: Catalogue) -> Docs:
    """Copy the content of one language and add holes and shells.

    Args:
        folder: empty folder to fill.
        content: the content folder; pages that the site needs and nobody wrote get a title only.
        language: which language.
        catalogue: for areas and titles.
    """
    written = content / language
    if written.is_dir():
        shutil.copytree(written, folder, dirs_exist_ok=True)
    holes = _holes(catalogue, folder)
    for address, name in holes.items():
        _append(folder, address, name, _title(catalogue, address, language), language)
    for path in sorted(folder.rglob("*.md")):
        _with_banner(path)
    sections = {}
    for kind in STAMPED:
        path = folder / kind / f"{SHELL}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(_shell(kind, language), encoding="utf-8", newline="\n")
        section = SECTIONS.get(kind, kind)
        flat = (folder / f"{section}.md").exists()
        sections[f"{kind}/{SHELL}.md"] = f"{section}.md" if flat else f"{section}/index.md"
    shutil.copytree(ASSETS, folder / "assets", dirs_exist_ok=True)
    return Docs(folder, holes, sections)


def _holes(catalogue: Catalogue, folder: Path) -> dict[str, str]:
    pages = {
        "": "front",
        "indikator/": "indicators",
        "organisation/": "organisations",
        f"{PRACTICES}/": "practice_list",
        "udgivelse/": "release",
        "datakvalitet/": "quality",
        "metode/": "method",
        protection.PATH: "protection",
    }
    if catalogue.policies:
        pages[policy.PATH] = "policy"
    if catalogue.value:
        pages[value.PATH] = "value"
    if catalogue.groups:
        pages[groups.PATH] = "groups"
    pages |= {f"omraade/{area}/": "area" for area in catalogue.areas}
    return pages | {
        f"{PRACTICES}/{path.stem}/": "practice"
        for path in sorted((folder / PRACTICES).glob("*.md"))
        if path.stem != "index"
    }


def _title(catalogue: Catalogue, address: str, language: str) -> str:
    if address.startswith("omraade/"):
        return catalogue.areas[address.split("/")[1]].title[language]
    keys = {
        "indikator/": "indicators",
        "organisation/": "organisations",
        f"{PRACTICES}/": "practices",
        "udgivelse/": "release",
        "datakvalitet/": "quality",
        "metode/": "method_page",
        policy.PATH: "policies",
        groups.PATH: "decisions",
        value.PATH: "value_page",
        protection.PATH: "protection_page",
    }
    return say(keys[address], language) if address in keys else catalogue.catalogue.title[language]


def _append(folder: Path, address: str, name: str, title: str, language: str) -> None:
    """Add a hole at the end of the page at an address, unless the page has it where it should be.

    `x.md` and `x/index.md` are the same address.
    """
    flat, nested = folder / f"{address.rstrip('/')}.md", folder / address / "index.md"
    path = flat if address and flat.exists() else nested
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {title}\n", encoding="utf-8")
    text = path.read_text(encoding="utf-8").rstrip("\n")
    if name in HEADED:
        text += f"\n\n## {say(HEADED[name], language)} {{#{HEADED[name].replace('_', '-')}}}"
    # Tables and charts need the room; a page that says itself what it hides keeps its own front matter.
    hidden = HIDDEN.get(name)
    front = f"---\nhide: {hidden}\n---\n" if hidden and not text.startswith("---\n") else ""
    ends = [hole(each) for each in (name, *([SIGN] if name in SIGNED else [])) if hole(each) not in text]
    path.write_text("\n\n".join([f"{front}{text}", *ends]) + "\n", encoding="utf-8", newline="\n")


def _with_banner(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    front, rest = "", text
    if text.startswith("---\n"):
        head, mark, rest = text[4:].partition("\n---\n")
        front = f"---\n{head}{mark}"
    path.write_text(f"{front}{hole(BANNER)}\n\n{rest}", encoding="utf-8", newline="\n")


def _shell(kind: str, language: str) -> str:
    """Return the Markdown of a shell: the title, then a heading and a hole per part; the first part has no heading."""
    front = (
        f"---\ntitle: {json.dumps(TITLE)}\ndescription: {json.dumps(DESCRIPTION)}\nhide: [navigation]\n---\n"
    )
    names = STAMPED[kind]
    headings = {"within": "sub_units", "results": "all_indicators"}
    parts = [
        f"## {say(headings.get(name, name), language)} {{#{name}}}\n\n{hole(name)}" for name in names[1:]
    ]
    ends = [hole(SIGN)] if kind in SIGNED_KINDS else []
    return "\n\n".join([f"{front}{hole(BANNER)}", f"# {TITLE}", hole(names[0]), *parts, *ends]) + "\n"
