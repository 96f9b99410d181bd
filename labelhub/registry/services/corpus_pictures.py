"""The pictures of a corpus: checked when they come, kept beside its rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from labelhub.registry.models import Corpus
from labelhub.registry.services import folders
from mlcore.corpus import columns, store
from mlcore.corpus.folder import read_json, write_json
from mlcore.corpus.pieces import FilePieces
from mlcore.images.files import opened
from mlcore.images.flaws import Flaw
from mlcore.images.rows import Problem
from mlcore.images.shelf import Shelf, shelve
from mlcore.progress import IsCancelled, Progress

RECORD = "pictures.json"
MOST_PROBLEMS = 1_000  # kept with the corpus; a wrong zip has one a row


@dataclass(frozen=True)
class CorpusPictures:
    """What came of the pictures of a corpus."""

    rows: int  # with a picture
    pictures: int
    unusable: int  # names that rows give and that no picture can be had of
    problems: tuple[Problem, ...]  # the first of them


NONE = CorpusPictures(0, 0, 0, ())


def keep(
    images: Path, corpus: Path, *, progress: Progress, is_cancelled: IsCancelled
) -> CorpusPictures:
    """
    Check the pictures that the rows of a corpus's folder name, and keep them there.

    Raises:
        BadInput: the source is neither a folder nor a readable zip file.
        Cancelled: `is_cancelled` said yes.
    """
    rows = FilePieces(corpus / store.ROWS_FILE, fingerprint="")
    named = (
        image for piece in rows.of([columns.IMAGE]) for image in piece[columns.IMAGE].to_pylist()
    )
    with opened(images) as source:
        found = shelve(
            named,
            source,
            corpus / folders.PICTURES,
            total=rows.num_rows,
            progress=progress,
            is_cancelled=is_cancelled,
        )
    problems = found.problems
    kept = CorpusPictures(found.rows, found.pictures, len(problems), problems[:MOST_PROBLEMS])
    write_json(corpus / RECORD, asdict(kept))
    return kept


def summary(corpus: Corpus) -> CorpusPictures | None:
    """Return what came of the pictures; None for a corpus that came without any."""
    path = folders.corpus_folder(corpus.name) / RECORD
    if not path.exists():
        return None
    record = read_json(path)
    problems = (Problem(**{**each, "flaw": Flaw(each["flaw"])}) for each in record["problems"])
    return CorpusPictures(**{**record, "problems": tuple(problems)})


def shelf(corpus: Corpus) -> Shelf:
    """Return the pictures by the names that rows give them."""
    return Shelf(folders.pictures_folder(corpus.name))
