"""The command line as people use it and misuse it: what it says, what it leaves alone, how it ends."""

import os
import shutil
import signal
import sys
import urllib.request
from pathlib import Path

import pytest
from commands import ROOT, change, run_build, start_build, tree, write_mini, written_and_built

try:
    import resource
except ImportError:  # Windows has no file size limits
    resource = None

unix = pytest.mark.skipif(
    sys.platform == "win32", reason="signals, file size limits and modes are a Unix matter"
)

VERBS = (
    "check",
    "schema",
    "diff",
    "new",
    "demo",
    "compute",
    "combine",
    "release",
    "site",
    "serve",
    "verify",
    "audit",
)


@pytest.fixture
def mini(tmp_path):
    """A small project with deliveries, not yet built."""
    return write_mini(tmp_path / "mini")


@pytest.fixture(scope="module")
def built_once(tmp_path_factory):
    """A small project that has been built; tests take copies of it."""
    return written_and_built(write_mini, tmp_path_factory.mktemp("once"))


@pytest.fixture
def built(built_once, tmp_path):
    """A small project, built, that a test may spoil."""
    return Path(shutil.copytree(built_once, tmp_path / "built"))


def one_line(done, code, *parts):
    """Check that a run ended with a code and exactly one line on standard error that is no progress, holding all parts."""
    assert done.returncode == code, done.stderr
    lines = [
        line
        for line in done.stderr.splitlines()
        if line and " …" not in line and " done in " not in line and not line.startswith("  ")
    ]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    for part in parts:
        assert part in lines[0]


def test_help_names_every_verb_and_every_verb_explains_itself():
    overview = run_build("--help").stdout
    for verb in VERBS:
        assert verb in overview
        text = run_build(verb, "--help").stdout
        assert text.startswith("usage: build.py") and len(text.splitlines()) > 5


def test_main_job_says_where_to_look_and_a_second_run_does_nothing(mini):
    first = run_build("--catalogue", mini / "indicators.yaml")
    assert first.returncode == 0, first.stderr
    assert "release 2025Q4 written" in first.stdout and "site:" in first.stdout
    before = tree(mini)
    second = run_build("--catalogue", mini / "indicators.yaml")
    assert second.returncode == 0
    assert "nothing has changed since release 2025Q4" in second.stdout
    assert second.stderr == ""
    assert tree(mini) == before


@pytest.mark.parametrize(
    "changed",
    [
        "content/da/index.md",
        "indicators.yaml",
        "organisations.yaml",
        "data/extracts/visits/region-a.csv",
        "mkdocs.yml",
    ],
)
def test_any_changed_input_is_noticed(built, changed):
    path = built / changed
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    done = run_build("--catalogue", built / "indicators.yaml")
    assert "nothing has changed" not in done.stdout


def test_every_verb_runs_by_itself_and_an_option_may_stand_before_it(mini, tmp_path):
    out = tmp_path / "out"
    catalogue = ("--catalogue", mini / "indicators.yaml")
    for verb in ("check", "compute", "release", "site", "verify"):
        writes = () if verb == "check" else ("--out", out)
        done = run_build(*catalogue, verb, *writes)
        assert done.returncode == 0, (verb, done.stderr)
    assert (out / "site" / "2025Q4" / "index.html").exists()
    assert not (mini / "site").exists() and not (mini / "data" / "releases").exists()


def test_same_input_gives_the_same_bytes_with_one_thread_and_with_two(mini, tmp_path):
    for threads in (1, 2):
        done = run_build(
            "--catalogue", mini / "indicators.yaml", "--threads", threads, "--out", tmp_path / str(threads)
        )
        assert done.returncode == 0, done.stderr
    for part in ("releases", "site/2025Q4", "aggregates"):
        assert tree(tmp_path / "1" / part) == tree(tmp_path / "2" / part)


def test_a_release_never_changes_and_a_correction_names_what_it_corrects(built):
    before = tree(built / "data" / "releases"), tree(built / "site")
    change(built / "data/extracts/visits/region-a.csv", ",A1,", ",A2,")
    refused = run_build("--catalogue", built / "indicators.yaml")
    one_line(refused, 13, "a release never changes; 2025Q4 exists with other content", "--corrects")
    assert (tree(built / "data" / "releases"), tree(built / "site")) == before
    corrected = run_build(
        "--catalogue",
        built / "indicators.yaml",
        "--release",
        "2025Q4-r1",
        "--corrects",
        "2025Q4",
        "--reason",
        "Forkert hospital",
    )
    assert corrected.returncode == 0, corrected.stderr
    assert "Forkert hospital" in (built / "site/2025Q4-r1/udgivelse/index.html").read_text(encoding="utf-8")
    assert (built / "site/2025Q4/index.html").exists()
    listed = (built / "site/versions.json").read_text(encoding="utf-8")
    assert listed.index("2025Q4-r1") < listed.index('"2025Q4"')
    assert "../../2025Q4-r1/" in (built / "site/latest/metode/index.html").read_text(encoding="utf-8")


