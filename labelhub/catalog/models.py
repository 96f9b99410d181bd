"""What is classified: the category tree, the samples, their images, and what came in from files."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


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
    """Counts changes of the tree; the category finder's file is cached by this number."""

    number = models.BigAutoField(primary_key=True)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"tree version {self.number}"


class Sample(models.Model):
    """One product shown to people, as its shop delivered it."""

    product_id = models.CharField(max_length=200, unique=True)
    name = models.TextField()
    mall_name = models.TextField(blank=True)
    mall_category = models.TextField(blank=True)
    brand = models.TextField(blank=True)
    maker = models.TextField(blank=True)
    price = models.TextField(blank=True)  # verbatim; shops write ranges and currencies
    registered_at = models.TextField(blank=True)  # verbatim; may be a year alone
    registered_month = models.DateField(null=True)  # first of the month; a year alone gives none
    image = models.TextField(blank=True)  # verbatim: file names or addresses joined by |
    attributes = models.JSONField(default=dict)  # further columns of the file
    given_category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, related_name="given_samples"
    )
    content_hash = models.CharField(max_length=64)  # says whether a second import changes anything
    priority = models.FloatField(default=0)  # written by the registry, read by assisted rounds
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(product_id=""), name="sample_has_a_product_id"),
            models.CheckConstraint(condition=~Q(name=""), name="sample_has_a_name"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} ({self.pk})"


class Image(models.Model):
    """A verified picture, stored once under the SHA-256 of its bytes."""

    sha256 = models.CharField(max_length=64, unique=True)
    format = models.CharField(max_length=10)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField()  # bytes

    def __str__(self) -> str:
        return f"{self.sha256[:12]} ({self.pk})"


class SampleImage(models.Model):
    """One picture of a sample: stored here, or an address that the browser may show."""

    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="images")
    position = models.PositiveSmallIntegerField()
    name = models.TextField()  # file name or address as the file gave it
    image = models.ForeignKey(Image, on_delete=models.PROTECT, null=True, related_name="uses")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sample", "position"], name="one_image_a_position"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"


class ImportBatch(models.Model):
    """What came in from one file; its refused rows stay with the reasons."""

    kind = models.CharField(max_length=20)  # categories, samples, annotations, …
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64, blank=True)
    stored_as = models.TextField(blank=True)  # path of the uploaded file while it is needed
    encoding = models.CharField(max_length=20, blank=True)
    columns = ArrayField(models.TextField(), default=list)  # header, in the file's order
    options = models.JSONField(default=dict)
    notes = models.JSONField(default=dict)  # what else happened: categories made, round, images
    keeps_good = models.BooleanField(default=False)  # refused rows do not hold the others back
    rows = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    is_applied = models.BooleanField(default=False)  # False: refused rows kept everything out
    problem = models.TextField(blank=True)  # why the file as a whole could not be read
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    job = models.ForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at=None)
                | Q(rows=F("added") + F("changed") + F("unchanged") + F("refused"))
                | Q(is_applied=False),
                name="every_row_is_accounted_for",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} from {self.file_name} ({self.pk})"


class RefusedRow(models.Model):
    """A row that was not taken: where it stood, which column, why, and its cells to correct."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="refused_rows")
    line = models.PositiveIntegerField(_("line"))
    column = models.CharField(_("column"), max_length=100, blank=True)
    reason = models.TextField(_("reason"))
    cells = ArrayField(models.TextField(), default=list)

    class Meta:
        indexes = [models.Index(fields=["batch", "line"], name="refused_by_line")]

    def __str__(self) -> str:
        return f"line {self.line} of batch {self.batch_id}"
