"""The names of the samples, which teach a network words without anybody's category."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from labelhub.catalog.models import Sample
from labelhub.jobs.services.carrying import RunningJob
from labelhub.registry.models import Run
from mlcore.corpus.pieces import dataset_tokeniser
from mlcore.text.token_lines import TokenLines, write_lines

CHUNK = 4_096  # names between two reports: a tenth of a second


def split(*, run: Run, rows: Path, work: Path, job: RunningJob) -> TokenLines | None:
    """
    Return the names that a run learns from beside its dataset, split as the dataset's are.

    Args:
        rows: the dataset's folder.
        work: folder of the training; the names are kept there, not in memory.
    """
    if not run.learns_sample_names:
        return None
    tokens = dataset_tokeniser(rows).tokens

    def found() -> Iterator[Sequence[str]]:
        total = Sample.objects.count()
        names = Sample.objects.order_by("pk").values_list("name", flat=True)
        for done, name in enumerate(names.iterator(CHUNK)):
            if done % CHUNK == 0:
                job.report("tokenise", done, total)
            yield tokens(name)

    work.mkdir(parents=True, exist_ok=True)
    return write_lines(work / "sample-names", found())