def test_verify_finds_a_changed_byte(built):
    results = built / "data/releases/2025Q4/results.csv"
    results.write_bytes(results.read_bytes().replace(b"shown", b"shawn", 1))
    done = run_build("verify", "--catalogue", built / "indicators.yaml")
    one_line(done, 13, "results.csv", "as it was published")
    refused = run_build("site", "--catalogue", built / "indicators.yaml")
    one_line(refused, 13, "results.csv")


@pytest.mark.parametrize(
    ("key", "old", "new", "hint"),
    [
        ("indicators", "[andel-gode]", "[andel-god]", "andel-gode"),
        ("units", "[region-a]", "[region-x]", "region-"),
        ("areas", "[omraade-et]", "[omraade-to]", "omraade-et"),
    ],
)
def test_a_practice_that_names_what_does_not_exist_is_refused_with_file_and_line(built, key, old, new, hint):
    before = tree(built / "site")
    change(built / "content/da/praksis/en-praksis.md", f"{key}: {old}", f"{key}: {new}")
    for arguments in (("check",), ()):
        done = run_build("--catalogue", built / "indicators.yaml", *arguments)
        line = {"areas": 3, "indicators": 4, "units": 5}[key]
        one_line(done, 12, f"en-praksis.md:{line}:", hint)
    assert tree(built / "site") == before


def test_a_dead_link_in_what_people_wrote_is_refused_and_the_last_site_stands(built):
    before = tree(built / "site")
    change(built / "content/da/metode.md", "# Metode", "# Metode\n\n[væk](findes-ikke.md)")
    done = run_build("--catalogue", built / "indicators.yaml")
    one_line(done, 12, "metode.md", "findes-ikke.md")
    assert tree(built / "site") == before


def test_broken_yaml_and_a_missing_column_are_one_line_each_and_leave_the_last_site(built):
    before = tree(built / "site")
    change(built / "indicators.yaml", "dimension: outcome", "dimension: outcome: x")
    one_line(run_build("--catalogue", built / "indicators.yaml"), 10, "indicators.yaml:", "YAML")
    change(built / "indicators.yaml", "dimension: outcome: x", "dimension: outcome")
    change(built / "data/extracts/visits/region-b.csv", "id,hospital,day,good", "id,hospital,dag,good")
    one_line(run_build("--catalogue", built / "indicators.yaml"), 11, "region-b.csv", "'day'")
    assert tree(built / "site") == before


STEPS = ("extracts", "compute", "release", "site")


@unix
@pytest.mark.parametrize(
    "sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=["ctrl-c", "terminated", "killed"]
)
@pytest.mark.parametrize("step", STEPS)
def test_an_interruption_in_any_step_leaves_the_last_site_and_the_next_run_succeeds(built, step, sign):
    before = tree(built / "site"), tree(built / "data" / "releases")
    change(built / "data/extracts/visits/region-a.csv", ",A1,", ",A2,")
    arguments = ("--catalogue", built / "indicators.yaml", "--release", "2026Q1")
    process = start_build(*arguments)
    for line in process.stderr:
        if line.startswith(f"{step} …"):
            process.send_signal(sign)
            break
    _, rest = process.communicate(timeout=60)
    if sign is not signal.SIGKILL:
        assert process.returncode == 130
        assert "interrupted" in rest and "Traceback" not in rest
    assert (tree(built / "site"), tree(built / "data" / "releases")) == before or step == "site"
    for part, content in zip(("site/2025Q4", "data/releases/2025Q4"), (before[0], before[1]), strict=True):
        kept = {
            name.removeprefix("2025Q4/"): hashed
            for name, hashed in content.items()
            if name.startswith("2025Q4/")
        }
        assert tree(built / part) == kept
    again = run_build(*arguments)
    assert again.returncode == 0, again.stderr
    left = [path for path in built.rglob(".*") if path.name.startswith((".new-", ".old-", ".spill-"))]
    assert left == []


