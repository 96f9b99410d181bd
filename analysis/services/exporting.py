"""The trace that the table leaves wherever it goes out: page, command or API."""

from __future__ import annotations

from datetime import datetime

from analysis.services.comparison import Comparison
from labelhub.accounts.models import User
from labelhub.accounts.services import audit


def note(*, table: Comparison, rows: int, form: str, by: User | None, now: datetime) -> None:
    """
    Leave the audit row of a table that is about to be sent.

    Args:
        rows: how many of its rows are sent; a page may have filtered them.
    """
    audit.record(
        by=by,
        verb="exported the comparison",
        target=table.scope.version,
        details={"rows": rows, "format": form},
        now=now,
    )
