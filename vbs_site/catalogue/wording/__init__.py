"""What an indicator means, in words: generated from the same model as the SQL, so that the two cannot disagree."""

from vbs_site.catalogue.wording.definition import Line, definition
from vbs_site.catalogue.wording.flow import Step, flow_steps
from vbs_site.catalogue.wording.headline import sentence
from vbs_site.catalogue.wording.names import statistic_name
from vbs_site.catalogue.wording.targets import WordedTarget, targets

__all__ = [
    "Line",
    "Step",
    "WordedTarget",
    "definition",
    "flow_steps",
    "sentence",
    "statistic_name",
    "targets",
]
