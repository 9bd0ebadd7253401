"""What a query is built from: the catalogue, one indicator, and the days that are reported."""

import datetime
import itertools
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from vbs_site.catalogue.conditions import Condition
from vbs_site.catalogue.indicators import strata_of
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.sources import Source, Unit
from vbs_site.catalogue.words import Duration
from vbs_site.engines.conditions_sql import condition_sql
from vbs_site.engines.primitives import Node, both, cast, column, literal, period_index, table
from vbs_site.periods import PeriodKind

AGE_BANDS = (18, 40, 65, 80)
"""Lower edges of the age bands after the first: 00-17, 18-39, 40-64, 65-79, 80+."""


@dataclass(frozen=True)
class Scope:
    """One indicator seen from its own question.

    Attributes:
        start, end: reported days, end excluded; None where a source only carries years.
        unit_kind: the unit kind that rows are grouped by.
        horizon: first day that is not covered by every source in which people are followed; None follows to the end.
        deliverer: whose index events count; None for all. Linked rows are everybody's.
        kept: the table with the qualifying rows of a cohort, as `cohorts.qualifying_rows` gives them; None reads the
            cohort's source.
    """

    catalogue: Catalogue
    name: str
    unit_kind: str
    start: datetime.date | None
    end: datetime.date | None
    horizon: datetime.date | None = None
    deliverer: str | None = None
    kept: str | None = None

    @property
    def strata(self) -> tuple[str, ...]:
        """Return the strata that the result is grouped by, in the order of its columns."""
        return strata_of(self.catalogue.indicators[self.name])

    @property
    def indicator(self) -> Any:
        """Return the indicator; its kind decides which keys it has."""
        return self.catalogue.indicators[self.name]

    @property
    def period(self) -> PeriodKind:
        """Return the length of the reporting period."""
        return self.catalogue.indicators[self.name].period

    @property
    def unit(self) -> Unit:
        """Return the unit kind's definition."""
        return self.catalogue.units[self.unit_kind]

    def source(self, name: str) -> Source:
        """Return a source by name."""
        return self.catalogue.sources[name]

    def time(self, source: str, at: str | None) -> str:
        """Return the time column that is meant: named, or the source's start."""
        times = self.source(source).time
        chosen = at or (times.start if times else None)
        assert chosen is not None, "the rule times_fit guarantees a time column"
        return chosen

    def where(self, source: str, condition: Condition | None, alias: str) -> Node | None:
        """Return a condition as SQL, or None when there is none."""
        if condition is None:
            return None
        return condition_sql(condition, self.source(source), self.catalogue.codesets, alias)

    def period_index(self, source: str, at: str, moment: Node) -> Node:
        """Return the period number of a moment that comes from `source.at`."""
        is_year = self.source(source).columns[at].type == "year"
        return period_index(
            moment, self.period, is_year=is_year, year_starts=self.catalogue.catalogue.year_starts
        )

    def reported(
        self,
        source: str,
        at: str,
        alias: str,
        *,
        before: Duration | None = None,
        after: Duration | None = None,
    ) -> Node | None:
        """Return the range of `source.at` that can matter: the reported days, widened by `before` and `after`.

        The range only spares work: rows outside it cannot change any reported number. `before` is subtracted in whole
        calendar units, so a range is never too narrow.
        """
        kind = self.source(source).columns[at].type
        moment = column(at, alias)
        if kind == "year":
            return exp.GTE(this=moment, expression=literal(self.start.year)) if self.start else None
        low = high = None
        if self.start is not None:
            low = exp.GTE(this=moment, expression=_day(self.start, kind, before, -1))
        if self.end is not None:
            bound = _day(self.end, kind, after, +1)
            high = (
                exp.LT(this=moment.copy(), expression=bound)
                if after is None
                else exp.LTE(this=moment.copy(), expression=bound)
            )
        return both(low, high) if low is not None or high is not None else None


def _day(day: datetime.date, kind: str, widen: Duration | None, sign: int) -> Node:
    if widen is not None:
        day = day + sign * datetime.timedelta(days=int(widen.longest_days) + 1)
    return cast(literal(day), "TIMESTAMP") if kind == "timestamp" else literal(day)


def person_joins(scope: Scope, query: exp.Select, person: Node, *, register: bool, path: bool) -> exp.Select:
    """Return the query with the person register and the unit's path joined to it.

    Args:
        scope: the indicator.
        query: a query that holds the person.
        person: the person column in it.
        register: whether the person register is needed itself (deaths, strata).
        path: whether the unit's path is to be joined.
    """
    steps = [step.split(".") for step in (scope.unit.path or [])] if path else []
    joined = dict[str, str]()
    persons = scope.catalogue.persons
    needed = [persons.source] if register and persons else []
    if steps:
        needed.append(steps[0][0])
    for source in dict.fromkeys(needed):
        alias = f"p{len(joined)}"
        joined[source] = alias
        key = column(scope.source(source).person or scope.source(source).key[0], alias)
        query = query.join(
            table(source, alias), on=exp.EQ(this=key, expression=person.copy()), join_type="LEFT", copy=False
        )
    for (before, before_column), (source, _) in itertools.pairwise(steps):
        alias = f"p{len(joined)}"
        on = exp.EQ(
            this=column(scope.source(source).key[0], alias), expression=column(before_column, joined[before])
        )
        joined[source] = alias
        query = query.join(table(source, alias), on=on, join_type="LEFT", copy=False)
    return query


def unit_code(scope: Scope, alias: str, *, register: bool) -> Node:
    """Return the column that holds the unit's code, given how `person_joins` named its tables."""
    if scope.unit.path is None:
        return column(scope.unit.column or "", alias)
    persons = scope.catalogue.persons
    sources = [persons.source] if register and persons else []
    sources += [step.split(".")[0] for step in scope.unit.path]
    order = list(dict.fromkeys(sources))
    last_source, last_column = scope.unit.path[-1].split(".")
    return column(last_column, f"p{order.index(last_source)}")
