"""Findings to results: what may be shown, and a log for the publisher of what is not and why.

A hidden cell loses everything that carries its counts: n, numerator, exposure, value and interval. All hidden cells
have the same status `suppressed`; whether a cell was small or had to go with a small one is said in the log only.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass

import pandas as pd

from vbs_site.catalogue.indicators import Ratio
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, UNKNOWN, Organisations
from vbs_site.catalogue.statistics import ANSWERED, Statistic, alike, over_population, statistics_of
from vbs_site.disclosure.primary import small_group, small_part
from vbs_site.disclosure.secondary import Cell, Sum, close
from vbs_site.periods import parse_period

CARRIERS = ["n", "numerator", "exposure", "value", "lower", "upper"]


@dataclass(frozen=True)
class Protected:
    """Results that may be published, and the publisher's log (`indicator, statistic, unit_kind, unit, period, stratum, reason`)."""

    results: pd.DataFrame
    log: pd.DataFrame


def protect(catalogue: Catalogue, organisations: Organisations, findings: pd.DataFrame) -> Protected:
    """Return the findings with every cell hidden that the catalogue's policy asks for."""
    results = findings.copy()
    reasons = pd.Series("", index=results.index, dtype="object")
    for name, indicator in catalogue.computed.items():
        # The size of the group is the same under every statistic: what hides it hides it in all of them.
        statistics = statistics_of(indicator)
        grouped = next(each for each in statistics if each not in ANSWERED)
        here = results[results["indicator"] == name]
        first = _shown_by_any(here, grouped, statistics)
        groups = (
            set[Cell]()
            if over_population(indicator)
            else _closed(
                catalogue,
                organisations,
                name,
                first,
                _cells(first[small_group(first, catalogue.disclosure)]),
                "n",
            )
        )
        for together in alike(indicator):
            _hide(catalogue, organisations, name, together, results, reasons, groups)
    for name, indicator in catalogue.computed.items():
        if isinstance(indicator, Ratio):
            _hide_with_its_halves(name, indicator, results, reasons)
    _hide_recast(organisations, results, reasons)
    hidden = reasons != ""
    # A value that is not shown for another reason carries no number either.
    silent = results["status"] != "shown"
    results["numerator"] = results["numerator"].astype("Float64")
    results["n"] = results["n"].astype("Int64")
    for column in CARRIERS:
        results.loc[hidden | silent, column] = pd.NA if column in ("n", "numerator") else float("nan")
    results.loc[(results["status"] == "not_applicable") & (findings["n"] == 0), "n"] = 0
    log = results.loc[hidden, ["indicator", "statistic", "unit_kind", "unit", "period", "stratum"]].assign(
        reason=reasons[hidden]
    )
    return Protected(results, log.reset_index(drop=True))


def _hide(
    catalogue: Catalogue,
    organisations: Organisations,
    name: str,
    statistics: tuple[Statistic, ...],
    results: pd.DataFrame,
    reasons: pd.Series,
    groups: set[Cell],
) -> None:
    """Hide what has to go of statistics that show the same counts: what hides one hides them all."""
    indicator = catalogue.indicators[name]
    here = results[
        (results["indicator"] == name) & results["statistic"].isin([each.name for each in statistics])
    ]
    rows = _shown_by_any(here, statistics[0], statistics)
    hidden, small = set(groups), set[Cell]()
    if not over_population(indicator):  # the n of a rate is the population, which is public
        small = _cells(rows[small_group(rows, catalogue.disclosure)])
    if statistics[0].counts:
        parts = small_part(rows, catalogue.disclosure, complement=not over_population(indicator))
        small |= _cells(rows[parts])
        hidden = _closed(catalogue, organisations, name, rows, small | hidden, "numerator", small)
    cells = pd.Series(_each_cell(here), index=here.index, dtype="object")
    gone = cells.isin(hidden) & here["status"].isin(["shown", "too_few", "low_coverage"])
    reasons[cells.index[gone & cells.isin(small)]] = "small count"
    reasons[cells.index[gone & ~cells.isin(small)]] = "would reveal a small count"
    results.loc[cells.index[gone], "status"] = "suppressed"


def _shown_by_any(
    rows: pd.DataFrame, statistic: Statistic, statistics: tuple[Statistic, ...]
) -> pd.DataFrame:
    """Return the rows of a statistic, shown wherever any of several is: a count that one shows is there to be read."""
    own = rows[rows["statistic"] == statistic.name]
    others = [each.name for each in statistics if each is not statistic]
    told = _cells(rows[rows["statistic"].isin(others) & (rows["status"] == "shown")])
    silent = own["status"] != "shown"
    if not told or not silent.any():
        return own
    read = pd.Series(_each_cell(own), index=own.index, dtype="object").isin(told)
    return own.assign(status=own["status"].mask(silent & read, "shown"))


def _hide_with_its_halves(name: str, ratio: Ratio, results: pd.DataFrame, reasons: pd.Series) -> None:
    """Hide a ratio where anything of either half is hidden: with the other half it would give the hidden one away."""
    halves = results["indicator"].isin([ratio.numerator.indicator, ratio.denominator.indicator])
    hidden = _cells(results[halves & (results["status"] == "suppressed")])
    rows = results[results["indicator"] == name]
    cells = pd.Series(_each_cell(rows), index=rows.index, dtype="object")
    gone = cells.isin(hidden) & rows["status"].isin(["shown", "too_few", "low_coverage"])
    reasons[cells.index[gone]] = "would reveal a small count"
    results.loc[cells.index[gone], "status"] = "suppressed"


