"""Send what people said as files."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.addresses import whole_number
from labelhub.catalog.export_views import sent
from labelhub.catalog.services.formats import FORMATS
from labelhub.labelling.export_forms import HistoryForm
from labelhub.labelling.models import Round
from labelhub.labelling.services import exporting, history
from labelhub.labelling.services.history import Checks, Scope


@require_GET
@allowed(Action.EXPORT_ROWS)
def answers(request: AuthenticatedRequest) -> HttpResponseBase:
    """The answers of the round that `?of=` names by its key."""
    round = get_object_or_404(Round, pk=whole_number(request.GET.get("of")))
    return sent(request, exporting.answers(round=round), about=round.name)


@require_GET
@allowed(Action.EXPORT_ROWS)
def judgements(request: AuthenticatedRequest) -> HttpResponseBase:
    """Every reviewer's latest judgements."""
    return sent(request, exporting.judgements())


@require_GET
@allowed(Action.EXPORT_ROWS)
def round_export(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """What can be downloaded of a round; with `?format=` its history."""
    round = get_object_or_404(Round, pk=round_id)
    form = HistoryForm(request.GET if "format" in request.GET else None, by=request.user)
    if form.is_bound and form.is_valid():
        return sent(request, history.events(scope=form.scope(round)), about=round.name)
    context = {"round": round, "form": form, "formats": FORMATS.items()}
    return render(request, "labelling/round_export.html", context)


@require_GET
@allowed(Action.LABEL)
def own_history(request: AuthenticatedRequest) -> HttpResponseBase:
    """All that this person ever said, for themselves; nothing in it tells a hidden check."""
    scope = Scope(annotator=request.user, checks=Checks.UNMARKED)
    return sent(request, history.events(scope=scope), about=request.user.pseudonym)
