"""Charts as a page has them, for tests that look at what is drawn."""

from functools import partial
from xml.etree import ElementTree

from vbs_site.periods import Period
from vbs_site.site.context import make_environment
from vbs_site.site.words import say

SVG = "{http://www.w3.org/2000/svg}"
FIRST = Period("quarter", 8100)
"""The first quarter of 2025."""
LANGUAGES = ("da", "en")


ENVIRONMENT = make_environment()


def drawn(macro, chart, language="da", label="Reoperation"):
    """Return a chart as the page has it: text and tree."""
    template = f"{{% from 'charts.html.jinja' import {macro} with context %}}{{{{ {macro}(chart, label) }}}}"
    page = ENVIRONMENT.from_string(template)
    text = page.render(chart=chart, label=label, say=partial(say, language=language))
    return text, ElementTree.fromstring(text.replace("<svg", f'<svg xmlns="{SVG[1:-1]}"', 1))


def of_class(tree, name):
    return [each for each in tree.iter() if name in each.get("class", "").split()]


def titles(elements):
    return [each.find(f"{SVG}title").text for each in elements]
