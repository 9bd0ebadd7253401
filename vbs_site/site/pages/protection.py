"""The page about data protection: the policy that the release was made under, what it means, how much is still shown."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from vbs_site.catalogue.organisations import NATIONAL
from vbs_site.catalogue.protection import PROFILE_SOURCES, told
from vbs_site.site.context import Context
from vbs_site.site.numbers import percent
from vbs_site.site.pages import measures
from vbs_site.site.pages.whole_years import ANCHOR, counted

PATH = "databeskyttelse/"
COMMAND = Markup("<code>python build.py audit</code>")
LISTS = {"carried": 4, "together": 8, "limits": 5}
"""Section to how many points it has."""


class Kept(NamedTuple):
    """How many figures of one kind are shown.

    Attributes:
        label: which figures.
        shown: how many have a number.
        hidden: how many are hidden for confidentiality.
    """

    label: str
    shown: int
    hidden: int

    @property
    def share(self) -> float:
        """Return the share that is shown."""
        return self.shown / (self.shown + self.hidden)


def page(context: Context) -> str:
    """Return what stands on the page between the words that people wrote."""
    catalogue, stated = context.bundle.catalogue, context.protection
    own = {
        name: each
        for name, each in catalogue.sources.items()
        if each.disclosure is not None and not each.derive
    }
    profiles = dict.fromkeys(
        policy.profile
        for policy in (catalogue.disclosure, *(catalogue.policy_of(name) for name in own))
        if policy.profile is not None
    )
    return context.render(
        "protection.html.jinja",
        sentences=sentences(context, stated["default"]),
        attack=escape(context.say("attack_yourself")).format(COMMAND),
        whole="width" in stated["default"],
        sources=[
            (context.text(each.title), _cells(context, told(catalogue.policy_of(name))))
            for name, each in own.items()
        ],
        general=_cells(context, stated["default"]),
        indicators=[
            (_link(context, name), _cells(context, policy)) for name, policy in stated["indicators"].items()
        ],
        lists={
            name: [context.say(f"{name}_{place}") for place in range(1, count + 1)]
            for name, count in LISTS.items()
        },
        kept=[
            ("area", context.say("kept_by_area"), context.say("area"), _by_area(context)),
            ("unit", context.say("kept_by_unit"), context.say("kind_of_unit"), _by_unit_kind(context)),
        ],
        years=_years(context),
        withheld=_withheld(context),
        percent=lambda share: _percent(context, share),
        profiles=[context.text(PROFILE_SOURCES[each]) for each in profiles],
        root=context.root(PATH),
    )


def sentences(context: Context, policy: Mapping[str, Any]) -> list[str]:
    """Return what a policy asks for, in words; an older release states the threshold and the zeros only."""
    found = list[str]()
    if policy.get("round_to") is not None:
        found.append(context.say("policy_rounded").format(policy["round_to"]))
    else:
        low = 1 if policy["zeros_shown"] else 0
        small = context.say("policy_small").format(low, policy["threshold"] - 1)
        found.append(f"{small} {context.say('policy_zeros' if policy['zeros_shown'] else 'policy_no_zeros')}")
    if "complement" in policy:
        found.append(context.say("policy_complement" if policy["complement"] else "policy_no_complement"))
    if "width" in policy and policy.get("round_to") is None:
        found.append(context.say("policy_width").format(policy["width"]))
    if "dominance" in policy:
        p = policy["dominance"]
        words = context.say("policy_no_dominance" if p is None else "policy_dominance")
        found.append(words if p is None else words.format(context.score(p)))
    return found


def _years(context: Context) -> dict[str, Any] | None:
    """Return what is said of the whole years that are shown; None for an older release, which has no table of them."""
    if "years" not in context.bundle.tables:
        return None
    found = counted(context)
    total = sum(each.years for each in found)
    words = context.say("years_none" if total == 0 else "years_one" if total == 1 else "years_many")
    return {
        "told": words.format(context.whole(total)),
        "rows": [(_link(context, each.name, f"#{ANCHOR}"), each.units, each.years) for each in found],
    }


def _withheld(context: Context) -> list[Markup] | None:
    """Return the indicators of which nothing is shown; None for an older release, which does not state them."""
    if "withheld" not in context.protection:
        return None
    named = context.withheld & context.bundle.catalogue.computed.keys()
    titles = {name: context.text(context.indicator(name).title) for name in named}
    return [_link(context, name) for name in sorted(titles, key=lambda name: measures.order(titles[name]))]


def _link(context: Context, name: str, place: str = "") -> Markup:
    address = f"{context.root(PATH)}{measures.path(name)}{place}"
    return Markup('<a href="{}">{}</a>').format(address, context.text(context.indicator(name).title))


def _cells(context: Context, policy: Mapping[str, Any]) -> list[str]:
    """Return the cells of a policy in a table."""
    rounded, dominance = policy.get("round_to"), policy.get("dominance")
    return [
        context.whole(policy["threshold"]),
        context.say("yes" if policy["zeros_shown"] else "no"),
        context.say("yes" if policy.get("complement", True) else "no"),
        context.whole(policy["width"]) if "width" in policy else "",
        context.say("no") if dominance is None else f"p = {context.score(dominance)}",
        context.say("no") if rounded is None else context.whole(rounded),
    ]


def _percent(context: Context, share: float) -> str:
    """Return a share in percent; only a whole is 100, however little is hidden."""
    shown = share if share in (0, 1) else min(max(share, 0.001), 0.999)
    return percent(shown, context.language)


def _by_area(context: Context) -> list[Kept]:
    catalogue = context.bundle.catalogue
    counts = _counts(context, "indicator")
    found = [
        _kept(
            context.text(area.title),
            (
                counts[name]
                for name, each in catalogue.computed.items()
                if key in each.areas and name in counts
            ),
        )
        for key, area in catalogue.areas.items()
    ]
    return [*(each for each in found if each is not None), *_all(context, counts)]


def _by_unit_kind(context: Context) -> list[Kept]:
    counts = _counts(context, "unit_kind")
    kinds = [NATIONAL, *reversed(context.bundle.catalogue.units)]
    found = [_kept(context.unit_kind_name(kind), [counts[kind]]) for kind in kinds if kind in counts]
    return [*(each for each in found if each is not None), *_all(context, counts)]


def _all(context: Context, counts: Mapping[str, Counter[str]]) -> list[Kept]:
    whole = _kept(context.say("kept_all"), counts.values())
    return [whole] if whole is not None else []


def _kept(label: str, counts: Iterable[Counter[str]]) -> Kept | None:
    """Return how much is shown of several counts together; None when there is nothing to show or to hide."""
    total = sum(counts, Counter[str]())
    shown, hidden = total["shown"], total["suppressed"]
    return Kept(label, shown, hidden) if shown + hidden else None


def _counts(context: Context, column: str) -> dict[str, Counter[str]]:
    """Return, per value of a column of the results, how many of its figures have which status."""
    found: dict[str, Counter[str]] = {}
    for key, statuses in context.bundle.results.groupby(column)["status"]:
        found[str(key)] = Counter(map(str, statuses))
    return found
