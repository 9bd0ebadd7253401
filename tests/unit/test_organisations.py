"""The organisation reference: what it must keep, who lies within whom on which day, and what the demo's file says."""

import datetime
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from vbs_site.catalogue import organisation_rules
from vbs_site.catalogue.loading import load
from vbs_site.catalogue.organisation_file import read_organisations
from vbs_site.catalogue.organisations import Organisation, Organisations
from vbs_site.diagnostics import ExitCode, FaultError
from vbs_site.extracts.deliveries import find_deliveries

TESTS = Path(__file__).parents[1]
FOLDER = TESTS / "bad_organisations"
FILES = sorted(FOLDER.glob("*.yaml"))
EXPECT = re.compile(r"^# expect: (?P<line>\d+): (?P<words>.+)$", re.MULTILINE)
DENMARK = read_organisations(TESTS.parent / "data" / "reference" / "organisations.yaml", ("da", "en"))
BEFORE, AFTER = datetime.date(2026, 12, 31), datetime.date(2027, 1, 1)


def faults_of(path):
    with pytest.raises(FaultError) as raised:
        read_organisations(path, ("da", "en"))
    assert raised.value.code == ExitCode.CATALOGUE
    return raised.value.diagnoses


def answers(fault, line, words):
    return fault.line == line and words in str(fault)


def test_the_good_file_is_good_and_dates_decide_what_lies_within_what():
    good = read_organisations(FOLDER / "good" / "organisations.yaml", ("da", "en"))
    assert good.changes == (AFTER,)
    for unit in ("town", "council", "hospital-1", "north"):
        assert good.ancestor(unit, "region") == "north"
        assert good.ancestor(unit, "region", BEFORE) == "north"
        assert good.ancestor(unit, "region", AFTER) == "whole"
    assert good.ancestor("town", "council", AFTER) == "council"
    assert good.ancestor("town", "hospital", AFTER) is None
    assert good.ancestor("nobody", "region", AFTER) is None
    assert good.ever_above(good.by_id["council"]) == ["north", "whole"]
    assert good.ever_above(good.by_id["hospital-2"]) == ["south", "whole"]
    assert [each.id for each in good.of_kind("region")] == ["north", "south"]
    assert {code: good.by_code["hospital", code].id for code in ("H1", "H1-old", "900")} == dict.fromkeys(
        ("H1", "H1-old", "900"), "hospital-1"
    )


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_a_bad_file_is_refused_with_its_faults_and_no_others(path):
    expected = [
        (int(each["line"]), each["words"]) for each in EXPECT.finditer(path.read_text(encoding="utf-8"))
    ]
    assert expected
    faults = faults_of(path)
    listing = "\n".join(map(str, faults))
    assert all(any(answers(fault, *each) for fault in faults) for each in expected), listing
    assert all(any(answers(fault, *each) for each in expected) for fault in faults), listing
    assert all(str(fault).startswith(f"{path}:") for fault in faults), listing


def test_every_rule_has_a_bad_file_and_says_itself_in_a_line():
    told = "\n".join(str(fault) for path in FILES for fault in faults_of(path))
    rules = {
        "ids_stand_once": "an organisation id stands once",
        "parents_exist": "`within` names an organisation",
        "codes_stand_once": "a code belongs to one organisation",
        "dates_in_order": "is not after",
        "found_in_extracts": "an organisation has codes",
        "named_in_every_language": "a name is written in every language",
        "parents_in_force": "lasts as long as what lies within it",
        "parents_in_turn": "each unit begins the day after",
        "succession_agrees": "who takes over begins the day after",
    }
    modules = (*organisation_rules.NAMES, *organisation_rules.ALONE, *organisation_rules.BY_NAME)
    assert {module.__name__.rsplit(".", 1)[1] for module in modules} == rules.keys()
    assert [rule for rule in rules.values() if rule not in told] == []
    assert all(len(module.__doc__.splitlines()[0]) > 30 for module in modules)


def test_all_faults_of_a_file_are_found_in_one_run(tmp_path):
    text = (FOLDER / "good" / "organisations.yaml").read_text(encoding="utf-8")
    path = tmp_path / "organisations.yaml"
    path.write_text(
        text.replace("codes: [H2]", "codes: [H1], valid_from: 2020-01-01, valid_to: 2019-01-01")
        .replace("name: {da: By, en: Town}", "name: {da: By}")
        .replace("preparatory_from: 2026-01-01", "preparatory_from: 2028-01-01"),
        encoding="utf-8",
    )
    assert [(fault.line, fault.object) for fault in faults_of(path)] == [
        (4, "whole"),
        (12, "town"),
        (14, "hospital-2"),
        (14, "hospital-2"),
    ]


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.dates() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.data())
def test_no_value_makes_a_traceback(tmp_path_factory, data):
    path = FOLDER / "good" / "organisations.yaml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))["organisations"]
    entry = data.draw(st.sampled_from(entries))
    entry[data.draw(st.sampled_from([*Organisation.model_fields, "more"]))] = data.draw(ANYTHING)
    broken = tmp_path_factory.mktemp("any") / "organisations.yaml"
    broken.write_text(yaml.safe_dump({"organisations": entries}, allow_unicode=True), encoding="utf-8")
    try:
        members, told = read_organisations(broken, ("da", "en")).members, ()
    except FaultError as refused:
        members, told = (), refused.diagnoses
    assert len(members) == len(entries) or told
    assert all(each.line > 0 for each in told)


