"""Policies with their wordings, and who decided what: what the catalogue holds, and what the pages say of it."""

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from unit.wording_catalogues import ROOT

from vbs_site.catalogue.loading import load
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import Organisation, Organisations
from vbs_site.releases.bundle import Bundle, _dates
from vbs_site.site.context import Context, make_environment
from vbs_site.site.pages import groups, policy
from vbs_site.site.results import Result, index_results

GOOD = ROOT / "tests" / "bad_catalogues" / "good"
PART = """
policies:
  pool:
    title: {da: Puljen, en: The pool}
    summary: {da: Penge for færre ophold, en: Money for fewer stays}
    state: retired
    areas: [care]
    unit: region
    valid_from: {when: 2019, said: {da: Begyndt med en aftale, en: Begun by an agreement}, source: {da: lov, en: act}}
    valid_to: {said: {da: Afskaffet, en: Abolished}, source: {da: lov, en: act}}
    criteria:
      stays:
        title: {da: Ophold, en: Stays}
        indicator: readmission
        wordings:
          - {when: 2018, text: {da: Færre forløb, en: Fewer courses}, source: {da: rapport, en: report}}
          - {when: 2021-06-30, text: {da: Færre ophold, en: Fewer stays}, source: {da: brev, en: letter}}
      cost:
        title: {da: Pris, en: Cost}
        indicator: cost
        wordings:
          - {when: 2018, text: {da: Lavere pris, en: Lower cost}, source: {da: rapport, en: report}}
    fulfilment:
      steps: [{criteria: 1, share: 0.33}]
      source: {da: lov, en: act}
    unknown: [{da: Basisåret, en: The baseline year}]
groups:
  experts:
    title: {da: Eksperterne, en: The experts}
    areas: [care]
    began: 2017
    ended: 2018-03
    composition: [{da: læger fra hver region, en: doctors from each region}]
    source: {da: "https://example.org/rapport", en: "https://example.org/report"}
  editors:
    title: {da: Redaktionen, en: The editors}
    demonstration: true
    source: {da: kataloget, en: the catalogue}
decisions:
  agreement:
    title: {da: Enighed om mål, en: Agreement on measures}
    groups: [experts]
    outcome: agreed
    decided: {da: Målene, en: The measures}
    why: {da: Patienterne, en: The patients}
    source: {da: rapport, en: report}
  no-sum:
    title: {da: Ingen samlet score, en: No total score}
    groups: [editors]
    when: 2018-11
    outcome: rejected
    measures: [hip-score, pool]
    decided: {da: Ingen sum, en: No total}
    why: {da: Vildledende, en: Misleading}
    source: {da: kataloget, en: the catalogue}
"""
REGIONS = {"north": "Nord", "south": "Syd"}


