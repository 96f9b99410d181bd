"""The samples and their pictures."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from labelhub.catalog.models.categories import Category


class Sample(models.Model):
    """One product shown to people, as its shop delivered it."""

    product_id = models.CharField(max_length=200)
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
            # `unique=True` would keep a second index beside it, for patterns, at every import.
            models.UniqueConstraint(fields=["product_id"], name="product_id_is_unique"),
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

    sample = models.ForeignKey(
        Sample, on_delete=models.CASCADE, related_name="images", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    name = models.TextField()  # file name or address as the file gave it
    image = models.ForeignKey(Image, on_delete=models.PROTECT, null=True, related_name="uses")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sample", "position"], name="one_image_a_position"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})"
