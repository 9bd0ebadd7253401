"""The page about data protection says the policy of the release, and the sign is explained wherever it can stand."""

import csv
import html
import re
from collections import Counter
from dataclasses import replace

import pytest

from vbs_site.catalogue.protection import told
from vbs_site.releases.bundle import read_bundle
from vbs_site.site.context import Context, make_environment
from vbs_site.site.docs import write_docs
from vbs_site.site.pages import protection
from vbs_site.site.results import index_results
from vbs_site.site.words import say

RELEASE = "2026Q3"
LANGUAGES = [("", "da"), ("en/", "en")]
SIGN = re.compile(r">\s*#\s*<|n = #")
NOTE = re.compile(r'<p class="vbs-note vbs-sign-note"[^>]*>(.*?)</p>', re.DOTALL)
POLICY = {
    "threshold": 5,
    "zeros_shown": True,
    "complement": True,
    "width": 3,
    "dominance": 10,
    "round_to": None,
}


@pytest.fixture(scope="module")
def bundle(demo_site):
    return read_bundle(demo_site / "releases" / RELEASE)


@pytest.fixture(scope="module")
def made_under(bundle):
    """Return a function that gives the page of a release whose manifest states a policy, as text with single spaces."""

    def rendered(stated, language="en", catalogue=bundle.catalogue):
        manifest = bundle.manifest | {"protection": stated}
        other = replace(bundle, manifest=manifest, catalogue=catalogue)
        return protection.page(Context(other, index_results(other), (), language, make_environment(), "", ""))

    return rendered


def text(fragment):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", fragment)).split())


def page(demo_site, address):
    return (demo_site / "site" / RELEASE / address / "index.html").read_text(encoding="utf-8")


def table(fragment, identity):
    """Return the rows of a table as lists of cells, without its head."""
    (found,) = re.findall(rf'<table class="vbs-table" id="{identity}">.*?</table>', fragment, re.DOTALL)
    body = found.split("<tbody>")[1]
    rows = re.findall(r"<tr>.*?</tr>", body, re.DOTALL)
    return [[text(cell) for cell in re.findall(r"<t[hd][ >].*?</t[hd]>", row, re.DOTALL)] for row in rows]


@pytest.mark.parametrize(("prefix", "language"), LANGUAGES)
def test_the_page_says_the_policy_of_the_catalogue_between_the_words_that_people_wrote(
    demo_site, bundle, prefix, language
):
    said = text(page(demo_site, f"{prefix}databeskyttelse"))
    policy = bundle.catalogue.disclosure
    small = {"da": "Antal fra {} til {} vises ikke.", "en": "Counts from {} to {} are not shown."}
    parts = [
        say("protection_page", language),
        small[language].format(1 if policy.zeros_shown else 0, policy.threshold - 1),
        say("policy_width", language).format(policy.least_width)
        if "default" in bundle.manifest["protection"]
        else "",
        say("limits_1", language),
        "15,8–100,0",
    ]
    places = [said.index(part) for part in parts if part]
    assert places == sorted(places)
    assert "ikke gør endnu" not in said and "does not do yet" not in said
    assert "<!--vbs:" not in page(demo_site, f"{prefix}databeskyttelse")


def test_each_part_of_a_policy_is_told(made_under):
    other = {"threshold": 10, "zeros_shown": False, "complement": False, "width": 6, "dominance": None}
    said = text(made_under({"default": POLICY | other, "indicators": {}}))
    assert "Counts from 0 to 9 are not shown. Zero is hidden" in said
    assert "is not protected in itself" in said
    assert "lie at least 6 apart" in said
    assert "Amounts are not held against the p % rule" in said
    said = text(made_under({"default": POLICY | {"dominance": 12.5}, "indicators": {}}, "da"))
    assert "med under 12,5 % fejl" in said and "Nul vises" in said
    rounded = text(made_under({"default": POLICY | {"round_to": 10}, "indicators": {}}))
    assert "shown rounded to the nearest 10" in rounded
    assert "Counts from" not in rounded


def test_sources_and_indicators_under_another_policy_are_listed(bundle, made_under):
    name, source = "apopleksi-mortalitet-30-dage", "stroke"
    catalogue = bundle.catalogue
    own = catalogue.sources[source].model_copy(
        update={"disclosure": catalogue.disclosure.model_validate({"profile": "rkkp"})}
    )
    changed = catalogue.model_copy(update={"sources": catalogue.sources | {source: own}})
    fragment = made_under({"default": POLICY, "indicators": {name: told(own.disclosure)}}, catalogue=changed)
    title = catalogue.sources[source].title["en"]
    assert table(fragment, "kilder") == [
        ["The general policy", "5", "yes", "yes", "3", "p = 10", "no"],
        [title, "3", "yes", "yes", "1", "p = 10", "no"],
    ]
    (row,) = table(fragment, "indikatorer")
    assert row[:2] == [catalogue.indicators[name].title["en"], "3"]
    assert f'href="../indikator/{name}/"' in fragment
    assert "quoted from an annual report through a third party" in text(fragment)
    plain = made_under({"default": POLICY, "indicators": {}})
    assert 'id="kilder"' not in plain and 'id="indikatorer"' not in plain
    assert "third party" not in text(plain)


