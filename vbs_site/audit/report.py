"""The audit's report for the publisher, as JSON. It names places and rules, never a recovered number."""

import json
from pathlib import Path

from vbs_site.audit.audit import Audit
from vbs_site.files import write_text


def write_report(audit: Audit, path: Path) -> None:
    """Write what was looked at and found.

    Args:
        audit: what was done.
        path: the file; it is replaced.
    """
    content = {
        "release": audit.release,
        "earlier": list(audit.earlier),
        "figures": audit.cells,
        "hidden": audit.hidden,
        "files": audit.surfaces,
        "facts": audit.facts,
        "attacked": audit.attacked,
        "notes": audit.notes,
        "findings": [
            {
                "file": each.file,
                "line": each.line or None,
                "object": each.object,
                "rule": each.rule,
                "found": each.got,
                "hint": each.hint,
            }
            for each in audit.findings
        ],
    }
    write_text(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")
