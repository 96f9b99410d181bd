"""The form with which a file is imported, made from what its kind can be asked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labelhub.catalog.import_kinds import ImportKind, Option
from labelhub.catalog.services.encoding import CP949, NAMES, UTF8

LONGEST_TEXT = 200


class ImportForm(forms.Form):
    """A file, how it is written, and the options of its kind."""

    file = forms.FileField(label=_("File"))
    encoding = forms.ChoiceField(
        label=_("Encoding"),
        required=False,
        choices=[("", _("detect")), (UTF8, NAMES[UTF8]), (CP949, NAMES[CP949])],
    )
    keep_good = forms.BooleanField(
        label=_("Take the good rows although others are refused"), required=False
    )

    def __init__(self, kind: ImportKind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["file"].help_text = str(kind.file_help)
        for option in kind.options:
            self.fields[option.name] = _field(option)

    def options(self) -> dict[str, Any]:
        """Return what was chosen for the kind."""
        return {option.name: self.cleaned_data[option.name] for option in self.kind.options}


def _field(option: Option) -> forms.Field:
    common = {
        "label": option.title,
        "help_text": option.help,
        "required": option.is_required,
        "initial": option.default,
    }
    match option.kind:
        case "flag":
            return forms.BooleanField(**common)
        case "choice":
            return forms.ChoiceField(choices=option.choices, **common)
        case "number":
            return forms.IntegerField(min_value=1, max_value=20, **common)
        case "file":
            return forms.FileField(**common)
    return forms.CharField(max_length=LONGEST_TEXT, **common)
