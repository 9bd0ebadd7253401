"""Which facts say anything of a hidden count: most of what is published stands among numbers that are all shown."""

from collections import defaultdict
from collections.abc import Iterable

from vbs_site.audit.facts import Name, Sum, Target, Told


def relevant(
    sums: Iterable[Sum], told: Iterable[Told], targets: Iterable[Target]
) -> tuple[list[Sum], list[Told]]:
    """Return the sums that hold a count which is not known, and what is told of the counts in these.

    A sum of nothing but known counts says nothing new; a sum with one unknown count gives it, and a count that is known
    in this way counts as known from then on. Counts under attack always count as unknown.

    Args:
        sums: which counts are sums of which.
        told: what is known of counts; a count is known when one fact gives exactly one value of it.
        targets: the counts under attack.
    """
    sums, told = list(sums), list(told)
    aimed = {target.count for target in targets}
    known = {
        fact.terms[0][0]
        for fact in told
        if len(fact.terms) == 1 and fact.low == fact.high and fact.terms[0][0] not in aimed
    }
    touching = defaultdict[Name, list[int]](list)
    unknown = list[set[Name]]()
    for place, each in enumerate(sums):
        gone = {name for name in (each.total, *each.parts) if name not in known}
        unknown.append(gone)
        for name in gone:
            touching[name].append(place)
    given = set[int]()
    waiting = [place for place, gone in enumerate(unknown) if len(gone) == 1]
    while waiting:
        place = waiting.pop()
        if len(unknown[place]) != 1:
            continue
        name = next(iter(unknown[place]))
        if name in aimed:
            continue
        given.add(place)
        for other in touching[name]:
            unknown[other].discard(name)
            if len(unknown[other]) == 1:
                waiting.append(other)
    kept = {place for place, gone in enumerate(unknown) if gone}
    # What gives a count that another sum needs has to stay, and so has what gives the counts in it.
    origin = defaultdict[Name, list[int]](list)
    for place in sorted(given):
        for name in (sums[place].total, *sums[place].parts):
            if name not in known:
                origin[name].append(place)
    queue = sorted(kept)
    while queue:
        for name in (sums[queue[-1]].total, *sums[queue.pop()].parts):
            for place in origin.pop(name, ()):
                if place not in kept:
                    kept.add(place)
                    queue.append(place)
    named = aimed | {name for place in kept for name in (sums[place].total, *sums[place].parts)}
    return (
        [each for place, each in enumerate(sums) if place in kept],
        [fact for fact in told if len(fact.terms) > 1 or fact.terms[0][0] in named],
    )
