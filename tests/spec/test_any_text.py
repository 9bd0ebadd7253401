"""A value in a condition is a value, whatever characters it holds."""

import pytest
from spec.tables import measure_on

TEXTS = [
    "it's",
    "' OR 1=1 --",
    '"',
    "\\",
    "\\'",
    "a\nb",
    "%",
    "_",
    "æøå",
    ";",
    "--",
    "/* */",
    "{{x}}",
    "$1",
    "?",
    " a ",
]


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_means_itself_and_nothing_else(engine, text):
    indicator = {
        "kind": "proportion",
        "of": {"from": "contacts", "at": "start"},
        "event": {"where": {"note": text}},
    }
    contacts = [{"start": "2026-01-05", "note": text}, {"start": "2026-01-06", "note": "another"}]
    (row,) = measure_on(engine, indicator, {"contacts": contacts})
    assert (row["n"], row["numerator"]) == (2, 1)
