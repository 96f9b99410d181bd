"""Send what a model version said as a file that can be imported again."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.addresses import whole_number
from labelhub.catalog.export_views import sent
from labelhub.registry.models import ModelVersion
from labelhub.registry.services import exporting


@require_GET
@allowed(Action.EXPORT_ROWS)
def predictions(request: AuthenticatedRequest) -> HttpResponseBase:
    """The predictions of the version that `?of=` names by its key."""
    version = get_object_or_404(ModelVersion, pk=whole_number(request.GET.get("of")))
    return sent(request, exporting.predictions(version=version), about=version.name)
