"""News, feeds, differences without an upper limit, targets side by side, and what the words around verdicts promise."""

import datetime
import html
import re
from dataclasses import replace
from xml.etree import ElementTree

import pandas as pd
import pytest

from vbs_site.catalogue.indicators import Target
from vbs_site.catalogue.judging import FEWEST_TO_WIDEN, Break
from vbs_site.catalogue.statistics import main_direction
from vbs_site.judgement.judge import judge
from vbs_site.releases.bundle import read_bundle
from vbs_site.site.context import Context, make_environment
from vbs_site.site.pages import comparison, indicator, judged, measures, news, over_time
from vbs_site.site.results import index_results
from vbs_site.site.verdicts import Compared
from vbs_site.site.words import say

RELEASE = "2026Q3"
LANGUAGES = ["da", "en"]
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def bundle(demo_site):
    return read_bundle(demo_site / "releases" / RELEASE)


def context_of(bundle, language="da"):
    return Context(bundle, index_results(bundle), (), language, make_environment(), "", "")


def changed(bundle, name, **keys):
    """Return a bundle whose catalogue has other keys of one indicator."""
    given = bundle.catalogue.indicators[name].model_copy(update=keys)
    indicators = bundle.catalogue.indicators | {name: given}
    return replace(bundle, catalogue=bundle.catalogue.model_copy(update={"indicators": indicators}))


def with_table(bundle, name, table):
    return replace(bundle, tables=bundle.tables | {name: table})


def text(fragment):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", fragment)).split())


def target(label, op, value, **days):
    return Target(label={"da": label, "en": label}, op=op, value=value, source="x", **days)


def test_news_count_as_judged_only_what_may_be_called_better_or_worse(bundle):
    catalogue, told = bundle.catalogue, news.news(context_of(bundle)).judged
    sided = [
        name
        for name, each in catalogue.computed.items()
        if not each.provenance.is_proposal and main_direction(each) != "neutral"
    ]
    assert 0 < len(sided) < len(catalogue.computed)
    proposed = catalogue.indicators | {
        name: each.model_copy(
            update={"provenance": each.provenance.model_copy(update={"status": "proposal"})}
        )
        for name, each in catalogue.computed.items()
        if name not in sided
    }
    same = replace(bundle, catalogue=catalogue.model_copy(update={"indicators": proposed}))
    assert news.news(context_of(same)).judged == told > 0
    for key in ({"direction": "neutral"}, {"provenance": "proposal"}):
        fewer = bundle
        for name in sided:
            given = catalogue.indicators[name].provenance.model_copy(update={"status": "proposal"})
            fewer = changed(fewer, name, **(key if "direction" in key else {"provenance": given}))
        left = [name for name in sided if main_direction(fewer.catalogue.indicators[name]) != "neutral"]
        counted = news.news(context_of(fewer)).judged
        assert counted < told
        assert counted == 0 or (left and "direction" in key)


@pytest.fixture
def newly_met(bundle):
    """A bundle in which the country has just met a target that it did not meet before, and the period in which it has."""
    context = context_of(bundle)
    name, period = next(
        (name, period)
        for name, each in bundle.catalogue.computed.items()
        if len(each.targets) == 1 and not each.provenance.is_proposal
        for period in [context.results.common_period(name)]
        if {period, period.next(-1)} <= {each.period for each in context.results.national(name)}
        and judged.target_on(context, name, period.next(-1)) is not None
    )
    results = bundle.results.copy()
    rows = (results["indicator"] == name) & (results["unit"] == "national") & (results["stratum"] == "all")
    results.loc[rows & (results["period"] == period.id), "target"] = "met"
    results.loc[rows & (results["period"] == period.next(-1).id), "target"] = "not_met"
    return replace(bundle, results=results), name, period


def met(bundle, name):
    found = news.news(context_of(bundle)).by_kind.get("target_met", [])
    return [each for each in found if (each.result.indicator, each.result.unit) == (name, "national")]


def test_a_target_is_newly_met_when_the_same_one_was_not_met_before(newly_met):
    bundle, name, _ = newly_met
    assert len(met(bundle, name)) == 1


@pytest.mark.parametrize("where", ["first_day", "last_day"])
def test_a_target_is_not_newly_met_across_a_break(newly_met, where):
    bundle, name, period = newly_met
    reason = {"da": "Nye koder", "en": "New codes"}
    day = getattr(period, where)
    assert not met(changed(bundle, name, breaks=[Break(date=day, reason=reason)]), name)
    before = period.next(-1).first_day
    assert met(changed(bundle, name, breaks=[Break(date=before, reason=reason)]), name)


