"""Counts that stand beside the results: of each step from source to figure, and of the rows that were delivered."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import NamedTuple

from vbs_site.audit import findings
from vbs_site.audit.facts import Sum, Target, Told
from vbs_site.audit.published import Facts
from vbs_site.audit.release import HIDDEN, NATIONAL, UNKNOWN, Line, Policy, Release
from vbs_site.diagnostics import Diagnosis

READ = ("rows", "where", "courses")
"""Steps that say what is left; every other step before `eligible` says what is left out."""
AFTER = ("eligible", "missing", "denominator", "numerator")


class Step(NamedTuple):
    """One count on the way from source to figure; `left` counts are what one step has less than the step before."""

    indicator: str
    period: str
    step: str

    @property
    def words(self) -> str:
        """Return the count as it is named in a finding."""
        return f"{self.step} on the way to {self.indicator}, {self.period}"


class Rows(NamedTuple):
    """One count of delivered rows; `rest` is what is left of those looked at."""

    source: str
    deliverer: str
    unit: str
    period: str
    check: str
    column: str
    what: str

    @property
    def words(self) -> str:
        """Return the count as it is named in a finding."""
        where = " ".join(each for each in (self.deliverer, self.unit, self.period) if each)
        return f"{self.what} of {self.source} {where}: {self.check} {self.column}".rstrip()


def flow_facts(release: Release) -> tuple[Facts, list[Diagnosis]]:
    """Return what the steps from source to figure tell, and the small counts that they show."""
    facts, found = Facts(), list[Diagnosis]()
    steps = defaultdict[tuple[str, str], dict[str, Line]](dict)
    for line in release.tables.get("flow", ()):
        steps[line.values["indicator"], line.values["period"]][line.values["step"]] = line
    whole = _without_gap(steps.values())
    for (indicator, period), lines in steps.items():
        policy = release.policy(indicator)
        if policy.round_to > 1:
            continue
        found += _flow(facts, Step(indicator, period, ""), lines, policy)
        last = _last_read(lines)
        if whole and last is not None:
            left = Step(indicator, period, f"left between {last} and eligible")
            facts.told.append(Told(((left, 1.0),), 0.0, 0.0, "every other figure has all its steps"))
    return facts, found


def _last_read(lines: Mapping[str, Line]) -> str | None:
    read = [name for name in READ if name in lines]
    return read[-1] if read and "eligible" in lines else None


def _without_gap(every: Iterable[Mapping[str, Line]]) -> bool:
    """Return whether the steps that are shown prove that nothing goes missing between them."""
    gaps = list[int]()
    for lines in every:
        last, counts = _last_read(lines), {name: line.count_of("count") for name, line in lines.items()}
        parts = [count for name, count in counts.items() if name not in (*READ, *AFTER[1:])]
        if last is not None and counts[last] is not None and all(part is not None for part in parts):
            gaps.append((counts[last] or 0) - sum(part or 0 for part in parts))
    return len(gaps) >= 3 and not any(gaps)


def _flow(facts: Facts, step: Step, lines: Mapping[str, Line], policy: Policy) -> Iterable[Diagnosis]:
    """Add the facts of one figure's steps; yield what is small and can be read."""
    out = [name for name in lines if name not in (*READ, *AFTER)]
    read = [name for name in READ if name in lines]
    totals = list[tuple[str, tuple[str, ...]]]()
    for name, after in pairwise(read):
        totals.append((name, (after, f"left between {name} and {after}")))
    if read and "eligible" in lines:
        totals.append((read[-1], ("eligible", *out, f"left between {read[-1]} and eligible")))
    counts = {name: line.count_of("count") for name, line in lines.items()}
    counted = _counted(counts)
    if counted is not None:
        totals.append(("eligible", (counted, "missing")))
    first = next(iter(lines.values()))
    for total, parts in totals:
        known = [counts.get(part) for part in (total, *parts) if part in lines]
        hidden = [part for part in parts if part not in lines]
        facts.sums.append(
            Sum(step._replace(step=total), tuple(step._replace(step=part) for part in parts), "steps add up")
        )
        if hidden and all(each is not None for each in known):
            gap = (known[0] or 0) - sum(each or 0 for each in known[1:])
            if 0 < gap < policy.threshold:
                yield findings.small_shown(
                    first.file, lines[total].number, step._replace(step=total).words, "a small difference"
                )
        for part in hidden:
            _aim(facts, step._replace(step=part), lines[total], policy)
    for name, line in lines.items():
        number = counts[name]
        if number is not None:
            facts.told.append(Told(((step._replace(step=name), 1.0),), number, number, line.place))
            if name in (*out, "missing") and policy.small(number) and number:
                yield findings.small_shown(
                    line.file, line.number, step._replace(step=name).words, "a small count"
                )
        elif name in (*out, "missing"):
            _aim(facts, step._replace(step=name), line, policy)


