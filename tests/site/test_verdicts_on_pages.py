"""What pages say of figures is what stands in the release: every verdict, every count of units, and none of a proposal."""

import datetime
import html
import json
import re
from dataclasses import replace

import pytest
import yaml
from unit.wording_catalogues import building_blocks

from vbs_site.catalogue.indicators import Target
from vbs_site.catalogue.judging import Break
from vbs_site.catalogue.loading import load
from vbs_site.judgement.judge import judge
from vbs_site.periods import Period
from vbs_site.releases.bundle import read_bundle
from vbs_site.site.context import Context, make_environment
from vbs_site.site.pages import comparison, judged, over_time
from vbs_site.site.results import index_results
from vbs_site.site.words import SHAPES, say

RELEASE = "2026Q3"
LANGUAGES = [("", "da"), ("en/", "en")]
SIGNS = SHAPES | {"met": "■", "not_met": "▲", "unchanged": "=", "undeterminable": "◇"}


@pytest.fixture(scope="module")
def bundle(demo_site):
    return read_bundle(demo_site / "releases" / RELEASE)


@pytest.fixture(scope="module")
def contexts(bundle):
    results = index_results(bundle)
    return {
        language: Context(bundle, results, (), language, make_environment(), "", "")
        for _, language in LANGUAGES
    }


@pytest.fixture(scope="module")
def told(bundle):
    """The rows of everyone in the results, by indicator, statistic, kind of unit, unit and period."""
    rows = bundle.results[bundle.results["stratum"] == "all"]
    keys = ["indicator", "statistic", "unit_kind", "unit", "period"]
    return {
        tuple(row[key] for key in keys): row
        for row in rows.astype("object").where(rows.notna(), "").to_dict("records")
    }


def page(demo_site, address):
    return (demo_site / "site" / RELEASE / address / "index.html").read_text(encoding="utf-8")


def text(fragment):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", fragment)).split())


def table(fragment, mark):
    """Return the rows of the tables whose ids begin with a mark: id to column name to the words of the cell."""
    found = {}
    for whole in re.findall(r"<table.*?</table>", fragment, re.DOTALL):
        heads = re.findall(r"<th scope=\"col\".*?</th>", whole[: whole.find("</thead>")], re.DOTALL)
        names = [text(re.split(r"<br>", each)[0]) for each in heads]
        for identity, row in re.findall(rf'<tr id="{mark}([^"]+)".*?>(.*?)</tr>', whole, re.DOTALL):
            cells = [text(each) for each in re.findall(r"<t[hd][ >].*?</t[hd]>", row, re.DOTALL)]
            assert len(cells) == len(names), (identity, names, cells)
            found[identity] = dict(zip(names, cells, strict=True))
    return found


def words(verdict, language):
    """Return a verdict as a table says it, in shape and word."""
    return f"{SIGNS[verdict]} {say(f'{verdict}_short', language)}" if verdict else ""


def trend(verdict, language):
    return f"{SIGNS[verdict]} {say(f'trend_{verdict}', language)}" if verdict else ""


def column(cells, key, language):
    """Return a cell by the name of its column; the column stands only where anyone has something in it."""
    return cells.get(say(key, language), "")


@pytest.mark.parametrize(("prefix", "language"), LANGUAGES)
def test_every_verdict_of_the_comparison_is_the_one_in_the_release(
    demo_site, contexts, told, prefix, language
):
    context, checked = contexts[language], 0
    for name in context.bundle.catalogue.computed:
        statistic, period = context.results.statistics[name][0], context.results.common_period(name)
        for identity, cells in table(page(demo_site, f"{prefix}indikator/{name}"), "u-").items():
            kind, unit = identity.split("-", 1)
            row = told[name, statistic, kind, unit, period.id]
            assert column(cells, "compared", language) == words(row["comparison"], language), (name, unit)
            assert column(cells, "target_verdict", language) == words(row["target"], language), (name, unit)
            assert column(cells, "trend_year", language) == trend(row["trend"], language), (name, unit)
            checked += bool(row["comparison"]) + bool(row["target"]) + bool(row["trend"])
    assert checked > len(context.bundle.catalogue.computed)


@pytest.mark.parametrize(("prefix", "language"), LANGUAGES)
def test_every_verdict_over_time_is_the_one_in_the_release(demo_site, contexts, told, prefix, language):
    context, seen = contexts[language], set()
    for name in context.bundle.catalogue.computed:
        statistic = context.results.statistics[name][0]
        for period, cells in table(page(demo_site, f"{prefix}indikator/{name}"), "p-").items():
            row = told[name, statistic, "national", "national", period]
            assert column(cells, "target_verdict", language) == words(row["target"], language), (name, period)
            assert column(cells, "trend_year", language) == trend(row["trend"], language), (name, period)
            seen |= {row["target"], row["trend"]}
    assert {"unchanged", "undeterminable"} < seen
    assert seen & {"met", "not_met"}


