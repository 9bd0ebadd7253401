"""Three regions with a measure of every kind: rows delivered by each, computed together and in parts."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import duckdb
import yaml
from engines import RUN

from vbs_site.catalogue.loading import Loaded, checked
from vbs_site.catalogue.organisations import Organisation, Organisations
from vbs_site.catalogue.reading import Document
from vbs_site.engines.duckdb_engine import DuckDB
from vbs_site.engines.relations import DELIVERER, sql_type
from vbs_site.engines.tiny_tables import as_text
from vbs_site.extracts.deliveries import Deliveries, Delivery
from vbs_site.extracts.prepare import Prepared
from vbs_site.extracts.quality import Quality
from vbs_site.measures.aggregates import Aggregates, compute, sources_used
from vbs_site.measures.combine import combine
from vbs_site.measures.derived import derivation

METHOD = Path(__file__).parents[1] / "vbs_site" / "method"
MINI = yaml.safe_load((METHOD / "catalogue.yaml").read_text(encoding="utf-8"))
COMMON = yaml.safe_load((METHOD / "common.yaml").read_text(encoding="utf-8"))["indicator"]
REGIONS = ("region-1", "region-2", "region-3")
OF_CONTACTS = {"from": "contacts"}
SOON = {"followed_by": {"within": "30 days"}}
BY_PERSON = ("contacts", "procedures", "pro")
SEX_AND_AGE = {"sex": {"type": "category", "values": ["K", "M"], "title": {"da": "køn", "en": "sex"}}}

INDICATORS: dict[str, dict[str, Any]] = {
    "readmission": {
        "kind": "proportion",
        "of": {"from": "contacts", "at": "end", "where": {"kind": "inpatient"}},
        "exclude": [
            {"died": "before_or_at"},
            {"preceded_by": {"where": {"acute": True}, "within": "2 days"}},
        ],
        "event": {"followed_by": {"where": {"kind": "inpatient"}, "after": "4 hours", "within": "30 days"}},
        "stratify": ["sex"],
        "stratify_down_to": "hospital",
    },
    "virtual": {
        "kind": "proportion",
        "units": ["hospital", "residence"],
        "of": OF_CONTACTS,
        "event": {"where": {"kind": "virtual"}},
        "period": "rolling_year",
        "report_from": dt.date(2025, 1, 1),
    },
    "first-stays": {
        "kind": "proportion",
        "units": ["hospital", "residence"],
        "of": {"from": "stays"},
        "event": {"where": {"acute": True}},
    },
    "first-ever": {
        "kind": "proportion",
        "of": OF_CONTACTS | {"only_first": "ever"},
        "event": {"died": "within 30 days"},
    },
    "washed-out": {
        "kind": "proportion",
        "of": OF_CONTACTS | {"washout": "30 days"},
        "event": {"where": {"acute": True}},
    },
    "courses": {
        "kind": "rate",
        "units": ["residence"],
        "of": OF_CONTACTS | {"chain": {"gap": "24 hours"}},
        "per": {"from": "population", "sum": "persons", "unit": "region", "at": "date"},
    },
    "persons-time": {
        "kind": "rate",
        "of": OF_CONTACTS,
        "event": SOON,
        "per": {"person_time": "days"},
    },
    "cost-of-chronic": {
        "kind": "mean",
        "units": ["residence"],
        "cohort": {
            "from": "contacts",
            "where": {"diagnosis": {"in": "copd"}},
            "within": "4 quarters",
            "alive": True,
        },
        "value": {"sum": "cost", "from": "contacts"},
    },
    "length": {
        "kind": "mean",
        "of": OF_CONTACTS,
        "value": {"days": ["start", "end"]},
        "stratify": ["age_band"],
    },
    "visits-after": {
        "kind": "mean",
        "units": ["hospital", "residence"],
        "of": {"from": "procedures"},
        "value": {"followed_by": {"from": "contacts", "within": "60 days", "pick": "sum", "value": "cost"}},
    },
    "score": {
        "kind": "change",
        "instrument": "OHS",
        "direction": "higher",
        "of": {"from": "procedures"},
        "measure": {
            "from": "pro",
            "value": "score",
            "baseline": {"window": ["-90 days", "0 days"], "pick": "last"},
            "follow_up": {"window": ["30 days", "90 days"], "pick": "first"},
        },
        "improved": "mic_individual",
    },
    "free-of-contact": {
        "kind": "time_to_event",
        "of": {"from": "procedures"},
        "event": {"followed_by": {"from": "contacts", "within": "30 days"}},
    },
    "standard-rate": {
        "kind": "standardised_rate",
        "units": ["residence"],
        "of": OF_CONTACTS,
        "per": {"from": "population", "sum": "persons", "unit": "region", "at": "date"},
        "by": ["sex"],
        "standard": {"from": "population", "sum": "persons", "at": "date", "day": dt.date(2026, 1, 1)},
    },
    "standard-ratio": {
        "kind": "standardised_ratio",
        "of": OF_CONTACTS,
        "event": SOON,
        "by": ["sex", "age_band"],
    },
    "adjusted": {
        "kind": "adjusted_change",
        "instrument": "OHS",
        "direction": "higher",
        "units": ["provider"],
        "period": "year",
        "of": {"from": "records", "at": "year"},
        "pair": {"baseline": "before", "follow_up": "after", "expected": "expected"},
        "reference": {"from": "published", "value": "gain", "at": "year"},
    },
    "answered": {
        "kind": "share_of_sum",
        "units": ["provider"],
        "period": "year",
        "of": {"from": "records", "at": "year"},
        "numerator": "returned",
        "denominator": "sent",
    },
    "cost-per-virtual": {
        "kind": "ratio",
        "numerator": {"indicator": "length", "statistic": "sum"},
        "denominator": {"indicator": "standard-ratio", "statistic": "n"},
    },
}
ACROSS = {
    "readmission",
    "first-stays",
    "first-ever",
    "washed-out",
    "courses",
    "persons-time",
    "cost-of-chronic",
    "visits-after",
    "score",
    "free-of-contact",
    "standard-ratio",
    "cost-per-virtual",
}
"""Indicators that contacts of own hospitals cannot answer."""


def three_regions(*names, **about):
    """Return the catalogue of the examples with these measures (all when none is named), delivered by three regions."""
    sources = {name: dict(source) for name, source in MINI["sources"].items()}
    for name in BY_PERSON:
        sources[name] |= {"files": f"{name}/{{region}}.parquet"}
    population = sources["population"]
    sources["population"] = population | {
        "columns": population["columns"] | SEX_AND_AGE,
        "key": ["region", "date", "sex"],
    }
    data = MINI | {
        "sources": sources,
        "catalogue": MINI["catalogue"] | about,
        "indicators": {
            name: COMMON | {"title": {"da": name, "en": name}} | INDICATORS[name]
            for name in names or INDICATORS
        },
    }
    document = Document(data=data)
    return Loaded(Path("indicators.yaml"), checked(document)[0], document, organisations(), ())


def organisations():
    """Return three regions with a hospital and a clinic each; a hospital of the first has two codes."""
    members = []
    for number in (1, 2, 3):
        region = f"region-{number}"
        names = {"da": region, "en": region}
        codes = [f"H{number}", *(["H0"] if number == 1 else [])]
        members += [
            Organisation(id=region, kind="region", name=names, codes=[f"R{number}"]),
            Organisation(id=f"hospital-{number}", kind="hospital", name=names, within=region, codes=codes),
            Organisation(
                id=f"clinic-{number}", kind="provider", name=names, within=region, codes=[f"P{number}"]
            ),
        ]
    return Organisations.of(members)


def delivered(loaded, deliverers=REGIONS, until="2026-10-01", basis="everything", **days):
    """Return deliveries of these regions, each complete to a day of its own if one is named."""
    found = {}
    for name in sorted(sources_used(loaded)):
        source = loaded.catalogue.sources[name]
        if source.delivered_by is None:
            # Own extracts differ between regions; what is one's own names the region.
            place = deliverers[0] if basis != "everything" and len(deliverers) == 1 else ""
            files = {None: (Path(f"/extracts/{place}{name}.parquet"),)}
            stated = {None: dt.date.fromisoformat(until)} if source.time else {}
            found[name] = Delivery(name, files, stated)
        else:
            files = {each: (Path(f"/extracts/{name}/{each}.parquet"),) for each in deliverers}
            stated = {
                each: dt.date.fromisoformat(days.get(each.replace("-", "_"), until)) for each in deliverers
            }
            found[name] = Delivery(name, files, stated)
    return Deliveries(Path("/extracts"), synthetic=True, by_source=found, basis=basis)


def rows_of(region):
    """Return what a region delivers: two contacts of a person, an operation with an answer after it, a clinic's record."""
    n = REGIONS.index(region) + 1
    person, hospital = 10 * n, f"H{n}"
    start = [dt.datetime.fromisoformat(day) for day in ("2026-01-05T08:00", "2026-01-09T08:00")]
    kinds = ["inpatient", "virtual"]
    contact = {"person": person, "hospital": hospital, "acute": "yes", "diagnosis": "DJ44", "cost": "0.01"}
    return {
        "contacts": [
            contact
            | {"id": 100 * n + i, "start": start[i], "end": start[i], "kind": kinds[i], DELIVERER: region}
            for i in range(2)
        ],
        "procedures": [
            {
                "id": n,
                "person": person,
                "hospital": hospital,
                "code": "KNFB20",
                "date": dt.date(2026, 2, 1),
                DELIVERER: region,
            }
        ],
        "persons": [{"person": person, "birth": "1950-01-01", "sex": "K", "municipality": 100 + n}],
        "records": [{"id": n, "provider": f"P{n}", "year": 2026, "sent": 9, "returned": 1}],
    }


