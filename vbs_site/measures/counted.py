"""The query over index events that no exclusion leaves out, with what their links found: the trunk of most kinds."""

from dataclasses import dataclass

from sqlglot import exp

from vbs_site.catalogue.events import Event
from vbs_site.engines.conditions_sql import any_missing
from vbs_site.engines.primitives import (
    Node,
    both,
    case,
    cast,
    column,
    count_if,
    count_rows,
    days_between,
    is_null,
    literal,
    not_null,
    plus,
    table,
    total,
)
from vbs_site.measures.index_events import index_events
from vbs_site.measures.links import Sought, counting_links, excluding_links, is_met, linked, picked
from vbs_site.measures.scope import Scope


@dataclass
class Counted:
    """Index events (alias `i`) after every exclusion.

    Attributes:
        query: a SELECT without columns yet.
        parts: the named parts before it.
        found: name of a counting link to its column; null for an index event with no row in reach.
        links: the counting links themselves.
    """

    query: exp.Select
    parts: dict[str, Node]
    found: dict[str, Node]
    links: list[Sought]


def counted(scope: Scope, extra: dict[str, Node] | None = None, *, register: bool = False) -> Counted:
    """Return the index events that count.

    Args:
        scope: the indicator.
        extra: further columns by name, as for `index_events`.
        register: whether the extra columns need the register of persons.
    """
    excluding, counting = excluding_links(scope), counting_links(scope)
    index_source = scope.indicator.of.from_
    same = dict.fromkeys(name for each in [*excluding, *counting] for name in each.link.same)
    carried = {f"same_{name}": column(name, "s") for name in same} | (extra or {})
    parts: dict[str, Node] = {"index_events": index_events(scope, carried, register=register)}
    query = exp.select(copy=False).from_(table("index_events", "i"), copy=False)
    found = dict[str, Node]()
    keys = len(scope.source(index_source).key)
    for number, (source, sought) in enumerate(_passes(index_source, [*excluding, *counting])):
        name = f"linked_{number}"
        alone = sought[0].alone
        parts[name] = picked(scope, source, sought[0]) if alone else linked(scope, source, sought)
        on = [exp.EQ(this=column(f"key_{i}", name), expression=column(f"key_{i}", "i")) for i in range(keys)]
        if alone:
            on.append(exp.EQ(this=column("pick", name), expression=literal(1)))
        query = query.join(table(name), on=both(*on), join_type="LEFT", copy=False)
        for each in sought:
            if each in excluding:
                query = query.where(exp.Not(this=is_met(each, column(each.name, name))), copy=False)
            else:
                found[each.name] = column(each.name, name)
    return Counted(query, parts, found, counting)


def _passes(index_source: str, links: list[Sought]) -> list[tuple[str, list[Sought]]]:
    """Return the passes over linked sources: links into the same source by the same time share one.

    Picks go alone, and so does the event that people are followed for: a pass over whole days would count the hours of
    the others as days.
    """
    together: dict[tuple[str, str | None, str], list[Sought]] = {}
    for each in links:
        source = each.link.from_ or index_source
        alone = each.alone or each.when or each.until
        together.setdefault((source, each.link.at, each.name if alone else ""), []).append(each)
    return [(source, sought) for (source, _, _), sought in together.items()]


def died_within(scope: Scope, event: Event) -> Node:
    """Return 1 where the person died from the day of the index event to the end of the window (both included), else 0."""
    days = days_to_death(scope)
    assert event.died is not None
    index = scope.indicator.of
    moment = column(scope.time(index.from_, index.at), "s")
    last = days_between(moment, plus(cast(moment.copy(), "DATE"), event.died))
    within = both(exp.GTE(this=days, expression=literal(0)), exp.LTE(this=days.copy(), expression=last))
    return case(within, literal(1), literal(0))


def days_to_death(scope: Scope) -> Node:
    """Return the days from the index event to death, null for those alive; over the aliases of `index_events`."""
    persons, index = scope.catalogue.persons, scope.indicator.of
    assert persons is not None and persons.death is not None, (
        "the rule persons_known guarantees the date of death"
    )
    return days_between(column(scope.time(index.from_, index.at), "s"), column(persons.death, "p0"))


def with_event(scope: Scope) -> tuple[Counted, dict[str, Node]]:
    """Return the index events that count, with eligible, n, numerator and missing of an event that decides.

    An index event for which the event cannot be told (a column that the condition compares is missing) is not in n.
    """
    event: Event = scope.indicator.event
    happened: Node
    if event.died is not None:
        rows = counted(scope, {"event": died_within(scope, event)}, register=True)
        happened = exp.EQ(this=column("event", "i"), expression=literal(1))
    elif event.where is not None:
        source = scope.indicator.of.from_
        true = scope.where(source, event.where, "s")
        unknown = any_missing(event.where, scope.source(source), "s")
        assert true is not None
        if unknown is None:
            rows = counted(scope, {"event": case(true, literal(1), literal(0))})
            happened = total(column("event", "i"))
            return rows, {"eligible": count_rows(), "n": count_rows(), "numerator": happened}
        flag = exp.Case(
            ifs=[exp.If(this=unknown, true=exp.null()), exp.If(this=true, true=literal(1))],
            default=literal(0),
        )
        rows = counted(scope, {"event": flag})
        return rows, {
            "eligible": count_rows(),
            "n": count_if(not_null(column("event", "i"))),
            "numerator": total(column("event", "i")),
            "missing": count_if(is_null(column("event", "i"))),
        }
    else:
        rows = counted(scope)
        (link,) = rows.links
        happened = is_met(link, rows.found[link.name])
    return rows, {"eligible": count_rows(), "n": count_rows(), "numerator": count_if(happened)}
