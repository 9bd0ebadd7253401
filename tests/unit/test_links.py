"""The link check: what leads nowhere and what would be loaded from elsewhere is found, and nothing else."""

import pytest

from vbs_site.site.links import link_faults


@pytest.fixture
def tree(tmp_path):
    """A folder with two pages and a style sheet."""
    (tmp_path / "other").mkdir()
    (tmp_path / "style.css").write_text("", encoding="utf-8")
    (tmp_path / "other" / "index.html").write_text('<h1 id="here">Other</h1>', encoding="utf-8")
    return tmp_path


def faults(tree, html):
    (tree / "index.html").write_text(html, encoding="utf-8")
    return [str(fault) for fault in link_faults(tree)]


@pytest.mark.parametrize(
    "html",
    [
        '<a href="other/">x</a>',
        '<a href="other/#here">x</a>',
        '<a href="other/index.html?x=1#here">x</a>',
        '<link rel="stylesheet" href="style.css">',
        '<a href="https://example.org/">x</a>',
        '<a href="mailto:nobody">x</a>',
        '<a href="../elsewhere/">another release</a>',
        '<p id="a">x</p><a href="#a">x</a>',
    ],
)
def test_a_sound_link_is_no_fault(tree, html):
    assert faults(tree, html) == []


@pytest.mark.parametrize(
    ("html", "rule"),
    [
        ('<a href="none/">x</a>', "a page that exists"),
        ('<a href="other/#gone">x</a>', "anchor"),
        ('<img src="none.png">', "a page that exists"),
        ('<script src="https://example.org/x.js"></script>', "another host"),
        ('<link rel="stylesheet" href="//example.org/x.css">', "another host"),
    ],
)
def test_a_dead_link_and_a_load_from_elsewhere_are_faults(tree, html, rule):
    (line,) = faults(tree, html)
    assert "index.html" in line and rule in line
