"""Canaries in the rows of a delivery, and a search of every byte that the product writes or says.

Rows lie in the extracts and, by design, in the cache (typed copies, stays, what cohorts found, ids as numbers, days of
stretches of files). Nowhere else.
"""

import gzip
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import psycopg
import pytest
from canaries import Search
from canary_project import AMOUNT, IDS, INDICATORS, NOTE, PLACE, REGIONS, SEX, rows, write
from commands import ROOT, run_build
from engines import quoted, start_postgres
from sandbox import Sandbox

unix = pytest.mark.skipif(sys.platform == "win32", reason="signals and modes are a Unix matter")

MAY_HOLD_ROWS = {
    "a typed copy of a delivered file": r"(contacts|persons|pro|procedures)-[0-9a-f]{20}\.parquet",
    "a derived source": r"derived-stays-[0-9a-f]{20}\.parquet",
    "what a cohort found in a file": r"kept/cost-of-chronic/[0-9a-f]{20}\.parquet",
    "numbers for ids that are text": r"person-ids-[0-9a-f]{12}/\d{6}\.parquet",
    "the days that a stretch of a file lies between": r"fingerprints/[0-9a-f]{32}\.json",
    "counts by unit code and sex as they were delivered": r"measured/[a-z0-9.-]+\.json",
}
"""Files below the cache."""


@pytest.fixture(scope="module", params=IDS)
def worked(request, tmp_path_factory):
    """A project whose every verb has been run."""
    sandbox = Sandbox(tmp_path_factory.mktemp(request.param), request.param)
    sandbox.deliver()
    for verb in ("check", "schema", "compute", "release", "site", "verify"):
        sandbox.run(verb)
    for region in REGIONS:
        sandbox.run("compute", "--only-unit", region)
    parts = [sandbox.project / "data/parts" / region for region in REGIONS]
    sandbox.run("combine", *parts, "--out", sandbox.folder / "combined")
    sandbox.run("compute", "--anew", "--threads", 1, "--memory", 200)
    return sandbox


def test_the_canaries_are_in_the_deliveries_and_nowhere_in_the_product(worked):
    delivered = {name for pairs in worked.search.below(worked.extracts).values() for name, _ in pairs}
    assert delivered == set(worked.search.canaries)
    product = Search(worked.search.canaries).below(ROOT / "vbs_site")
    assert product == {}, (
        "these days or words stand in the product's own texts: choose others for the canaries"
    )


def test_the_canaries_are_counted(worked):
    """Rows that are set aside leave no trace, and prove nothing."""
    table = worked.project / "data/aggregates/aggregates.parquet"
    with duckdb.connect() as reader:
        query = f"SELECT unit, stratum, sum(eligible), sum(n), CAST(sum(sum) AS VARCHAR) FROM '{table}' WHERE indicator = ? AND part = '' AND unit_kind <> 'region' GROUP BY ALL"
        found = {
            name: {(unit, stratum): rest for unit, stratum, *rest in reader.execute(query, [name]).fetchall()}
            for name in INDICATORS
        }
    assert found["readmission"]["unknown", "all"][0] == 1
    assert found["readmission"]["national", "sex=unknown"][0] == 1
    assert {stratum for _, stratum in found["readmission"]} == {"all", "sex=K", "sex=M", "sex=unknown"}
    assert float(found["visits-after"]["hospital-1", "all"][2]) > float(AMOUNT)
    assert found["visits-after"]["hospital-1", "all"][1] > 20


def test_nothing_but_extracts_and_cache_holds_a_row(worked):
    assert worked.leaks() == {}
    written = {
        path.relative_to(worked.project).parts[:2] for path in worked.project.rglob("*") if path.is_file()
    }
    assert {("data", "aggregates"), ("data", "parts"), ("data", "releases"), ("data", "logs")} <= written
    assert (worked.project / "site/2019Q3/index.html").exists() and "readmission" in worked.said


def test_only_the_named_files_of_the_cache_hold_rows(worked):
    holding = worked.search.below(worked.cache)
    kinds = {
        name: kind for name in holding for kind, shape in MAY_HOLD_ROWS.items() if re.fullmatch(shape, name)
    }
    assert sorted(set(holding) - set(kinds)) == []
    expected = {"a derived source", "what a cohort found in a file", "numbers for ids that are text"}
    assert set(kinds.values()) >= (
        expected if worked.style == "text" else expected - {"numbers for ids that are text"}
    )
    for folder, canaries in {
        "fingerprints": {"birth", "death", "answer", "start", "end"},
        "measured": {"place", "sex"},
    }.items():
        inside = [pairs for name, pairs in holding.items() if name.startswith(f"{folder}/")]
        assert {name.split()[0] for pairs in inside for name, _ in pairs} <= canaries


