"""From the rules' refusals to what a browser or a program reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.constants import HEADER
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework.response import Response
from rest_framework.views import exception_handler

from labelhub.error_views import bad_request
from labelhub.errors import DomainError

# What the database's driver says of text that no table can hold; only a probe sends it.
ZERO_BYTE = "NUL (0x00)"


def translate_refusal(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer a `DomainError` with 409 and its message; leave the rest to the framework."""
    if isinstance(error, DomainError):
        return Response({"detail": str(error), "code": type(error).__name__}, status=409)
    if is_zero_byte(error):
        return Response({"detail": _("The request cannot be read.")}, status=400)
    answer = exception_handler(error, context)
    if answer is not None and isinstance(answer.data, list):  # of a body that is no object
        answer.data = {"non_field_errors": answer.data}
    return answer


def is_zero_byte(error: Exception) -> bool:
    """Tell whether a request failed because its text holds what no table can."""
    return isinstance(error, ValueError) and ZERO_BYTE in str(error)


def address_behind_proxy(request: HttpRequest) -> str:
    """
    Return the address from which a request reached the proxy.

    It is the last one that `X-Forwarded-For` names: the proxy wrote that one, and whatever
    stands before it was the caller's to invent.
    """
    named = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return named or request.META["REMOTE_ADDR"]


class PolicyMiddleware:
    """
    Send the content policy with every response.

    django-csp's own middleware puts it together anew each time, for pages that vary it; none does.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policy = build_policy()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(HEADER, self.policy)
        return response


class RefusalMiddleware:
    """Show a page's `DomainError` as a page with status 409, never as a crash."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DomainError):
            return render(request, "409.html", {"reason": str(error)}, status=409)
        if is_zero_byte(error):
            return bad_request(request, error)
        return None
