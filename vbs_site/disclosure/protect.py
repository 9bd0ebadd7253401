"""Findings to results: what may be shown, and a log for the publisher of what is not and why.

A hidden line loses everything that carries its counts: n, numerator, exposure, value and interval. All hidden lines have
the same status `suppressed`; whether one was small or had to go with a small one is said in the log only.

Which lines go with the small ones is decided for everything at once that can be set against each other: see `tables` and
`optimise`. What cannot be protected is not published: the whole table of the indicators concerned is withheld.
"""

from collections.abc import Sequence

import pandas as pd

from vbs_site.catalogue.indicators import Ratio
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import Organisations
from vbs_site.disclosure.columns import Counted, families, of_indicators
from vbs_site.disclosure.gathering import gathered
from vbs_site.disclosure.optimise import CannotProtectError
from vbs_site.disclosure.protected import Protected
from vbs_site.disclosure.rounding import base_of, hidden_beside_rounding, round_lines
from vbs_site.disclosure.signs import TELLING_SIGNS, keeps_sign
from vbs_site.disclosure.tables import Beside, NotAdditiveError, table_of
from vbs_site.disclosure.together import suppress_together

CARRIERS = ["n", "numerator", "exposure", "value", "lower", "upper"]
SMALL, TELLING = "small count", "would reveal a small count"
UNTOLD = "a part of it is not shown"
WITHHELD, NOT_ADDITIVE = "the table could not be protected", "the table does not add up"
"""Reasons in the log."""


def protect(
    catalogue: Catalogue,
    organisations: Organisations,
    findings: pd.DataFrame,
    earlier: Sequence[pd.DataFrame] = (),
) -> Protected:
    """Return the findings with every line hidden that the catalogue's policy asks for.

    Args:
        catalogue: for the policies, and what is counted in each indicator.
        organisations: for what lies within what.
        findings: the table of `vbs_site.statistics.findings`.
        earlier: results of every earlier release: what they told is known.
    """
    results = findings.reset_index(drop=True).copy()
    found, beside = gathered(catalogue, organisations, catalogue.computed, results, earlier)
    groups = families(found, beside.same)
    reasons: dict[int, str] = {}
    withheld: dict[str, str] = {}
    for names in groups:
        own = of_indicators(found, names)
        try:
            reasons |= _hidden(catalogue, organisations, own, beside)
        except (CannotProtectError, NotAdditiveError) as error:
            why = WITHHELD if isinstance(error, CannotProtectError) else NOT_ADDITIVE
            withheld |= dict.fromkeys(names, why)
            reasons |= {each.row: why for each in own.entries if each.status in ("shown", *TELLING_SIGNS)}
    for name, indicator in catalogue.computed.items():
        if isinstance(indicator, Ratio):
            reasons |= _with_its_halves(name, indicator, results, reasons)
    reasons |= _recast_untold(organisations, results, reasons)
    gone = results.index.isin(list(reasons))
    results.loc[gone, "status"] = "suppressed"
    for names in groups:
        if (base := base_of(catalogue, names)) is not None:
            _round(catalogue, names, base, results)
    shown = _without_numbers(results, findings)
    return Protected(shown, _log(results, reasons), withheld, shown.iloc[:0])


def _hidden(
    catalogue: Catalogue, organisations: Organisations, found: Counted, beside: Beside
) -> dict[int, str]:
    """Return the lines that must go of some indicators, with the reason.

    A line that has no value because its group is too small keeps that sign, unless so much would be known by it that a
    count could not be protected; then it looks like all that is hidden.
    """
    table = table_of(catalogue, organisations, found, beside)
    blank = [each for each in found.entries if each.status in TELLING_SIGNS]
    changed = {each.row: SMALL for each in blank if not keeps_sign(catalogue, found, each)}
    if not table.system.sensitive.any():
        return changed
    base = base_of(catalogue, {each.indicator for each in found.entries})
    try:
        hidden = (
            suppress_together(table.system, table.thresholds, table.following)
            if base is None
            else hidden_beside_rounding(table, base)
        )
    except CannotProtectError:
        if not blank or base is not None:
            raise
        changed = {each.row: TELLING for each in blank} | changed
        table = table_of(catalogue, organisations, found, beside, signs=False)
        hidden = suppress_together(table.system, table.thresholds, table.following)
    lines = zip(table.entries, hidden, table.system.gone, strict=True)
    return changed | {entry.row: SMALL if small else TELLING for entry, gone, small in lines if gone}


def _round(catalogue: Catalogue, names: Sequence[str], base: int, results: pd.DataFrame) -> None:
    for name in names:
        here = (results["indicator"] == name) & (results["status"] == "shown")
        if here.any():
            results.loc[here, CARRIERS] = round_lines(catalogue, name, base, results[here])[CARRIERS]


def _with_its_halves(
    name: str, ratio: Ratio, results: pd.DataFrame, reasons: dict[int, str]
) -> dict[int, str]:
    """Return the lines of a ratio where anything of either half is hidden: the other half would give the hidden one away."""
    places = ["unit_kind", "unit", "period", "stratum"]
    halves = results["indicator"].isin([ratio.numerator.indicator, ratio.denominator.indicator])
    hidden = results[halves & results.index.isin(list(reasons))]
    rows = results[(results["indicator"] == name) & (results["status"] == "shown")]
    gone = pd.MultiIndex.from_frame(rows[places]).isin(pd.MultiIndex.from_frame(hidden[places]))
    return {int(row): TELLING for row in rows.index[gone] if row not in reasons}


def _recast_untold(
    organisations: Organisations, results: pd.DataFrame, reasons: dict[int, str]
) -> dict[int, str]:
    """Return the sums of organisations that end where one of these is not shown beside it: a part would be missing to readers."""
    keys = ["indicator", "statistic", "unit_kind", "period", "stratum"]
    found: dict[int, str] = {}
    successors = [each for each in organisations.members if each.predecessors]
    # In order of time: a successor can be a predecessor itself.
    for after in sorted(successors, key=lambda each: (str(each.valid_from), each.id)):
        hidden = results.index.isin([*reasons, *found])
        nobody = (results["status"] == "not_applicable") & (results["n"] == 0)
        told = ((results["status"] == "shown") & ~hidden) | nobody
        before = results["unit"].isin(after.predecessors)
        untold = pd.MultiIndex.from_frame(results.loc[before & ~told, keys])
        own = (results["unit"] == after.id) & results["status"].isin(["shown", *TELLING_SIGNS]) & ~hidden
        gone = own & pd.MultiIndex.from_frame(results[keys]).isin(untold)
        found |= dict.fromkeys(results.index[gone].tolist(), UNTOLD)
    return found


def _without_numbers(results: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """Return the results without the numbers of all that is not shown; that nobody is in a group is a number too."""
    silent = (results["status"] != "shown").to_numpy()
    empty = ((results["status"] == "not_applicable") & (results["n"] == 0)).to_numpy()
    results["numerator"] = results["numerator"].astype("Float64")
    results["n"] = results["n"].astype("Int64")
    for column in CARRIERS:
        results.loc[silent, column] = pd.NA if column in ("n", "numerator") else float("nan")
    results.loc[empty, "n"] = 0
    return results.set_axis(findings.index)


def _log(results: pd.DataFrame, reasons: dict[int, str]) -> pd.DataFrame:
    rows = sorted(reasons)
    keys = ["indicator", "statistic", "unit_kind", "unit", "period", "stratum"]
    return results.loc[rows, keys].assign(reason=[reasons[row] for row in rows]).reset_index(drop=True)
