"""Which version is live: promote a candidate, or roll back to the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.roles import Action
from labelhub.accounts.services import audit
from labelhub.errors import DomainError
from labelhub.registry.models import ModelVersion
from labelhub.registry.services import priorities

Stage = ModelVersion.Stage


class NotPromotable(DomainError):
    """This version cannot become the live one."""


class NothingToRollBackTo(DomainError):
    """No version was live before this one."""


class Outcome(StrEnum):
    """How a condition of the gate ended."""

    PASSED = "passed"
    FAILED = "failed"
    OPEN = "open"  # open reviews could still decide it either way


@dataclass(frozen=True)
class Finding:
    """One condition of the gate, how it ended, and the figures that say so."""

    condition: str
    outcome: Outcome
    figures: Mapping[str, float | int | str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Say it on one line, as the audit trail keeps it."""
        said = ", ".join(f"{name} {_shown(value)}" for name, value in self.figures.items())
        return f"{self.condition}: {self.outcome}" + (f" ({said})" if said else "")


@dataclass(frozen=True)
class GateResult:
    """
    What the gate found about a candidate; handed down as a value.

    Args:
        against_id: the live version it was held against; None where none was live. A gate counts
            only as long as that version is the live one.
    """

    is_passed: bool
    findings: tuple[Finding, ...] = ()
    against_id: int | None = None


@transaction.atomic
def promote(
    *,
    version: ModelVersion,
    gate: GateResult,
    by: User,
    now: datetime,
    override_reason: str = "",
) -> ModelVersion:
    """
    Make the version live and retire the one that was.

    Args:
        gate: a version that did not pass needs a reason and somebody who may override.

    Raises:
        NotPromotable: imported, live already, not through the gate, or another version went live
            since the gate looked.
    """
    former = Stage(ModelVersion.objects.select_for_update().get(pk=version.pk).stage)
    _check_version(version, former)
    overridden = _check_gate(gate, by, override_reason)
    _make_live(version, instead_of=gate.against_id, promoted_at=now)
    audit.record(
        by=by,
        verb="promoted a version",
        target=version,
        details={
            "version": version.name,
            "from": former,
            "gate": "passed" if gate.is_passed else "overridden",
            "findings": [str(finding) for finding in gate.findings],
            "override_reason": overridden,
        },
        now=now,
    )
    version.refresh_from_db()
    priorities.follow(version, by=by)
    return version


@transaction.atomic
def roll_back(*, by: User, now: datetime, reason: str) -> ModelVersion:
    """
    Make the version live again that was live before the present one.

    Rolling back again goes one further back, because the order of promotion stays.

    Raises:
        NothingToRollBackTo: there is no live version, or none before it.
        NotPromotable: this person may not roll back, or gave no reason.
    """
    if not by.may(Action.OVERRIDE_GATE) or not reason.strip():
        raise NotPromotable(_("Only an administrator can roll back, and with a reason."))
    live = ModelVersion.objects.select_for_update().filter(stage=Stage.LIVE).first()
    before = _before(live)
    if live is None or before is None:
        raise NothingToRollBackTo(_("No version was live before this one."))
    _make_live(before, instead_of=live.pk, promoted_at=before.promoted_at)
    audit.record(
        by=by,
        verb="rolled back a version",
        target=before,
        details={"version": before.name, "from": live.name, "reason": reason.strip()},
        now=now,
    )
    before.refresh_from_db()
    priorities.follow(before, by=by)
    return before


def _check_gate(gate: GateResult, by: User, override_reason: str) -> str:
    """Return the reason that overrides the gate; empty when the version passed."""
    if gate.is_passed:
        return ""
    reason = override_reason.strip()
    if not by.may(Action.OVERRIDE_GATE) or not reason:
        raise NotPromotable(
            _("This version has not passed the gate; an administrator can override with a reason.")
        )
    return reason


def _check_version(version: ModelVersion, stage: str) -> None:
    if version.origin == ModelVersion.Origin.IMPORTED:
        raise NotPromotable(
            _("Imported predictions have no model behind them, so they cannot go live.")
        )
    if stage == Stage.LIVE:
        raise NotPromotable(_("This version is live already."))


def _make_live(
    version: ModelVersion, *, instead_of: int | None, promoted_at: datetime | None
) -> None:
    """
    Swap the stages.

    Where another version went live meanwhile, `at_most_one_live_version` refuses the swap.
    """
    try:
        with transaction.atomic():
            if instead_of is not None:
                present = ModelVersion.objects.filter(pk=instead_of, stage=Stage.LIVE)
                present.update(stage=Stage.RETIRED)
            ModelVersion.objects.filter(pk=version.pk).update(
                stage=Stage.LIVE, promoted_at=promoted_at
            )
    except IntegrityError:
        raise NotPromotable(
            _("Somebody else changed the live version just now; look again.")
        ) from None


def _before(live: ModelVersion | None) -> ModelVersion | None:
    if live is None:
        return None
    earlier = ModelVersion.objects.filter(stage=Stage.RETIRED, promoted_at__lt=live.promoted_at)
    return earlier.order_by("-promoted_at", "-pk").first()


def _shown(value: float | int | str) -> str:
    return f"{value:.4f}" if isinstance(value, float) else str(value)
