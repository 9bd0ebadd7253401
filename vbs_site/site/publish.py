"""A release bundle and the content folder to `site/<release>/`, in every language, built aside and put in place at once."""

import csv
import datetime
import hashlib
import html
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

from vbs_site.catalogue.described import Described
from vbs_site.diagnostics import ExitCode, FaultError
from vbs_site.files import built_aside, write_text
from vbs_site.method.reading import read_method
from vbs_site.releases.bundle import Bundle, read_bundle
from vbs_site.site import builder
from vbs_site.site.content import content_faults, practices
from vbs_site.site.context import Context, make_environment
from vbs_site.site.docs import BANNER, SECTIONS, SHELL, SIGN, STAMPED, Docs, write_docs
from vbs_site.site.links import link_faults
from vbs_site.site.pages import (
    area,
    described,
    groups,
    indicator,
    measures,
    method,
    news,
    organisation,
    overviews,
    policy,
    protection,
    quality,
    unused,
    value,
)
from vbs_site.site.results import index_results
from vbs_site.site.stamp import Shell, split, write_page
from vbs_site.site.versions import FEED, LATEST, redirect, write_versions
from vbs_site.site.words import say

NAMES = {"da": "Dansk", "en": "English"}


@dataclass(frozen=True)
class Stamped:
    """A page that the build stamps: its address, title, one-sentence description, fragments and the shell it uses."""

    address: str
    title: str
    description: str
    fragments: dict[str, str]
    kind: str


def publish_site(
    release: Path, content: Path, configuration: Path, site: Path, say_step: Callable[[str], None]
) -> str:
    """Build one release's tree and refresh the list of versions.

    Args:
        release: the bundle's folder.
        content: what people wrote.
        configuration: the site owner's mkdocs.yml.
        site: folder of all releases' trees.
        say_step: told what is being done.

    Returns:
        The id of the newest release in the site.

    Raises:
        FaultError: for a bundle that is not as published, content that names what does not exist, or a dead link. The
            tree that stood there before is left untouched.
    """
    bundle = read_bundle(release)
    faults = content_faults(content, bundle.catalogue, bundle.organisations)
    if faults:
        raise FaultError(ExitCode.CONTENT, faults)
    owner = builder.read_owner(configuration)
    languages: list[str] = list(bundle.catalogue.catalogue.languages)
    with built_aside(site / bundle.id) as aside, tempfile.TemporaryDirectory(prefix="vbs-docs-") as scratch:
        plotly = _chart_bundle()
        for place, language in enumerate(languages):
            say_step(language)
            prefix = "" if place == 0 else f"{language}/"
            context = _context(bundle, content, language, prefix, plotly[0])
            docs = write_docs(_folder(Path(scratch) / language), content, language, bundle.catalogue)
            builder.build(
                _order(
                    bundle, content, configuration, owner, docs, aside / prefix, language, languages, prefix
                )
            )
            _stamp(context, docs, aside / prefix, languages, prefix)
            here, newest = (
                f"{owner['site_url'].rstrip('/')}/{each}/{prefix}" for each in (bundle.id, LATEST)
            )
            write_text(aside / prefix / FEED, news.feed(context, here, f"{newest}{FEED}"))
        (aside / "assets" / plotly[0]).write_bytes(plotly[1])
        shutil.copytree(bundle.folder, aside / "data")
        say_step("links")
        dead = link_faults(aside)
        if dead:
            raise FaultError(ExitCode.CONTENT, dead)
    return write_versions(site, languages)


