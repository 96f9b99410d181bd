"""What Keras writes into a `.keras` file beside the network."""

import json
import re
import shutil
import zipfile
from pathlib import Path

METADATA, CONFIG = "metadata.json", "config.json"

SHARED = re.compile(r'("shared_object_id": )(\d+)')
"""Objects that several layers share are named by where they lay in memory."""


def make_reproducible(path: Path) -> None:
    """Take times and addresses of memory out of the file, so that equal networks are equal."""
    draft = path.with_suffix(".draft")
    with zipfile.ZipFile(path) as written, zipfile.ZipFile(draft, "w") as plain:
        for entry in written.infolist():
            undated = zipfile.ZipInfo(entry.filename)
            undated.file_size = entry.file_size  # above 2 GiB an entry is written otherwise
            with written.open(entry) as source, plain.open(undated, "w") as target:
                if entry.filename == METADATA:
                    target.write(_undated(source.read()))
                elif entry.filename == CONFIG:
                    target.write(_numbered(source.read().decode()).encode())
                else:
                    shutil.copyfileobj(source, target)
    draft.replace(path)


def _undated(metadata: bytes) -> bytes:
    record = json.loads(metadata)
    record.pop("date_saved", None)
    return json.dumps(record).encode()


def _numbered(config: str) -> str:
    """
    Return the config with shared objects numbered in their order.

    >>> _numbered('{"shared_object_id": 900}, {"shared_object_id": 50}, {"shared_object_id": 900}')
    '{"shared_object_id": 0}, {"shared_object_id": 1}, {"shared_object_id": 0}'
    """
    numbers: dict[str, int] = {}
    return SHARED.sub(
        lambda found: f"{found[1]}{numbers.setdefault(found[2], len(numbers))}", config
    )
