"""The built demo in a real Chromium: every page type in both languages, links, charts, search, and nothing from outside."""

import functools
import http.server
import json
import shutil
import tempfile
import threading
import time
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from vbs_site.site.versions import write_versions

RELEASE = "2026Q3"
PAGES = {
    "front": "",
    "area": "omraade/hofte-knae/",
    "area with described": "omraade/diabetes/",
    "area with several": "omraade/naerhed/",
    "indicators": "indikator/",
    "indicator, proportion": "indikator/akut-genindlaeggelse-30-dage/",
    "indicator, rate": "indikator/sygehusforloeb-pr-1000-borgere/",
    "indicator, change": "indikator/oxford-hip-score-12-maaneder/",
    "indicator, time to event": "indikator/hofteprotese-revision-5-aar/",
    "described": "indikator/apopleksi-egenomsorg/",
    "organisations": "organisation/",
    "region": "organisation/region-midtjylland/",
    "hospital": "organisation/hospital-auh/",
    "policy": "naerhed/",
    "decisions": "beslutninger/",
    "practices": "praksis/",
    "practice": "praksis/ambuflex-pro/",
    "release": "udgivelse/",
    "data quality": "datakvalitet/",
    "method": "metode/",
    "accessibility": "tilgaengelighed/",
}
TREES = {"da": "", "en": "en/"}


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *_arguments):
        """Say nothing."""


