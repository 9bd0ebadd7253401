"""`check` runs the worked examples of a catalogue, and runs those again that could come out otherwise."""

from pathlib import Path

import pytest
from commands import run_build

GOOD = Path(__file__).parents[1] / "bad_catalogues" / "good"


@pytest.fixture
def catalogue(tmp_path):
    """The good catalogue in a folder of its own."""
    for each in GOOD.iterdir():
        (tmp_path / each.name).write_bytes(each.read_bytes())
    return tmp_path / "catalogue.yaml"


def test_check_names_the_example_that_comes_out_otherwise(catalogue):
    right = run_build("check", "--quiet", "--catalogue", catalogue)
    assert (right.returncode, right.stderr) == (0, "")
    text = catalogue.read_text(encoding="utf-8")
    catalogue.write_text(text.replace("within: 30 days", "within: 29 days"), encoding="utf-8")
    for _ in range(2):  # what came out wrong is not remembered
        wrong = run_build("check", "--quiet", "--catalogue", catalogue)
        assert wrong.returncode == 10
        (line,) = wrong.stderr.splitlines()
        assert line == (
            f"{catalogue}:96: indicators.readmission.examples.0: the example gives what is written. "
            "got: n 1, numerator 0. Written: n 1, numerator 1."
        )
    catalogue.write_text(text, encoding="utf-8")
    assert run_build("check", "--quiet", "--catalogue", catalogue).returncode == 0
