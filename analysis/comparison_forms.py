"""What the addresses of the comparison may say, and what they mean."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from analysis import category_address
from analysis.services.verdicts import Axis, Scope, default_source
from labelhub.catalog.models import Category
from labelhub.labelling.models import Source
from labelhub.registry.models import ModelVersion
from labelhub.registry.services import versions

AXES = [(Axis.HUMAN, _("human label")), (Axis.PREDICTED, _("predicted category"))]
AXES_OF_GIVEN = [(Axis.HUMAN, _("given category")), AXES[1]]


class ScopeForm(forms.Form):
    """
    What is compared with what.

    An address that says something impossible falls back to the default of that part: a link
    in an old mail still opens a table.
    """

    model = forms.ChoiceField(label=_("Version"), required=False)
    against = forms.ChoiceField(label=_("Change against"), required=False)
    level = forms.TypedChoiceField(label=_("Level"), required=False, coerce=int, empty_value=None)
    axis = forms.ChoiceField(label=_("Rows by"), required=False, choices=AXES)
    source = forms.ChoiceField(label=_("Labels"), required=False, choices=Source.choices)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        newest_first = ModelVersion.objects.order_by("-created_at", "-pk")
        names = [(name, name) for name in newest_first.values_list("name", flat=True)]
        self._choose("model", names)
        self._choose("against", [("", _("no other version")), *names])
        deepest = Category.objects.aggregate(level=Max("level"))["level"] or 0
        levels = [(level, _("level %d") % level) for level in range(1, deepest + 1)]
        self._choose("level", [("", _("as labelled")), *levels])
        self.is_valid()

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def said(self, name: str) -> Any:
        """Return the value of a part, or None where the address does not say a possible one."""
        return self.cleaned_data.get(name) or None

    @cached_property
    def scope(self) -> Scope:
        """
        What the address asks for; where it says nothing, the version in use and people's labels.

        Raises:
            NoVersion: there is no model version at all.
        """
        source = self.said("source")
        return Scope(
            version=versions.chosen(name=self.said("model")),
            source=Source(source) if source else default_source(),
            level=self.said("level"),
            axis=Axis(self.said("axis") or Axis.HUMAN),
            under=self._under(),
        )

    def _under(self) -> Category | None:
        """Return the subtree that is shown; the whole tree unless a form says otherwise."""
        return None

    @property
    def other_version(self) -> ModelVersion | None:
        """The other version, unless it is the version itself."""
        name = self.said("against")
        if not name or name == self.scope.version.name:
            return None
        return versions.chosen(name=name)

    def show_defaults(self) -> None:
        """Let the selectors show what was chosen for an address that said nothing."""
        said = QueryDict(mutable=True)
        said.update(self.data)
        scope = self.scope
        said["model"], said["source"] = scope.version.name, scope.source.value
        self.data = said
        if scope.source is Source.GIVEN:
            self._choose("axis", AXES_OF_GIVEN)


class ComparisonForm(ScopeForm):
    """The selectors and filters above the table."""

    q = forms.CharField(label=_("Find a category"), required=False)
    under = forms.CharField(required=False, widget=forms.HiddenInput)
    minimum = forms.IntegerField(label=_("At least"), required=False, min_value=1)
    catch_all = forms.BooleanField(label=_("Catch-all only"), required=False)
    worse = forms.BooleanField(label=_("Worse than people"), required=False)

    def show_defaults(self) -> None:
        super().show_defaults()
        if self.scope.source is Source.GIVEN:
            self["worse"].label = _("Worse than the given category")

    def clean_under(self) -> Category | None:
        """Read the category that the subtree hangs under."""
        name = self.cleaned_data["under"]
        found = category_address.named(name) if name else None
        if name and found is None:
            raise ValidationError(_("There is no such category."))
        return found

    def _under(self) -> Category | None:
        under: Category | None = self.said("under")
        return under
