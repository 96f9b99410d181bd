"""The form with which a synonym is added."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from labelhub.catalog.models import Category
from labelhub.catalog.services.synonyms import LONGEST_WORD


class SynonymForm(forms.Form):
    """A word, and either the category or the word in other names that it stands for."""

    word = forms.CharField(label=_("Word that people search for"), max_length=LONGEST_WORD)
    category = forms.ModelChoiceField(
        label=_("Category"), queryset=Category.objects.current(), required=False
    )
    stands_for = forms.CharField(
        label=_("Word in the names"), max_length=LONGEST_WORD, required=False
    )
    is_inside = forms.BooleanField(label=_("Inside longer words too"), required=False)
