"""The page of a measure that is said in words only: what it means, who says so, and what is missing. Never a figure."""

from vbs_site.catalogue.wording import targets
from vbs_site.site.context import Context, Fragments

HOLES = ("lead", "lacking", "definition", "practices")


def fragments(context: Context, name: str) -> Fragments:
    """Return the fragments of a described measure's page."""
    catalogue = context.bundle.catalogue
    measure = catalogue.described[name]
    common = {
        "name": name,
        "measure": measure,
        "root": context.root(f"indikator/{name}/"),
    }
    return {
        "lead": context.render(
            "indicator/lead.html.jinja",
            sentence=context.text(measure.definition),
            direction=measure.direction,
            **common,
        ),
        "lacking": context.render("described/lacking.html.jinja", **common),
        "definition": context.render(
            "described/definition.html.jinja",
            targets=targets(catalogue, name, context.language),
            instrument=catalogue.instruments.get(measure.instrument or ""),
            **common,
        ),
        "practices": context.render(
            "practice_list.html.jinja", practices=context.practices_for(indicator=name), root=common["root"]
        ),
    }
