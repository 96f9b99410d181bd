"""The columns of product rows, and the values that are read out of them."""

import re

ID = "product_id"
NAME = "product_name"
MALL_NAME = "mall_name"
MALL_CATEGORY = "mall_category"
CATEGORY = "category_path"
REGISTERED = "registered_at"
IMAGE = "image"

OPTIONAL = (
    MALL_NAME,
    MALL_CATEGORY,
    "brand",
    "maker",
    "price",
    REGISTERED,
    IMAGE,
)
"""Columns that every corpus has, empty where the source does not; others are kept too."""

MONTH = "month"
NAME_TOKENS = "name_tokens"
MALL_TOKENS = "mall_tokens"

DERIVED = (MONTH, NAME_TOKENS, MALL_TOKENS)
"""Columns written by the import; a source that already has them is not believed."""

_MONTH = re.compile(r"(\d{4})(?:[-./]\s?(\d{1,2})(?!\d)|(\d{2})(?:\d{2})?(?!\d))")


def month_of(registered_at: str) -> str | None:
    """
    Return the month as YYYY-MM; a year alone, or nonsense, gives None.

    >>> month_of("2019-04-30 12:00"), month_of("2019.4.1"), month_of("20190430")
    ('2019-04', '2019-04', '2019-04')
    >>> month_of("2019") is None, month_of("2019-13-01") is None
    (True, True)
    """
    found = _MONTH.match(registered_at.strip())
    if found is None:
        return None
    month = int(found[2] or found[3])
    return f"{found[1]}-{month:02d}" if 1 <= month <= 12 else None
