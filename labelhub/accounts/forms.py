"""What people type about people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from labelhub.accounts.models import User
from labelhub.accounts.roles import Role


class LoginForm(AuthenticationForm):
    """Username and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs["autocapitalize"] = "none"


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A new person; the password comes from the one-time link."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.ANNOTATOR)

    class Meta:
        model = User
        fields = ("username", "display_name", "role")
        help_texts = {
            "username": _("What they type to log in; letters, digits and @ . + - _"),
            "display_name": _("How pages call them."),
        }


class PersonChangeForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A person's name and role; the username never changes, because answers carry it."""

    class Meta:
        model = User
        fields = ("display_name", "role")


class PeopleFilter(forms.Form):
    """Which people the table shows."""

    q = forms.CharField(required=False, label=_("Find a person"))
    role = forms.ChoiceField(required=False, label=_("Role"))
    state = forms.ChoiceField(
        required=False,
        label=_("State"),
        choices=[("", _("all")), ("active", _("active")), ("inactive", _("deactivated"))],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("all")), *Role.choices]  # type: ignore[attr-defined]


class AuditFilter(forms.Form):
    """Which entries of the trail the table shows."""

    by = forms.CharField(required=False, label=_("Who"))
    verb = forms.ChoiceField(required=False, label=_("What"))
    since = forms.DateField(
        required=False, label=_("From"), widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        required=False, label=_("To"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, verbs: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["verb"].choices = [("", _("all")), *verbs]  # type: ignore[attr-defined]


class PasswordFields(forms.Form):
    """A new password, typed twice."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validation.password_validators_help_text_html,
    )
    again = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        password, again = cleaned.get("password"), cleaned.get("again")
        if password and again and password != again:
            self.add_error("again", _("The two passwords differ."))
        elif password:
            self._check(password, cleaned)
        return cleaned

    def _check(self, password: str, cleaned: dict[str, Any]) -> None:
        person = User(
            username=cleaned.get("username", ""), display_name=cleaned.get("display_name", "")
        )
        try:
            password_validation.validate_password(password, person)
        except ValidationError as error:
            self.add_error("password", error)


class WelcomeForm(PasswordFields):
    """The first visit of somebody who has an account."""


class NewAccountForm(PasswordFields):
    """The first visit of somebody who makes an account."""

    username = forms.CharField(
        label=_("Username"),
        max_length=150,
        validators=User._meta.get_field("username").validators,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    display_name = forms.CharField(label=_("Name"), max_length=150, required=False)

    field_order = ("username", "display_name", "password", "again")
