"""The meaning of a compiled measure: its query tree in a form that is equal whenever the numbers must be.

The order of conditions, exclusions and codes, the names of code sets, sources and columns, and the unit that a length
of time is written in leave no trace in it. Two measures with the same form give the same numbers on any data; two with
different forms can still agree on some.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlglot import exp
from sqlglot.optimizer.scope import Scope as Query
from sqlglot.optimizer.scope import traverse_scope

from vbs_site.catalogue.changes.meaning import Meaning
from vbs_site.catalogue.conditions import comparisons
from vbs_site.catalogue.derivation import with_contracts
from vbs_site.catalogue.indicators import Indicator, Ratio
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.sources import Unit
from vbs_site.catalogue.words import CALENDAR_MONTHS, Duration
from vbs_site.engines.primitives import Node
from vbs_site.measures.compile import compile_measure
from vbs_site.measures.derived import derivation
from vbs_site.measures.incremental import SAMPLE
from vbs_site.periods import PeriodKind

ANYWHERE = "anywhere"
"""A unit kind that stands for any, so that a measure can be compared whatever units it is shown for."""
_MINUTES = {"MINUTE": 1, "HOUR": 60, "DAY": 1440}


def meaning(catalogue: Catalogue, name: str, period: PeriodKind, called: Mapping[str, str]) -> Meaning:
    """Return the meaning of an indicator; see `vbs_site.catalogue.changes.meaning.Compiled`."""
    indicator = catalogue.indicators[name]
    if isinstance(indicator, Ratio):
        words = [str(indicator.each)]
        for half in (indicator.numerator, indicator.denominator):
            found = meaning(catalogue, half.indicator, period, called)
            share = found.parts.get("share_improved", "") if half.statistic == "numerator" else ""
            words += [half.statistic, found.measure, share]
        return Meaning("\n".join(["ratio", *words]), {})
    plain = _plain(indicator, period)
    bare = plain.model_copy(update={"exclude": [], "improved": None})
    parts = {kind: _form(catalogue, name, bare, kind, called) for kind in indicator.units}
    if getattr(indicator, "improved", None) is not None:
        improved = plain.model_copy(update={"exclude": []})
        parts["share_improved"] = _form(catalogue, name, improved, ANYWHERE, called)
    # An index event is left out when any exclusion applies, so each is a part of its own and their order is none.
    alone = {
        _form(catalogue, name, bare.model_copy(update={"exclude": [each]}), ANYWHERE, called)
        for each in getattr(indicator, "exclude", [])
    }
    whole = _form(catalogue, name, bare, ANYWHERE, called)
    return Meaning("\n".join([indicator.kind, whole, *sorted(alone), *_beside(indicator, called)]), parts)


def _beside(indicator: Indicator, called: Mapping[str, str]) -> Iterator[str]:
    """Yield what decides a value outside the query over its rows."""
    per = getattr(indicator, "per", None)
    if per is not None:
        yield f"each {per.each} {getattr(per, 'person_time', '')}"
    for key in ("reference", "standard"):
        part = getattr(indicator, key, None)
        if part is not None:
            yield f"{key} {part.model_copy(update={'from_': called.get(part.from_, part.from_)}).model_dump()}"
    yield f"by {sorted(getattr(indicator, 'by', []))}"


def _plain(indicator: Indicator, period: PeriodKind) -> Indicator:
    """Return the indicator without strata that are only shown, with a given period and a look-back in months."""
    update: dict[str, Any] = {"period": period, "stratify": []}
    cohort = getattr(indicator, "cohort", None)
    if cohort is not None:
        months = Duration(cohort.within.count * CALENDAR_MONTHS[cohort.within.unit], "months")
        update["cohort"] = cohort.model_copy(update={"within": months})
    return indicator.model_copy(update=update)


def _form(catalogue: Catalogue, name: str, indicator: Indicator, kind: str, called: Mapping[str, str]) -> str:
    """Return the form of an indicator's query for a unit kind; reported days leave no trace."""
    about = catalogue.catalogue.model_copy(update={"year_starts": 1})
    units = catalogue.units | {
        ANYWHERE: Unit(title={"en": ANYWHERE}, plural={"en": ANYWHERE}, column=ANYWHERE)
    }
    changed = {"catalogue": about, "units": units, "indicators": {**catalogue.indicators, name: indicator}}
    days = SAMPLE[:2] if getattr(indicator, "cohort", None) is not None else (None, None)
    tree = compile_measure(catalogue.model_copy(update=changed), name, kind, *days)
    return _Reading(catalogue, called).form(tree)


