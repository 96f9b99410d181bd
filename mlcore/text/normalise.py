"""One spelling for texts that read the same."""

import unicodedata


def fold(text: str) -> str:
    """
    Return the text composed (NFC), case-folded and with single blanks.

    >>> fold("  NIKE \\u1112\\u1161\\u11ab  Tee ")
    'nike 한 tee'
    """
    composed = unicodedata.normalize("NFC", text).casefold()
    # Case folding can decompose again (İ becomes i and a combining dot).
    return " ".join(unicodedata.normalize("NFC", composed).split())
