"""What a round or a category asks for: guidelines, their versions, examples and questions."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from labelhub.accounts.models import User
from labelhub.catalog.models import Category, Sample


class Guideline(models.Model):
    """Rules for labelling: of rounds, under a name, or of one category."""

    name = models.CharField(_("name"), max_length=200, blank=True)
    category = models.OneToOneField(
        Category, on_delete=models.PROTECT, null=True, related_name="guideline"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(category=None) & ~Q(name="")) | Q(category__isnull=False, name=""),
                name="guideline_has_a_name_or_a_category",
            ),
            models.UniqueConstraint(
                fields=["name"], condition=Q(category=None), name="guideline_name_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"guideline {self.pk}"

    @property
    def title(self) -> str:
        """Its name, or the path of its category."""
        return self.category.path if self.category else self.name


class GuidelineVersionQuerySet(models.QuerySet["GuidelineVersion"]):
    """Versions by whether they are the ones to follow."""

    def newest(self) -> GuidelineVersionQuerySet:
        """The last version of each guideline."""
        return self.order_by("guideline", "-number").distinct("guideline")


class GuidelineVersion(models.Model):
    """The text of a guideline at one time, in Markdown. Never edited; a change adds a version."""

    guideline = models.ForeignKey(Guideline, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField(_("text"), blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()

    objects = GuidelineVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["guideline", "number"], name="guideline_version_is_numbered_once"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="guideline_versions_count_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"guideline version {self.pk}"


class GuidelineExample(models.Model):
    """A product that shows what a guideline means: it belongs to the category, or does not."""

    guideline = models.ForeignKey(Guideline, on_delete=models.PROTECT, related_name="examples")
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    belongs = models.BooleanField()
    note = models.CharField(_("note"), max_length=500, blank=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["guideline", "sample", "category"],
                condition=Q(removed_at=None),
                name="guideline_shows_an_example_once",
            ),
        ]

    def __str__(self) -> str:
        return f"guideline example {self.pk}"


class QuestionQuerySet(models.QuerySet["Question"]):
    """Questions by whom they wait for."""

    def waiting(self) -> QuestionQuerySet:
        """Those without an answer."""
        return self.filter(answered_at=None)

    def unread_by(self, asker: User) -> QuestionQuerySet:
        """This person's own whose answer they have not seen."""
        return self.filter(asked_by=asker, answered_at__isnull=False, read_at=None)


class Question(models.Model):
    """What somebody asks about a guideline, with the answer that everybody then reads."""

    guideline = models.ForeignKey(Guideline, on_delete=models.PROTECT, related_name="questions")
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.CharField(_("question"), max_length=2000)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)  # the asker has seen the answer

    objects = QuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(read_at=None)
                | Q(answered_at__isnull=False, read_at__gte=F("answered_at")),
                name="only_an_answer_is_read",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="answered_question_says_by_whom_and_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"], condition=Q(answered_at=None), name="question_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"
