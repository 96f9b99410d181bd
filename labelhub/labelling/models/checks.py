"""Samples judged twice at random, and the hidden checks that are made of them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from labelhub.accounts.models import User
from labelhub.catalog.models import Sample
from labelhub.labelling.models.answers import Annotation
from labelhub.labelling.models.rounds import Assignment, Round

MOST_SHOWINGS = 5  # then people would know the check by heart


class CheckShowingQuerySet(models.QuerySet["CheckShowing"]):
    """Showings by what may be said of them."""

    def over(self) -> CheckShowingQuerySet:
        """Answered ones that the annotator may see: nobody is shown the check in that round now."""
        return self.filter(annotation__isnull=False).filter(
            Q(check_shown__retired_at__isnull=False)
            | Q(assignment__round__state=Round.State.CLOSED)
        )

    def contested(self) -> CheckShowingQuerySet:
        """Those that wait for a curator to decide."""
        return self.filter(contested_at__isnull=False, decided_at=None)


class ReviewDraw(models.Model):
    """A sample drawn at random for two reviewers, whether people and models agree on it or not."""

    sample = models.OneToOneField(Sample, on_delete=models.PROTECT, related_name="review_draw")
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    drawn_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"review draw {self.pk}"


class HiddenCheck(models.Model):
    """A sample whose acceptable categories two reviewers agree on, shown among the others."""

    sample = models.OneToOneField(Sample, on_delete=models.PROTECT, related_name="hidden_check")
    made_at = models.DateTimeField()
    showings = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(showings__lte=MOST_SHOWINGS), name="check_is_shown_five_times_at_most"
            ),
        ]

    def __str__(self) -> str:
        return f"hidden check {self.pk}"


class CheckShowing(models.Model):
    """One showing of a check to one annotator, with the outcome once it is answered."""

    check_shown = models.ForeignKey(HiddenCheck, on_delete=models.PROTECT, related_name="shown")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="showing")
    annotator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="showings")
    shown_at = models.DateTimeField()
    annotation = models.OneToOneField(
        Annotation, on_delete=models.PROTECT, null=True, related_name="showing"
    )
    is_right = models.BooleanField(null=True)
    contested_at = models.DateTimeField(null=True)
    contest = models.CharField(max_length=1000, blank=True)  # why the annotator thinks otherwise
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    is_upheld = models.BooleanField(null=True)  # the annotator was right to contest it
    decision = models.CharField(max_length=1000, blank=True, db_default="")  # why

    objects = CheckShowingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["check_shown", "annotator"], name="check_is_met_once_a_person"
            ),
            models.CheckConstraint(
                condition=Q(is_right=None, annotation=None)
                | Q(is_right__isnull=False, annotation__isnull=False),
                name="answered_check_is_right_or_wrong",
            ),
            models.CheckConstraint(
                condition=Q(contested_at=None) | Q(is_right=False),
                name="only_a_missed_check_is_contested",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, is_upheld=None)
                | Q(
                    contested_at__isnull=False,
                    decided_by__isnull=False,
                    is_upheld__isnull=False,
                    decided_at__gte=F("contested_at"),
                ),
                name="decided_contest_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(is_upheld=None) | Q(is_upheld=True) | ~Q(decision=""),
                name="refused_contest_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"check showing {self.pk}"
