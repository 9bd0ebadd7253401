"""The page of a measure that is not in use, a draft or a retired one: why, what takes its place, what it means. No figure."""

from typing import Any

from vbs_site.catalogue.described import Described
from vbs_site.site.context import Context, Fragments


def fragments(context: Context, name: str) -> Fragments:
    """Return the fragments of the page of a draft or retired measure, in the shell of described ones."""
    catalogue = context.bundle.catalogue
    every: dict[str, Any] = {**catalogue.indicators, **catalogue.described}
    measure = every[name]
    computed = not isinstance(measure, Described)
    common = {"name": name, "measure": measure, "root": context.root(f"indikator/{name}/")}
    return {
        "lead": context.render("unused/lead.html.jinja", **common),
        "lacking": context.render(
            "unused/reason.html.jinja", successor=every.get(measure.lifecycle.successor or ""), **common
        ),
        "definition": context.render(
            "unused/definition.html.jinja",
            lines=context.definition(name)["lines"] if computed else (),
            **common,
        ),
        "practices": context.render(
            "practice_list.html.jinja", practices=context.practices_for(indicator=name), root=common["root"]
        ),
    }


def description(context: Context, name: str) -> str:
    """Return the one sentence that search shows."""
    catalogue = context.bundle.catalogue
    measure = catalogue.indicators.get(name) or catalogue.described[name]
    return f"{context.say(measure.lifecycle.state)}. {context.text(measure.why)}"
