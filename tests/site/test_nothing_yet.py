"""An indicator that the release has no figures of: its page says so, and nothing leads to a file that is not there."""

import html
import re
from dataclasses import replace

import pytest
from commands import change, run_build, write_mini

from vbs_site.releases.bundle import read_bundle
from vbs_site.site.context import Context, make_environment
from vbs_site.site.pages import indicator
from vbs_site.site.results import index_results
from vbs_site.site.words import say

YEARLY, QUARTERLY = "andel-gode-aar", "andel-gode"
RELEASE, UNTIL = "2025Q3", "2025-10-01"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A small project with three quarters of data, one indicator by quarter, and the same by rolling year."""
    folder = write_mini(tmp_path_factory.mktemp("nothing-yet") / "mini")
    path = folder / "indicators.yaml"
    change(path, "complete_until: 2026-01-01", f"complete_until: {UNTIL}")
    text = path.read_text(encoding="utf-8")
    block = text[text.index(f"  {QUARTERLY}:\n") :]
    yearly = block.replace(QUARTERLY, YEARLY).replace("gode besøg", "gode over et år")
    yearly = yearly.replace("period: quarter", "period: rolling_year")
    path.write_text(text + yearly, encoding="utf-8")
    for delivered in (folder / "data" / "extracts" / "visits").iterdir():
        head, *rows = delivered.read_text(encoding="utf-8").splitlines()
        kept = [row for row in rows if row.split(",")[2] < UNTIL]
        delivered.write_text("\n".join([head, *kept]) + "\n", encoding="utf-8")
    done = run_build("--catalogue", path)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def bundle(built):
    return read_bundle(built / "data" / "releases" / RELEASE)


def context(bundle):
    return Context(bundle, index_results(bundle), (), "da", make_environment(), "", "plotly.js")


def text(page):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_the_release_has_no_row_of_it(bundle):
    assert set(bundle.results["indicator"]) == {QUARTERLY}
    assert set(bundle.catalogue.computed) == {QUARTERLY, YEARLY}


def test_its_page_says_that_there_is_nothing_yet_and_offers_no_file(built):
    site = built / "site" / RELEASE / "indikator"
    page = (site / YEARLY / "index.html").read_text(encoding="utf-8")
    assert f"{say('nothing_yet', 'da')}. {say('nothing_yet_why', 'da')}" in text(page)
    assert 'href="results.csv"' not in page and not (site / YEARLY / "results.csv").exists()
    assert 'href="../../data/results.csv"' in page
    other = (site / QUARTERLY / "index.html").read_text(encoding="utf-8")
    assert 'href="results.csv"' in other and (site / QUARTERLY / "results.csv").exists()
    assert say("nothing_yet", "da") not in other


def test_its_page_has_no_empty_table_or_chart(bundle):
    found = indicator.fragments(context(bundle), YEARLY)
    for hole in ("over_time", "comparison"):
        assert found[hole] == f"<p>{say('nothing_yet', 'da')}.</p>"
    assert "undergrupper" in found["subgroups"]


def test_subgroups_that_it_has_are_not_denied(bundle):
    indicators = bundle.catalogue.indicators
    divided = {name: each.model_copy(update={"stratify": ["sex"]}) for name, each in indicators.items()}
    catalogue = bundle.catalogue.model_copy(update={"indicators": divided})
    found = indicator.fragments(context(replace(bundle, catalogue=catalogue)), YEARLY)
    assert text(found["subgroups"]) == f"{say('nothing_yet', 'da')}."


@pytest.mark.parametrize("page", ["indikator/index.html", "omraade/omraade-et/index.html"])
def test_lists_of_indicators_say_it_too(built, page):
    written = (built / "site" / RELEASE / page).read_text(encoding="utf-8")
    rows = re.findall(r"<tr><th scope=.row.>.*?</tr>", written, re.DOTALL)
    told = [say("nothing_yet", "da").lower() in text(row) for row in rows if f'indikator/{YEARLY}/"' in row]
    assert told == [True]