def _folder(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


def _chart_bundle() -> tuple[str, bytes]:
    """Return the chart library as one file named by its content, so that it can be cached for ever."""
    content = package_files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()
    return f"plotly-{hashlib.sha256(content).hexdigest()[:12]}.min.js", content


def _context(bundle: Bundle, content: Path, language: str, prefix: str, plotly: str) -> Context:
    home = "../" if prefix else ""
    return Context(
        bundle,
        index_results(bundle),
        tuple(practices(content, language)),
        language,
        make_environment(),
        home,
        plotly,
    )


def _order(
    bundle: Bundle,
    content: Path,
    configuration: Path,
    owner: dict[str, Any],
    docs: Docs,
    out: Path,
    language: str,
    languages: list[str],
    prefix: str,
) -> builder.Build:
    about = bundle.catalogue.catalogue
    if language not in owner["nav"]:
        hint = f"Add extra.vbs.nav.{language}"
        raise FaultError.one(
            ExitCode.CONTENT, configuration, f"the configuration has a navigation in {language}", hint=hint
        )
    latest = bundle.deliveries["latest"]
    day = datetime.date.fromisoformat(latest) if latest else datetime.date(2000, 1, 1)
    return builder.Build(
        configuration=configuration,
        docs=docs.folder,
        out=out,
        language=language,
        name=about.title[language],
        address=f"{owner['site_url'].rstrip('/')}/{bundle.id}/{prefix}",
        navigation=owner["nav"][language],
        copyright=f'<a href="@@vbs:root@@tilgaengelighed/">{html.escape(say("accessibility", language))}</a>',
        alternate=tuple((each, NAMES[each], f"@@vbs:to_{each}@@") for each in languages)
        if len(languages) > 1
        else (),
        sections=docs.sections,
        epoch=int(datetime.datetime.combine(day, datetime.time(), datetime.UTC).timestamp()),
        written=content / language,
    )


def _stamp(context: Context, docs: Docs, out: Path, languages: list[str], prefix: str) -> None:
    """Fill the holes of every built page, stamp the pages that the builder has not seen, and tell search and sitemap."""
    banner = context.render("banner.html.jinja")
    shells = {
        kind: split((out / kind / SHELL / "index.html").read_text(encoding="utf-8")) for kind in STAMPED
    }
    for kind in shells:
        shutil.rmtree(out / kind / SHELL)
        if kind in SECTIONS:
            (out / kind).rmdir()
    for path in sorted([*out.rglob("index.html"), out / "404.html"]):
        if prefix == "" and any(path.is_relative_to(out / each) for each in languages[1:]):
            continue
        folder = path.parent.relative_to(out).as_posix()
        address = "" if folder == "." else f"{folder}/"
        fragments = (
            {BANNER: banner, SIGN: _sign(context, address)}
            | _written_page(context, docs, address)
            | _ways(context, address, languages, prefix)
        )
        path.write_text(
            split(path.read_text(encoding="utf-8")).fill(fragments), encoding="utf-8", newline="\n"
        )
    pages = list(_stamped(context))
    for page in pages:
        ways = _ways(context, page.address, languages, prefix)
        shell: Shell = shells[page.kind]
        write_page(
            out,
            page.address,
            shell,
            {BANNER: banner, SIGN: _sign(context, page.address)} | page.fragments | ways,
            title=page.title,
            description=page.description,
            shell_path=f"{page.kind}/{SHELL}/",
        )
    _write_tables(context, out)
    _write_former(context, out)
    _tell_search(out, pages)
    _tell_sitemap(out, pages)


def _sign(context: Context, address: str) -> str:
    return context.render("sign_note.html.jinja", root=context.root(address))


def _ways(context: Context, address: str, languages: list[str], prefix: str) -> dict[str, str]:
    """Return the ways from a page to its language's root, and from that root to the page in each language."""
    ways = {"root": context.root(address)}
    for place, language in enumerate(languages):
        ways[f"to_{language}"] = ("../" if prefix else "") + ("" if place == 0 else f"{language}/") + address
    return ways


def _written_page(context: Context, docs: Docs, address: str) -> dict[str, str]:
    name = docs.holes.get(address)
    makers: dict[str, Callable[[], str]] = {
        "front": lambda: overviews.front(context),
        "indicators": lambda: overviews.indicators(context),
        "organisations": lambda: organisation.list_fragment(context),
        "practice_list": lambda: overviews.practice_list(context),
        "release": lambda: overviews.release(context),
        "quality": lambda: quality.quality(context),
        "method": lambda: method.index(context),
        "policy": lambda: policy.page(context),
        "groups": lambda: groups.page(context),
        "protection": lambda: protection.page(context),
        "value": lambda: value.page(context),
        "area": lambda: area.area(context, address.split("/")[1]),
        "practice": lambda: overviews.practice(
            context, next(each for each in context.practices if each.slug == address.split("/")[1])
        ),
    }
    return {name: makers[name]()} if name else {}


def _stamped(context: Context) -> Iterator[Stamped]:
    catalogue = context.bundle.catalogue
    for name, each in catalogue.computed.items():
        fragments = indicator.fragments(context, name)
        yield Stamped(
            measures.path(name),
            context.text(each.title),
            context.definition(name)["sentence"],
            fragments,
            "indikator",
        )
    for name, measure in {**catalogue.indicators, **catalogue.described}.items():
        if measure.lifecycle.state != "active":
            words, fragments = unused.description(context, name), unused.fragments(context, name)
        elif isinstance(measure, Described):
            words, fragments = context.text(measure.definition), described.fragments(context, name)
        else:
            continue
        yield Stamped(measures.path(name), context.text(measure.title), words, fragments, "beskrevet")
    for unit in context.shown_organisations:
        title = context.text(unit.name)
        description = f"{title}: {context.say('all_indicators').lower()}"
        yield Stamped(
            organisation.path(unit.id),
            title,
            description,
            organisation.fragments(context, unit),
            "organisation",
        )
    for name, topic in read_method().topics.items():
        title, fragments = context.text(topic.title), method.fragments(context, name)
        yield Stamped(method.path(name), title, context.text(topic.intro), fragments, "metode")


def _write_tables(context: Context, out: Path) -> None:
    """Write the rows of each indicator and each organisation as a CSV beside its page: the same rows as in the release."""
    with (context.bundle.folder / "results.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = list(csv.reader(file))
    for column, kind in (("indicator", "indikator"), ("unit", "organisation")):
        place = header.index(column)
        groups: dict[str, list[list[str]]] = {}
        for row in rows:
            groups.setdefault(row[place], []).append(row)
        for name, members in groups.items():
            folder = out / kind / name
            if folder.is_dir():
                with (folder / "results.csv").open("w", encoding="utf-8", newline="") as file:
                    csv.writer(file, lineterminator="\n").writerows([header, *members])


def _write_former(context: Context, out: Path) -> None:
    """Write a redirect under each former id of a measure to its page."""
    catalogue = context.bundle.catalogue
    for name, measure in {**catalogue.indicators, **catalogue.described}.items():
        for alias in measure.aliases:
            write_text(out / measures.path(alias) / "index.html", redirect(f"../{name}/"))


def _tell_search(out: Path, pages: list[Stamped]) -> None:
    path = out / "search" / "search_index.json"
    index = json.loads(path.read_text(encoding="utf-8"))
    index["docs"] = [each for each in index["docs"] if f"/{SHELL}/" not in each["location"]]
    index["docs"] += [
        {"location": page.address, "title": html.escape(page.title), "text": html.escape(page.description)}
        for page in pages
    ]
    path.write_text(
        json.dumps(index, ensure_ascii=False, separators=(",", ":")), encoding="utf-8", newline="\n"
    )


def _tell_sitemap(out: Path, pages: list[Stamped]) -> None:
    """Write the stamped pages into the sitemap: the version selector reads it to stay on the page."""
    path = out / "sitemap.xml"
    text = path.read_text(encoding="utf-8")
    entry = next(part for part in text.split("<url>") if f"/indikator/{SHELL}/" in part).split("</url>")[0]
    kept = [part for part in text.split("<url>")[1:] if f"/{SHELL}/" not in part]
    added = [entry.replace(f"indikator/{SHELL}/", page.address) + "</url>\n" for page in pages]
    head = text.split("<url>")[0]
    body = "".join(f"    <url>{part.split('</url>')[0]}</url>\n" for part in [*kept, *added])
    path.write_text(f"{head.rstrip()}\n{body}</urlset>\n", encoding="utf-8", newline="\n")
    (out / "sitemap.xml.gz").unlink(missing_ok=True)
