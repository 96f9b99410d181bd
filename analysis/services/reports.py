"""Reports: made once, replaced by a successor with a reason, never edited."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from analysis.models import Report
from analysis.services import report_content
from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.errors import DomainError
from labelhub.labelling.models import Source
from labelhub.registry.models import ModelVersion


class NothingToReport(DomainError):
    """No version was chosen, or the newest has nothing to be compared with."""


class ReasonMissing(DomainError):
    """A report is replaced for no stated reason."""


class AlreadyReplaced(DomainError):
    """The report has a successor already."""


@transaction.atomic
def freeze(
    *,
    title: str,
    versions: Iterable[ModelVersion],
    level: int | None,
    source: Source,
    by: User | None,
    now: datetime,
    reason: str = "",
    replaces: Report | None = None,
) -> Report:
    """
    Compute every figure of a report and keep it as it is now.

    Args:
        versions: what the ladder shows; the newest of them is the one reported on.
        level: of the table of categories; None compares labels as they are.
        reason: why the report `replaces` another; kept with both.

    Raises:
        NothingToReport: no version, or the newest one has no sample to count.
        ReasonMissing: it replaces another without saying why.
        AlreadyReplaced: the other one has a successor.
    """
    ladder = sorted(versions, key=lambda version: (version.created_at, version.pk))
    if not ladder:
        raise NothingToReport(_("Choose at least one model version."))
    if replaces and not reason.strip():
        raise ReasonMissing(_("Say why this report replaces the other one."))
    content = report_content.build(versions=ladder, level=level, source=source, now=now)
    if not content["totals"]["total"]:
        raise NothingToReport(
            _("%(version)s predicted no sample that has a settled label.")
            % {"version": ladder[-1].name}
        )
    report = _store(
        Report(
            title=title, content=content, reason=reason, replaces=replaces, by=by, created_at=now
        )
    )
    _record(report, now=now)
    return report


def _store(report: Report) -> Report:
    try:
        with transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyReplaced(_("This report has been replaced already.")) from error
    return report


def _record(report: Report, *, now: datetime) -> None:
    details = {"title": report.title, "version": report.content["version"]}
    if report.replaces:
        audit.record(
            by=report.by,
            verb="replaced a report",
            target=report,
            details={**details, "replaces": report.replaces.pk, "reason": report.reason},
            now=now,
        )
    else:
        audit.record(by=report.by, verb="made a report", target=report, details=details, now=now)