@pytest.mark.parametrize(("prefix", "language"), LANGUAGES)
def test_every_verdict_of_an_organisation_is_the_one_in_the_release(
    demo_site, contexts, told, prefix, language
):
    context, checked = contexts[language], 0
    for unit in context.shown_organisations:
        rows = table(page(demo_site, f"{prefix}organisation/{unit.id}"), "i-")
        for identity, cells in rows.items():
            name, statistic, kind = identity.rsplit("-", 2)
            period = next(
                each.period
                for each in context.results.of(name, statistic, kind, unit.id)
                if context.period(each.period) == column(cells, "period", language)
            )
            row = told[name, statistic, kind, unit.id, period.id]
            assert column(cells, "target_verdict", language) == words(row["target"], language), identity
            assert column(cells, "trend_year", language) == trend(row["trend"], language), identity
            assert column(cells, "variation", language) == (
                say(f"variation_{row['variation']}", language) if row["variation"] else ""
            ), identity
            if row["comparison"]:
                assert column(cells, "compared", language) == words(row["comparison"], language), identity
            checked += bool(row["variation"])
    assert checked


@pytest.mark.parametrize(("prefix", "language"), LANGUAGES)
def test_lists_say_the_target_and_the_trend_of_the_release(demo_site, contexts, told, prefix, language):
    context, checked = contexts[language], 0
    for area in context.bundle.catalogue.areas:
        fragment = page(demo_site, f"{prefix}omraade/{area}")
        for row in re.findall(r"<tr>.*?</tr>", fragment, re.DOTALL):
            link = re.search(r'href="[^"]*indikator/([a-z0-9-]+)/"', row)
            if link is None or link[1] not in context.bundle.catalogue.computed:
                continue
            name, period = link[1], context.results.common_period(link[1])
            result = told[name, context.results.statistics[name][0], "national", "national", period.id]
            cells = [text(each) for each in re.findall(r"<t[hd][ >].*?</t[hd]>", row, re.DOTALL)]
            assert cells[-2].endswith(words(result["target"], language)), (name, cells)
            assert cells[-1] == (say(f"trend_{result['trend']}", language) if result["trend"] else ""), name
            checked += bool(result["target"])
    assert checked


@pytest.mark.parametrize(("prefix", "language"), LANGUAGES)
def test_a_proposal_is_never_called_better_worse_or_met(demo_site, bundle, prefix, language):
    proposals = [name for name, each in bundle.catalogue.computed.items() if each.provenance.is_proposal]
    assert proposals
    for name in proposals:
        whole = page(demo_site, f"{prefix}indikator/{name}")
        for verdict in ("better", "worse", "met", "not_met", "improvement", "concern"):
            assert f"vbs-verdict vbs-{verdict}" not in whole, name
            if verdict in ("improvement", "concern"):
                assert say(f"variation_{verdict}", language) not in text(whole), name
        assert "vbs-mark--better" not in whole, name
        assert "vbs-mark--worse" not in whole, name


@pytest.mark.parametrize(("prefix", "language"), LANGUAGES)
def test_the_counts_of_units_outside_are_those_of_the_funnels(demo_site, contexts, prefix, language):
    context, told, drawn, outside = contexts[language], 0, 0, 0
    places = context.bundle.tables["funnel"]
    for name in context.bundle.catalogue.computed:
        statistic, period = context.results.statistics[name][0], context.results.common_period(name)
        here = places[
            (places["indicator"] == name)
            & (places["statistic"] == statistic)
            & (places["period"] == period.id)
        ]
        whole = page(demo_site, f"{prefix}indikator/{name}")
        counted = {kind: len(rows) for kind, rows in here.groupby("unit_kind")}
        for kind, rows in here.groupby("unit_kind"):
            plural, where = context.text(context.bundle.catalogue.units[kind].plural), rows["position"]
            far, near = where.str.endswith("_998").sum(), where.str.endswith(("_95", "_998")).sum()
            chance = [judged.about(context, len(where) * share) for share in (0.05, 0.002)]
            sentence = say("funnel_count", language).format(
                plural, len(where), near, chance[0], far, chance[1]
            )
            assert f"<li>{html.escape(sentence)}" in whole, (name, kind)
            told, outside = told + 1, outside + near
        found = re.search(r'<figure class="vbs-figure" id="funnel">.*?</figure>', whole, re.DOTALL)
        assert (found is not None) == any(count >= comparison.FEWEST for count in counted.values()), name
        if found is None:
            continue
        plural = text(found[0]).split(": ", 1)[1].split(",")[0]
        kind = next(
            kind for kind in counted if context.text(context.bundle.catalogue.units[kind].plural) == plural
        )
        assert counted[kind] >= comparison.FEWEST
        marks = re.findall(r'<path class="vbs-mark', found[0].split('<p class="vbs-legend"')[0])
        assert len(marks) == counted[kind]
        drawn += 1
    assert told > drawn > 0
    assert outside


