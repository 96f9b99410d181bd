"""Rounds for Label Studio: tasks and the labelling interface."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.addresses import whole_number
from labelhub.catalog.export_views import file
from labelhub.labelling.models import Round, Source
from labelhub.registry.forms import PredictionsForm
from labelhub.registry.models import ModelVersion
from labelhub.registry.services.label_studio import exporting


@require_GET
@allowed(Action.EXPORT_ROWS)
def round_page(request: AuthenticatedRequest, round_id: int) -> HttpResponse:
    """Choose whether predictions come along, and copy the labelling interface."""
    round = _round(round_id)
    form = PredictionsForm() if request.user.may(Action.READ_ANALYSIS) else None
    context = {"round": round, "form": form, "interface": "".join(exporting.interface(round=round))}
    return render(request, "registry/label_studio.html", context)


@require_GET
@allowed(Action.EXPORT_ROWS)
def tasks(request: AuthenticatedRequest) -> HttpResponseBase:
    """The tasks of the round that `?of=` names by its key, as a list in JSON."""
    round = _round(whole_number(request.GET.get("of")))
    version = _version(request)
    exporting.note(round=round, version=version, by=request.user, now=timezone.now())
    pieces = exporting.tasks(round=round, version=version)
    return file(f"label-studio-{round.pk}.json", pieces, "application/json")


def _version(request: AuthenticatedRequest) -> ModelVersion | None:
    wanted = request.GET.get("version", "")
    if not wanted or not request.user.may(Action.READ_ANALYSIS):
        return None
    return get_object_or_404(ModelVersion, pk=whole_number(wanted))


def _round(round_id: int | None) -> Round:
    return get_object_or_404(Round, pk=round_id, source=Source.PEOPLE)
