"""The two doors through which the role table is asked: one for pages, one for the API."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from rest_framework.permissions import BasePermission

from labelhub.accounts.models import User
from labelhub.accounts.roles import Action, may
from labelhub.accounts.services import notice

if TYPE_CHECKING:  # rest_framework.views reads these classes while it is being imported
    from rest_framework.request import Request
    from rest_framework.views import APIView

View = Callable[..., HttpResponseBase]


class AuthenticatedRequest(HttpRequest):
    """A request behind `allowed`: somebody is logged in."""

    user: User


def allowed(action: Action) -> Callable[[View], View]:
    """Let only people in whose role may do the action; others log in first, or get 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: AuthenticatedRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not may(request.user.role, action):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        page = login_required(guarded)
        page.action = action  # type: ignore[attr-defined]  # read by the test of all routes
        return page

    return decorate


def after_notice(view: View) -> View:
    """Have whoever would label read first what is recorded; goes below `allowed`."""

    @wraps(view)
    def told(request: AuthenticatedRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if notice.is_due(request.user):
            return redirect_to_login(request.get_full_path(), login_url=reverse("accounts:notice"))
        return view(request, *args, **kwargs)

    return told


class Nobody(BasePermission):
    """The default of the API: an endpoint that forgot to say who may call it refuses everybody."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return False


def Allowed(action: Action) -> type[BasePermission]:  # noqa: N802  # reads as a class in views
    """Return the permission class that lets in the roles that may do the action."""

    class AllowedHere(BasePermission):
        """One row of the role table."""

        def has_permission(self, request: Request, view: APIView) -> bool:
            return isinstance(request.user, User) and may(request.user.role, action)

    AllowedHere.action = action  # type: ignore[attr-defined]  # read by the test of all routes
    return AllowedHere