def test_nothing_is_left_in_temporary_folders_or_written_elsewhere(worked):
    for name in ("tmp", "home", "cwd"):
        assert list((worked.folder / name).rglob("*")) == []
    assert worked.spills() == []
    written = {Path(line) for line in worked.log.read_text(encoding="utf-8").splitlines()}
    elsewhere = [
        path for path in written if not path.is_relative_to(worked.folder) and path != Path(os.devnull)
    ]
    assert elsewhere == [] and len(written) > 100


@unix
def test_the_cache_is_its_owners_alone_whatever_the_machine_says(worked):
    everything = [worked.cache, *worked.cache.rglob("*")]
    modes = {path.relative_to(worked.project).as_posix(): path.stat().st_mode & 0o777 for path in everything}
    wrong = {
        name: oct(mode)
        for name, mode in modes.items()
        if mode != (0o700 if (worked.project / name).is_dir() else 0o600)
    }
    assert wrong == {} and len(modes) > 20


def test_git_never_takes_rows_or_aggregates_wherever_they_are_written(worked, tmp_path):
    git = ["git", "-C", tmp_path, "-c", "core.excludesFile=/dev/null"]
    subprocess.run([*git, "init", "-q"], check=True)
    shutil.copytree(worked.cache, tmp_path / "out/cache")
    listed = subprocess.run(
        [*git, "status", "--porcelain", "-uall"], capture_output=True, text=True, check=True
    )
    assert listed.stdout == ""
    for name in ("aggregates", "parts", "cache", "logs", "extracts"):
        shutil.copytree(worked.project / "data" / name, tmp_path / "data" / name)
        (tmp_path / "data/cache/.gitignore").unlink(missing_ok=True)
    shutil.copy(ROOT / ".gitignore", tmp_path)
    listed = subprocess.run(
        [*git, "status", "--porcelain", "-uall"], capture_output=True, text=True, check=True
    )
    assert "data/" not in listed.stdout


def test_people_are_told_where_rows_lie():
    said = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert re.search(
        r"data/cache [^.]*holds rows and the numbers that stand for text person ids[^.]*never in git", said
    )
    assert "may quote data" in " ".join(run_build("--help").stdout.split())


@pytest.mark.parametrize("style", IDS)
def test_rows_that_are_delivered_no_more_are_gone_with_the_next_run(style, tmp_path):
    sandbox = Sandbox(tmp_path / "sandbox", style)
    sandbox.deliver()
    sandbox.run("compute")
    assert sandbox.search.below(sandbox.cache)
    sandbox.deliver(planted=False)
    sandbox.run("compute")
    left = {
        name
        for name in sandbox.search.below(sandbox.folder)
        if not name.startswith("project/data/cache/person-ids-")
    }
    assert left == set()


def spoiled(name, change):
    """Return what changes a delivered file as bytes."""

    def spoil(extracts):
        path = extracts / name
        data = path.read_bytes()
        packed = path.suffix == ".gz"
        new = change(gzip.decompress(data) if packed else data)
        path.write_bytes(gzip.compress(new) if packed else new)

    return spoil


def rewritten(columns, *given):
    """Return what writes the register of persons anew, with other columns."""
    return lambda extracts: write(extracts / "persons.parquet", columns, list(given))


def last_line(data):
    return data.rstrip(b"\n").rpartition(b"\n")[2]


