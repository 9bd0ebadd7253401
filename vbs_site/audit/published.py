"""Everything that one or several releases tell of counts of people, as facts that can be attacked together."""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from vbs_site.audit.facts import Sum, Target, Told
from vbs_site.audit.inversion import largest_n, share_of, shares_that_fit
from vbs_site.audit.people import (
    Column,
    Count,
    Shown,
    Spot,
    columns_of,
    hidden_lines,
    is_shown,
    nested,
    same_people,
    shown_counts,
    spot_of,
)
from vbs_site.audit.release import UNKNOWN, Line, Release
from vbs_site.audit.signs import told_by_signs
from vbs_site.audit.units import Division, Map

EXACT_ENOUGH = 0.9
"""Share of the totals that are shown with all their parts, and add up, from which a way of dividing is held for a sum."""

DECIMALS, LEVEL, LARGEST = 6, 0.95, 20_000
"""Decimals of a share in per cent as results have it, the level of its limits, and the largest n that is tried."""
METHODS = ("clopper-pearson", "wilson")


@dataclass
class Facts:
    """What is told of counts.

    Attributes:
        sums, told, targets: for the attack.
        hidden: hidden count to the first line that hides it.
        notes: what was left out and why, for the report.
    """

    sums: list[Sum] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    hidden: dict[Hashable, Line] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """One release as columns of counts."""

    release: Release
    columns: Mapping[tuple[str, str], tuple[Column, ...]]
    shown: Shown


def reading(release: Release) -> Reading:
    """Return the columns of counts of a release and what they show.

    Where one line has more in the numerator than in n, the two are counted apart, and n minus the numerator is nobody.
    """
    lines = [line for line in release.figures if is_shown(line) or line.count_of("n") == 0]
    apart = {line.figure for line in lines if (line.count_of("numerator") or 0) > (line.count_of("n") or 0)}
    columns = {
        figure: tuple(column for column in group if column.what != "rest" or figure not in apart)
        for figure, group in columns_of(release).items()
    }
    return Reading(release, columns, shown_counts(lines, columns))


def facts_of(now: Reading, earlier: Sequence[Reading] = ()) -> Facts:
    """Return the facts of a release together with those of earlier ones, the attacked counts being this release's.

    Of an earlier release, the figures of a period are left out where they differ from this release's: they were revised,
    and are attacked for themselves.

    Args:
        now: the release that is attacked.
        earlier: the ones published before it.
    """
    facts, agreed = Facts(), [_agreeing(now, each) for each in earlier]
    for each, (_, revised) in zip(earlier, agreed, strict=True):
        if revised:
            differing = sum(revised.values())
            facts.notes.append(
                f"release {each.release.name}: {differing} figures differ from release {now.release.name}; "
                "what was published of those indicators and periods is attacked by itself"
            )
    shown = _together(now.shown, [each for each, _ in agreed])
    leader = same_people(shown)
    spots = _spots([now, *earlier])
    merged = _merged(shown, leader)
    _tell(facts, merged, now.release)
    _add_sums(facts, now, spots, leader, merged)
    _add_wholes(facts, now, spots, leader)
    facts.told += told_by_signs(now.release, now.columns, leader, merged)
    _add_shares(facts, now, leader, merged)
    for each, (_, revised) in zip(earlier, agreed, strict=True):
        _add_targets(facts, each, leader, merged, revised, f"{each.release.name}/")
    _add_targets(facts, now, leader, merged)
    return facts


def _agreeing(now: Reading, earlier: Reading) -> tuple[Shown, dict[tuple[str, str], int]]:
    """Return what an earlier release shows of indicators and periods that were not revised, and how many counts were."""
    revised = Counter[tuple[str, str]]()
    for column, spots in earlier.shown.items():
        here = now.shown.get(column, {})
        for spot in spots.keys() & here.keys():
            if spots[spot][0] != here[spot][0]:
                revised[column.indicator, spot.period] += 1
    prefix = f"{earlier.release.name}/"
    kept = {
        column: {
            spot: (count, prefix + place)
            for spot, (count, place) in spots.items()
            if (column.indicator, spot.period) not in revised
        }
        for column, spots in earlier.shown.items()
    }
    return kept, dict(revised)


