"""EQ-5D health states to an index on the scale where 1 is full health and 0 is as bad as being dead; Danish value sets.

- 3L: time trade-off, Wittrup-Jensen, Lauridsen, Gudex and Pedersen 2009, Scand J Public Health 37:459-466,
  doi:10.1177/1403494809105287.
- 5L: hybrid of time trade-off and discrete choice, Jensen, Sørensen, Gudex, Jensen, Pedersen and Ehlers 2021, Appl Health
  Econ Health Policy 19:579-591, doi:10.1007/s40258-021-00639-3; weights as the Danish Center for Health Services Research
  at Aalborg University lists them. With the weights as printed, the worst state is -0.758; the paper has -0.757.

An index is 1 less a weight for each dimension that is not at level 1; in 3L also less a constant when any is.
"""

from typing import Literal

Version = Literal["3L", "5L"]
DIMENSIONS = ("mobility", "self_care", "usual_activities", "pain_discomfort", "anxiety_depression")
WEIGHTS: dict[str, tuple[tuple[float, ...], ...]] = {
    "3L": ((0.053, 0.411), (0.063, 0.192), (0.048, 0.144), (0.062, 0.396), (0.068, 0.367)),
    "5L": (
        (0.041, 0.054, 0.157, 0.220),
        (0.035, 0.050, 0.144, 0.209),
        (0.033, 0.040, 0.139, 0.174),
        (0.048, 0.094, 0.381, 0.537),
        (0.072, 0.191, 0.430, 0.618),
    ),
}
"""Version to the weights of levels 2 and up, one row per dimension in the order of the questionnaire."""
CONSTANT = {"3L": 0.114, "5L": 0.0}
DECIMALS = 3


def index(version: Version, state: str) -> float:
    """Return the index of a health state, such as `"21232"`: one level per dimension, 1 is no problems.

    Raises:
        ValueError: when there is no such version, or the state is not five levels of it.
    """
    if version not in WEIGHTS:
        raise ValueError(f"there is no EQ-5D version {version!r}; the Danish value sets are of 3L and 5L")
    weights = WEIGHTS[version]
    levels = len(weights[0]) + 1
    possible = "12345"[:levels]
    if len(state) != len(DIMENSIONS) or any(each not in possible for each in state):
        raise ValueError(f"an EQ-5D-{version} state is five levels from 1 to {levels}, such as 11211")
    lost = sum(row[int(level) - 2] for row, level in zip(weights, state, strict=True) if level != "1")
    return round(1 - lost - (CONSTANT[version] if lost else 0), DECIMALS)
