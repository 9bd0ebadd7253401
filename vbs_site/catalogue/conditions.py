"""The where-algebra: which rows of a source are meant, as keys and typed values only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, WithJsonSchema

Operator = Literal["=", "in", "not_in", "between", "<", "<=", ">", ">=", "missing"]
OPERATORS: tuple[Operator, ...] = ("=", "in", "not_in", "between", "<", "<=", ">", ">=", "missing")


@dataclass(frozen=True)
class Compare:
    """One column against a value. `value` is a scalar, a pair for `between`, a tuple for `in` and `not_in`."""

    column: str
    operator: Operator
    value: Any


@dataclass(frozen=True)
class AllOf:
    """Every part holds; with no part it is always true."""

    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold. A missing value makes neither a condition nor its negation true."""

    part: "Condition"


Condition = Compare | AllOf | AnyOf | Not


def parse_where(raw: Any) -> Condition:
    """Return the condition of a `where:` mapping.

    Grammar: `{column: value}` equals; `{column: {in: [..]}}`, `{not_in: ..}`, `{between: [a, b]}` (both ends included),
    `{">=": x}`, `{missing: true}`; keys stand together as *and*; `any_of: [..]`, `all_of: [..]`, `not: {..}` nest.

    Raises:
        ValueError: naming the part that is not of this form.
    """
    if isinstance(raw, Compare | AllOf | AnyOf | Not):
        return raw
    if not isinstance(raw, Mapping) or not raw:
        raise ValueError("a condition is a mapping such as {contact_kind: inpatient}")
    parts = tuple(_part(key, value) for key, value in raw.items())
    return parts[0] if len(parts) == 1 else AllOf(parts)


def _part(key: str, value: Any) -> Condition:
    if key in ("any_of", "all_of"):
        if not isinstance(value, list) or not value:
            raise ValueError(f"{key} holds a list of conditions")
        parts = tuple(parse_where(each) for each in value)
        return AnyOf(parts) if key == "any_of" else AllOf(parts)
    if key == "not":
        return Not(parse_where(value))
    if isinstance(value, Mapping):
        return _operators(key, value)
    if value is None or isinstance(value, list):
        raise ValueError(f"{key}: write {{in: [..]}} for a list and {{missing: true}} for no value")
    return Compare(key, "=", value)


def _operators(column: str, raw: Mapping[str, Any]) -> Condition:
    parts = []
    for operator, value in raw.items():
        if operator not in OPERATORS:
            raise ValueError(f"{column}: unknown operator {operator!r}; known: {', '.join(OPERATORS)}")
        parts.append(Compare(column, operator, _value(column, operator, value)))
    if not parts:
        raise ValueError(f"{column}: an empty mapping says nothing")
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _value(column: str, operator: str, value: Any) -> Any:
    if operator in ("in", "not_in"):
        values = value if isinstance(value, list) else [value]
        if not values or any(isinstance(each, list | dict) or each is None for each in values):
            raise ValueError(f"{column}: {operator} takes a name or a list of values")
        return tuple(values)
    if operator == "between":
        if not isinstance(value, list) or len(value) != 2:
            raise ValueError(f"{column}: between takes two values, both included")
        return tuple(value)
    if operator == "missing" and not isinstance(value, bool):
        raise ValueError(f"{column}: missing takes true or false")
    if isinstance(value, list | dict) or value is None:
        raise ValueError(f"{column}: {operator} takes one value")
    return value


def comparisons(condition: Condition) -> Iterator[Compare]:
    """Yield every single comparison inside a condition, in the order written."""
    match condition:
        case Compare():
            yield condition
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from comparisons(part)
        case Not(part):
            yield from comparisons(part)


Where = Annotated[
    Condition,
    BeforeValidator(parse_where),
    WithJsonSchema(
        {"type": "object", "examples": [{"kind": "inpatient"}, {"diagnosis": {"not_in": "cancer"}}]}
    ),
]
