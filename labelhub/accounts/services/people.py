"""What an administrator does with people: add, rename, change the role, let out, let back in."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from rest_framework.authtoken.models import Token

from labelhub.accounts.models import User
from labelhub.accounts.roles import Role
from labelhub.accounts.services import audit, invitations
from labelhub.accounts.services.invitations import UsernameTaken
from labelhub.errors import DomainError


class LastAdministrator(DomainError):
    """Without this person nobody could administer the installation."""


class NotForOneself(DomainError):
    """Somebody tried to take away their own access."""


class Forgotten(DomainError):
    """The account is only a pseudonym by now."""


class Inactive(DomainError):
    """The person cannot log in, so a link or a token would not work."""


@transaction.atomic
def create(
    *, username: str, display_name: str, role: str, by: User, now: datetime
) -> tuple[User, str]:
    """
    Add a person without a password.

    Returns:
        The person, and the token of the one-time link with which they choose a password.

    Raises:
        UsernameTaken: somebody has this username.
    """
    try:
        with transaction.atomic():
            person = User(username=username, display_name=display_name, role=role)
            person.set_unusable_password()
            person.save()
    except IntegrityError as error:
        raise UsernameTaken(_("This username is taken. Choose another one.")) from error
    audit.record(by=by, verb="added a person", target=person, details={"role": role}, now=now)
    return person, invitations.invite(person=person, role=role, by=by, now=now)


@transaction.atomic
def change(*, person: User, display_name: str, role: str, by: User, now: datetime) -> None:
    """
    Set a person's name and role.

    Raises:
        LastAdministrator: nobody would be left to administer.
    """
    before = _locked(person)
    if before.role == Role.ADMIN and role != Role.ADMIN:
        _refuse_last_administrator(before)
    if (before.role, before.display_name) == (role, display_name):
        return
    person.role, person.display_name = role, display_name
    person.save(update_fields=["role", "display_name"])
    details = {"role": [before.role, role], "name": [before.display_name, display_name]}
    audit.record(by=by, verb="changed a person", target=person, details=details, now=now)


@transaction.atomic
def deactivate(*, person: User, by: User, now: datetime) -> None:
    """
    End a person's access at once: sessions, token and links. Their answers stay theirs.

    Raises:
        NotForOneself: it is the administrator's own account.
        LastAdministrator: nobody would be left to administer.
    """
    if person == by:
        raise NotForOneself(_("You cannot deactivate your own account."))
    locked = _locked(person)
    if locked.role == Role.ADMIN:
        _refuse_last_administrator(locked)
    active = User.objects.filter(pk=person.pk, is_active=True)
    if not active.update(is_active=False, deactivated_at=now):
        return
    Token.objects.filter(user=person).delete()
    invitations.open_to_use(now).filter(user=person).update(expires_at=now)
    audit.record(by=by, verb="deactivated a person", target=person, now=now)


@transaction.atomic
def activate(*, person: User, by: User, now: datetime) -> None:
    """
    Let a person in again, with the password they had.

    Raises:
        Forgotten: the name was replaced by the pseudonym since.
    """
    if person.name_forgotten_at is not None:
        raise Forgotten(
            _("This person's name was forgotten. Add them anew; the old answers stay apart.")
        )
    inactive = User.objects.filter(pk=person.pk, is_active=False)
    if inactive.update(is_active=True, deactivated_at=None):
        audit.record(by=by, verb="activated a person", target=person, now=now)


@transaction.atomic
def send_link(*, person: User, by: User, now: datetime) -> str:
    """
    Return the token of a new one-time link with which the person sets a password.

    Raises:
        Inactive: the person may not log in.
    """
    _refuse_inactive(person)
    return invitations.invite(person=person, role=person.role, by=by, now=now)


@transaction.atomic
def issue_token(*, person: User, by: User, now: datetime) -> str:
    """
    Give a person a new API token and return it; a former one stops working.

    Raises:
        Inactive: the person may not log in.
    """
    _refuse_inactive(person)
    Token.objects.filter(user=person).delete()
    token = Token.objects.create(user=person)
    audit.record(by=by, verb="issued an API token", target=person, now=now)
    return str(token.key)


@transaction.atomic
def revoke_token(*, person: User, by: User, now: datetime) -> None:
    """Take a person's API token away."""
    deleted, _by_model = Token.objects.filter(user=person).delete()
    if deleted:
        audit.record(by=by, verb="revoked an API token", target=person, now=now)


def _locked(person: User) -> User:
    # All administrators are locked in one order, so that two who demote each other cannot both win.
    list(User.objects.select_for_update().filter(role=Role.ADMIN).order_by("pk"))
    return User.objects.select_for_update().get(pk=person.pk)


def _refuse_last_administrator(person: User) -> None:
    others = User.objects.filter(role=Role.ADMIN, is_active=True).exclude(pk=person.pk)
    if person.is_active and not others.exists():
        raise LastAdministrator(
            _("This is the last administrator. Make somebody else administrator first.")
        )


def _refuse_inactive(person: User) -> None:
    if not person.is_active:
        raise Inactive(_("This person is deactivated. Activate the account first."))
