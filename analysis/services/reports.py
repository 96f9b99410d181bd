"""Reports: asked for, made once by a worker, replaced with a reason, never edited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from analysis.models import Report
from analysis.services import report_content
from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.errors import DomainError
from labelhub.jobs.models import Job
from labelhub.jobs.services import jobs
from labelhub.jobs.services.carrying import RunningJob
from labelhub.labelling.models import Consensus, Source
from labelhub.registry.models import ModelVersion

KIND = "make_report"


class NothingToReport(DomainError):
    """No version was chosen, or the newest has nothing to be compared with."""


class ReasonMissing(DomainError):
    """A report is replaced for no stated reason."""


class AlreadyReplaced(DomainError):
    """The report has a successor already."""


class TitleInUse(DomainError):
    """Another report of this title is being made."""


class Params(TypedDict):
    """An order as the row of its job keeps it."""

    title: str
    versions: list[int]
    source: str
    level: int | None
    reason: str
    replaces: int | None


@dataclass(frozen=True, kw_only=True)
class Order:
    """
    What a report is asked to hold.

    Args:
        versions: what the ladder shows; the newest of them is the one reported on.
        level: of the table of categories; None compares labels as they are.
        reason: why the report `replaces` another; kept with both.
    """

    title: str
    versions: tuple[ModelVersion, ...]
    source: Source
    level: int | None = None
    reason: str = ""
    replaces: Report | None = None

    @classmethod
    def of_params(cls, params: Params) -> Order:
        """Read the order of a job again."""
        replaced = params["replaces"]
        return cls(
            title=params["title"],
            versions=oldest_first(ModelVersion.objects.filter(pk__in=params["versions"])),
            source=Source(params["source"]),
            level=params["level"],
            reason=params["reason"],
            replaces=Report.objects.get(pk=replaced) if replaced else None,
        )

    def as_params(self) -> Params:
        return Params(
            title=self.title,
            versions=[version.pk for version in self.versions],
            source=self.source.value,
            level=self.level,
            reason=self.reason,
            replaces=self.replaces.pk if self.replaces else None,
        )


def oldest_first(versions: Iterable[ModelVersion]) -> tuple[ModelVersion, ...]:
    """Return the versions as a ladder shows them."""
    return tuple(sorted(versions, key=lambda version: (version.created_at, version.pk)))


def request(*, order: Order, by: User) -> Job:
    """
    Ask a worker for a report; asking twice for the same one asks once.

    Raises:
        NothingToReport, ReasonMissing, AlreadyReplaced: as `freeze`.
        TitleInUse: a worker makes another one of this title.
    """
    _check(order)
    params = order.as_params()
    job = jobs.enqueue(KIND, by=by, key=order.title, order=params)
    if job.params["order"] != params:
        raise TitleInUse(_("A report of this title is being made; choose another title."))
    return job


def carry_out(*, order: Order, by: User | None, now: datetime, job: RunningJob) -> None:
    """Make the report that was asked for and leave its key as the job's result; do it once."""
    if Job.objects.get(pk=job.job_id).result:
        return  # the worker before was killed just after
    _check(order)
    job.report(stage="Computing the figures")
    content = _content(order, now=now)
    job.check()
    with job.writing():
        job.finish(report=_keep(order, content, by=by, now=now).pk)


@transaction.atomic
def freeze(*, order: Order, by: User | None, now: datetime) -> Report:
    """
    Compute every figure of a report and keep it as it is now.

    Raises:
        NothingToReport: no version, or the newest one has no sample to count.
        ReasonMissing: it replaces another without saying why.
        AlreadyReplaced: the other one has a successor.
    """
    _check(order)
    return _keep(order, _content(order, now=now), by=by, now=now)


def _check(order: Order) -> None:
    if not order.versions:
        raise NothingToReport(_("Choose at least one model version."))
    if order.replaces and not order.reason.strip():
        raise ReasonMissing(_("Say why this report replaces the other one."))
    if order.replaces and Report.objects.filter(replaces=order.replaces).exists():
        raise _replaced()
    newest = order.versions[-1]
    settled = Consensus.objects.filter(source=order.source, state=Consensus.State.SETTLED)
    if not settled.filter(sample__predictions__version=newest).exists():
        raise NothingToReport(
            _("%(version)s predicted no sample that has a settled label.")
            % {"version": newest.name}
        )


def _content(order: Order, *, now: datetime) -> dict[str, Any]:
    with _at_one_moment():
        return report_content.build(
            versions=order.versions, level=order.level, source=order.source, now=now
        )


@contextmanager
def _at_one_moment() -> Iterator[None]:
    """
    Let every statement see the rows of one moment, so that the figures of a report fit each other.

    Inside another transaction each statement sees what is there when it runs.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _keep(order: Order, content: dict[str, Any], *, by: User | None, now: datetime) -> Report:
    report = Report(
        title=order.title,
        content=content,
        reason=order.reason,
        replaces=order.replaces,
        by=by,
        created_at=now,
    )
    try:
        with transaction.atomic():
            report.save(force_insert=True)
    except IntegrityError as error:
        raise _replaced() from error
    _record(report, now=now)
    return report


def _replaced() -> AlreadyReplaced:
    return AlreadyReplaced(_("This report has been replaced already."))


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
