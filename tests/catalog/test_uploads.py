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


def test_the_folder_of_a_corpus_goes_with_its_pictures():
    old = uploads.folder() / "old"
    (old / "images").mkdir(parents=True)
    (old / "images" / "photos.zip").write_bytes(b"photos")
    then = (NOW - timedelta(days=8)).timestamp()
    os.utime(old, (then, then))

    assert uploads.forget_old(now=NOW) == 1

    assert not old.exists()