def _hide_recast(organisations: Organisations, results: pd.DataFrame, reasons: pd.Series) -> None:
    """Hide the sum of an organisation's predecessors where any of them is not shown beside it.

    What is left is the sum of published numbers, so it tells nothing new: it takes no part in any total, and protects
    none. A predecessor without anybody (n = 0) adds nothing and holds nothing back.
    """
    keys = ["indicator", "statistic", "unit_kind", "period", "stratum"]
    successors = [each for each in organisations.members if each.predecessors]
    # In order of time: a successor can be a predecessor itself.
    for after in sorted(successors, key=lambda each: (str(each.valid_from), each.id)):
        told = (results["status"] == "shown") | (
            (results["status"] == "not_applicable") & (results["n"] == 0)
        )
        before = results["unit"].isin(after.predecessors)
        untold = pd.MultiIndex.from_frame(results.loc[before & ~told, keys])
        gone = (results["unit"] == after.id) & pd.MultiIndex.from_frame(results[keys]).isin(untold)
        gone &= results["status"].isin(["shown", "too_few", "low_coverage"])
        reasons[gone & (reasons == "")] = "would reveal a part that is not shown"
        results.loc[gone, "status"] = "suppressed"


def _each_cell(rows: pd.DataFrame) -> list[Cell]:
    units = rows["unit_kind"] + "/" + rows["unit"]
    return list(zip(units, rows["period"], rows["stratum"], strict=True))


def _cells(rows: pd.DataFrame) -> set[Cell]:
    return set(_each_cell(rows))


def _closed(
    catalogue: Catalogue,
    organisations: Organisations,
    name: str,
    rows: pd.DataFrame,
    hidden: set[Cell],
    size: str,
    small: set[Cell] | None = None,
) -> set[Cell]:
    """Return the hidden cells and those that must go with them.

    Rows with an unknown unit code are nobody's unit: no one can be placed in them. A small count of them is hidden
    itself, but it neither takes a unit with it nor protects one.
    """
    unknown = {cell for cell in hidden if cell[0].endswith(f"/{UNKNOWN}")}
    if not hidden - unknown:
        return hidden
    cells = _each_cell(rows)
    sizes = {
        cell: 0.0 if cell[0].endswith(f"/{UNKNOWN}") else float(count)
        for cell, count in zip(cells, rows[size].fillna(0), strict=True)
    }
    blank = {cell for cell, status in zip(cells, rows["status"], strict=True) if status != "shown"}
    sensitive = (hidden if small is None else small) - unknown
    return (
        close(
            _sums(catalogue, organisations, name, cells),
            sensitive,
            (blank | hidden) - sensitive - unknown,
            sizes,
        )
        | hidden
    )


def _sums(catalogue: Catalogue, organisations: Organisations, name: str, cells: list[Cell]) -> list[Sum]:
    """Return every total in the table of an indicator: units within units, and strata within everyone."""
    parts: dict[tuple[Cell, str], list[Cell]] = defaultdict(list)
    present, recast = set(cells), _recast(organisations, cells)
    days = _days(catalogue, organisations, name, cells)
    chains = [catalogue.levels(kind) for kind in catalogue.indicators[name].units]
    above = {
        kind: chain[place + 1] if place + 1 < len(chain) else NATIONAL
        for chain in chains
        for place, kind in enumerate(chain)
    }
    for unit, period, stratum in cells:
        kind, identity = unit.split("/", 1)
        if kind in above and (unit, period) not in recast:
            parent = _parent(catalogue, organisations, above[kind], identity, days[period])
            total = (f"{above[kind]}/{parent}", period, stratum)
            parts[total, kind].append((unit, period, stratum))
        if stratum != "all":
            parts[(unit, period, "all"), stratum.split("=")[0]].append((unit, period, stratum))
    # Each way of dividing adds up by itself: treating hospitals and places of living are two sums of the same total.
    return [
        Sum(total, tuple(sorted(members)))
        for (total, _division), members in parts.items()
        if total in present
    ]


def _recast(organisations: Organisations, cells: list[Cell]) -> set[tuple[str, str]]:
    """Return the (unit, period) that hold the sum of predecessors which stand beside it: they overlap with these."""
    present = {(kind, unit, period) for place, period, _ in cells for kind, unit in [place.split("/", 1)]}
    return {(f"{kind}/{unit}", period) for kind, unit, period in organisations.overlapping(present)}


def _days(
    catalogue: Catalogue, organisations: Organisations, name: str, cells: list[Cell]
) -> dict[str, datetime.date | None]:
    """Return, for each period, the day whose places its units are in: they are those of its last day."""
    starts = catalogue.catalogue.year_starts if catalogue.indicators[name].period == "year" else 1
    return {
        period: organisations.change_before(parse_period(period, starts).last_day)
        for period in {each[1] for each in cells}
    }


def _parent(
    catalogue: Catalogue, organisations: Organisations, kind: str, unit: str, day: datetime.date | None
) -> str:
    if kind == NATIONAL:
        return NATIONAL
    return organisations.ancestor(unit, catalogue.organisation_kind(kind), day) or UNKNOWN
