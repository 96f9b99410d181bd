"""Send what people said as files that can be imported again."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.catalog.export_views import sent
from labelhub.labelling.models import Round
from labelhub.labelling.services import exporting


@require_GET
@allowed(Action.EXPORT_ROWS)
def answers(request: AuthenticatedRequest) -> HttpResponseBase:
    """The answers of the round that `?of=` names by its key."""
    of = request.GET.get("of", "")
    round = get_object_or_404(Round, pk=int(of) if of.isdecimal() else None)
    return sent(request, exporting.answers(round=round), about=round.name)


@require_GET
@allowed(Action.EXPORT_ROWS)
def judgements(request: AuthenticatedRequest) -> HttpResponseBase:
    """Every reviewer's latest judgements."""
    return sent(request, exporting.judgements())
