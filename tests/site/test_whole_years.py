"""Whole years of units whose shorter periods are hidden: what the pages show is what the release has, and nothing else."""

import html
import re
from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest

from vbs_site.catalogue.organisations import NATIONAL
from vbs_site.periods import parse_period
from vbs_site.releases.bundle import read_bundle
from vbs_site.releases.dictionary import YEARS
from vbs_site.site.context import Context, make_environment
from vbs_site.site.numbers import interval, value, whole
from vbs_site.site.pages import indicator, organisation, overviews, protection
from vbs_site.site.results import index_results
from vbs_site.site.words import say

RELEASE = "2026Q3"
NAME = "andel-virtuelle-kontakter"
HIDDEN = ["suppressed", "too_few"]
LANGUAGES = ["da", "en"]
ROW = re.compile(r'<tr id="(y-[^"]+)">(.*?)</tr>', re.DOTALL)


@pytest.fixture(scope="module")
def built(demo_site):
    """The demo as it is built."""
    return read_bundle(demo_site / "releases" / RELEASE)


@pytest.fixture(scope="module")
def years(built):
    """Whole years of three units of two kinds, added up from what the release shows of their quarters."""
    results = built.results
    rows = results[(results["indicator"] == NAME) & (results["stratum"] == "all")]
    rows = rows.assign(year=rows["period"].str[:4])
    four = (
        rows[rows["status"] == "shown"]
        .groupby(["unit_kind", "unit", "year"])
        .filter(lambda part: len(part) == 4)
    )
    sums = four.groupby(["unit_kind", "unit", "unit_name", "year"], as_index=False)[["n", "numerator"]].sum()
    chosen = [
        *sums[sums["unit_kind"] == "hospital"]["unit"].unique()[:2],
        sums[sums["unit_kind"] == "region"]["unit"].iloc[0],
    ]
    sums = sums[sums["unit"].isin(chosen) & sums["unit_kind"].isin(["hospital", "region"])]
    share = sums["numerator"] / sums["n"]
    table = sums.rename(columns={"year": "period"}).assign(
        release=RELEASE,
        synthetic=True,
        indicator=NAME,
        statistic="proportion",
        stratum="all",
        status="shown",
        exposure=float("nan"),
        value=share.astype(float),
        lower=(share * 0.9).astype(float),
        upper=(share + (1 - share) * 0.1).astype(float),
        method="clopper-pearson",
    )
    assert len(table) > 6
    return table[[entry.column for entry in YEARS]].reset_index(drop=True)


@pytest.fixture(scope="module")
def bundle(built, years):
    """The demo's release with these years; the newest periods of one of the units are hidden in its results."""
    hospital = years[years["unit_kind"] == "hospital"]["unit"].iloc[0]
    results = built.results.copy()
    common = index_results(built).common_period(NAME)
    lost = (results["indicator"] == NAME) & (results["unit"] == hospital) & (results["period"] >= common.id)
    assert lost.any()
    results.loc[lost, "status"] = "suppressed"
    for column in ("n", "numerator", "exposure", "value", "lower", "upper", "comparison", "target", "trend"):
        results.loc[lost, column] = pd.NA
    manifest = built.manifest | {"protection": built.manifest["protection"] | {"withheld": []}}
    return replace(built, results=results, manifest=manifest, tables=built.tables | {"years": years})


@pytest.fixture(scope="module")
def without(built):
    """The demo's release as an older version of the program wrote it: without whole years, silent on withheld indicators."""
    stated = {key: each for key, each in built.manifest["protection"].items() if key != "withheld"}
    tables = {name: each for name, each in built.tables.items() if name != "years"}
    return replace(built, manifest=built.manifest | {"protection": stated}, tables=tables)


def context(bundle, language="da"):
    return Context(bundle, index_results(bundle), (), language, make_environment(), "", "plotly.js")


def text(fragment):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", fragment)).split())


def cells(row):
    return [text(re.sub(r"<sup.*?</sup>", "", each)) for each in re.findall(r"<td.*?</td>", row, re.DOTALL)]


