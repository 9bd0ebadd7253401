"""Every fault that a catalogue can have is named by file and line, and nothing else is said.

Each file in `tests/bad_catalogues` differs from `good/catalogue.yaml` in one place. Its first lines say what must be
reported: `# expect: <line>: <words>`, with a file before the line when it is another one.
"""

import re
from pathlib import Path

import pytest

from vbs_site.catalogue.loading import load
from vbs_site.diagnostics import ExitCode, FaultError

FOLDER = Path(__file__).parents[1] / "bad_catalogues"
FILES = sorted(FOLDER.glob("*.yaml"))
EXPECT = re.compile(r"^# expect: (?:(?P<file>[\w/-]+\.yaml):)?(?P<line>\d+): (?P<words>.+)$")


def expectations(path):
    found = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        match = EXPECT.match(line)
        if match is None:
            break
        file = path.parent / match["file"] if match["file"] else path
        found.append((str(file), int(match["line"]), match["words"]))
    return found


def faults_of(path):
    with pytest.raises(FaultError) as raised:
        load(path)
    assert raised.value.code == ExitCode.CATALOGUE == 10
    return raised.value.diagnoses


def answers(fault, expected):
    file, line, words = expected
    return (fault.file, fault.line) == (file, line) and words in str(fault)


def test_there_are_enough_bad_catalogues_and_each_says_what_it_expects():
    assert len(FILES) >= 60
    assert [path.name for path in FILES if not expectations(path)] == []


def test_the_good_catalogue_is_good():
    loaded = load(FOLDER / "good" / "catalogue.yaml")
    assert sorted(loaded.catalogue.indicators) == ["cost", "hip-score", "readmission", "response"]
    assert loaded.warnings == ()


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_bad_catalogue_is_refused_with_its_faults_and_no_others(path):
    faults, expected = faults_of(path), expectations(path)
    listing = "\n".join(map(str, faults))
    unanswered = [each for each in expected if not any(answers(fault, each) for fault in faults)]
    assert not unanswered, f"not reported: {unanswered}\nreported:\n{listing}"
    unexpected = [str(fault) for fault in faults if not any(answers(fault, each) for each in expected)]
    assert not unexpected, "reported beyond what is wrong:\n" + "\n".join(unexpected)
    for fault in faults:
        line = str(fault)
        assert line.startswith(f"{fault.file}:")
        assert "\n" not in line
        assert line.endswith((".", "?"))
        assert len(line) < 600


def test_a_file_without_a_byte_is_refused(tmp_path):
    (tmp_path / "indicators.yaml").write_bytes(b"")
    (fault,) = faults_of(tmp_path / "indicators.yaml")
    assert "mapping of keys" in str(fault)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    (fault,) = faults_of(tmp_path / "indicators.yaml")
    assert "can be read" in str(fault)


def test_a_part_beside_the_catalogue_can_be_included_from_its_own_folder(tmp_path, monkeypatch):
    good = (FOLDER / "good" / "catalogue.yaml").read_text(encoding="utf-8")
    head, tail = good.split("areas:\n  care:", 1)
    areas, rest = tail.split("indicators:\n", 1)
    (tmp_path / "catalogue.yaml").write_text(
        f"include: [areas.yaml]\n{head}indicators:\n{rest}", encoding="utf-8"
    )
    (tmp_path / "areas.yaml").write_text(f"areas:\n  care:{areas}", encoding="utf-8")
    (tmp_path / "organisations.yaml").write_bytes((FOLDER / "good" / "organisations.yaml").read_bytes())
    assert list(load(tmp_path / "catalogue.yaml").catalogue.areas) == ["care"]
    monkeypatch.chdir(tmp_path)
    assert list(load(Path("catalogue.yaml")).catalogue.areas) == ["care"]


ORGANISATIONS = {
    "not YAML": ("organisations: [", "the file is YAML"),
    "no list": ("units: []", "the file has a list under `organisations:`"),
    "an id twice": (
        "organisations:\n- {id: a, kind: region, name: {da: A, en: A}}\n- {id: a, kind: region, name: {da: A, en: A}}",
        "an organisation id stands once",
    ),
    "a code twice": (
        """organisations:
- {id: a, kind: region, name: {da: A, en: A}, codes: ['1']}
- {id: b, kind: region, name: {da: A, en: A}, codes: ['1']}""",
        "a code belongs to one organisation of a kind",
    ),
    "within nothing": (
        "organisations:\n- {id: a, kind: region, name: {da: A, en: A}, within: b}",
        "`within` names an organisation",
    ),
    "within itself": (
        """organisations:
- {id: a, kind: region, name: {da: A, en: A}, within: b}
- {id: b, kind: hospital, name: {da: B, en: B}, within: a}""",
        "within itself",
    ),
    "a character that YAML forbids": ("organisations: \x01", "the file is YAML"),
    "a date that does not exist": (
        "organisations:\n- {id: a, kind: region, name: {da: A, en: A}, valid_to: 2026-13-01}",
        "date",
    ),
}


@pytest.mark.parametrize("case", ORGANISATIONS)
def test_a_bad_organisation_file_is_refused(case, tmp_path):
    text, words = ORGANISATIONS[case]
    (tmp_path / "catalogue.yaml").write_bytes((FOLDER / "good" / "catalogue.yaml").read_bytes())
    (tmp_path / "organisations.yaml").write_text(text, encoding="utf-8")
    faults = faults_of(tmp_path / "catalogue.yaml")
    assert any(words in str(fault) and "organisations.yaml" in fault.file for fault in faults), list(
        map(str, faults)
    )


def test_an_organisation_file_that_is_not_utf8_is_refused(tmp_path):
    (tmp_path / "catalogue.yaml").write_bytes((FOLDER / "good" / "catalogue.yaml").read_bytes())
    (tmp_path / "organisations.yaml").write_bytes("organisations: [] # kræft".encode("latin-1"))
    faults = faults_of(tmp_path / "catalogue.yaml")
    assert any("UTF-8" in str(fault) for fault in faults)
