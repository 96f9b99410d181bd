"""People, their way in, and the trail of what they changed."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from labelhub.accounts.roles import Action, Role, may

PSEUDONYM_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that could be read as another
PSEUDONYM_LENGTH = 10


def new_pseudonym() -> str:
    """Return the name under which exports show a person, drawn at random."""
    return "".join(secrets.choice(PSEUDONYM_LETTERS) for _ in range(PSEUDONYM_LENGTH))


def is_pseudonym(name: str) -> bool:
    """Tell whether a name can be one that `new_pseudonym` drew."""
    return len(name) == PSEUDONYM_LENGTH and set(name) <= set(PSEUDONYM_LETTERS)


class UserManager(BaseUserManager["User"]):
    """Makes people; a person without a password cannot log in."""

    def create_user(
        self, username: str, password: str | None = None, *, role: str = Role.ANNOTATOR
    ) -> User:
        user = self.model(username=username, role=role)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who labels, curates, reads or administers; exactly one role each."""

    username = models.CharField(
        _("username"),
        max_length=150,
        unique=True,
        validators=[UnicodeUsernameValidator()],
    )
    display_name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    deactivated_at = models.DateTimeField(null=True)
    # The name was replaced by the pseudonym, some time after the person had left.
    name_forgotten_at = models.DateTimeField(null=True)
    pseudonym = models.CharField(max_length=16, unique=True, default=new_pseudonym)
    # Which edition of what is recorded about people who label this person has read.
    notice_read = models.PositiveSmallIntegerField(default=0)
    notice_read_at = models.DateTimeField(null=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="user_has_a_known_role"),
            models.CheckConstraint(
                condition=Q(deactivated_at=None) | Q(is_active=False),
                name="only_who_is_inactive_was_deactivated",
            ),
            models.CheckConstraint(
                condition=Q(notice_read=0, notice_read_at=None)
                | Q(notice_read__gte=1, notice_read_at__isnull=False),
                name="read_notice_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.display_name or self.username} ({self.pk})"

    @property
    def shown_name(self) -> str:
        return self.display_name or self.username

    def may(self, action: Action) -> bool:
        """Tell whether this person may do the action."""
        return self.is_active and may(self.role, action)


class Invitation(models.Model):
    """A one-time link with which somebody sets a first password; only its hash is stored."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="invitations")
    role = models.CharField(max_length=16, choices=Role.choices)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"invitation {self.pk} for {self.role}"


class AuditEntry(models.Model):
    """
    One change of roles, rules, models, or one export. A trigger in the database refuses
    UPDATE and DELETE, so no page can edit it.
    """

    at = models.DateTimeField(db_index=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=64)
    target_type = models.CharField(max_length=64, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    details = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.verb} {self.target_type} {self.target_id} ({self.pk})"
