"""An address in a text of the catalogue is a link to that address, whatever the sentence goes on with."""

import html

import pytest

from vbs_site.site.context import make_environment

ADDRESS = "https://example.org/a;b?x=1&y=2"


@pytest.mark.parametrize("around", ["{}; more", "({}); more", "more: {};", "{}, {}; {}.", "{}"])
def test_a_link_ends_where_the_address_ends(around):
    shown = make_environment().from_string("{{ text | urlize }}").render(text=around.format(*[ADDRESS] * 3))
    address = html.escape(ADDRESS)
    link = f'<a href="{address}" rel="noopener">{address}</a>'
    assert shown == around.format(*[link] * 3)


def test_what_is_no_address_is_escaped_and_a_long_one_is_cut_short():
    template = make_environment().from_string("{{ text | urlize(12) }}")
    shown = template.render(text=f"<b>; a & b; {ADDRESS};")
    assert shown.startswith("&lt;b&gt;; a &amp; b; <a href=") and shown.endswith(">https://exam...</a>;")
