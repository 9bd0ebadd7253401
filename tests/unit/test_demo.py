"""The demo country: the same bytes every time, within the contract, and with the faults that it promises."""

import datetime as dt
import hashlib
from pathlib import Path

import duckdb
import pytest
import yaml

from vbs_site.catalogue.reading import read
from vbs_site.extracts.demo import generate

ROOT = Path(__file__).parents[2]
ORGANISATIONS = ROOT / "data" / "reference" / "organisations.yaml"
CATALOGUE = read(ROOT / "indicators.yaml")[0].data
SOURCES = {name: source for name, source in CATALOGUE["sources"].items() if "derive" not in source}
LISTED = yaml.safe_load(ORGANISATIONS.read_text(encoding="utf-8"))["organisations"]
REGIONS = [item["id"] for item in LISTED if item["kind"] == "region" and "predecessors" not in item]
TYPES = {
    "integer": "BIGINT",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
    "boolean": "BOOLEAN",
    "text": "VARCHAR",
    "code": "VARCHAR",
    "category": "VARCHAR",
}


def type_of(column):
    return TYPES.get(column["type"], f"DECIMAL(18,{column.get('scale', 2)})")


@pytest.fixture(scope="session")
def extracts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    generate(folder, organisations=ORGANISATIONS)
    return folder


@pytest.fixture(scope="session")
def ask(extracts):
    """Answer a query over views that carry the names of the sources; all regions together, with `region_file`."""
    with duckdb.connect() as connection:
        for name, source in SOURCES.items():
            files = str(extracts / source["files"].replace("{region}", "*"))
            connection.execute(
                f"CREATE VIEW {name} AS SELECT *, parse_filename(filename, true) AS region_file "
                f"FROM read_parquet('{files}', filename = true)"
            )

        def answer(query):
            return connection.execute(query).fetchall()

        yield answer


def register_name(source, name):
    return SOURCES[source]["columns"][name].get("from", name)


def hashes(folder):
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_every_run_writes_the_same_bytes(extracts, tmp_path):
    sentences = []
    generate(tmp_path, organisations=ORGANISATIONS, progress=sentences.append)
    assert hashes(tmp_path) == hashes(extracts)
    assert sentences


def test_the_files_are_those_of_the_contract(extracts):
    expected = {
        source["files"].replace("{region}", region) for source in SOURCES.values() for region in REGIONS
    } | {"deliveries.yaml"}
    assert set(hashes(extracts)) == expected


@pytest.mark.parametrize("source", SOURCES)
def test_columns_have_the_names_and_types_of_the_contract(source, extracts):
    expected = [
        (column.get("from", name), type_of(column)) for name, column in SOURCES[source]["columns"].items()
    ]
    for region in REGIONS:
        file = extracts / SOURCES[source]["files"].replace("{region}", region)
        described = duckdb.sql(f"DESCRIBE SELECT * FROM read_parquet('{file}')").fetchall()
        assert sorted((row[0], row[1]) for row in described) == sorted(expected)


@pytest.mark.parametrize("source", SOURCES)
def test_keys_are_unique(source, ask):
    key = ", ".join(register_name(source, name) for name in SOURCES[source]["key"])
    assert ask(f"SELECT {key} FROM {source} GROUP BY ALL HAVING count(*) > 1 LIMIT 1") == []


@pytest.mark.parametrize(
    ("source", "name"), [(source, name) for source in SOURCES for name in SOURCES[source]["columns"]]
)
def test_values_are_those_that_the_contract_allows(source, name, ask):
    column = SOURCES[source]["columns"][name]
    field = f'"{register_name(source, name)}"'
    broken = []
    if not column.get("nullable"):
        broken.append(f"{field} IS NULL")
    if "min" in column:
        broken.append(f"{field} < '{column['min']}'")
    if "max" in column:
        broken.append(f"{field} > '{column['max']}'")
    if "values" in column:
        broken.append(f"{field} NOT IN ({', '.join(repr(value) for value in column['values'])})")
    if column["type"] in {"date", "timestamp"}:
        broken.append(f"{field} >= '2026-10-01'")
    assert ask(f"SELECT count(*) FROM {source} WHERE {' OR '.join(broken) or 'false'}") == [(0,)]


def test_every_organisation_code_is_used(ask):
    used = {
        code
        for query in (
            "SELECT DISTINCT enhed_shak FROM contacts",
            "SELECT DISTINCT afsnit FROM procedures",
            "SELECT DISTINCT regionskode FROM municipalities",
            "SELECT DISTINCT kommunekode::VARCHAR FROM persons WHERE kommunekode IS NOT NULL",
        )
        for (code,) in ask(query)
    }
    assert used == {code for item in LISTED for code in item.get("codes", [])} | {"9999"}


def test_an_unverified_code_never_looks_like_a_real_one():
    for item in LISTED:
        if item["kind"] != "region":
            found = item["status"] == "found"
            assert all(code.startswith("DEMO-") is not found for code in item.get("codes", []))


