"""What one may choose of the history of a round before it is downloaded."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labelhub.accounts.models import User
from labelhub.accounts.roles import Action
from labelhub.catalog.services.formats import FORMATS
from labelhub.labelling.models import Round
from labelhub.labelling.services.history import Checks, Scope


class HistoryForm(forms.Form):
    """The format of the history, and which part of it is wanted."""

    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[(name, format.title) for name, format in FORMATS.items()],
    )
    first_day = forms.DateField(
        label=gettext_lazy("From day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Up to day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    is_standing = forms.BooleanField(
        label=gettext_lazy("Leave out answers that were taken back or replaced"), required=False
    )
    checks = forms.BooleanField(
        label=gettext_lazy("Hidden checks too, marked in a column of their own"), required=False
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not by.may(Action.ADMINISTER):
            del self.fields["checks"]

    def clean(self) -> dict[str, Any]:
        """Refuse a span of days that ends before it begins."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first."))
        return cleaned

    def scope(self, round: Round) -> Scope:
        """Return the part of the round's history that was chosen."""
        return Scope(
            round=round,
            first_day=self.cleaned_data["first_day"],
            last_day=self.cleaned_data["last_day"],
            is_standing=self.cleaned_data["is_standing"],
            checks=Checks.MARKED if self.cleaned_data.get("checks") else Checks.LEFT_OUT,
        )
