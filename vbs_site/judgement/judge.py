"""The one place where verdicts are made: page, files, feeds and front page tell what stands here.

Only what may be shown is judged, and only published numbers are judged with. So a verdict, a limit or a count of false
alarms can give nothing away, and anybody can reckon it again from the published files.
"""

from dataclasses import dataclass

import pandas as pd

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import Organisations
from vbs_site.judgement.against import COMPARISONS, against_past, against_similar, against_targets, first_of
from vbs_site.judgement.national import FUNNEL, against_national
from vbs_site.judgement.over_time import CONTROL, charts
from vbs_site.judgement.rows import judged_rows
from vbs_site.judgement.value import assess

PLACES = 8
"""Decimals of published numbers."""
KEYS = ["indicator", "statistic", "unit_kind", "unit", "period", "stratum"]
"""What rows are sorted by before anything is added up: sums of floats depend on their order."""
TABLES = {"funnel": FUNNEL, "comparisons": COMPARISONS, "control": CONTROL}


@dataclass(frozen=True)
class Verdicts:
    """What is published beside the results.

    Attributes:
        results: the results with the columns `comparison`, `target`, `trend` and `variation`.
        tables: `funnel`, `comparisons`, `control` and `value`, as in the data dictionary.
    """

    results: pd.DataFrame
    tables: dict[str, pd.DataFrame]


def judge(catalogue: Catalogue, organisations: Organisations, results: pd.DataFrame) -> Verdicts:
    """Return the verdicts on protected results.

    Args:
        catalogue: for directions, targets, minimums and how things are judged.
        organisations: for those whose figures are the sum of others.
        results: what `vbs_site.disclosure.protect` lets through, in any order of rows.
    """
    results = results.reset_index(drop=True)
    published = _floats(results).sort_values(KEYS, kind="stable")
    told = pd.DataFrame(
        None, index=results.index, columns=["comparison", "target", "trend", "variation"], dtype="object"
    )
    parts: dict[str, list[pd.DataFrame]] = {
        name: [pd.DataFrame(columns=list(each))] for name, each in TABLES.items()
    }
    for judged in judged_rows(catalogue, organisations, published):
        comparison, funnel = against_national(judged)
        past, targets = against_past(judged), against_targets(judged)
        control = charts(judged)
        for column, verdicts in (
            ("comparison", comparison),
            ("target", first_of(targets, "target")),
            ("trend", first_of(past, "own_past")),
            ("variation", control["variation"]),
        ):
            told.loc[verdicts.index, column] = verdicts
        parts["funnel"].append(funnel)
        parts["comparisons"] += [past, targets, against_similar(judged)]
        parts["control"].append(control)
    tables = {name: _table(each) for name, each in parts.items()}
    return Verdicts(
        results.assign(**told.where(told.notna(), None)),
        tables | {"value": _table([assess(catalogue, organisations, published)])},
    )


def _floats(results: pd.DataFrame) -> pd.DataFrame:
    """Return results with their numbers as they are published, and every column of a type that is quick to take from."""
    counts = {name: results[name].astype(float) for name in ("n", "numerator")}
    amounts = {
        name: results[name].astype(float).round(PLACES) for name in ("exposure", "value", "lower", "upper")
    }
    texts = {
        name: results[name].astype(object)
        for name in ("indicator", "statistic", "unit_kind", "unit", "period", "stratum", "status", "method")
    }
    return results.assign(**counts, **amounts, **texts)


def _table(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the parts as one table, its numbers rounded as they are published; a rounded -0 is 0."""
    table = pd.concat([each for each in parts if len(each)] or parts[:1])
    keys = [name for name in ("value", *KEYS, "against", "with") if name in table]
    table = table.sort_values(keys, kind="stable", ignore_index=True)
    amounts = [str(name) for name in table if table[name].dtype == float]
    return table.assign(**{name: table[name].round(PLACES) + 0.0 for name in amounts})
