"""Flags and skip reasons: what curators still have to look at, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import CharField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.errors import DomainError
from labelhub.labelling.models import Flag, Round, Skip

FLAG, SKIP = "flag", "skip"
FIELDS = (
    "remark",
    "pk",
    "said",
    "comment_text",
    "at",
    "handled",
    "sample_id",
    "product_id",
    "product_name",
    "round_id",
    "round_name",
    "pseudonym",
    "came_of_it",
    "handler",
)
MOST_WORDS = 500  # characters; also the column's width


class NothingChosen(DomainError):
    """No flag and no skip was named."""


class HandledAlready(DomainError):
    """Somebody else has dealt with it."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which part of the queue is wanted; what is left open narrows nothing."""

    is_handled: bool = False
    said: str = ""  # a kind of flag, or `SKIP`
    round: Round | None = None
    words: tuple[str, ...] = ()  # each stands in the name of the product

    def narrowing(self) -> Q:
        """Return the condition that flags and skips share."""
        fits = Q(handled_at__isnull=not self.is_handled)
        if self.round is not None:
            fits &= Q(assignment__round=self.round)
        for word in self.words:
            fits &= Q(assignment__sample__name__icontains=word)
        return fits


def listed(asked: Asked = Asked()) -> QuerySet[Flag, dict[str, object]]:
    """
    Return flags and skips with a reason that wait, or are dealt with, as rows of `FIELDS`.

    People appear under their pseudonym: what is wrong with a product does not depend on who says
    so, and nobody should hesitate to say it.
    """
    flags = Flag.objects.filter(asked.narrowing())
    skips = Skip.objects.exclude(reason="").filter(asked.narrowing())
    if asked.said == SKIP:
        flags = flags.none()
    elif asked.said:
        flags, skips = flags.filter(kind=asked.said), skips.none()
    return _rows(flags, FLAG, "kind", "comment", "flagged_at").union(
        _rows(skips, SKIP, "reason", None, "skipped_at"), all=True
    )


@transaction.atomic
def handle(
    *,
    flags: Sequence[int],
    skips: Sequence[int],
    by: User,
    now: datetime,
    resolution: str = "",
) -> int:
    """
    Mark flags and skips, by primary key, as dealt with; return how many.

    Args:
        resolution: what came of them, for whoever asks later.

    Raises:
        NothingChosen: none is named.
        HandledAlready: none of them was still waiting.
    """
    if not flags and not skips:
        raise NothingChosen(_("Tick what you have dealt with first."))
    mark = {"handled_at": now, "handled_by": by, "resolution": resolution.strip()[:MOST_WORDS]}
    done = Flag.objects.filter(pk__in=flags, handled_at=None).update(**mark)
    done += Skip.objects.filter(pk__in=skips, handled_at=None).update(**mark)
    if not done:
        raise HandledAlready(_("Somebody else has dealt with these already."))
    audit.record(by=by, verb="handled remarks", target="remarks", details={"number": done}, now=now)
    return done


def number_waiting() -> int:
    """Return how many flags and skip reasons nobody has looked at."""
    flags = Flag.objects.filter(handled_at=None).count()
    return flags + Skip.objects.exclude(reason="").filter(handled_at=None).count()


def _rows(
    rows: QuerySet[Flag] | QuerySet[Skip], remark: str, said: str, comment: str | None, at: str
) -> QuerySet[Flag, dict[str, object]]:
    text = F(comment) if comment else Value("", output_field=CharField())
    found: QuerySet[Flag, dict[str, object]] = rows.annotate(
        remark=Value(remark, output_field=CharField()),
        said=F(said),
        comment_text=text,
        at=F(at),
        handled=F("handled_at"),
        sample_id=F("assignment__sample_id"),
        product_id=F("assignment__sample__product_id"),
        product_name=F("assignment__sample__name"),
        round_id=F("assignment__round_id"),
        round_name=F("assignment__round__name"),
        pseudonym=F("annotator__pseudonym"),
        came_of_it=F("resolution"),
        handler=Coalesce(NullIf("handled_by__display_name", Value("")), "handled_by__username"),
    ).values(*FIELDS)
    return found
