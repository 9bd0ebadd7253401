"""Where care happens in the demo: regions, hospitals, departments and municipalities, with made-up sizes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from vbs_site.catalogue.organisation_file import read_organisations
from vbs_site.extracts.demo.timeline import Floats, Ints

# Citizens on 2019-01-01 (Statistics Denmark, FOLK1A): the demo country keeps the shares of the regions.
CITIZENS = {
    "region-nordjylland": 589_755,
    "region-midtjylland": 1_320_678,
    "region-syddanmark": 1_223_348,
    "region-hovedstaden": 1_835_562,
    "region-sjaelland": 836_738,
}

# Made up: a hospital's share of its region's contacts, as a weight. A hospital not named here weighs 1.
HOSPITAL_SIZE = {
    "hospital-aalborg": 2.5,
    "hospital-auh": 2.2,
    "hospital-ouh": 2.0,
    "hospital-rigshospitalet": 1.3,
    "hospital-herlev-gentofte": 1.4,
    "hospital-amager-hvidovre": 1.3,
    "hospital-bornholm": 0.12,
    "hospital-sjaellands-universitetshospital-koege": 1.4,
    "hospital-sjaellands-universitetshospital-nykoebing-f": 0.6,
}

# Made up: primary hip replacements a quarter. Day surgery and a department not named here do four.
HIPS_A_QUARTER = {
    "hospital-aalborg-ortopaedkirurgi": 27.0,
    "hospital-nordjylland-ortopaedkirurgi": 22.0,
    "hospital-auh-ortopaedkirurgi": 24.0,
    "hospital-goedstrup-ortopaedkirurgi": 25.0,
    "hospital-viborg-ortopaedkirurgi": 21.0,
    "hospital-horsens-ortopaedkirurgi": 14.0,
    "hospital-randers-ortopaedkirurgi": 6.0,
    "hospital-ouh-ortopaedkirurgi": 28.0,
    "hospital-sydvestjysk-ortopaedkirurgi": 17.0,
    "hospital-soenderjylland-ortopaedkirurgi": 22.0,
    "hospital-lillebaelt-ortopaedkirurgi": 32.0,
    "hospital-bispebjerg-frederiksberg-ortopaedkirurgi": 24.0,
    "hospital-bornholm-ortopaedkirurgi": 3.0,
    "hospital-herlev-gentofte-ortopaedkirurgi": 33.0,
    "hospital-amager-hvidovre-ortopaedkirurgi": 26.0,
    "hospital-nordsjaelland-ortopaedkirurgi": 20.0,
    "hospital-sjaellands-universitetshospital-koege-ortopaedkirurgi": 24.0,
    "hospital-holbaek-ortopaedkirurgi": 5.0,
    "hospital-naestved-slagelse-ringsted-ortopaedkirurgi": 27.0,
}
SMALL_DEPARTMENT = 4.0


@dataclass(frozen=True)
class Places:
    """The places of the demo. Arrays refer to each other by position.

    A *site* is one hospital code: a hospital with two codes has two sites that share what is true of the hospital.
    """

    regions: tuple[str, ...]  # region ids
    region_codes: tuple[str, ...]
    region_share: Floats  # of the citizens
    hospitals: int
    site_codes: tuple[str, ...]
    site_hospital: Ints
    site_region: Ints
    site_size: Floats
    department_ids: tuple[str, ...]
    department_codes: tuple[str, ...]
    department_site: Ints
    department_hips: Floats  # primary hip replacements a quarter
    municipality_codes: Ints
    municipality_region: Ints


def read_places(organisations: Path) -> Places:
    """Read the organisation reference and add the sizes of the demo.

    Args:
        organisations: YAML with `organisations:`, each with `id`, `kind`, and `codes` and `within` where it has them.
            Regions that take over from others have no place: the demo ends before they are in force.

    Returns:
        The places in the order of the file.
    """
    listed: list[dict[str, Any]] = yaml.safe_load(organisations.read_text(encoding="utf-8"))["organisations"]
    regions = [item for item in listed if item["kind"] == "region" and "predecessors" not in item]
    hospitals = [item for item in listed if item["kind"] == "hospital"]
    departments = [item for item in listed if item["kind"] == "department"]
    towns = [item for item in listed if item["kind"] == "municipality"]
    known = read_organisations(organisations)

    region_at = {item["id"]: at for at, item in enumerate(regions)}
    sites = [(code, at, item) for at, item in enumerate(hospitals) for code in item["codes"]]
    first_site = {item["id"]: at for at, (_, _, item) in reversed(list(enumerate(sites)))}
    citizens = np.array([CITIZENS[item["id"]] for item in regions], dtype=np.float64)
    return Places(
        regions=tuple(region_at),
        region_codes=tuple(item["codes"][0] for item in regions),
        region_share=citizens / citizens.sum(),
        hospitals=len(hospitals),
        site_codes=tuple(code for code, _, _ in sites),
        site_hospital=np.array([at for _, at, _ in sites], dtype=np.int64),
        site_region=np.array([region_at[item["within"]] for _, _, item in sites], dtype=np.int64),
        site_size=np.array([HOSPITAL_SIZE.get(item["id"], 1.0) / len(item["codes"]) for _, _, item in sites]),
        department_ids=tuple(item["id"] for item in departments),
        department_codes=tuple(item["codes"][0] for item in departments),
        department_site=np.array([first_site[item["within"]] for item in departments], dtype=np.int64),
        department_hips=np.array([HIPS_A_QUARTER.get(item["id"], SMALL_DEPARTMENT) for item in departments]),
        municipality_codes=np.array([int(item["codes"][0]) for item in towns], dtype=np.int64),
        municipality_region=np.array(
            [region_at[known.ancestor(item["id"], "region") or ""] for item in towns], dtype=np.int64
        ),
    )


def choose_sites(
    regions: Ints, places: Places, rng: np.random.Generator, *, largest: int | None = None
) -> Ints:
    """Choose a site in each of the given regions, large hospitals more often; with `largest` only so many of them."""
    chosen = np.zeros(len(regions), dtype=np.int64)
    for region in range(len(places.regions)):
        here = np.flatnonzero(places.site_region == region)
        here = np.sort(here[np.argsort(-places.site_size[here], kind="stable")][:largest])
        asked = np.flatnonzero(regions == region)
        weight = places.site_size[here] / places.site_size[here].sum()
        chosen[asked] = rng.choice(here, len(asked), p=weight)
    return chosen
