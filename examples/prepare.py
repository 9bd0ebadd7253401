"""Lay out public data sets as the deliveries that the example catalogues describe.

Usage: `python examples/prepare.py NAME DATA_DIR [HOME]`

DATA_DIR holds one folder per data set. HOME is the folder with the catalogue (`examples/NAME` when left out); the
deliveries go to `HOME/data/extracts`, units that the data itself lists to `HOME/data/organisations.yaml`. A file that
fits its contract is linked, not copied. One is written anew only when a row needs what stands in another table.
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import yaml

SETS = {
    "synpuf": ("synpuf",),
    "norway-hip-fracture": ("norway_hipfracture",),
    "nhs-ae": ("nhs_ae",),
    "nhs-proms": ("nhs_proms",),
    "danish-registers": ("fakeregs_dk", "dk_reference"),
    "synthea": ("synthea_ne",),
}
"""Example to the data sets that it reads."""

LEVELS = {"3": "hospital", "2": "trust", "1": "authority"}
"""Level in Norway's list of units to the unit kind of the catalogue."""


def prepare(name: str, data: Path, home: Path) -> Path:
    """Write the deliveries of an example; return their folder.

    Args:
        name: of the example, a key of `SETS`.
        data: folder with one folder per data set.
        home: folder with the catalogue.
    """
    extracts = home / "data" / "extracts"
    extracts.mkdir(parents=True, exist_ok=True)
    _WAYS[name](data, extracts)
    return extracts


def _synpuf(data: Path, extracts: Path) -> None:
    """Give each claim its principal diagnosis, and each person-year the sum of its three amounts."""
    claims, diagnoses = (
        _read(data / "synpuf" / f"{file}.csv.gz") for file in ("inpatient_contacts", "diagnoses")
    )
    principal = diagnoses[diagnoses["rank"] == "1"].drop(columns="rank")
    _write(claims.merge(principal, on=["contact_id", "segment"], how="left"), extracts / "claims.csv.gz")
    years = _read(data / "synpuf" / "person_years.csv.gz")
    amounts = years[["cost_inpatient", "cost_outpatient", "cost_carrier"]].astype(float)
    years["cost"] = amounts.sum(axis=1).map("{:.2f}".format)
    _write(years, extracts / "person_years.csv.gz")
    _letter(extracts, synthetic=True)


def _norway(data: Path, extracts: Path) -> None:
    """Number the events, which have no key of their own, and list the units that reported with those above them."""
    folder = data / "norway_hipfracture"
    _link(folder / "results_unit_year.csv.gz", extracts)
    events = _read(folder / "events_2018.csv.gz")
    events.insert(0, "event_id", range(1, len(events) + 1))
    _write(events, extracts / "events_2018.csv.gz")
    units = _read(folder / "units.csv").set_index("unit_id")
    used = set(_read(folder / "results_unit_year.csv.gz")["unit_id"]) & set(
        units.index[units["level"] == "3"]
    )
    for _ in LEVELS:
        used |= set(units.loc[sorted(used), "parent_unit_id"]) & set(units.index[units["level"] != "0"])
    _organisations(
        extracts,
        [
            {
                "id": unit,
                "kind": LEVELS[row["level"]],
                "name": {"en": row["unit_name"]},
                "within": None if row["level"] == "1" else row["parent_unit_id"],
                "codes": [unit],
            }
            for unit, row in units.loc[sorted(used)].iterrows()
        ],
    )


def _as_it_is(folder: str, data: Path, extracts: Path) -> None:
    """Take every file of a data set."""
    for path in sorted((data / folder).glob("*.csv.gz")):
        _link(path, extracts)


def _danish(data: Path, extracts: Path) -> None:
    """Give each diagnosis the person and time of its contact, and add the population up to years and regions."""
    folder = data / "fakeregs_dk"
    for name, contacts, diagnoses, number, time in (
        ("lpr2", "lpr_adm", "lpr_diag", "recnum", "d_inddto"),
        ("lpr3", "lpr_a_kontakt", "lpr_a_diagnose", "dw_ek_kontakt", "kont_starttidspunkt"),
    ):
        _link(folder / f"{contacts}.csv.gz", extracts)
        whose = _read(folder / f"{contacts}.csv.gz")[[number, "pnr", time]]
        _write(
            _read(folder / f"{diagnoses}.csv.gz").merge(whose, on=number, how="left"),
            extracts / f"{name}_diagnoses.csv.gz",
        )
    _link(folder / "bef.csv.gz", extracts)
    people = _read(data / "dk_reference" / "population_region_sex_age_2008_2020.csv.gz")
    people["population"] = people["population"].astype(int)
    people["population_65_plus"] = people["population"].where(people["age"].astype(int) >= 65, 0)
    by_area = people.groupby(["year", "area"], as_index=False)[["population", "population_65_plus"]].sum()
    _write(by_area, extracts / "population.csv.gz")
    _letter(extracts, synthetic=True)


def _synthea(data: Path, extracts: Path) -> None:
    """Take the files as they are, and list the counties that people live in."""
    folder = data / "synthea_ne"
    for name in ("contacts", "conditions", "persons"):
        _link(folder / f"{name}.csv.gz", extracts)
    counties = sorted(set(_read(folder / "persons.csv.gz")["county"]))
    _organisations(
        extracts,
        [
            {
                "id": county.lower().replace(" ", "-"),
                "kind": "county",
                "name": {"en": county},
                "codes": [county],
            }
            for county in counties
        ],
    )
    _letter(extracts, synthetic=True)


_WAYS: dict[str, Callable[[Path, Path], None]] = {
    "synpuf": _synpuf,
    "norway-hip-fracture": _norway,
    "nhs-ae": partial(_as_it_is, "nhs_ae"),
    "nhs-proms": partial(_as_it_is, "nhs_proms"),
    "danish-registers": _danish,
    "synthea": _synthea,
}


def _read(path: Path) -> pd.DataFrame:
    """Return a table with every value as the text that it is delivered as."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _write(table: pd.DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, compression={"method": "gzip", "mtime": 0})


def _link(path: Path, extracts: Path) -> None:
    link = extracts / path.name
    link.unlink(missing_ok=True)
    link.symlink_to(path.resolve())


def _letter(extracts: Path, *, synthetic: bool) -> None:
    (extracts / "deliveries.yaml").write_text(yaml.safe_dump({"synthetic": synthetic}), encoding="utf-8")


def _organisations(extracts: Path, members: list[dict[str, object]]) -> None:
    text = yaml.safe_dump({"organisations": members}, allow_unicode=True, sort_keys=False)
    (extracts.parent / "organisations.yaml").write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Prepare one example; return the exit code."""
    if len(arguments) not in (2, 3) or arguments[0] not in SETS:
        print(__doc__, f"\nNAME is one of {', '.join(SETS)}.", file=sys.stderr)
        return 2
    name, data = arguments[0], Path(arguments[1])
    home = Path(arguments[2]) if len(arguments) == 3 else Path(__file__).parent / name
    print(prepare(name, data, home))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
