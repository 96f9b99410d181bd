"""What a run's training refurbished: read per category, accepted or refused."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.errors import DomainError
from labelhub.registry.models import Run
from labelhub.registry.services import refurbishing
from labelhub.tables import paged


@require_GET
@allowed(Action.CURATE)
def refurbished(request: AuthenticatedRequest, run_id: int) -> HttpResponse:
    """The given categories with refurbished rows, or the rows of one of them."""
    run = get_object_or_404(Run.objects.select_related("corpus"), pk=run_id)
    log = refurbishing.log_of(run)
    path = request.GET.get("category", "")
    categories = refurbishing.by_category(run, log)
    shown = {
        "run": run,
        "path": path,
        "categories": categories,
        "category": next((each for each in categories if each.path == path), None),
        "rows": sum(each.rows for each in categories),
        "open": sum(each.open for each in categories),
        "page": paged(request, refurbishing.rows(run, refurbishing.given(log, path)))
        if path
        else paged(request, categories),
    }
    return render(request, "analysis/refurbished.html", shown)


@require_POST
@allowed(Action.CURATE)
def decide(request: AuthenticatedRequest, run_id: int) -> HttpResponse:
    """Accept or refuse one row, or every undecided row of a category."""
    run = get_object_or_404(Run, pk=run_id)
    decision = request.POST.get("decision")
    if decision not in ("accept", "refuse"):
        raise BadRequest("No such decision.")
    try:
        _decide(request, run, decision == "accept")
    except DomainError as refusal:
        messages.error(request, str(refusal))
    address = reverse("analysis:run-refurbished", args=[run.pk])
    back = {key: request.POST[key] for key in ("category", "page") if request.POST.get(key)}
    return redirect(f"{address}?{urlencode(back)}" if back else address)


def _decide(request: AuthenticatedRequest, run: Run, is_accepted: bool) -> None:
    now = timezone.now()
    if product_id := request.POST.get("product_id"):
        refurbishing.decide(
            run=run, product_id=product_id, is_accepted=is_accepted, by=request.user, now=now
        )
        return
    path = request.POST.get("category", "")
    number = refurbishing.decide_category(
        run=run, path=path, is_accepted=is_accepted, by=request.user, now=now
    )
    if is_accepted:
        text = ngettext("%(number)d row accepted.", "%(number)d rows accepted.", number)
    else:
        text = ngettext("%(number)d row refused.", "%(number)d rows refused.", number)
    messages.success(request, text % {"number": number} if number else _("Nothing was left."))
