"""What runs, ran or failed; and whether this installation is up."""

from __future__ import annotations

from django.db import connection
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST
from kombu.exceptions import OperationalError as BrokerError

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.accounts.services import audit
from labelhub.celery import app
from labelhub.jobs import workers
from labelhub.jobs.models import Job, JobQuerySet
from labelhub.jobs.services import jobs
from labelhub.tables import export_format, ordering, paged, spreadsheet

QUEUES = {"light", "ml"}
SORTS = {"number": ("pk",), "kind": ("kind",), "asked_at": ("created_at",)}
COLUMNS = ["number", "kind", "state", "done", "total", "attempts"]
COLUMNS += ["asked_at", "started_at", "finished_at"]


@require_GET
def healthz(request: AuthenticatedRequest) -> HttpResponse:
    """The web process answers, and so does its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"web": True, "database": True})


@require_GET
def readyz(request: AuthenticatedRequest) -> HttpResponse:
    """Jobs will be carried out too: the broker answers and every queue has a worker."""
    queues = workers.alive_queues()
    ready = {
        "broker": _broker_answers(),
        **{queue: queue in queues for queue in sorted(QUEUES)},
    }
    return JsonResponse(ready, status=200 if all(ready.values()) else 503)


def _broker_answers() -> bool:
    try:
        with app.connection_for_write(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, timeout=2)
    except (BrokerError, OSError):
        return False
    return True


def _visible_to(request: AuthenticatedRequest) -> JobQuerySet:
    """Everything for those who read analyses; for others the jobs they asked for."""
    everything = Job.objects.select_related("asked_by")
    if request.user.may(Action.READ_ANALYSIS):
        return everything
    return everything.filter(asked_by=request.user)


def _may_steer(request: AuthenticatedRequest, job: Job) -> bool:
    return request.user.may(Action.CURATE) or job.asked_by_id == request.user.pk


@require_GET
@allowed(Action.ENTER)
def job_list(request: AuthenticatedRequest) -> HttpResponseBase:
    """Every job this person may see, newest first unless sorted otherwise."""
    order = ordering(request, SORTS, default="-number")
    found = _visible_to(request).order_by(*order.fields, "pk")
    state = request.GET.get("state", "")
    if state in Job.State.values:
        found = found.filter(state=state)
    if form := export_format(request):
        details = {"table": "jobs", "format": form}
        audit.record(by=request.user, verb="exported", details=details, now=timezone.now())
        return spreadsheet(form, "jobs", COLUMNS, (_cells(job) for job in found.iterator()))
    page = paged(request, found)
    shown = {"page": page, "ordering": order, "state": state, "states": Job.State.choices}
    return render(request, "jobs/list.html", shown)


def _cells(job: Job) -> list[object]:
    ends = [at and at.isoformat() for at in (job.created_at, job.started_at, job.finished_at)]
    return [job.pk, job.kind, job.state, job.done, job.total, job.attempts, *ends]


@require_GET
@allowed(Action.ENTER)
def progress(request: AuthenticatedRequest, job_id: int) -> HttpResponse:
    """One job's progress, as the fragment that pages poll."""
    job = get_object_or_404(_visible_to(request), pk=job_id)
    return _fragment(request, job)


@require_POST
@allowed(Action.ENTER)
def cancel(request: AuthenticatedRequest, job_id: int) -> HttpResponse:
    """Ask a job to stop."""
    job = get_object_or_404(_visible_to(request), pk=job_id)
    if not _may_steer(request, job):
        return HttpResponse(status=403)
    jobs.cancel(job)
    return _shown_again(request, job)


@require_POST
@allowed(Action.ENTER)
def retry(request: AuthenticatedRequest, job_id: int) -> HttpResponse:
    """Run a failed or cancelled job again."""
    job = get_object_or_404(_visible_to(request), pk=job_id)
    if not _may_steer(request, job):
        return HttpResponse(status=403)
    jobs.retry(job)
    return _shown_again(request, job)


def _fragment(request: AuthenticatedRequest, job: Job) -> HttpResponse:
    return render(request, "jobs/_progress.html", {"job": job, "reload": "reload" in request.GET})


def _shown_again(request: AuthenticatedRequest, job: Job) -> HttpResponse:
    """Answer htmx with the job as it is now, a plain form with the list."""
    if not request.headers.get("HX-Request"):
        return redirect("jobs:list")
    job.refresh_from_db()
    return _fragment(request, job)