def test_a_target_is_not_newly_met_when_another_was_in_force_before(newly_met):
    bundle, name, period = newly_met
    (given,) = bundle.catalogue.indicators[name].targets
    until = period.first_day - datetime.timedelta(days=1)
    for other in (
        {"value": given.value / 2},
        {"op": {">=": ">", ">": ">=", "<=": "<", "<": "<="}[given.op]},
        {"label": {"da": "Udviklingsmål", "en": "Goal"}},
    ):
        old = given.model_copy(update={"valid_from": None, "valid_to": until} | other)
        new = given.model_copy(update={"valid_from": period.first_day, "valid_to": None})
        assert not met(changed(bundle, name, targets=[old, new]), name), other
        assert met(changed(bundle, name, targets=[old.model_copy(update=dict(given)), new]), name)


@pytest.mark.parametrize("prefix", ["", "en/"])
def test_a_feed_is_known_by_its_permanent_address_and_its_entries_by_their_release(demo_site, prefix):
    site = demo_site / "site"
    newest = max(each.name for each in (demo_site / "releases").iterdir() if each.is_dir())
    here, latest = site / newest / prefix / "feed.xml", site / "latest" / prefix / "feed.xml"
    assert here.read_bytes() == latest.read_bytes()
    feed = ElementTree.fromstring(here.read_text(encoding="utf-8"))
    itself = next(each.get("href") for each in feed.iter(f"{ATOM}link") if each.get("rel") == "self")
    assert feed.findtext(f"{ATOM}id") == itself
    assert itself.endswith(f"/latest/{prefix}feed.xml")
    entries = [each.findtext(f"{ATOM}id") for each in feed.iter(f"{ATOM}entry")]
    assert entries and len(set(entries)) == len(entries)
    assert all(f"/{newest}/" in each for each in entries)
    front = site / newest / prefix / "index.html"
    (link,) = re.findall(r'href="([^"]*feed\.xml)"', front.read_text(encoding="utf-8"))
    assert (front.parent / link).resolve() == latest.resolve()


def test_a_feed_without_a_day_of_delivery_is_dated_by_the_newest_period(bundle):
    bare = replace(bundle, deliveries=bundle.deliveries | {"latest": None})
    feed = ElementTree.fromstring(
        news.feed(context_of(bare), "https://x/2026Q3/", "https://x/latest/feed.xml")
    )
    newest = max(each.period.last_day for rows in index_results(bare).series.values() for each in rows)
    dated = {each.text for each in feed.iter(f"{ATOM}updated")}
    assert dated == {f"{newest.isoformat()}T00:00:00Z"}


@pytest.mark.parametrize("without", [None, float("inf")])
@pytest.mark.parametrize(
    ("language", "words"), [("da", "fra 1,25, ingen øvre grænse"), ("en", "from 1.25, no upper limit")]
)
def test_a_quotient_without_an_upper_limit_says_so(bundle, without, language, words):
    context, name = context_of(bundle, language), next(iter(bundle.catalogue.computed))
    told = Compared("x", "2025", 0.0, without, 1.25, without, "ratio-exact", "worse")
    assert context.difference(name, "rate", told) == ("", words)
    assert context.difference(name, "rate", told._replace(lower=None)) == ("", "")


def _unbounded(bundle, against, name, without):
    """Return a bundle in which the differences of an indicator have no upper limit."""
    table = bundle.tables["comparisons"].copy()
    rows = (table["against"] == against) & (table["indicator"] == name) & table["lower"].notna()
    table.loc[rows, ["difference", "upper"]] = without
    table.loc[rows, ["lower", "method"]] = [2.0, "ratio-exact"]
    return with_table(bundle, "comparisons", table)


@pytest.mark.parametrize("without", [float("nan"), float("inf")])
@pytest.mark.parametrize(("against", "part"), [("own_past", "over_time"), ("similar", "comparison")])
def test_tables_show_the_lower_limit_where_there_is_no_upper_one(bundle, against, part, without):
    context = context_of(bundle)
    given = bundle.tables["comparisons"].query("against == @against")
    name = next(
        name
        for name in given["indicator"].unique()
        if against == "own_past"
        or (name, context.results.statistics[name][0], context.results.common_period(name).id)
        in context.verdicts.similar
    )
    whole = text(indicator.fragments(context_of(_unbounded(bundle, against, name, without)), name)[part])
    assert say("no_upper_limit", "da").format("2,00") in whole


@pytest.fixture(scope="module")
def two_targets(bundle):
    """An indicator that is held against two targets at once: it meets one of them and not the other."""
    name = "andel-virtuelle-kontakter"
    provenance = bundle.catalogue.indicators[name].provenance.model_copy(update={"status": "agreed"})
    levels = [target("Standard", ">=", 0.9), target("Udviklingsmål", "<", 0.9), target("Gammel", "<", 0.8)]
    levels[2] = levels[2].model_copy(update={"valid_to": datetime.date(2001, 1, 1)})
    given = changed(bundle, name, targets=levels, provenance=provenance)
    here = bundle.results[bundle.results["indicator"] == name]
    told = judge(given.catalogue, bundle.organisations, here)
    return replace(given, results=told.results, tables=told.tables), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_target_in_force_has_its_own_verdict_in_lists_and_cards(two_targets, language):
    context, name = context_of(two_targets[0], language), two_targets[1]
    row = measures.row(context, name)
    assert [(each.label, verdict) for each, verdict in row.targets] == [
        ("Standard", "not_met"),
        ("Udviklingsmål", "met"),
    ]
    listed = context.render("measure_table.html.jinja", caption="", groups=[("", [row])], root="")
    cards = indicator.fragments(context, name)["newest"].split("<h3")[0]
    for fragment in (listed, cards):
        said = text(fragment)
        assert said.index("Standard") < said.index(f"▲ {say('not_met_short', language)}")
        assert said.index(f"▲ {say('not_met_short', language)}") < said.index("Udviklingsmål")
        assert said.index("Udviklingsmål") < said.index(f"■ {say('met_short', language)}")
        assert "Gammel" not in said


