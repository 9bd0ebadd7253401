"""The page of value: units stand in the cell that the release tells, by name and shape, and never by colour alone."""

import csv
import html
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from unit.value_tables import loaded, national, published, result

from vbs_site.catalogue.organisations import Organisation, Organisations
from vbs_site.judgement.value import CELLS, assess
from vbs_site.releases.bundle import Bundle
from vbs_site.site.context import Context, make_environment
from vbs_site.site.pages import value
from vbs_site.site.results import Result, index_results
from vbs_site.site.words import SHAPES, WORDS

RELEASE = "2026Q3"
OUTCOMES = {"better": (29, 31), "same": (19, 21), "worse": (9, 11), "undecided": (25, 30)}
RESOURCES = {"lower": (800, 850), "same": (950, 1050), "higher": (1150, 1200), "undecided": (850, 950)}
NAMES = {
    "lower-better": ("Fantastisk løsning", SHAPES["better"]),
    "lower-same": ("Bedre løsning", SHAPES["better"]),
    "lower-worse": ("Dilemma", "◆"),
    "same-better": ("Bedre løsning", SHAPES["better"]),
    "same-same": ("Neutral", "○"),
    "same-worse": ("Dårligere løsning", SHAPES["worse"]),
    "higher-better": ("Dilemma", "◆"),
    "higher-same": ("Dårligere løsning", SHAPES["worse"]),
    "higher-worse": ("Elendig løsning", SHAPES["worse"]),
}
"""The nine cells as A. Dal (2015) names them, and what they are drawn with."""


def both(unit, cost, effect, **given):
    return [
        result("hip-score", unit, *OUTCOMES[effect], **given),
        result("stay-cost", unit, *RESOURCES[cost]),
    ]


ROWS = [
    *(row for cell in CELLS for row in both(f"U-{cell}", *cell.split("-"))),
    *both("U-wide-outcome", "same", "undecided"),
    *both("U-wide-cost", "undecided", "same"),
    *both("U-hidden", "same", "better", status="suppressed"),
    *both("U-few", "same", "better", n=9),
]
UNITS = list(dict.fromkeys(row["unit"] for row in ROWS))


def context_of(given, language="da", rows=ROWS, *, tables=True):
    """A release in which each of nine units lies in a cell of its own, and four in none."""
    results = published(*rows)
    organisations = Organisations.of(
        [
            Organisation(
                id=each,
                kind="hospital",
                name={"da": f"Enheden {each[2:]}", "en": f"The unit {each[2:]}"},
            )
            for each in UNITS
        ]
    )
    table = assess(given.catalogue, organisations, results)
    whole = pd.DataFrame(
        [dict.fromkeys(Result._fields) | row for row in results.astype("object").to_dict("records")]
    )
    words = {
        name: {"sentence": "", "lines": [], "statistics": {statistic: statistic}}
        for name, statistic in (("hip-score", "mean_change"), ("stay-cost", "mean"))
    }
    bundle = Bundle(
        folder=Path(),
        manifest={"release": RELEASE},
        catalogue=given.catalogue,
        organisations=organisations,
        definitions={name: {"da": each, "en": each} for name, each in words.items()},
        deliveries={"latest": "2026-10-01"},
        results=whole,
        quality=pd.DataFrame(),
        tables={"value": table} if tables else {},
    )
    return Context(bundle, index_results(bundle), (), language, make_environment(), "", "")


@pytest.fixture(scope="module")
def agreed(tmp_path_factory):
    return loaded(tmp_path_factory.mktemp("agreed"))


@pytest.fixture(scope="module")
def proposed(tmp_path_factory):
    return loaded(tmp_path_factory.mktemp("proposed"), status="proposal")


def matrices(page):
    """Return the matrices of a page as rows of cells: (row head, [(class, text)]); the first one only explains."""
    found = []
    for table in re.findall(r'<table class="vbs-table vbs-value">.*?</table>', page, re.DOTALL):
        body = table.split("<tbody>")[1]
        found.append(
            [
                (
                    text(re.search(r'<th scope="row">(.*?)</th>', row, re.DOTALL)[1]),
                    [
                        (kind, text(cell))
                        for kind, cell in re.findall(r'<td class="([^"]*)">(.*?)</td>', row, re.DOTALL)
                    ],
                )
                for row in body.split("<tr>")[1:]
            ]
        )
    return found


