"""
Climb a ladder: measure each model on the same held-out rows of a corpus.

Only the ml worker calls this. TensorFlow is imported inside `_rungs` and nowhere above it.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from labelhub.jobs.services.carrying import RunningJob
from labelhub.registry.models import Ladder
from labelhub.registry.services import corpora, folders, run_pictures
from mlcore.artifact.pictures import SeenPictures
from mlcore.corpus import columns
from mlcore.corpus.pieces import pieces_of
from mlcore.exclusion import ExclusionRule
from mlcore.text.word_list import splitter_of
from mlcore.training.config import TrainingConfig
from mlcore.training.split import held_out

if TYPE_CHECKING:  # scikit-learn and SciPy take their time to load
    from mlcore.training.ladder import Ground, Rung, Step

SHARE = 0.2  # of the rows are measured on, and teach no rung


def carry_out(*, ladder_id: int, job: RunningJob) -> None:
    """
    Climb every rung that is not done yet, and keep the table after each.

    Killed anywhere and carried out again, it goes on behind the last rung that was done.
    """
    from mlcore.training.ladder import climb

    ladder = Ladder.objects.select_related("corpus").get(pk=ladder_id)
    job.report("curate")
    ground = _ground(ladder)
    with job.writing():
        Ladder.objects.filter(pk=ladder.pk).update(ground=_numbers(ground))
    folder = folders.ladder_folder(ladder.pk)
    config = TrainingConfig.from_record(ladder.config)
    with run_pictures.seen(
        corpus=ladder.corpus,
        rows=pieces_of(ground.learnt),
        config=replace(config, branches=corpora.branches(ladder.corpus)),
        folder=folder,
        job=job,
    ) as pictures:
        rungs = _rungs(config, pictures)
        steps = climb(
            ground,
            rungs,
            folder,
            progress=_Rungs(job, {rung.title for rung in rungs}).show,
            is_cancelled=job.is_cancelled,
            after_rung=lambda steps: _keep(ladder, steps, job),
        )
    job.finish(rungs=len(steps))
    # The table is kept; the models of the rungs are of no further use.
    shutil.rmtree(folder, ignore_errors=True)


@dataclass
class _Rungs:
    """Shows which rung is being climbed; what happens inside of one only asks whether to stop."""

    job: RunningJob
    titles: set[str]

    def show(self, stage: str, done: int, total: int) -> None:
        """Report a rung; see `mlcore.progress.Progress`."""
        if stage in self.titles or stage == "done":
            self.job.report(stage, done, total)
        else:
            self.job.check()


def _ground(ladder: Ladder) -> Ground:
    from mlcore.training.ladder import Ground

    rows = corpora.read(ladder.corpus)
    is_test = pa.array(held_out(rows[columns.ID].to_pylist(), SHARE))
    return Ground(
        train=rows.filter(pc.invert(is_test)),
        test=rows.filter(is_test),
        tokeniser=splitter_of(folders.corpus_folder(ladder.corpus.name), ladder.corpus.tokeniser),
        rules=tuple(ExclusionRule.from_record(record) for record in ladder.rules),
        settings={
            "corpus": ladder.corpus.fingerprint,
            "rules": ladder.rules,
            "learnt": ladder.learnt,
            "seed": ladder.config["seed"],
            "config": ladder.config,
        },
    )


def _numbers(ground: Ground) -> dict[str, int]:
    return {
        "train_rows": ground.train.num_rows,
        "learnt_rows": ground.learnt.num_rows,
        "test_rows": ground.test.num_rows,
    }


def _rungs(config: TrainingConfig, pictures: SeenPictures | None) -> tuple[Rung, ...]:
    from mlcore.training.bag import BAG
    from mlcore.training.baselines import PEERS
    from mlcore.training.rungs import network_rungs

    talk = config.as_in_the_talk()
    return (*PEERS, BAG, *network_rungs(talk, config, pictures))


def _keep(ladder: Ladder, steps: Sequence[Step], job: RunningJob) -> None:
    from mlcore.training.ladder_table import as_record

    with job.writing():
        Ladder.objects.filter(pk=ladder.pk).update(steps=as_record(steps))
