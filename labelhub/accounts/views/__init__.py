"""The pages of people: one's own account, everybody's accounts, and the trail."""

from labelhub.accounts.views.account import login, logout, notice_page, password, welcome
from labelhub.accounts.views.people import (
    activate,
    deactivate,
    link,
    new_person,
    people,
    person,
    revoke_token,
    token,
)
from labelhub.accounts.views.trail import audit_trail

__all__ = [
    "activate",
    "audit_trail",
    "deactivate",
    "link",
    "login",
    "logout",
    "new_person",
    "notice_page",
    "password",
    "people",
    "person",
    "revoke_token",
    "token",
    "welcome",
]
