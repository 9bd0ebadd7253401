"""Derived sources: rows chained or chosen from those of another source, as one tree for every engine.

Rows of a person belong together as long as each starts close enough to the latest end of those before it; a row that is
still open counts from its start. What lies in files is derived once per content and kept as Parquet; over a table the
tree itself is read.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from sqlglot import exp

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.sources import How, Source
from vbs_site.catalogue.words import Bound
from vbs_site.engines.conditions_sql import condition_sql
from vbs_site.engines.duckdb_engine import opened, select_over, write_rows
from vbs_site.engines.engine import Settings
from vbs_site.engines.primitives import (
    Node,
    both,
    case,
    cast,
    column,
    count_rows,
    either,
    is_null,
    literal,
    named,
    not_null,
    plus,
    table,
)
from vbs_site.engines.relations import DELIVERER, Part, Relation, sql_type

DERIVE_VERSION = 1
"""Raised when a derived file would hold something else, so that it is written anew."""

LATEST_END, BEGINS, CHAIN, RANK = "_latest_end", "_begins", "_chain", "_rank"
_COMPARE: dict[str, type[exp.Binary]] = {"<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}


def derivation(catalogue: Catalogue, name: str) -> exp.Select:
    """Return a SELECT over the base of a derived source that gives its columns and `_deliverer`."""
    derive = catalogue.sources[name].derive
    assert derive is not None
    return _chained(catalogue, name) if derive.chain is not None else _selected(catalogue, name)


def _selected(catalogue: Catalogue, name: str) -> exp.Select:
    source = catalogue.sources[name]
    derive = source.derive
    assert derive is not None
    base = catalogue.sources[derive.base]
    kept = [_where(catalogue, name, "b")]
    if derive.lasting is not None:
        assert base.time is not None and base.time.end is not None, "the rule derivations_fit guarantees both"
        kept.append(_holds(derive.lasting, column(base.time.start, "b"), column(base.time.end, "b")))
    rows = exp.select(*(column(each, "b") for each in (*source.columns, DELIVERER)), copy=False)
    return rows.from_(table(derive.base, "b"), copy=False).where(both(*kept), copy=False)


def _holds(bound: Bound, start: Node, end: Node) -> Node:
    """Return whether a bound holds for the time from one moment to another."""
    return _COMPARE[bound.operator](this=cast(end, "TIMESTAMP"), expression=plus(start, bound.length))


def _where(catalogue: Catalogue, name: str, alias: str) -> Node | None:
    derive = catalogue.sources[name].derive
    if derive is None or derive.where is None:
        return None
    return condition_sql(derive.where, catalogue.sources[derive.base], catalogue.codesets, alias)


def _chained(catalogue: Catalogue, name: str) -> exp.Select:
    """Return one row per chain, in four steps: the latest end before each row, whether it opens a chain, which, and the sums."""
    source = catalogue.sources[name]
    derive = source.derive
    assert derive is not None and derive.gap is not None and source.person is not None
    assert source.time is not None and source.time.end is not None, "the rule derivations_fit guarantees both"
    base = catalogue.sources[derive.base]
    person, start, end = source.person, source.time.start, source.time.end
    read = [each for each in (*source.columns, DELIVERER) if derive.take.get(each) != "count"]
    # Rows without a person or a start belong to no chain.
    kept = [_where(catalogue, name, "b"), not_null(column(person, "b")), not_null(column(start, "b"))]
    reach = exp.Coalesce(this=column(end, "b"), expressions=[column(start, "b")])
    latest = _running(exp.Max(this=reach), source, "b", up_to="before")
    rows = exp.select(*(column(each, "b") for each in read), named(latest, LATEST_END), copy=False)
    rows = rows.from_(table(derive.base, "b"), copy=False).where(both(*kept), copy=False)

    close = _holds(derive.gap, column(LATEST_END, "r"), column(start, "r"))
    opens = case(either(is_null(column(LATEST_END, "r")), exp.Not(this=exp.paren(close))), literal(1))
    rows = _over(rows, "r", read, named(opens, BEGINS))
    number = _running(exp.Count(this=column(BEGINS, "o")), source, "o")
    rows = _over(rows, "o", [*read, BEGINS], named(number, CHAIN))
    if "last" in derive.take.values():
        rows = _over(rows, "n", [*read, BEGINS, CHAIN], named(_rank(source), RANK))

    columns = {key: _first(column(key, "c"), source.columns[key].type) for key in source.key}
    columns |= {person: column(person, "c"), start: exp.Min(this=column(start, "c"))}
    ended = exp.EQ(this=exp.Count(this=column(end, "c")), expression=exp.Count(this=exp.Star()))
    columns |= {end: case(ended, exp.Max(this=column(end, "c")))}
    columns |= {each: _taken(how, each, base) for each, how in derive.take.items()}
    columns |= {DELIVERER: _first(column(DELIVERER, "c"), "text")}
    chains = exp.select(*(named(node, each) for each, node in columns.items()), copy=False)
    chains = chains.from_(rows.subquery(exp.to_identifier("c", quoted=True), copy=False), copy=False)
    return chains.group_by(column(person, "c"), column(CHAIN, "c"), copy=False)


def _over(rows: exp.Select, alias: str, kept: Iterable[str], more: Node) -> exp.Select:
    """Return the rows with one more column."""
    below = rows.subquery(exp.to_identifier(alias, quoted=True), copy=False)
    return exp.select(*(column(each, alias) for each in kept), more, copy=False).from_(below, copy=False)


def _running(what: Node, source: Source, alias: str, *, up_to: str = "here") -> Node:
    """Return a figure over a person's rows in order of start, then key: those before, or up to the row itself."""
    assert source.time is not None and source.person is not None
    order = [
        exp.Ordered(this=column(each, alias), nulls_first=True) for each in (source.time.start, *source.key)
    ]
    until = {"end": literal(1), "end_side": "PRECEDING"} if up_to == "before" else {"end": "CURRENT ROW"}
    return exp.Window(
        this=what,
        partition_by=[column(source.person, alias)],
        order=exp.Order(expressions=order),
        spec=exp.WindowSpec(kind="ROWS", start="UNBOUNDED", start_side="PRECEDING", **until),
    )