@pytest.fixture(scope="module")
def path_of_catalogue(tmp_path_factory):
    """The path of a catalogue with a policy, two groups and two decisions."""
    folder = shutil.copytree(GOOD, tmp_path_factory.mktemp("policies") / "catalogue")
    path = folder / "catalogue.yaml"
    text = path.read_text(encoding="utf-8").replace(
        "  care: {title: {da: Pleje, en: Care}}",
        "  care: {title: {da: Pleje, en: Care}}\n  rest: {title: {da: Ro, en: Rest}}",
    )
    path.write_text(text + PART, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def catalogue(path_of_catalogue):
    return load(path_of_catalogue).catalogue


def result(unit, value, *, kind="region", status="shown"):
    given = dict.fromkeys(Result._fields)
    return given | {
        "indicator": "readmission",
        "statistic": "proportion",
        "unit_kind": kind,
        "unit": unit,
        "period": "2025Q1",
        "stratum": "all",
        "status": status,
        "n": 40,
        "value": value,
    }


@pytest.fixture(params=["da", "en"])
def context(request, catalogue):
    """A release in which one region's share is shown and the other's is hidden."""
    rows = pd.DataFrame(
        [
            result("national", 0.111, kind="national"),
            result("north", 0.123),
            result("south", 0.456, status="suppressed") | {"value": None, "n": None},
        ]
    )
    organisations = Organisations.of(
        [
            Organisation(id=each, kind="region", name={"da": name, "en": name})
            for each, name in REGIONS.items()
        ]
    )
    words = {"sentence": "", "lines": [], "statistics": {"proportion": "andel"}}
    bundle = Bundle(
        folder=Path(),
        manifest={"release": "2025Q1"},
        catalogue=catalogue,
        organisations=organisations,
        definitions={"readmission": {"da": words, "en": words}},
        deliveries={"latest": "2025-04-01"},
        results=rows.astype({"n": "Int64", "numerator": "Int64"}),
        quality=pd.DataFrame(),
        tables={},
    )
    return Context(bundle, index_results(bundle), (), request.param, make_environment(), "", "")


def words(html):
    """Return what a reader sees of a fragment, tags taken out."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_abolished_policy_stands_with_what_is_known_and_no_target():
    found = load(ROOT / "indicators.yaml").catalogue.policies["naerhedsfinansiering"]
    assert found.state == "retired"
    assert (found.valid_from.when, found.valid_to.when) == (2019, None)
    assert [(step.criteria, step.share) for step in found.fulfilment.steps] == [
        (1, 0.33),
        (2, 0.66),
        (3, 1.0),
    ]
    assert list(found.criteria) == [
        "sygehusforloeb",
        "kronisk-sygdom",
        "akut-genindlaeggelse",
        "virtuelle-kontakter",
    ]
    times = [[each.when for each in one.wordings] for one in found.criteria.values()]
    assert times == [[2018, 2021, 2023]] * 4
    hospital, chronic, _, virtual = (
        [each.text["da"] for each in one.wordings] for one in found.criteria.values()
    )
    assert ["forløb" in hospital[1], "ophold" in hospital[2]] == [True, True]
    assert [len(set(each)) for each in (chronic, virtual)] == [3, 3]
    assert len(found.unknown) >= 5


def test_each_area_has_its_working_group_and_no_group_names_a_person():
    found = load(ROOT / "indicators.yaml").catalogue
    diseases = set(found.areas) - {"naerhed"}
    assert len(diseases) == 7
    assert diseases <= {
        area for name, each in found.groups.items() for area in each.areas if "arbejdsgruppe" in name
    }
    outcomes = {each.outcome for each in found.decisions.values()}
    assert outcomes == {"agreed", "recommended", "rejected", "deferred"}
    of_catalogue = [each for each in found.decisions.values() if each.groups == ["kataloggruppen"]]
    assert len(of_catalogue) >= 5
    assert all(each.when is not None for each in of_catalogue)
    assert found.groups["kataloggruppen"].demonstration


def test_the_page_shows_todays_figures_and_hides_what_is_hidden(context):
    html = policy.page(context)
    assert {"da": "12,3\xa0%", "en": "12.3%"}[context.language] in html
    assert {"da": "11,1\xa0%", "en": "11.1%"}[context.language] in html
    assert "45" not in html
    hidden = html[html.index("vbs-none") :]
    assert hidden.index("#") < hidden.index("</td>")


def test_the_page_says_the_rule_and_what_is_not_known(context):
    text = words(policy.page(context))
    expected = {
        "da": (
            "Afskaffet ordning",
            "Begyndt: 2019.",
            "Ophørt: ikke kendt.",
            "1 eller flere 33 %",
            "Basisåret",
        ),
        "en": ("Abolished policy", "Began: 2019.", "Ended: not known.", "1 or more 33%", "The baseline year"),
    }
    assert [each for each in expected[context.language] if each not in text] == []


def test_the_wordings_stand_side_by_side_in_the_original_language(context):
    html = policy.page(context)
    head, body = re.search(
        r"<thead>(?:(?!<thead>).)*?2018.*?</thead>\s*<tbody>(.*?)</tbody>", html, re.DOTALL
    ).group(0, 1)
    assert words(head).index("2018") < words(head).index(
        {"da": "30. juni 2021", "en": "30 June 2021"}[context.language]
    )
    stays, cost = re.findall(r"<tr>.*?</tr>", body, re.DOTALL)
    assert stays.index("Færre forløb") < stays.index("Færre ophold")
    assert {"da": "Ikke kendt", "en": "Not known"}[context.language] in cost
    assert ('lang="da">Færre forløb' in stays) == (context.language == "en")


def test_decisions_stand_by_who_made_them(context):
    html = groups.page(context)
    order = [
        "arbejdsgruppers" if context.language == "da" else "working groups",
        'id="agreement"',
        'id="no-sum"',
    ]
    places = [html.lower().index(each) for each in order]
    assert places == sorted(places)
    own = html.index({"da": "Katalogets egne", "en": "The catalogue&#39;s own"}[context.language])
    assert html.index('id="agreement"') < own < html.index('id="no-sum"')


def test_a_decision_says_when_why_what_it_is_about_and_who(context):
    html = groups.page(context)
    text = words(html)
    expected = {
        "da": ("tidspunktet kendes ikke", "november 2018", "Fravalgt", "Vildledende", "2017\u2013marts 2018"),
        "en": ("time not known", "November 2018", "Rejected", "Misleading", "2017\u2013March 2018"),
    }
    assert [each for each in expected[context.language] if each not in text] == []
    for link in ("../indikator/hip-score/", "../naerhed/#pool", "#gruppe-editors", "https://example.org/r"):
        assert f'href="{link}' in html


def test_an_area_lists_its_groups_and_the_decisions_about_it(context):
    html = groups.of_area(context, "care")
    assert "../../beslutninger/#gruppe-experts" in html
    assert "../../beslutninger/#agreement" in html
    assert "../../beslutninger/#no-sum" in html
    assert groups.of_area(context, "rest") == ""


def test_times_are_as_precise_in_a_release_as_in_the_catalogue(path_of_catalogue):
    loaded = load(path_of_catalogue)
    written = json.loads(json.dumps(loaded.document.data, default=str))
    assert Catalogue.model_validate(_dates(written)) == loaded.catalogue
