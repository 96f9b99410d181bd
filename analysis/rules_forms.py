"""What curators type about exclusion rules and category groups."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from analysis.models import CategoryGroup, ExclusionRule
from analysis.services import exclusions
from labelhub.jobs.models import Job


class GroupField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """A choice of groups by their names."""

    def label_from_instance(self, obj: Model) -> str:
        assert isinstance(obj, CategoryGroup)
        return obj.name


class RuleForm(forms.Form):
    """One exclusion rule, and the version of the list on which it was thought up."""

    keyword = forms.CharField(
        max_length=100,
        label=_("Keyword"),
        help_text=_("One word, or several that follow each other."),
    )
    group = GroupField(
        CategoryGroup.objects.order_by("name"),
        empty_label=_("Choose…"),
        label=_("Category group"),
        help_text=_("Rows given a category of this group are looked at."),
    )
    action = forms.ChoiceField(choices=ExclusionRule.Action.choices, label=_("Action"))
    unless = forms.CharField(
        required=False,
        label=_("Unless words"),
        help_text=_("Separated by commas; a row that holds one of them stays."),
    )
    in_mall_category = forms.BooleanField(required=False, label=_("Also in the mall category"))
    is_substring = forms.BooleanField(required=False, label=_("Also inside longer words"))
    reason = forms.CharField(
        max_length=500,
        label=_("Reason"),
        help_text=_("Read by others in the versions of the list."),
    )
    base = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def draft(self) -> ExclusionRule:
        """Return the rule that the form describes, not saved."""
        return exclusions.draft(
            group=self.cleaned_data["group"],
            keyword=self.cleaned_data["keyword"],
            action=self.cleaned_data["action"],
            unless=self.cleaned_data["unless"].split(","),
            in_mall_category=self.cleaned_data["in_mall_category"],
            is_substring=self.cleaned_data["is_substring"],
            reason=self.cleaned_data["reason"],
        )


def initial_of(preview: Job) -> dict[str, Any]:
    """Return the form's values as they were when the preview was asked for."""
    rule = preview.params["rule"]
    return {**rule, "group": preview.params["group_id"], "unless": ", ".join(rule["unless"])}


class RulesFilter(forms.Form):
    """Which rules the table shows."""

    q = forms.CharField(required=False, label=_("Find a keyword"))
    group = GroupField(
        CategoryGroup.objects.order_by("name"),
        required=False,
        label=_("Group"),
        empty_label=_("all"),
    )
    action = forms.ChoiceField(
        choices=[("", _("all")), *ExclusionRule.Action.choices], required=False, label=_("Action")
    )