def _rank(source: Source) -> Node:
    """Return 1 for the row of a chain that ends last: one still open before all others, then by later start, then key."""
    assert source.time is not None and source.time.end is not None and source.person is not None
    start, end = column(source.time.start, "n"), column(source.time.end, "n")
    order = [
        exp.Ordered(this=end, desc=True, nulls_first=True),
        exp.Ordered(this=start, desc=True, nulls_first=False),
    ]
    order += [exp.Ordered(this=column(key, "n"), nulls_first=False) for key in source.key]
    return exp.Window(
        this=exp.RowNumber(),
        partition_by=[column(source.person, "n"), column(CHAIN, "n")],
        order=exp.Order(expressions=order),
    )


def _taken(how: How, name: str, base: Source) -> Node:
    """Return a column of a chain."""
    if how == "count":
        return count_rows()
    value, contract = column(name, "c"), base.columns[name]
    match how:
        case "first":
            return _first(value, contract.type)
        case "last":
            return _of_one(exp.EQ(this=column(RANK, "c"), expression=literal(1)), value, contract.type)
        case "sum":
            return cast(exp.Sum(this=value), sql_type(contract))
        case "min":
            return exp.Min(this=value)
        case "max":
            return exp.Max(this=value)
        case _:
            return _of_one(exp.true(), value, "boolean")


def _first(value: Node, kind: str) -> Node:
    return _of_one(exp.EQ(this=column(BEGINS, "c"), expression=literal(1)), value, kind)


def _of_one(which: Node, value: Node, kind: str) -> Node:
    """Return the value of the one row that is meant. PostgreSQL has no MAX of booleans; they are counted as 1 and 0."""
    if kind != "boolean":
        return exp.Max(this=case(which, value))
    told = exp.Case(
        ifs=[
            exp.If(this=both(which, value), true=literal(1)),
            exp.If(this=both(which.copy(), exp.Not(this=value.copy())), true=literal(0)),
        ]
    )
    return exp.EQ(this=exp.Max(this=told), expression=literal(1))


def with_derived(
    catalogue: Catalogue,
    relations: Mapping[str, Relation],
    read: Iterable[str],
    cache: Path,
    spill: Path,
    settings: Settings,
) -> dict[str, Relation]:
    """Return the relations of the delivered sources and of the derived ones that are read.

    Args:
        catalogue: has the derivations.
        relations: delivered source to where its rows lie.
        read: the sources that are read, delivered and derived.
        cache: where derived files are kept; those of earlier contents and definitions are removed.
        spill: folder for what does not fit in memory.
        settings: memory and threads of the embedded engine, which derives what lies in files.

    Raises:
        FaultError: when the memory limit is too small (exit code 14).
    """
    found, targets = dict(relations), set[Path]()
    for name in catalogue.derived_of(read):
        source = catalogue.sources[name]
        assert source.derive is not None
        base = found[source.derive.base]
        query = derivation(catalogue, name)
        kinds = {each: sql_type(contract) for each, contract in source.columns.items()}
        kinds |= {each: kind for each, _, kind in base.columns if each in source.columns}
        columns = tuple((each, each, kinds[each]) for each in source.columns)
        if not base.parts:
            found[name] = Relation(columns, query=query)
            continue
        target = cache / f"derived-{name}-{_stamp(base, query)}.parquet"
        if not target.exists():
            _write(source, base, query, target, spill, settings)
        targets.add(target)
        found[name] = Relation(columns, (Part(None, target),), derived=True)
    for other in cache.glob("derived-*-*.parquet"):
        if other not in targets:
            other.unlink()
    return found


def _stamp(base: Relation, query: exp.Select) -> str:
    """Return a fingerprint of the rows of a base and of what is made of them, without reading them."""
    parts = [str(DERIVE_VERSION), query.sql(), select_over(base)]
    for part in base.parts:
        status = part.path.stat()
        parts.append(f"{status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def _write(
    source: Source,
    base: Relation,
    query: exp.Select,
    target: Path,
    spill: Path,
    settings: Settings,
) -> None:
    """Write the rows of a derived source in order of time, so that those of a period lie together."""
    assert source.derive is not None
    times = [source.time.start] if source.time is not None else []
    ordered = query.order_by(*(column(each) for each in (*times, *source.key)))
    aside = Path(
        tempfile.mkdtemp(prefix=".spill-", dir=target.parent)
    )  # it holds patient rows; see files.repair
    try:
        folders = {part.path.resolve().parent for part in base.parts} | {aside}
        with opened(
            {source.derive.base: base}, sorted(folders), settings.memory_mb, spill, settings.threads
        ) as engine:
            write_rows(engine, ordered, aside / target.name)
        (aside / target.name).replace(target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
