"""Drawn samples with verdicts, checks that are due for certain, and answers to them."""

from labelhub.labelling.models import Assignment
from labelhub.labelling.services import checks
from labelhub.labelling.services.wishes import Wish
from tests.factories import (
    NOW,
    AnnotationFactory,
    CategoryFactory,
    JudgementFactory,
    ReviewDrawFactory,
    SampleFactory,
)

SHARE = 0.2  # the most that a round may ask for
# Of an annotator: it decides which of their assignments are checks, so it is the same on every run.
NUMBER = 1_000_000


def judged(*verdicts: bool, path="bag", draw=True):
    """Return a sample with these verdicts of as many reviewers on one category."""
    sample = ReviewDrawFactory().sample if draw else SampleFactory()
    for is_acceptable in verdicts:
        JudgementFactory(
            sample=sample, category=CategoryFactory(path=path), is_acceptable=is_acceptable
        )
    return sample


def lease(round, annotator, *, now=NOW, count=60, **wish):
    """Lease what is due among so many assignments that a check is due for certain."""
    return checks.lease_due(
        round=round, annotator=annotator, now=now, count=count, wish=Wish(**wish)
    )


def answer(assignment, annotator, category):
    Assignment.objects.filter(pk=assignment.pk).update(answered_at=NOW, annotator=annotator)
    return AnnotationFactory(
        assignment=assignment,
        round=assignment.round,
        sample=assignment.sample,
        annotator=annotator,
        category=category,
        is_undecidable=category is None,
        is_check=assignment.is_check,
    )
