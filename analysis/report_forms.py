"""What a new report is asked for with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from analysis.models import Report
from analysis.services.reports import Order, oldest_first
from analysis.services.verdicts import default_source
from labelhub.catalog.models import Category
from labelhub.labelling.models import Source
from labelhub.registry.forms import name_and_stage
from labelhub.registry.models import ModelVersion

MOST_VERSIONS = 20  # offered, the newest first; a ladder of more could not be read


class ReportForm(forms.Form):
    """Which versions, at which level, against whose labels."""

    title = forms.CharField(label=_("Title"), max_length=200)
    versions = forms.ModelMultipleChoiceField(
        label=_("Versions"),
        help_text=_("Shown from the oldest to the newest; the newest is the one reported on."),
        queryset=ModelVersion.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    level = forms.TypedChoiceField(
        label=_("Level of the table"), required=False, coerce=int, empty_value=None
    )
    source = forms.ChoiceField(label=_("Labels"), choices=Source.choices)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, replaces: Report | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if replaces is None:
            del self.fields["reason"]
        newest_first = ModelVersion.objects.order_by("-created_at", "-pk")
        newest = newest_first.values_list("pk", flat=True)[:MOST_VERSIONS]
        versions = self.fields["versions"]
        assert isinstance(versions, forms.ModelMultipleChoiceField)
        versions.queryset = newest_first.filter(pk__in=list(newest))
        versions.label_from_instance = name_and_stage  # type: ignore[assignment,method-assign]
        versions.initial = ModelVersion.objects.predicting().filter(pk__in=list(newest))
        level = self.fields["level"]
        assert isinstance(level, forms.ChoiceField)
        level.choices = [("", _("as labelled")), *_levels()]
        self.fields["source"].initial = default_source()

    def order(self, *, replaces: Report | None) -> Order:
        """Return what the form asks for."""
        asked = self.cleaned_data
        return Order(
            title=asked["title"],
            versions=oldest_first(asked["versions"]),
            source=Source(asked["source"]),
            level=asked["level"],
            reason=asked.get("reason", ""),
            replaces=replaces,
        )


def _levels() -> list[tuple[int, str]]:
    deepest = Category.objects.aggregate(level=Max("level"))["level"] or 0
    return [(level, _("level %d") % level) for level in range(1, deepest + 1)]
