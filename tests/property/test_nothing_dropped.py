"""Rows delivered are rows used plus rows set aside, whatever is wrong with them and whatever the catalogue says of it."""

import tempfile
from collections import Counter
from functools import partial
from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.deliveries import GOOD, rows_of

from vbs_site.catalogue.loading import load
from vbs_site.engines.duckdb_engine import connect
from vbs_site.extracts.deliveries import find_deliveries
from vbs_site.extracts.prepare import prepare

ANSWERS = st.sampled_from(["set_aside", "report"])
CHECKS = st.fixed_dictionaries(
    dict.fromkeys(("type", "range", "category", "code", "order", "beyond", "unit"), ANSWERS)
    | {"required": st.just("set_aside")}
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "person_id": st.sampled_from(["1", "2", "", "x"]),
            "hospital": st.sampled_from(["H1", "H2", "H9", ""]),
            "start": st.sampled_from(
                ["2026-01-05 08:00", "2026-05-05 08:00", "2028-01-01", "1700-01-01", "soon", ""]
            ),
            "end": st.sampled_from(["2026-06-05 08:00", "2026-01-01", "later", ""]),
            "kind": st.sampled_from(["inpatient", "other", ""]),
            "acute": st.sampled_from(["true", "false", "perhaps", ""]),
            "diagnosis": st.sampled_from(["DJ44", "44", ""]),
            "cost": st.sampled_from(["1.50", "-1", "dear", ""]),
        }
    ),
    min_size=1,
    max_size=12,
)


@given(ROWS, CHECKS)
@settings(max_examples=60, deadline=None)
def test_rows_delivered_are_rows_used_and_rows_set_aside(rows, checks):
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        raw = yaml.safe_load(GOOD.read_text(encoding="utf-8"))
        raw["sources"]["contacts"] |= {"checks": checks, "files": "contacts/{region}.csv"}
        (home / "catalogue.yaml").write_text(yaml.safe_dump(raw), encoding="utf-8")
        (home / "organisations.yaml").write_bytes((GOOD.parent / "organisations.yaml").read_bytes())
        (home / "extracts" / "contacts").mkdir(parents=True)
        lines = [",".join(["contact_id", *rows[0]])]
        lines += [",".join([str(place), *row.values()]) for place, row in enumerate(rows)]
        (home / "extracts" / "contacts" / "region-1.csv").write_text(
            "\n".join(lines) + "\n", encoding="utf-8"
        )
        loaded = load(home / "catalogue.yaml")
        found = prepare(
            loaded.catalogue,
            loaded.organisations,
            find_deliveries(loaded.catalogue, loaded.organisations, home / "extracts", {"contacts"}),
            home / "cache",
            partial(connect, 256, home / "spill", 1),
            lambda _: None,
        )
        counted = Counter()
        for each in found.quality:
            counted[each.check] += each.count
        used = rows_of(found, "contacts", "contact_id")
        assert counted["rows"] == len(rows) == len(used) + counted["set_aside"]
        faults = sum(counted[check] for check, answer in checks.items() if answer == "set_aside")
        assert (counted["set_aside"] > 0) == (faults > 0)
        assert counted["set_aside"] <= faults
