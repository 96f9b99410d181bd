"""Bring files in, and see what became of them."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.accounts.services import audit
from labelhub.catalog import import_kinds
from labelhub.catalog.export_views import csv_file
from labelhub.catalog.forms import ImportForm
from labelhub.catalog.import_kinds import ImportKind
from labelhub.catalog.models import ImportBatch
from labelhub.catalog.services import notes, refused_rows, uploads
from labelhub.catalog.services.encoding import NAMES
from labelhub.tables import ordering, paged

SORTS = {"when": ("created_at",), "kind": ("kind",), "file": ("file_name",), "rows": ("rows",)}
BATCHES_ON_PAGE = 20


@require_GET
@allowed(Action.RUN_ROUNDS)
def imports(request: AuthenticatedRequest) -> HttpResponse:
    """The kinds of file there are, and the imports so far."""
    order = ordering(request, SORTS, default="-when")
    batches = ImportBatch.objects.select_related("by", "job").order_by(*order.fields, "-pk")
    page = paged(request, batches, per_page=BATCHES_ON_PAGE)
    titles = {kind.name: kind.title for kind in import_kinds.all_kinds()}
    context = {
        "rows": [(batch, titles.get(batch.kind, batch.kind)) for batch in page],
        "kinds": import_kinds.all_kinds(),
        "page": page,
        "ordering": order,
    }
    return render(request, "catalog/imports.html", context)


@require_http_methods(["GET", "POST"])
@allowed(Action.RUN_ROUNDS)
def new(request: AuthenticatedRequest, kind: str) -> HttpResponse:
    """Choose a file and how it is taken; a job imports it."""
    of_kind = _kind(kind)
    form = ImportForm(of_kind, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        batch = uploads.begin(
            kind=kind,
            file=form.cleaned_data["file"],
            encoding=form.cleaned_data["encoding"],
            keep_good=form.cleaned_data["keep_good"],
            options=form.options(),
            by=request.user,
            now=timezone.now(),
        )
        return redirect("catalog:import_batch", batch.pk)
    return render(request, "catalog/import_new.html", {"form": form, "kind": of_kind})


@require_GET
@allowed(Action.RUN_ROUNDS)
def batch(request: AuthenticatedRequest, batch_id: int) -> HttpResponse:
    """What one file brought, and which of its rows were refused."""
    found = get_object_or_404(ImportBatch.objects.select_related("by", "job"), pk=batch_id)
    refused = found.refused_rows.order_by("line", "pk")
    context = {
        "batch": found,
        "kind": _kind(found.kind),
        "encoding": NAMES.get(found.encoding, found.encoding),
        "notes": list(notes.told(found.notes)),
        "page": paged(request, refused),
    }
    return render(request, "catalog/import_batch.html", context)


@require_GET
@allowed(Action.EXPORT_ROWS)
def refused(request: AuthenticatedRequest, batch_id: int) -> HttpResponseBase:
    """The refused rows as a file to correct and import again."""
    found = get_object_or_404(ImportBatch, pk=batch_id)
    details = {"rows": "refused", "file": found.file_name}
    audit.record(
        by=request.user, verb="exported", target=found, details=details, now=timezone.now()
    )
    return csv_file(f"refused-{found.pk}", refused_rows.lines(found))


def _kind(name: str) -> ImportKind:
    try:
        return import_kinds.get(name)
    except LookupError:
        raise Http404 from None