def _together(first: Shown, others: Iterable[Shown]) -> Shown:
    together: Shown = {column: dict(spots) for column, spots in first.items()}
    for other in others:
        for column, spots in other.items():
            mine = together.setdefault(column, {})
            for spot, told in spots.items():
                mine.setdefault(spot, told)
    return together


def _spots(readings: Iterable[Reading]) -> dict[Column, set[Spot]]:
    """Return every spot that has a line, shown or not, per column."""
    spots = defaultdict[Column, set[Spot]](set)
    for each in readings:
        for line in each.release.figures:
            spot = spot_of(line)
            for column in each.columns[line.figure]:
                spots[column].add(spot)
    return spots


def _merged(shown: Shown, leader: Mapping[Column, Column]) -> dict[Count, tuple[int, str]]:
    """Return every count that is shown, under the first of the columns that count the same people."""
    merged = dict[Count, tuple[int, str]]()
    for column in sorted(shown):
        for spot, told in shown[column].items():
            merged.setdefault(Count(leader[column], spot), told)
    return merged


def _tell(facts: Facts, merged: Mapping[Count, tuple[int, str]], release: Release) -> None:
    for count, (number, place) in sorted(merged.items()):
        away = _rounding(release, count)
        facts.told.append(Told(((count, 1.0),), max(0.0, number - away), number + away, place))


def _rounding(release: Release, count: Count) -> float:
    """Return how far a published count may be from the true one."""
    base = release.policy(count.column.indicator).round_to
    # A rest is the difference of two rounded counts.
    return 0.0 if base == 1 else base / 2 * (2 if count.column.what == "rest" else 1)


def _add_sums(
    facts: Facts,
    now: Reading,
    spots: Mapping[Column, set[Spot]],
    leader: Mapping[Column, Column],
    merged: Mapping[Count, tuple[int, str]],
) -> None:
    """Add every total with its parts, unless totals and parts that are shown prove that they are no sum."""
    there = defaultdict[Column, set[Spot]](set)
    for column, own in spots.items():
        there[leader[column]] |= own
    places, known = Map(now.release), dict[frozenset[Spot], list[Division]]()
    for column in sorted(there):
        key = frozenset(there[column])
        if key not in known:
            known[key] = places.divisions(key)
        exact, off = Counter[str](), Counter[str]()
        broken = set[int]()
        slack = now.release.policy(column.indicator).round_to > 1
        own = now.release.catalogue.get("indicators", {}).get(column.indicator, {})
        delivered = own.get("kind") == "share_of_sum"
        for place, each in enumerate(known[key]):
            right = None if slack else _adds_up(column, each, merged)
            if right is not None:
                (exact if right else off)[each.way] += 1
            if right is False:
                broken.add(place)
        for place, each in enumerate(known[key]):
            if place in broken:
                continue
            if off[each.way] and exact[each.way] < EXACT_ENOUGH * (exact[each.way] + off[each.way]):
                continue
            parts = tuple(Count(column, part) for part in each.parts)
            if delivered and not exact[each.way]:  # more can be told of in all than unit by unit
                parts = (*parts, Count(column, each.total._replace(unit=f"elsewhere than {each.way}")))
            facts.sums.append(Sum(Count(column, each.total), parts, each.way))
        facts.notes += [
            f"{column.indicator} {column.statistic} {column.what}: {number} of {number + exact[way]} shown totals "
            f"are not the sum of their parts ({way})"
            for way, number in sorted(off.items())
        ]


def _adds_up(column: Column, division: Division, merged: Mapping[Count, tuple[int, str]]) -> bool | None:
    total = merged.get(Count(column, division.total))
    parts = [merged.get(Count(column, part)) for part in division.parts]
    if total is None or any(part is None for part in parts):
        return None
    return total[0] == sum(part[0] for part in parts if part is not None)


