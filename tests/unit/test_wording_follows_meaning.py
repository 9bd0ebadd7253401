"""A change of meaning is a change of words."""

import copy
import datetime as dt

import pytest
import yaml
from unit.wording_catalogues import ROOT, building_blocks

from vbs_site.catalogue.indicators import Ratio
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import read
from vbs_site.catalogue.rules import meanings, names
from vbs_site.catalogue.wording import definition
from vbs_site.measures.compile import compile_measure


def sql(catalogue, name):
    indicator = catalogue.indicators[name]
    if isinstance(indicator, Ratio):
        return []  # made of other indicators' statistics
    dates = (dt.date(2023, 1, 1), dt.date(2024, 1, 1))
    return [compile_measure(catalogue, name, unit, *dates).sql("duckdb") for unit in indicator.units]


def words(catalogue, name, language):
    return [line.text for line in definition(catalogue, name, language)]


SHARED = {
    "title",
    "why",
    "areas",
    "dimension",
    "matters",
    "provenance",
    "review",
    "lifecycle",
    "decimals",
    "kind",
    "examples",
}


def leaves(value, path=()):
    """Yield the path of every key and value below an indicator that a measure could be made of."""
    if isinstance(value, dict):
        for key, each in value.items():
            if len(path) != 0 or key not in SHARED:
                yield (*path, key), each
                yield from leaves(each, (*path, key))
    elif isinstance(value, list):
        for i, each in enumerate(value):
            yield (*path, i), each
            yield from leaves(each, (*path, i))


def others(data, value):
    """Return other values of the same sort as one that stands in an indicator; the catalogue's rules reject misfits."""
    near = (
        [source["columns"] for source in data["sources"].values() if value in source.get("columns", {})]
        if isinstance(value, str)
        else []
    )
    columns = [name for each in near for name in each]
    titles = [
        key
        for source in data["sources"].values()
        for column in source.get("columns", {}).values()
        if isinstance(column, dict) and isinstance(column.get("values"), dict)
        for key in column["values"]
    ]
    pools = [
        columns,
        titles,
        list(data.get("codesets", {})),
        list(data["sources"]),
        list(data["units"]),
        ["any", "first", "last", "count", "sum"],
        ["ever", "in_period"],
        ["mic_individual", "mdc90", "mic_group"],
        ["month", "quarter", "half_year", "year", "rolling_year"],
        ["OHS", "PAIN", "sex", "age_band"],
    ]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1]
    if isinstance(value, dt.date):
        return [value + dt.timedelta(days=1)]
    if not isinstance(value, str):
        return []
    if value == "before_or_at":
        return ["within 1 day"]
    *before, last = value.rsplit(" ", 2) if value.count(" ") else ["", value]
    if before and before[-1].lstrip("-").isdigit():
        return [" ".join([*before[:-1], str(int(before[-1]) + step), last]) for step in (-1, 1, 3, 12)]
    return list(dict.fromkeys(other for pool in pools if value in pool for other in pool if other != value))


def at(data, path):
    for step in path:
        data = data[step]
    return data


def variants(data, name):
    """Yield (what was changed, the catalogue's data with one change in one indicator)."""
    root = ("indicators", name)
    for path, value in leaves(data["indicators"][name]):
        changes = [("without", None), *(("=", other) for other in others(data, value))]
        for sign, other in changes:
            changed = data | {"indicators": {name: copy.deepcopy(data["indicators"][name])}}
            owner = at(changed, (*root, *path[:-1]))
            if sign == "without":
                del owner[path[-1]]
            else:
                owner[path[-1]] = other
            yield f"{'.'.join(map(str, path))} {sign} {other}", changed


@pytest.mark.parametrize("folder", ["vbs-danmark", "nhs-proms-hip", "building-blocks"])
def test_every_change_of_the_query_changes_the_words(catalogues, folder):
    paths = {
        "vbs-danmark": ROOT / "indicators.yaml",
        "nhs-proms-hip": ROOT / "examples" / "nhs-proms" / "indicators.yaml",
    }
    path = paths.get(folder, paths["vbs-danmark"])
    document, _ = read(path)
    data = yaml.safe_load(path.read_text(encoding="utf-8")) if folder in paths else building_blocks()
    data.pop("include", None)  # the main file alone names nothing of its parts
    changed, unsaid = 0, []
    for name in data["indicators"]:
        original = catalogues[folder]
        query = sql(original, name)
        said = {language: words(original, name, language) for language in original.catalogue.languages}
        for what, each in variants(data, name):
            try:
                catalogue = Catalogue.model_validate(each)
            except ValueError:
                continue
            if (
                getattr(catalogue.indicators[name], "reference", None)
                and catalogue.indicators[name].pair.expected is None
            ):
                continue  # an adjusted change without an expected score means nothing
            faults = [*names(catalogue, document)] or [*meanings(catalogue, document, None)]
            if any(fault.level == "error" for fault in faults):
                continue
            if sql(catalogue, name) == query:
                continue
            changed += 1
            unsaid += [
                f"{name}: {what} ({language})"
                for language, text in said.items()
                if words(catalogue, name, language) == text
            ]
    assert not unsaid, "\n".join(unsaid)
    assert changed > {"vbs-danmark": 60, "nhs-proms-hip": 10, "building-blocks": 400}[folder]


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("adjusted", ("reference", "value"), "other"),
        ("adjusted", ("reference", "where", "gain", "missing"), True),
        ("adjusted", ("improved",), "mdc90"),
        ("rate-per-head", ("per", "each"), 100),
        ("preceded-by-test", ("targets", 0, "value"), 0.25),
        ("preceded-by-test", ("minimum", "denominator"), 20),
        ("preceded-by-test", ("stratify_down_to",), "ward"),
        ("chained", ("report_from",), dt.date(2026, 1, 1)),
        ("chained", ("direction",), "lower"),
        ("free-of-stay", ("shown_at", 0), "60 days"),
        ("free-of-stay", ("direction",), "higher"),
        ("first-stay-per-years", ("per", "person_time"), "days"),
        ("first-stay-per-years", ("per", "each"), 1000),
        ("rate-standardised", ("per", "each"), 100),
        ("rate-standardised", ("standard", "sum"), "adults"),
        ("rate-standardised", ("standard", "day"), dt.date(2022, 1, 1)),
        ("rate-standardised", ("standard", "at"), "reckoned"),
        ("rate-standardised", ("standard", "sex"), "gender"),
        ("rate-standardised", ("standard", "age_band"), "ages"),
        ("cost-per-improved", ("numerator", "indicator"), "mean-cost"),
        ("cost-per-improved", ("numerator", "statistic"), "n"),
        ("cost-per-improved", ("denominator", "statistic"), "eligible"),
        ("stays-per-visit", ("each",), 100),
        ("stays-per-visit", ("period",), "quarter"),
    ],
)
def test_what_is_calculated_after_the_query_is_said_too(blocks, name, path, value):
    data = building_blocks()
    at(data, ("indicators", name, *path[:-1]))[path[-1]] = value
    changed = Catalogue.model_validate(data)
    for language in ("da", "en"):
        assert words(changed, name, language) != words(blocks, name, language)
