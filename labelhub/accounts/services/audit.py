"""The trail: who changed what, and when. Entries are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model

from labelhub.accounts.models import AuditEntry, User


def record(
    *,
    by: User | None,
    verb: str,
    now: datetime,
    target: Model | str | None = None,
    details: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """
    Add one entry to the trail, in the transaction of the change itself.

    Args:
        by: who did it; None is the system.
        verb: what was done, as a short English phrase in the past tense. Written as a literal
            it is found by `extract_messages`, and the page shows it translated.
        target: the row it was done to, or the name of something that is not a row.
        details: JSON values that tell before and after.
    """
    target_type, target_id = _target(target)
    return AuditEntry.objects.create(
        at=now,
        by=by,
        verb=verb,
        target_type=target_type,
        target_id=target_id,
        details=dict(details or {}),
    )


def _target(target: Model | str | None) -> tuple[str, str]:
    if isinstance(target, Model):
        return target._meta.model_name or "", str(target.pk)
    return target or "", ""
