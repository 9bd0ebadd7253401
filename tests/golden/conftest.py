"""Fixtures of the comparisons with reference results."""

import pytest
from golden.comparing import Report


@pytest.fixture
def report(capsys):
    """Start the report on a file."""
    return lambda file: Report(file, capsys)
