"""What people say: annotations, the consensus they support, judgements."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from labelhub.accounts.models import User
from labelhub.catalog.models import Category, Sample
from labelhub.labelling.models.guidelines import GuidelineVersion
from labelhub.labelling.models.rounds import Assignment, Round, Source


class AnnotationQuerySet(models.QuerySet["Annotation"]):
    """Annotations by whether they still stand."""

    def current(self) -> AnnotationQuerySet:
        return self.filter(superseded_at=None)


class Annotation(models.Model):
    """One annotator's answer. Never edited, never deleted; an undo supersedes it."""

    # Only what rows are looked up by has an index: each is written at every answer.
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="annotations")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="annotations")
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="annotations")
    annotator = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="annotations", db_index=False
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    is_undecidable = models.BooleanField(default=False)  # "cannot be decided"
    is_assisted = models.BooleanField(default=False)  # suggestions were shown
    fields_shown = ArrayField(models.CharField(max_length=20), default=list)
    suggestions = models.JSONField(default=list, db_default=[])  # as shown: [id, probability]
    guideline_version = models.ForeignKey(
        GuidelineVersion, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    comment = models.CharField(max_length=500, blank=True, db_default="")
    key = models.UUIDField(null=True, unique=True)  # the page's own: one answer, however often sent
    is_check = models.BooleanField(default=False, db_default=False)  # counted in nothing else
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
            models.CheckConstraint(
                condition=Q(is_assisted=True) | Q(suggestions=[]),
                name="only_an_assisted_annotation_had_suggestions",
            ),
        ]
        indexes = [
            models.Index(fields=["annotator", "-answered_at"], name="annotation_history"),
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
        Sample, on_delete=models.PROTECT, related_name="consensus", db_index=False
    )
    source = models.CharField(max_length=10, choices=Source.choices)
    state = models.CharField(max_length=12, choices=State.choices)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    method = models.CharField(max_length=20)  # majority, dawid_skene, judgement (of a tie)
    quality = models.FloatField(null=True)  # share or posterior behind the category, in [0, 1]
    votes = models.PositiveSmallIntegerField()
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sample", "source"], name="one_consensus_a_sample"),
            models.CheckConstraint(
                condition=Q(source__in=Source.values), name="consensus_has_a_known_source"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["provisional", "settled", "tied", "undecidable"]),
                name="consensus_has_a_known_state",
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

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="judgements")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    is_acceptable = models.BooleanField()
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="judgements")
    pair_shown = ArrayField(models.BigIntegerField(), default=list)  # category ids, as shown
    is_unblinded = models.BooleanField(default=False)  # evidence was opened before the verdict
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
