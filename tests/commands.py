"""The command line as a user runs it, and a project small enough to be built many times."""

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

MINI_CATALOGUE = """\
catalogue:
  id: mini
  version: 1.0.0
  title: {da: Lille katalog}
  publisher: {da: Ingen}
  languages: [da]
  report_from: 2025-01-01
  organisations: organisations.yaml
sources:
  visits:
    title: {da: Besøg}
    rows: {da: besøg}
    files: visits/{region}.csv
    key: [id]
    time: {start: day}
    complete_until: 2026-01-01
    columns:
      id: integer
      hospital: text
      day: {type: date, min: 2020-01-01, max: 2030-01-01}
      good: {type: boolean, nullable: true}
units:
  region: {title: {da: Region}, plural: {da: Regioner}}
  hospital: {title: {da: Hospital}, plural: {da: Hospitaler}, column: hospital, within: region}
areas: {omraade-et: {title: {da: Område et}}}
indicators:
  andel-gode:
    title: {da: Andel gode besøg}
    why: {da: Fordi.}
    areas: [omraade-et]
    dimension: outcome
    matters: safety
    provenance: {status: proposal, source: {da: Ingen}}
    direction: higher
    units: [hospital]
    period: quarter
    kind: proportion
    of: {from: visits, at: day}
    event: {where: {good: true}}
    review: {owner: {da: Ingen}}
"""

MINI_ORGANISATIONS = """\
organisations:
  - {id: region-a, kind: region, name: {da: Region A}}
  - {id: region-b, kind: region, name: {da: Region B}}
  - {id: hospital-a1, kind: hospital, within: region-a, codes: [A1], name: {da: Hospital A1}}
  - {id: hospital-a2, kind: hospital, within: region-a, codes: [A2], name: {da: Hospital A2}}
  - {id: hospital-b1, kind: hospital, within: region-b, codes: [B1], name: {da: Hospital B1}}
"""

MINI_PRACTICE = """\
---
title: En praksis
areas: [omraade-et]
indicators: [andel-gode]
units: [region-a]
started_by: 2018-11
status: described
source: En rapport
---
# En praksis

Noget, som nogen gør.
"""

MINI_SITE = """\
site_name: Lille
site_url: https://example.org/lille/
theme: {name: material, font: false, features: [navigation.tabs, navigation.indexes]}
plugins: [search]
markdown_extensions: [attr_list, {toc: {permalink: true}}]
extra_css: [assets/vbs.css]
extra_javascript: [assets/vbs.js]
not_in_nav: |
  vbs-shell.md
  /praksis/*
extra:
  generator: false
  version: {provider: mike}
  vbs:
    nav:
      da:
        - Forside: index.md
        - Områder: [omraade/omraade-et/index.md]
        - Indikatorer: [indikator/index.md]
        - Organisationer: [organisation/index.md]
        - Praksis: [praksis/index.md]
        - Udgivelse: [udgivelse/index.md, datakvalitet/index.md]
        - Om: [metode.md, databeskyttelse.md, tilgaengelighed.md]
"""


def run_build(*arguments, timeout=300, cwd=ROOT, **options):
    """Run `build.py` as a user does; return the finished process with its output as text."""
    command = [sys.executable, str(ROOT / "build.py"), *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=timeout, check=False, **options
    )


def start_build(*arguments, cwd=ROOT):
    """Start `build.py` with unbuffered output; the caller waits or interrupts."""
    command = [sys.executable, "-u", str(ROOT / "build.py"), *map(str, arguments)]
    return subprocess.Popen(
        command,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )


def write_mini(folder):
    """Write a whole small project: catalogue, organisations, content, configuration and CSV deliveries of two regions."""
    files = {
        "indicators.yaml": MINI_CATALOGUE,
        "organisations.yaml": MINI_ORGANISATIONS,
        "mkdocs.yml": MINI_SITE,
        "content/da/index.md": "# Forside\n",
        "content/da/metode.md": "# Metode\n",
        "content/da/databeskyttelse.md": "# Databeskyttelse\n",
        "content/da/tilgaengelighed.md": "# Tilgængelighed\n",
        "content/da/praksis/en-praksis.md": MINI_PRACTICE,
    }
    rng = random.Random(7)
    number = 0
    for region, hospitals in (("region-a", ("A1", "A2")), ("region-b", ("B1",))):
        rows = ["id,hospital,day,good"]
        for hospital in hospitals:
            for month in range(1, 13):
                for _ in range(30):
                    number += 1
                    rows.append(
                        f"{number},{hospital},2025-{month:02d}-{rng.randint(1, 28):02d},{rng.choice(['true', 'false', 'true', ''])}"
                    )
        files[f"data/extracts/visits/{region}.csv"] = "\n".join(rows) + "\n"
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def written_and_built(write, folder):
    """Write a small project and build it; return its folder."""
    written = write(folder / "mini")
    done = run_build("--catalogue", written / "indicators.yaml")
    assert done.returncode == 0, done.stderr
    return written


def change(path, old, new):
    """Write something else in the first place where a file says what it must say."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def tree(folder):
    """Return every file below a folder with the hash of its content."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
