"""Forget how people did in hidden checks once its time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from labelhub.labelling.models import CheckShowing


def forget_checks(*, older_than: timedelta, now: datetime) -> int:
    """
    Delete how old checks went, with what was said about them; return how many.

    A contest that nobody has decided keeps its check until it is decided. The answers stay,
    like all others, but nothing says any more whether they were right.
    """
    old = CheckShowing.objects.filter(shown_at__lt=now - older_than, annotation__isnull=False)
    is_over = Q(contested_at=None) | Q(decided_at__isnull=False)
    count, _by_model = old.filter(is_over).delete()
    return count
