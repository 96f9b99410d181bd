"""What curators type about searches of settings and about ladders."""

from __future__ import annotations

from dataclasses import replace

from django import forms
from django.utils.translation import gettext_lazy as _

from analysis.runs_forms import LearningForm, NamedField, RunForm
from labelhub.registry.models import Corpus
from labelhub.registry.services.folders import LONGEST_NAME
from labelhub.registry.services.ladders import FEWEST_ROWS
from labelhub.registry.services.searches import MOST_TRIALS, MOST_WORKERS
from mlcore.training.config import TrainingConfig

TRIALS = 30


class SearchForm(RunForm):
    """One search: what a training would learn from, and how much is tried."""

    version_name = None  # type: ignore[assignment]  # a search makes no version: no such field
    name = forms.CharField(
        max_length=LONGEST_NAME,
        label=_("Name of the search"),
        help_text=_("Letters, digits, “-”, “_” and “.”; it is given once."),
    )
    trials = forms.IntegerField(
        min_value=1,
        max_value=MOST_TRIALS,
        initial=TRIALS,
        label=_("Number of trials"),
        help_text=_("Trainings with other settings each; hopeless ones are ended early."),
    )
    workers = forms.IntegerField(
        min_value=1,
        max_value=MOST_WORKERS,
        initial=1,
        label=_("Trials at once, at most"),
        help_text=_("More than one helps where several ml workers run."),
    )
    field_order = ["corpus", "name", "branches", "trials", "workers"]


class TrainBestForm(forms.Form):
    """The version that a training with the best settings makes."""

    version_name = forms.CharField(
        max_length=LONGEST_NAME,
        label=_("Name of the version"),
        help_text=_("Letters, digits, “-”, “_” and “.”; it is given once."),
    )


class LadderForm(LearningForm):
    """One ladder: which rows, and how long its networks learn."""

    corpus = NamedField(Corpus.objects.order_by("-pk"), empty_label=_("Choose…"), label=_("Corpus"))
    learnt = forms.IntegerField(
        required=False,
        min_value=FEWEST_ROWS,
        label=_("Rows that each rung learns from"),
        help_text=_("Empty takes all; a fifth of the corpus is held out to measure on."),
    )
    with_rules = forms.BooleanField(
        required=False, initial=True, label=_("Climb a rung with the exclusion list")
    )

    field_order = ["corpus", "learnt"]

    def config(self) -> TrainingConfig:
        """Return the settings of the networks."""
        given = self.cleaned_data
        return replace(TrainingConfig(), epochs=given["epochs"], seed=given["seed"])