def test_a_file_holds_what_its_region_treated(ask):
    within = {item["id"]: item["within"] for item in LISTED if item["kind"] == "hospital"}
    region_of = {
        code: within[item["id"]] for item in LISTED if item["kind"] == "hospital" for code in item["codes"]
    }
    for source in ("contacts", "procedures"):
        for code, file in ask(
            f"SELECT DISTINCT enhed_shak, region_file FROM {source} WHERE enhed_shak <> '9999'"
        ):
            assert file == region_of[code]


def test_deliveries_say_what_is_complete(extracts, ask):
    record = yaml.safe_load((extracts / "deliveries.yaml").read_text(encoding="utf-8"))
    assert record["synthetic"] is True
    until = record["complete_until"]
    timed = {name for name, source in SOURCES.items() if "time" in source}
    assert set(until) == timed | {"persons", "population"}
    for source in timed - {"population"}:
        start = register_name(source, SOURCES[source]["time"]["start"])
        latest = dict(ask(f"SELECT region_file, max({start})::DATE FROM {source} GROUP BY ALL"))
        for region in REGIONS:
            late = region == "region-sjaelland"
            assert until[source][region] == dt.date(2026, 7 if late else 10, 1)
            assert latest[region] < until[source][region]
        busy = max(until[source][region] - latest[region] for region in REGIONS)
        assert source not in ("contacts", "procedures", "pro") or busy < dt.timedelta(20)


FAULTS = {
    "late answers": """SELECT count(*) FROM pro JOIN procedures USING (person_id)
        WHERE moment = 'follow_up' AND procedurekode LIKE 'KNFB%' AND svardato > dato_start + 425""",
    "missing scores": "SELECT count(*) FROM pro WHERE score IS NULL",
    "missing diagnoses": "SELECT count(*) FROM contacts WHERE aktionsdiagnose IS NULL",
    "unknown hospital": "SELECT count(*) FROM contacts WHERE enhed_shak = '9999'",
    "missing municipality": "SELECT count(*) FROM persons WHERE kommunekode IS NULL",
    "stays still open": """SELECT count(*) FROM contacts
        WHERE kont_sluttidspunkt IS NULL AND contact_kind = 'inpatient'""",
    "contacts never closed": """SELECT count(*) FROM contacts
        WHERE kont_sluttidspunkt IS NULL AND contact_kind <> 'inpatient' AND kont_starttidspunkt < '2026-01-01'""",
    "two baseline answers": """SELECT count(*) FROM (SELECT person_id FROM pro WHERE moment = 'baseline'
        GROUP BY ALL HAVING count(*) > 1)""",
    "quarter not delivered": """SELECT count(DISTINCT region_file) - 4 + 1 FROM contacts
        WHERE kont_starttidspunkt >= '2026-07-01' HAVING bool_and(region_file <> 'region-sjaelland')""",
    "small departments": """SELECT count(*) FROM (SELECT afsnit FROM procedures WHERE procedurekode LIKE 'KNFB%'
        GROUP BY ALL HAVING count(*) < 23 * 7)""",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_faults_of_real_deliveries_are_there(fault, ask):
    ((count,),) = ask(FAULTS[fault])
    assert count > 0


def test_population_counts_the_persons(ask):
    # By region only where the municipality is known: the population figures count everyone.
    totals = ask(
        """SELECT kvartal_start, koen, sum(antal),
             (SELECT count(*) FROM persons WHERE persons.koen = population.koen AND foedselsdato <= kvartal_start
               AND (doedsdato IS NULL OR doedsdato > kvartal_start))
           FROM population GROUP BY ALL"""
    )
    assert len(totals) == 39 * 2
    assert all(counted == living for _, _, counted, living in totals)
    bands = ask(
        """WITH living AS (
             SELECT regionskode, persons.koen, date_sub('year', foedselsdato, DATE '2026-07-01') AS age, persons.*
             FROM persons JOIN municipalities USING (kommunekode)
             WHERE foedselsdato <= '2026-07-01' AND (doedsdato IS NULL OR doedsdato > '2026-07-01')),
           counted AS (
             SELECT regionskode, koen, CASE WHEN age < 18 THEN '00-17' WHEN age < 40 THEN '18-39'
               WHEN age < 65 THEN '40-64' WHEN age < 80 THEN '65-79' ELSE '80+' END AS aldersgruppe, count(*) AS known
             FROM living GROUP BY ALL)
           SELECT antal, known FROM population JOIN counted USING (regionskode, koen, aldersgruppe)
           WHERE kvartal_start = '2026-07-01'"""
    )
    assert len(bands) == 5 * 2 * 5
    assert all(known <= antal <= known * 1.02 + 5 for antal, known in bands)


def test_no_person_id_looks_like_a_cpr_number(ask):
    ((lowest, highest),) = ask("SELECT min(person_id), max(person_id) FROM persons")
    assert lowest == 1
    assert highest < 10**7


@pytest.mark.parametrize("source", ["contacts", "procedures", "pro"])
def test_nobody_is_treated_before_birth_or_after_death(source, ask):
    when = register_name(source, SOURCES[source]["time"]["start"])
    rows = ask(
        f"""SELECT count(*), count(foedselsdato),
              count(*) FILTER ({when}::DATE < foedselsdato OR {when}::DATE > doedsdato)
            FROM {source} LEFT JOIN persons USING (person_id)"""
    )
    ((every, known, impossible),) = rows
    assert every == known
    assert impossible == 0
