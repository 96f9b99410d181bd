"""What curators type about corpora, and choose of predictions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labelhub.registry.models import ModelVersion
from labelhub.registry.services.folders import LONGEST_NAME
from mlcore.corpus.source import ENCODINGS
from mlcore.text.word_list import LONGEST, NoWord, WordList


class WordsField(forms.CharField):
    """Words that stay whole, one a line."""

    widget = forms.Textarea(attrs={"rows": 4})

    def clean(self, value: Any) -> WordList:
        try:
            return WordList.of_lines(super().clean(value))
        except NoWord as problem:
            raise forms.ValidationError(
                _("A word has 2 to %(longest)s letters and no blank; “%(line)s” is none."),
                params={"longest": LONGEST, "line": problem.line},
            ) from None


class CorpusForm(forms.Form):
    """A file of training rows, and how it is taken."""

    file = forms.FileField(
        label=_("File"), help_text=_("CSV (also .gz) or Parquet, with a header.")
    )
    images = forms.FileField(
        required=False,
        label=_("Pictures"),
        help_text=_(
            "Zip of the files that the column image names: JPEG, PNG, WEBP or GIF, each at most "
            "30 MB. Others are listed and left out."
        ),
    )
    name = forms.CharField(
        max_length=LONGEST_NAME,
        label=_("Name of the corpus"),
        help_text=_("Letters, digits, “-”, “_” and “.”; it is given once."),
    )
    words = WordsField(
        required=False,
        max_length=200_000,
        label=_("Words that stay whole"),
        help_text=_(
            "One a line, such as brands that would be split: 느와이. Models trained on the corpus "
            "keep them whole, too."
        ),
    )
    encoding = forms.ChoiceField(
        label=_("Encoding"),
        required=False,
        choices=[("", _("detect")), *((name, name.upper()) for name in ENCODINGS)],
    )
    keep_good = forms.BooleanField(
        label=_("Take the good rows although others are refused"), required=False
    )


def name_and_stage(version: ModelVersion) -> str:
    """Return what a list of choices calls a version."""
    return f"{version.name} ({version.get_stage_display()})"


class VersionField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """Model versions by name and stage."""

    def label_from_instance(self, obj: ModelVersion) -> str:
        return name_and_stage(obj)


class PredictionsForm(forms.Form):
    """Whose predictions go along with the tasks of a round, if any."""

    version = VersionField(
        ModelVersion.objects.order_by("-created_at", "-pk"),
        required=False,
        empty_label=_("none"),
        label=_("Predictions"),
        help_text=_("People in Label Studio see them before they answer."),
    )
