"""Forget what is known about people once its time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F

from labelhub.accounts.models import User
from labelhub.accounts.services import audit


def forget_logins(*, older_than: timedelta, now: datetime) -> int:
    """
    Delete what was noted of attempts to log in, and sessions that have ended.

    Returns:
        How many attempts were forgotten.
    """
    Session.objects.filter(expire_date__lt=now).delete()
    forgotten = 0
    for table in (AccessAttempt, AccessFailureLog, AccessLog):
        count, _by_model = table.objects.filter(attempt_time__lt=now - older_than).delete()
        forgotten += count
    return forgotten


def forget_names(*, older_than: timedelta, now: datetime) -> int:
    """
    Put the pseudonym in the place of the name of everybody who left long ago.

    Their answers stay theirs under it, and exports stay as they were. Somebody who comes back is
    added anew.

    Returns:
        How many people were forgotten.
    """
    gone = User.objects.filter(
        is_active=False, deactivated_at__lt=now - older_than, name_forgotten_at=None
    )
    with transaction.atomic():
        people = list(gone.select_for_update().order_by("pk"))
        User.objects.filter(pk__in=[person.pk for person in people]).update(
            username=F("pseudonym"),
            display_name="",
            password=make_password(None),
            last_login=None,
            name_forgotten_at=now,
        )
        for person in people:
            audit.record(by=None, verb="forgot a name", target=person, now=now)
    return len(people)
