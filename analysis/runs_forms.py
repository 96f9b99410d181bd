"""What curators type about trainings, predictions and promotions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from labelhub.labelling.models import Round
from labelhub.registry.models import Corpus, ModelVersion
from labelhub.registry.services import corpora, runs
from labelhub.registry.services.folders import LONGEST_NAME
from mlcore.corpus.plan import CurationPlan
from mlcore.heads import BRANCHES, IMAGE, MALL, NAME
from mlcore.training.config import NOTHING, SELFIE, SMALL_LOSS, TrainingConfig

MOST_EPOCHS = 100
LEAST_M, MOST_M = 0.01, 1_000_000  # below, every category is one row; above, nothing is left out


class NamedField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """A choice of corpora or rounds by their names."""

    def label_from_instance(self, obj: Model) -> str:
        assert isinstance(obj, Corpus | Round)
        return obj.name


class BranchBoxes(forms.CheckboxSelectMultiple):
    """What a product can be classified by; what the corpus lacks cannot be ticked."""

    missing: frozenset[str] = frozenset()

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Say of a choice that it is missing."""
        option: dict[str, Any] = super().create_option(*args, **kwargs)
        if option["value"] in self.missing:
            option["attrs"]["disabled"] = True
            option["label"] = _("%(branch)s: not in this corpus") % {"branch": option["label"]}
        return option


class LearningForm(forms.Form):
    """How long networks learn, and from what dice."""

    epochs = forms.IntegerField(
        min_value=1,
        max_value=MOST_EPOCHS,
        initial=TrainingConfig().epochs,
        label=_("Epochs"),
        help_text=_("Passes over the rows at most; training stops when it no longer helps."),
    )
    seed = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, initial=TrainingConfig().seed, label=_("Seed")
    )


class RunForm(LearningForm):
    """One training."""

    corpus = NamedField(
        Corpus.objects.order_by("-pk"),
        empty_label=_("Choose…"),
        label=_("Corpus"),
        # Another corpus may have other branches.
        widget=forms.Select(
            attrs={
                "hx-get": reverse_lazy("analysis:run-new"),
                "hx-target": "#id_branches",
                "hx-select": "#id_branches",
                "hx-swap": "outerHTML",
            }
        ),
    )
    version_name = forms.CharField(
        max_length=LONGEST_NAME,
        label=_("Name of the version"),
        help_text=_("Letters, digits, “-”, “_” and “.”; it is given once."),
    )
    branches = forms.MultipleChoiceField(
        choices=[(NAME, _("Names")), (MALL, _("Shops' own categories")), (IMAGE, _("Pictures"))],
        widget=BranchBoxes,
        label=_("What it reads of a product"),
        help_text=_("Of shops whose own categories mislead, these weigh less."),
    )
    cleaning = forms.ChoiceField(
        required=False,
        choices=[
            (NOTHING, _("nothing: learn every row as given")),
            (SMALL_LOSS, _("leave out the rows that surprise most")),
            (SELFIE, _("correct them as well, in two trainings (SELFIE)")),
        ],
        label=_("What is done about wrong given categories"),
        help_text=_("A cleaning begins after half of the epochs, which learn every row."),
    )
    with_rules = forms.BooleanField(
        required=False, initial=True, label=_("Leave out what the exclusion list says")
    )
    learns_sample_names = forms.BooleanField(
        required=False,
        initial=True,
        label=_("Learn from the names of the samples, too"),
        help_text=_("Nobody's categories of them are looked at. The training takes longer."),
    )
    m = forms.FloatField(
        required=False,
        min_value=LEAST_M,
        max_value=MOST_M,
        label=_("Class balance m"),
        help_text=_(
            "Of a category with N rows, m · ln N are kept: with 200, 1,842 of 10,000. "
            "Empty keeps every row."
        ),
    )
    by_month = forms.BooleanField(
        required=False,
        label=_("Balance months"),
        help_text=_("Draws the rows evenly over the months, so that no season is forgotten."),
    )

    field_order = ["corpus", "version_name", "branches"]

    def offer(self, corpus: Corpus | None) -> None:
        """Offer what products of the corpus can be classified by, all of it ticked."""
        field = self.fields["branches"]
        assert isinstance(field.widget, BranchBoxes)
        if corpus is not None:
            field.initial = corpora.branches(corpus)
            field.widget.missing = frozenset(BRANCHES) - set(field.initial)

    def clean(self) -> dict[str, Any]:
        """Months are balanced within what m allows; branches are some that the corpus has."""
        cleaned: dict[str, Any] = super().clean() or {}
        if corpus := cleaned.get("corpus"):
            self.offer(corpus)
            missing = set(cleaned.get("branches", ())) - set(corpora.branches(corpus))
            if missing:
                self.add_error("branches", str(runs.lacking(corpus, missing)))
        if cleaned.get("by_month") and cleaned.get("m") is None and "m" not in self.errors:
            self.add_error("m", _("Give m as well: months are balanced within m · ln N rows."))
        if cleaned.get("epochs") == 1 and (cleaned.get("cleaning") or NOTHING) != NOTHING:
            self.add_error("epochs", _("Cleaning takes two epochs or more."))
        return cleaned

    def plan(self) -> CurationPlan:
        """Return how the rows are balanced."""
        return CurationPlan(m=self.cleaned_data["m"], by_month=self.cleaned_data["by_month"])

    def config(self) -> TrainingConfig:
        """Return the settings of the training."""
        cleaning = self.cleaned_data["cleaning"] or NOTHING
        return TrainingConfig(
            branches=tuple(self.cleaned_data["branches"]),
            epochs=self.cleaned_data["epochs"],
            seed=self.cleaned_data["seed"],
            cleaning=cleaning,
        )


class PredictForm(forms.Form):
    """Which round a version predicts."""

    round = NamedField(Round.objects.order_by("-pk"), empty_label=_("Choose…"), label=_("Round"))


class RunsFilter(forms.Form):
    """Which versions the table shows."""

    q = forms.CharField(required=False, label=_("Find a version"))
    origin = forms.ChoiceField(
        choices=[("", _("all")), *ModelVersion.Origin.choices], required=False, label=_("Origin")
    )
    stage = forms.ChoiceField(
        choices=[("", _("all")), *ModelVersion.Stage.choices], required=False, label=_("Stage")
    )