@unix
@pytest.mark.parametrize(
    "limit", [2_000, 60_000, 1_000_000], ids=["a small file", "a page", "the chart library"]
)
def test_no_room_to_write_is_one_line_and_leaves_the_last_site(built, limit):
    before = tree(built / "site"), tree(built / "data" / "releases")
    change(built / "data/extracts/visits/region-a.csv", ",A1,", ",A2,")
    done = run_build(
        "--catalogue",
        built / "indicators.yaml",
        "--release",
        "2026Q1",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    one_line(done, 15, "room to write")
    after = tree(built / "site"), tree(built / "data" / "releases")
    assert after[0] == before[0]
    assert {name: content for name, content in after[1].items() if name.startswith("2025Q4/")} == before[1]


@unix
def test_no_permission_to_write_is_one_line(mini, tmp_path):
    if os.geteuid() == 0:
        if not Path("/sys/kernel").is_dir():
            pytest.skip("root may write anywhere here")
        out = Path("/sys/kernel/vbs")
    else:
        locked = tmp_path / "locked"
        locked.mkdir()
        locked.chmod(0o555)
        out = locked / "out"
    done = run_build("--catalogue", mini / "indicators.yaml", "--out", out)
    one_line(done, 15, str(out.parent))


def test_a_place_that_is_a_file_is_one_line(mini, tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    one_line(run_build("--catalogue", mini / "indicators.yaml", "--out", tmp_path / "file"), 15, "file")


def test_a_catalogue_that_is_not_there_is_one_line(tmp_path):
    one_line(run_build("check", "--catalogue", tmp_path / "none.yaml"), 10, "none.yaml")


def test_demo_data_is_never_written_over_deliveries(mini):
    before = tree(mini / "data")
    done = run_build("demo", "--out", mini / "data" / "extracts")
    one_line(done, 11, "never written over")
    assert tree(mini / "data") == before


def test_no_row_of_a_delivery_is_found_in_anything_that_is_written_but_the_cache(mini):
    visits = mini / "data/extracts/visits/region-a.csv"
    change(visits, "1,A1,", "987654321012345678,A1,")
    done = run_build("--catalogue", mini / "indicators.yaml")
    assert done.returncode == 0, done.stderr
    assert "987654321012345678" not in done.stdout + done.stderr
    for folder in ("site", "data/releases", "data/aggregates", "data/logs"):
        for path in (mini / folder).rglob("*"):
            if path.is_file():
                assert b"987654321012345678" not in path.read_bytes(), path


def test_an_internal_fault_shows_no_message_that_could_quote_a_row(mini):
    sabotage = "import duckdb\ndef broken(*a, **k):\n    raise duckdb.ConversionException('Could not convert CANARY-1234')\n"
    hook = mini / "sitecustomize.py"
    hook.write_text(
        sabotage + "import vbs_site.measures.aggregates as a\na.compile_measure = broken\n", encoding="utf-8"
    )
    done = run_build(
        "--catalogue", mini / "indicators.yaml", env=os.environ | {"PYTHONPATH": f"{mini}:{ROOT}"}
    )
    assert done.returncode == 14, done.stderr
    assert "CANARY" not in done.stdout + done.stderr and "Traceback" not in done.stderr


@unix
def test_serve_shows_the_built_site_on_this_machine_until_interrupted(built):
    process = start_build("serve", "--catalogue", built / "indicators.yaml", "--port", 0)
    address = process.stdout.readline().split()[4]
    assert address.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(f"{address}2025Q4/metode/", timeout=10) as answer:
        assert b"Metode" in answer.read()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 0


def test_serve_without_a_site_is_one_line(mini):
    one_line(run_build("serve", "--catalogue", mini / "indicators.yaml"), 13, "a site has been built")


def test_summary_says_what_is_missing_and_why(mini):
    note = "complete_until:\n  visits: {region-a: 2026-01-01, region-b: 2025-10-01}\n"
    (mini / "data/extracts/deliveries.yaml").write_text(note, encoding="utf-8")
    late = mini / "data/extracts/visits/region-b.csv"
    kept = [
        line
        for line in late.read_text(encoding="utf-8").splitlines()
        if not line.split(",")[2].startswith(("2025-10", "2025-11", "2025-12"))
    ]
    late.write_text("\n".join(kept) + "\n", encoding="utf-8")
    done = run_build("--catalogue", mini / "indicators.yaml")
    assert done.returncode == 0, done.stderr
    assert "missing: andel-gode: 2025Q4 not delivered by Region B" in done.stdout


def test_too_little_memory_is_one_line_and_leaves_nothing_behind(built):
    before = tree(built / "site")
    change(built / "data/extracts/visits/region-a.csv", ",A1,", ",A2,")
    one_line(run_build("--catalogue", built / "indicators.yaml", "--memory", 1), 14, "--memory")
    assert tree(built / "site") == before
    assert list((built / "data/cache").glob(".spill-*")) == []
