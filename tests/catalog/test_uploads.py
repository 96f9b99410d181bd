import os
from datetime import timedelta

from labelhub.catalog.services import uploads
from tests.factories import NOW


def test_uploads_that_nobody_imports_any_more_are_deleted():
    old, fresh = uploads.folder() / "old", uploads.folder() / "fresh"
    for path, age in ((old, timedelta(days=8)), (fresh, timedelta(days=6))):
        path.write_text("rows")
        then = (NOW - age).timestamp()
        os.utime(path, (then, then))

    assert uploads.forget_old(now=NOW) == 1

    assert fresh.exists()
    assert not old.exists()
