"""Every measure on the site stands where it belongs, with its number or with why it has none."""

import csv
import html
import json
import re
import shutil
from dataclasses import replace

import pytest

from vbs_site.catalogue.wording import flow_steps
from vbs_site.releases.bundle import read_bundle
from vbs_site.site.context import Context, make_environment
from vbs_site.site.pages import indicator
from vbs_site.site.results import index_results

RELEASE = "2026Q3"
LANGUAGES = [("", "da"), ("en/", "en")]


@pytest.fixture(scope="module")
def bundle(demo_site):
    return read_bundle(demo_site / "releases" / RELEASE)


def page(demo_site, address):
    return (demo_site / "site" / RELEASE / address / "index.html").read_text(encoding="utf-8")


def text(fragment):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", fragment)).split())


def rows(fragment):
    """Return the rows of tables that lead to a measure: its id to the text of its cells."""
    found = {}
    for row in re.findall(r"<tr.*?</tr>", fragment, re.DOTALL):
        link = re.search(r'href="[^"]*indikator/([a-z0-9-]+)/"', row)
        if link:
            cells = re.findall(r"<t[hd][ >].*?</t[hd]>", row, re.DOTALL)
            found[link[1]] = [text(each) for each in cells]
    return found


@pytest.mark.parametrize(("prefix", "language"), LANGUAGES)
def test_every_measure_has_a_page_and_stands_on_those_of_its_areas(demo_site, bundle, prefix, language):
    catalogue = bundle.catalogue
    measures = catalogue.indicators | catalogue.described
    listed = rows(page(demo_site, f"{prefix}indikator"))
    assert listed.keys() == measures.keys()
    for name, measure in measures.items():
        own = page(demo_site, f"{prefix}indikator/{name}")
        (heading,) = re.findall(r"<h1.*?</h1>", own, re.DOTALL)
        assert measure.title[language] in text(heading)
        for area in measure.areas:
            assert name in rows(page(demo_site, f"{prefix}omraade/{area}")), (name, area)


def test_the_newest_value_of_a_list_is_the_one_of_the_release(demo_site, bundle):
    results = index_results(bundle)
    context = Context(bundle, results, (), "da", make_environment(), "", "")
    shown = 0
    for area in bundle.catalogue.areas:
        for name, cells in rows(page(demo_site, f"omraade/{area}")).items():
            if name not in bundle.catalogue.indicators:
                continue
            period = results.common_period(name)
            result = next(each for each in results.national(name) if each.period == period)
            assert context.period(period) in cells[2]
            if result.shown:
                assert cells[2].startswith(text(context.value(result)))
                shown += 1
            else:
                assert context.status(result.status).lower() in cells[2]
    assert shown >= len(bundle.catalogue.areas)


@pytest.mark.parametrize(
    ("prefix", "language", "said"), [("", "da", "Ikke leveret"), ("en/", "en", "Not delivered")]
)
def test_a_described_measure_says_why_it_has_no_figure_and_never_shows_one(
    demo_site, bundle, prefix, language, said
):
    assert bundle.catalogue.described
    for name, measure in bundle.catalogue.described.items():
        own = page(demo_site, f"{prefix}indikator/{name}")
        assert said in text(own)
        assert text(html.escape(measure.lacking[language])) in text(own)
        for figure in ("vbs-card", "vbs-chart", "results.csv", "<svg class"):
            assert figure not in own[own.index('<div class="vbs-banner"') : own.rindex("</article>")]
        for area in measure.areas:
            assert said in " ".join(rows(page(demo_site, f"{prefix}omraade/{area}"))[name])


