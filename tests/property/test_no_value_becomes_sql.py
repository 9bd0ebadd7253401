"""No word of a catalogue reaches SQL but as a quoted literal, or as a quoted name that the contract of a source has.

Each word of two catalogues is replaced, wherever it stands, by one that closes quotes and opens statements. What the
catalogue's checks still take is compiled, and every node of every query is looked at.
"""

import datetime
from itertools import cycle

import pytest
from engines import engine_called
from hypothesis import given, settings
from hypothesis import strategies as st
from property.test_no_yaml_makes_a_traceback import DATA, SLOW, TEXTS, copy
from sqlglot import exp
from unit.wording_catalogues import building_blocks

from vbs_site.catalogue.indicators import Ratio
from vbs_site.catalogue.loading import checked
from vbs_site.catalogue.reading import Document
from vbs_site.diagnostics import FaultError
from vbs_site.engines.primitives import column, table
from vbs_site.engines.relations import Relation, sql_type
from vbs_site.measures.compile import compile_measure
from vbs_site.measures.derived import derivation

MARK = "§"
HOSTILE = [f"{MARK}'; DROP TABLE contacts; --", f'{MARK}" OR 1=1 --', f"{MARK}\\' UNION SELECT 1 /*"]
CATALOGUES = {"good": DATA, "building-blocks": building_blocks()}
START, END = datetime.date(2025, 1, 1), datetime.date(2027, 1, 1)


def words(data):
    """Return every text in the data, keys and values, once."""
    if isinstance(data, dict):
        return {each for key, value in data.items() for each in ({key} | words(value))}
    if isinstance(data, list):
        return {each for value in data for each in words(value)}
    return {data} if isinstance(data, str) else set()


def replaced(data, old, new):
    if isinstance(data, dict):
        return {(new if key == old else key): replaced(value, old, new) for key, value in data.items()}
    if isinstance(data, list):
        return [replaced(each, old, new) for each in data]
    return new if data == old and isinstance(data, str) else data


def queries(catalogue):
    """Yield every query that a catalogue leads to: measures, derived sources, and delivered columns by their own names."""
    for name, indicator in catalogue.indicators.items():
        for unit in indicator.units if not isinstance(indicator, Ratio) else ():
            yield compile_measure(catalogue, name, unit, START, END)
    for name, source in catalogue.sources.items():
        if source.derive is not None:
            yield derivation(catalogue, name)
        else:
            columns = tuple((key, each.from_ or key, sql_type(each)) for key, each in source.columns.items())
            yield Relation(columns).select(table("delivered"), None)


def planted(query):
    """Yield the nodes in which the mark stands by itself, and not in a part of them."""
    for node in query.walk():
        if any(isinstance(each, str) and MARK in each for each in node.args.values()):
            yield node


def taken(data):
    """Return the catalogue that the checks take, or None."""
    try:
        return checked(Document(data=data))[0]
    except FaultError:
        return None


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_word_is_a_literal_or_a_column_of_the_contract(name):
    reached = dict.fromkeys(("literal", "column"), 0)
    for word, hostile in zip(sorted(words(CATALOGUES[name])), cycle(HOSTILE), strict=False):
        catalogue = taken(replaced(CATALOGUES[name], word, hostile))
        if catalogue is None:
            continue
        delivered = {each.from_ for source in catalogue.sources.values() for each in source.columns.values()}
        for query in queries(catalogue):
            for node in planted(query):
                if isinstance(node, exp.Literal):
                    assert node.is_string, f"{word} is a bare word"
                    reached["literal"] += 1
                else:
                    assert isinstance(node, exp.Identifier), f"{word} is a {type(node).__name__}"
                    assert node.quoted, f"{word} is a bare name"
                    assert node.name in delivered, f"{word} is a name that no contract has"
                    reached["column"] += 1
    assert reached["literal"], "no word has reached a query: this test has looked at nothing"


def test_a_name_of_a_column_as_delivered_is_quoted():
    data = copy(DATA)
    data["sources"]["contacts"]["columns"]["cost"]["from"] = HOSTILE[1]
    (query,) = [query for query in queries(taken(data)) if list(planted(query))]
    (node,) = planted(query)
    assert (node.name, node.quoted) == (HOSTILE[1], True)
    assert node.sql("duckdb") == '"' + HOSTILE[1].replace('"', '""') + '"'


CELLS = st.one_of(TEXTS, st.sampled_from(HOSTILE), st.text("'\"\\;-/*$%", min_size=1, max_size=8))


@settings(SLOW, max_examples=60)
@given(st.lists(CELLS, min_size=1, max_size=4))
def test_a_cell_of_an_example_comes_back_as_it_is_written(cells):
    engine = engine_called("duckdb")
    engine.fill("notes", {"note": "TEXT"}, [[cell] for cell in cells])
    found = engine.rows(exp.select(column("note", "n")).from_(table("notes", "n")))
    assert sorted(cell for (cell,) in found) == sorted(cells)
