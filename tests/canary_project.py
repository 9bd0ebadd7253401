"""A small project of three regions with every way of keeping rows (typed copies, stays, cohorts), and canaries in its rows.

The canaries are persons of large hospitals, so that what is added up over them is no value of theirs.
"""

import datetime as dt
import gzip
import random
from decimal import Decimal

import canaries
import duckdb
import yaml
from commands import MINI_SITE
from regions import REGIONS, three_regions

INDICATORS = ("readmission", "first-stays", "cost-of-chronic", "length", "visits-after", "free-of-contact")
INDICATORS += ("standard-ratio", "score")
START, UNTIL = dt.date(2019, 1, 1), dt.date(2019, 10, 1)
PERSONS = 420
IDS = {
    "number": (987_654_321_012, 987_654_321_777, 876_543_219_888),
    "text": ("310299-4QX1", "Kanariefugl 4711 æøå", "qx-0302994Qy2"),
}
BIRTHS = (dt.date(1931, 3, 17), dt.date(1943, 11, 23), dt.date(1957, 8, 29))
DEATH = dt.date(2019, 9, 27)
STARTS = (
    dt.datetime(2019, 2, 27, 11, 13, 17),  # noqa: DTZ001 - clock times are without time zone
    dt.datetime(2019, 4, 23, 13, 17, 41),  # noqa: DTZ001
    dt.datetime(2019, 5, 21, 17, 43, 53),  # noqa: DTZ001
)
LASTING = dt.timedelta(days=3, hours=2)
BY_TIME = ("contacts", "procedures", "pro")
KINDS = ("inpatient", "outpatient", "virtual")
ANSWERS = (dt.date(2019, 1, 29), dt.date(2019, 3, 23))
TAKEN = {*ANSWERS, DEATH, *(each.date() for each in STARTS), *((each + LASTING).date() for each in STARTS)}
"""Days on which nothing happens to anybody else."""
AMOUNT = Decimal("7654321.37")
CODE, NOTE = "DJ449QZ", "Kanarienote 31Ø9 <fru Ødegård>"
PLACE, SEX = "Kanariehospital 9Å", "kanariekøn"
"""A hospital that no organisation is, and a sex that the contract does not list: reported, and the rows are used."""
FILES = 10**6
"""Ids of rows of canaries begin here, and are recognisable too."""


def all_canaries(style):
    """Return every canary with its spellings."""
    found = {f"id {value}": canaries.identifier(value) for value in IDS[style]}
    days = {"birth": BIRTHS, "death": (DEATH,), "answer": ANSWERS, "start": [each.date() for each in STARTS]}
    days["end"] = [(each + LASTING).date() for each in STARTS]
    found |= {f"{what} {day}": canaries.day(day) for what, each in days.items() for day in each}
    found |= {f"moment {each}": canaries.moment(each) for each in STARTS}
    found |= {"place": canaries.text(PLACE), "sex": canaries.text(SEX)}
    found["amount"] = canaries.number(AMOUNT, 2)
    return found | {"code": canaries.text(CODE), "note": canaries.text(NOTE)}


def contract(style):
    """Return the catalogue: persons are numbers or text; one region delivers packed text, the others Parquet."""
    data = three_regions(*INDICATORS).document.data
    sources = {
        name: source for name, source in data["sources"].items() if name not in ("stays_apart", "admissions")
    }
    if style == "text":
        for name in ("contacts", "procedures", "pro", "persons"):
            columns = dict(sources[name]["columns"])
            columns["person"] = columns["person"] | {"type": "text"}
            sources[name] = sources[name] | {"columns": columns}
    if style == "text":
        sources["contacts"] = sources["contacts"] | {"files": "contacts/{region}.csv.gz"}
        sources["pro"] = sources["pro"] | {"files": "pro/{region}.csv"}
    head = data["catalogue"] | {"languages": ["da"], "examples_required": False, "report_from": START}
    indicators = {name: each | {"report_from": START} for name, each in data["indicators"].items()}
    persons = data["persons"] | {"sex": "sex"}
    sources["persons"] = sources["persons"] | {"checks": {"category": "report"}}
    return data | {"catalogue": head, "sources": sources, "persons": persons, "indicators": indicators}


def rows(style, seed=7, *, planted=True):
    """Return the rows of every source: ordinary persons, and the canaries among them."""
    rng = random.Random(seed)
    tables = {name: [] for name in ("contacts", "procedures", "pro", "persons")}
    for number in range(1, PERSONS + 1):
        _ordinary(tables, number, number if style == "number" else f"P{number:05d}", rng)
    if planted:
        plant(tables, style, rng)
    tables["persons"].sort(key=lambda row: str(row["birth"]))
    return tables | {"municipalities": [{"municipality": 100 + n, "region": f"R{n}"} for n in (1, 2, 3)]}


def plant(tables, style, rng):
    """Put the canaries among the others."""
    sexes, hospitals = ("K", "M", SEX), ("H1", "H1", PLACE)
    for place, (person, born, start) in enumerate(zip(IDS[style], BIRTHS, STARTS, strict=True)):
        died = DEATH if place == 2 else None
        tables["persons"].append(_person(person, born, died, sexes[place], 101))
        row = _contact(FILES + place, person, 1, start, LASTING, "inpatient")
        more = {"diagnosis": CODE, "cost": str(AMOUNT), "note": NOTE, "hospital": hospitals[place]}
        tables["contacts"].append(row | more)
    _operated(tables, FILES, IDS[style][0], 1, dt.date(2019, 2, 20), ANSWERS, rng)