def _counted(counts: Mapping[str, int | None]) -> str | None:
    """Return which step, with what is missing, makes up the eligible; None when what is shown does not tell."""
    eligible, missing = counts.get("eligible"), counts.get("missing")
    if eligible is None or missing is None:
        return None
    return next(
        (each for each in ("denominator", "numerator") if counts.get(each) == eligible - missing), None
    )


def _aim(facts: Facts, count: Step | Rows, line: Line, policy: Policy) -> None:
    if count not in facts.hidden:
        facts.targets.append(Target(count, width=policy.width))
        facts.hidden[count] = line


def quality_facts(release: Release) -> tuple[Facts, list[Diagnosis]]:
    """Return what the counts of delivered rows tell, and the small counts that they show."""
    facts, found, policy = Facts(), list[Diagnosis](), release.default
    totals = defaultdict[Rows, list[Rows]](list)
    if policy.round_to > 1:
        return facts, found
    for line in release.tables.get("quality", ()):
        of = line.values
        keys = (of["source"], of["deliverer"], of["unit"], of["period"], of["check"], of["column"])
        name = Rows(*keys, "count")
        looked_at = name if name.check == "rows" else name._replace(check="rows", column="")
        rest = name._replace(what="rest")
        parts = {name: line.count_of("count")}
        if name.check not in ("sudden_change", "unknown_unit"):
            parts[looked_at] = line.count_of("of")
            if name.check != "rows":
                facts.sums.append(Sum(looked_at, (name, rest), "rows looked at"))
            if name.unit != NATIONAL:
                totals[name._replace(unit=NATIONAL, deliverer="")].append(name)
        if of["status"] == HIDDEN:
            found += [
                findings.still_there(line.file, line.number, name.words, f"a number in {column}")
                for column in ("count", "of")
                if of.get(column)
            ]
            # Rows with an unknown code are nobody's unit; how many they are follows from the totals.
            if name.unit != UNKNOWN and name.check != "unit":
                for each in (
                    (*parts, rest) if name.check not in ("rows", "unknown_unit", "sudden_change") else parts
                ):
                    _aim(facts, each, line, policy)
            continue
        for each, number in parts.items():
            if number is not None:
                facts.told.append(Told(((each, 1.0),), number, number, line.place))
        found += _small_rows(line, name, policy)
    _add_totals(facts, totals)
    return facts, found


def _small_rows(line: Line, name: Rows, policy: Policy) -> Iterable[Diagnosis]:
    """Yield the small counts of a line of delivered rows; no fault found says nothing of anyone."""
    count, of = line.count_of("count"), line.count_of("of")
    if name.check == "sudden_change":
        return
    given = {"count": count, "of": of}
    if name.check != "rows" and count is not None and of is not None:
        given["of less count"] = of - count
    for column, number in given.items():
        if number is not None and 0 < number < policy.threshold:
            yield findings.small_shown(line.file, line.number, name.words, f"a small count ({column})")


def _add_totals(facts: Facts, totals: Mapping[Rows, list[Rows]]) -> None:
    """Add that the country is the sum of its units, unless numbers that are shown say otherwise."""
    told = {fact.terms[0][0]: fact.low for fact in facts.told}
    named = told.keys() | facts.hidden.keys()
    for total, parts in totals.items():
        if total not in named:
            continue
        known = [told.get(part, math.nan) for part in parts]
        if total in told and told[total] != sum(known) and not any(math.isnan(each) for each in known):
            continue
        facts.sums.append(Sum(total, tuple(dict.fromkeys(parts)), "units within the country"))
