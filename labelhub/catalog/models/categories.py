"""The category tree."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


class CategoryQuerySet(models.QuerySet["Category"]):
    """Categories by their place in the tree."""

    def current(self) -> CategoryQuerySet:
        return self.filter(retired_at=None)

    def leaves(self) -> CategoryQuerySet:
        return self.filter(is_leaf=True)

    def under(self, category: Category) -> CategoryQuerySet:
        """The category itself and everything below it."""
        return self.filter(lineage__contains=[category.pk])


class Category(models.Model):
    """
    One node of the taxonomy.

    `path` holds the names from the root, joined by `>`; `lineage` the primary keys from the
    root to this node, so that a label is cut to level N by taking `lineage[N]`.
    """

    code = models.CharField(max_length=40, null=True, unique=True)  # noqa: DJ001  # unique when known
    name = models.CharField(max_length=200)
    path = models.TextField()
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    lineage = ArrayField(models.BigIntegerField(), default=list)
    level = models.PositiveSmallIntegerField()
    is_leaf = models.BooleanField(default=True)
    is_catch_all = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["path"],
                condition=Q(retired_at=None),
                name="current_path_is_unique",
            ),
            models.CheckConstraint(condition=Q(level__gte=1), name="levels_count_from_one"),
            models.CheckConstraint(
                condition=Q(parent=None, level=1) | Q(parent__isnull=False, level__gt=1),
                name="only_roots_have_level_one",
            ),
            models.CheckConstraint(condition=~Q(code=""), name="category_code_is_not_empty"),
        ]
        indexes = [
            GinIndex(fields=["lineage"], name="category_lineage"),
            models.Index(fields=["path"], name="category_path"),
        ]

    def __str__(self) -> str:
        return f"{self.path} ({self.pk})"


class TreeVersion(models.Model):
    """
    Counts changes of the tree and its synonyms; the finder keeps its file under this number.

    Numbers are handed out by `services.growing.note_change` alone, which keeps them in the order
    in which the changes become visible.
    """

    number = models.BigAutoField(primary_key=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"tree version {self.number}"
