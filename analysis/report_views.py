"""`/report/`: the frozen summaries for readers outside the team."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analysis import category_address, report_charts
from analysis.models import Report
from analysis.report_forms import ReportForm
from analysis.services import reports
from analysis.services.comparison import COLUMNS
from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action, may
from labelhub.accounts.services import audit
from labelhub.addresses import whole_number
from labelhub.errors import DomainError
from labelhub.jobs.models import Job
from labelhub.labelling.models import Source
from labelhub.registry.models import ModelVersion
from labelhub.tables import Form, export_format, paged, spreadsheet

TABLES = {  # what can be exported, by its name in the address
    "categories": gettext_lazy("Categories"),
    "versions": gettext_lazy("Versions"),
    "levels": gettext_lazy("Levels"),
}
SHARE_COLUMNS = ("accuracy_{0}", "accuracy_{0}_low", "accuracy_{0}_high")
SHOWN_CATEGORIES = 50  # on the page; the exports have all


@allowed(Action.READ_REPORT)
def report_list(request: AuthenticatedRequest) -> HttpResponseBase:
    """List the reports, the newest first, and those being made."""
    asked = _asked_for(request)
    if asked and asked.state == Job.State.DONE:
        return redirect("analysis:report-detail", asked.result["report"])
    found = Report.objects.in_brief().order_by("-created_at", "-pk")
    being_made = Job.objects.unfinished().filter(kind=reports.KIND).order_by("pk")
    context = {
        "page": paged(request, found),
        "being_made": being_made,
        "ended": asked if asked and asked.is_finished else None,
        "may_make": may(request.user.role, Action.CURATE),
        "has_version": ModelVersion.objects.exists(),
    }
    return render(request, "analysis/report_list.html", context)


@allowed(Action.CURATE)
def new_report(request: AuthenticatedRequest) -> HttpResponseBase:
    """Ask what a report should hold, and ask a worker for it."""
    replaces = _replaced(request)
    initial = {"title": replaces.title} if replaces else {"title": _default_title()}
    form = ReportForm(request.POST or None, replaces=replaces, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            job = reports.request(order=form.order(replaces=replaces), by=request.user)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(f"{reverse('analysis:report')}?asked={job.pk}")
    return render(request, "analysis/report_new.html", {"form": form, "replaces": replaces})


def _asked_for(request: AuthenticatedRequest) -> Job | None:
    """Return the job of the report that was asked for just now."""
    number = whole_number(request.GET.get("asked"))
    return Job.objects.filter(pk=number, kind=reports.KIND).first() if number else None


def _replaced(request: AuthenticatedRequest) -> Report | None:
    wanted = whole_number(request.GET.get("replaces"))
    return get_object_or_404(Report, pk=wanted) if wanted else None


def _default_title() -> str:
    return _("Quality report, %(date)s") % {"date": f"{timezone.localdate():%Y-%m-%d}"}


@allowed(Action.READ_REPORT)
def report(request: AuthenticatedRequest, report_id: int) -> HttpResponseBase:
    """Show a report as it was frozen, or send one of its tables."""
    found = get_object_or_404(
        Report.objects.select_related("by", "replaces", "successor").defer(
            "replaces__content", "successor__content"
        ),
        pk=report_id,
    )
    if wanted := export_format(request):
        return _export(request, found, wanted)
    content = found.content
    one_person = content["people"]["one_person"]
    human = one_person["value"] if one_person else None
    rows = sorted(content["categories"], key=lambda row: -row["total"])
    context = {
        "report": found,
        "content": content,
        "as_of": {name: _moment(at) for name, at in content["as_of"].items()},
        "is_people": content["source"] == Source.PEOPLE,
        "steps": [{**step, "made_at": _moment(step["created_at"])} for step in content["steps"]],
        "newest": content["steps"][-1],
        "successor": getattr(found, "successor", None),
        "treemap": report_charts.treemap(content["categories"]),
        "ladder": report_charts.ladder(content["steps"], people=human, target=content["target"]),
        "categories": [_linked(row) for row in rows[:SHOWN_CATEGORIES]],
        "worst": [_linked(row) for row in content["worst"]],
        "catch_alls": [_linked(row) for row in content["catch_alls"]],
        "tables": TABLES,
        "may_make": may(request.user.role, Action.CURATE),
        "may_analyse": may(request.user.role, Action.READ_ANALYSIS),
    }
    return render(request, "analysis/report.html", context)


def _linked(row: dict[str, Any]) -> dict[str, Any]:
    address = category_address.address_of(code=row["category_id"], pk=row["pk"])
    return {**row, "address": address}


def _moment(at: str | None) -> datetime | None:
    return datetime.fromisoformat(at) if at else None


def _export(request: AuthenticatedRequest, found: Report, wanted: Form) -> HttpResponseBase:
    table = request.GET.get("table", "categories")
    table = table if table in TABLES else "categories"
    columns, rows = _table(found.content, table)
    audit.record(
        by=request.user,
        verb="exported a report",
        target=found,
        details={"table": table, "format": wanted},
        now=timezone.now(),
    )
    return spreadsheet(wanted, f"report-{found.pk}-{table}", columns, rows)


def _table(content: dict[str, Any], table: str) -> tuple[Sequence[str], list[list[Any]]]:
    """Return the columns and rows of one of the report's tables."""
    shares = [column.format(when) for when in ("before", "after") for column in SHARE_COLUMNS]
    if table == "versions":
        columns = ["version", "stage", "created_at", "list_version", "total", "unreviewed", *shares]
        return columns, [
            [
                *(step[name] for name in columns[:4]),
                step["after"]["whole"],
                step["unreviewed"],
                *_ends(step),
            ]
            for step in content["steps"]
        ]
    if table == "levels":
        lines = content["levels"]
        rows = [[line["level"], line["after"]["whole"], *_ends(line)] for line in lines]
        return ["level", "total", *shares], rows
    return COLUMNS, [[row.get(name) for name in COLUMNS] for row in content["categories"]]


def _ends(line: dict[str, Any]) -> list[float | None]:
    return [line[when][end] for when in ("before", "after") for end in ("value", "low", "high")]
