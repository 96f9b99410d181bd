"""What a curator fills in about a round: what is asked of whom."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from labelhub.accounts.models import User
from labelhub.accounts.roles import ALLOWED, Action
from labelhub.labelling.models import FIELDS, MOST_CHECKS, Guideline, Round, Source
from labelhub.labelling.services.round_settings import Settings
from labelhub.labelling.services.rounds import Terms

MOST_OVERLAP = 10
MOST_MORE = 1_000_000
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


class SettingsForm(forms.Form):
    """What may change while people label."""

    name = forms.CharField(label=_("Name"), max_length=200)
    fields_shown = forms.MultipleChoiceField(
        label=_("Fields shown beside the name"),
        choices=FIELD_CHOICES,
        initial=list(FIELDS),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    guideline = GuidelineField(
        label=_("Guideline"),
        queryset=Guideline.objects.filter(category=None).order_by("name"),
        required=False,
        empty_label=_("none"),
    )
    check_percent = forms.IntegerField(
        label=_("Hidden checks, in percent"),
        min_value=0,
        max_value=round(100 * MOST_CHECKS),
        initial=0,
        required=False,
        help_text=_(
            "Products whose category two reviewers agree on, mixed in. Annotators are told the"
            " share, not which ones."
        ),
    )
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

    @property
    def check_share(self) -> float:
        """The chosen share of hidden checks."""
        return (self.cleaned_data["check_percent"] or 0) / 100

    def settings(self) -> Settings:
        """Return what the form says."""
        chosen = self.cleaned_data
        return Settings(
            name=chosen["name"],
            guideline=chosen["guideline"],
            fields_shown=tuple(chosen["fields_shown"]),
            check_share=self.check_share,
            is_for_everyone=chosen["is_for_everyone"],
            members=chosen["members"],
        )


class TermsForm(SettingsForm):
    """What a new round asks of people."""

    overlap = forms.IntegerField(
        label=_("Annotators a sample"), min_value=1, max_value=MOST_OVERLAP, initial=1
    )
    answer_level = forms.IntegerField(
        label=_("Level of the answers"),
        required=False,
        min_value=1,
        max_value=20,
        help_text=_("Empty means categories without further ones below them."),
    )
    is_assisted = forms.BooleanField(
        label=_("Show the model's suggestions"),
        required=False,
        help_text=_("Answers of such a round never count as the human label."),
    )
    new_guideline = forms.CharField(
        label=_("A new guideline, under the name of the round"),
        required=False,
        widget=forms.Textarea,
        help_text=_("Markdown: # heading, **bold**, - list, [text](address)."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["guideline"].empty_label = _("none, or a new one")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        chosen: dict[str, Any] = super().clean() or self.cleaned_data
        if chosen.get("guideline") and chosen.get("new_guideline", "").strip():
            self.add_error("new_guideline", _("Choose a guideline or write a new one, not both."))
        return chosen

    def terms(self) -> Terms:
        """Return what the form asks of people."""
        chosen = self.cleaned_data
        return Terms(
            overlap=chosen["overlap"],
            is_blind=not chosen["is_assisted"],
            fields_shown=tuple(chosen["fields_shown"]),
            answer_level=chosen["answer_level"],
            guideline=chosen["guideline"],
            check_share=self.check_share,
            is_for_everyone=chosen["is_for_everyone"],
        )


class RoundsForm(forms.Form):
    """Which rounds the list shows."""

    q = forms.CharField(label=_("Find a round"), required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("any")), *Round.State.choices]
    )
    source = forms.ChoiceField(
        label=_("Answers of"), required=False, choices=[("", _("any")), *Source.choices]
    )
    plan = forms.ChoiceField(
        label=_("Sampling"), required=False, choices=[("", _("any")), *Round.Plan.choices]
    )

    def rounds(self) -> QuerySet[Round]:
        """Return the rounds that fit; what the address says wrongly is passed over."""
        self.is_valid()
        found = Round.objects.all()
        for word in self.cleaned_data.get("q", "").split():
            found = found.filter(name__icontains=word)
        said = {name: self.cleaned_data.get(name) for name in ("state", "source", "plan")}
        return found.filter(**{name: value for name, value in said.items() if value})


class MoreForm(forms.Form):
    """How many samples join a running round."""

    number = forms.IntegerField(label=_("Samples more"), min_value=1, max_value=MOST_MORE)


class OverlapForm(forms.Form):
    """How many answers of each sample a running round wants from now on."""

    overlap = forms.IntegerField(
        label=_("Annotators a sample"), min_value=2, max_value=MOST_OVERLAP
    )


def settings_of(shown: Round) -> dict[str, Any]:
    """Return what a form about these settings shows at first."""
    return {
        "name": shown.name,
        "guideline": shown.guideline_id,
        "fields_shown": shown.fields_shown,
        "check_percent": round(100 * shown.check_share),
        "is_for_everyone": shown.is_for_everyone,
        "members": list(shown.members.values_list("pk", flat=True)),
    }


def terms_of(shown: Round) -> dict[str, Any]:
    """Return what the form of a new round shows when it begins with another round's terms."""
    return {
        **settings_of(shown),
        "overlap": shown.overlap,
        "answer_level": shown.answer_level,
        "is_assisted": not shown.is_blind,
    }
