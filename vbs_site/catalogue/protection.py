"""The disclosure policy: which counts point at few people, and what must be left unknown of them."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, model_validator

from vbs_site.catalogue.words import Frozen, Text

if TYPE_CHECKING:
    from vbs_site.catalogue.model import Catalogue

PROFILES: Mapping[str, int] = {"rkkp": 3}
"""Profile to its threshold."""
PROFILE_SOURCES: Mapping[str, Text] = {
    "rkkp": {
        "da": "De kliniske kvalitetsdatabaser fjerner resultater med n = 1 eller n = 2 i tæller eller nævner. Reglen er citeret fra en årsrapport gennem tredjepart; rapporten selv er ikke set.",
        "en": "The Danish clinical quality registers remove results with n = 1 or n = 2 in the numerator or the denominator. The rule is quoted from an annual report through a third party; the report itself was not seen.",
    }
}
"""Profile to the rule that it follows and where that is known from."""
FEWEST = 3
"""The lowest threshold that can be told: Statistics Denmark never shows fewer than three observations in a cell."""


class Disclosure(Frozen):
    """The policy for small counts: from 1 to threshold - 1 nothing that carries the count is shown.

    Attributes:
        profile: a policy that others use: `rkkp` has the threshold of the Danish clinical quality registers, 3.
        threshold: the smallest count that is shown.
        zeros_shown: whether a true zero is shown; otherwise it is as small as a one.
        complement: whether what is left of n without the numerator is protected like the numerator.
        width: how far apart the smallest and the largest possible value of a hidden count are left at least; None leaves
            as many values as the sign itself tells, 1 to threshold - 1.
        dominance: p of the p % rule for amounts: a sum is hidden when the largest contribution could be estimated from
            it to within p percent by whoever made the second largest; None when amounts are not held against it.
        round_to: instead of being hidden, counts are published rounded to the nearest multiple of this; None hides them.
    """

    profile: Literal["rkkp"] | None = None
    threshold: Annotated[int, Field(ge=1, le=100)] = 5
    zeros_shown: bool = True
    complement: bool = True
    width: Annotated[int, Field(ge=1, le=100)] | None = None
    dominance: Annotated[float, Field(gt=0, le=100)] | None = 10.0
    round_to: Annotated[int, Field(ge=2, le=1000)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _threshold_of_the_profile(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or raw.get("profile") not in PROFILES:
            return raw
        threshold = PROFILES[raw["profile"]]
        if raw.get("threshold", threshold) != threshold:
            raise ValueError(
                f"the profile {raw['profile']} has the threshold {threshold}; name the profile or another threshold"
            )
        return raw | {"threshold": threshold}

    @property
    def least_width(self) -> int:
        """How far apart the smallest and the largest possible value of a hidden count are left at least."""
        return self.widest if self.width is None else self.width

    @property
    def widest(self) -> int:
        """How far apart the values are that the sign tells: 1 and threshold - 1.

        More can't be asked for: of a group as small as the threshold, which is shown, a hidden part leaves no more.
        """
        return max(1, self.threshold - 2)

    def over(self, general: "Disclosure") -> "Disclosure":
        """Return another policy with what is written here in its place."""
        own = {name: getattr(self, name) for name in self.model_fields_set}
        if "threshold" in own:
            own.setdefault("profile", None)
        return general.model_copy(update=own)


def strictest(policies: Iterable[Disclosure]) -> Disclosure:
    """Return the policy that keeps every one of several: of each part the one that hides most.

    Args:
        policies: one or more. Counts are rounded instead of hidden only when all of them say so.
    """
    found = list(dict.fromkeys(policies))
    if len(found) == 1:
        return found[0]
    rounded = [each.round_to for each in found if each.round_to is not None]
    dominance = [each.dominance for each in found if each.dominance is not None]
    return Disclosure(
        threshold=max(each.threshold for each in found),
        zeros_shown=all(each.zeros_shown for each in found),
        complement=any(each.complement for each in found),
        width=max(each.least_width for each in found),
        dominance=max(dominance, default=None),
        round_to=max(rounded) if len(rounded) == len(found) else None,
    )


def told(policy: Disclosure) -> dict[str, Any]:
    """Return a policy as files tell it: what it comes to, however it is written in the catalogue."""
    return {
        "threshold": policy.threshold,
        "zeros_shown": policy.zeros_shown,
        "complement": policy.complement,
        "width": policy.least_width,
        "dominance": policy.dominance,
        "round_to": policy.round_to,
    }


def stated(catalogue: "Catalogue") -> dict[str, Any]:
    """Return the policy of a catalogue and of the indicators in use that differ from it.

    Returns:
        `default`, and `indicators`: id to the policy where it is another one; each as `told` gives it.
    """
    default = told(catalogue.disclosure)
    each = {name: told(catalogue.protection(name)) for name in catalogue.computed}
    return {
        "default": default,
        "indicators": {name: policy for name, policy in each.items() if policy != default},
    }
