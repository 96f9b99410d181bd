"""Samples of the demo market that both reviewers judge, and the hidden checks made of them."""

from __future__ import annotations

import numpy as np
from django.utils import timezone

from analysis.services import demo_review
from analysis.services.demo_walk import SEED, Walk
from labelhub.catalog.models import Category, Sample
from labelhub.labelling.models import Consensus, ReviewDraw, Source
from labelhub.labelling.services import checks, review_draws, round_settings
from labelhub.registry.models import ModelVersion, Prediction
from mlcore.demo.market import truth
from mlcore.demo.people import REVIEW_NOISE, REVIEWERS

DRAWN = 60  # samples
SHARE = 0.05  # of hidden checks in the large round


def judge_twice(walk: Walk, version: ModelVersion) -> None:
    """Draw samples for two reviewers, judge them, and show checks in the large round."""
    with walk.job.writing():
        if ReviewDraw.objects.exists():
            return
        now = timezone.now()
        review_draws.draw(number=DRAWN, seed=SEED, by=walk.by, now=now)
        known, dice = truth(SEED, walk.samples), np.random.default_rng([SEED, DRAWN])
        for sample in Sample.objects.filter(review_draw__isnull=False).order_by("pk"):
            _judge(sample, version, known[sample.product_id], dice)
        checks.make(now=now)
        _show_checks(walk)


def _judge(
    sample: Sample, version: ModelVersion, right: frozenset[str], dice: np.random.Generator
) -> None:
    label = Consensus.objects.filter(sample=sample, source=Source.PEOPLE).values("category")
    predicted = Prediction.objects.filter(sample=sample, version=version).values("category")
    pair = Category.objects.filter(pk__in=label.union(predicted)).order_by("pk")
    for name in REVIEWERS:
        verdicts = {
            category.pk: (category.path in right) != (dice.random() < REVIEW_NOISE)
            for category in pair
        }
        demo_review.judge_anew(
            sample=sample,
            verdicts=verdicts,
            reviewer=demo_review.reviewer(name),
            pair_shown=[int(pk) for pk in dice.permutation(list(verdicts))],
            now=timezone.now(),
        )


def _show_checks(walk: Walk) -> None:
    round = walk.round
    settings = round_settings.Settings(
        name=round.name,
        guideline=round.guideline,
        fields_shown=tuple(round.fields_shown),
        check_share=SHARE,
        is_for_everyone=round.is_for_everyone,
        members=list(round.members.all()),
    )
    round_settings.change(round=round, settings=settings, by=walk.by, now=timezone.now())
