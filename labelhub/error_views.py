"""What Django answers where no view did: a page for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults

API = "/api/"


class LengthMiddleware:
    """
    Ask programs that send a body piece by piece for its length.

    Django reads no body without one: the call would be answered as if nothing had been sent.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "Transfer-Encoding" in request.headers and request.path.startswith(API):
            detail = _("Send the body at once, with its length in Content-Length.")
            return JsonResponse({"detail": detail}, status=411)
        return self.get_response(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that nobody could mean."""
    if request.path.startswith(API):
        is_large = isinstance(exception, RequestDataTooBig)
        says = (
            _("The body of the request is too large.")
            if is_large
            else _("The request cannot be read.")
        )
        return JsonResponse({"detail": says}, status=413 if is_large else 400)
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
