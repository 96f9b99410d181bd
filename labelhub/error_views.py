"""What Django answers where no view did: a page for people, JSON for programs."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults

API = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that nobody could mean."""
    if request.path.startswith(API):
        return JsonResponse({"detail": _("The request cannot be read.")}, status=400)
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request for an address that is not there."""
    if request.path.startswith(API):
        return JsonResponse({"detail": _("There is nothing at this address.")}, status=404)
    return defaults.page_not_found(request, exception)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer a request that a fault of LabelHub ended; the log has it."""
    if request.path.startswith(API):
        detail = _("LabelHub failed to answer. Try again; nothing half-done was kept.")
        return JsonResponse({"detail": detail}, status=500)
    return defaults.server_error(request)
