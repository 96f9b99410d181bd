"""Which ties the table shows."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from analysis.services.ties import Kind


class TiesFilter(forms.Form):
    """Filters above the table."""

    q = forms.CharField(required=False, label=_("Find a product"))
    kind = forms.ChoiceField(
        choices=[
            ("", _("all")),
            (Kind.LABEL, _("labels of people")),
            (Kind.JUDGEMENT, _("judgements of reviewers")),
        ],
        required=False,
        label=_("What balances"),
    )
