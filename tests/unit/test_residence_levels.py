"""By place of living: municipalities, councils found by the codes of their municipalities, and regions."""

import pytest
from spec.tables import COMMON, MINI
from unit.disclosure_tables import PROPORTION

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import Organisation, Organisations
from vbs_site.extracts.unit_codes import known_codes
from vbs_site.measures.rollup import roll_up

WORDS = {"title": {"en": "U"}, "plural": {"en": "U"}}
LIVING = WORDS | {"path": ["persons.municipality"]}
UNITS = {
    "town": WORDS,
    "council": WORDS,
    "residence_council": LIVING | {"within": "residence", "organisations": "council", "codes_of": "town"},
    "residence_town": LIVING | {"within": "residence_council", "organisations": "town"},
}


def organisation(name, kind, within=None, codes=()):
    return Organisation(id=name, kind=kind, name={"en": name}, within=within, codes=list(codes))


PLACES = Organisations.of(
    [
        organisation("west", "region", codes=["R1"]),
        organisation("east", "region", codes=["R2"]),
        organisation("coast", "council", "west"),
        organisation("hills", "council", "west"),
        organisation("lakes", "council", "east"),
        organisation("a", "town", "coast", ["101"]),
        organisation("b", "town", "coast", ["102"]),
        organisation("c", "town", "hills", ["103"]),
        organisation("d", "town", "lakes", ["104"]),
    ]
)
LIVED = {"101": 5, "102": 7, "103": 11, "104": 13, "999": 17}


def catalogue(unit):
    indicators = {"example": COMMON | PROPORTION | {"units": [unit]}}
    return Catalogue.model_validate(MINI | {"units": MINI["units"] | UNITS, "indicators": indicators})


def levels(unit):
    """Return unit kind to unit to n, of people by the code of the municipality that they live in."""
    given = catalogue(unit)
    columns = {"unit_code": list(LIVED), "period": [8104] * len(LIVED)}
    columns |= {name: list(LIVED.values()) for name in ("eligible", "n", "numerator")}
    sums = roll_up(given, PLACES, unit, given.indicators["example"], set(), columns)
    found = {}
    for cell in sums.cells():
        found.setdefault(cell["unit_kind"], {})[cell["unit"]] = cell["n"]
    return found


COUNCILS = {"coast": 12, "hills": 11, "lakes": 13, "unknown": 17}
REGIONS = {"west": 23, "east": 13, "unknown": 17}


def test_people_count_in_their_municipality_and_all_that_it_lies_within():
    assert levels("residence_town") == {
        "residence_town": {"a": 5, "b": 7, "c": 11, "d": 13, "unknown": 17},
        "residence_council": COUNCILS,
        "residence": REGIONS,
        "national": {"national": 53},
    }


def test_a_council_is_found_by_the_codes_of_its_municipalities_without_showing_them():
    assert levels("residence_council") == {
        "residence_council": COUNCILS,
        "residence": REGIONS,
        "national": {"national": 53},
    }


@pytest.mark.parametrize("unit", ["residence_town", "residence_council"])
def test_the_codes_that_are_known_in_the_register_are_those_of_municipalities(unit):
    given = catalogue(unit)
    codes = known_codes(given, PLACES, "persons", lambda *_: ())
    assert codes == {"municipality": {"101": "a", "102": "b", "103": "c", "104": "d"}}
