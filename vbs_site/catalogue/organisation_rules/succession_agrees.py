"""Who takes over and who goes before name each other, are of one kind, and follow on each other from one day to the next."""

from collections.abc import Iterator

from vbs_site.catalogue.organisation_rules.reference import Reference
from vbs_site.catalogue.organisations import Organisation, day_after
from vbs_site.diagnostics import Diagnosis, nearest


def check(reference: Reference) -> Iterator[Diagnosis]:
    """Yield a fault for each successor or predecessor that does not fit."""
    known = reference.organisations.by_id
    for at, each in enumerate(reference.members):
        others = [("successor", each.successor)] if each.successor is not None else []
        others += [("predecessors", name) for name in each.predecessors]
        for key, name in others:
            if name not in known:
                rule = f"`{key}` names an organisation"
                yield reference.fault(at, key, rule=rule, got=repr(name), hint=nearest(name, known))
                continue
            if key == "predecessors" and known[name].successor == each.id:
                continue  # what does not fit between the two is said where the successor is named
            pair = (each, known[name]) if key == "successor" else (known[name], each)
            for rule, got, hint in _misfits(*pair):
                yield reference.fault(at, key, rule=rule, got=got, hint=hint)


def _misfits(before: Organisation, after: Organisation) -> Iterator[tuple[str, str, str]]:
    if before.kind != after.kind:
        rule = "who takes over is of the same kind"
        yield rule, f"{before.kind} and {after.kind}", "Name one of the same kind"
    if before.successor != after.id:
        yield f"{before.id} names its successor", f"no {after.id}", f"Add `successor: {after.id}` to it"
    if before.id not in after.predecessors:
        yield (
            f"{after.id} names whom it takes over from",
            f"no {before.id}",
            f"Add it to `predecessors` of {after.id}",
        )
    if before.valid_to is None or day_after(before.valid_to) != after.valid_from:
        rule = "who takes over begins the day after the one before it ends"
        got = f"until {before.valid_to or 'no day'}, then from {after.valid_from or 'no day'}"
        yield rule, got, f"Correct valid_to of {before.id} or valid_from of {after.id}"
