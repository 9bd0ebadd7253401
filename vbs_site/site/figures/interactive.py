"""What all plotly figures share: formats, hover texts and the JSON that stands in the page."""

import json
from typing import Any

from vbs_site.site.numbers import decimals_of, is_share


def hover(statistic: str, own: int | None, heading: str, axis_name: str) -> str:
    """Return the hover text of a value with its interval and n, which stand first in the custom data."""
    form = form_of(statistic, own)
    limits = "" if statistic == "ratio" else f" (%{{customdata[0]:{form}}}–%{{customdata[1]:{form}}})"
    return f"{heading}<br>%{{{axis_name}:{form}}}{limits}<br>n = %{{customdata[2]:,}}<extra>%{{fullData.name}}</extra>"


def form_of(statistic: str, own: int | None) -> str:
    """Return the number format of a statistic."""
    return ".1%" if is_share(statistic) else f",.{decimals_of(statistic, own)}f"


def value_axis(statistic: str, own: int | None) -> dict[str, Any]:
    """Return the axis that values stand on."""
    return {
        "tickformat": ".0%" if is_share(statistic) else form_of(statistic, own),
        "automargin": True,
    }


def as_json(traces: list[dict[str, Any]], layout: dict[str, Any], language: str) -> str:
    """Return a figure as it is written into a page."""
    layout |= {
        "separators": ",." if language == "da" else ".,",
        "margin": {"l": 60, "r": 16, "t": 36, "b": 48},
        "hovermode": "closest",
    }
    # `<` would let a name close the script element that holds the figure.
    return json.dumps(
        {"data": traces, "layout": layout}, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    ).replace("<", "\\u003c")
