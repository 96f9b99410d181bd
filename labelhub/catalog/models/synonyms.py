"""Other words for categories, and words that may become some."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from labelhub.catalog.models.categories import Category


class SynonymQuerySet(models.QuerySet["Synonym"]):
    """Synonyms in force, of a category or of a word."""

    def current(self) -> SynonymQuerySet:
        return self.filter(retired_at=None)

    def of_categories(self) -> SynonymQuerySet:
        return self.exclude(category=None)

    def of_words(self) -> SynonymQuerySet:
        return self.filter(category=None)


class Synonym(models.Model):
    """
    A word that people search for: of one category, or for a word in the names of any.

    `word` and `stands_for` are normalised (NFC, lower case, single blanks). `is_inside` lets
    `stands_for` lie within a longer word too (자켓 for 재킷 finds 레더재킷).
    """

    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, related_name="synonyms"
    )
    stands_for = models.CharField(max_length=100, blank=True)
    is_inside = models.BooleanField(default=False)
    word = models.CharField(max_length=100)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    retired_at = models.DateTimeField(null=True)

    objects = SynonymQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(word=""), name="synonym_has_a_word"),
            models.CheckConstraint(
                condition=Q(category=None) & ~Q(stands_for="")
                | Q(category__isnull=False, stands_for="", is_inside=False),
                name="synonym_is_of_a_category_or_of_a_word",
            ),
            models.CheckConstraint(condition=~Q(word=F("stands_for")), name="synonym_is_another"),
            models.UniqueConstraint(
                fields=["category", "word"],
                condition=Q(retired_at=None, category__isnull=False),
                name="one_current_synonym_of_a_category",
            ),
            models.UniqueConstraint(
                fields=["stands_for", "word"],
                condition=Q(retired_at=None, category=None),
                name="one_current_synonym_of_a_word",
            ),
            models.CheckConstraint(
                condition=Q(retired_by=None) | Q(retired_at__isnull=False),
                name="only_a_retired_synonym_was_retired_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.word} ({self.pk})"


class SynonymProposal(models.Model):
    """A word that people searched for in vain before they chose this category, and how often."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ACCEPTED = "accepted", _("accepted")
        DISMISSED = "dismissed", _("dismissed")

    word = models.CharField(max_length=100)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    count = models.PositiveIntegerField(default=0)
    last_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    last_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["word", "category"], name="one_proposal_of_a_word_and_category"
            ),
            models.CheckConstraint(condition=~Q(word=""), name="proposal_has_a_word"),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at=None, decided_by=None)
                | Q(state__in=["accepted", "dismissed"], decided_at__isnull=False),
                name="only_a_decided_proposal_was_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.word} for category {self.category_id} ({self.pk})"
