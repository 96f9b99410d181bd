"""
Why a training row is refused, and why its picture cannot be used, as messages that pages translate.

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

PICTURES = (
    _("The picture is not in the zip or folder."),
    _("This is an address; pictures are not fetched from the network."),
    _("The file is larger than 30 MB."),
    _("The name leads out of the folder or zip."),
    _("The entry is a link."),
    _("The entry is encrypted."),
    _("The entry unpacks to more than 200 times its size."),
    _("The entry is damaged."),
    _("This is no JPEG, PNG, WEBP or GIF picture."),
    _("The picture cannot be decoded; it may be cut off."),
    _("The picture has more than 50 million pixels."),
)