def said(matrix):
    """Return the words of the nine cells."""
    return [words for _, row in matrix for _, words in row]


def text(fragment):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", fragment)).split())


def test_each_unit_stands_in_its_cell_under_the_name_and_shape_of_the_cell(agreed):
    explained, placed = matrices(value.page(context_of(agreed)))
    for matrix, units in ((explained, False), (placed, True)):
        cells = [cell for _, row in matrix for cell in row]
        assert len(cells) == len(CELLS)
        for cell, (_, words) in zip(CELLS, cells, strict=True):
            name, shape = NAMES[cell]
            assert words == f"{shape} {name}" + (f" Enheden {cell}" if units else "")
    assert [head for head, _ in placed] == [
        "Lavere ressourceforbrug",
        "Samme ressourceforbrug",
        "Højere ressourceforbrug",
    ]


def test_better_worse_dilemma_and_neutral_differ_in_shape_not_only_in_colour(agreed):
    explained, _ = matrices(value.page(context_of(agreed)))
    shapes = {kind: words.split()[0] for _, row in explained for kind, words in row}
    assert len(shapes) == len(set(shapes.values())) == 4


def test_dilemmas_and_the_middle_have_the_colour_of_neither(agreed):
    for matrix in matrices(value.page(context_of(agreed))):
        kinds = dict(zip(CELLS, [kind for _, row in matrix for kind, _ in row], strict=True))
        told = {"better": "vbs-value__better", "worse": "vbs-value__worse"}
        coloured = {cell: kind for cell, kind in kinds.items() if kind in told.values()}
        assert coloured == {
            "lower-better": told["better"],
            "lower-same": told["better"],
            "same-better": told["better"],
            "same-worse": told["worse"],
            "higher-same": told["worse"],
            "higher-worse": told["worse"],
        }


def test_who_cannot_be_placed_stands_apart_with_the_reason(agreed):
    page = value.page(context_of(agreed))
    listed = dict(
        text(each).split(" : ", 1)
        for each in re.findall(r"<li>(<a.*?)</li>", page, re.DOTALL)
        if "</a>:" in each
    )
    straddles = "intervallet ligger på begge sider af en grænse for »samme«."
    assert listed == {
        "Enheden wide-outcome": f"Resultat for patienten: {straddles}",
        "Enheden wide-cost": f"Ressourceforbrug: {straddles}",
        "Enheden hidden": "Resultat for patienten: skjult af hensyn til diskretion.",
        "Enheden few": "Resultat for patienten: færre end 10 patienter.",
    }
    assert "9 af 13 enheder har en plads i matricen." in text(page)


def test_the_numbers_behind_are_there_and_a_hidden_one_is_a_sign(agreed):
    page = value.page(context_of(agreed))
    rows = {
        name: [text(each) for each in re.findall(r"<td.*?</td>", cells, re.DOTALL)]
        for name, cells in re.findall(r'<tr id="stays-U-([^"]+)">(.*?)</tr>', page, re.DOTALL)
    }
    assert len(rows) == len(UNITS)
    assert rows["lower-better"] == [
        "30,0 29,0–31,0",
        "Bedre resultat",
        "825 800–850",
        "Lavere ressourceforbrug",
    ]
    assert rows["hidden"] == [
        "# Skjult af hensyn til diskretion",
        "Ikke vist",
        "1.000 950–1.050",
        "Samme ressourceforbrug",
    ]
    country = re.search(r'<tr class="vbs-depth-0">(.*?)</tr>', page, re.DOTALL)[1]
    assert text(country) == "Hele landet 20,0 1.000"


def test_what_is_compared_is_said_with_bands_sources_and_what_the_cost_holds(agreed):
    page = text(value.page(context_of(agreed)))
    assert "Op til 8 point på hver side af landstallet: vigtig. Kilde: made up" in page
    assert "Op til 10 % på hver side af landstallet. Kilde: Vores valg" in page
    assert "Kun hospitalet" in page
    assert "A. Dal 2015" in page
    english = text(value.page(context_of(agreed, "en")))
    assert "Up to 8 points on either side of the national figure: important. Source: made up" in english
    assert "Up to 10% on either side of the national figure. Source: Our choice" in english


