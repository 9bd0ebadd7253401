"""Fixtures that several files of this folder share."""

import shutil

import pytest
import yaml
from unit.deliveries import CONTACTS, PERSONS, PRO, RETURNS, ids, written
from unit.wording_catalogues import ROOT, building_blocks

from vbs_site.catalogue.loading import load
from vbs_site.extracts.demo.places import read_places


@pytest.fixture(scope="module")
def faultless(tmp_path_factory):
    extracts = tmp_path_factory.mktemp("faultless")
    written(extracts / "contacts" / "region-1.parquet", CONTACTS)
    written(extracts / "contacts" / "region-2.parquet", ids(CONTACTS, "contact_id", [4, 5, 6]))
    written(extracts / "persons.parquet", PERSONS)
    written(extracts / "pro.parquet", PRO)
    (extracts / "returns.csv").write_text(RETURNS, encoding="utf-8")
    return extracts


@pytest.fixture
def folder(faultless, tmp_path):
    """A delivery without a fault."""
    return shutil.copytree(faultless, tmp_path / "extracts")


@pytest.fixture(scope="module")
def places():
    return read_places(ROOT / "data" / "reference" / "organisations.yaml")


@pytest.fixture(scope="session")
def catalogues(tmp_path_factory):
    made_up = tmp_path_factory.mktemp("wording") / "indicators.yaml"
    made_up.write_text(
        yaml.safe_dump(building_blocks(), allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    paths = {
        "vbs-danmark": ROOT / "indicators.yaml",
        "nhs-proms-hip": ROOT / "examples" / "nhs-proms" / "indicators.yaml",
    }
    return {name: load(path).catalogue for name, path in (paths | {"building-blocks": made_up}).items()}


@pytest.fixture(scope="session")
def blocks(catalogues):
    return catalogues["building-blocks"]
