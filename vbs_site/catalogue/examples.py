"""Worked examples of an indicator: tiny tables of patients, and the numbers that must come out.

    examples:
      - rule: {da: En genindlæggelse på dag 30 tæller med., en: A readmission on day 30 counts.}
        edge: true
        given:
          contacts: |
            | person_id | start            | end              | contact_kind | acute |
            | 1         | 2025-01-05 08:00 | 2025-01-10 12:00 | inpatient    | no    |
            | 1         | 2025-02-09 12:00 |                  | inpatient    | yes   |
        then: |
          | n | numerator |
          | 1 | 1         |

An empty cell is no value. What a column takes that a table does not write, `example_rows` says.
"""  # noqa: D214, D405 - `examples:` is a key of the catalogue

from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from vbs_site.catalogue.text_tables import Table
from vbs_site.catalogue.words import Frozen, Name, Text

WHERE = ("unit", "period")
"""Columns of `then` that say where a number belongs; every other one is a statistic that is added up."""

ADDITIVE = (
    *("eligible", "n", "numerator", "missing", "person_days"),
    *("sum", "sum_sq", "expected", "residual_sq"),
)
"""The statistics that a kind of measure can keep."""


class Example(Frozen):
    """One rule of the definition, shown on a few patients.

    Attributes:
        rule: the rule as one sentence.
        edge: whether it shows where the line is drawn.
        given: source to rows, in the catalogue's own column names.
        then: what comes out: one line of statistics added up over the whole result, or one line per `unit` and `period`
            where these columns are written. A heading alone is an empty result.
        from_, until: reported days, `until` excluded; open when not written. Members of a cohort are counted in the year
            of the last date that is given.
    """

    rule: Text
    edge: bool = False
    given: Annotated[dict[Name, Table], Field(min_length=1)]
    then: Table
    from_: Any = Field(None, alias="from")
    until: Any = None

    @field_validator("from_", "until")
    @classmethod
    def _a_day(cls, value: Any) -> Any:
        if value is not None and not hasattr(value, "year"):
            raise ValueError("from and until are dates such as 2025-01-01")
        return value

    @model_validator(mode="after")
    def _says_what_comes_out(self) -> "Example":
        if not set(self.then.columns) - set(WHERE):
            raise ValueError(
                "`then` has a column for each number that must come out, as in `| n | numerator |`"
            )
        if len(self.then.rows) != 1 and not set(self.then.columns) & set(WHERE):
            raise ValueError("`then` is one line, or one per `unit` and `period` with these columns")
        return self
