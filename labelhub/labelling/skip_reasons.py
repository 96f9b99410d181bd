"""Why annotators pass on a product: the reasons that the page offers; other words are theirs."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: dict[str, Promise] = {
    "": _("no reason"),
    "image": _("The image is missing or wrong"),
    "unclear": _("The name does not say what it is"),
    "unknown": _("I do not know this kind of product"),
}


def shown(reason: str) -> str:
    """Return a stored reason in the reader's language."""
    return str(REASONS.get(reason, reason))
