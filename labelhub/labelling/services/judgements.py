"""Say whether a category is acceptable for a sample under the guideline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.catalog.models import Sample
from labelhub.errors import DomainError
from labelhub.labelling.models import Annotation, Consensus, Judgement
from labelhub.labelling.services import consensus


class OwnSample(DomainError):
    """The reviewer labelled the sample."""


class NothingToTakeBack(DomainError):
    """The reviewer has no judgement of the sample."""


@transaction.atomic
def judge(
    *,
    sample: Sample,
    verdicts: Mapping[int, bool],
    reviewer: User,
    now: datetime,
    pair_shown: Sequence[int] = (),
    is_unblinded: bool = False,
) -> list[Judgement]:
    """
    Keep what the reviewer says about some categories of a sample.

    An earlier judgement of the same category by this reviewer is superseded and kept.

    Args:
        verdicts: whether the category with this primary key is acceptable.
        pair_shown: the two categories that the reviewer saw, in the order shown.
        is_unblinded: evidence was opened before the verdict.

    Raises:
        OwnSample: the reviewer labelled the sample.
    """
    Sample.objects.select_for_update(no_key=True).get(pk=sample.pk)
    if Annotation.objects.filter(sample=sample, annotator=reviewer).exists():
        raise OwnSample(_("You labelled this product yourself, so somebody else reviews it."))
    _standing(sample, reviewer).filter(category__in=verdicts).update(superseded_at=now)
    made = Judgement.objects.bulk_create(
        Judgement(
            sample=sample,
            category_id=category,
            is_acceptable=is_acceptable,
            reviewer=reviewer,
            pair_shown=list(pair_shown),
            is_unblinded=is_unblinded,
            judged_at=now,
        )
        for category, is_acceptable in verdicts.items()
    )
    _settle_tie(sample, now)
    return made


@transaction.atomic
def undo(*, sample: Sample, reviewer: User, now: datetime) -> None:
    """
    Take back what the reviewer says about the sample; the rows stay as history.

    Raises:
        NothingToTakeBack: nothing of theirs stands.
    """
    Sample.objects.select_for_update(no_key=True).get(pk=sample.pk)
    if not _standing(sample, reviewer).update(superseded_at=now):
        raise NothingToTakeBack(_("You have no judgement of this product to take back."))
    _settle_tie(sample, now)


def _standing(sample: Sample, reviewer: User) -> QuerySet[Judgement]:
    return Judgement.objects.current().filter(sample=sample, reviewer=reviewer)


def _settle_tie(sample: Sample, now: datetime) -> None:
    """A tie of the labels may just have been settled, or opened again."""
    tie = Q(state=Consensus.State.TIED) | Q(method="judgement")
    for source in Consensus.objects.filter(tie, sample=sample).values_list("source", flat=True):
        consensus.refresh(sample_ids=[sample.pk], source=source, now=now)
