"""A release on disk: what is in it, how it is read back and verified.

A bundle is a folder of plain files. `manifest.json` names every other file with its SHA-256; the same inputs give the
same bytes. A release that exists is never overwritten.
"""

import datetime
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import Organisation, Organisations
from vbs_site.diagnostics import Diagnosis, ExitCode, FaultError
from vbs_site.releases.dictionary import BESIDE, QUALITY, RESULTS, YEARS
from vbs_site.releases.entries import Entry

MANIFEST = "manifest.json"
PANDAS = {"text": "string", "integer": "Int64"}
"""Type of a column in the dictionary to the type that it is read as; the others are told from their values."""


@dataclass(frozen=True)
class Bundle:
    """A release as the site reads it: public data only.

    Attributes:
        folder: where it lies.
        manifest: release id, catalogue version, synthetic or not, corrections, hashes.
        catalogue: the catalogue as it was.
        organisations: the units as they were.
        definitions: indicator to language to `{sentence, lines, statistics}`.
        deliveries: completeness per source, and who lacked which period.
        results, quality: the tables of the data dictionary.
        tables: the tables that stand beside the results, by name; an older release has fewer.
    """

    folder: Path
    manifest: dict[str, Any]
    catalogue: Catalogue
    organisations: Organisations
    definitions: dict[str, Any]
    deliveries: dict[str, Any]
    results: pd.DataFrame
    quality: pd.DataFrame
    tables: dict[str, pd.DataFrame]

    @property
    def id(self) -> str:
        """Return the release id."""
        return str(self.manifest["release"])


def read_bundle(folder: Path) -> Bundle:
    """Read a release, after verifying that no byte has changed since it was written.

    Raises:
        FaultError: when it is not there, or not as its manifest says (exit code 13).
    """
    faults = verify(folder)
    if faults:
        raise FaultError(ExitCode.RELEASE, faults)

    def read(name: str) -> Any:
        return json.loads((folder / name).read_text(encoding="utf-8"))

    organisations = Organisations.of(
        [Organisation.model_validate(each) for each in read("organisations.json")]
    )

    return Bundle(
        folder,
        read(MANIFEST),
        Catalogue.model_validate(_dates(read("catalogue.json"))),
        organisations,
        read("definitions.json"),
        read("deliveries.json"),
        _table(folder / "results.csv", RESULTS),
        _table(folder / "quality.csv", QUALITY),
        {
            name: _table(folder / f"{name}.csv", entries)
            for name, entries in BESIDE.items()
            if (folder / f"{name}.csv").exists()
        },
    )


def read_results(folder: Path) -> pd.DataFrame:
    """Return the results of a release, whole years among them, whichever version of the program wrote it.

    Raises:
        FaultError: when the release is not as it was published (exit code 13).
    """
    faults = verify(folder)
    if faults:
        raise FaultError(ExitCode.RELEASE, faults)
    results, years = _table(folder / "results.csv", RESULTS), folder / "years.csv"
    return pd.concat([results, _table(years, YEARS)], ignore_index=True) if years.exists() else results


def released_beside(releases: Path, identity: str) -> list[str]:
    """Return the ids of the releases that one is published beside: of one that stands, as it says; otherwise all others."""
    found = sorted(each.parent.name for each in releases.glob(f"*/{MANIFEST}"))
    if identity in found:
        manifest = json.loads((releases / identity / MANIFEST).read_text(encoding="utf-8"))
        stated = manifest.get("beside", [])
        return [each for each in found if each in stated]
    return found


def _table(path: Path, entries: tuple[Entry, ...]) -> pd.DataFrame:
    types = {entry.column: PANDAS[entry.type] for entry in entries if entry.type in PANDAS}
    return pd.read_csv(path, dtype=types, keep_default_na=False, na_values=[""])


def read_catalogue(folder: Path) -> Catalogue:
    """Return the catalogue of a release as it was.

    Raises:
        FaultError: when the release is not as it was published, or its catalogue has keys of another version of the
            program (exit code 13).
    """
    faults = verify(folder)
    if faults:
        raise FaultError(ExitCode.RELEASE, faults)
    path = folder / "catalogue.json"
    try:
        return Catalogue.model_validate(_dates(json.loads(path.read_text(encoding="utf-8"))))
    except ValidationError as error:
        first = error.errors()[0]
        got = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        rule = "the release's catalogue can be read by this version of the program"
        raise FaultError.one(
            ExitCode.RELEASE, path, rule, got=got, hint="Use the version that wrote it"
        ) from None


def _dates(data: Any) -> Any:
    """Return JSON data with ISO dates as dates again, as YAML had them."""
    if isinstance(data, dict):
        return {key: _dates(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_dates(value) for value in data]
    if (
        isinstance(data, str)
        and len(data) == 10
        and data[4] == data[7] == "-"
        and data.replace("-", "").isdigit()
    ):
        return datetime.date.fromisoformat(data)
    return data


def verify(folder: Path) -> list[Diagnosis]:
    """Return a diagnosis for each file of a release that is missing, added or changed."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        stated = manifest["files"]
    except FileNotFoundError:
        return [
            Diagnosis(
                str(folder),
                0,
                "",
                "the release has a manifest",
                "none",
                "Run the build, or check the release id",
            )
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return [
            Diagnosis(
                str(path), 0, "", "the manifest can be read", "something else", "Fetch the release again"
            )
        ]
    found = {each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()} - {MANIFEST}
    faults = [
        Diagnosis(str(folder / name), 0, "", "the file belongs to the release", "an added file", "Remove it")
        for name in sorted(found - stated.keys())
    ]
    for name, expected in stated.items():
        if name not in found:
            faults.append(
                Diagnosis(
                    str(folder / name),
                    0,
                    "",
                    "every file of the release is there",
                    "no such file",
                    "Fetch the release again",
                )
            )
        elif hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected["sha256"]:
            faults.append(
                Diagnosis(
                    str(folder / name),
                    0,
                    "",
                    "the file is as it was published",
                    "changed content",
                    "Fetch the release again",
                )
            )
    return faults
