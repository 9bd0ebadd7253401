"""What an indicator means, in words: generated from the same model as the SQL, so that the two cannot disagree."""

from vbs_site.catalogue.wording.definition import Line, definition
from vbs_site.catalogue.wording.headline import sentence
from vbs_site.catalogue.wording.names import statistic_name

__all__ = ["Line", "definition", "sentence", "statistic_name"]
