"""The four people who can log in to the demo market. Nowhere else are there logins to print."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.roles import Role
from labelhub.accounts.services import invitations, people
from labelhub.errors import DomainError

PASSWORD_BYTES = 9  # twelve letters to type
# In the order in which the work passes through their hands.
NAMES = {
    Role.ANNOTATOR: "나래",
    Role.CURATOR: "도윤",
    Role.PM: "서연",
    Role.ADMIN: "한결",
}


class InUse(DomainError):
    """Other people work here already."""


@dataclass(frozen=True)
class Login:
    """With what somebody logs in."""

    role: str
    username: str
    password: str


def logins(*, now: datetime) -> tuple[Login, ...]:
    """
    Return the logins of the demo market, and make their accounts the first time.

    The passwords are drawn once an installation and kept in its data folder, readable by its
    owner alone, so that a later start can print them again.

    Raises:
        InUse: the installation has people of its own and never had the demo.
    """
    kept = _kept()
    if not kept:
        if User.objects.exists():
            raise InUse(_("People work with this installation already; the demo was not added."))
        kept = _keep(_draw(role) for role in NAMES)
    _make_accounts(kept, now)
    return kept


def _draw(role: Role) -> Login:
    return Login(role=role, username=role, password=secrets.token_urlsafe(PASSWORD_BYTES))


@transaction.atomic
def _make_accounts(wanted: tuple[Login, ...], now: datetime) -> None:
    """Make all accounts or none, unless they are there."""
    if User.objects.filter(username=Role.ADMIN).exists():
        return
    [administrator] = [login for login in wanted if login.role == Role.ADMIN]
    by = _accept(invitations.invite_first_admin(now=now), administrator, now)
    for login in wanted:
        if login is not administrator:
            name = NAMES[Role(login.role)]
            _person, token = people.create(
                username=login.username, display_name=name, role=login.role, by=by, now=now
            )
            _accept(token, login, now)


def _accept(token: str, login: Login, now: datetime) -> User:
    return invitations.accept(
        token=token,
        username=login.username,
        display_name=NAMES[Role(login.role)],
        password=login.password,
        now=now,
    )


def _file() -> Path:
    return Path(settings.DATA) / "demo_logins.json"


def _kept() -> tuple[Login, ...]:
    if not _file().exists():
        return ()
    return tuple(Login(**record) for record in json.loads(_file().read_text(encoding="utf-8")))


def _keep(drawn: Iterable[Login]) -> tuple[Login, ...]:
    """Write the logins before any account is made, so that none is ever without its password."""
    kept = tuple(drawn)
    _file().parent.mkdir(parents=True, exist_ok=True)
    draft = _file().with_suffix(".draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump([asdict(login) for login in kept], file)
    draft.replace(_file())
    return kept
