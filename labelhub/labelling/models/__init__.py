"""What is asked of people, and what they say."""

from labelhub.labelling.models.answers import Annotation, Consensus, Judgement
from labelhub.labelling.models.rounds import (
    FIELDS,
    LEASE,
    Assignment,
    Round,
    Skip,
    Source,
    all_fields,
)

__all__ = [
    "FIELDS",
    "LEASE",
    "Annotation",
    "Assignment",
    "Consensus",
    "Judgement",
    "Round",
    "Skip",
    "Source",
    "all_fields",
]
