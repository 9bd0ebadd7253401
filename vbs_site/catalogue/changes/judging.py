"""What has changed in how an indicator is judged, and where its series breaks: no value is another, but verdicts can be."""

import datetime
from collections.abc import Iterator, Sequence
from typing import Any

from vbs_site.catalogue.changes import phrases
from vbs_site.catalogue.changes.change import Change, Classification
from vbs_site.catalogue.changes.definitions import Versions, differing, told_of
from vbs_site.catalogue.indicators import Indicator
from vbs_site.catalogue.judging import Break
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.words import Text

EDITORIAL, COMPARABLE = Classification.EDITORIAL, Classification.COMPARABLE


def judging_changed(versions: Versions, before: str, name: str) -> Iterator[Change]:
    """Yield what has changed in the keys `judge` and `breaks` of an indicator.

    Args:
        versions: both versions.
        before: its id in the old version.
        name: its id in the new version.
    """
    old, new = versions.old.indicators[before], versions.new.indicators[name]
    if _without_rebase(old) != _without_rebase(new):
        same = _way(versions.old, before) == _way(versions.new, name)
        sentence = differing("judge", "judgement", told_of(versions, before, name))
        yield Change("indicators", name, "judge", EDITORIAL if same else COMPARABLE, sentence)
    yield from _days(name, "judge", "rebase", _rebase(old), _rebase(new))
    yield from _days(name, "breaks", "break", old.breaks, new.breaks)


def _rebase(indicator: Indicator) -> list[Break]:
    return indicator.judge.control.rebase if indicator.judge.control is not None else []


def _without_rebase(indicator: Indicator) -> dict[str, Any]:
    return indicator.judge.model_dump(exclude={"control": {"rebase"}})


def _way(catalogue: Catalogue, name: str) -> dict[str, Any]:
    """Return how an indicator is judged, whatever the reasons say."""
    return catalogue.judging(name).model_dump(exclude={"control": {"rebase": {"__all__": {"reason"}}}})


def _days(name: str, aspect: str, kind: str, old: Sequence[Break], new: Sequence[Break]) -> Iterator[Change]:
    was, now = ({each.date: each.reason for each in breaks} for breaks in (old, new))
    for day in sorted({*was, *now}):
        if was.get(day) == now.get(day):
            continue
        key = f"{kind}_from" if day not in was else f"{kind}_lifted" if day not in now else f"{kind}_reason"
        begins = kind == "break" and day not in was
        yield Change(
            "indicators",
            name,
            aspect,
            EDITORIAL if day in was and day in now else COMPARABLE,
            _said(key, day, now.get(day)),
            breaks_series=begins,
            since=day if begins else None,
        )


def _said(key: str, day: datetime.date, reason: Text | None) -> Text:
    def parts(language: str) -> dict[str, str]:
        return {"day": day.isoformat(), "reason": phrases.worded(reason, language).rstrip(".")}

    return phrases.say(key, parts)