def spoken(bundle, row, language):
    """Return the cells of a whole year: year, count over count, share, interval."""
    own = bundle.catalogue.indicators[row.indicator].decimals
    return [
        row.period,
        f"{whole(row.numerator, language)} / {whole(row.n, language)}",
        " ".join(value(row.statistic, row.value, own, language).split()),
        interval(row.statistic, row.lower, row.upper, own, language),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_an_indicator_has_every_whole_year_of_the_release_and_no_other(bundle, years, language):
    fragment = indicator.fragments(context(bundle, language), NAME)["comparison"]
    section = fragment.split('<h3 id="hele-aar">')[1]
    heading = {"da": "Hele år, hvor kvartalerne er skjult", "en": "Whole years where the quarters are hidden"}
    assert section.startswith(f"{heading[language]}</h3>")
    found = {identity: cells(row) for identity, row in ROW.findall(section)}
    expected = {
        f"y-proportion-{row.unit_kind}-{row.unit}-{row.period}": spoken(bundle, row, language)
        for row in years.itertuples()
    }
    assert found == expected
    for row in years.itertuples():
        assert f'href="../../organisation/{row.unit}/"' in section
    kinds = re.findall(r'<th scope="rowgroup"[^>]*>(.*?)</th>', section)
    assert kinds == [bundle.catalogue.units[kind].title[language] for kind in ("region", "hospital")]
    assert say("years_why", language).format(say("years_one_quarter", language)) in section


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_an_organisation_has_its_own_whole_years_with_a_way_to_the_indicator(
    bundle, years, language
):
    unit = years[years["unit_kind"] == "hospital"]["unit"].iloc[0]
    member = bundle.organisations.by_id[unit]
    fragment = organisation.fragments(context(bundle, language), member)["results"]
    section = fragment.split('<h3 id="hele-aar">')[1]
    own = list(years[years["unit"] == unit].itertuples())
    rows = ROW.findall(section)
    assert len(rows) == len(own) > 1
    told = [cells(row) for _, row in rows]
    assert sorted(told) == sorted(
        [each[0], *each[2:]] for each in (spoken(bundle, row, language) for row in own)
    )
    page = indicator.fragments(context(bundle, language), NAME)["comparison"]
    for _, row in rows:
        (target,) = re.findall(rf'href="../../indikator/{NAME}/#([^"]+)"', row)
        assert f'<tr id="{target}">' in page


def test_a_hidden_quarter_leads_to_the_newest_whole_year_of_its_unit(bundle, years):
    hospitals = years[years["unit_kind"] == "hospital"]
    unit = hospitals["unit"].iloc[0]
    newest = hospitals[hospitals["unit"] == unit]["period"].max()
    fragment = indicator.fragments(context(bundle), NAME)["comparison"]
    rows = dict(re.findall(r'<tr id="(u-[^"]+)"[^>]*>(.*?)</tr>', fragment, re.DOTALL))
    hidden = rows[f"u-hospital-{unit}"]
    assert f'href="#y-proportion-hospital-{unit}-{newest}">{say("years_link", "da")}</a>' in hidden
    marked = {key for key, row in rows.items() if "#y-" in row}
    assert marked == {f"u-hospital-{unit}"} | {
        f"u-{kind}-{each}"
        for kind, each in set(zip(years["unit_kind"], years["unit"], strict=True))
        if signs_in(rows[f"u-{kind}-{each}"])
    }
    page = organisation.fragments(context(bundle), bundle.organisations.by_id[unit])["results"]
    (row,) = re.findall(rf'<tr id="i-{NAME}-proportion-hospital">.*?</tr>', page, re.DOTALL)
    (place,) = re.findall(r'href="#([^"]+)"', row)
    assert f'<tr id="{place}">' in page


def signs_in(row):
    return any(f">{sign}<" in row for sign in ("#", "&lt;"))


def test_every_hidden_figure_looks_the_same_whether_a_year_is_shown_or_not(bundle):
    fragment = indicator.fragments(context(bundle), NAME)["comparison"]
    looks = {
        cell
        for row in re.findall(r'<tr id="u-[^"]+".*?</tr>', fragment, re.DOTALL)
        for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)
        if ">#<" in cell
    }
    assert len(looks) == 1


def test_a_measure_of_several_numbers_has_a_table_of_each(built):
    name = next(
        name
        for name, each in built.catalogue.computed.items()
        if len(index_results(built).statistics[name]) > 1
    )
    results = built.results
    national = (results["indicator"] == name) & (results["unit"] == NATIONAL) & (results["stratum"] == "all")
    rows = results[national & (results["status"] == "shown")]
    period = rows["period"].max()
    years = rows[rows["period"] == period][[entry.column for entry in YEARS]]
    assert len(years) > 1
    other = replace(built, tables=built.tables | {"years": years.assign(period="2024")})
    measure = built.catalogue.indicators[name].model_copy(update={"period": "half_year"})
    catalogue = built.catalogue.model_copy(
        update={"indicators": built.catalogue.indicators | {name: measure}}
    )
    fragment = indicator.fragments(context(replace(other, catalogue=catalogue), "en"), name)["comparison"]
    section = fragment.split('<h3 id="hele-aar">')[1]
    assert section.startswith("Whole years where the half-years are hidden</h3>")
    assert {identity for identity, _ in ROW.findall(section)} == {
        f"y-{statistic}-national-national-2024" for statistic in years["statistic"]
    }
    for row in years.itertuples():
        shown = value(row.statistic, row.value, measure.decimals, "en")
        assert f">{shown}</td>" in section


