"""Which flags and skip reasons a curator looks at."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from labelhub.labelling.models import Flag, Round, Source
from labelhub.labelling.services.remarks import SKIP, Asked

WAITING, HANDLED = "", "handled"


class RoundField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Rounds by name."""

    def label_from_instance(self, obj: Round) -> str:
        return obj.name


class RemarksForm(forms.Form):
    """The filters of the queue."""

    q = forms.CharField(label=_("Words in the name"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[(WAITING, _("Waiting")), (HANDLED, _("Dealt with"))],
    )
    said = forms.ChoiceField(
        label=_("Remark"),
        required=False,
        choices=[("", pgettext_lazy("remark", "all")), (SKIP, _("passed on")), *Flag.Kind.choices],
    )
    round = RoundField(
        label=_("Round"),
        queryset=Round.objects.filter(source=Source.PEOPLE).order_by("name"),
        required=False,
        empty_label=_("all rounds"),
    )

    def asked(self) -> Asked:
        """Return what the address asks for; what it says wrongly is passed over."""
        self.is_valid()
        chosen = self.cleaned_data
        return Asked(
            is_handled=chosen.get("state") == HANDLED,
            said=chosen.get("said") or "",
            round=chosen.get("round"),
            words=tuple(chosen.get("q", "").split()),
        )
