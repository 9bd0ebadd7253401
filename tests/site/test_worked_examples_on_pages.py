"""Every worked example of the catalogue stands on its indicator's page: its rule, what is given and what comes out."""

import html

import pytest
from commands import ROOT

from vbs_site.catalogue.loading import load

PAGES = {"da": "", "en": "en/"}


@pytest.mark.parametrize("language", PAGES)
def test_every_example_stands_on_the_page_with_its_tables(demo_site, language):
    catalogue = load(ROOT / "indicators.yaml").catalogue
    (release,) = (each.name for each in (demo_site / "releases").iterdir())
    shown = 0
    for name, indicator in catalogue.computed.items():
        path = demo_site / "site" / release / PAGES[language] / "indikator" / name / "index.html"
        page = path.read_text(encoding="utf-8")
        parts = page.split('<div class="vbs-example">')[1:]
        assert len(parts) == len(indicator.examples)
        for example, part in zip(indicator.examples, parts, strict=True):
            assert example.rule[language] in html.unescape(part)
            tables = part.split("<h2")[0].count("<caption>")
            assert tables == len(example.given) + 1
            shown += 1
    assert shown >= 2 * len(catalogue.computed)
