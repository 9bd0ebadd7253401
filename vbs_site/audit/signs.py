"""What the sign in place of a figure tells of the people behind it, and what it tells that there is a figure at all.

`too_few` says that there is somebody, and fewer than the indicator's minimum. `low_coverage` says that fewer answered than
the minimum share of those asked, but no fewer than the minimum; a figure that is shown, that enough of them did.
"""

import math
from collections.abc import Iterable, Iterator, Mapping

from vbs_site.audit.facts import Told
from vbs_site.audit.people import ASKED, Column, Count, is_shown, spot_of
from vbs_site.audit.release import Line, Release

Columns = Mapping[tuple[str, str], tuple[Column, ...]]
Known = Mapping[Count, tuple[int, str]]
ROUNDING = 1e-9
"""A share such as 0.34 of a whole number is not exact in binary numbers."""


def told_by_signs(
    release: Release, columns: Columns, leader: Mapping[Column, Column], known: Known
) -> Iterator[Told]:
    """Yield what the signs of a release tell of counts that it does not show.

    Args:
        release: whose lines are read.
        columns: (indicator, statistic) to the counts of its figures.
        leader: column to the first of those that count the same people.
        known: the counts that are shown, by the first of their columns.
    """
    asked_of = {
        indicator: column
        for (indicator, statistic), group in columns.items()
        if statistic in ASKED
        for column in group
        if column.what == "n"
    }
    for line in release.figures:
        name, statistic = line.figure
        n = next((each for each in columns.get(line.figure, ()) if each.what == "n"), None)
        if n is None or statistic in ASKED:
            continue
        answered, asked = Count(leader[n], spot_of(line)), asked_of.get(name)
        everyone = None if asked is None else Count(leader[asked], spot_of(line))
        yield from _told(release, line, answered, everyone, known)


def _told(release: Release, line: Line, answered: Count, asked: Count | None, known: Known) -> Iterable[Told]:
    name, status = line.values["indicator"], line.values.get("status")
    own = release.catalogue.get("indicators", {}).get(name, {}).get("minimum") or {}
    least, rate = own.get("denominator"), own.get("response_rate")
    exact = release.policy(name).round_to == 1
    if status == "too_few" and isinstance(least, int) and answered not in known:
        yield Told(((answered, 1.0),), 1.0, least - 1.0, line.place)
    elif status == "low_coverage":
        if answered not in known:
            yield Told(((answered, 1.0),), float(least or 1), math.inf, line.place)
        if asked is not None and rate is not None:
            yield Told(((answered, 1.0), (asked, -rate)), -math.inf, ROUNDING, line.place)
            if exact and asked in known:
                # Fewer than the share of a whole number: at a whole share, one fewer.
                yield Told(
                    ((answered, 1.0),), 1.0, math.ceil(rate * known[asked][0] - ROUNDING) - 1.0, line.place
                )
    elif is_shown(line) and asked is not None and rate is not None and asked not in known:
        yield Told(((answered, 1.0), (asked, -rate)), -ROUNDING, math.inf, line.place)
