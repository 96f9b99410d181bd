"""What a person did, for that person's own eyes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.labelling.models import Annotation, Round, Skip


@dataclass(frozen=True)
class OwnProgress:
    """Answers that stand, and products passed on."""

    today: int  # in all rounds, since midnight of the installation's zone
    in_round: int
    undecidable: int  # of those in the round
    skipped: int  # in the round


def of(*, annotator: User, round: Round, now: datetime) -> OwnProgress:
    """Count the annotator's own answers today and in the round."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    in_round = Q(round=round)
    counts = (
        Annotation.objects.current()
        .filter(annotator=annotator)
        .aggregate(
            today=Count("pk", filter=Q(answered_at__gte=midnight)),
            in_round=Count("pk", filter=in_round),
            undecidable=Count("pk", filter=in_round & Q(is_undecidable=True)),
        )
    )
    skipped = Skip.objects.filter(annotator=annotator, assignment__round=round).count()
    return OwnProgress(skipped=skipped, **counts)
