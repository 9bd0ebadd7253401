"""What both programs of the bench can be told."""

import argparse
import sys
import tempfile
from pathlib import Path

from vbs_site.engines.engine import default_memory_mb


def parser_with(description: str | None) -> argparse.ArgumentParser:
    """Return a parser with the options for where the extracts lie, and for what a computation may use."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add(
        "--data",
        type=Path,
        default=Path(tempfile.gettempdir()) / "vbs-bench",
        metavar="DIR",
        help="where extracts lie or are generated, a folder per size (default: %(default)s)",
    )
    add(
        "--memory",
        type=int,
        default=default_memory_mb(),
        metavar="MB",
        help="memory limit of every side but pandas (default: %(default)s)",
    )
    add("--threads", type=int, default=1, metavar="N", help="threads of every side (default: 1)")
    add(
        "--reference-python",
        default=sys.executable,
        metavar="PATH",
        help="a python with pandas, pyarrow, duckdb and numpy, for the generator and the pandas program",
    )
    return parser
