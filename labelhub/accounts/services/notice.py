"""The notice that says what is recorded about people who label, who sees it, and for how long."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.roles import Action
from labelhub.errors import DomainError

# Raise it whenever templates/accounts/notice.html says something new; people then read it again.
EDITION = 1


class NoticeUnread(DomainError):
    """Somebody would label without having been told what is recorded."""


def is_due(person: User) -> bool:
    """Tell whether this person labels and has not read the newest edition."""
    return person.may(Action.LABEL) and person.notice_read < EDITION


def mark_read(*, person: User, now: datetime) -> None:
    """Note which edition a person has read, and when; reading it again changes nothing."""
    unread = User.objects.filter(pk=person.pk, notice_read__lt=EDITION)
    unread.update(notice_read=EDITION, notice_read_at=now)


def refuse_unread(person: User) -> None:
    """
    Raise `NoticeUnread` when this person has not read the newest edition.

    Only what begins new work asks this; answers on their way are always taken.
    """
    if is_due(person):
        raise NoticeUnread(
            _(
                "Read first what is recorded when you label: open “What is recorded” in the menu of"
                " your account, or /accounts/notice/, and confirm it there."
            )
        )
