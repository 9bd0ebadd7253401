"""Whatever stands in a catalogue, a user sees either a catalogue or a list of faults: never a traceback, never SQL."""

import datetime
import random
import tempfile
from pathlib import Path

import pytest
import sqlglot
import yaml
from engines import engine_called, fill, named_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from vbs_site.catalogue.loading import load
from vbs_site.catalogue.model import Catalogue
from vbs_site.diagnostics import FaultError
from vbs_site.engines.duckdb_engine import DIALECT
from vbs_site.measures.compile import compile_measure
from vbs_site.measures.examples import example_faults

GOOD = Path(__file__).parents[1] / "bad_catalogues" / "good"
DATA = yaml.safe_load((GOOD / "catalogue.yaml").read_text(encoding="utf-8"))
DATA["catalogue"]["organisations"] = (GOOD / "organisations.yaml").resolve().as_posix()
SLOW = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
NASTY = [
    "virtual' OR 1=1 --",
    '"; DROP TABLE contacts; --',
    "contacts",
    "read_csv('/etc/passwd')",
    "30 dage",
    "-5 days",
    "within 30 days",
    "../../etc/passwd",
    "",
    " ",
    "\x00",
    "{region}",
    "a" * 300,
    "persons.region",
    "quarter",
    "rate",
    "99999 years",
    "| n |\n| 1 |",
    "| start |\n| 9999-12-31 23:59 |\n| 0001-01-01 |",
    "| n | n |",
    "| person_id | cost |\n| 9223372036854775807 | 9999999999999999.99 |",
]


def values():
    plain = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**25), 10**25),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from(NASTY),
        st.dates(),
        st.datetimes(),
    )
    return st.one_of(
        plain,
        st.lists(plain, max_size=3),
        st.dictionaries(st.sampled_from([*NASTY, "in", "from", "where", "da"]), plain, max_size=3),
    )


def places(data, path=()):
    """Return the path of every value inside the data."""
    found = [path] if path else []
    if isinstance(data, dict):
        return found + [each for key, value in data.items() for each in places(value, (*path, key))]
    if isinstance(data, list):
        return found + [each for i, value in enumerate(data) for each in places(value, (*path, i))]
    return found


PLACES = places(DATA)


def copy(data):
    if isinstance(data, dict):
        return {key: copy(value) for key, value in data.items()}
    return [copy(value) for value in data] if isinstance(data, list) else data


@st.composite
def mutated(draw):
    """Return the good catalogue with one to three values deleted, replaced, added or moved."""
    data = copy(DATA)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(PLACES))
        here = data
        try:
            for step in path[:-1]:
                here = here[step]
            here[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue
        match draw(st.sampled_from(["delete", "replace", "add", "rename", "swap"])):
            case "delete":
                del here[path[-1]]
            case "replace":
                here[path[-1]] = draw(values())
            case "add" if isinstance(here, dict):
                here[draw(st.sampled_from([*NASTY, "where", "extra", "stratify", "chain"]))] = draw(values())
            case "rename" if isinstance(here, dict):
                here[draw(st.sampled_from(NASTY))] = here.pop(path[-1])
            case _:
                other = DATA
                for step in draw(st.sampled_from(PLACES)):
                    other = other[step]
                here[path[-1]] = copy(other)
    return data


def loaded_or_refused(text):
    """Return the catalogue, or None when it is refused as it should be; anything else is a failure."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
        try:
            loaded = load(path, today=datetime.date(2026, 11, 1))
        except FaultError as fault:
            return None if fault.diagnoses else pytest.fail("refused without a word")
        assert all("\n" not in str(fault) for fault in example_faults(loaded, Path(folder) / "examples"))
        return loaded.catalogue


def check_queries(catalogue: Catalogue):
    """Every query is one SELECT over the catalogue's own tables, and texts of the catalogue stand in literals only."""
    for name, indicator in catalogue.indicators.items():
        for unit in indicator.units:
            query = compile_measure(
                catalogue, name, unit, datetime.date(2025, 1, 1), datetime.date(2027, 1, 1)
            )
            (parsed,) = sqlglot.parse(query.sql(DIALECT), read=DIALECT)
            assert isinstance(parsed, exp.Select)
            parts = {cte.alias for cte in parsed.find_all(exp.CTE)}
            tables = {table.name for table in parsed.find_all(exp.Table)}
            assert tables <= parts | set(catalogue.sources)
            assert not list(parsed.find_all(exp.Anonymous, exp.Command, exp.Drop, exp.Insert, exp.ReadCSV))
            columns = {key for source in catalogue.sources.values() for key in source.columns}
            own = {
                "person",
                "event",
                "period",
                "sex",
                "age_band",
                "unit_code",
                "index_time",
                "latest_end",
                "amount",
                "q",
            }
            own |= {
                "next_q",
                "until",
                "members",
                "score",
                "pick",
                "part",
                "whole",
                "baseline",
                "follow_up",
                "expected",
                *query.named_selects,
            }
            for column in parsed.find_all(exp.Column):
                assert column.name in columns | own or column.name.startswith(("key_", "excluded_")), column


@SLOW
@given(mutated())
def test_a_changed_catalogue_is_read_or_refused(data):
    catalogue = loaded_or_refused(yaml.safe_dump(data, allow_unicode=True, sort_keys=False))
    if catalogue is not None:
        check_queries(catalogue)


CELLS = [
    *("", "-", "0", "-1", "1.5", "1e99", "nan", "inf", "1_0", "٣", "true", "yes", "99999999999999999999"),
    *(
        "9223372036854775807",
        "9999999999999999.99",
        "0001-01-01",
        "9999-12-31",
        "9999-12-31 23:59",
        "2025-W01-1",
    ),
    *(
        "20250101",
        "2025-01-01T08:00",
        "2025-01-01 08:00+01:00",
        "2025-13-01",
        "DJ44",
        "inpatient",
        "H1",
        "'; --",
    ),
]


@SLOW
@given(st.data())
def test_any_cells_of_an_example_are_run_or_refused(data):
    catalogue = copy(DATA)
    examples = [each for one in catalogue["indicators"].values() for each in one.get("examples", [])]
    tables = [each["given"] for each in examples] + examples
    for _ in range(data.draw(st.integers(1, 4))):
        holder = data.draw(st.sampled_from(tables))
        name = "then" if "then" in holder else "contacts"
        lines = [line.strip()[1:-1].split("|") for line in holder[name].strip().splitlines()]
        line = data.draw(st.sampled_from(lines))
        line[data.draw(st.integers(0, len(line) - 1))] = data.draw(st.sampled_from(CELLS))
        holder[name] = "\n".join(f"|{'|'.join(each)}|" for each in lines)
    loaded_or_refused(yaml.safe_dump(catalogue, allow_unicode=True, sort_keys=False))


@SLOW
@given(st.one_of(st.text(max_size=60), st.text(alphabet="{}[]:,-&*!|>'\"#%@`?\n\t a1~<=", max_size=40)))
def test_any_text_is_read_or_refused(text):
    assert loaded_or_refused(text) is None


ODD = [
    "a: !!bool maybe",
    "a: !!int ''",
    "a: !!timestamp soon",
    "a: !!float x",
    "a: !!binary '-'",
    "a: =",
    "? [a, b]\n: c",
    "? {a: b}\n: c",
    "- &a [*a]",
    "&a a: *a",
    "include: ['a**']",
    "include: ['']",
    "include: ['.']",
    'include: ["\\0"]',
    "include: [/etc/*]",
    "include: [1]",
    "include: ['*.yaml']",
    "--- a\n--- b",
    "%YAML 9.9\n---\na: b",
    "\ufeffa: b",
    "a: 2026-02-30",
    "a: 190:20:30",
    "a: 1e999",
    "a: 0o9",
]


@pytest.mark.parametrize("text", ODD, ids=repr)
def test_odd_yaml_is_refused(text):
    assert loaded_or_refused(text) is None


@SLOW
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data):
    assert loaded_or_refused(data) is None