def test_a_width_of_a_share_is_said_in_percentage_points(tmp_path):
    def edit(content):
        content = content.replace(
            "indicator: hip-score\n      same: {threshold: mic_individual}",
            "indicator: response\n      same: {width: 0.05, source: {da: Vi, en: We}}",
        )
        return content.replace("dimension: process", "dimension: outcome")

    context = context_of(loaded(tmp_path, edit=edit))
    definitions = context.bundle.definitions | {
        "response": {"da": {"sentence": "", "lines": [], "statistics": {"share_of_sum": "Andel"}}}
    }
    bundle = replace(context.bundle, definitions=definitions)
    page = text(value.page(replace(context, bundle=bundle, results=index_results(bundle))))
    assert "Op til 5 procentpoint på hver side af landstallet" in page
    assert "Ingen periode har endnu landstal for begge mål" in page


def test_a_proposal_stands_by_its_numbers_without_name_or_colour(proposed):
    page = value.page(context_of(proposed))
    explained, placed = matrices(page)
    assert [kind for _, row in placed for kind, _ in row] == ["vbs-value__neutral"] * 9
    assert said(placed) == [f"Enheden {cell}" for cell in CELLS]
    assert all(NAMES[cell][0] in words for cell, words in zip(CELLS, said(explained), strict=True))
    heads = re.findall(r'<th scope="col">(.*?)</th>', page.split("vbs-value")[-1].split("</thead>")[0])
    assert "Et forslag får ingen dom" in text(page)
    assert "Bedre resultat" not in heads


def test_of_several_periods_the_newest_is_shown(agreed):
    later = [row | {"period": "2026"} for row in both("U-few", "same", "better")]
    countries = [national(each, period="2026") for each in ("hip-score", "stay-cost")]
    context = context_of(agreed, rows=[*ROWS, *countries, *later])
    page = value.page(context)
    assert "Hospitaler, 2026" in text(page)
    assert "1 af 1 enheder har en plads i matricen." in text(page)


def test_a_release_of_before_the_table_says_that_there_is_nothing(agreed):
    page = value.page(context_of(agreed, tables=False))
    assert "Ingen periode har endnu landstal for begge mål i denne udgivelse." in text(page)
    assert len(matrices(page)) == 1


@pytest.mark.parametrize("language", ["da", "en"])
def test_every_head_has_a_scope_and_every_table_a_caption(agreed, language):
    page = value.page(context_of(agreed, language))
    assert len(re.findall(r"<th[ >]", page)) == len(re.findall(r'<th scope="(?:row|col)"', page))
    assert page.count("<caption>") == page.count("<table") == 3
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_nothing_danish_is_left_in_the_english_page(agreed):
    page = text(value.page(context_of(agreed, "en")))
    danish = [da for key, (da, en) in WORDS.items() if key.startswith("value_") and da != en]
    assert [each for each in danish if re.search(rf"\b{re.escape(each)}(?!\w)", page)] == []


@pytest.mark.parametrize("language", ["", "en/"])
def test_the_demo_shows_every_unit_of_the_release_once(demo_site, language):
    page = (demo_site / "site" / RELEASE / language / "vaerdi" / "index.html").read_text(encoding="utf-8")
    with (demo_site / "releases" / RELEASE / "value.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    newest = max(row["period"] for row in rows)
    here = [row for row in rows if row["period"] == newest]
    assert len(here) >= 10
    matrix = page.split('<table class="vbs-table vbs-value">')[2].split("</table>")[0]
    placed = set(re.findall(r"organisation/([a-z-]+)/", matrix))
    known = {
        row["unit"]
        for row in here
        if row["resource_position"] in ("lower", "same", "higher")
        and row["outcome_position"] in ("better", "worse", "lower", "same", "higher")
    }
    assert placed == known
    assert placed
    assert {*re.findall(r'<tr id="hofteprotese-([a-z-]+)">', page)} == {row["unit"] for row in here}
