"""The audit trail, to be read."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db.models import Q, QuerySet
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from labelhub.accounts.forms import AuditFilter
from labelhub.accounts.models import AuditEntry
from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.accounts.services import audit
from labelhub.tables import export_format, ordering, paged, spreadsheet

SORTS = {"at": ("at", "pk"), "by": ("by__username", "pk"), "verb": ("verb", "pk")}
COLUMNS = ["at", "by", "verb", "target_type", "target_id", "details"]


@require_GET
@allowed(Action.ADMINISTER)
def audit_trail(request: AuthenticatedRequest) -> HttpResponseBase:
    """List who changed what; nothing here can be edited."""
    verbs = AuditEntry.objects.order_by("verb").values_list("verb", flat=True).distinct()
    form = AuditFilter(request.GET, verbs=[(verb, gettext(verb)) for verb in verbs])
    order = ordering(request, SORTS, default="-at")
    rows = _filtered(form).select_related("by").order_by(*order.fields)
    if wanted := export_format(request):
        audit.record(by=request.user, verb="exported the audit trail", now=timezone.now())
        return spreadsheet(wanted, "audit", COLUMNS, map(_row, rows.iterator()))
    context = {"page": paged(request, rows), "ordering": order, "form": form}
    return render(request, "accounts/audit.html", context)


def _filtered(form: AuditFilter) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.all()
    if not form.is_valid():
        return rows
    wanted = form.cleaned_data
    if wanted["by"]:
        rows = rows.filter(
            Q(by__username__icontains=wanted["by"]) | Q(by__display_name__icontains=wanted["by"])
        )
    if wanted["verb"]:
        rows = rows.filter(verb=wanted["verb"])
    if wanted["since"]:
        rows = rows.filter(at__gte=_at(wanted["since"], time.min))
    if wanted["until"]:
        rows = rows.filter(at__lte=_at(wanted["until"], time.max))
    return rows


def _at(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))


def _row(entry: AuditEntry) -> list[object]:
    return [
        entry.at,
        entry.by.username if entry.by else "",
        entry.verb,
        entry.target_type,
        entry.target_id,
        str(entry.details) if entry.details else "",
    ]