ID = IDS["text"][0]
PLAIN = {key: {"type": "text"} for key in ("person", "birth", "death", "sex", "municipality")}
FROM_ROWS = {key: {"type": "text"} for key in (ID, "1931-03-17", NOTE, PLACE, SEX)}
CONTACTS, ANSWERS = "contacts/region-1.csv.gz", "pro/region-1.csv"
FAULTS = {
    "text where a date stands": spoiled(ANSWERS, lambda data: data.replace(b"2019-01-29", NOTE.encode())),
    "text where a number stands": spoiled(ANSWERS, lambda data: data.replace(b"OHS,before,2019-01-29,", b"OHS,before,2019-01-29,x")),
    "a category that is none": spoiled(ANSWERS, lambda data: data.replace(b"OHS,before,2019-01-29", f"{PLACE},before,2019-01-29".encode())),
    "a row after the end of the delivery": spoiled(CONTACTS, lambda data: data.replace(b"2019-05-21", b"2029-05-21")),
    "a row that ends before it begins": spoiled(CONTACTS, lambda data: data.replace(b"2019-05-24", b"2018-05-24")),
    "a date that cannot be true": spoiled(CONTACTS, lambda data: data.replace(b"2019-05-21", b"1066-05-21")),
    "a row twice": spoiled(CONTACTS, lambda data: data + last_line(data) + b"\n"),
    "no person": spoiled(CONTACTS, lambda data: data.replace(f"{ID},".encode(), b",")),
    "no header": spoiled(CONTACTS, lambda data: last_line(data) + data[data.index(b"\n") :]),
    "a cell too many": spoiled(CONTACTS, lambda data: data + last_line(data) + b",more\n"),
    "a quote that does not end": spoiled(CONTACTS, lambda data: data + b'"' + last_line(data) + b"\n"),
    "bytes that are no text": spoiled(CONTACTS, lambda data: data + last_line(data).replace(b"<fru", b"\xff\xfe") + b"\n"),
    "a packed file cut short": lambda extracts: (extracts / CONTACTS).write_bytes((extracts / CONTACTS).read_bytes()[:-900]),
    "a table cut short": lambda extracts: (extracts / "persons.parquet").write_bytes((extracts / "persons.parquet").read_bytes()[:-300]),
    "a table with a row for its header": rewritten(FROM_ROWS, dict.fromkeys(FROM_ROWS, ID)),
    "a table of text": rewritten(PLAIN, {"person": ID, "birth": "1931-03-17", "sex": SEX}),
    "a number too large": spoiled(CONTACTS, lambda data: data.replace(str(AMOUNT).encode(), b"9" * 40 + str(AMOUNT).encode())),
}  # fmt: skip


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A project with deliveries, not yet computed."""
    sandbox = Sandbox(tmp_path_factory.mktemp("sound"), "text")
    sandbox.deliver()
    return sandbox


@pytest.fixture
def mine(sound, tmp_path):
    """A copy of the project that a test may spoil."""
    sandbox = Sandbox(tmp_path / "sandbox", sound.style)
    shutil.copytree(sound.project, sandbox.project, copy_function=shutil.copy2)
    return sandbox


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_delivery_is_refused_without_a_word_of_what_stands_in_it(mine, fault):
    before = {path: path.read_bytes() for path in mine.extracts.rglob("*") if path.is_file()}
    FAULTS[fault](mine.extracts)
    assert before != {path: path.read_bytes() for path in mine.extracts.rglob("*") if path.is_file()}
    assert mine.search.below(mine.extracts)
    done = mine.run("compute", code=11)
    assert mine.leaks() == {} and mine.spills() == []
    assert "Traceback" not in done.stderr and re.search(r"/(region-1|persons)\.", done.stderr)


@pytest.mark.parametrize("show", [(), ("--traceback",)], ids=["as usual", "with a traceback"])
def test_an_internal_fault_quotes_a_row_only_when_asked_to(mine, show):
    hook = mine.folder / "hook" / "sitecustomize.py"
    broken = f"""
import vbs_site.measures.aggregates as a
def broken(*_, **__):
    import duckdb
    raise duckdb.ConversionException({f"Could not convert {NOTE} of {ID}"[::-1]!r}[::-1])
