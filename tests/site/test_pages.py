"""What stands in the pages is what stands in the release: the same numbers, in both languages, and never a hidden one."""

import csv
import re
from html.parser import HTMLParser

import pytest
from commands import tree
from markupsafe import escape

from vbs_site.method.reading import read_method

RELEASE = "2026Q3"


class Tables(HTMLParser):
    """Collects the rows of a page's tables that have an id, and simple facts about the tables."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.rows, self.captions, self.tables, self.bare_headers = {}, 0, 0, 0
        self._row = self._cell = None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "table":
            self.tables += 1
        if tag == "caption":
            self.captions += 1
        if tag == "th" and "scope" not in given:
            self.bare_headers += 1
        if tag == "tr":
            self._row = given.get("id")
            self.rows.setdefault(self._row, [])
        if tag in ("td", "th") and self._row:
            self._cell = []

    def handle_data(self, data):
        if self._cell is not None:
            self._cell.append(data)

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self._cell is not None:
            self.rows[self._row].append(" ".join("".join(self._cell).split()))
            self._cell = None


def tables(path):
    parser = Tables()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser


def results(demo_site):
    with (demo_site / "releases" / RELEASE / "results.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def danish(text):
    """Return a Danish number as a float, percent as a share."""
    plain = text.replace(".", "").replace(",", ".")
    return float(plain.removesuffix("%").strip()) / (100 if plain.endswith("%") else 1)


INDICATORS = (
    "akut-genindlaeggelse-30-dage",
    "andel-virtuelle-kontakter",
    "drg-vaerdi-pr-kroniker",
    "oxford-hip-score-12-maaneder",
    "sygehusforloeb-pr-1000-borgere",
)
MAIN = {
    "drg-vaerdi-pr-kroniker": "mean",
    "oxford-hip-score-12-maaneder": "mean_change",
    "sygehusforloeb-pr-1000-borgere": "rate",
}


@pytest.mark.parametrize("indicator", INDICATORS)
def test_every_number_of_the_comparison_table_is_the_one_in_the_release(demo_site, indicator):
    page = tables(demo_site / "site" / RELEASE / "indikator" / indicator / "index.html")
    by_key = {}
    for row in results(demo_site):
        if (
            row["indicator"] == indicator
            and row["stratum"] == "all"
            and row["statistic"] == MAIN.get(indicator, "proportion")
        ):
            by_key.setdefault((row["unit_kind"], row["unit"]), {})[row["period"]] = row
    periods = [row_id.removeprefix("p-") for row_id in page.rows if row_id and row_id.startswith("p-")]
    national = by_key["national", "national"]
    newest = next(period for period in periods if national[period]["status"] == "shown")
    checked = 0
    for row_id, cells in page.rows.items():
        if not row_id or not row_id.startswith("u-"):
            continue
        kind, unit = row_id.removeprefix("u-").split("-", 1)
        row = by_key[kind, unit][newest]
        value, interval = cells[2], cells[3]
        if row["status"] != "shown":
            assert not any(character.isdigit() for character in value + interval + cells[1]), (row_id, cells)
            continue
        decimals = 0 if indicator == "drg-vaerdi-pr-kroniker" else 1
        tolerance = 0.51 * 10**-decimals / (100 if "%" in value else 1)
        assert danish(value) == pytest.approx(float(row["value"]), abs=tolerance)
        low, high = (danish(part + ("%" if "%" in value else "")) for part in re.split("–| til ", interval))
        assert low == pytest.approx(float(row["lower"]), abs=tolerance)
        assert high == pytest.approx(float(row["upper"]), abs=tolerance)
        counts = [int(part.replace(".", "")) for part in cells[1].split("/")]
        assert counts == ([int(row["numerator"])] if row["numerator"] else []) + [int(row["n"])]
        checked += 1
    assert checked >= 4


def test_hidden_cells_hold_no_number_anywhere_in_the_release(demo_site):
    rows = results(demo_site)
    hidden = [row for row in rows if row["status"] == "suppressed"]
    assert hidden
    for row in hidden:
        assert [row[key] for key in ("n", "numerator", "value", "lower", "upper", "comparison")] == [""] * 6
    for row in rows:
        if row["n"] and row["statistic"] != "rate":
            assert int(row["n"]) == 0 or int(row["n"]) >= 5
        if row["numerator"] and row["statistic"] != "rate":
            numerator, rest = int(row["numerator"]), int(row["n"]) - int(row["numerator"])
            assert numerator == 0 or numerator >= 5
            assert rest == 0 or rest >= 5


def test_both_languages_have_the_same_pages_and_the_same_files_to_download(demo_site):
    site = demo_site / "site" / RELEASE
    danish_pages = {name for name in tree(site) if name.endswith("index.html") and not name.startswith("en/")}
    english_pages = {
        name.removeprefix("en/")
        for name in tree(site)
        if name.endswith("index.html") and name.startswith("en/")
    }
    assert danish_pages == english_pages
    for indicator in INDICATORS:
        assert (site / "indikator" / indicator / "results.csv").read_bytes() == (
            site / "en/indikator" / indicator / "results.csv"
        ).read_bytes()


def test_rows_beside_a_page_are_the_rows_of_the_release(demo_site):
    whole = (demo_site / "releases" / RELEASE / "results.csv").read_text(encoding="utf-8").splitlines()
    for folder, column in (
        ("indikator/andel-virtuelle-kontakter", "indicator"),
        ("organisation/region-nordjylland", "unit"),
    ):
        part = (
            (demo_site / "site" / RELEASE / folder / "results.csv").read_text(encoding="utf-8").splitlines()
        )
        place = whole[0].split(",").index(column)
        name = folder.split("/")[1]
        assert part == [whole[0], *(line for line in whole[1:] if line.split(",")[place] == name)]


def test_every_table_has_a_caption_and_every_header_a_scope(demo_site):
    for path in (demo_site / "site" / RELEASE).rglob("index.html"):
        if path.relative_to(demo_site / "site" / RELEASE).parts[0] in (
            "indikator",
            "organisation",
            "datakvalitet",
            "udgivelse",
        ):
            page = tables(path)
            assert page.captions == page.tables, path
            assert page.bare_headers == 0, path


@pytest.mark.parametrize(("prefix", "language"), [("", "da"), ("en/", "en")])
def test_every_rule_of_the_method_stands_on_its_topics_page_with_its_tables(demo_site, prefix, language):
    method = read_method()
    assert len(method.topics) >= 12
    for name, topic in method.topics.items():
        path = demo_site / "site" / RELEASE / prefix / "metode" / name / "index.html"
        html = path.read_text(encoding="utf-8")
        for example in topic.examples:
            assert f'<h3 id="{example.id}">{escape(example.rule[language])}</h3>' in html
        page = tables(path)
        assert page.tables == page.captions == sum(len(each.given) + 1 for each in topic.examples)
        assert page.bare_headers == 0


def test_an_indicator_leads_to_the_page_of_its_kind(demo_site):
    site = demo_site / "site" / RELEASE
    html = (site / "indikator" / "andel-virtuelle-kontakter" / "index.html").read_text(encoding="utf-8")
    assert '<a href="../../metode/proportion/">Andel</a>' in html
    assert '<a href="../metode/proportion/">Andel</a>' in (site / "metode" / "index.html").read_text(
        encoding="utf-8"
    )


def test_a_late_region_is_named_with_its_period_and_the_country_waits(demo_site):
    html = (
        demo_site / "site" / RELEASE / "indikator" / "andel-virtuelle-kontakter" / "index.html"
    ).read_text(encoding="utf-8")
    assert "3. kvartal 2026 (mangler data fra Region Sjælland)" in html
    rows = {
        (row["unit"], row["period"]): row
        for row in results(demo_site)
        if row["indicator"] == "andel-virtuelle-kontakter" and row["unit_kind"] in ("national", "region")
    }
    assert rows["national", "2026Q3"]["status"] == "not_delivered"
    assert rows["region-sjaelland", "2026Q3"]["status"] == "not_delivered"
    assert rows["region-nordjylland", "2026Q3"]["status"] == "shown"


def test_synthetic_data_is_said_on_every_page_and_in_every_row(demo_site):
    for path in (demo_site / "site" / RELEASE).rglob("*.html"):
        if path.name != "404.html":
            assert "vbs-banner" in path.read_text(encoding="utf-8"), path
    assert {row["synthetic"] for row in results(demo_site)} == {"true"}


def test_data_dictionary_has_every_column_and_every_code_in_use(demo_site):
    folder = demo_site / "releases" / RELEASE
    with (folder / "dictionary.csv").open(encoding="utf-8", newline="") as file:
        entries = list(csv.DictReader(file))
    for table in ("results", "quality"):
        with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        assert [entry["column"] for entry in entries if entry["table"] == table] == header
    known = {(entry["table"], entry["column"]) for entry in entries}
    for row in results(demo_site):
        for table in ("status", "statistic", "method"):
            assert (table, re.sub(r"^event_free_\d+d$", "event_free_<days>d", row[table])) in known
    assert all(entry["da"] and entry["en"] for entry in entries)


def test_stamped_page_is_the_page_that_the_builder_would_have_written(demo_site):
    """Shell and stamped page differ in nothing but what was filled in: same head, same navigation, same scripts."""
    site = demo_site / "site" / RELEASE
    one = (site / "indikator" / INDICATORS[0] / "index.html").read_text(encoding="utf-8")
    other = (site / "indikator" / INDICATORS[1] / "index.html").read_text(encoding="utf-8")

    def frame(html):
        before, _, rest = html.partition('<div class="vbs-banner"')
        after = rest[rest.rindex("</article>") :]
        for name in INDICATORS:
            before, after = before.replace(name, "NAME"), after.replace(name, "NAME")
        before = re.sub(r"<title>.*?</title>", "", before, flags=re.DOTALL)
        before = re.sub(r'<meta name="description" content="[^"]*">', "", before)
        before = re.sub(r'(<span class="md-ellipsis">\s*)(.*?)(\s*</span>)', r"\1\3", before, flags=re.DOTALL)
        return before, after

    assert frame(one) == frame(other)
    assert "vbs-shell" not in one
    assert '<li class="md-tabs__item md-tabs__item--active">' in one
