"""The data contract: what regions deliver, with names and types that are checked before a row is used."""

import math
import re
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, field_validator, model_validator

from vbs_site.catalogue.conditions import Where
from vbs_site.catalogue.protection import Disclosure
from vbs_site.catalogue.words import Bound, Frozen, Limit, Name, OrElse, Text, Words

ColumnType = Literal["integer", "decimal", "text", "category", "code", "boolean", "date", "timestamp", "year"]

TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\.[A-Za-z_][A-Za-z0-9_]*\Z", re.ASCII)

CODE_SHAPES = {
    # SKS: D + ICD-10 letter and digits (chapter prefixes allowed), K + Nordic procedure code.
    "sks-diagnosis": re.compile(r"^D[A-Z]\d{0,3}[0-9A-Z]{0,3}$"),
    "sks-procedure": re.compile(r"^K[A-Z]{1,3}\d{0,2}[0-9A-Z]{0,2}$"),
    "icd10": re.compile(r"^[A-Z]\d{0,2}(\.?[0-9A-Z]{0,4})$"),
    "icd9": re.compile(r"^[0-9VE]\d{0,4}$"),
    "snomed": re.compile(r"^\d{6,18}$"),
}
"""Code system to the shape that its codes (and their prefixes) have."""


def _short_column(raw: Any) -> Any:
    return {"type": raw} if isinstance(raw, str) else raw


def _category_values(raw: Any) -> Any:
    if isinstance(raw, list) and any(
        not isinstance(value, str | int) or isinstance(value, bool) for value in raw
    ):
        raise ValueError("the values of a category are words; put yes, no, on and off in quotes")
    return {str(value): None for value in raw} if isinstance(raw, list) else raw


class Column(Frozen):
    """One column of a source.

    Attributes:
        type: what its values are.
        from_: the column's own name in the delivered file, when it differs.
        nullable: whether a value may be missing; missing values are counted and reported.
        values: for a category, each allowed value with the words it has on the site.
        system: for a code, the code system.
        min, max: for numbers and dates, the smallest and largest value that can be true.
        unit: what a decimal is counted in (DKK, points).
        scale: digits after the decimal point of a decimal; sums are exact at this scale.
        phrase: how rows are described by a value, right after what they are called, with `{value}` for the value, as in
            `with {value} side effects`; for a boolean the words for those where it is true.
        phrase_not: the same for rows with another value; for a boolean those where it is false.
    """

    type: ColumnType
    from_: Words | None = Field(None, alias="from")
    title: Text | None = None
    nullable: bool = False
    values: Annotated[
        dict[str, Text | None] | None, BeforeValidator(_category_values), OrElse({"type": "array"})
    ] = None
    system: Literal["sks-diagnosis", "sks-procedure", "icd10", "icd9", "snomed"] | None = None
    min: Any = None
    max: Any = None
    unit: str | None = None
    scale: Annotated[int, Field(ge=0, le=6)] = 2
    phrase: Text | None = None
    phrase_not: Text | None = None

    @model_validator(mode="after")
    def _fits_its_type(self) -> "Column":
        for words in (*(self.phrase or {}).values(), *(self.phrase_not or {}).values()):
            if words.count("{value}") != (self.type != "boolean"):
                raise ValueError("a phrase has `{value}` once; that of a boolean has none")
        if (self.type == "category") != (self.values is not None):
            raise ValueError("a category lists its `values`; no other type does")
        if (self.type == "code") != (self.system is not None):
            raise ValueError("a code names its `system`; no other type does")
        for bound in (self.min, self.max):
            if bound is not None and not _same_kind(self.type, bound):
                raise ValueError(f"min and max of a column of type {self.type} are values of that type")
        return self


def _same_kind(column_type: str, bound: Any) -> bool:
    if column_type in ("date", "timestamp"):
        return hasattr(bound, "year")
    if column_type in ("integer", "decimal", "year"):
        return isinstance(bound, int | float) and not isinstance(bound, bool) and math.isfinite(bound)
    return False


