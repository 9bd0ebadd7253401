"""Fixtures that tests of several folders share."""

import os
from pathlib import Path

import pytest
from commands import run_build
from engines import RUN

from vbs_site.engines.names import ENGINES

pytest.register_assert_rewrite("unit.deliveries")  # its assertions are to explain themselves

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session", autouse=True)
def _engines_end():
    """Stop the servers and sessions that tests have started, whatever became of the tests."""
    with RUN:
        yield


@pytest.fixture
def root():
    """The project's folder."""
    return ROOT


@pytest.fixture(params=ENGINES)
def engine(request):
    """The id of the engine that a test runs on."""
    return request.param


@pytest.fixture(scope="session")
def golden():
    """The folder with reference results of other programs."""
    folder = Path(os.environ.get("VBS_GOLDEN") or ROOT / ".." / "shared" / "golden")
    if not folder.is_dir():
        pytest.skip(f"no golden reference results at {folder}; set VBS_GOLDEN")
    return folder


@pytest.fixture(scope="session")
def demo_extracts(tmp_path_factory):
    """Synthetic Danish extracts, generated once."""
    folder = tmp_path_factory.mktemp("demo") / "extracts"
    run_build("demo", "--out", folder)
    return folder


@pytest.fixture(scope="session")
def demo_site(demo_extracts, tmp_path_factory):
    """The demo, built whole through the command line: the folder with releases and site."""
    out = tmp_path_factory.mktemp("built")
    done = run_build("--extracts", demo_extracts, "--out", out)
    assert done.returncode == 0, done.stderr
    return out
