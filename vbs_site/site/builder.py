"""The page builder behind one door: a folder of Markdown and a configuration in, a tree of HTML out.

Today the builder is MkDocs 1.6 with Material, called through its Python API. Material gets no fixes after 2027-05-05 and
MkDocs 2 does not run it; whatever follows has to offer this one function. Nothing outside this module knows the builder.
"""

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError

_PLACE = re.compile(r"[Dd]oc file '([^']+)'")


@dataclass(frozen=True)
class Build:
    """One tree to build.

    Attributes:
        configuration: the site owner's mkdocs.yml.
        docs: folder of Markdown and assets.
        out: folder to write.
        language: of the theme and of search.
        name: title of the site.
        address: absolute address at which the tree will stand; used in canonical links and the sitemap.
        navigation: MkDocs `nav`.
        copyright: HTML of the footer.
        alternate: (language, name, link) for the language selector.
        sections: page to the page of the navigation under which it is shown.
        epoch: seconds that stand for the time of building, so that the same input gives the same bytes.
        written: folder that the pages were copied from; faults name the file there.
    """

    configuration: Path
    docs: Path
    out: Path
    language: str
    name: str
    address: str
    navigation: list[Any]
    copyright: str
    alternate: tuple[tuple[str, str, str], ...]
    sections: dict[str, str]
    epoch: int
    written: Path


def build(order: Build) -> None:
    """Build one tree.

    Raises:
        FaultError: with a line for each warning of the builder, such as a broken link in what people wrote (exit code 12).
    """
    from mkdocs.commands.build import build as build_site  # noqa: PLC0415 - costs half a second, and only here
    from mkdocs.config import load_config  # noqa: PLC0415
    from mkdocs.exceptions import MkDocsException  # noqa: PLC0415

    with _heard() as warnings, _built_at(order.epoch):
        try:
            config = load_config(
                str(order.configuration),
                docs_dir=str(order.docs.resolve()),
                site_dir=str(order.out.resolve()),
                site_name=order.name,
                site_url=order.address,
                nav=order.navigation,
                copyright=order.copyright,
            )
            config.theme["language"] = order.language
            config.extra["alternate"] = [
                {"lang": language, "name": name, "link": link} for language, name, link in order.alternate
            ]
            search = config.plugins.get("material/search") or config.plugins.get("search")
            if search is not None:
                search.config["lang"] = [order.language]
            config.plugins["vbs/sections"] = _sections(order.sections)
            config.plugins.run_event("startup", command="build", dirty=False)
            build_site(config)
            config.plugins.run_event("shutdown")
        except MkDocsException as error:
            raise FaultError.one(
                ExitCode.CONTENT, order.configuration, "the site can be built", got=str(error).splitlines()[0]
            ) from None
    if warnings:
        raise FaultError(ExitCode.CONTENT, [_diagnosis(order, each) for each in warnings])


def read_owner(configuration: Path) -> dict[str, Any]:
    """Return what a site owner sets for us in mkdocs.yml: `site_url`, and `extra.vbs` with the navigation per language.

    Raises:
        FaultError: when the file is missing or broken (exit code 12).
    """

    # The builder's own tags (!!python/name and the like) are its business; here they are read as nothing.
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("", lambda _loader, _suffix, _node: None)
    try:
        settings = yaml.load(configuration.read_text(encoding="utf-8"), Loader=Loader)  # noqa: S506 - a SafeLoader
        return {"site_url": str(settings["site_url"]), "nav": dict(settings["extra"]["vbs"]["nav"])}
    except OSError as error:
        raise FaultError.one(
            ExitCode.CONTENT, configuration, "the site's configuration can be read", got=error.strerror or ""
        ) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise FaultError(
            ExitCode.CONTENT,
            [Diagnosis(str(configuration), line, "", "the configuration is YAML", error.problem or "")],
        ) from None
    except (KeyError, TypeError, ValueError):
        rule = "the configuration has site_url and, under extra.vbs.nav, a navigation per language"
        raise FaultError.one(
            ExitCode.CONTENT, configuration, rule, hint="Compare with the project's own mkdocs.yml"
        ) from None


@contextmanager
def _heard() -> Iterator[list[str]]:
    """Give the builder's warnings, and keep its other words off the terminal."""
    warnings = list[str]()

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.WARNING:
                warnings.append(record.getMessage())

    logger, ear = logging.getLogger("mkdocs"), Ear()
    level, propagate = logger.level, logger.propagate
    logger.addHandler(ear)
    logger.propagate = False
    logger.setLevel(logging.WARNING)
    try:
        yield warnings
    finally:
        logger.removeHandler(ear)
        logger.setLevel(level)
        logger.propagate = propagate


@contextmanager
def _built_at(epoch: int) -> Iterator[None]:
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = str(epoch)
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before


def _sections(places: dict[str, str]) -> Any:
    """Return what tells MkDocs under which page of the navigation a shell is shown; it only moves the highlight."""
    from mkdocs.plugins import BasePlugin  # noqa: PLC0415

    class Sections(BasePlugin):  # type: ignore[type-arg, no-untyped-call]
        def on_nav(self, nav: Any, *, config: Any, files: Any) -> Any:
            del config
            for shell, index in places.items():
                one, other = files.get_file_from_path(shell), files.get_file_from_path(index)
                if one is not None and other is not None and one.page is not None and other.page is not None:
                    one.page.parent = other.page.parent
            return nav

    return Sections()


def _diagnosis(order: Build, warning: str) -> Diagnosis:
    match = _PLACE.search(warning)
    place = str(order.written / match[1]) if match else str(order.configuration)
    return Diagnosis(
        place, 0, "", "the page's links and the navigation lead somewhere", warning.splitlines()[0]
    )
