"""What people say: rounds, assignments, annotations, consensus, judgements."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from labelhub.accounts.models import User
from labelhub.catalog.models import Category, Sample

LEASE = timedelta(
    minutes=30
)  # long enough for a coffee; a reload or the page renews it
FIELDS = [
    "mall_name",
    "mall_category",
    "brand",
    "maker",
    "registered_at",
    "price",
    "image",
]


class Source(models.TextChoices):
    """Whose answers a round holds."""

    PEOPLE = "people", _("people")
    GIVEN = "given", _("given category")


def all_fields() -> list[str]:
    return list(FIELDS)


class RoundQuerySet(models.QuerySet["Round"]):
    """Rounds by who may work in them."""

    def open_to(self, annotator: User) -> RoundQuerySet:
        """Open rounds of people in which this person may label."""
        belongs = Round.members.through.objects.filter(
            round=OuterRef("pk"), user=annotator
        )
        return self.filter(state=Round.State.OPEN, source=Source.PEOPLE).filter(
            Q(is_for_everyone=True) | Exists(belongs)
        )


class Round(models.Model):
    """A drawn set of samples labelled under one guideline."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        PAUSED = "paused", _("paused")
        CLOSED = "closed", _("closed")

    name = models.CharField(_("name"), max_length=200, unique=True)
    source = models.CharField(
        max_length=10, choices=Source.choices, default=Source.PEOPLE
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    overlap = models.PositiveSmallIntegerField(_("annotators a sample"), default=1)
    is_blind = models.BooleanField(_("blind"), default=True)
    fields_shown = ArrayField(models.CharField(max_length=20), default=all_fields)
    answer_level = models.PositiveSmallIntegerField(
        _("level of answers"), null=True
    )  # null: leaves
    guideline = models.TextField(_("guideline"), blank=True)
    is_for_everyone = models.BooleanField(default=True)
    members = models.ManyToManyField(User, related_name="rounds", blank=True)
    seed = (
        models.BigIntegerField()
    )  # fixes the serving order, so that a round can be redrawn
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    objects = RoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(overlap__gte=1), name="overlap_is_at_least_one"
            ),
            models.CheckConstraint(
                condition=Q(answer_level=None) | Q(answer_level__gte=1),
                name="answer_level_counts_from_one",
            ),
            models.CheckConstraint(
                condition=Q(source__in=Source.values), name="round_has_a_known_source"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Assignments by who holds them and who may take them."""

    def held_by(self, annotator: User, *, now: datetime) -> AssignmentQuerySet:
        """Unanswered assignments on which this annotator's lease still runs."""
        return self.filter(
            annotator=annotator, answered_at=None, lease_expires_at__gt=now
        )

    def free_for(self, annotator: User, *, now: datetime) -> AssignmentQuerySet:
        """Unanswered assignments that nobody holds, of samples new to this annotator."""
        met = Assignment.objects.filter(
            round=OuterRef("round"), sample=OuterRef("sample"), annotator=annotator
        ).exclude(pk=OuterRef("pk"))
        skipped = Skip.objects.filter(
            assignment__round=OuterRef("round"),
            assignment__sample=OuterRef("sample"),
            annotator=annotator,
        )
        return (
            self.filter(answered_at=None)
            .filter(Q(annotator=None) | Q(lease_expires_at__lte=now))
            .exclude(Exists(met))
            .exclude(Exists(skipped))
        )

    def in_serving_order(self) -> AssignmentQuerySet:
        """The random order fixed when the round was drawn."""
        return self.order_by("position", "pk")


class Assignment(models.Model):
    """One answer wanted of one sample in one round; two annotators means two rows."""

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="assignments"
    )
    sample = models.ForeignKey(
        Sample, on_delete=models.PROTECT, related_name="assignments"
    )
    position = models.BigIntegerField()  # random at drawing
    annotator = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="assignments"
    )
    lease_expires_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "sample", "annotator"],
                name="annotator_meets_sample_once_a_round",
            ),
            models.CheckConstraint(
                condition=Q(annotator=None, lease_expires_at=None, answered_at=None)
                | Q(annotator__isnull=False, lease_expires_at__isnull=False)
                | Q(annotator__isnull=False, answered_at__isnull=False),
                name="assignment_is_free_leased_or_answered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["round", "position", "id"],
                condition=Q(answered_at=None),
                name="assignment_waiting",
            ),
            models.Index(
                fields=["annotator", "round"],
                condition=Q(answered_at=None, annotator__isnull=False),
                name="assignment_held",
            ),
        ]

    def __str__(self) -> str:
        return f"assignment {self.pk}"