a.compile_measure = broken
"""
    hook.write_text(broken, encoding="utf-8")
    done = mine.run("compute", *show, code=1 if show else 14)
    said, mine.said = {name for name, _ in mine.search.in_bytes(mine.said.encode())}, ""
    assert (NOTE in done.stderr, "Traceback" in done.stderr) == ((True, True) if show else (False, False))
    assert said == ({"note", f"id {ID}"} if show else set())
    assert mine.leaks() == {} and mine.spills() == []


@unix
@pytest.mark.parametrize(
    "sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=["ctrl-c", "terminated", "killed"]
)
@pytest.mark.parametrize("moment", ["extracts …", "  compute: length"], ids=["reading", "computing"])
def test_an_interrupted_run_leaves_no_row_where_others_find_it(mine, sign, moment):
    """The program is held at a line that it says, so that what it has open then can be looked at."""
    line, options = mine.command("compute")
    process = subprocess.Popen(line, **options)
    heard = []
    for line in process.stderr:
        heard.append(line)
        if line.startswith(moment):
            break
    process.send_signal(signal.SIGSTOP)
    open_now = [path for path in mine.spills() if path.stat().st_mode & 0o777 != 0o700]
    process.send_signal(sign)
    process.send_signal(signal.SIGCONT)
    out, err = process.communicate(timeout=120)
    mine.said += "".join(heard) + out + err
    assert process.returncode == (-signal.SIGKILL if sign is signal.SIGKILL else 130), err
    assert open_now == [] and mine.leaks() == {}
    assert sign is signal.SIGKILL or mine.spills() == []
    mine.run("compute")
    assert mine.spills() == [] and mine.leaks() == {}
    odd = [
        name
        for name in mine.search.below(mine.cache)
        if not any(re.fullmatch(each, name) for each in MAY_HOLD_ROWS.values())
    ]
    assert odd == []


POSTGRES = {"integer": "BIGINT", "text": "TEXT", "category": "TEXT", "code": "TEXT", "boolean": "BOOLEAN"}
POSTGRES |= {"date": "DATE", "timestamp": "TIMESTAMP", "decimal": "NUMERIC(18, 2)"}


def in_tables(sandbox, schema):
    """Put the rows into tables of a database; leave the letter alone in the extracts."""
    start_postgres()
    data = sandbox.deliver(schema=schema)
    with psycopg.connect("", autocommit=True) as writer:
        writer.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}")
        for name, given in rows(sandbox.style).items():
            columns = data["sources"][name]["columns"]
            declared = ", ".join(f"{quoted(key)} {POSTGRES[each['type']]}" for key, each in columns.items())
            writer.execute(f"CREATE TABLE {schema}.{quoted(name)} ({declared})")
            with writer.cursor().copy(f"COPY {schema}.{quoted(name)} FROM STDIN") as copy:
                for row in given:
                    copy.write_row([row.get(key) for key in columns])
    for path in sandbox.extracts.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "deliveries.yaml":
            path.unlink()


@pytest.mark.parametrize("style", IDS)
def test_a_database_is_asked_and_nothing_of_its_rows_is_kept_or_said(style, tmp_path):
    sandbox = Sandbox(tmp_path / "sandbox", style)
    in_tables(sandbox, "canaries")
    sandbox.run("compute", "--engine", "postgres")
    assert sandbox.search.below(sandbox.folder) == {}
    aggregates = sandbox.project / "data/aggregates/aggregates.parquet"
    with duckdb.connect() as reader:
        assert reader.execute(f"SELECT sum(n) FROM '{aggregates}'").fetchone()[0] > 1000
    assert sandbox.search.in_bytes(sandbox.said.encode()) == set()


def test_what_a_database_refuses_is_not_repeated(tmp_path):
    """A view that fails on a value says it in the database's own sentence: `invalid input syntax for type integer: "…"`."""
    sandbox = Sandbox(tmp_path / "sandbox", "text")
    in_tables(sandbox, "refusing")
    with psycopg.connect("", autocommit=True) as writer:
        writer.execute("ALTER TABLE refusing.contacts RENAME TO given")
        columns = 'id, person, hospital, start, "end", kind, acute, diagnosis, cost, points'
        test = "CAST(CAST(note AS INTEGER) AS TEXT) AS note"
        writer.execute(f"CREATE VIEW refusing.contacts AS SELECT {columns}, {test} FROM refusing.given")
        with pytest.raises(psycopg.errors.InvalidTextRepresentation, match=re.escape(NOTE)):
            writer.execute("SELECT * FROM refusing.contacts").fetchall()
    done = sandbox.run("compute", "--engine", "postgres", code=14)
    assert "SQLSTATE 22P02" in done.stderr
    assert sandbox.leaks() == {} and sandbox.search.below(sandbox.cache) == {}


def test_spark_leaves_no_row_behind(tmp_path):
    sandbox = Sandbox(tmp_path / "sandbox", "text")
    sandbox.deliver()
    sandbox.run("compute", "--engine", "spark", "--threads", 1)
    assert sandbox.leaks() == {} and sandbox.spills() == []
    assert list((sandbox.folder / "cwd").iterdir()) == []
