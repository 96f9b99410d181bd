"""What a curator fills in to draw a round by a model."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from analysis.services.draws import PLANS, Aim, Measure
from labelhub.catalog.models import Category
from labelhub.labelling.forms import MOST_MORE, TermsForm
from labelhub.labelling.models import Round, Source
from labelhub.labelling.plan_display import MEASURES
from labelhub.labelling.plan_forms import FrameForm
from labelhub.registry.forms import VersionField
from labelhub.registry.models import ModelVersion

NUMBER = 200  # a morning's work of one person


class RoundField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A round by its name."""

    def label_from_instance(self, obj: Round) -> str:
        return obj.name


class AimForm(FrameForm):
    """Which samples a model points to."""

    finder = "category"
    version = VersionField(
        label=_("Version"), queryset=ModelVersion.objects.none(), empty_label=None
    )
    measure = forms.ChoiceField(
        label=_("Measure"),
        choices=list(MEASURES.items()),
        initial=Measure.LEAST_SURE,
        widget=forms.RadioSelect,
    )
    source = forms.ChoiceField(
        label=_("Labels"), choices=Source.choices, initial=Source.PEOPLE, required=False
    )
    number = forms.IntegerField(
        label=_("Number of samples"), min_value=1, max_value=MOST_MORE, initial=NUMBER
    )
    category = forms.ModelChoiceField(
        label=_("Predicted, or labelled, in"),
        queryset=Category.objects.all(),
        required=False,
        widget=forms.HiddenInput,
    )
    is_open = forms.BooleanField(label=_("That nobody has reviewed yet"), required=False)
    into = RoundField(
        label=_("Add them to"),
        queryset=Round.objects.none(),
        required=False,
        empty_label=_("a new round"),
        help_text=_("An open round that was drawn the same way."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        predicting = ModelVersion.objects.predicting()
        self.fields["version"].queryset = predicting.order_by(  # type: ignore[attr-defined]
            "-created_at", "-pk"
        )
        there = Round.objects.filter(plan__in=PLANS.values()).exclude(state=Round.State.CLOSED)
        self.fields["into"].queryset = there.order_by("-created_at", "-pk")  # type: ignore[attr-defined]
        del self.fields["under"]  # the category is the model's here, not the given one

    def clean(self) -> dict[str, Any]:
        chosen = super().clean()
        into, measure = chosen.get("into"), chosen.get("measure")
        if into and measure and into.plan != PLANS[Measure(measure)]:
            self.add_error("into", _("This round was drawn in another way."))
        return chosen

    def aim(self) -> Aim:
        """Return what the form asks for."""
        chosen = self.cleaned_data
        return Aim(
            version=chosen["version"],
            measure=Measure(chosen["measure"]),
            number=chosen["number"],
            frame=self.frame(),
            category=chosen["category"],
            source=Source(chosen["source"] or Source.PEOPLE),
            is_open=chosen["is_open"],
        )


class DrawForm(TermsForm, AimForm):
    """A round drawn by a model; samples that join a round keep its terms."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.data.get("into"):
            for name in ("name", "overlap"):
                self.fields[name].required = False