def _funnel_changed(bundle, **columns):
    return context_of(with_table(bundle, "funnel", bundle.tables["funnel"].assign(**columns)))


@pytest.mark.parametrize("widened", [True, "true", False, "false", pd.NA])
def test_limits_are_called_widened_only_where_they_are(bundle, widened):
    context, seen = _funnel_changed(bundle, widened=widened, spread=1.5), 0
    for name in bundle.catalogue.computed:
        told = comparison.parts(context, name, context.results.statistics[name][0])["counted"]
        seen += len(told)
        for sentence in told:
            assert ("φ = 1,5" in sentence) == (str(widened).lower() == "true"), name
    assert seen


def test_a_release_of_before_verdicts_still_has_its_pages(bundle):
    results = bundle.results.assign(target=pd.NA, trend=pd.NA, variation=pd.NA)
    bare = replace(bundle, tables={}, results=results)
    context = context_of(bare)
    for name in bare.catalogue.computed:
        statistic = context.results.statistics[name][0]
        assert over_time.parts(context, name, statistic)["newest"] is None
        parts = comparison.parts(context, name, statistic)
        assert parts["funnel"] is None
        assert not parts["counted"]
        assert not parts["targeted"]
        assert not parts["similar"]


def test_a_release_of_before_the_column_calls_no_limits_widened(bundle):
    table = bundle.tables["funnel"].drop(columns="widened")
    context = context_of(with_table(bundle, "funnel", table))
    for name in bundle.catalogue.computed:
        told = comparison.parts(context, name, context.results.statistics[name][0])["counted"]
        assert "φ" not in " ".join(told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_determined_is_explained_where_it_is_said(bundle, language):
    context, seen = context_of(bundle, language), 0
    for name in bundle.catalogue.computed:
        statistic = context.results.statistics[name][0]
        rows = comparison.comparison_rows(context, name, statistic)
        untold = any(row.result.trend == "undeterminable" for row in rows)
        parts = indicator.fragments(context, name)
        assert (say("untold_guide", language) in text(parts["comparison"])) == untold, name
        over = any(each.trend for each in context.results.national(name))
        assert (say("untold_guide", language) in text(parts["over_time"])) == over, name
        seen += untold
    assert seen


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_ratio_to_expected_says_that_its_reference_changes(bundle, language):
    name = next(iter(bundle.catalogue.computed))
    results = bundle.results[bundle.results["indicator"] == name].assign(
        statistic="standardised_ratio", trend=pd.NA, variation=pd.NA
    )
    nothing = {key: table.iloc[:0] for key, table in bundle.tables.items()}
    words = bundle.definitions[name]
    named = {each: words[each] | {"statistics": {"standardised_ratio": "O/E"}} for each in words}
    bare = replace(bundle, results=results, tables=nothing, definitions={name: named})
    context = context_of(bare, language)
    parts = over_time.parts(context, name, "standardised_ratio")
    common = {"name": name, "indicator": context.indicator(name), "statistic": "standardised_ratio"}
    whole = text(
        context.render("indicator/over_time.html.jinja", **common, **parts, limits=True, counts="", root="")
    )
    assert say("own_reference", language) in whole
    assert say("control_of_one", language) in whole
    assert say("control_too_few", language) not in whole
    assert say("own_past_guide", language) not in whole


@pytest.mark.parametrize(("language", "units"), [("da", "enheder"), ("en", "units")])
def test_the_fewest_units_that_limits_are_widened_for_are_told(root, language, units):
    method = (root / "content" / language / "metode.md").read_text(encoding="utf-8")
    assert f"{FEWEST_TO_WIDEN} {units}" in method


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_method_names_every_status_that_a_figure_can_have_and_no_other(root, bundle, language):
    method = (root / "content" / language / "metode.md").read_text(encoding="utf-8")
    table = method.split("| Status |")[1].split("\n\n")[0]
    told = {each.lower() for each in re.findall(r"^\| ([^|]+?) \|", table, re.MULTILINE)} - {"---"}
    context = context_of(bundle, language)
    assert context.status("series_break").lower() not in told
    assert {context.status(each).lower() for each in bundle.results["status"].unique()} <= told