def everyone():
    """Return what all regions deliver, and the places that people live in."""
    found = {"municipalities": [{"municipality": 100 + n, "region": f"R{n}"} for n in (1, 2, 3)]}
    for region in REGIONS:
        for source, given in rows_of(region).items():
            found[source] = found.get(source, []) + given
    return found


class Computing:
    """An engine that is filled with rows (source to rows with `_deliverer`) and computes them."""

    def __init__(self):
        self.connection = RUN.enter_context(duckdb.connect(config={"threads": 1}))

    def fill(self, name, columns, rows):
        declared = ", ".join(f'"{key}" {kind}' for key, kind in columns.items())
        self.connection.execute(f'CREATE OR REPLACE TABLE "{name}" ({declared})')
        if rows:
            one = ", ".join(f"CAST(? AS {kind})" for kind in columns.values())
            values = [as_text(row.get(key), kind) for row in rows for key, kind in columns.items()]
            self.connection.execute(
                f'INSERT INTO "{name}" VALUES {", ".join([f"({one})"] * len(rows))}', values
            )

    def compute(self, loaded, deliveries, tables, **options) -> Aggregates:
        """Return the aggregates of the rows; `options` as for `compute`."""
        catalogue = loaded.catalogue
        for name in sources_used(loaded):
            columns = {key: sql_type(each) for key, each in catalogue.sources[name].columns.items()}
            self.fill(name, columns | {DELIVERER: "TEXT"}, tables.get(name, []))
        for name in catalogue.derived_of(catalogue.sources):
            query = derivation(catalogue, name).sql("duckdb")
            self.connection.execute(f'CREATE OR REPLACE VIEW "{name}" AS {query}')
        prepared = _prepared(deliveries, tables)
        return compute(loaded, deliveries, prepared, DuckDB(self.connection), lambda _: None, **options)


def _prepared(deliveries, tables):
    """Return what the checks would say: the rows of each delivery, and a checksum that follows the rows."""
    quality, sums = [], {}
    for name, delivery in deliveries.by_source.items():
        for deliverer, paths in delivery.files.items():
            rows = [row for row in tables.get(name, []) if row.get(DELIVERER) == deliverer]
            quality.append(Quality(name, deliverer or "", "", "", "rows", "", len(rows), len(rows)))
            for path in paths:
                text = f"{path}{rows!r}"
                sums[path.relative_to(deliveries.folder).as_posix()] = hashlib.sha256(
                    text.encode()
                ).hexdigest()
    return Prepared({}, (), tuple(sorted(quality)), sums)


def saved(aggregates, folder):
    """Return the folder that the aggregates were saved in."""
    folder.mkdir(parents=True, exist_ok=True)
    aggregates.save(folder)
    return folder


def table_bytes(folder):
    return (folder / "aggregates.parquet").read_bytes()


def combined_bytes(loaded, parts, folder, **options):
    """Return the table of the parts together, as it is saved."""
    return table_bytes(saved(combine(loaded, parts, **options).aggregates, folder))
