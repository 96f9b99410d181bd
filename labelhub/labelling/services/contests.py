"""An annotator says that a missed check was right after all, and a curator decides."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.errors import DomainError
from labelhub.labelling.models import Annotation, CheckShowing, HiddenCheck, Judgement
from labelhub.labelling.services import judgements


class CannotContest(DomainError):
    """The check was not missed, is not over yet, or was contested before."""


class CannotDecide(DomainError):
    """The curator has a stake in the check, or it is decided already."""


@transaction.atomic
def contest(*, showing: CheckShowing, annotator: User, reason: str, now: datetime) -> None:
    """
    Ask a curator to look at a missed check again; the check is shown to nobody any more.

    Raises:
        CannotContest: no reason is given, or there is nothing of theirs to contest.
    """
    if not reason.strip():
        raise CannotContest(_("Say why your answer is acceptable, so that a curator can decide."))
    missed = CheckShowing.objects.over().filter(annotator=annotator, is_right=False)
    open_one = missed.filter(pk=showing.pk, contested_at=None)
    # The set is looked up first: PostgreSQL's UPDATE takes no joins.
    rows = CheckShowing.objects.filter(pk__in=open_one.values("pk"))
    if not rows.update(contested_at=now, contest=reason.strip()):
        raise CannotContest(_("This check cannot be contested, or it has been already."))
    HiddenCheck.objects.filter(pk=showing.check_shown_id, retired_at=None).update(retired_at=now)


def waiting() -> QuerySet[CheckShowing]:
    """Return the contested checks that nobody has decided, the oldest first."""
    contested = CheckShowing.objects.contested().select_related(
        "check_shown__sample", "annotation__category"
    )
    return contested.order_by("contested_at", "pk")


def decidable(*, by: User) -> QuerySet[CheckShowing]:
    """Return those that this curator may decide: who neither judged nor labelled the sample."""
    sample = OuterRef("check_shown__sample")
    judged = Judgement.objects.filter(sample=sample, reviewer=by)
    labelled = Annotation.objects.filter(sample=sample, annotator=by)
    return waiting().exclude(Exists(judged)).exclude(Exists(labelled))


@transaction.atomic
def decide(*, showing: CheckShowing, is_upheld: bool, reason: str, by: User, now: datetime) -> None:
    """
    Say whether the annotator's answer is acceptable after all.

    Upheld, the check counts as right, and the curator's judgement that the category is acceptable
    is kept beside those of the reviewers.

    Raises:
        CannotDecide: the curator judged or labelled the sample, somebody else has decided, or a
            contest is turned down without a reason.
    """
    if not is_upheld and not reason.strip():
        raise CannotDecide(_("Say why the answer is not acceptable: its annotator reads it."))
    if not decidable(by=by).filter(pk=showing.pk).exists():
        raise CannotDecide(_("It is decided already, or you judged or labelled this product."))
    answer = CheckShowing.objects.select_for_update(of=("self",)).get(pk=showing.pk)
    decided = CheckShowing.objects.contested().filter(pk=answer.pk)
    if not decided.update(
        is_upheld=is_upheld, decision=reason.strip(), decided_by=by, decided_at=now
    ):
        raise CannotDecide(_("Somebody else has decided this one meanwhile."))
    if is_upheld and answer.annotation is not None and answer.annotation.category_id is not None:
        judgements.judge(
            sample=answer.check_shown.sample,
            verdicts={answer.annotation.category_id: True},
            reviewer=by,
            pair_shown=[answer.annotation.category_id],
            is_unblinded=True,  # the annotator's reason was read before
            now=now,
        )