class Skip(models.Model):
    """An annotator passed on an assignment; somebody else gets it."""

    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, related_name="skips"
    )
    annotator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="skips")
    reason = models.CharField(max_length=200, blank=True)
    skipped_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "annotator"], name="skipped_once"
            ),
        ]
        indexes = [
            models.Index(fields=["annotator", "assignment"], name="skip_by_annotator")
        ]

    def __str__(self) -> str:
        return f"skip {self.pk}"


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    """Annotations by whether they still stand."""

    def current(self) -> AnnotationQuerySet:
        return self.filter(superseded_at=None)


class Annotation(models.Model):
    """One annotator's answer. Never edited, never deleted; an undo supersedes it."""

    assignment = models.ForeignKey(
        Assignment, on_delete=models.PROTECT, related_name="annotations"
    )
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="annotations"
    )
    sample = models.ForeignKey(
        Sample, on_delete=models.PROTECT, related_name="annotations"
    )
    annotator = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="annotations"
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, related_name="+"
    )
    is_undecidable = models.BooleanField(default=False)  # "cannot be decided"
    is_assisted = models.BooleanField(default=False)  # suggestions were shown
    fields_shown = ArrayField(models.CharField(max_length=20), default=list)
    answered_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    objects = AnnotationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round", "sample", "annotator"],
                condition=Q(superseded_at=None),
                name="one_current_annotation_a_person",
            ),
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(superseded_at=None),
                name="one_current_annotation_an_assignment",
            ),
            models.CheckConstraint(
                condition=Q(category=None, is_undecidable=True)
                | Q(category__isnull=False, is_undecidable=False),
                name="annotation_names_a_category_or_says_undecidable",
            ),
        ]
        indexes = [
            models.Index(
                fields=["annotator", "-answered_at"], name="annotation_history"
            ),
        ]

    def __str__(self) -> str:
        return f"annotation {self.pk}"


class Consensus(models.Model):
    """The category that a sample's current blind annotations of one source support."""

    class State(models.TextChoices):
        PROVISIONAL = "provisional", _("provisional")  # answers are still wanted
        SETTLED = "settled", _("settled")
        TIED = "tied", _("tied")
        UNDECIDABLE = "undecidable", _("cannot be decided")

    sample = models.ForeignKey(
        Sample, on_delete=models.PROTECT, related_name="consensus"
    )
    source = models.CharField(max_length=10, choices=Source.choices)
    state = models.CharField(max_length=12, choices=State.choices)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, related_name="+"
    )
    method = models.CharField(max_length=20)  # majority, dawid_skene
    quality = models.FloatField(
        null=True
    )  # share or posterior behind the category, in [0, 1]
    votes = models.PositiveSmallIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sample", "source"], name="one_consensus_a_sample"
            ),
            models.CheckConstraint(
                condition=~Q(state="settled") | Q(category__isnull=False),
                name="settled_consensus_names_a_category",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["tied", "undecidable"]) | Q(category=None),
                name="open_consensus_names_no_category",
            ),
        ]
        indexes = [
            models.Index(
                fields=["source", "category"],
                condition=Q(state="settled"),
                name="consensus_settled",
            )
        ]

    def __str__(self) -> str:
        return f"consensus {self.pk}"


class JudgementQuerySet(models.QuerySet["Judgement"]):
    """Judgements by whether they still stand."""

    def current(self) -> JudgementQuerySet:
        return self.filter(superseded_at=None)


class Judgement(models.Model):
    """A reviewer's statement that a category is, or is not, acceptable for a sample."""

    sample = models.ForeignKey(
        Sample, on_delete=models.PROTECT, related_name="judgements"
    )
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    is_acceptable = models.BooleanField()
    reviewer = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="judgements"
    )
    pair_shown = ArrayField(
        models.BigIntegerField(), default=list
    )  # category ids, as shown
    is_unblinded = models.BooleanField(
        default=False
    )  # evidence was opened before the verdict
    judged_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    objects = JudgementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sample", "category", "reviewer"],
                condition=Q(superseded_at=None),
                name="one_current_judgement_a_reviewer",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at=None) | Q(superseded_at__gte=F("judged_at")),
                name="judgement_is_superseded_later",
            ),
        ]

    def __str__(self) -> str:
        return f"judgement {self.pk}"
