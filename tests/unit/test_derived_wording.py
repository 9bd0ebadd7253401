"""What a definition says about derived rows, in both languages."""

from spec.test_derived import BY_LAST, with_sources

from vbs_site.catalogue.wording import definition
from vbs_site.catalogue.wording.derived import explained
from vbs_site.catalogue.wording.speech import speaking

SHARE = {"kind": "proportion", "of": {"from": "long", "at": "end"}, "event": {"where": {"acute": True}}}


def catalogue():
    return with_sources(SHARE, long={"select": "stays", "where": {"acute": False}, "lasting": "> 1 days"})


def lines(language):
    return {line.topic: line.text for line in definition(catalogue(), "example", language)}


def test_a_definition_explains_derived_rows_from_the_chosen_ones_to_the_delivered():
    assert lines("da")["derived"] == (
        "Forløb er sygehusophold ikke markeret som akut, der varer over 1 dag. De, der mangler sluttidspunkt, er ikke med. "
        "Sygehusophold dannes af hospitalskontakter med »indlæggelse« eller »fremmøde« som kontakttype: de, der hører til "
        "samme person og overlapper eller ligger højst 4 timer fra hinanden, regnes sammen som én, også på tværs af "
        "hospitaler og regioner. Som starttidspunkt gælder den tidligste værdi, som sluttidspunkt den seneste. En, der "
        "mangler sluttidspunkt, regnes fra starttidspunkt, og så mangler sluttidspunkt også for helheden. Som hospital, akut "
        "og aktionsdiagnose gælder værdien i den, der begynder først (af flere med samme starttidspunkt den med laveste "
        "kontaktnummer). Som udgift gælder summen. Som antal hospitalskontakter gælder, hvor mange der er regnet sammen."
    )
    assert lines("en")["derived"].startswith(
        "Courses are hospital stays not marked as acute that last more than 1 day. Those without end are left out. "
        "Hospital stays are made of hospital contacts with “inpatient stay” or “outpatient visit” as contact type: those "
        "of one person that overlap or lie at most 4 hours apart are counted together as one"
    )


def test_the_source_of_derived_rows_is_what_was_delivered():
    assert lines("da")["source"] == "Hospitalskontakter."
    assert lines("en")["source"] == "Hospital contacts."


def test_a_measure_of_delivered_rows_has_nothing_to_explain():
    topics = [
        line.topic for line in definition(with_sources(long=BY_LAST | {"chain": "contacts"}), "example", "da")
    ]
    assert "derived" not in topics


def test_a_bound_of_no_time_at_all_is_said_in_words():
    found = with_sources(
        overlap={"chain": "contacts", "gap": "< 0 hours"}, touching={"chain": "contacts", "gap": "<= 0 hours"}
    )
    speech = speaking(found, "en")
    assert "that overlap are counted together" in explained(speech, "overlap")
    assert "that overlap or follow one another at once are counted together" in explained(speech, "touching")
