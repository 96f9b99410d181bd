"""What else an import did beside its rows, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _


def told(notes: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each thing worth telling."""
    sentences = {
        "categories_made": _("%(count)s categories were made."),
        "retired": _("%(count)s categories that the file lacks were retired."),
    }
    for key, sentence in sentences.items():
        if notes.get(key):
            yield sentence % {"count": f"{notes[key]:,}"}
    if round := notes.get("round"):
        yield _round(round)
    if model := notes.get("model"):
        yield _("The model version %(name)s was made.") % {"name": model}
    for model in notes.get("models", ()):
        yield _("The model version %(name)s was made.") % {"name": model}
    if label_studio := notes.get("label_studio"):
        yield from _label_studio(label_studio)
    if people := notes.get("people"):
        names = ", ".join(people[:20]) + (" …" if len(people) > 20 else "")
        yield _("These people were made, who cannot log in: %(names)s") % {"names": names}
    if images := notes.get("images"):
        yield _(
            "Pictures: %(shown)s were put to their products, %(refused)s files were refused,"
            " %(missing)s were not found."
        ) % {key: f"{value:,}" for key, value in images.items()}


def _round(round: Mapping[str, Any]) -> str:
    values = {"name": round["name"], "count": f"{round['assignments']:,}"}
    if round["is_new"]:
        return _("The round %(name)s was made, with %(count)s assignments.") % values
    return _("The round %(name)s got %(count)s more assignments.") % values


def _label_studio(told: Mapping[str, int]) -> Iterator[str]:
    values = {name: f"{count:,}" for name, count in told.items()}
    yield (
        _("The tasks brought %(answers)s answers, %(skips)s skips and %(predictions)s predictions.")
        % values
    )
    if told["left_out"]:
        yield (
            _(
                "%(left_out)s predictions were left out: they have no score from 0 to 1, not"
                " exactly one category of the tree, or the version says something else already."
            )
            % values
        )
