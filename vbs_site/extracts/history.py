"""What was delivered before: rows that came late, and counts that changed suddenly."""

import datetime
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import mean
from typing import Any

from vbs_site.catalogue.sources import Source
from vbs_site.diagnostics import Diagnosis
from vbs_site.engines.private_files import write_private
from vbs_site.extracts.checks import Cell, Subject
from vbs_site.extracts.deliveries import Delivery
from vbs_site.extracts.quality import Quality
from vbs_site.periods import parse_period

KEPT = 8
"""Deliveries of each deliverer that are remembered."""
LEAST_ROWS = 10
"""A change of fewer rows than this is never sudden."""
BEFORE = 4
"""Periods that the newest one is held against."""

Rows = dict[str, dict[str, int]]
"""Unit to period to rows."""
History = dict[str, list[dict[str, Any]]]
"""Deliverer to its deliveries, oldest first: `identity`, `until` (a day, or none) and `rows`."""


def read_history(path: Path) -> History:
    """Return what is remembered of a source; nothing when it was never delivered."""
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def remember(
    path: Path, history: History, delivery: Delivery, rows: Mapping[Cell, int], identities: Mapping[str, str]
) -> None:
    """Write down what was delivered now, unless it is remembered already.

    Args:
        path: where the source's history is kept.
        history: what is remembered.
        delivery: for the day up to which each deliverer's rows are complete.
        rows: rows per deliverer, unit and period.
        identities: deliverer to a fingerprint of what it delivered.
    """
    now = {deliverer: list(entries) for deliverer, entries in history.items()}
    for deliverer, counted in _by_deliverer(rows).items():
        entries, identity = now.setdefault(deliverer, []), identities[deliverer]
        if any(each["identity"] == identity for each in entries):
            continue
        until = delivery.until(deliverer or None)
        day = until.isoformat() if until else None
        now[deliverer] = [*entries, {"identity": identity, "until": day, "rows": counted}][-KEPT:]
    if now != history:
        write_private(path, json.dumps(now, indent=1, sort_keys=True) + "\n")


def changes(
    subject: Subject,
    delivery: Delivery,
    rows: Mapping[Cell, int],
    history: History,
    identities: Mapping[str, str],
) -> list[Quality]:
    """Return what came late and what changed suddenly; the first delivery has nothing before it.

    A period counts as complete once a deliverer's `complete_until` has reached its end. `late` are rows more than before
    in a period that was complete before. `sudden_change` is the difference in rows, in the column `delivery` from the
    previous delivery and in the column `periods` from the mean of the four periods before the newest complete one.
    """
    found = list[Quality]()
    for deliverer, now in _by_deliverer(rows).items():
        until = delivery.until(deliverer or None)
        before = _previous(history.get(deliverer, []), identities[deliverer])
        for unit, period, check, column, count in [
            *(_against_delivery(subject.source, now, until, before) if before else ()),
            *_against_periods(subject.source, now, until),
        ]:
            of = now.get(unit, {}).get(period, 0)
            found.append(Quality(subject.name, deliverer, unit, period, check, column, count, of))
    return found


def sudden_faults(subject: Subject, found: list[Quality]) -> Iterator[Diagnosis]:
    """Yield one fault per deliverer whose counts changed suddenly, when that refuses a delivery."""
    if subject.source.checks.sudden_change != "refuse":
        return
    by_deliverer: dict[str, int] = defaultdict(int)
    for each in found:
        by_deliverer[each.deliverer] += each.check == "sudden_change"
    for deliverer, count in sorted(by_deliverer.items()):
        if count:
            rule = f"rows of a unit and period differ by at most {subject.source.sudden_change_share:.0%} from before"
            hint = "Ask the deliverer; if the change is real, set sudden_change: report"
            got = f"{count} counts that do"
            yield Diagnosis(str(subject.place(deliverer)), 0, subject.name, rule, got, hint)


def _by_deliverer(rows: Mapping[Cell, int]) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for (deliverer, unit, period), count in sorted(rows.items()):
        found.setdefault(deliverer, {}).setdefault(unit, {})[period] = count
    return found


def _previous(entries: list[dict[str, Any]], identity: str) -> dict[str, Any] | None:
    """Return the delivery before the one with this identity, or the last one when it is new."""
    places = [place for place, each in enumerate(entries) if each["identity"] == identity]
    earlier = entries[: places[0]] if places else entries
    return earlier[-1] if earlier else None


def _complete(period: str, until: datetime.date | None) -> bool:
    return not period or until is None or parse_period(period).end <= until


def _against_delivery(
    source: Source, now: Rows, until: datetime.date | None, before: Mapping[str, Any]
) -> Iterator[tuple[str, str, str, str, int]]:
    then, day = before["rows"], before["until"]
    reached = datetime.date.fromisoformat(day) if day else None
    for unit in sorted(now.keys() | then.keys()):
        new, old = now.get(unit, {}), then.get(unit, {})
        for period in sorted(new.keys() | old.keys()):
            if not (_complete(period, reached) and _complete(period, until)):
                continue
            more = new.get(period, 0) - old.get(period, 0)
            if more > 0 and period and reached is not None:
                yield unit, period, "late", "", more
            if _sudden(source, more, old.get(period, 0)):
                yield unit, period, "sudden_change", "delivery", abs(more)


def _against_periods(
    source: Source, now: Rows, until: datetime.date | None
) -> Iterator[tuple[str, str, str, str, int]]:
    complete = [period for counts in now.values() for period in counts if period and _complete(period, until)]
    if not complete:
        return
    newest = max(map(parse_period, complete), key=lambda each: each.first_day)
    earlier = [newest.next(-step).id for step in range(1, BEFORE + 1)]
    for unit, counts in now.items():
        if not all(period in counts for period in earlier):
            continue  # a unit that is new, or seldom used, has nothing to be held against
        usual = mean(counts[period] for period in earlier)
        more = round(counts.get(newest.id, 0) - usual)
        if _sudden(source, more, usual):
            yield unit, newest.id, "sudden_change", "periods", abs(more)


def _sudden(source: Source, more: float, usual: float) -> bool:
    return abs(more) >= LEAST_ROWS and abs(more) > source.sudden_change_share * usual
