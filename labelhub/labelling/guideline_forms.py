"""What a curator fills in about a guideline."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labelhub.catalog.models import Category, Sample
from labelhub.labelling.models import Guideline

MARKDOWN = _("Markdown: # heading, **bold**, - list, [text](address), | table |.")
LONGEST = 100_000  # characters of a text; a book would be read by nobody


class GuidelineForm(forms.Form):
    """The text, and for guidelines of rounds the name."""

    name = forms.CharField(label=_("Name"), max_length=200)
    text = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 22, "class": "writing"}),
        help_text=MARKDOWN,
    )
    # The version that was being edited, so that nobody overwrites what they have not read.
    seen = forms.IntegerField(widget=forms.HiddenInput, initial=0, min_value=0)

    def __init__(self, *args: Any, guideline: Guideline | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if guideline is not None and guideline.category_id is not None:
            del self.fields["name"]


class ExampleForm(forms.Form):
    """A product that belongs to a category, or does not."""

    product_id = forms.CharField(label=_("Product id"), max_length=200)
    category = forms.ModelChoiceField(
        label=_("Category"), queryset=Category.objects.current(), widget=forms.HiddenInput
    )
    belongs = forms.TypedChoiceField(
        label=_("Does the product belong there?"),
        choices=[("1", _("It belongs there")), ("0", _("It does not belong there"))],
        coerce=lambda value: value == "1",
        initial="1",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Why"), max_length=500, required=False, help_text=_("One sentence that people see.")
    )

    def clean_product_id(self) -> Sample:
        sample = Sample.objects.filter(product_id=self.cleaned_data["product_id"].strip()).first()
        if sample is None:
            raise forms.ValidationError(_("There is no product with this id."))
        return sample
