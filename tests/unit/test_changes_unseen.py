"""Over every building block of the grammar: what changes a number is never missed, and order is never a change."""

import copy
import re

from pydantic import ValidationError
from wording_catalogues import building_blocks

from vbs_site.catalogue.changes.change import Classification
from vbs_site.catalogue.changes.compare import compare
from vbs_site.catalogue.model import Catalogue
from vbs_site.measures.meaning import meaning

DEFINING = ("of", "exclude", "event", "value", "cohort", "per", "measure", "standard", "each")
LENGTH = re.compile(r"((?:within )?-?)(\d+) (\w+?)s?")


def leaves(part, path=()):
    if isinstance(part, dict | list):
        for key, each in part.items() if isinstance(part, dict) else enumerate(part):
            yield from leaves(each, (*path, key))
    else:
        yield path, part


def another(value):
    """Return another value of the same kind, or None where there is no simple one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    length = LENGTH.fullmatch(value) if isinstance(value, str) else None
    if length:
        return f"{length[1]}{int(length[2]) + 1} {length[3]}s"
    return {"first": "last", "last": "first"}.get(value) if isinstance(value, str) else None


def with_leaf(data, path, value):
    data = copy.deepcopy(data)
    part = data
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = value
    return data


def test_no_number_length_or_pick_of_a_definition_changes_unseen():
    data = building_blocks()
    before, seen = Catalogue.model_validate(data), 0
    for name, indicator in data["indicators"].items():
        for path, value in leaves({key: indicator[key] for key in DEFINING if key in indicator}):
            other = another(value)
            if other is None:
                continue
            try:
                after = Catalogue.model_validate(with_leaf(data, ("indicators", name, *path), other))
            except ValidationError:
                continue
            period = before.indicators[name].period
            meanings = [meaning(each, name, period, {}) for each in (before, after)]
            assert meanings[0] != meanings[1], (name, path, value, other)
            seen += 1
    assert seen > 60


def turned(part):
    """Return data with conditions, exclusions and lists of values in the opposite order."""
    if isinstance(part, dict):
        keys = {key: turned(each) for key, each in reversed(part.items())}
        lists = {
            key: keys[key][::-1]
            for key in ("in", "not_in", "any_of", "all_of", "exclude", "codes")
            if isinstance(keys.get(key), list)
        }
        return keys | lists
    return [turned(each) for each in part] if isinstance(part, list) else part


def test_order_is_never_a_change_of_the_measure():
    data = building_blocks()
    back = data | {key: turned(data[key]) for key in ("indicators", "codesets")}
    before, after = (Catalogue.model_validate(each) for each in (data, back))
    comparison = compare(before, after, meaning)
    assert comparison.changes
    assert {each.classification for each in comparison.changes} == {Classification.EDITORIAL}
