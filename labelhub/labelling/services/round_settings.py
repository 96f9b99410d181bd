"""Change what a running round asks of whom. Answers keep what they were given under."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.labelling.models import Guideline, Round
from labelhub.labelling.services.rounds import NameTaken

WITHOUT_NETWORK = timedelta(days=3)  # a weekend; more would make a long list of every round


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What may change while people label."""

    name: str
    guideline: Guideline | None
    fields_shown: tuple[str, ...]
    check_share: float
    is_for_everyone: bool
    members: Collection[User]


def change(*, round: Round, settings: Settings, by: User, now: datetime) -> None:
    """
    Change the settings of a round for the answers to come; the trail keeps what they were.

    Raises:
        NameTaken: another round has the name.
    """
    try:
        with transaction.atomic():
            before = _described(Round.objects.locked().get(pk=round.pk))
            _write(round, settings, now)
            after = _described(Round.objects.get(pk=round.pk))
            changed = {key: [before[key], after[key]] for key in after if before[key] != after[key]}
            if changed:
                details = {"name": after["name"], **changed}
                audit.record(
                    by=by, verb="changed the settings", target=round, details=details, now=now
                )
    except IntegrityError:
        taken = _("There is a round named “%(name)s” already.")
        raise NameTaken(taken % {"name": settings.name}) from None


def _write(round: Round, settings: Settings, now: datetime) -> None:
    if settings.check_share and not Round.objects.filter(pk=round.pk, check_share__gt=0).exists():
        Round.objects.filter(pk=round.pk).update(openly_numbered=_at_work(round, now))
    Round.objects.filter(pk=round.pk).update(
        name=settings.name,
        guideline=settings.guideline,
        fields_shown=list(settings.fields_shown),
        check_share=settings.check_share,
        is_for_everyone=settings.is_for_everyone,
    )
    round.members.set(settings.members)


def _at_work(round: Round, now: datetime) -> list[int]:
    """Return the assignments whose answers are on their way: they go on under their numbers."""
    passed = ~Q(passed_from=[])
    had = Q(answered_at=None) & (Q(annotator__isnull=False) | passed)
    # Whoever had it first may have answered without a network.
    late = passed & Q(answered_at__gt=now - WITHOUT_NETWORK)
    return list(round.assignments.filter(had | late).order_by("pk").values_list("pk", flat=True))


def _described(round: Round) -> dict[str, Any]:
    """Return the settings as JSON values that a reader of the trail understands."""
    members = round.members.order_by("username").values_list("username", flat=True)
    return {
        "name": round.name,
        "guideline": round.guideline.name if round.guideline else None,
        "fields_shown": sorted(round.fields_shown),
        "check_share": round.check_share,
        "is_for_everyone": round.is_for_everyone,
        "members": list(members),
    }
