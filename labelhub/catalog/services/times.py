"""Times in files: with an offset they are themselves, without one they are the office's."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import connection

from labelhub.catalog.services import reasons
from labelhub.catalog.services.staging import Staged

# PostgreSQL 15 cannot ask whether a text is a time without failing, hence the function.
AS_TIME = """
CREATE OR REPLACE FUNCTION pg_temp.as_time(written text, zone text) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF written !~ '^\\d{4}-\\d\\d-\\d\\d([T ]\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?( ?(Z|[+-]\\d\\d(:?\\d\\d)?))?)?$' THEN
        RETURN NULL;
    ELSIF written ~ ':\\d\\d(\\.\\d+)? ?(Z|[+-]\\d\\d(:?\\d\\d)?)$' THEN
        RETURN written::timestamptz;
    END IF;
    RETURN written::timestamp AT TIME ZONE zone;
EXCEPTION WHEN OTHERS THEN
    RETURN NULL;
END $$
"""  # noqa: E501  # one pattern


def read_times(staged: Staged, column: str, *, now: datetime) -> None:
    """Set `moment` from a column of times, `now` where it is empty; refuse what is no time."""
    name = connection.ops.quote_name(column)
    if not staged.has(column):
        staged.execute("UPDATE staged SET moment = %s", [now])
        return
    staged.execute(AS_TIME)
    staged.execute(
        f"UPDATE staged SET moment = CASE WHEN btrim({name}) = '' THEN %s"  # noqa: S608
        f" ELSE pg_temp.as_time(btrim({name}), %s) END",
        [now, settings.TIME_ZONE],
    )
    staged.refuse("moment IS NULL", column=column, reason=reasons.NOT_A_TIME)
