"""What is said beside the results: limits, comparisons and value stand beside figures that are shown, and come from these.

Limits of a control chart or a funnel follow from n, a centre line from everything that it is the mean of: with all of its
points but one shown, the hidden one would follow from it. So every centre has to be that of the published figures alone;
then it tells nothing that these do not.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from vbs_site.audit import findings
from vbs_site.audit.release import NATIONAL, Cell, Line, Release
from vbs_site.audit.tables import TOLERANCE, Index
from vbs_site.diagnostics import Diagnosis

LIMITS = {
    "funnel": ("lower_95", "upper_95", "lower_998", "upper_998", "position"),
    "control": ("lower", "upper", "signals", "centre", "variation"),
}
"""Table to the columns whose contents follow from the figure that they stand beside, or from its n."""
ROUNDED = 2e-8
"""How far a centre may be from the mean of published figures: both are rounded to eight decimals."""


def verdict_findings(release: Release, index: Index) -> list[Diagnosis]:
    """Return what is told of figures that are not shown by what stands beside the results."""
    return [
        *_limits(release, index),
        *_funnel_centres(release, index),
        *_control_centres(release, index),
        *_comparisons(release, index),
        *_values(release, index),
    ]


def _limits(release: Release, index: Index) -> Iterable[Diagnosis]:
    """Yield limits and positions of figures that are not shown: limits follow from n, a position from the value."""
    for name, columns in LIMITS.items():
        for line in release.tables.get(name, ()):
            left = [column for column in columns if line.values.get(column)]
            if left and index.shown(line.cell()) is None:
                what = f"{', '.join(left)} beside it"
                yield findings.still_there(line.file, line.number, line.cell().words, what)


def _funnel_centres(release: Release, index: Index) -> Iterable[Diagnosis]:
    """Yield centres of funnels that are not the national figure as it is shown."""
    for line in release.tables.get("funnel", ()):
        centre = line.number_of("centre")
        national = line.cell()._replace(unit_kind=NATIONAL, unit=NATIONAL)
        shown = index.shown(national)
        if centre is not None and not (shown and _close(centre, shown.number_of("value"))):
            make = findings.differs if shown else findings.still_there
            yield make(line.file, line.number, national.words, "the centre of a funnel")


def _control_centres(release: Release, index: Index) -> Iterable[Diagnosis]:
    """Yield centres of control charts that are not the mean of the figures that are shown.

    What is shown first of a phase can be all that its centre is reckoned from (a baseline that ends).
    """
    phases = defaultdict[tuple[Cell, str], list[Line]](list)
    for line in release.tables.get("control", ()):
        series = line.cell()._replace(period="")
        phases[series, line.values.get("phase", "")].append(line)
    gone = defaultdict[Cell, list[Cell]](list)
    for cell in sorted(index.hidden):
        gone[cell._replace(period="")].append(cell)
    for (series, _), lines in phases.items():
        in_time = sorted(lines, key=lambda line: line.values["period"])
        rows = [row for line in in_time if (row := index.shown(line.cell())) is not None]
        if len(rows) < len(lines):
            continue  # a line beside a figure that is not shown is a finding of its own
        means = list(_means(rows))
        for line in in_time:
            centre = line.number_of("centre")
            if centre is not None and not any(_rounded(centre, each) for each in means):
                what = "a centre of a control chart that is not the mean of the figures shown"
                hidden = gone.get(series)
                make = findings.still_there if hidden else findings.differs
                words = hidden[0].words if hidden else line.cell().words
                yield make(line.file, line.number, words, what)
                break


def _means(rows: Sequence[Line]) -> Iterator[float]:
    """Yield the mean of the first figures of a series, of ever more of them: of single figures, and weighted by their size."""
    total = weight = weighted = 0.0
    for number, row in enumerate(rows, start=1):
        value = row.number_of("value") or 0.0
        size = row.number_of("exposure")
        size = size if size is not None else row.number_of("n") or 0.0
        total, weight, weighted = total + value, weight + size, weighted + size * value
        yield total / number
        if weight:
            yield weighted / weight


def _rounded(number: float, other: float) -> bool:
    return abs(number - other) <= ROUNDED + 1e-12 * abs(other)


def _comparisons(release: Release, index: Index) -> Iterable[Diagnosis]:
    """Yield comparisons that a hidden figure takes part in with a number."""
    for line in release.tables.get("comparisons", ()):
        cell, against, other = line.cell(), line.values.get("against", ""), line.values.get("with", "")
        numbers = [
            column for column in ("reference", "difference", "lower", "upper") if line.values.get(column)
        ]
        own = [column for column in numbers if column != "reference" or against != "target"]
        told = line.values.get("verdict") not in ("", "undeterminable", None)
        if index.shown(cell) is None and (own or told):
            found = own or ["verdict"]
            yield findings.still_there(
                line.file, line.number, cell.words, f"{', '.join(found)} of a comparison ({against})"
            )
        if against == "own_past" and numbers:
            before = cell._replace(period=other)
            if index.shown(before) is None:
                yield findings.still_there(
                    line.file, line.number, before.words, f"{', '.join(numbers)} of a comparison with it"
                )
        if against == "similar" and line.values.get("reference"):
            yield from _similar(release, index, line)


def _similar(release: Release, index: Index, line: Line) -> Iterable[Diagnosis]:
    """Yield a figure of similar units together that is not that of those of them that are shown."""
    cell = line.cell()
    group = release.catalogue.get("similar", {}).get(line.values["with"], {}).get("units", [])
    others = [cell._replace(unit=unit) for unit in group if unit != cell.unit]
    gone = [each for each in others if each in index.hidden]
    rows = [shown for each in others if (shown := index.shown(each)) is not None]
    reference = line.number_of("reference")
    if not gone or reference is None:
        return
    largest_first = sorted(rows, key=lambda each: -(each.count_of("n") or 0))
    # A unit with few people is shown and not judged: those that are judged are the largest.
    pooled = [_pooled(largest_first[:count]) for count in range(1, len(rows) + 1)]
    if not any(
        each is not None and abs(each - reference) <= 1e-4 * max(1.0, abs(reference)) for each in pooled
    ):
        words = f"reference of a comparison with {len(others)} units together, which it is among"
        yield findings.still_there(line.file, line.number, gone[0].words, words)


def _pooled(rows: Iterable[Line]) -> float | None:
    """Return the value of several units together, from their counts or weighted by n."""
    parts = [(row.number_of("numerator"), row.number_of("n"), row.number_of("value")) for row in rows]
    size = sum(n or 0.0 for _, n, _ in parts)
    if not parts or not size:
        return None
    shares = all(
        numerator is not None and n and value is not None and abs(numerator / n - value) < TOLERANCE
        for numerator, n, value in parts
    )
    if shares:
        return sum(numerator or 0.0 for numerator, _, _ in parts) / size
    return sum((n or 0.0) * (value or 0.0) for _, n, value in parts) / size


def _values(release: Release, index: Index) -> Iterable[Diagnosis]:
    """Yield outcomes and resources of units whose figure is hidden under every statistic."""
    assessed = release.catalogue.get("value", {})
    kinds = {cell[:2] for cell in index.lines}
    for line in release.tables.get("value", ()):
        of = assessed.get(line.values.get("value", ""), {})
        for half in ("outcome", "resource"):
            indicator = of.get(half, {}).get("indicator", "")
            statistic = of.get(half, {}).get("statistic")
            names = [statistic] if statistic else [name for each, name in kinds if each == indicator]
            cells = [line.cell()._replace(indicator=indicator, statistic=name) for name in sorted(names)]
            number = line.number_of(half)
            known = [shown.number_of("value") for cell in cells if (shown := index.shown(cell)) is not None]
            gone = [cell for cell in cells if cell in index.hidden]
            if number is not None and gone and not any(_close(number, each) for each in known):
                yield findings.still_there(line.file, line.number, gone[0].words, half)


def _close(number: float, other: float | None) -> bool:
    return other is not None and abs(number - other) <= TOLERANCE * max(1.0, abs(number))
