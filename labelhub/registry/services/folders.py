"""Where corpora, datasets and versions lie in the data folder, and how they get there whole."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from labelhub.errors import DomainError

LONGEST_NAME = 80  # letters; Hangul takes three bytes each, and a file name holds 255
PICTURES = "pictures"  # within the folder of a corpus
NAME = re.compile(r"\w[\w.-]*")  # no leading dot, no slash, nothing a shell would read


class BadName(DomainError):
    """A name that cannot be the name of a folder."""


class NameInUse(DomainError):
    """Names of corpora and versions are given once."""


def check_name(name: str) -> str:
    """
    Return the name without blanks around it.

    Raises:
        BadName: it is empty, too long or holds a character that a folder name should not.
    """
    trimmed = name.strip()
    if not NAME.fullmatch(trimmed) or len(trimmed) > LONGEST_NAME:
        raise BadName(
            _("Use letters, digits, “-”, “_” and “.” in the name, at most %(longest)d of them.")
            % {"longest": LONGEST_NAME}
        )
    return trimmed


def corpus_folder(name: str) -> Path:
    """Return the folder of the corpus of that name."""
    return Path(settings.DATA) / "corpora" / name


def pictures_folder(corpus: str) -> Path:
    """Return where the corpus of that name keeps its pictures, if it has any."""
    return corpus_folder(corpus) / PICTURES


def features_folder() -> Path:
    """Return where the features of pictures are kept, of all backbones."""
    return Path(settings.DATA) / "features"


def dataset_folder(fingerprint: str) -> Path:
    """Return the folder of the dataset with that fingerprint."""
    return Path(settings.DATA) / "datasets" / fingerprint


def version_folder(name: str) -> Path:
    """Return the artifact folder of the version of that name."""
    return Path(settings.DATA) / "models" / name


def training_folder(run_id: int) -> Path:
    """Return where an unfinished training keeps what a later attempt goes on with."""
    return Path(settings.DATA) / "training" / str(run_id)


def search_folder(search_id: int) -> Path:
    """Return where the workers of a search keep their arrays while they work."""
    return Path(settings.DATA) / "searches" / str(search_id)


def ladder_folder(ladder_id: int) -> Path:
    """Return where a ladder keeps the rungs that are done."""
    return Path(settings.DATA) / "ladders" / str(ladder_id)


@contextmanager
def draft_of(folder: Path) -> Iterator[Path]:
    """Give a path beside `folder` to build it in; what is still there at the end is removed."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    # One of its own for each attempt: an attempt that lost its lease may still be building.
    shelf = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield shelf / "draft"
    finally:
        shutil.rmtree(shelf, ignore_errors=True)


def clear_drafts_of(folder: Path) -> None:
    """Remove what killed attempts left; call it where no other attempt is of any use."""
    for shelf in folder.parent.glob(f".{folder.name}.*"):
        shutil.rmtree(shelf, ignore_errors=True)


def put_in_place(draft: Path, folder: Path) -> None:
    """
    Make the draft the folder, in one rename.

    Call it where no other attempt may write. What lies in `folder` was left by an attempt
    that died between the rename and its commit, and no row speaks of it.
    """
    if folder.exists():
        shutil.rmtree(folder)
    draft.rename(folder)
