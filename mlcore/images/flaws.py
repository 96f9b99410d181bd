"""Why a picture cannot be used."""

from enum import StrEnum

from mlcore.progress import BadInput

MOST_BYTES = 30 * 1024**2
"""Of one picture file."""

MOST_PIXELS = 50_000_000
"""Of one picture: about 150 MB decoded; no shop needs more."""

MOST_RATIO = 200
"""Unpacked to packed size of a zip entry; real pictures hardly shrink at all."""


class Flaw(StrEnum):
    """A fixed set, so that pages can translate it; the catalogue says the same of an upload."""

    MISSING = "The picture is not in the zip or folder."
    ADDRESS = "This is an address; pictures are not fetched from the network."
    TOO_LARGE = "The file is larger than 30 MB."
    LEADS_OUT = "The name leads out of the folder or zip."
    LINK = "The entry is a link."
    ENCRYPTED = "The entry is encrypted."
    BOMB = "The entry unpacks to more than 200 times its size."
    DAMAGED = "The entry is damaged."
    UNKNOWN_TYPE = "This is no JPEG, PNG, WEBP or GIF picture."
    UNDECODABLE = "The picture cannot be decoded; it may be cut off."
    TOO_MANY_PIXELS = "The picture has more than 50 million pixels."


class Unreadable(BadInput):
    """A picture cannot be used; `flaw` says why."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(str(flaw))
        self.flaw = flaw
