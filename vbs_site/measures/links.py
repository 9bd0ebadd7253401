"""Linked events: what we look for around an index event, one pass over each linked source."""

from dataclasses import dataclass

from sqlglot import exp

from vbs_site.catalogue.indicators import Exclusion, Link
from vbs_site.catalogue.words import Duration
from vbs_site.engines.conditions_sql import shared_part
from vbs_site.engines.primitives import Node, both, column, either, flag, named, plus, table
from vbs_site.measures.scope import Scope

NONE = Duration(0, "days")


@dataclass(frozen=True)
class Sought:
    """One link with the name of the 0/1 column that says whether it was found, and the direction it looks."""

    name: str
    link: Link
    forwards: bool


def sought_links(scope: Scope) -> tuple[list[Sought], list[Sought]]:
    """Return the links that exclude an index event, and those that make it count."""
    excluding = []
    exclusions: list[Exclusion] = getattr(scope.indicator, "exclude", [])
    for i, each in enumerate(exclusions):
        if each.followed_by is not None:
            excluding.append(Sought(f"excluded_{i}", each.followed_by, forwards=True))
        if each.preceded_by is not None:
            excluding.append(Sought(f"excluded_{i}", each.preceded_by, forwards=False))
    counting = []
    event = getattr(scope.indicator, "event", None)
    if event is not None and event.followed_by is not None:
        counting.append(Sought("event", event.followed_by, forwards=True))
    if event is not None and event.preceded_by is not None:
        counting.append(Sought("event", event.preceded_by, forwards=False))
    return excluding, counting


def linked(scope: Scope, source: str, sought: list[Sought]) -> exp.Select:
    """Return, per index event with any row in reach, a 0/1 column for each link into `source`.

    Rows are joined once over all windows; each link then tests its own window and condition. The part of the
    conditions that all links share filters the rows before the join.
    """
    index_source = scope.indicator.of.from_
    contract = scope.source(source)
    at = {scope.time(source, each.link.at) for each in sought}
    assert len(at) == 1 and contract.person is not None, "links are grouped by source and time"
    moment = at.pop()
    keys = len(scope.source(index_source).key)
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
    time, index_time = column(moment, "r"), column("index_time", "i")
    on: list[Node] = [
        exp.EQ(this=column(contract.person, "r"), expression=column("person", "i")),
        # A month can be shorter than 30 days: of several windows none is the widest for every index time.
        either(*(exp.GTE(this=time.copy(), expression=_edge(index_time, window, -1)) for window in before)),
        either(*(exp.LTE(this=time.copy(), expression=_edge(index_time, window, +1)) for window in after)),
    ]
    if source == index_source:
        on.append(_another_row(scope.source(source).key))
    query = exp.select(
        *(column(f"key_{i}", "i") for i in range(keys)),
        *(named(flag(_found(scope, source, each, time, index_time)), each.name) for each in sought),
        copy=False,
    )
    query = query.from_(table("index_events", "i"), copy=False).join(
        candidates.subquery("r", copy=False), on=both(*on), join_type="INNER", copy=False
    )
    return query.group_by(*(column(f"key_{i}", "i") for i in range(keys)), copy=False)


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
    return both(near_test, far_test, scope.where(source, each.link.where, "r"))


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
