"""Changes of the category tree that people make by hand."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.catalog.models import Category
from labelhub.catalog.services import growing


@transaction.atomic
def mark_catch_all(*, category: Category, is_catch_all: bool, by: User, now: datetime) -> None:
    """Say whether a category is a catch-all; nothing happens when it is so already."""
    growing.hold_tree()
    changed = Category.objects.filter(pk=category.pk).exclude(is_catch_all=is_catch_all)
    if not changed.update(is_catch_all=is_catch_all):
        return
    growing.note_change(now=now)
    details = {"is_catch_all": is_catch_all, "path": category.path}
    audit.record(by=by, verb="marked catch-all", target=category, details=details, now=now)