@pytest.fixture(scope="module")
def address(demo_site):
    """Where the site is served on this machine."""
    handler = functools.partial(Quiet, directory=str(demo_site / "site"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    """A headless Chromium that keeps a log of its console and its requests."""
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not binary or not driver:
        pytest.skip(
            "Chromium and ChromeDriver are not installed (Debian: apt-get install chromium chromium-driver)"
        )
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    profile = tempfile.mkdtemp(prefix="vbs-profile-")
    flags = (
        "headless=new",
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
    )
    for flag in (*flags, f"user-data-dir={profile}", "window-size=1300,1000"):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with webdriver.Chrome(options=options, service=webdriver.ChromeService(driver)) as running:
        running.execute_cdp_cmd("Network.enable", {})
        running.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": True})
        yield running
    shutil.rmtree(profile, ignore_errors=True)


def outside(browser, address):
    """Return every request that was not for the site itself, since the last call."""
    asked = []
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.append(message["params"]["request"]["url"])
    return [url for url in asked if not url.startswith((f"{address}/", "data:", "blob:", "chrome", "about:"))]


def severe(browser):
    """Return the console's errors since the last call."""
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


def visit(browser, url):
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get(url)


def wait(browser, condition):
    return WebDriverWait(browser, 20).until(condition)


@pytest.mark.parametrize("language", TREES)
@pytest.mark.parametrize("page", PAGES)
def test_page_opens_without_console_errors_or_outside_requests(browser, address, page, language):
    visit(browser, f"{address}/{RELEASE}/{TREES[language]}{PAGES[page]}")
    wait(browser, lambda each: each.execute_script("return document.readyState") == "complete")
    heading = browser.find_element(By.TAG_NAME, "h1")
    assert heading.is_displayed() and heading.text.strip()
    assert browser.find_element(By.TAG_NAME, "html").get_attribute("lang") == language
    assert browser.find_element(By.CLASS_NAME, "vbs-banner").is_displayed()
    assert "@@vbs" not in browser.page_source and "<!--vbs" not in browser.page_source
    time.sleep(0.3)  # the version list and search load after the page; their faults belong to it
    assert severe(browser) == []
    assert outside(browser, address) == []


def test_root_and_latest_lead_to_the_newest_release(browser, address):
    for start, end in (
        ("/", f"/{RELEASE}/"),
        ("/latest/metode/", f"/{RELEASE}/metode/"),
        ("/latest/en/metode/", f"/{RELEASE}/en/metode/"),
    ):
        visit(browser, address + start)
        wait(browser, lambda each, end=end: urlsplit(each.current_url).path == end)


def test_a_reader_walks_from_the_front_page_to_a_hospital_and_changes_language_on_the_way(browser, address):
    visit(browser, f"{address}/{RELEASE}/")
    newest = browser.find_element(By.CSS_SELECTOR, "article a[href*='indikator/akut-genindlaeggelse']")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", newest)
    newest.click()
    wait(browser, lambda each: "/indikator/akut-genindlaeggelse-30-dage/" in each.current_url)
    link = browser.find_element(By.CSS_SELECTOR, "#u-hospital-hospital-auh a")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", link)
    link.click()
    wait(browser, lambda each: "/organisation/hospital-auh/" in each.current_url)
    english = browser.find_element(By.CSS_SELECTOR, "a.md-select__link[hreflang='en']").get_attribute("href")
    browser.get(english)
    assert urlsplit(browser.current_url).path == f"/{RELEASE}/en/organisation/hospital-auh/"
    back = browser.find_element(By.CSS_SELECTOR, "a.md-select__link[hreflang='da']").get_attribute("href")
    assert urlsplit(back).path == f"/{RELEASE}/organisation/hospital-auh/"


@pytest.mark.parametrize("language", TREES)
def test_version_selector_names_this_release(browser, address, language):
    visit(browser, f"{address}/{RELEASE}/{TREES[language]}metode/")
    shown = wait(browser, lambda each: each.find_elements(By.CSS_SELECTOR, ".md-version__current"))
    assert RELEASE in shown[0].text
    links = browser.find_elements(By.CSS_SELECTOR, ".md-version__link")
    assert [urlsplit(link.get_attribute("href")).path for link in links] == [f"/{RELEASE}/{TREES[language]}"]


def test_version_selector_stays_on_the_page_when_another_release_is_chosen(browser, address, demo_site):
    other = demo_site / "site" / "2026Q2"
    shutil.copytree(demo_site / "site" / RELEASE, other)
    for sitemap in other.rglob("sitemap.xml"):
        sitemap.write_text(sitemap.read_text(encoding="utf-8").replace(RELEASE, "2026Q2"), encoding="utf-8")
    try:
        write_versions(demo_site / "site", ["da", "en"])
        for tree in TREES.values():
            visit(browser, f"{address}/{RELEASE}/{tree}indikator/akut-genindlaeggelse-30-dage/")
            wait(browser, lambda each: len(each.find_elements(By.CSS_SELECTOR, ".md-version__link")) == 2)
            link = next(
                each
                for each in browser.find_elements(By.CSS_SELECTOR, ".md-version__link")
                if "2026Q2" in each.get_attribute("href")
            )
            browser.execute_script("arguments[0].click()", link)
            wait(
                browser,
                lambda each, tree=tree: (
                    urlsplit(each.current_url).path
                    == f"/2026Q2/{tree}indikator/akut-genindlaeggelse-30-dage/"
                ),
            )
            assert (
                "2026Q2"
                in wait(browser, lambda each: each.find_elements(By.CSS_SELECTOR, ".md-version__current"))[
                    0
                ].text
            )
    finally:
        shutil.rmtree(other)
        write_versions(demo_site / "site", ["da", "en"])


def test_interactive_chart_draws_from_the_page_with_the_library_of_the_site(browser, address):
    visit(browser, f"{address}/{RELEASE}/en/indikator/akut-genindlaeggelse-30-dage/")
    for name in ("figure-time", "figure-units"):
        button = wait(
            browser,
            lambda each, name=name: each.find_element(By.CSS_SELECTOR, f"button[data-vbs-figure='{name}']"),
        )
        browser.execute_script("arguments[0].click()", button)
        wait(browser, lambda each, name=name: each.find_elements(By.CSS_SELECTOR, f"#{name}-plot .main-svg"))
        assert browser.find_elements(By.CSS_SELECTOR, f"#{name}-plot .scatterlayer .points path")
    assert severe(browser) == []
    assert outside(browser, address) == []


@pytest.mark.parametrize(("language", "word"), [("da", "genindlæggelse"), ("en", "readmission")])
def test_search_finds_a_stamped_page(browser, address, language, word):
    visit(browser, f"{address}/{RELEASE}/{TREES[language]}?q={word}")
    found = wait(browser, lambda each: each.find_elements(By.CSS_SELECTOR, ".md-search-result__link"))
    assert any("/indikator/akut-genindlaeggelse-30-dage/" in link.get_attribute("href") for link in found)
    assert severe(browser) == []


@pytest.mark.parametrize("width", [320, 1300])
def test_page_is_never_wider_than_the_window(browser, address, width):
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    try:
        for page in PAGES.values():
            visit(browser, f"{address}/{RELEASE}/{page}")
            wide = browser.execute_script(
                "return [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 "
                "&& !e.closest('.vbs-scroll, .vbs-figure, .md-typeset__scrollwrap, .vbs-hidden')).map(e => e.tagName + '.' + e.className)"
            )
            assert browser.execute_script("return document.documentElement.scrollWidth") <= width, (
                page,
                wide,
            )
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