def test_front_page_counts_the_verdicts_of_each_area_and_region(demo_site, bundle):
    results, catalogue = index_results(bundle), bundle.catalogue
    front = page(demo_site, "")
    table = front[front.index('<table class="vbs-table vbs-matrix">') :]
    units = re.findall(r'organisation/([a-z-]+)/"', table[: table.index("</thead>")])
    assert len(units) == 5
    matrix = {
        area: [text(cell) for cell in re.findall(r"<td>.*?</td>", row, re.DOTALL)]
        for row in re.findall(r"<tr>.*?</tr>", table[: table.index("</tbody>")], re.DOTALL)
        for area in re.findall(r"omraade/([a-z-]+)/", row)
    }
    assert matrix.keys() == set(catalogue.areas)
    words = {"better": "bedre", "worse": "dårligere", "undecided": "kan ikke afgøres"}
    for area, cells in matrix.items():
        names = [name for name, each in catalogue.indicators.items() if area in each.areas]
        for unit, cell in zip(units, cells, strict=True):
            verdicts = []
            for name in names:
                kind = catalogue.levels(catalogue.indicators[name].units[0])[-1]
                found = results.at(name, results.statistics[name][0], kind, unit, results.common_period(name))
                verdicts += [found.comparison] if found is not None else []
            for verdict, word in words.items():
                counted = re.search(rf"(\d+) {word}", cell)
                assert int(counted[1] if counted else 0) == verdicts.count(verdict), (area, unit, cell)


def test_front_page_shows_the_same_measures_in_both_languages(demo_site, bundle):
    shown = [
        re.findall(
            r'<li><a href="[^"]*indikator/([a-z0-9-]+)/"', page(demo_site, prefix).partition('id="matrix"')[0]
        )
        for prefix, _ in LANGUAGES
    ]
    assert shown[0] == shown[1]
    assert len(shown[0]) >= 2 * len(bundle.catalogue.areas)


def test_targets_stand_with_their_own_label_and_dates(demo_site, bundle):
    dated = [
        (name, each)
        for name, measure in (bundle.catalogue.indicators | bundle.catalogue.described).items()
        for each in measure.targets
    ]
    assert dated
    for name, target in dated:
        own = text(page(demo_site, f"indikator/{name}"))
        assert f"{target.label['da']} :" in own
        for day in (target.valid_from, target.valid_to):
            assert day is None or f"{day.year}" in own


def test_steps_from_source_to_figure_stand_as_a_list_and_a_drawing(demo_site, bundle):
    for name in bundle.catalogue.indicators:
        own = page(demo_site, f"indikator/{name}")
        flow = own[own.index('id="flow"') : own.index('id="quality"')]
        steps = flow_steps(bundle.catalogue, name, "da")
        told = [text(each) for each in re.findall(r"<li.*?</li>", flow, re.DOTALL)]
        for step, each in zip(steps, told, strict=bool(steps)):
            assert each.startswith(step.short)
            assert each.endswith(step.text)
        assert flow.count("<rect") == len(steps)


def test_counts_of_the_steps_are_shown_where_the_release_has_them(bundle, tmp_path):
    name = "akut-genindlaeggelse-30-dage"
    period = index_results(bundle).common_period(name).id
    folder = shutil.copytree(bundle.folder, tmp_path / RELEASE)
    with (folder / "flow.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("indicator", "period", "step", "count"))
        table.writerows(
            [(name, period, "rows", 12345), (name, period, "excluded_2", ""), (name, "1999", "where", 7)]
        )
    moved = replace(bundle, folder=folder)
    context = Context(moved, index_results(moved), (), "da", make_environment(), "", "")
    flow = indicator.fragments(context, name)["flow"]
    assert flow.count("n = 12.345") == 2, "in the list and in the drawing"
    assert flow.count("n = #") == 2, "a count that is not shown is a sign"
    assert "n = 7" not in flow


def test_search_and_sitemap_know_the_described_measures(demo_site, bundle):
    site = demo_site / "site" / RELEASE
    places = {
        each["location"]
        for each in json.loads((site / "search/search_index.json").read_text(encoding="utf-8"))["docs"]
    }
    sitemap = (site / "sitemap.xml").read_text(encoding="utf-8")
    for name in bundle.catalogue.described:
        assert f"indikator/{name}/" in places
        assert f"/indikator/{name}/<" in sitemap
    assert "vbs-shell" not in sitemap
    assert not (site / "beskrevet").exists()