def test_a_release_that_states_only_a_threshold_says_so(made_under):
    said = text(made_under({"threshold": 7, "zeros_shown": True}))
    assert "Counts from 1 to 6 are not shown." in said
    assert say("policy_old", "en") in said
    assert "p % rule)" not in said and "apart" not in said
    assert say("policy_old", "en") not in text(made_under({"default": POLICY, "indicators": {}}))


def test_how_much_is_shown_is_counted_in_the_released_results(demo_site, bundle):
    with (demo_site / "releases" / RELEASE / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    every = Counter(row["status"] for row in rows)
    assert every["shown"] and every["suppressed"]
    fragment = page(demo_site, "en/databeskyttelse")
    by_area = {cells[0]: cells[1:] for cells in table(fragment, "vist-area")}
    by_unit = {cells[0]: cells[1:] for cells in table(fragment, "vist-unit")}

    def expected(counts):
        shown, hidden = counts["shown"], counts["suppressed"]
        share = 100 * shown / (shown + hidden)
        return [f"{shown:,}", f"{hidden:,}"], share

    def agrees(cells, counts):
        numbers, share = expected(counts)
        assert cells[:2] == numbers
        assert float(cells[2].rstrip("%")) == pytest.approx(share, abs=0.1001)
        assert (cells[2] == "100.0%") == (counts["suppressed"] == 0)

    agrees(by_area["All figures"], every)
    agrees(by_unit["All figures"], every)
    for area, each in bundle.catalogue.areas.items():
        names = {name for name, one in bundle.catalogue.computed.items() if area in one.areas}
        counts = Counter(row["status"] for row in rows if row["indicator"] in names)
        agrees(by_area[each.title["en"]], counts)
    agrees(
        by_unit["The whole country"], Counter(row["status"] for row in rows if row["unit_kind"] == "national")
    )
    hospitals = Counter(row["status"] for row in rows if row["unit_kind"] == "hospital")
    agrees(by_unit[bundle.catalogue.units["hospital"].title["en"]], hospitals)


@pytest.mark.parametrize(("prefix", "language"), LANGUAGES)
def test_every_page_with_figures_explains_the_sign_in_words_with_a_way_to_the_page(
    demo_site, bundle, prefix, language
):
    site, catalogue = demo_site / "site" / RELEASE / prefix, bundle.catalogue
    pages = [".", "indikator", "vaerdi", "naerhed", *(f"omraade/{area}" for area in catalogue.areas)]
    pages += [f"indikator/{name}" for name in catalogue.computed]
    pages += [
        f"organisation/{unit}" for unit in set(bundle.results["unit"]) & bundle.organisations.by_id.keys()
    ]
    for address in pages:
        whole = (site / address / "index.html").read_text(encoding="utf-8")
        (note,) = NOTE.findall(whole)
        assert text(note).startswith(f"# {say('sign_note', language)}"), address
        (link,) = re.findall(r'href="([^"]+)"', note)
        leads = (site / address / link / "index.html").resolve()
        assert leads == (site / "databeskyttelse" / "index.html").resolve(), address


def test_the_sign_stands_on_no_page_that_does_not_explain_it(demo_site):
    site = demo_site / "site" / RELEASE
    signed = [path for path in site.rglob("*.html") if SIGN.search(path.read_text(encoding="utf-8"))]
    assert len(signed) > 50
    for path in signed:
        whole = path.read_text(encoding="utf-8")
        if path.parent.name == "datakvalitet":
            language = "en" if path.is_relative_to(site / "en") else "da"
            after = whole.split(say("quality_hidden", language))[1]
            assert 'href="../databeskyttelse/"' in after[:200]
        else:
            assert NOTE.search(whole), path


def test_the_legend_of_a_table_with_a_hidden_figure_leads_to_the_page(demo_site):
    found = 0
    for path in sorted((demo_site / "site" / RELEASE / "indikator").glob("*/index.html")):
        for legend in re.findall(
            r'<p class="vbs-legend">.*?</p>', path.read_text(encoding="utf-8"), re.DOTALL
        ):
            if ">#<" in legend:
                assert '<a href="../../databeskyttelse/">skjult af hensyn til diskretion</a>' in legend
                found += 1
    assert found > 5


def test_a_page_says_itself_where_the_policy_is_to_stand(tmp_path, bundle):
    for name, written in (
        ("placed", "# Os\n\n<!--vbs:protection-->\n\nSidst.\n"),
        ("open", "# Os\n\nFørst.\n"),
    ):
        (tmp_path / name / "da").mkdir(parents=True)
        (tmp_path / name / "da" / "databeskyttelse.md").write_text(written, encoding="utf-8")
        (tmp_path / f"{name}-docs").mkdir()
        docs = write_docs(tmp_path / f"{name}-docs", tmp_path / name, "da", bundle.catalogue)
        text = (docs.folder / "databeskyttelse.md").read_text(encoding="utf-8")
        assert text.count("<!--vbs:protection-->") == 1
        parts = [
            line
            for line in text.splitlines()
            if line and not line.startswith(("---", "hide", "<!--vbs:banner"))
        ]
        assert parts == (
            ["# Os", "<!--vbs:protection-->", "Sidst."]
            if name == "placed"
            else ["# Os", "Først.", "<!--vbs:protection-->"]
        )
