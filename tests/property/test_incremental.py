"""What is taken from before equals what is computed anew, whatever came in between; and little is computed again."""

import re
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from property.test_parts_add_up import SET, by_hospital, registers
from regions import INDICATORS, _prepared, delivered, three_regions
from sqlglot import exp
from unit.deliveries import written

from vbs_site.engines.engine import Settings, open_engine
from vbs_site.engines.fingerprints import fingerprints_of
from vbs_site.engines.primitives import column, literal
from vbs_site.engines.relations import DELIVERER, Part, Relation, sql_type
from vbs_site.engines.tiny_tables import as_text
from vbs_site.measures.aggregates import compute, sources_used
from vbs_site.measures.incremental import memory_of

FEW = settings(max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
FROM_FILES = [name for name in INDICATORS if name != "first-stays"]
TIMES = {"contacts": "start", "procedures": "date", "pro": "date"}


def quarter_of(row, source):
    if source not in TIMES:
        return ""
    day = str(row[TIMES[source]])
    return f"{day[:4]}Q{(int(day[5:7]) + 2) // 3}"


def files_of(loaded, tables, folder):
    """Write each source as the regions deliver it, a file per region and quarter, and return where the rows lie."""
    relations = {}
    for name in sources_used(loaded):
        columns = {key: sql_type(each) for key, each in loaded.catalogue.sources[name].columns.items()}
        parts = []
        rows = tables.get(name, [])
        for region, quarter in sorted({(row.get(DELIVERER), quarter_of(row, name)) for row in rows}, key=str):
            here = [row for row in rows if (row.get(DELIVERER), quarter_of(row, name)) == (region, quarter)]
            path = folder / name / f"{region}-{quarter}.parquet"
            content = {
                key: (kind, [as_text(row.get(key), kind) for row in here]) for key, kind in columns.items()
            }
            if not path.exists() or path.with_suffix(".txt").read_text(encoding="utf-8") != repr(content):
                written(path, content)
                path.with_suffix(".txt").write_text(repr(content), encoding="utf-8")
            parts.append(Part(region, path))
        if not parts:
            parts = [
                Part(None, written(folder / name / "empty.parquet", {k: (v, []) for k, v in columns.items()}))
            ]
        relations[name] = Relation(tuple((key, key, kind) for key, kind in columns.items()), tuple(parts))
    return relations


@dataclass
class Watched:
    """An engine that remembers what it was asked."""

    engine: object
    asked: list = field(default_factory=list)

    def rows(self, query):
        self.asked.append(query.sql("duckdb"))
        return self.engine.rows(query)


@contextmanager
def reading(relations, folder):
    (folder / "spill").mkdir(exist_ok=True)
    with open_engine(Settings(threads=1), relations, [folder], folder / "spill") as engine:
        yield engine


def computed(loaded, tables, folder, until, *, anew=False):
    """Return the table of aggregates, and the questions for figures that the engine was asked."""
    deliveries = delivered(loaded, until=until)
    relations = files_of(loaded, tables, folder)
    with reading(relations, folder) as engine:
        cache, spill = folder / "cache", folder / "spill"
        memory = None if anew else memory_of(loaded.catalogue, engine, relations, cache, spill)
        watched = Watched(engine)
        aggregates = compute(
            loaded, deliveries, _prepared(deliveries, tables), watched, lambda _: None, memory=memory
        )
    return aggregates.rows, [text for text in watched.asked if 'AS "period"' in text]


def before(tables, day):
    """Return what had been delivered when deliveries were complete to a day."""
    old = {
        name: [row for row in tables.get(name, []) if str(row[time])[:10] < day]
        for name, time in TIMES.items()
    }
    persons = [row | {"death": row["death"] if str(row["death"]) < day else ""} for row in tables["persons"]]
    population = [row for row in tables["population"] if str(row["date"]) < day]
    return tables | old | {"persons": persons, "population": population}


@FEW
@given(registers(), st.data())
def test_a_new_quarter_and_a_correction_give_what_computing_anew_gives(tables, data):
    loaded = three_regions(*FROM_FILES)
    tables = by_hospital(tables)
    steps = [(before(tables, "2026-07-01"), "2026-07-01"), (tables, "2026-10-01")]
    source = data.draw(st.sampled_from(sorted(TIMES)))
    if tables[source]:
        gone = data.draw(st.integers(0, len(tables[source]) - 1))
        corrected = tables | {source: tables[source][:gone] + tables[source][gone + 1 :]}
        steps.append((corrected, "2026-10-01"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for given_now, until in steps:
            taken, _ = computed(loaded, given_now, folder, until)
            anew, _ = computed(loaded, given_now, folder, until, anew=True)
            assert taken.equals(anew)


CONTACTS = [
    {
        "id": n,
        "person": n % 7,
        "hospital": "H1",
        DELIVERER: "region-1",
        "start": f"2026-0{1 + n % 9}-10 08:00:00",
        "end": f"2026-0{1 + n % 9}-12 08:00:00",
        "kind": "inpatient",
        "acute": "yes",
    }
    for n in range(60)
]
PERSONS = [
    {"person": n, "birth": "1950-01-01", "sex": "K", "municipality": 101, "death": ""} for n in range(7)
]


@pytest.fixture
def readmission():
    return three_regions("readmission")


def days_asked(text):
    """Return the reported days that a question asks for, first and end."""
    low = re.search(r'"s"."end" >= [A-Z(]*\'([0-9-]{10})', text)
    high = re.search(r'"s"."end" < [A-Z(]*\'([0-9-]{10})', text)
    return low[1], high[1]


def test_what_has_not_changed_is_not_asked_for_again(readmission, tmp_path):
    tables = SET | {"contacts": CONTACTS, "persons": PERSONS}
    first, asked = computed(readmission, tables, tmp_path, "2026-10-01")
    again, asked_again = computed(readmission, tables, tmp_path, "2026-10-01")
    assert asked and asked_again == [] and first.equals(again)


def test_a_new_quarter_asks_for_itself_and_for_what_it_ends_the_follow_up_of(readmission, tmp_path):
    tables = SET | {"contacts": CONTACTS, "persons": PERSONS}
    computed(readmission, before(tables, "2026-07-01"), tmp_path, "2026-07-01")
    _, asked = computed(readmission, tables, tmp_path, "2026-10-01")
    # A stay that ends in June can be followed by one in July; none that ends in March can.
    assert [days_asked(text) for text in asked] == [("2026-04-01", "2026-10-01")]


def test_a_late_row_asks_for_the_quarters_around_it_only(readmission, tmp_path):
    tables = SET | {"contacts": CONTACTS, "persons": PERSONS}
    computed(readmission, tables, tmp_path, "2026-10-01")
    late = CONTACTS[0] | {"id": 99, "start": "2026-02-10 09:00:00", "end": "2026-02-11 09:00:00"}
    _, asked = computed(readmission, tables | {"contacts": [*CONTACTS, late]}, tmp_path, "2026-10-01")
    assert [days_asked(text) for text in asked] == [("2026-01-01", "2026-04-01")]


@FEW
@given(registers(), st.data())
def test_a_corrected_register_of_persons_gives_what_computing_anew_gives(tables, data):
    loaded = three_regions(*FROM_FILES)
    tables = by_hospital(tables)
    corrections = {
        "sex": ["K", "M"],
        "birth": ["1931-05-05"],
        "municipality": [101, 102],
        "death": ["2026-05-05"],
    }
    column = data.draw(st.sampled_from(sorted(corrections)))
    person = data.draw(st.integers(0, len(tables["persons"]) - 1))
    other = tables["persons"][person] | {column: data.draw(st.sampled_from(corrections[column]))}
    persons = [*tables["persons"][:person], other, *tables["persons"][person + 1 :]]
    with tempfile.TemporaryDirectory() as name:
        computed(loaded, tables, Path(name), "2026-10-01")
        corrected = tables | {"persons": persons}
        taken, _ = computed(loaded, corrected, Path(name), "2026-10-01")
        anew, _ = computed(loaded, corrected, Path(name), "2026-10-01", anew=True)
        assert taken.equals(anew)


@pytest.mark.parametrize(
    ("column", "value", "asked_again"),
    [("sex", "M", 1), ("municipality", 102, 0), ("birth", "1951-01-01", 0)],
)
def test_a_corrected_column_of_the_register_asks_for_what_it_divides(
    readmission, tmp_path, column, value, asked_again
):
    tables = SET | {"contacts": CONTACTS, "persons": PERSONS}
    computed(readmission, tables, tmp_path, "2026-10-01")
    persons = [PERSONS[0] | {column: value}, *PERSONS[1:]]
    _, asked = computed(readmission, tables | {"persons": persons}, tmp_path, "2026-10-01")
    assert len(asked) == asked_again


def test_a_changed_definition_asks_for_its_own_indicator_only(tmp_path, monkeypatch):
    tables = SET | {"contacts": CONTACTS, "persons": PERSONS}
    computed(three_regions("readmission", "virtual"), tables, tmp_path, "2026-10-01")
    changed = INDICATORS["readmission"] | {"event": {"followed_by": {"within": "10 days"}}}
    monkeypatch.setitem(INDICATORS, "readmission", changed)
    _, asked = computed(three_regions("readmission", "virtual"), tables, tmp_path, "2026-10-01")
    assert len(asked) == 1 and "10" in asked[0]


def test_another_compiler_asks_for_everything_again(readmission, tmp_path, monkeypatch):
    tables = SET | {"contacts": CONTACTS, "persons": PERSONS}
    first, asked = computed(readmission, tables, tmp_path, "2026-10-01")
    monkeypatch.setattr("vbs_site.measures.incremental.COMPILER", 99)
    again, asked_again = computed(readmission, tables, tmp_path, "2026-10-01")
    assert asked and asked_again == asked and first.equals(again)


def test_words_about_an_indicator_change_nothing(tmp_path, monkeypatch):
    tables = SET | {"contacts": CONTACTS, "persons": PERSONS}
    computed(three_regions("readmission"), tables, tmp_path, "2026-10-01")
    monkeypatch.setitem(
        INDICATORS, "readmission", INDICATORS["readmission"] | {"why": {"da": "Andet", "en": "Other"}}
    )
    _, asked = computed(three_regions("readmission"), tables, tmp_path, "2026-10-01")
    assert asked == []


def test_a_remembered_file_that_is_broken_is_computed_again(readmission, tmp_path):
    tables = SET | {"contacts": CONTACTS, "persons": PERSONS}
    first, _ = computed(readmission, tables, tmp_path, "2026-10-01")
    kept = list((tmp_path / "cache" / "measured").glob("readmission.*.json"))
    for path in kept:
        path.write_text(path.read_text(encoding="utf-8")[:50], encoding="utf-8")
    again, asked = computed(readmission, tables, tmp_path, "2026-10-01")
    assert kept and asked and first.equals(again)


def kept_files(folder):
    return {path: path.stat().st_mtime_ns for path in (folder / "cache" / "kept").rglob("*.parquet")}


def test_a_cohort_searches_only_the_files_that_are_new(tmp_path):
    loaded = three_regions("cost-of-chronic")
    tables = SET | {"contacts": [each | {"diagnosis": "DJ44"} for each in CONTACTS], "persons": PERSONS}
    computed(loaded, before(tables, "2026-07-01"), tmp_path, "2026-07-01")
    first = kept_files(tmp_path)
    taken, asked = computed(loaded, tables, tmp_path, "2026-10-01")
    second = kept_files(tmp_path)
    assert first and len(second) == len(first) + 1 and first.items() <= second.items()
    assert len(asked) == 1 and taken.equals(computed(loaded, tables, tmp_path, "2026-10-01", anew=True)[0])


def test_rows_kept_for_another_cohort_or_a_file_that_is_gone_are_removed(tmp_path, monkeypatch):
    tables = SET | {"contacts": [each | {"diagnosis": "DJ44"} for each in CONTACTS], "persons": PERSONS}
    computed(three_regions("cost-of-chronic"), tables, tmp_path, "2026-10-01")
    first = set(kept_files(tmp_path))
    cohort = INDICATORS["cost-of-chronic"]["cohort"] | {"where": {"kind": "inpatient"}}
    monkeypatch.setitem(INDICATORS, "cost-of-chronic", INDICATORS["cost-of-chronic"] | {"cohort": cohort})
    loaded = three_regions("cost-of-chronic")
    taken, _ = computed(loaded, tables, tmp_path, "2026-10-01")
    second = set(kept_files(tmp_path))
    assert first and second and not first & second
    assert taken.equals(computed(loaded, tables, tmp_path, "2026-10-01", anew=True)[0])
    late = CONTACTS[0] | {"id": 99, "diagnosis": "DJ44"}
    computed(loaded, tables | {"contacts": [*tables["contacts"], late]}, tmp_path, "2026-10-01")
    third = set(kept_files(tmp_path))
    assert len(third) == len(second) and len(third & second) == len(second) - 1


def test_a_kept_file_that_is_broken_is_searched_for_again(tmp_path):
    loaded = three_regions("cost-of-chronic")
    tables = SET | {"contacts": [each | {"diagnosis": "DJ44"} for each in CONTACTS], "persons": PERSONS}
    computed(loaded, before(tables, "2026-07-01"), tmp_path, "2026-07-01")
    for path in kept_files(tmp_path):
        path.write_bytes(b"")
    taken, _ = computed(loaded, tables, tmp_path, "2026-10-01")
    assert taken.equals(computed(loaded, tables, tmp_path, "2026-10-01", anew=True)[0])


def by_residence_of(measure, monkeypatch):
    """Return the catalogue of one more measure, by the region that people live in."""
    monkeypatch.setitem(INDICATORS, "one-more", measure | {"units": ["residence"]})
    return three_regions("one-more")


def contact(number, person, start, end, **more):
    row = {"id": number, "person": person, "hospital": "H1", DELIVERER: "region-1", "kind": "inpatient"}
    return row | {"start": f"{start} 08:00:00", "end": f"{end} 08:00:00", "acute": "yes"} | more


def test_of_contacts_that_start_together_the_same_begins_the_course_in_whatever_order_they_come(
    tmp_path, monkeypatch
):
    pair = {"baseline": "points", "follow_up": "cost"}
    of = {"from": "contacts", "chain": {"gap": "24 hours"}}
    change = {"kind": "change", "instrument": "OHS", "direction": "higher", "of": of, "pair": pair}
    loaded = by_residence_of(change, monkeypatch)
    rows = [
        contact(2 * person + late, person, "2026-02-01", "2026-02-10", points="1", cost=str(5 + 5 * late))
        for person in range(1, 7)
        for late in (0, 1)
    ]
    tables = [SET | {"contacts": each, "persons": PERSONS} for each in (rows, rows[::-1])]
    one, other = (
        computed(loaded, each, tmp_path / str(place), "2026-10-01", anew=True)[0]
        for place, each in enumerate(tables)
    )
    assert one["eligible"].max() == 6
    assert one.equals(other)


def test_a_row_that_ends_after_a_period_can_open_its_course(tmp_path, monkeypatch):
    of = {"from": "contacts", "at": "end", "chain": {"gap": "24 hours"}}
    loaded = by_residence_of(
        {"kind": "proportion", "of": of, "event": {"where": {"acute": True}}}, monkeypatch
    )
    monkeypatch.setitem(TIMES, "contacts", "end")
    long, within = contact(1, 1, "2026-01-01", "2026-06-20"), contact(2, 1, "2026-02-01", "2026-02-10")
    before = SET | {"contacts": [long, within, *CONTACTS[2:]], "persons": PERSONS}
    computed(loaded, before, tmp_path, "2026-10-01")
    after = before | {"contacts": [within, *CONTACTS[2:]]}
    taken, _ = computed(loaded, after, tmp_path, "2026-10-01")
    assert taken.equals(computed(loaded, after, tmp_path, "2026-10-01", anew=True)[0])


def test_persons_who_are_set_aside_now_are_asked_for_again(readmission, tmp_path):
    persons = [each | {"death": "2026-05-11" if each["person"] < 3 else ""} for each in PERSONS]
    tables = SET | {"contacts": CONTACTS, "persons": persons}
    later = exp.GT(this=column("person", "r"), expression=literal(1))
    found = []
    for kept in (None, later):
        relations = files_of(readmission, tables, tmp_path)
        relations["persons"] = replace(relations["persons"], kept=kept)
        with reading(relations, tmp_path) as engine:
            known = fingerprints_of(engine, relations, tmp_path / "cache")
            found.append(known.contents("persons", "person", ["death"])["death"].digest)
    assert found[0] != found[1]
