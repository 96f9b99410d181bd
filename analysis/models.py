"""What went wrong and what to do: category groups, the exclusion list, reports."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from labelhub.catalog.models import Category
from labelhub.registry.models import Corpus


class CategoryGroup(models.Model):
    """A named set of categories and their subtrees: kids, men, pregnancy."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    categories = models.ManyToManyField(Category, related_name="groups")

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"


class ListVersion(models.Model):
    """One state of the exclusion list. Versions are never changed."""

    number = models.PositiveIntegerField(unique=True)
    reason = models.TextField(_("reason"))
    rules = models.JSONField(default=list)  # as values, so that editing a group changes none
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"exclusion list {self.number} ({self.pk})"


class ExclusionRuleQuerySet(models.QuerySet["ExclusionRule"]):
    """Rules by the list versions in which they are in force."""

    def in_force(self) -> ExclusionRuleQuerySet:
        return self.filter(removed_in=None)

    def at(self, number: int) -> ExclusionRuleQuerySet:
        """The rules of the list at a version."""
        return self.filter(added_in__number__lte=number).filter(
            Q(removed_in=None) | Q(removed_in__number__gt=number)
        )


class ExclusionRule(models.Model):
    """(keyword, group, action): what is dropped from training rows given such a category."""

    class Action(models.TextChoices):
        DROP = "drop", _("drop the row")
        STRIP = "strip", _("remove the word")

    keyword = models.CharField(_("keyword"), max_length=100)
    group = models.ForeignKey(CategoryGroup, on_delete=models.PROTECT, related_name="rules")
    action = models.CharField(max_length=10, choices=Action.choices, default=Action.DROP)
    unless = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    in_mall_category = models.BooleanField(_("also in the mall category"), default=False)
    is_substring = models.BooleanField(_("also inside words"), default=False)
    reason = models.TextField(_("reason"), blank=True)
    added_in = models.ForeignKey(ListVersion, on_delete=models.PROTECT, related_name="added")
    removed_in = models.ForeignKey(
        ListVersion, on_delete=models.PROTECT, null=True, related_name="removed"
    )

    objects = ExclusionRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["keyword", "group", "action"],
                condition=Q(removed_in=None),
                name="one_rule_in_force_a_keyword_and_group",
            ),
            models.CheckConstraint(condition=~Q(keyword=""), name="rule_has_a_keyword"),
        ]

    def __str__(self) -> str:
        return f"{self.keyword} × {self.group_id} ({self.pk})"


class RuleImpact(models.Model):
    """How many rows of a corpus a rule hits, in all and per category."""

    rule = models.ForeignKey(ExclusionRule, on_delete=models.CASCADE, related_name="impacts")
    corpus = models.ForeignKey(Corpus, on_delete=models.CASCADE, related_name="+")
    rows = models.PositiveBigIntegerField()
    substring_rows = models.PositiveBigIntegerField(default=0)  # if it matched inside words too
    per_category = models.JSONField(default=dict)  # path -> rows
    computed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "corpus"], name="one_impact_a_corpus"),
        ]

    def __str__(self) -> str:
        return f"impact {self.pk}"


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports without the megabytes that a whole tree takes."""

    def in_brief(self) -> ReportQuerySet:
        """Leave the content in the database but for what a list says of it."""
        return (
            self.defer("content", "successor__content")
            .select_related("by", "successor")
            .annotate(
                version=KT("content__version"),
                total=Cast(KT("content__totals__total"), models.BigIntegerField()),
                accuracy=Cast(KT("content__steps__-1__after__value"), models.FloatField()),
            )
        )


class Report(models.Model):
    """A dated, frozen summary; replaced by a successor with a reason, never edited."""

    title = models.CharField(max_length=200)
    content = models.JSONField()  # every figure the page shows
    reason = models.TextField(blank=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="successor"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(replaces=None) | ~Q(replaces=F("id")),
                name="report_replaces_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.pk})"