@pytest.mark.parametrize(("prefix", "language"), LANGUAGES)
def test_units_that_are_alike_have_the_verdicts_and_differences_of_the_release(
    demo_site, contexts, prefix, language
):
    context, checked = contexts[language], 0
    similar = context.bundle.tables["comparisons"].query("against == 'similar'")
    for name in context.bundle.catalogue.computed:
        statistic, period = context.results.statistics[name][0], context.results.common_period(name)
        here = similar[
            (similar["indicator"] == name)
            & (similar["statistic"] == statistic)
            & (similar["period"] == period.id)
        ].set_index("unit")
        rows = table(page(demo_site, f"{prefix}indikator/{name}"), "s-")
        assert rows.keys() == set(here.index), name
        for unit, cells in rows.items():
            assert column(cells, "verdict", language) == words(here.loc[unit, "verdict"], language)
            checked += 1
    assert checked


def test_a_control_chart_tells_the_rules_of_the_release(demo_site, contexts):
    context, control = contexts["da"], contexts["da"].bundle.tables["control"]
    national = control[control["unit_kind"] == "national"]
    judged_series = 0
    for name in context.bundle.catalogue.computed:
        whole = page(demo_site, f"indikator/{name}")
        statistic = context.results.statistics[name][0]
        rows = national[(national["indicator"] == name) & (national["statistic"] == statistic)]
        fired = rows[rows["signals"].notna()].set_index("period")["signals"]
        said = dict(re.findall(r'<li id="r-([^"]+)">(.*?)</li>', whole))
        assert said.keys() == set(fired.index), name
        for period, rules in fired.items():
            for rule in rules.split(";"):
                assert context.code("signals", rule).lower() in said[period].lower()
        assert ('class="vbs-limit vbs-limit--centre" d=' in whole) == bool(len(rows)), name
        if len(rows):
            newest = rows.sort_values("period").iloc[-1]
            lead = text(re.search(r'<p class="vbs-verdicts" id="variation">.*?</p>', whole, re.DOTALL)[0])
            assert say(f"variation_{newest['variation']}", "da") in lead
            judged_series += 1
        else:
            key = "control_overlap" if context.indicator(name).periods_overlap else "control_too_few"
            assert say(key, "da") in text(whole) or statistic == "ratio", name
    assert judged_series


def test_interactive_figures_hold_the_numbers_of_the_release_and_no_others(demo_site, bundle):
    """Values are those of the results, and lines those of the tables; each figure is the one that its id names."""

    def rounded(*columns):
        return {round(float(number), 6) for each in columns for number in each.dropna()}

    results, tables, seen = bundle.results, bundle.tables, set()
    for name, indicator in bundle.catalogue.computed.items():
        here, control, funnel = (
            each[each["indicator"] == name] for each in (results, tables["control"], tables["funnel"])
        )
        values = rounded(here["value"])
        targets = {round(each.value, 6) for each in indicator.targets}
        limits = ["lower_95", "upper_95", "lower_998", "upper_998", "centre"]
        allowed = {
            "figure-time": values
            | targets
            | rounded(*(control[each] for each in ("lower", "upper", "centre"))),
            "figure-funnel": values | targets | rounded(*(funnel[each] for each in limits)),
            "figure-units": values,
        }
        figures = re.findall(
            r'<script type="application/json" id="(figure-[a-z]+)">(.*?)</script>',
            page(demo_site, f"indikator/{name}"),
            re.DOTALL,
        )
        for identity, written in figures:
            axis = "x" if identity == "figure-units" else "y"
            given = [
                each for trace in json.loads(written)["data"] for each in trace[axis] if each is not None
            ]
            assert given, (name, identity)
            assert {round(each, 6) for each in given} <= allowed[identity], (name, identity)
            seen.add(identity)
    assert seen == {"figure-time", "figure-funnel", "figure-units"}


def _broken(bundle, name, day):
    """Return a bundle whose indicator has a break on a day."""
    reason = {"da": "Nye koder", "en": "New codes"}
    given = bundle.catalogue.indicators[name].model_copy(update={"breaks": [Break(date=day, reason=reason)]})
    indicators = bundle.catalogue.indicators | {name: given}
    return replace(bundle, catalogue=bundle.catalogue.model_copy(update={"indicators": indicators}))


