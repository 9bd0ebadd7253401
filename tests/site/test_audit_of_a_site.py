"""The audit of a built site: whatever was left of a hidden figure, on whatever surface, is found where it was planted."""

import gzip
import json
import re
import shutil
from pathlib import Path

import pytest
from commands import run_build
from hidden_figures import write_hidden_mini
from published_tables import read_table, write_table

from vbs_site.audit.audit import audit
from vbs_site.audit.findings import AGREES, ALIKE, HIDDEN_EVERYWHERE, NO_SMALL

INDICATOR = "indikator/andel-gode/index.html"
HOSPITAL = "organisation/hospital-a2/index.html"
SIGN = '<span title="Skjult af hensyn til diskretion">#</span>'
HIDDEN_ROW = re.compile(r'<tr id="u-hospital-hospital-a2".*?</tr>', re.DOTALL)


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A small site with hidden figures, built once; tests take copies of it."""
    folder = write_hidden_mini(tmp_path_factory.mktemp("hidden") / "mini")
    done = run_build("--catalogue", folder / "indicators.yaml")
    assert done.returncode == 0, done.stderr
    return folder / "site"


@pytest.fixture
def site(built, tmp_path):
    """A built site that a test may spoil: the folder of its version."""
    copy = Path(shutil.copytree(built, tmp_path / "site", ignore=shutil.ignore_patterns("plotly-*", "lunr")))
    return copy / "2025Q4"


def found(site, rule=None):
    """Return (file, line, object) of what an audit finds; only of a rule when one is named."""
    done = audit(site, None, lambda _part: None)
    return [(each.file, each.line, each.object) for each in done.findings if rule in (None, each.rule)]


def plant(path, old, new):
    """Write something else in the first place where a file says what it must say; return the line."""
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text.count("\n", 0, text.index(old)) + 1


def plant_in_row(path, pattern, old, new):
    """Write something else in the first row that fits; return the line."""
    text = path.read_text(encoding="utf-8")
    match = pattern.search(text)
    assert match and old in match[0]
    path.write_text(
        text[: match.start()] + match[0].replace(old, new, 1) + text[match.end() :], encoding="utf-8"
    )
    return text.count("\n", 0, match.start()) + 1


def test_a_site_as_it_was_built_has_nothing_to_find(site):
    done = audit(site, None, lambda _part: None)
    assert done.findings == []
    assert done.hidden >= 4 and done.surfaces > 50


def test_the_whole_demo_site_has_nothing_to_find(demo_site):
    done = audit(demo_site / "site", None, lambda _part: None)
    assert done.findings == []
    assert done.hidden > 1000 and done.surfaces > 1000


def test_the_newest_version_of_a_whole_site_is_meant(site):
    plant_in_row(site / INDICATOR, HIDDEN_ROW, SIGN, "15,0 %")
    assert found(site.parent) == found(site) != []


def test_a_value_left_in_a_table_is_found_where_it_stands(site):
    line = plant_in_row(site / INDICATOR, HIDDEN_ROW, SIGN, "15,0 %")
    cell = "andel-gode proportion, hospital hospital-a2, 2025Q4"
    assert (INDICATOR, line, cell) in found(site, HIDDEN_EVERYWHERE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<td class="vbs-number"></td>', '<td class="vbs-number">3 / 20</td>'),
        ('<td class="vbs-number"></td>', '<td class="vbs-number" data-n="20"></td>'),
        (SIGN, '<span title="3 af 20">#</span>'),
        (SIGN, '<span title="Skjult" aria-label="n = 20">#</span>'),
    ],
    ids=["counts", "data attribute", "hover", "spoken"],
)
def test_counts_left_anywhere_in_a_row_are_found(site, old, new):
    line = plant_in_row(site / INDICATOR, HIDDEN_ROW, old, new)
    assert (INDICATOR, line) in {place[:2] for place in found(site, HIDDEN_EVERYWHERE)}


@pytest.mark.parametrize(
    "new",
    [
        '<span title="Skjult af hensyn til diskretion">*</span>',
        '<span class="secondary" title="Skjult af hensyn til diskretion">#</span>',
        '<span title="Ville afsløre et lille antal">#</span>',
        "<!-- --><i></i>" + SIGN,
    ],
    ids=["sign", "class", "words", "markup"],
)
def test_a_sign_that_tells_hidden_figures_apart_is_found(site, new):
    line = plant_in_row(site / INDICATOR, HIDDEN_ROW, SIGN, new)
    assert (INDICATOR, line) in {place[:2] for place in found(site, ALIKE)}


def test_a_row_that_tells_hidden_figures_apart_is_found(site):
    line = plant(
        site / INDICATOR,
        '<tr id="u-hospital-hospital-a2" class="vbs-depth-2">',
        '<tr id="u-hospital-hospital-a2" class="vbs-depth-2 vbs-secondary">',
    )
    lines = {place[:2] for place in found(site, ALIKE)}
    # Of two hidden rows that differ, either can be the odd one.
    assert lines & {(INDICATOR, line), (INDICATOR, line - 1)}


def test_another_number_than_the_published_one_is_found(site):
    row = re.compile(r'<tr id="u-region-region-a".*?</tr>', re.DOTALL)
    text = (site / INDICATOR).read_text(encoding="utf-8")
    numerator, n = re.search(r"(\d+) / (\d+)", row.search(text)[0]).groups()
    line = plant_in_row(site / INDICATOR, row, f"{numerator} / {n}", f"{numerator} / {int(n) + 1}")
    assert [place[:2] for place in found(site, AGREES)] == [(INDICATOR, line)]


def figure_of(site):
    """Return the data of the figure over time, its place in the page, and the page."""
    text = (site / INDICATOR).read_text(encoding="utf-8")
    match = re.search(r'(<script type="application/json" id="figure-time">)(.*?)(</script>)', text, re.DOTALL)
    return json.loads(match[2]), match, text


@pytest.mark.parametrize("left", ["y", "customdata", "text"])
def test_a_value_left_in_the_data_of_a_figure_is_found(site, left):
    figure, match, text = figure_of(site)
    trace = next(each for each in figure["data"] if each["name"] == "Region A")
    place = trace["x"].index("K2 25")
    if left == "y":
        trace["y"][place] = 0.625
    elif left == "customdata":
        trace["customdata"][place][2] = 84
    else:
        trace["text"] = ["", "n = 84", "", ""]
    changed = text[: match.start(2)] + json.dumps(figure) + text[match.end(2) :]
    (site / INDICATOR).write_text(changed, encoding="utf-8")
    places = found(site, HIDDEN_EVERYWHERE)
    assert [place[2] for place in places] == ["andel-gode proportion, region region-a, 2025Q2"]


def test_a_figure_with_a_pie_of_hidden_shares_is_found(site):
    pie = {
        "data": [{"type": "pie", "labels": ["Hospital A1", "Hospital A2"], "values": [76.7, 23.3]}],
        "layout": {},
    }
    plant(
        site / INDICATOR,
        "</article>",
        f'<script type="application/json">{json.dumps(pie)}</script></article>',
    )
    assert found(site, HIDDEN_EVERYWHERE)


@pytest.mark.parametrize(
    "drawn",
    [
        '<circle class="vbs-point" cx="122.8" cy="60.0" r="2.5"/>',
        '<rect class="bar" x="118.8" y="60.0" width="8" height="59"/>',
        '<polyline class="vbs-line" points="70.2,55.7 122.8,60.0 175.2,60.9"/>',
        '<path class="vbs-mark" d="M119.3 60a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z"/>',
    ],
    ids=["point", "bar", "line", "mark"],
)
def test_what_is_drawn_at_the_place_of_a_hidden_figure_is_found(site, drawn):
    text = (site / INDICATOR).read_text(encoding="utf-8")
    start = text.index("<figcaption>Region A</figcaption>")
    end = text.index("</svg>", start)
    (site / INDICATOR).write_text(text[:end] + drawn + "\n" + text[end:], encoding="utf-8")
    line = text.count("\n", 0, end) + 1
    assert (INDICATOR, line, "andel-gode proportion, region region-a, 2025Q2") in found(
        site, HIDDEN_EVERYWHERE
    )


def test_a_title_in_a_chart_is_found(site):
    plant(
        site / INDICATOR,
        "<figcaption>Region B</figcaption>",
        '<figcaption>Region B</figcaption><svg viewBox="0 0 1 1"><g><title>2. kvartal 2025: 15,0 %</title></g></svg>',
    )
    assert found(site, HIDDEN_EVERYWHERE)


def test_a_small_line_with_a_corner_too_many_is_found(site):
    page = site / HOSPITAL
    text = page.read_text(encoding="utf-8")
    match = re.search(r'<tr id="i-andel-gode.*?</tr>', text, re.DOTALL)
    spark = '<svg class="vbs-spark" viewBox="0 0 100 24"><polyline points="3,3 34,9 66,12 97,20"/></svg>'
    row = match[0].replace("</tr>", f"<td>{spark}</td></tr>")
    page.write_text(text.replace(match[0], row), encoding="utf-8")
    assert [place[0] for place in found(site, HIDDEN_EVERYWHERE)] == [HOSPITAL]


@pytest.mark.parametrize(
    "words",
    [
        "<p>Hospital A2 havde 15,0 % i 4. kvartal 2025.</p>",
        "<p>Hospital A2, 4. kvartal 2025: 3 af 20 besøg.</p>",
        "<p>Hospital A2 i 4. kvartal 2025. Her var det 3 af 20 patienter.</p>",
        "<p>Hospital A2 i 4. kvartal 2025: tæller 3, nævner 20.</p>",
        "<h3>Hospital A2</h3><p>4. kvartal 2025: 3 af 20 patienter.</p>",
        '<section id="u-hospital-hospital-a2"><p>3 patienter i 4. kvartal 2025.</p></section>',
        "<dl><dt>Hospital A2</dt><dd>3 af 20 besøg</dd></dl>",
        "<ul><li>Hospital A2<ul><li>3 af 20 besøg</li></ul></li></ul>",
        "<div>Hospital A2, 4. kvartal 2025: 3 af 20<p>besøg</p></div>",
        '<img src="kort.png" alt="Hospital A2 i 4. kvartal 2025: n = 20">',
        '<div data-note="Hospital A2 K4 25: 15,0 %"></div>',
        '<meta name="description" content="Hospital A2, 2025Q4: 15,0 %">',
    ],
    ids=[
        *(
            "share",
            "counts",
            "next sentence",
            "numbers alone",
            "heading",
            "id",
            "term",
            "list",
            "around a block",
        ),
        *("alt", "data", "description"),
    ],
)
def test_words_that_tell_a_hidden_figure_are_found(site, words):
    line = plant(site / INDICATOR, "</article>", f"{words}</article>")
    assert (INDICATOR, line) in {place[:2] for place in found(site, HIDDEN_EVERYWHERE)}


def test_words_on_the_page_of_a_unit_that_tell_a_hidden_figure_are_found(site):
    words = "<h3>Andel gode besøg</h3><p>4 af 12 patienter i 4. kvartal 2025.</p>"
    line = plant(site / HOSPITAL, "</article>", f"{words}</article>")
    assert (HOSPITAL, line) in {place[:2] for place in found(site, HIDDEN_EVERYWHERE)}


@pytest.mark.parametrize(
    "words",
    [
        "<p>Hospital A2, 4. kvartal 2025: skjult, fordi færre end 5 havde gode besøg, eller antal fra 1 til 4 følger.</p>",
        "<h3>Hospital A2</h3><p>Det hører til andre.</p><h3>Hele landet</h3><p>Der er 7 i alt.</p>",
        "<ul><li>Hospital A2</li><li>3 af 4 regler</li></ul>",
    ],
    ids=["the rule", "another heading", "another item"],
)
def test_words_that_tell_of_something_else_are_no_finding(site, words):
    plant(site / INDICATOR, "</article>", f"{words}</article>")
    assert found(site) == []


@pytest.mark.parametrize("column", ["n", "numerator", "value", "upper"])
def test_a_number_left_in_a_download_is_found(site, column):
    path = site / "indikator" / "andel-gode" / "results.csv"
    table = read_table(path)
    place = next(number for number, line in enumerate(table) if line["status"] == "suppressed")
    table[place][column] = "0.5"
    write_table(path, table)
    assert [each[:2] for each in found(site, HIDDEN_EVERYWHERE)] == [
        ("indikator/andel-gode/results.csv", place + 2)
    ]


def test_a_column_that_says_why_is_found(site):
    path = site / "organisation" / "hospital-a2" / "results.csv"
    table = [
        line | {"reason": "small" if line["status"] == "suppressed" else ""} for line in read_table(path)
    ]
    write_table(path, table)
    assert {place[0] for place in found(site, ALIKE)} == {"organisation/hospital-a2/results.csv"}


def test_a_packed_file_is_unpacked(site):
    path = site / "indikator" / "andel-gode" / "results.csv"
    table = read_table(path)
    next(line for line in table if line["status"] == "suppressed")["n"] = "20"
    write_table(path, table)
    path.with_name("results.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    assert found(site, HIDDEN_EVERYWHERE)


def test_a_page_on_one_line_is_read_too(site):
    page = site / INDICATOR
    plant_in_row(page, HIDDEN_ROW, SIGN, "15,0 %")
    text = page.read_text(encoding="utf-8")
    article = text.index("<article")
    page.write_text(text[:article] + text[article:].replace("\n", ""), encoding="utf-8")
    assert found(site, HIDDEN_EVERYWHERE)


def test_a_record_of_the_search_index_is_found(site):
    path = site / "search" / "search_index.json"
    index = json.loads(path.read_text(encoding="utf-8"))
    assert index["docs"]
    record = {"location": "indikator/andel-gode/", "title": "", "text": "Hospital A2 4. kvartal 2025: 15,0 %"}
    index["docs"].append(record)
    path.write_text(json.dumps(index, ensure_ascii=False), encoding="utf-8")
    assert [place[0] for place in found(site, HIDDEN_EVERYWHERE)] == ["search/search_index.json"]


def test_an_entry_of_the_feed_is_found(site):
    entry = (
        "<entry><id>https://example.org/2025Q4/indikator/andel-gode/#u-hospital-hospital-a2-worse</id>"
        "<title>Dårligere end året før</title><summary>Hospital A2: 15,0 % (4. kvartal 2025)</summary></entry>"
    )
    plant(site / "feed.xml", "</feed>", f"{entry}\n</feed>")
    assert [place[0] for place in found(site, HIDDEN_EVERYWHERE)] == ["feed.xml"]


def test_results_in_a_data_file_of_another_form_are_found(site):
    line = next(line for line in read_table(site / "data" / "results.csv") if line["status"] == "suppressed")
    (site / "data.json").write_text(json.dumps([line | {"numerator": 3}]), encoding="utf-8")
    assert [place[0] for place in found(site, HIDDEN_EVERYWHERE)] == ["data.json"]


@pytest.mark.parametrize("name", ["andel-gode", "Andel gode besøg"])
def test_a_value_in_a_program_is_found(site, name):
    lines = ['var shown = ["andel-gode"];', f'var note = "{name}: Hospital A2 2025Q4: 15,0 %";', ""]
    (site / "figures.js").write_text("\n".join(lines), encoding="utf-8")
    assert [place[:2] for place in found(site, HIDDEN_EVERYWHERE)] == [("figures.js", 2)]


def test_a_leak_in_the_release_of_a_site_is_found_too(site):
    path = site / "data" / "results.csv"
    table = read_table(path)
    next(line for line in table if line["status"] == "shown")["numerator"] = "3"
    write_table(path, table)
    assert found(site, NO_SMALL)
