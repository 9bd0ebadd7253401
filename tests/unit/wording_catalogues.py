"""The catalogues whose wording is tested: two of the project, and a made-up one with every building block."""

import copy
from pathlib import Path

import yaml

from vbs_site.catalogue.reading import read

ROOT = Path(__file__).parents[2]
SNAPSHOTS = ROOT / "tests" / "snapshots" / "wording"

FILLED_IN = {
    "title": {"da": "Titel", "en": "Title"},
    "why": {"da": "Derfor", "en": "Because"},
    "areas": ["made-up"],
    "dimension": "process",
    "matters": "safety",
    "provenance": {"status": "proposal", "source": {"da": "Os", "en": "Us"}},
    "direction": "neutral",
    "review": {"owner": {"da": "Os", "en": "Us"}},
}


def written(path):
    """Return a catalogue with its parts as data."""
    document, faults = read(path)
    assert not faults, faults
    return document.data


def building_blocks():
    """Return the made-up catalogue as data."""
    data = yaml.safe_load((SNAPSHOTS / "building-blocks" / "catalogue.yaml").read_text(encoding="utf-8"))
    data["indicators"] = {name: copy.deepcopy(FILLED_IN) | each for name, each in data["indicators"].items()}
    return data