@pytest.mark.parametrize("judged_over_time", [True, False])
def test_a_break_is_drawn_and_told_with_or_without_a_control_chart(bundle, contexts, judged_over_time):
    verdicts = contexts["da"].verdicts
    name = next(
        each
        for each in bundle.catalogue.computed
        for statistic in contexts["da"].results.statistics[each][:1]
        if ((each, statistic, "national", "national") in verdicts.control) == judged_over_time
        and sum(result.shown for result in contexts["da"].results.national(each)) > 2
    )
    changed = _broken(bundle, name, datetime.date(2024, 1, 1))
    context = replace(contexts["da"], bundle=changed)
    statistic = context.results.statistics[name][0]
    parts = over_time.parts(context, name, statistic)
    assert [(turn["kind"], turn["title"]) for turn in parts["chart"]["turns"]] == [
        ("break", "1. januar 2024: Nye koder")
    ]
    whole = over_time.parts(contexts["da"], name, statistic)
    assert len(parts["chart"]["paths"]) == len(whole["chart"]["paths"]) + 1
    assert whole["chart"]["turns"] == []


def test_the_line_of_a_target_stands_at_the_target_in_force(bundle, contexts):
    context, drawn = contexts["da"], 0
    for name, indicator in bundle.catalogue.computed.items():
        parts = over_time.parts(context, name, context.results.statistics[name][0])
        if parts["chart"] is None:
            continue
        named = bool(indicator.targets) and not indicator.provenance.is_proposal
        assert (parts["chart"]["target"] is not None) <= named, name
        drawn += parts["chart"]["target"] is not None
    assert drawn


@pytest.mark.parametrize(("op", "assured"), [(">=", "fail"), ("<", "pass")])
def test_a_judged_series_says_its_pattern_and_whether_the_target_will_be_met(bundle, op, assured):
    name = "andel-virtuelle-kontakter"
    given = bundle.catalogue.indicators[name]
    target = Target(label={"da": "Standard", "en": "Standard"}, op=op, value=0.9, source="x")
    provenance = given.provenance.model_copy(update={"status": "agreed"})
    agreed = given.model_copy(update={"targets": [target], "provenance": provenance})
    indicators = bundle.catalogue.indicators | {name: agreed}
    catalogue = bundle.catalogue.model_copy(update={"indicators": indicators})
    here = bundle.results[bundle.results["indicator"] == name]
    verdicts = judge(catalogue, bundle.organisations, here)
    changed = replace(bundle, catalogue=catalogue, results=verdicts.results, tables=verdicts.tables)
    for language in ("da", "en"):
        context = Context(changed, index_results(changed), (), language, make_environment(), "", "")
        common = {"name": name, "indicator": agreed, "statistic": "proportion", "limits": True}
        common |= {"counts": "", "root": ""}
        parts = over_time.parts(context, name, "proportion")
        whole = context.render("indicator/over_time.html.jinja", **common, **parts)
        lead = text(re.search(r'<p class="vbs-verdicts".*?</p>', whole, re.DOTALL)[0])
        assert say("variation_improvement", language) in lead
        assert say(f"assurance_{assured}", language) in lead
        assert words("met" if op == "<" else "not_met", language) in text(whole)
        assert say("proposal_unjudged", language) not in lead
        assert len(re.findall('<line class="vbs-target" x1="', whole)) >= 1 + len(parts["multiples"])


def test_what_figures_are_adjusted_to_is_told_with_its_date(contexts, tmp_path):
    path = tmp_path / "indicators.yaml"
    path.write_text(yaml.safe_dump(building_blocks(), allow_unicode=True, sort_keys=False), encoding="utf-8")
    catalogue = load(path).catalogue
    kinds = {"standardised_rate": 0, "standardised_ratio": 0, "adjusted_change": 0, "proportion": 0}
    context = replace(contexts["da"], bundle=replace(contexts["da"].bundle, catalogue=catalogue))
    for name, indicator in catalogue.indicators.items():
        if indicator.kind not in kinds:
            continue
        kinds[indicator.kind] += 1
        told = judged.adjusted_to(context, name, Period("year", 2025))
        if indicator.kind == "standardised_rate":
            standard = indicator.standard
            assert catalogue.sources[standard.from_].title["da"] in told
            assert standard.day is None or str(standard.day.year) in told
        elif indicator.kind == "proportion":
            assert told == ""
        else:
            assert "2025" in told
    assert all(kinds.values()), kinds
