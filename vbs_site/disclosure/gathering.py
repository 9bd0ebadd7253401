"""What is counted in some findings, with all that is known of it besides."""

from collections.abc import Mapping, Sequence

import pandas as pd

from vbs_site.catalogue.indicators import Indicator
from vbs_site.catalogue.model import Catalogue
from vbs_site.catalogue.organisations import Organisations
from vbs_site.disclosure.columns import Counted, counted, same_counts
from vbs_site.disclosure.dominance import add_amounts
from vbs_site.disclosure.earlier import told_before
from vbs_site.disclosure.rolling import add_quarters
from vbs_site.disclosure.tables import Beside


def gathered(
    catalogue: Catalogue,
    organisations: Organisations,
    indicators: Mapping[str, Indicator],
    findings: pd.DataFrame,
    earlier: Sequence[pd.DataFrame],
) -> tuple[Counted, Beside]:
    """Return what is counted for some indicators, and what is known besides.

    Args:
        catalogue: for policies and periods.
        organisations: for what lies within what.
        indicators: by id.
        findings: the table of `vbs_site.statistics.findings`; the index names the row of each entry.
        earlier: results of every earlier release.
    """
    found = counted(indicators, findings)
    dominated = add_amounts(catalogue, found, findings)
    unseen = add_quarters(catalogue, organisations, found)
    return found, Beside(same_counts(found), told_before(found, earlier), dominated, unseen)
