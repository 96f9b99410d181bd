"""
Why a training row is refused, as messages that pages translate.

`mlcore` knows no translations; the sentences stand here once more so that they are found.
"""

from django.utils.translation import gettext_noop as _

SENTENCES = (
    _("the line does not have one value for every column"),
    _("the product id is missing"),
    _("the product name is missing"),
    _("the category path is missing"),
    _("a level of the category path has no name"),
    _("another row has the same product id"),
)
