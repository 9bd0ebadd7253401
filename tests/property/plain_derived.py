"""Derived sources in plain Python: rows chosen by how long they last, or chained and made one."""

from property.plain_values import moved


def derived(derive, given):
    """Return the rows of a derived source from the rows that it is made of."""
    if derive.select is not None:
        longest = derive.lasting.length
        return [row for row in given if row["end"] is not None and row["end"] >= moved(row["start"], longest)]
    chains = list[list]()
    reached = dict[int, tuple]()
    for row in sorted(given, key=lambda row: (row["start"], row["id"])):
        chain, end = reached.get(row["person"], (None, None))
        limit = moved(end, derive.gap.length) if chain else None
        joins = chain and (row["start"] <= limit if derive.gap.operator == "<=" else row["start"] < limit)
        if not joins:
            chain, end = [], row["start"]
            chains.append(chain)
        chain.append(row)
        reached[row["person"]] = chain, max(end, row["end"] or row["start"])
    return [chained(chain, derive.take) for chain in chains]


def chained(chain, take):
    """Return one row for a chain."""
    first, ends = chain[0], [row["end"] for row in chain]
    latest = max(
        chain, key=lambda row: (row["end"] is None, row["end"] or row["start"], row["start"], -row["id"])
    )
    row = {"id": first["id"], "person": first["person"], "start": first["start"]}
    row["end"] = None if None in ends else max(ends)
    for name, how in take.items():
        given = [each[name] for each in chain if each.get(name) is not None]
        row[name] = {
            "first": lambda name=name: first[name],
            "last": lambda name=name: latest[name],
            "count": lambda: len(chain),
            "sum": lambda given=given: sum(given) if given else None,
            "max": lambda given=given: max(given, default=None),
            "min": lambda given=given: min(given, default=None),
            "any": lambda given=given: any(given) if given else None,
        }[how]()
    return row
