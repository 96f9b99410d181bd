"""What people say about a sample beside its category: skips, flags, answers that came too late."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from labelhub.accounts.models import User
from labelhub.catalog.models import Category
from labelhub.labelling.models.answers import Annotation
from labelhub.labelling.models.rounds import Assignment


class Flag(models.Model):
    """Something is wrong with the sample itself; a curator looks at it."""

    class Kind(models.TextChoices):
        WRONG_IMAGE = "wrong_image", _("wrong image")
        NO_IMAGE = "no_image", _("image missing or broken")
        MALL_CATEGORY = "mall_category", _("abusive mall category")
        SEVERAL_PRODUCTS = "several_products", _("several products")
        ADULT = "adult", _("adult")
        TREE = "tree", _("no category fits")
        OTHER = "other", _("something else")

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="flags")
    annotator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="flags")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    comment = models.CharField(max_length=500, blank=True)
    flagged_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    handled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    resolution = models.CharField(max_length=500, blank=True, db_default="")  # what came of it

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "annotator", "kind"],
                condition=Q(handled_at=None),
                name="flagged_once_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["wrong_image", "no_image", "mall_category", "several_products"]
                )
                | Q(kind__in=["adult", "tree", "other"]),
                name="flag_has_a_known_kind",
            ),
            models.CheckConstraint(
                condition=Q(handled_at=None, handled_by=None)
                | Q(handled_at__isnull=False, handled_by__isnull=False),
                name="handled_flag_says_by_whom",
            ),
        ]
        indexes = [
            models.Index(fields=["flagged_at"], condition=Q(handled_at=None), name="flag_waiting"),
        ]

    def __str__(self) -> str:
        return f"flag {self.pk}"


class LateAnswer(models.Model):
    """An answer that came after its round was closed: kept, and counted once the round reopens."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="late")
    annotator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="late_answers")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, related_name="+")
    is_undecidable = models.BooleanField(default=False)
    comment = models.CharField(max_length=500, blank=True)
    key = models.UUIDField(unique=True)  # the page's own, so that a repeated one is kept once
    received_at = models.DateTimeField()
    annotation = models.OneToOneField(
        Annotation, on_delete=models.PROTECT, null=True, related_name="late"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "annotator"],
                condition=Q(annotation=None),
                name="one_late_answer_waits_an_assignment",
            ),
            models.CheckConstraint(
                condition=Q(category=None, is_undecidable=True)
                | Q(category__isnull=False, is_undecidable=False),
                name="late_answer_names_a_category_or_says_undecidable",
            ),
        ]

    def __str__(self) -> str:
        return f"late answer {self.pk}"
