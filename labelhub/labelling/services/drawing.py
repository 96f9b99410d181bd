"""Which samples a round asks about. Each function returns a queryset that the next may narrow."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import MD5, Concat

from labelhub.catalog.models import Category, Sample


def everything() -> QuerySet[Sample]:
    """Return all samples."""
    return Sample.objects.all()


def given_under(category: Category) -> QuerySet[Sample]:
    """Return the samples whose given category lies in the subtree of this one."""
    return Sample.objects.filter(given_category__lineage__contains=[category.pk])


def named(product_ids: Collection[str]) -> QuerySet[Sample]:
    """Return the samples with these product ids; unknown ids are passed over."""
    return Sample.objects.filter(product_id__in=product_ids)


def at_random(samples: QuerySet[Sample], *, number: int, seed: int) -> QuerySet[Sample]:
    """
    Return `number` of the samples, each with the same chance.

    The draw depends on the seed and the product ids only, so that another installation with
    the same samples draws the same ones.
    """
    ticket = MD5(Concat(F("product_id"), Value(f" {seed}"), output_field=CharField()))
    return samples.annotate(ticket=ticket).order_by("ticket", "pk")[:number]