def _ordinary(tables, number, person, rng):
    """Add an ordinary person: four contacts, an operation, and answers before and after it; none on a canary's day."""
    place = number % 3 + 1
    born = dt.date(1920 + number % 80, number % 12 + 1, 1 + number % 20)
    tables["persons"].append(_person(person, born, None, "KM"[number % 2], 100 + place))
    for each in range(4):
        lasting = dt.timedelta(hours=rng.randrange(1, 90))
        start = dt.datetime(2018, 1, 1) + dt.timedelta(hours=rng.randrange(610 * 24))  # noqa: DTZ001
        while {start.date(), (start + lasting).date()} & TAKEN:
            start += dt.timedelta(days=1)
        row = _contact(10 * number + each, person, place, start, lasting, KINDS[rng.randrange(3)])
        cost, code = f"{rng.randrange(99999)}.25", ("DJ449", "DI509")[each % 2]
        tables["contacts"].append(row | {"cost": cost, "diagnosis": code})
    day = dt.date(2018, 6, 1) + dt.timedelta(days=rng.randrange(330))
    before, after = dt.timedelta(days=20), dt.timedelta(days=40)
    while {day, day - before, day + after} & TAKEN:
        day += dt.timedelta(days=1)
    _operated(tables, number, person, place, day, (day - before, day + after), rng)


def _person(person, born, died, sex, municipality):
    return {"person": person, "birth": born, "death": died, "sex": sex, "municipality": municipality}


def _contact(number, person, place, start, lasting, kind):
    return {
        "id": number,
        "person": person,
        "hospital": f"H{place}",
        "start": start,
        "end": start + lasting,
        "kind": kind,
        "acute": number % 3 == 0,
        "points": None,
        "note": None,
        "_region": REGIONS[place - 1],
    }


def _operated(tables, number, person, place, day, answers, rng):
    row = {"id": number, "person": person, "hospital": f"H{place}", "code": "KNFB20", "date": day}
    tables["procedures"].append(row | {"_region": REGIONS[place - 1]})
    for moment, when in zip(("before", "after"), answers, strict=True):
        answer = {
            "id": 2 * number + (moment == "after"),
            "person": person,
            "instrument": "OHS",
            "moment": moment,
        }
        score = {"date": when, "score": rng.randrange(10, 40), "_region": REGIONS[place - 1]}
        tables["pro"].append(answer | score)


def deliver(extracts, data, tables):
    """Write the rows of every source where its contract looks for them."""
    for name, given in tables.items():
        source = data["sources"][name]
        regions = REGIONS if "{region}" in source["files"] else (None,)
        for region in regions:
            mine = [row for row in given if region is None or row.get("_region") == region]
            write(extracts / source["files"].format(region=region), source["columns"], mine)
    letter = {"complete_until": dict.fromkeys((*BY_TIME, "persons"), UNTIL)}
    (extracts / "deliveries.yaml").write_text(yaml.dump(letter), encoding="utf-8")


def write(path, columns, given):
    """Write rows as the name of the file says: Parquet, CSV or packed CSV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if ".csv" in path.name:
        lines = [",".join(columns)] + [",".join(_cell(row.get(key)) for key in columns) for row in given]
        said = ("\n".join(lines) + "\n").encode()
        path.write_bytes(gzip.compress(said, mtime=0) if path.suffix == ".gz" else said)
        return
    kinds = {key: SQL[each["type"]] for key, each in columns.items()}
    with duckdb.connect(config={"threads": 1}) as writer:
        declared = ", ".join(f'"{key}" {kind}' for key, kind in kinds.items())
        writer.execute(f"CREATE TABLE given ({declared})")
        marks = ", ".join("?" for _ in kinds)
        for begin in range(0, len(given), 500):
            some = given[begin : begin + 500]
            values = [row.get(key) for row in some for key in kinds]
            writer.execute(f"INSERT INTO given VALUES {', '.join([f'({marks})'] * len(some))}", values)
        writer.execute(f"COPY given TO '{path}' (FORMAT parquet)")


SQL = {"integer": "BIGINT", "text": "VARCHAR", "category": "VARCHAR", "code": "VARCHAR", "boolean": "BOOLEAN"}
SQL |= {"date": "DATE", "timestamp": "TIMESTAMP", "decimal": "DECIMAL(18, 2)"}


def _cell(value):
    if isinstance(value, bool):
        return str(value).lower()
    said = "" if value is None else str(value)
    return f'"{said}"' if "," in said else said


def write_project(home, style, schema=None):
    """Write a project without its deliveries into a folder; return the catalogue. `schema` is that of its tables."""
    data = contract(style)
    if schema is not None:
        for name in (*BY_TIME, "persons", "municipalities"):
            data["sources"][name] = data["sources"][name] | {"table": f"{schema}.{name}"}
    kinds = {"region": "R", "hospital": "H", "provider": "P"}
    members = [
        {"id": f"{kind}-{n}", "kind": kind, "codes": [f"{letter}{n}"], "name": {"da": f"{kind} {n}"}}
        | ({} if kind == "region" else {"within": f"region-{n}"})
        for n in (1, 2, 3)
        for kind, letter in kinds.items()
    ]
    site = MINI_SITE.replace("omraade-et", "examples").replace("  /praksis/*\n", "")
    site = site.replace("        - Praksis: [praksis/index.md]\n", "")
    files = {
        "indicators.yaml": yaml.dump(data, Dumper=_Plain, allow_unicode=True, sort_keys=False),
        "organisations.yaml": yaml.dump({"organisations": members}, allow_unicode=True),
        "mkdocs.yml": site,
    }
    for page in ("index", "metode", "databeskyttelse", "tilgaengelighed"):
        files[f"content/da/{page}.md"] = f"# {page.capitalize()}\n"
    for name, said in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(said, encoding="utf-8")
    return data


class _Plain(yaml.SafeDumper):
    """Writes a value that is used twice, twice."""

    def ignore_aliases(self, _data):
        return True
