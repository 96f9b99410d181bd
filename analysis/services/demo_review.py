"""Reviewers of the demo market, who know its truth and err three times in a hundred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

import numpy as np

from labelhub.accounts.models import User
from labelhub.accounts.roles import Role
from labelhub.catalog.models import Category, Sample
from labelhub.jobs.services.carrying import RunningJob
from labelhub.labelling.models import Consensus, Judgement, Source
from labelhub.labelling.services import judgements
from labelhub.registry.models import ModelVersion, Prediction
from mlcore.demo import people
from mlcore.progress import Progress

REVIEWED = 0.6  # share of the disagreements; the rest waits for whoever looks at the demo
AT_ONCE = 50  # products a transaction


@dataclass(frozen=True)
class Dispute:
    """A sample on which the people and a version disagree."""

    sample: Sample
    pair: tuple[Category, Category]  # what the people say, what the version says


def review(
    *,
    version: ModelVersion,
    truth: Mapping[str, frozenset[str]],
    seed: int,
    job: RunningJob,
    report: Progress,
    now: datetime,
) -> int:
    """
    Judge most samples on which the people and the version disagree; return how many.

    The same samples are chosen for every version, and nobody judges a category of a sample
    a second time.
    """
    chosen = [dispute for dispute in disputes(version) if _is_chosen(dispute.sample)]
    rng = np.random.default_rng([seed, version.pk])
    for start in range(0, len(chosen), AT_ONCE):
        report("review", start, len(chosen))
        with job.writing():
            for dispute in chosen[start : start + AT_ONCE]:
                _judge(dispute, truth, rng, now)
    report("review", len(chosen), len(chosen))
    return len(chosen)


def disputes(version: ModelVersion) -> list[Dispute]:
    """Return the samples whose settled label of the people is not what the version says."""
    settled = Consensus.objects.filter(source=Source.PEOPLE, state=Consensus.State.SETTLED)
    labels = {
        consensus.sample_id: consensus.category
        for consensus in settled.select_related("category")
        if consensus.category
    }
    said = Prediction.objects.filter(version=version, sample__in=labels)
    return [
        Dispute(prediction.sample, (labels[prediction.sample_id], prediction.category))
        for prediction in said.select_related("sample", "category").order_by("sample_id")
        if prediction.category_id != labels[prediction.sample_id].pk
    ]


def _is_chosen(sample: Sample) -> bool:
    return crc32(f"{sample.product_id} reviewed".encode()) % 100 < 100 * REVIEWED


def _judge(
    dispute: Dispute,
    truth: Mapping[str, frozenset[str]],
    rng: np.random.Generator,
    now: datetime,
) -> None:
    ids = {category.path: category.pk for category in dispute.pair}
    product_id = dispute.sample.product_id
    shown = [int(pk) for pk in rng.permutation(list(ids.values()))]
    said = people.judge(truth, [(product_id, path) for path in ids], rng)
    for name in people.reviewers_of(product_id):
        judge_anew(
            sample=dispute.sample,
            verdicts={ids[j.category_path]: j.is_acceptable for j in said if j.reviewer == name},
            reviewer=reviewer(name),
            pair_shown=shown,
            now=now,
        )


def judge_anew(
    *,
    sample: Sample,
    verdicts: Mapping[int, bool],
    reviewer: User,
    pair_shown: Sequence[int],
    now: datetime,
) -> None:
    """Keep the verdicts on categories that this reviewer has not judged yet."""
    known = Judgement.objects.current().filter(sample=sample, reviewer=reviewer)
    judged = set(known.values_list("category_id", flat=True))
    new = {category: said for category, said in verdicts.items() if category not in judged}
    if new:
        judgements.judge(
            sample=sample, verdicts=new, reviewer=reviewer, now=now, pair_shown=pair_shown
        )


def reviewer(name: str) -> User:
    """Return a reviewer of the market, who has no password and cannot log in."""
    defaults = {"role": Role.CURATOR, "is_active": False, "password": "!"}
    return User.objects.get_or_create(username=name, defaults=defaults)[0]
