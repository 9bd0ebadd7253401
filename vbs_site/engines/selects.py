"""What may be sent to an engine: one SELECT, and which of its tables are sources."""

from collections.abc import Container, Iterator

from sqlglot import exp

FORBIDDEN = (exp.DML, exp.DDL, exp.Command, exp.Into, exp.Lock, exp.Parameter, exp.Placeholder)
"""What can hide inside a SELECT and is none: a writing part in its WITH, SELECT INTO, a row lock."""


def only_select(query: exp.Expr) -> exp.Query:
    """Return the query if it is one SELECT and nothing else.

    Raises:
        TypeError: when it is not.
    """
    if not isinstance(query, exp.Query) or query.find(*FORBIDDEN) is not None:
        raise TypeError("an engine is sent one SELECT and nothing else")
    return query


def tables_of(query: exp.Query, names: Container[str]) -> Iterator[exp.Table]:
    """Yield each table of the query that is one of the sources: a name that a WITH in reach defines is not."""
    for node in query.find_all(exp.Table):
        if not node.db and node.name in names and node.name not in _parts_in_reach(node):
            yield node


def _parts_in_reach(node: exp.Expr) -> Iterator[str]:
    """Yield the names that WITH clauses around a node define before it."""
    below, above = node, node.parent
    while above is not None:
        if isinstance(above, exp.With):
            for part in above.expressions:
                if part is below:
                    break
                yield part.alias
        elif (clause := above.args.get("with_")) is not None and clause is not below:
            yield from (part.alias for part in clause.expressions)
        below, above = above, above.parent
