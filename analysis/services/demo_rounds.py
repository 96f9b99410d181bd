"""
Rounds of the demo market beside the large one.

In one the annotator who can log in has practised; it is closed. In the other a model suggests, and
half of it waits. Answers given with suggestions count in no figure, so neither changes any.
"""

from datetime import datetime, timedelta

import numpy as np
from django.utils import timezone

from analysis.services import draws
from analysis.services.demo_walk import SEED, Walk
from labelhub.accounts.models import User
from labelhub.accounts.roles import Role
from labelhub.catalog.models import Category
from labelhub.labelling.models import Assignment, Flag, Round
from labelhub.labelling.services import annotations, claims, drawing, flags, rounds
from labelhub.labelling.services.drawing import Choice, SamplingPlan
from labelhub.labelling.services.frames import Frame
from labelhub.labelling.services.showing import Served
from labelhub.registry.models import ModelVersion
from labelhub.registry.services import suggestions
from mlcore.demo import sayings
from mlcore.demo.market import truth
from mlcore.demo.people import ANNOTATORS, RIGHT, SECONDS

PRACTICE, ASSISTED = "연습 차수", "모델 추천 차수"
PRACTISED, SUGGESTED = 30, 120  # samples
PRACTISED_ON = "출산/육아"
ANSWERED = 60  # of the samples with suggestions
AGO = timedelta(days=2)  # when people answered


def practise(walk: Walk, version: ModelVersion) -> None:
    """Let the annotator who can log in answer a round, and close it."""
    children = Frame(under=Category.objects.get(path=PRACTISED_ON).pk)
    plan = SamplingPlan(frame=children, kind=Round.Plan.RANDOM, number=PRACTISED)
    round = _drawn(walk, PRACTICE, version, drawing.propose(plan).choice(seed=SEED))
    if round.state == Round.State.CLOSED:
        return
    _answer(walk, round, User.objects.get(username=Role.ANNOTATOR), PRACTISED)
    with walk.job.writing():
        rounds.close(round=round, by=walk.by, now=timezone.now())


def assist(walk: Walk, version: ModelVersion) -> None:
    """Let people answer half of a round in which the version suggests."""
    torn = draws.Aim(
        version=version,
        measure=draws.Measure.SMALLEST_MARGIN,
        number=SUGGESTED,
        frame=Frame(),
    )
    round = _drawn(walk, ASSISTED, version, draws.find(torn).choice)
    _answer(walk, round, User.objects.get(username=ANNOTATORS[0]), ANSWERED)


def remark(walk: Walk) -> None:
    """Let somebody flag some products of the large round and pass on others."""
    with walk.job.writing():
        if Flag.objects.exists():
            return
        person, now = User.objects.get(username=ANNOTATORS[2]), timezone.now()
        number = len(sayings.FLAGS) + len(sayings.SKIPS)
        held = claims.claim(round=walk.round, annotator=person, now=now, count=number)
        found = Assignment.objects.in_bulk([each.id for each in held])
        assignments = [found[each.id] for each in held]
        for assignment, said in zip(assignments, sayings.FLAGS, strict=False):
            flags.flag(
                assignment=assignment,
                annotator=person,
                kind=Flag.Kind(said.kind),
                comment=said.comment_ko,
                now=now,
            )
        for assignment, reason in zip(reversed(assignments), sayings.SKIPS, strict=False):
            annotations.skip(assignment=assignment, annotator=person, reason=reason, now=now)
        numbers = [each.number for each in held]
        claims.release(round=walk.round, annotator=person, numbers=numbers)


def _drawn(walk: Walk, name: str, version: ModelVersion, choice: Choice) -> Round:
    there = Round.objects.filter(name=name).first()
    if there:
        return there
    with walk.job.writing():
        made = rounds.create(
            name=name,
            samples=choice,
            terms=rounds.Terms(is_blind=False, guideline=walk.round.guideline),
            seed=SEED,
            by=walk.by,
            now=timezone.now() - AGO,
        )
        suggestions.write(round=made, version=version)
    return made


def _answer(walk: Walk, round: Round, person: User, wanted: int) -> None:
    """Answer so many products of the round, as fast as people of the market do."""
    known, dice = truth(SEED, walk.samples), np.random.default_rng([SEED, round.pk])
    done = Assignment.objects.filter(round=round, answered_at__isnull=False).count()
    at = timezone.now() - AGO + timedelta(minutes=done)
    while done < wanted:
        with walk.job.writing():
            count = min(claims.MOST_HELD, wanted - done)
            try:
                held = claims.claim(round=round, annotator=person, now=at, count=count)
            except claims.NothingToClaim:  # a small market
                return
            for each in held:
                at += timedelta(seconds=float(dice.uniform(*SECONDS)))
                _submit(each, person, sorted(known[each.product_id])[0], at, dice)
        done += len(held)


def _submit(
    each: Served, person: User, right: str, at: datetime, dice: np.random.Generator
) -> None:
    """Answer rightly, or as the model says: whoever errs follows it."""
    suggested = each.suggestions[0].path if each.suggestions else right
    annotations.submit(
        assignment=Assignment.objects.get(pk=each.id),
        annotator=person,
        category=Category.objects.get(path=right if dice.random() < RIGHT else suggested),
        now=at,
    )
