"""Which columns of a source hold unit codes, and which unit each code is."""

from collections.abc import Callable, Iterable

from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import NATIONAL, Organisations, registered_id


def finest_unit(catalogue: Catalogue, name: str) -> str | None:
    """Return the finest unit kind whose codes stand in a source, or None; by its rows a delivery is counted."""
    kinds = [kind for kind, unit in catalogue.units.items() if unit.column in catalogue.sources[name].columns]
    return max(kinds, key=lambda kind: len(catalogue.levels(kind)), default=None)


def known_codes(
    catalogue: Catalogue,
    organisations: Organisations,
    name: str,
    registered: Callable[[str, str], Iterable[str]],
) -> dict[str, dict[str, str]]:
    """Return what every unit code of a source stands for: column to code to unit id.

    Args:
        catalogue: the catalogue.
        organisations: the organisation reference.
        name: the source.
        registered: gives the codes in a column of a source that registers units.
    """
    found: dict[str, dict[str, str]] = {}
    for kind, unit in catalogue.units.items():
        place, column = name, unit.column
        if unit.path:
            place, column = unit.path[-1].split(".")
        if place != name or column not in catalogue.sources[name].columns:
            continue
        codes = found.setdefault(column, {})
        named = catalogue.code_kind(kind)
        codes |= {
            code: each.id for (each_kind, code), each in organisations.by_code.items() if each_kind == named
        }
        if unit.register_ is not None:
            each_code = registered(unit.register_.source, unit.register_.code)
            codes |= {code: registered_id(code) for code in each_code}
        if unit.national_code is not None:
            codes[unit.national_code] = NATIONAL
    return {column: dict(sorted(codes.items())) for column, codes in found.items()}
