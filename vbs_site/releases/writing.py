"""Writing a release: protected results and everything needed to understand them, once and for good."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from vbs_site import __version__
from vbs_site.catalogue.loading import Loaded
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN
from vbs_site.catalogue.protection import stated
from vbs_site.catalogue.statistics import statistics_of
from vbs_site.catalogue.wording import definition, sentence, statistic_name
from vbs_site.diagnostics import ExitCode, FaultError
from vbs_site.disclosure.flow import protect_flow
from vbs_site.disclosure.protected import Protected
from vbs_site.disclosure.quality import protect_qualities
from vbs_site.files import built_aside
from vbs_site.releases.bundle import MANIFEST
from vbs_site.releases.dictionary import BESIDE, ENTRIES, FLOW, QUALITY, RESULTS, YEARS
from vbs_site.releases.entries import Entry
from vbs_site.tables import write_parquet

FORMAT = 1
TYPES = {"text": "VARCHAR", "true/false": "BOOLEAN", "integer": "BIGINT", "decimal": "DOUBLE"}
UNIT_WORDS = {
    NATIONAL: {"da": "Hele landet", "en": "The whole country"},
    UNKNOWN: {"da": "Ukendt enhed", "en": "Unknown unit"},
}


def release_id(note: dict[str, Any], results: pd.DataFrame) -> str:
    """Return the id that a release has unless told otherwise: the last quarter that any delivery covers, or the last period."""
    if note["latest"]:
        year, month = int(note["latest"][:4]), int(note["latest"][5:7])
        quarter = year * 4 + (month - 1) // 3 - 1
        return f"{quarter // 4}Q{quarter % 4 + 1}"
    return str(results["period"].max())


def write_bundle(
    releases: Path,
    identity: str,
    loaded: Loaded,
    note: dict[str, Any],
    protected: Protected,
    judged: Mapping[str, pd.DataFrame],
    corrects: dict[str, str] | None = None,
    *,
    beside: Sequence[str] = (),
    inspect: Callable[[Path], None],
) -> bool:
    """Write a release, unless it exists with the same content.

    Args:
        releases: folder of all releases.
        identity: release id.
        loaded: the catalogue.
        note: of the aggregates: hashes of inputs, completeness, organisations, quality.
        protected: what may be shown, with verdicts.
        judged: the tables that verdicts rest on, by name.
        corrects: `{release, reason}` of the release that this one corrects.
        beside: ids of the releases that the results are protected against.
        inspect: looks at the whole release before it takes its place, and raises what it has against it.

    Returns:
        True when it was written, False when it stood there already.

    Raises:
        FaultError: when a release with this id exists with other content (exit code 13).
    """
    if corrects is not None and not (releases / corrects["release"] / MANIFEST).exists():
        raise FaultError.one(
            ExitCode.RELEASE,
            releases / corrects["release"],
            "the corrected release exists",
            hint="Check --corrects",
        )
    files = _files(identity, loaded, note, protected, judged)
    target = releases / identity
    with built_aside(target, replace=False) as aside:
        _write(aside, files, identity, loaded, note, protected, corrects, beside)
        inspect(aside)
        if not target.exists():
            return True
        differs = _difference(aside, target)
        if differs is not None:
            hint = "Publish the change as a correction: --release NEW --corrects OLD --reason '…'; delete the folder only if it was never published"
            rule = f"a release never changes; {identity} exists with other content"
            raise FaultError.one(ExitCode.RELEASE, target, rule, got=f"a different {differs}", hint=hint)
    return False


def _write(
    folder: Path,
    files: dict[str, str],
    identity: str,
    loaded: Loaded,
    note: dict[str, Any],
    protected: Protected,
    corrects: dict[str, str] | None,
    beside: Sequence[str],
) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    table = _result_rows(identity, loaded, note, protected.results)
    write_parquet(table, {entry.column: TYPES[entry.type] for entry in RESULTS}, folder / "results.parquet")
    sums = {}
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        content = path.read_bytes()
        sums[path.relative_to(folder).as_posix()] = {
            "sha256": hashlib.sha256(content).hexdigest(),
            "bytes": len(content),
        }
    about = loaded.catalogue.catalogue
    manifest = {
        "format": FORMAT,
        "release": identity,
        "synthetic": note["synthetic"],
        "catalogue": {"id": about.id, "version": about.version},
        "corrects": corrects,
        "beside": list(beside),
        "protection": stated(loaded.catalogue) | {"withheld": sorted(protected.withheld)},
        "tool": {"name": "vbs-site", "version": __version__},
        "files": sums,
        "inputs": note["inputs"],
    }
    (folder / MANIFEST).write_text(_json(manifest), encoding="utf-8", newline="\n")


def _files(
    identity: str,
    loaded: Loaded,
    note: dict[str, Any],
    protected: Protected,
    judged: Mapping[str, pd.DataFrame],
) -> dict[str, str]:
    catalogue = loaded.catalogue
    languages = catalogue.catalogue.languages
    definitions = {
        name: {
            language: {
                "sentence": sentence(catalogue, name, language),
                "lines": [
                    {"topic": line.topic, "label": line.label, "text": line.text}
                    for line in definition(catalogue, name, language)
                ],
                "statistics": {
                    each.name: statistic_name(each.name, catalogue, name, language)
                    for each in statistics_of(indicator)
                },
            }
            for language in languages
        }
        for name, indicator in catalogue.indicators.items()
    }
    files = {
        "results.csv": _csv(
            _result_rows(identity, loaded, note, protected.results), [entry.column for entry in RESULTS]
        ),
        "years.csv": _csv(
            _result_rows(identity, loaded, note, protected.years, YEARS), [entry.column for entry in YEARS]
        ),
        "quality.csv": _csv(_quality_rows(identity, loaded, note), [entry.column for entry in QUALITY]),
        "flow.csv": _csv(_flow_rows(identity, loaded, note, protected), [entry.column for entry in FLOW]),
        "dictionary.csv": _csv(pd.DataFrame(ENTRIES), ["table", "column", "type", "da", "en"]),
        "catalogue.json": _json(json.loads(json.dumps(loaded.document.data, default=str))),
        "definitions.json": _json(definitions),
        "organisations.json": _json(note["organisations"]),
        "deliveries.json": _json(
            {key: note[key] for key in ("complete_until", "lacking", "latest", "basis", "references")}
        ),
    }
    for name, table in judged.items():
        rows = table.assign(release=identity, synthetic=note["synthetic"])
        files[f"{name}.csv"] = _csv(rows, [entry.column for entry in BESIDE[name]])
    return files | {f"catalogue/{name}": text for name, text in loaded.document.texts.items()}


def _result_rows(
    identity: str,
    loaded: Loaded,
    note: dict[str, Any],
    results: pd.DataFrame,
    entries: tuple[Entry, ...] = RESULTS,
) -> pd.DataFrame:
    language = loaded.catalogue.catalogue.languages[0]
    names = {each["id"]: each["name"].get(language, each["id"]) for each in note["organisations"]}
    names |= {unit: words[language] for unit, words in UNIT_WORDS.items()}
    table = results.assign(
        release=identity,
        synthetic=note["synthetic"],
        unit_name=results["unit"].map(names).fillna(results["unit"]),
    )
    for column in ("exposure", "value", "lower", "upper"):
        table[column] = table[column].round(8)
    table["numerator"] = table["numerator"].round().astype("Int64")
    return table[[entry.column for entry in entries]].reset_index(drop=True)


def _quality_rows(identity: str, loaded: Loaded, note: dict[str, Any]) -> pd.DataFrame:
    """Return what may be shown of the quality counts."""
    shown = protect_qualities(pd.DataFrame(**note["quality"]), loaded.catalogue)
    return shown.assign(release=identity, synthetic=note["synthetic"])[[entry.column for entry in QUALITY]]


def _flow_rows(identity: str, loaded: Loaded, note: dict[str, Any], protected: Protected) -> pd.DataFrame:
    """Return what may be shown of the counts from source rows to each figure."""
    counts = protect_flow(loaded.catalogue, note["flow"], protected.results)
    table = pd.DataFrame([vars(each) for each in counts], columns=["indicator", "period", "step", "count"])
    table = table.astype({"count": "Int64"})
    return table.assign(release=identity, synthetic=note["synthetic"])


def _csv(table: pd.DataFrame, columns: Iterable[str]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in table[list(columns)].itertuples(index=False):
        writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):  # noqa: PLR0124 - nan
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(round(value, 8) + 0.0, ".8f").rstrip("0").rstrip(".")  # a rounded -0 is 0
    return str(value)


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=False, allow_nan=False) + "\n"


def _difference(new: Path, old: Path) -> str | None:
    """Return the first file that differs; the tool's own version is not content."""
    one, other = (json.loads((folder / MANIFEST).read_text(encoding="utf-8")) for folder in (new, old))
    names: list[str] = sorted(one["files"].keys() | other["files"].keys())
    for name in names:
        if one["files"].get(name) != other["files"].get(name):
            return name
    return None if all(one.get(key) == other.get(key) for key in ("corrects", "beside")) else MANIFEST
