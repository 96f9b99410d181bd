"""What waits for a person when they come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from analysis.models import ExclusionRule, ListVersion, Report
from labelhub.accounts.models import User
from labelhub.catalog.models import Category, Sample
from labelhub.jobs.models import Job
from labelhub.labelling.models import Annotation, Consensus, Judgement, Round
from labelhub.labelling.services import progress
from labelhub.registry.models import Corpus, ModelVersion, Prediction

PACE_WINDOW = timedelta(hours=1)
SHOWN_JOBS = 10


@dataclass(frozen=True)
class OpenRound:
    """A round in which a person may label, with answers still wanted."""

    round: Round
    progress: progress.Progress
    mine: int  # answers of this person
    pace: int  # of these within the last hour


@dataclass(frozen=True)
class ListState:
    """How far the exclusion list is ahead of the newest trained version."""

    number: int  # 0: there is no list yet
    trained: int  # list version of the newest trained version; 0: without rules or none
    added: int
    removed: int

    @property
    def is_ahead(self) -> bool:
        return bool(self.added or self.removed)


@dataclass(frozen=True)
class Steps:
    """Which parts of the road this installation has walked, in their order."""

    categories: bool
    samples: bool
    rounds: bool
    labels: bool
    corpus: bool
    version: bool
    predictions: bool
    judgements: bool
    report: bool

    @property
    def is_complete(self) -> bool:
        return all(vars(self).values())


def open_rounds(*, annotator: User, now: datetime) -> list[OpenRound]:
    """Return the rounds that this person may label in and that still want answers."""
    rounds = list(Round.objects.open_to(annotator).order_by("created_at", "pk"))
    done = progress.as_seen(rounds)
    wanting = [
        each for each in rounds if each.pk in done and done[each.pk].done < done[each.pk].total
    ]
    own = Annotation.objects.current().filter(annotator=annotator, round__in=wanting)
    counted = own.values("round").annotate(
        mine=Count("pk"), pace=Count("pk", filter=Q(answered_at__gt=now - PACE_WINDOW))
    )
    answers = {row["round"]: (row["mine"], row["pace"]) for row in counted}
    return [OpenRound(round, done[round.pk], *answers.get(round.pk, (0, 0))) for round in wanting]


def list_state() -> ListState:
    """Compare the exclusion list with the one that the newest trained version knew."""
    newest_list = ListVersion.objects.order_by("-number").first()
    newest = (
        ModelVersion.objects.filter(run__isnull=False)
        .select_related("run")
        .order_by("-created_at", "-pk")
        .first()
    )
    trained = newest.run.list_version if newest and newest.run else 0
    was_in_force = Q(added_in__number__lte=trained)
    return ListState(
        number=newest_list.number if newest_list else 0,
        trained=trained,
        added=ExclusionRule.objects.in_force().exclude(was_in_force).count(),
        removed=ExclusionRule.objects.filter(was_in_force, removed_in__number__gt=trained).count(),
    )


def unfinished_jobs(*, asked_by: User | None) -> list[Job]:
    """Return what runs or waits, the newest first; None means whoever asked for it."""
    jobs = Job.objects.unfinished().select_related("asked_by").order_by("-created_at", "-pk")
    if asked_by is not None:
        jobs = jobs.filter(asked_by=asked_by)
    return list(jobs[:SHOWN_JOBS])


def newest_report() -> Report | None:
    """Return the report to read; one that was replaced is older than its successor."""
    return Report.objects.in_brief().order_by("-created_at", "-pk").first()


def steps() -> Steps:
    """Say which parts of the road have been walked."""
    return Steps(
        categories=Category.objects.exists(),
        samples=Sample.objects.exists(),
        rounds=Round.objects.exists(),
        labels=Consensus.objects.filter(state=Consensus.State.SETTLED).exists(),
        corpus=Corpus.objects.exists() or Prediction.objects.exists(),
        version=ModelVersion.objects.exists(),
        predictions=Prediction.objects.exists(),
        judgements=Judgement.objects.exists(),
        report=Report.objects.exists(),
    )
