"""One-time links: how somebody gets in for the first time, or after losing a password."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from labelhub.accounts.models import Invitation, User
from labelhub.accounts.roles import Role
from labelhub.accounts.services import audit
from labelhub.errors import DomainError

LIFETIME = timedelta(days=7)  # over a weekend, and no longer
TOKEN_BYTES = 32


class InvitationSpent(DomainError):
    """The link was used, has expired, or never existed."""


class UsernameTaken(DomainError):
    """Somebody else has this username."""


@transaction.atomic
def invite(*, person: User | None, role: str, by: User | None, now: datetime) -> str:
    """
    Make a one-time link and return its token, which is not stored and cannot be shown again.

    Earlier unused links of the same person stop working.

    Args:
        person: who may set a password with it; None lets its holder make an account.
        role: the role of that account.
    """
    if person is not None:
        open_to_use(now).filter(user=person).update(expires_at=now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    Invitation.objects.create(
        user=person,
        role=role,
        token_hash=_hashed(token),
        created_at=now,
        expires_at=now + LIFETIME,
    )
    audit.record(by=by, verb="made a one-time link", target=person, details={"role": role}, now=now)
    return token


def invite_first_admin(*, now: datetime) -> str:
    """Make the link with which an empty installation gets its first administrator."""
    open_to_use(now).filter(user=None, role=Role.ADMIN).update(expires_at=now)
    return invite(person=None, role=Role.ADMIN, by=None, now=now)


def find(*, token: str, now: datetime) -> Invitation:
    """
    Return the invitation of a link that can still be used.

    Raises:
        InvitationSpent: it was used, has expired, or never existed.
    """
    invitation = open_to_use(now).filter(token_hash=_hashed(token)).select_related("user").first()
    if invitation is None:
        raise InvitationSpent(
            _("This link was used already or has expired. Ask an administrator for a new one.")
        )
    return invitation


@transaction.atomic
def accept(*, token: str, username: str, display_name: str, password: str, now: datetime) -> User:
    """
    Set the password of the invited person, or make the account that the link promises.

    Raises:
        InvitationSpent: the link cannot be used any more.
        UsernameTaken: a new account asked for a username that exists.
    """
    invitation = find(token=token, now=now)
    # Two browsers with one link: the conditional update lets one of them through.
    if not open_to_use(now).filter(pk=invitation.pk).update(used_at=now):
        raise InvitationSpent(_("This link was used a moment ago."))
    person = invitation.user or _new_person(username, display_name, invitation.role)
    person.set_password(password)
    person.save(update_fields=["password"])
    audit.record(by=person, verb="set a password with a one-time link", target=person, now=now)
    return person


def open_to_use(now: datetime) -> QuerySet[Invitation]:
    """Return the invitations that still open a door."""
    return Invitation.objects.filter(used_at=None, expires_at__gt=now).exclude(
        user__is_active=False
    )


def _new_person(username: str, display_name: str, role: str) -> User:
    try:
        with transaction.atomic():
            return User.objects.create(username=username, display_name=display_name, role=role)
    except IntegrityError as error:
        raise UsernameTaken(_("This username is taken. Choose another one.")) from error


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