@SLOW
@given(st.integers(0, 10**9))
def test_a_file_that_was_cut_or_garbled_is_read_or_refused(seed):
    draw = random.Random(seed)
    text = (GOOD / "catalogue.yaml").read_text(encoding="utf-8")
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(text))
        match draw.randrange(4):
            case 0:
                text = text[:at]
            case 1:
                text = text[:at] + draw.choice("{}[]:,-&*!|>'\"#%@`?\n\t \x00é") + text[at:]
            case 2:
                text = text[:at] + text[at + draw.randint(1, 30) :]
            case _:
                text = text[:at] + text[at // 2 : at // 2 + 40] + text[at:]
        if not text:
            break
    loaded_or_refused(text)


@pytest.mark.parametrize("depth", [10, 50, 100, 200, 280, 330, 400, 490, 1000, 3000])
@pytest.mark.parametrize("shape", ["list", "mapping", "negation"])
def test_deep_nesting_is_read_or_refused(depth, shape):
    match shape:
        case "list":
            text = "areas: " + "[" * depth + "]" * depth
        case "mapping":
            text = "areas: " + "{a: " * depth + "b" + "}" * depth
        case _:
            good = (GOOD / "catalogue.yaml").read_text(encoding="utf-8")
            old = "where: {kind: inpatient, acute: true}"
            assert old in good
            nested = "{not: " * depth + "{kind: inpatient}" + "}" * depth
            organisations = (GOOD / "organisations.yaml").resolve().as_posix()
            text = good.replace(old, f"where: {nested}").replace("organisations.yaml", organisations)
    catalogue = loaded_or_refused(text)
    if catalogue is not None:
        query = compile_measure(catalogue, "readmission", "hospital", datetime.date(2025, 1, 1), None)
        assert query.sql(DIALECT).count("NOT") >= depth


def test_aliases_that_multiply_are_refused_at_once():
    rows = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        rows.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]")
    assert loaded_or_refused("\n".join(rows)) is None


TEXTS = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"), min_size=1, max_size=12
)


@settings(SLOW, max_examples=60)
@given(TEXTS, TEXTS)
def test_a_text_in_a_condition_matches_itself_only(wanted, other):
    data = copy(DATA)
    data["sources"]["contacts"]["columns"]["note"] = {"type": "text", "nullable": True}
    data["indicators"] = {"readmission": data["indicators"]["readmission"]}
    data["indicators"]["readmission"] |= {"event": {"where": {"note": wanted}}, "exclude": [], "stratify": []}
    catalogue = Catalogue.model_validate(data)
    check_queries(catalogue)
    query = compile_measure(catalogue, "readmission", "hospital", datetime.date(2025, 1, 1), None)
    contact = {
        "person_id": 1,
        "end": "2026-01-05",
        "diagnosis": "DJ44",
        "start": "2026-01-01",
        "kind": "inpatient",
    }
    contacts = [
        contact | {"contact_id": i, "hospital": "H", "note": note} for i, note in enumerate((wanted, other))
    ]
    engine = engine_called("duckdb")
    fill(engine, catalogue, query, {"contacts": contacts})
    (counts,) = named_rows(engine, query)
    assert (counts["eligible"], counts["n"], counts["numerator"]) == (2, 2, 1 + (wanted == other))
