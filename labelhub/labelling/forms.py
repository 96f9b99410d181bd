"""What a curator fills in about a round."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from labelhub.accounts.models import User
from labelhub.accounts.roles import ALLOWED, Action
from labelhub.catalog.models import Category, Sample
from labelhub.labelling.models import FIELDS, Guideline
from labelhub.labelling.services import drawing
from labelhub.labelling.services.rounds import Terms

MOST_OVERLAP = 10
FIELD_CHOICES = [
    ("image", _("Image")),
    ("mall_name", _("Mall")),
    ("mall_category", _("Mall category")),
    ("brand", _("Brand")),
    ("maker", _("Maker")),
    ("registered_at", _("Registered")),
    ("price", _("Price")),
]


def labellers() -> QuerySet[User]:
    """Return the people who may be members of a round."""
    return User.objects.filter(role__in=ALLOWED[Action.LABEL], is_active=True).order_by("username")


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """People by the name that others know them by."""

    def label_from_instance(self, obj: User) -> str:
        return obj.shown_name


class GuidelineField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Guidelines of rounds by name."""

    def label_from_instance(self, obj: Guideline) -> str:
        return obj.name


class MembersForm(forms.Form):
    """Who labels in a round."""

    is_for_everyone = forms.BooleanField(
        label=_("Everybody who labels may work in it"), required=False, initial=True
    )
    members = PeopleField(
        label=_("Only these people"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Counts when the round is not for everybody."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["members"].queryset = labellers()  # type: ignore[attr-defined]


class RoundForm(MembersForm):
    """A new round: which samples, how often, under which guideline, and who sees what."""

    name = forms.CharField(label=_("Name"), max_length=200)
    under = forms.ModelChoiceField(
        label=_("Only samples given a category in"),
        queryset=Category.objects.current(),
        required=False,
        widget=forms.HiddenInput,
    )
    product_ids = forms.CharField(
        label=_("Only these product ids"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line. Empty means all."),
    )
    number = forms.IntegerField(
        label=_("Number of samples, drawn at random"),
        required=False,
        min_value=1,
        help_text=_("Empty means all that fit."),
    )
    overlap = forms.IntegerField(
        label=_("Annotators a sample"), min_value=1, max_value=MOST_OVERLAP, initial=1
    )
    is_assisted = forms.BooleanField(
        label=_("Show the model's suggestions"),
        required=False,
        help_text=_("Answers of such a round never count as the human label."),
    )
    fields_shown = forms.MultipleChoiceField(
        label=_("Fields shown beside the name"),
        choices=FIELD_CHOICES,
        initial=list(FIELDS),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    answer_level = forms.IntegerField(
        label=_("Level of the answers"),
        required=False,
        min_value=1,
        max_value=20,
        help_text=_("Empty means categories without further ones below them."),
    )
    guideline = GuidelineField(
        label=_("Guideline"),
        queryset=Guideline.objects.filter(category=None).order_by("name"),
        required=False,
        empty_label=_("none, or a new one"),
    )
    new_guideline = forms.CharField(
        label=_("A new guideline, under the name of the round"),
        required=False,
        widget=forms.Textarea,
        help_text=_("Markdown: # heading, **bold**, - list, [text](address)."),
    )
    field_order = [
        "name",
        "under",
        "product_ids",
        "number",
        "overlap",
        "answer_level",
        "is_assisted",
        "fields_shown",
        "guideline",
        "new_guideline",
        "is_for_everyone",
        "members",
    ]

    def clean(self) -> dict[str, Any]:
        chosen: dict[str, Any] = super().clean() or self.cleaned_data
        if chosen.get("guideline") and chosen.get("new_guideline", "").strip():
            self.add_error("new_guideline", _("Choose a guideline or write a new one, not both."))
        return chosen

    def samples(self, *, seed: int) -> QuerySet[Sample]:
        """Return the samples that the form chooses."""
        chosen = self.cleaned_data
        samples = drawing.given_under(chosen["under"]) if chosen["under"] else drawing.everything()
        if ids := chosen["product_ids"].split():
            samples = samples & drawing.named(ids)
        if chosen["number"]:
            samples = drawing.at_random(samples, number=chosen["number"], seed=seed)
        return samples

    def terms(self) -> Terms:
        """Return what the form asks of people."""
        chosen = self.cleaned_data
        return Terms(
            overlap=chosen["overlap"],
            is_blind=not chosen["is_assisted"],
            fields_shown=tuple(chosen["fields_shown"]),
            answer_level=chosen["answer_level"],
            guideline=chosen["guideline"],
            is_for_everyone=chosen["is_for_everyone"],
        )
