"""What is asked of people, and what they say."""

from labelhub.labelling.models.answers import Annotation, Consensus, Judgement
from labelhub.labelling.models.checks import MOST_SHOWINGS, CheckShowing, HiddenCheck, ReviewDraw
from labelhub.labelling.models.guidelines import (
    Guideline,
    GuidelineExample,
    GuidelineVersion,
    Question,
)
from labelhub.labelling.models.remarks import Flag, LateAnswer
from labelhub.labelling.models.rounds import (
    FIELDS,
    LEASE,
    MOST_CHECKS,
    PROBABILITY_PLANS,
    Assignment,
    Round,
    Skip,
    Source,
    all_fields,
)

__all__ = [
    "FIELDS",
    "LEASE",
    "MOST_CHECKS",
    "MOST_SHOWINGS",
    "PROBABILITY_PLANS",
    "Annotation",
    "Assignment",
    "CheckShowing",
    "Consensus",
    "Flag",
    "Guideline",
    "GuidelineExample",
    "GuidelineVersion",
    "HiddenCheck",
    "Judgement",
    "LateAnswer",
    "Question",
    "ReviewDraw",
    "Round",
    "Skip",
    "Source",
    "all_fields",
]
