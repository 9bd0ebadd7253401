"""A control chart fits what it is drawn of: p charts shares of a count, u charts rates, XmR charts anything."""

from collections.abc import Iterator

from vbs_site.catalogue.judging import CHARTS, written_at
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.reading import Document, Place
from vbs_site.diagnostics import Diagnosis


def check(catalogue: Catalogue, document: Document) -> Iterator[Diagnosis]:
    """Yield a fault for each chart that is set where it does not fit, naming the first indicator."""
    misfits = dict[Place, Diagnosis]()
    for name, indicator in catalogue.indicators.items():
        chart = catalogue.judging(name).control.chart
        fitting = CHARTS.get(chart)
        path = (*written_at(name, indicator.judge, "control"), "chart")
        if fitting is not None and indicator.kind not in fitting and path not in misfits:
            own = indicator.judge.control is not None
            misfits[path] = document.diagnosis(
                path,
                f"a {chart} chart is drawn of these kinds: {', '.join(fitting)}",
                got=f"{name} of kind {indicator.kind}",
                hint="Use xmr" if own else "Use xmr here, and set judge.control where another one fits",
            )
    yield from misfits.values()
