"""Text in the cells of a spreadsheet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

FORMULA_STARTS = tuple("=+-@＝＋－＠\t\r\n")  # spreadsheets read the wide signs alike


def defused(value: Any) -> Any:
    """Return a cell that no spreadsheet runs as a formula."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return "" if value is None else value
