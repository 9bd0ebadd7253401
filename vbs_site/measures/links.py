"""Linked events: what we look for around an index event, one pass over each linked source."""

from dataclasses import dataclass, replace

from sqlglot import exp

from vbs_site.catalogue.events import Event, Exclusion, FollowedEvent, Link
from vbs_site.catalogue.values import Value
from vbs_site.catalogue.words import Duration
from vbs_site.engines.conditions_sql import shared_part, single_valued
from vbs_site.engines.primitives import (
    Node,
    both,
    case,
    cast,
    column,
    count_if,
    days_between,
    either,
    flag,
    literal,
    named,
    plus,
    table,
    total,
)
from vbs_site.measures.scope import Scope
from vbs_site.measures.shape import SUM

NONE = Duration(0, "days")


@dataclass(frozen=True)
class Sought:
    """One link with the name of the column that says what was found, and the direction it looks.

    Attributes:
        name: of the column: 0/1 for `any`, and for a first or last row that must be something; else the number or value.
        when: whether the column is the time of the first such row instead.
        until: whether only rows up to the index event's `stop_days` count.
    """

    name: str
    link: Link
    forwards: bool
    when: bool = False
    until: bool = False

    @property
    def alone(self) -> bool:
        """Return whether one row must be picked, which takes a pass of its own."""
        return self.link.pick in ("first", "last")


def excluding_links(scope: Scope) -> list[Sought]:
    """Return the links that exclude an index event."""
    exclusions: list[Exclusion] = getattr(scope.indicator, "exclude", [])
    found = []
    for i, each in enumerate(exclusions):
        found += _both_ways(f"excluded_{i}", each)
    return found


def counting_links(scope: Scope) -> list[Sought]:
    """Return the links that make an index event count or give its value."""
    indicator = scope.indicator
    event, value = getattr(indicator, "event", None), getattr(indicator, "value", None)
    found = _both_ways("event", event) if event is not None else []
    if isinstance(event, FollowedEvent):
        found = [replace(each, when=not event.recurs, until=event.recurs) for each in found]
    return found + (_both_ways("value", value) if value is not None else [])


def _both_ways(name: str, part: Exclusion | Event | Value) -> list[Sought]:
    found = [Sought(name, part.followed_by, forwards=True)] if part.followed_by is not None else []
    return found + ([Sought(name, part.preceded_by, forwards=False)] if part.preceded_by is not None else [])


def is_met(each: Sought, found: Node) -> Node:
    """Return whether a link that decides is met, given its column (null where there was no row in reach)."""
    least = each.link.at_least if each.link.at_least is not None else 1
    number = int(least) if float(least).is_integer() else least
    return exp.GTE(this=exp.Coalesce(this=found, expressions=[literal(0)]), expression=literal(number))


def linked(scope: Scope, source: str, sought: list[Sought]) -> exp.Select:
    """Return, per index event with any row in reach, one column for each link into `source`.

    Rows are joined once over all windows; each link then tests its own window and condition. The part of the
    conditions that all links share filters the rows before the join.
    """
    at = {scope.time(source, each.link.at) for each in sought}
    assert len(at) == 1 and scope.source(source).person is not None, "links are grouped by source and time"
    moment = at.pop()
    keys = len(scope.source(scope.indicator.of.from_).key)
    time, index_time = _times(scope, source, sought, moment)
    query = exp.select(
        *(column(f"key_{i}", "i") for i in range(keys)),
        *(named(_what(scope, source, each, time, index_time), each.name) for each in sought),
        copy=False,
    )
    query = _in_reach(scope, query, source, sought, moment)
    return query.group_by(*(column(f"key_{i}", "i") for i in range(keys)), copy=False)


def picked(scope: Scope, source: str, each: Sought) -> exp.Select:
    """Return `key_0`…, the column of the link, and `pick` (1 for the row that is taken), per index event and row found.

    Among several rows the first or last by time is taken; at the same time, the one with the lowest key.
    """
    contract = scope.source(source)
    moment = scope.time(source, each.link.at)
    keys = [column(f"key_{i}", "i") for i in range(len(scope.source(scope.indicator.of.from_).key))]
    time, index_time = _times(scope, source, [each], moment)
    order: list[Node] = [
        exp.Ordered(this=column(moment, "r"), desc=each.link.pick == "last", nulls_first=False)
    ]
    told = {contract.person, moment, *single_valued(each.link.where)}
    order += [
        exp.Ordered(this=column(key, "r"), nulls_first=False) for key in contract.key if key not in told
    ]
    rank = exp.Window(
        this=exp.RowNumber(),
        partition_by=[key.copy() for key in keys],
        order=exp.Order(expressions=order),
    )
    if each.link.then is not None:
        then = scope.where(source, each.link.then, "r")
        assert then is not None
        what: Node = case(then, literal(1), literal(0))
    else:
        what = cast(column(each.link.value or "", "r"), "DECIMAL(18, 6)")
    query = exp.select(*keys, named(what, each.name), named(rank, "pick"), copy=False)
    query = _in_reach(scope, query, source, [each], moment)
    return query.where(_found(scope, source, each, time, index_time), copy=False)


