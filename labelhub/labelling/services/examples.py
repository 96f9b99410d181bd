"""Products that show what a guideline means, as far as they give no answer away."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.catalog.models import Category, Sample
from labelhub.errors import DomainError
from labelhub.labelling.models import (
    Assignment,
    Guideline,
    GuidelineExample,
    HiddenCheck,
    Round,
    Source,
)


class GivesAnswerAway(DomainError):
    """People still answer the product without help, or will as a hidden check."""


class ShownAlready(DomainError):
    """The guideline has this example."""


def waits_blind(sample: str) -> Q:
    """
    Tell whether what a sample is must not be told yet, as a condition on rows that name samples.

    Somebody still has to answer it in a blind round, or it is a hidden check.

    Args:
        sample: the field that holds the sample's id.
    """
    asked = Assignment.objects.filter(
        sample=OuterRef(sample), answered_at=None, round__is_blind=True, round__source=Source.PEOPLE
    ).exclude(round__state=Round.State.CLOSED)
    checked = HiddenCheck.objects.filter(sample=OuterRef(sample), retired_at=None)
    return Q(Exists(asked)) | Q(Exists(checked))


def every(guideline: Guideline) -> QuerySet[GuidelineExample]:
    """Return all examples of a guideline, each with `is_held_back`, for those who tend it."""
    held_back = ExpressionWrapper(waits_blind("sample"), output_field=BooleanField())
    shown = guideline.examples.filter(removed_at=None).annotate(is_held_back=held_back)
    return shown.select_related("category", "sample").order_by("category__path", "-belongs", "pk")


def shown(guideline: Guideline) -> QuerySet[GuidelineExample]:
    """Return the examples that people who label may see; the others appear once it is safe."""
    return every(guideline).filter(is_held_back=False)  # type: ignore[misc]  # annotated


def was_shown(sample_id: int, *, since: datetime) -> bool:
    """Tell whether people who label could see the sample as an example after this time."""
    standing = Q(removed_at=None) | Q(removed_at__gt=since)
    return GuidelineExample.objects.filter(
        standing, ~waits_blind("sample"), sample=sample_id
    ).exists()


@transaction.atomic
def add(
    *,
    guideline: Guideline,
    sample: Sample,
    category: Category,
    belongs: bool,
    note: str,
    by: User,
    now: datetime,
) -> GuidelineExample:
    """
    Show a product as one that belongs to the category, or as one that does not.

    Raises:
        GivesAnswerAway: the product still waits for answers given without help.
        ShownAlready: the guideline has this product for this category.
    """
    if Sample.objects.filter(waits_blind("pk"), pk=sample.pk).exists():
        raise GivesAnswerAway(
            _(
                "This product cannot be an example yet: people still label it without help, so the"
                " example would give the answer away. Choose another product, or wait until its"
                " round is closed."
            )
        )
    try:
        with transaction.atomic():
            example = guideline.examples.create(
                sample=sample,
                category=category,
                belongs=belongs,
                note=note,
                added_by=by,
                added_at=now,
            )
    except IntegrityError:
        raise ShownAlready(
            _("This product is an example for this category already. Remove that one first.")
        ) from None
    details = {"product_id": sample.product_id, "category": category.path, "belongs": belongs}
    audit.record(by=by, verb="added an example", target=guideline, details=details, now=now)
    return example


@transaction.atomic
def remove(*, example: GuidelineExample, by: User, now: datetime) -> None:
    """Stop showing an example."""
    current = GuidelineExample.objects.filter(pk=example.pk, removed_at=None)
    if current.update(removed_at=now):
        details = {"product_id": example.sample.product_id, "category": example.category.path}
        audit.record(
            by=by, verb="removed an example", target=example.guideline, details=details, now=now
        )
