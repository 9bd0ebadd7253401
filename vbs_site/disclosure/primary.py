"""Primary suppression: which counts point at few people.

A count is small from 1 to threshold - 1 (Danish registers: 1 and 2, threshold 3; others: below 5), as GaussSuppression's
`PrimaryDefault` with `maxN` one below the threshold has it; where zeros are not shown, a zero is as small as a one.
"""

from vbs_site.catalogue.protection import Disclosure


def is_small(count: int, policy: Disclosure) -> bool:
    """Return whether a count points at few people."""
    return (1 if policy.zeros_shown else 0) <= count < policy.threshold
