"""How a category stands in an address: by its shop-wide id, or by its key where it has none."""

from __future__ import annotations

from django.urls import reverse

from labelhub.addresses import whole_number
from labelhub.catalog.models import Category

BY_KEY = "id-"


def name_of(*, code: str | None, pk: int) -> str:
    """Return the category's name in addresses."""
    return code or f"{BY_KEY}{pk}"


def address_of(*, code: str | None, pk: int) -> str:
    """Return the address of the category's page."""
    return reverse("analysis:category", args=[name_of(code=code, pk=pk)])


def named(name: str) -> Category | None:
    """Return the category that an address names, if there is one."""
    found = Category.objects.filter(code=name).first()
    key = name.removeprefix(BY_KEY)
    if found is None and key != name:
        return Category.objects.filter(pk=whole_number(key) or 0).first()
    return found
