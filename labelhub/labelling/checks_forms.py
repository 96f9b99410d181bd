"""What is filled in about hidden checks."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_DRAWN = 10_000
MOST_WORDS = 1_000  # characters


class DrawForm(forms.Form):
    """How many samples two reviewers judge."""

    number = forms.IntegerField(
        label=_("Samples for two reviewers each"), min_value=1, max_value=MOST_DRAWN
    )