def _add_wholes(
    facts: Facts, now: Reading, spots: Mapping[Column, set[Spot]], leader: Mapping[Column, Column]
) -> None:
    """Add that n is the numerator and the rest, and that later events include earlier ones."""
    for group in now.columns.values():
        of = {column.what: column for column in group}
        if "numerator" in of and "n" in of:
            for spot in sorted(spots[of["n"]]):
                n, numerator = Count(leader[of["n"]], spot), Count(leader[of["numerator"]], spot)
                if "rest" in of:
                    rest = Count(leader[of["rest"]], spot)
                    if len({n, numerator, rest}) == 3:
                        facts.sums.append(Sum(n, (numerator, rest), "n is the numerator and the rest"))
    every = [column for group in now.columns.values() for column in group]
    for later, earlier in nested(every):
        for spot in sorted(spots[later] & spots[earlier]):
            terms = ((Count(leader[later], spot), 1.0), (Count(leader[earlier], spot), -1.0))
            if terms[0][0] != terms[1][0]:
                facts.told.append(
                    Told(terms, 0.0, math.inf, "events by an earlier day are among those by a later")
                )


def _add_shares(
    facts: Facts, now: Reading, leader: Mapping[Column, Column], merged: Mapping[Count, tuple[int, str]]
) -> None:
    """Add what a share tells of counts that are left out beside it: with its limits it often fits one pair alone."""
    for line in now.release.figures:
        if not is_shown(line) or line.count_of("n") is not None:
            continue
        value, lower, upper = (line.number_of(column) for column in ("value", "lower", "upper"))
        group = {column.what: column for column in now.columns[line.figure]}
        if value is None or not {"n", "numerator"} <= group.keys() or not 0 <= value <= 1:
            continue
        spot = spot_of(line)
        n, numerator = (Count(leader[group[what]], spot) for what in ("n", "numerator"))
        facts.told += share_of(numerator, n, 100 * value, DECIMALS, line.place)
        method = line.values.get("method", "")
        if lower is not None and upper is not None and method in METHODS:
            limits = (100 * lower, 100 * upper)
            most = min(LARGEST, largest_n(100 * value, DECIMALS, limits, DECIMALS, LEVEL))
            pairs = shares_that_fit(100 * value, DECIMALS, limits, DECIMALS, LEVEL, method, most)
            for count, found in ((numerator, [x for x, _ in pairs]), (n, [size for _, size in pairs])):
                if found:
                    facts.told.append(Told(((count, 1.0),), min(found), max(found), line.place))
        policy = now.release.policy(line.values["indicator"])
        for count in (n, numerator):
            if count not in merged:
                facts.targets.append(Target(count, width=policy.width))
                facts.hidden.setdefault(count, line)


def _add_targets(
    facts: Facts,
    at: Reading,
    leader: Mapping[Column, Column],
    merged: Mapping[Count, tuple[int, str]],
    revised: Collection[tuple[str, str]] = (),
    prefix: str = "",
) -> None:
    """Add the hidden counts of a release, but for figures that were revised later; `prefix` says which release it is."""
    found = dict[Count, Target]()
    for line in hidden_lines(at.release):
        indicator, spot = line.values["indicator"], spot_of(line)
        if (indicator, spot.period) in revised:
            continue
        policy = at.release.policy(indicator)
        for column in at.columns[indicator, line.values["statistic"]]:
            count = Count(leader[column], spot)
            if count in merged or count in found or (column.what == "rest" and not policy.complement):
                continue
            least = 1 if column.what == "n" and policy.zeros_shown else 0
            found[count] = Target(count, least=float(least), width=policy.width)
            # What this release hides itself is said of this release.
            facts.hidden[count] = replace(line, file=prefix + line.file)
    if not prefix and any(
        policy.round_to > 1 for policy in (at.release.default, *at.release.policies.values())
    ):
        found |= _rounded(facts, at, merged)
    facts.targets += found.values()


def _rounded(facts: Facts, now: Reading, merged: Mapping[Count, tuple[int, str]]) -> dict[Count, Target]:
    """Return the counts that are published rounded and can be small: rounding is all that hides them."""
    lines = {(*line.figure, spot_of(line)): line for line in now.release.figures}
    found = dict[Count, Target]()
    for count, (number, _) in merged.items():
        policy = now.release.policy(count.column.indicator)
        line = lines.get((count.column.indicator, count.column.statistic, count.spot))
        if policy.round_to == 1 or line is None or count.column.what == "rest" or count.spot.unit == UNKNOWN:
            continue
        if number - policy.round_to / 2 < policy.threshold:
            found[count] = Target(count, width=policy.width)
            facts.hidden[count] = line
    return found