@dataclass(frozen=True)
class _Reading:
    """Writes query trees in a form that depends on what they mean alone.

    Attributes:
        catalogue: whose contracts the columns are found in.
        called: source to the name under which it is compared.
    """

    catalogue: Catalogue
    called: Mapping[str, str]

    def form(self, tree: exp.Expr) -> str:
        """Return the form of a query over sources; the tree is changed."""
        used: dict[str, set[str]] = {}
        renamed: list[tuple[exp.Column, str]] = []
        queries = traverse_scope(tree)
        for query in queries:
            for column in query.columns:
                origin = self._origin(query, column.table, column.name)
                if origin is not None:
                    used.setdefault(origin[0], set()).add(origin[1])
                    renamed.append((column, self._delivered(*origin)))
        for query in queries:
            _drop_unread(query)
        for column, name in renamed:
            column.set("this", exp.to_identifier(name, quoted=True))
        for query in queries:
            for table in query.tables:
                if table.name in self.catalogue.sources and table.name not in query.cte_sources:
                    name = self._source(table.name, used.get(table.name, set()))
                    table.set("this", exp.to_identifier(name, quoted=True))
        return _text(tree)

    def _origin(self, query: Query, table: str, column: str) -> tuple[str, str] | None:
        """Return the source and column that a column of a query stands for, followed through what lies between."""
        found = query.sources.get(table)
        if isinstance(found, exp.Table):
            return (found.name, column) if found.name in self.catalogue.sources else None
        if not isinstance(found, Query) or not isinstance(found.expression, exp.Select):
            return None
        inner = found.expression.selects
        if len(inner) == 1 and isinstance(inner[0], exp.Star):
            return self._origin(found, next(iter(found.selected_sources)), column)
        for each in inner:
            if isinstance(each, exp.Column) and each.name == column:
                return self._origin(found, each.table, column)
        return None

    def _delivered(self, source: str, column: str) -> str:
        """Return the name that a column has where it is delivered."""
        contract = self.catalogue.sources[source].columns.get(column)
        derive = self.catalogue.sources[source].derive
        if derive is not None and column in self.catalogue.sources[derive.base].columns:
            return self._delivered(derive.base, column)
        return contract.from_ or column if contract is not None else column

    def _source(self, name: str, columns: set[str]) -> str:
        """Return what a source is compared by: its name, or how the columns read of it are derived."""
        derive = self.catalogue.sources[name].derive
        if derive is None:
            return self.called.get(name, name)
        line = self.catalogue.derived_of([name])
        needed = columns | set(self._asked(line))
        sources = dict(self.catalogue.sources)
        for each in line:
            made = sources[each].derive
            assert made is not None
            take = {key: how for key, how in made.take.items() if key in needed}
            sources[each] = sources[each].model_copy(
                update={"derive": made.model_copy(update={"take": take})}
            )
        narrowed = self.catalogue.model_copy(update={"sources": with_contracts(sources)})
        return _Reading(narrowed, self.called).form(derivation(narrowed, name))

    def _asked(self, line: Iterable[str]) -> Iterator[str]:
        for each in line:
            derive = self.catalogue.sources[each].derive
            if derive is not None and derive.where is not None:
                yield from (comparison.column for comparison in comparisons(derive.where))


def _drop_unread(query: Query) -> None:
    """Remove plain columns that a query in FROM hands up and nobody reads."""
    for alias, (_, inner) in query.selected_sources.items():
        if not isinstance(inner, Query) or not inner.is_derived_table:
            continue
        if not isinstance(inner.expression, exp.Select):
            continue
        read = {each.name for each in query.columns if each.table == alias}
        kept = [
            each for each in inner.expression.selects if not isinstance(each, exp.Column) or each.name in read
        ]
        inner.expression.set("expressions", kept)


def _text(node: Any) -> str:
    """Return a tree as text that leaves out what makes no difference."""
    match node:
        case exp.Paren():
            return _text(node.this)
        case exp.And() | exp.Or():
            parts = sorted({_text(each) for each in _apart(node)})
            return parts[0] if len(parts) == 1 else f"{type(node).__name__}({', '.join(parts)})"
        case exp.In() if node.expressions:
            values = sorted({_text(each) for each in node.expressions})
            return f"{_text(node.this)} in ({', '.join(values)})"
        case exp.EQ() if isinstance(node.expression, exp.Literal):
            return f"{_text(node.this)} in ({_text(node.expression)})"
        case exp.Between():
            low = exp.GTE(this=node.this.copy(), expression=node.args["low"].copy())
            high = exp.LTE(this=node.this.copy(), expression=node.args["high"].copy())
            return _text(exp.And(this=low, expression=high))
        case exp.Interval() if str(node.unit) in _MINUTES:
            return f"{int(node.this.name) * _MINUTES[str(node.unit)]} minutes"
        case exp.Literal() if not node.is_string:
            return str(Decimal(node.name).normalize())
        case exp.Expr():
            arguments = [f"{key}={_text(value)}" for key, value in sorted(node.args.items()) if value]
            return f"{type(node).__name__}({', '.join(arguments)})"
        case list():
            return f"[{', '.join(_text(each) for each in node)}]"
        case _:
            return repr(node)


def _apart(node: Node) -> list[Node]:
    """Return the conditions that a conjunction or disjunction is made of, without those that others make idle."""
    parts = list(_conditions(node))
    prefixes = [each for each in parts if isinstance(each, exp.Like) and isinstance(node, exp.Or)]
    return [each for each in parts if not (isinstance(each, exp.Like) and _covered(each, prefixes))]


def _conditions(node: Node) -> Iterator[Node]:
    for part in (node.this, node.expression):
        bare = part.unnest()
        if type(bare) is type(node):
            yield from _conditions(bare)
        elif not (isinstance(node, exp.And) and bare == exp.true()):
            yield bare


def _covered(code: exp.Like, among: Iterable[exp.Like]) -> bool:
    """Return whether every code with a prefix has another one's too, as DE101 has DE10."""
    prefix = code.expression.name
    return any(
        each.this == code.this
        and prefix != each.expression.name
        and prefix.startswith(each.expression.name[:-1])
        for each in among
    )