class Times(Frozen):
    """Which columns say when a row began and, for an episode, ended."""

    start: Name
    end: Name | None = None


Answer = Literal["refuse", "set_aside", "report"]
"""What a fault leads to: the delivery is not used and the build stops; the row is not used; the row is used.

Rows that are set aside or reported are counted and published."""

Check = Literal[
    "type",
    "required",
    "range",
    "category",
    "code",
    "order",
    "beyond",
    "unit",
    "key",
    "duplicate",
    "person",
    "sudden_change",
]


class Checks(Frozen):
    """What each fault of a source leads to.

    Attributes:
        type: a value in a text file that is not of its column's type; with `report` it counts as missing.
        required: no value in a column that is not nullable.
        range: a value below min or above max, or a date that cannot be true.
        category: a value that is not in the list.
        code: a value that does not have the shape of its code system.
        order: a row that ends before it begins.
        beyond: a row that begins on or after the day up to which the delivery is complete.
        unit: a unit code that no organisation has.
        key: a key that stands in several rows.
        duplicate: rows that are equal in everything but the key.
        person: a person who is not in the register of persons.
        sudden_change: far more or fewer rows of a unit and period than before, see `Source.sudden_change_share`.
    """

    type: Answer = "refuse"
    required: Answer = "refuse"
    range: Answer = "refuse"
    category: Answer = "refuse"
    code: Answer = "report"
    order: Answer = "refuse"
    beyond: Answer = "refuse"
    unit: Answer = "report"
    key: Answer = "refuse"
    duplicate: Answer = "report"
    person: Answer = "report"
    sudden_change: Answer = "report"

    def answer(self, check: Check) -> Answer:
        """Return what a fault of this kind leads to."""
        answer: Answer = getattr(self, check)
        return answer


How = Literal["first", "last", "sum", "min", "max", "any", "count"]
"""How a column of a chained row comes about: its value in the row that opens the chain or in the one that ends last, a
figure over the rows that have a value, whether it is true of any, or the number of rows."""


class Derive(Frozen):
    """How rows are made of the rows of another source.

    Attributes:
        chain: the source whose rows of one person become one row when they overlap or lie close.
        select: the source whose rows are kept as they are.
        where: which of its rows; None for all.
        gap: how close: a row belongs to the chain when this holds for the time from the latest end so far to its start.
        take: column to how it comes about; key, person, start and end follow from the rows.
        lasting: how long a row lasts to be kept; one without an end is not.
    """

    chain: Name | None = None
    select: Name | None = None
    where: Where | None = None
    gap: Limit | None = None
    take: dict[Name, How] = {}
    lasting: Limit | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Derive":
        if (self.chain is None) == (self.select is None):
            raise ValueError("a source is derived by either `chain` or `select`")
        if self.chain is not None and (self.gap is None or self.lasting is not None):
            raise ValueError("a chain has a `gap` and no `lasting`; a `select` from it can have one")
        if self.select is not None and (self.gap is not None or self.take):
            raise ValueError("a `select` keeps rows as they are: it has no `gap` and no `take`")
        if self.select is not None and self.where is None and self.lasting is None:
            raise ValueError("a `select` says which rows are kept: `where`, `lasting` or both")
        return self

    @field_validator("gap")
    @classmethod
    def _a_gap_is_short(cls, gap: Bound | None) -> Bound | None:
        if gap is not None and gap.operator not in ("<", "<="):
            raise ValueError('a gap is bounded from above, as in "<= 4 hours" or "< 4 hours"')
        return gap

    @property
    def base(self) -> str:
        """Return the source whose rows it is made of."""
        return self.chain or self.select or ""