def test_a_file_that_is_not_there_or_cannot_be_read_is_refused(tmp_path):
    (fault,) = faults_of(tmp_path / "organisations.yaml")
    assert "an organisation file can be read" in str(fault)
    (tmp_path / "organisations.yaml").write_bytes("organisations: [] # kræft".encode("latin-1"))
    (fault,) = faults_of(tmp_path / "organisations.yaml")
    assert "an organisation file is UTF-8 text" in str(fault)


def test_a_unit_that_moves_lies_within_the_one_of_each_day():
    places = Organisations.of(
        [
            Organisation(id="a", kind="region", name={"da": "A"}, codes=["A"]),
            Organisation(id="b", kind="region", name={"da": "B"}, codes=["B"]),
            Organisation(
                id="h",
                kind="hospital",
                name={"da": "H"},
                codes=["H"],
                within=[{"unit": "a", "valid_to": "2023-05-31"}, {"unit": "b", "valid_from": "2023-06-01"}],
            ),
        ]
    )
    assert places.changes == (datetime.date(2023, 6, 1),)
    assert places.ancestor("h", "region", datetime.date(2023, 5, 31)) == "a"
    assert places.ancestor("h", "region", datetime.date(2023, 6, 1)) == "b"
    assert places.change_before(datetime.date(2023, 5, 31)) is None
    assert places.change_before(datetime.date(2024, 1, 1)) == datetime.date(2023, 6, 1)


def test_who_takes_over_is_expected_to_deliver_once_it_does(tmp_path):
    catalogue = load(TESTS / "bad_catalogues" / "good" / "catalogue.yaml").catalogue
    places = read_organisations(FOLDER / "good" / "organisations.yaml")
    (tmp_path / "contacts").mkdir()

    def delivered(*units):
        for path in (tmp_path / "contacts").iterdir():
            path.unlink()
        for unit in units:
            (tmp_path / "contacts" / f"{unit}.parquet").touch()
        days = "".join(f"    {unit}: 2027-04-01\n" for unit in units)
        letter = f"complete_until:\n  contacts:\n{days}"
        (tmp_path / "deliveries.yaml").write_text(letter, encoding="utf-8")
        found = find_deliveries(catalogue, places, tmp_path, {"contacts"}).by_source["contacts"]
        return sorted(map(str, found.files)), found.missing

    assert delivered("north") == (["north"], ("south",))
    assert delivered("north", "south") == (["north", "south"], ())
    assert delivered("whole") == (["whole"], ())


def test_an_organisation_is_the_same_after_it_was_written_to_a_release():
    for each in DENMARK.members:
        assert Organisation.model_validate(each.model_dump(mode="json")) == each


def test_the_reference_has_every_part_of_the_country_once():
    kinds = Counter(each.kind for each in DENMARK.members)
    assert (kinds["region"], kinds["sundhedsraad"], kinds["municipality"]) == (6, 17, 98)
    assert len(DENMARK.of_kind("region")) == 5
    towns = DENMARK.of_kind("municipality")
    assert all(len(each.codes) == 1 and len(each.codes[0]) == 3 for each in towns)

    def per_region(kind, day):
        return Counter(DENMARK.ancestor(each.id, "region", day) for each in DENMARK.of_kind(kind))

    later = ("region-oestdanmark", "region-syddanmark", "region-midtjylland", "region-nordjylland")
    # As counted in the facts: councils and municipalities of the four regions from 2027.
    assert per_region("sundhedsraad", AFTER) == dict(zip(later, (6, 4, 5, 2), strict=True))
    assert per_region("municipality", AFTER) == dict(zip(later, (46, 22, 19, 11), strict=True))
    before = per_region("municipality", BEFORE)
    assert (before["region-hovedstaden"], before["region-sjaelland"]) == (29, 17)
    councils = Counter(DENMARK.ancestor(each.id, "sundhedsraad") for each in towns)
    assert len(councils) == 17
    assert councils["sundhedsraad-fyn"] == 10


def test_the_new_region_succeeds_two_and_no_code_is_made_up_for_it():
    new = DENMARK.by_id["region-oestdanmark"]
    assert (new.all_codes, new.status) == ((), "code not found")
    assert (new.preparatory_from, new.valid_from) == (datetime.date(2026, 1, 1), AFTER)
    for name in new.predecessors:
        assert (DENMARK.by_id[name].valid_to, DENMARK.by_id[name].successor) == (BEFORE, new.id)
    assert {DENMARK.ancestor(each.id, "region", AFTER) for each in DENMARK.of_kind("hospital")} == {
        "region-nordjylland",
        "region-midtjylland",
        "region-syddanmark",
        "region-oestdanmark",
    }


def test_what_is_not_verified_says_so():
    for each in DENMARK.members:
        made_up = any(code.startswith("DEMO-") for code in each.codes)
        assert made_up == (each.status in ("demo-code", "synthetic")), each.id
    assert {each.status for each in DENMARK.of_kind("region")} == {"unverified code"}
    several = {each.id: each.all_codes for each in DENMARK.of_kind("hospital") if len(each.all_codes) > 1}
    assert several == {
        "hospital-auh": ("6620", "404261000016009"),
        "hospital-lillebaelt": ("6007", "6008"),
        "hospital-rigshospitalet": ("1301", "8031000016007"),
    }
