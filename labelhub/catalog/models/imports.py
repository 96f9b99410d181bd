"""What came in from files."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


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
