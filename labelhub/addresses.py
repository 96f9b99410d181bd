"""What an address, or a form, says in numbers."""

from __future__ import annotations

MOST_DIGITS = 18  # what fits into a key of the database, whatever its digits


def whole_number(text: str | None) -> int | None:
    """Return the number that a text names, or None where it names none that a key could be."""
    if not text or not text.isdecimal() or len(text) > MOST_DIGITS:
        return None
    return int(text)