def test_years_are_calendar_years_in_whichever_month_the_years_of_the_catalogue_start(bundle):
    about = bundle.catalogue.catalogue.model_copy(update={"year_starts": 4})
    other = replace(bundle, catalogue=bundle.catalogue.model_copy(update={"catalogue": about}))
    years = context(other).years
    assert {each.period.first_day.month for series in years.values() for each in series} == {1}
    assert parse_period("2024", 4).first_day.month == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_data_protection_page_counts_the_whole_years(bundle, years, language):
    said = protection.page(context(bundle, language))
    assert text(say("years_many", language).format(len(years))) in text(said)
    (table,) = re.findall(r'<table class="vbs-table" id="vist-hele-aar">.*?</table>', said, re.DOTALL)
    units = len(set(zip(years["unit_kind"], years["unit"], strict=True)))
    assert cells(table.split("<tbody>")[1]) == [str(units), str(len(years))]
    assert f'href="../indikator/{NAME}/#hele-aar"' in table
    assert say("withheld_none", language) in text(said)


def test_a_release_that_shows_no_whole_year_says_so(bundle):
    empty = replace(bundle, tables=bundle.tables | {"years": bundle.tables["years"].iloc[:0]})
    said = protection.page(context(empty, "en"))
    assert say("years_none", "en") in text(said)
    assert "vist-hele-aar" not in said
    one = replace(bundle, tables=bundle.tables | {"years": bundle.tables["years"].iloc[:1]})
    assert say("years_one", "en") in text(protection.page(context(one, "en")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_release_without_the_table_says_nothing_of_whole_years(without, years, language):
    here = context(without, language)
    fragments = [
        *indicator.fragments(here, NAME).values(),
        *organisation.fragments(here, without.organisations.by_id[years["unit"].iloc[0]]).values(),
        protection.page(here),
    ]
    for fragment in fragments:
        assert "hele-aar" not in fragment and "years.csv" not in fragment and 'id="y-' not in fragment
        assert "vbs-to-year" not in fragment and "tilbageholdt" not in fragment


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_indicator_that_is_withheld_says_so_on_its_page_and_on_the_data_protection_page(bundle, language):
    stated = bundle.manifest["protection"] | {"withheld": [NAME]}
    other = replace(bundle, manifest=bundle.manifest | {"protection": stated})
    here = context(other, language)
    notice = indicator.fragments(here, NAME)["newest"]
    assert say("withheld_notice", language) in text(notice)
    assert 'href="../../databeskyttelse/#tilbageholdt"' in notice
    assert say("withheld_notice", language) not in text(
        indicator.fragments(context(bundle, language), NAME)["newest"]
    )
    said = protection.page(here).split('id="tilbageholdt"')[1].split("<h2")[0]
    assert re.findall(r'<li><a href="([^"]+)">(.*?)</a></li>', said) == [
        (f"../indikator/{NAME}/", html.escape(other.catalogue.indicators[NAME].title[language]))
    ]


def test_the_file_is_among_the_downloads_with_words(bundle, without):
    listed = bundle.manifest["files"] | {"years.csv": {"sha256": "0" * 64, "bytes": 2048}}
    other = replace(bundle, manifest=bundle.manifest | {"files": listed})
    page = overviews.release(context(other, "en"))
    assert 'data/years.csv">years.csv</a>' in page and say("years_file", "en") in text(page)
    assert 'data/years.csv"' in indicator.fragments(context(other), NAME)["download"]
    assert 'data/years.csv"' not in indicator.fragments(context(without), NAME)["download"]


def test_the_built_site_shows_the_whole_years_of_its_release(demo_site, built):
    if "years" not in built.tables:
        pytest.fail("the release has no table of whole years")
    table = built.tables["years"]
    counted = Counter(table["indicator"])
    for name in built.catalogue.computed:
        page = (demo_site / "site" / RELEASE / "indikator" / name / "index.html").read_text(encoding="utf-8")
        found = dict(ROW.findall(page))
        assert len(found) == counted[name], name
        for row in table[table["indicator"] == name].itertuples():
            own = built.catalogue.indicators[name].decimals
            assert (
                value(row.statistic, row.value, own, "da")
                in found[f"y-{row.statistic}-{row.unit_kind}-{row.unit}-{row.period}"]
            )
