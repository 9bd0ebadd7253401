"""Stays and admissions of the demo country are what people would expect of them."""

from functools import partial

import pytest
import yaml
from sqlglot import exp, parse_one

from vbs_site.catalogue.loading import checked, load
from vbs_site.catalogue.reading import Document, read
from vbs_site.engines.duckdb_engine import connect
from vbs_site.engines.engine import Settings, open_engine
from vbs_site.extracts.deliveries import find_deliveries
from vbs_site.extracts.prepare import prepare
from vbs_site.measures.derived import with_derived

STAYS = """
stays:
  title: {da: Sygehusophold, en: Hospital stays}
  rows: {da: sygehusophold, en: hospital stays}
  derive:
    chain: contacts
    where: {contact_kind: {in: [inpatient, outpatient]}}
    gap: "<= 4 hours"
    take: {hospital: first, acute: first, diagnosis: first, drg_value: sum, contacts: count}
admissions:
  title: {da: Indlæggelser, en: Admissions}
  rows: {da: indlæggelser, en: admissions}
  derive: {select: stays, lasting: ">= 12 hours"}
"""


@pytest.fixture(scope="module")
def answer(demo_extracts, tmp_path_factory, request):
    """Answer a SELECT with one row over contacts, stays and admissions."""
    home = request.config.rootpath
    data = read(home / "indicators.yaml")[0].data
    data["sources"] |= yaml.safe_load(STAYS)
    catalogue = checked(Document(data=data))[0]
    organisations = load(home / "indicators.yaml").organisations
    cache = tmp_path_factory.mktemp("cache")
    spill, settings = cache / ".spill-test", Settings(memory_mb=512, threads=1)
    deliveries = find_deliveries(catalogue, organisations, demo_extracts, {"contacts"})
    ready = prepare(
        catalogue, organisations, deliveries, cache, partial(connect, 512, spill, 1), lambda _: None
    )
    relations = with_derived(catalogue, ready.relations, {"admissions"}, cache, spill, settings)

    def one_row(query):
        parsed = parse_one(query, dialect="duckdb")
        assert isinstance(parsed, exp.Query)
        return engine.rows(parsed)[0]

    with open_engine(settings, relations, ready.folders, spill) as engine:
        yield one_row


def test_every_physical_contact_is_in_exactly_one_stay(answer):
    contacts = answer("SELECT count(*), sum(drg_value) FROM contacts WHERE contact_kind <> 'virtual'")
    assert answer("SELECT sum(contacts), sum(drg_value) FROM stays") == contacts
    (stays,) = answer("SELECT count(*) FROM stays")
    assert 0.5 * contacts[0] < stays < contacts[0]


def test_stays_of_a_person_lie_more_than_four_hours_apart(answer):
    ends = 'max(coalesce("end", start)) OVER (PARTITION BY person_id ORDER BY start ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)'
    apart = f"SELECT start, {ends} AS before FROM stays"
    assert answer(f"SELECT count(*) FROM ({apart}) WHERE start <= before + INTERVAL 4 HOUR") == (0,)


def test_a_stay_can_go_over_several_hospitals_and_counts_at_the_first(answer):
    joined = "contacts AS c ON c.person_id = s.person_id AND c.start BETWEEN s.start AND s.\"end\" AND c.contact_kind <> 'virtual'"
    (elsewhere,) = answer(f"SELECT count(*) FROM stays AS s JOIN {joined} WHERE c.hospital <> s.hospital")
    assert elsewhere > 0
    (opening,) = answer(
        "SELECT count(*) FROM stays AS s JOIN contacts AS c ON c.contact_id = s.contact_id WHERE c.hospital = s.hospital AND c.start = s.start"
    )
    assert (opening,) == answer("SELECT count(*) FROM stays")


def test_admissions_are_the_stays_of_twelve_hours_or_more(answer):
    long = answer('SELECT count(*), sum(drg_value) FROM stays WHERE "end" - start >= INTERVAL 12 HOUR')
    assert answer("SELECT count(*), sum(drg_value) FROM admissions") == long
    assert 0 < long[0] < answer("SELECT count(*) FROM stays")[0]
