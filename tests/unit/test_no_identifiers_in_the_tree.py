"""No file of this project holds what could be a Danish civil registration number (CPR): ddmmyy and four digits.

Demo data is generated; its persons have whole numbers for ids, which say nothing of a birth. Tests name made-up persons
by short numbers or words.
"""

import calendar
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CPR = re.compile(r"(?<![\w+-])(?<!\d[.:/])(\d\d)(\d\d)(\d\d)[- ]?(\d{4})(?![\w/+-]|[.:]\d)")
NOT_OURS = ("uv.lock",)
"""Files that other programs make: hashes and versions."""
MADE_UP: dict[str, str] = {}
"""File to why its ten digits are no person's; a demo generator would be named here."""


def could_be_a_person(day, month, year, serial):
    """Return whether ten digits begin with a day that exists; the seventh digit tells the century."""
    century = 1900 if serial[0] in "0123" or (serial[0] in "49" and int(year) >= 37) else 2000
    if serial[0] in "5678" and int(year) >= 58:
        century = 1800
    born = century + int(year)
    return 1 <= int(month) <= 12 and 1 <= int(day) <= calendar.monthrange(born, int(month))[1]


def found_in(text):
    return [match[0] for match in CPR.finditer(text) if could_be_a_person(*match.groups())]


def files():
    """Return every file that is, or is about to be, in git; without git every file that is not built."""
    listing = ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(listing, capture_output=True, text=True, check=False)
    names = done.stdout.split("\0") if done.returncode == 0 else []
    return [ROOT / name for name in sorted({*names} - {""}) if (ROOT / name).is_file()]


@pytest.mark.parametrize("joint", ["", "-", " "])
@pytest.mark.parametrize(
    "around", ["{}", "1,{},2", '"{}"', "({})", "person {}.", "<td>{}</td>", "cpr={};", "{}\n"]
)
def test_a_number_is_found_wherever_it_stands(joint, around):
    number = f"{'07'}{'01'}{'61'}{joint}{4:04d}"
    assert found_in(around.format(number)) == [number]


@pytest.mark.parametrize(
    "said", ["3102611234", "0013611234", "12345678901", "a0701611234", "0.0701611234", "07016112345"]
)
def test_other_digits_are_none(said):
    assert found_in(said) == []


def test_no_file_of_the_project_holds_what_could_be_a_civil_registration_number():
    read = files()
    if not read:
        pytest.skip("not a git checkout: which files belong to the project is not known")
    assert len(read) > 500
    found = {}
    for path in read:
        name = path.relative_to(ROOT).as_posix()
        if path.name in NOT_OURS or name in MADE_UP:
            continue
        if numbers := found_in(path.read_bytes().decode("utf-8", "replace")):
            found[name] = len(numbers)
    assert found == {}
    assert all((ROOT / name).is_file() and why for name, why in MADE_UP.items())