def _in_reach(scope: Scope, query: exp.Select, source: str, sought: list[Sought], moment: str) -> exp.Select:
    """Return the query over index events (`i`) and the rows of the same person (`r`) in the widest of the windows."""
    contract, index_source = scope.source(source), scope.indicator.of.from_
    common = shared_part([each.link.where for each in sought])
    after = list(dict.fromkeys(each.link.within for each in sought if each.forwards)) or [NONE]
    before = list(dict.fromkeys(each.link.within for each in sought if not each.forwards)) or [NONE]
    longest_before, longest_after = (
        max(windows, key=lambda window: window.longest_days) for windows in (before, after)
    )
    candidates = (
        exp.select("*", copy=False)
        .from_(table(source, "c"), copy=False)
        .where(
            both(
                scope.where(source, common, "c"),
                scope.reported(source, moment, "c", before=longest_before, after=longest_after),
            ),
            copy=False,
        )
    )
    time, index_time = _times(scope, source, sought, moment)
    on: list[Node] = [
        exp.EQ(this=column(contract.person or "", "r"), expression=column("person", "i")),
        # A month can be shorter than 30 days: of several windows none is the widest for every index time.
        either(*(exp.GTE(this=time.copy(), expression=_edge(index_time, window, -1)) for window in before)),
        either(*(exp.LTE(this=time.copy(), expression=_edge(index_time, window, +1)) for window in after)),
    ]
    if source == index_source:
        on.append(_another_row(scope.source(source).key))
    return query.from_(table("index_events", "i"), copy=False).join(
        candidates.subquery("r", copy=False), on=both(*on), join_type="INNER", copy=False
    )


def _times(scope: Scope, source: str, sought: list[Sought], moment: str) -> tuple[Node, Node]:
    """Return the linked time and the index time as they are compared: as days, unless both have a time of day.

    People are followed in whole days, whatever the times are.
    """
    index = scope.indicator.of
    kinds = [
        scope.source(source).columns[moment].type,
        scope.source(index.from_).columns[scope.time(index.from_, index.at)].type,
    ]
    by_day = "date" in kinds or any(each.when or each.until for each in sought)
    times: list[Node] = [column(moment, "r"), column("index_time", "i")]
    time, index_time = (
        cast(each, "DATE") if by_day and kind != "date" else each
        for each, kind in zip(times, kinds, strict=True)
    )
    return time, index_time


def _what(scope: Scope, source: str, each: Sought, time: Node, index_time: Node) -> Node:
    """Return the column of a link that looks at all its rows."""
    found = _found(scope, source, each, time, index_time)
    if each.when:
        return exp.Min(this=case(found, cast(time.copy(), "TIMESTAMP")))
    if each.until:
        in_time = exp.LTE(this=days_between(index_time, time), expression=column("stop_days", "i"))
        return count_if(both(found, in_time))
    if each.link.pick == "count":
        return count_if(found)
    if each.link.pick == "sum":
        return total(case(found, column(each.link.value or "", "r")), SUM)
    return flag(found)


def _found(scope: Scope, source: str, each: Sought, time: Node, index_time: Node) -> Node:
    sign = 1 if each.forwards else -1
    near, far = each.link.after, each.link.within
    near_edge, far_edge = _edge(index_time, near or NONE, sign), _edge(index_time, far, sign)
    if each.forwards:
        near_test: Node = (exp.GT if near is not None else exp.GTE)(this=time.copy(), expression=near_edge)
        far_test: Node = exp.LTE(this=time.copy(), expression=far_edge)
    else:
        near_test = (exp.LT if near is not None else exp.LTE)(this=time.copy(), expression=near_edge)
        far_test = exp.GTE(this=time.copy(), expression=far_edge)
    same = [exp.EQ(this=column(name, "r"), expression=column(f"same_{name}", "i")) for name in each.link.same]
    return both(near_test, far_test, *same, scope.where(source, each.link.where, "r"))


def _edge(index_time: Node, window: Duration, sign: int) -> Node:
    return (
        plus(index_time.copy(), Duration(sign * window.count, window.unit))
        if window.count
        else index_time.copy()
    )


def _another_row(keys: list[str]) -> Node:
    """Return that the linked row is not the index row itself."""
    same = [exp.EQ(this=column(key, "r"), expression=column(f"key_{i}", "i")) for i, key in enumerate(keys)]
    return exp.Not(this=exp.paren(both(*same)))