class Source(Frozen):
    """One kind of rows: delivered, or derived from the rows of another source.

    A derived source is written with `title`, `rows` and `derive` alone; its contract follows from its base, see
    `vbs_site.catalogue.derivation`.

    Attributes:
        rows: what the rows are called in a sentence.
        derive: how the rows are made of those of another source; None when they are delivered.
        files: pattern below the extracts folder; `{region}` in it stands for the delivering unit of that kind.
        table: `schema.name` in the database of an engine that has one; stands beside `files` or instead of them.
        key: the columns that together occur once.
        person: the column with the person's pseudonym.
        complete_until: first day that is no longer covered, when the delivery itself does not say it.
        checks: what each kind of fault leads to.
        sudden_change_share: how far the rows of a unit and period may differ from the previous delivery, or those of the
            newest period from the mean of the four before it, as a share.
        disclosure: what differs from the catalogue's policy for small counts.
    """

    title: Text
    rows: Text
    derive: Derive | None = None
    owner: Text | None = None
    files: Words | None = None
    table: Words | None = None
    key: Annotated[list[Name], Field(min_length=1)] = []
    person: Name | None = None
    time: Times | None = None
    complete_until: Any = None
    checks: Checks = Checks()
    sudden_change_share: Annotated[float, Field(gt=0, le=10)] = 0.2
    disclosure: Disclosure | None = None
    columns: Annotated[
        dict[
            Name,
            Annotated[Column, BeforeValidator(_short_column), OrElse({"enum": list(get_args(ColumnType))})],
        ],
        Field(min_length=1),
    ] = {}

    @field_validator("files")
    @classmethod
    def _files_stay_inside(cls, files: str | None) -> str | None:
        if files is not None and (files.startswith(("/", "\\", "~")) or ".." in files or ":" in files):
            raise ValueError("files is a pattern below the extracts folder")
        return files

    @field_validator("table")
    @classmethod
    def _table_in_a_schema(cls, table: str | None) -> str | None:
        if table is not None and not TABLE.match(table):
            raise ValueError("table is written schema.name, in letters, digits and underscores")
        return table

    @model_validator(mode="after")
    def _delivered_or_derived(self) -> "Source":
        if self.derive is not None:
            if self.model_fields_set - {"title", "rows", "derive"}:
                raise ValueError(
                    "a derived source has `title`, `rows` and `derive`; the rest follows from its base"
                )
            return self
        if self.files is None and self.table is None:
            raise ValueError("a source has `files` (a pattern below the extracts folder), a `table`, or both")
        for key in ("key", "columns"):
            if not getattr(self, key):
                raise ValueError(f"the key {key!r} is needed here")
        return self

    @model_validator(mode="after")
    def _complete_until_a_day(self) -> "Source":
        if self.complete_until is not None and not hasattr(self.complete_until, "year"):
            raise ValueError("complete_until is a date such as 2026-10-01")
        return self

    @property
    def delivered_by(self) -> str | None:
        """Return the unit kind in the file pattern, or None when one file holds everything."""
        match = re.search(r"\{(\w+)\}", self.files or "")
        return match[1] if match else None


class Codeset(Frozen):
    """A named set of code prefixes with the source that says so."""

    system: Literal["sks-diagnosis", "sks-procedure", "icd10", "icd9", "snomed"]
    codes: Annotated[list[str], Field(min_length=1)]
    title: Text
    source: Words
    valid_from: Any = None


class Persons(Frozen):
    """Where a person's birth and death are found."""

    source: Name
    birth: Name | None = None
    death: Name | None = None
    sex: Name = "sex"


class Register(Frozen):
    """A source that names the units: used when there is no organisation file."""

    source: Name
    code: Name
    name: Name


class Unit(Frozen):
    """A way to divide results: by treating unit (a column) or by a path such as place of living.

    Attributes:
        within: the unit kind one level up.
        organisations: the organisation kind whose members these are, when it is not the unit kind itself.
        codes_of: the organisation kind whose codes stand in the column or at the end of the path, when these units are
            made of such: a health council is found by the codes of its municipalities.
        register: a source with the units' codes and names.
        national_code: value of the column that marks a row with the national figure as delivered.
    """

    title: Text
    plural: Text
    column: Name | None = None
    path: list[Annotated[str, Field(pattern=r"^\w+\.\w+$")]] | None = None
    within: Name | None = None
    organisations: Name | None = None
    codes_of: Name | None = None
    register_: Register | None = Field(None, alias="register")
    national_code: str | None = None
