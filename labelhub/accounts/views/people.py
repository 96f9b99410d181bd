"""The administrators' pages about people."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from labelhub.accounts.forms import PeopleFilter, PersonChangeForm, PersonForm
from labelhub.accounts.models import AuditEntry, User
from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.accounts.services import audit
from labelhub.accounts.services import people as service
from labelhub.errors import DomainError
from labelhub.tables import export_format, ordering, paged, spreadsheet

SORTS = {
    "username": ("username",),
    "name": ("display_name", "username"),
    "role": ("role", "username"),
    "created": ("created_at",),
    "seen": ("last_login",),
}
COLUMNS = ["username", "name", "pseudonym", "role", "is_active", "created_at", "last_login"]
RECENT_ENTRIES = 20


@require_GET
@allowed(Action.ADMINISTER)
def people(request: AuthenticatedRequest) -> HttpResponseBase:
    """List the people of the installation."""
    form = PeopleFilter(request.GET)
    order = ordering(request, SORTS, default="username")
    rows = _filtered(form).select_related("auth_token").order_by(*order.fields, "pk")
    if wanted := export_format(request):
        audit.record(by=request.user, verb="exported people", now=timezone.now())
        return spreadsheet(wanted, "people", COLUMNS, map(_row, rows.iterator()))
    context = {"page": paged(request, rows), "ordering": order, "form": form}
    return render(request, "accounts/people.html", context)


def _filtered(form: PeopleFilter) -> QuerySet[User]:
    rows = User.objects.all()
    if not form.is_valid():
        return rows
    wanted = form.cleaned_data
    if wanted["q"]:
        rows = rows.filter(
            Q(username__icontains=wanted["q"])
            | Q(display_name__icontains=wanted["q"])
            | Q(pseudonym__iexact=wanted["q"])
        )
    if wanted["role"]:
        rows = rows.filter(role=wanted["role"])
    if wanted["state"]:
        rows = rows.filter(is_active=wanted["state"] == "active")
    return rows


def _row(person: User) -> list[object]:
    return [
        person.username,
        person.display_name,
        person.pseudonym,
        person.role,
        person.is_active,
        person.created_at,
        person.last_login,
    ]


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(Action.ADMINISTER)
def new_person(request: AuthenticatedRequest) -> HttpResponse:
    """Add a person, and show the one-time link for them."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person, token = service.create(**form.cleaned_data, by=request.user, now=timezone.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _show_link(request, person, token)
    return render(request, "accounts/new_person.html", {"form": form})


@require_http_methods(["GET", "POST"])
@allowed(Action.ADMINISTER)
def person(request: AuthenticatedRequest, person_id: int) -> HttpResponse:
    """Show one person, and change name and role."""
    shown = get_object_or_404(User, pk=person_id)
    # The form gets a row of its own: what it refuses must not show as saved.
    form = PersonChangeForm(request.POST or None, instance=User.objects.get(pk=person_id))
    if request.method == "POST" and form.is_valid():
        try:
            service.change(person=shown, **form.cleaned_data, by=request.user, now=timezone.now())
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("accounts:person", person_id)
    return render(request, "accounts/person.html", _about(shown) | {"form": form})


def _about(person: User) -> dict[str, object]:
    touching = AuditEntry.objects.filter(target_type="user", target_id=str(person.pk))
    return {
        "person": person,
        "has_token": hasattr(person, "auth_token"),
        "entries": touching.select_related("by").order_by("-at", "-pk")[:RECENT_ENTRIES],
    }


@require_POST
@allowed(Action.ADMINISTER)
def deactivate(request: AuthenticatedRequest, person_id: int) -> HttpResponse:
    """End a person's access."""
    person = get_object_or_404(User, pk=person_id)
    try:
        service.deactivate(person=person, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Deactivated. The person can no longer log in."))
    return redirect("accounts:person", person_id)


@require_POST
@allowed(Action.ADMINISTER)
def activate(request: AuthenticatedRequest, person_id: int) -> HttpResponse:
    """Let a person in again."""
    person = get_object_or_404(User, pk=person_id)
    try:
        service.activate(person=person, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Activated. The former password works again."))
    return redirect("accounts:person", person_id)


@never_cache
@require_POST
@allowed(Action.ADMINISTER)
def link(request: AuthenticatedRequest, person_id: int) -> HttpResponse:
    """Make a new one-time link and show it once."""
    person = get_object_or_404(User, pk=person_id)
    token = service.send_link(person=person, by=request.user, now=timezone.now())
    return _show_link(request, person, token)


def _show_link(request: AuthenticatedRequest, person: User, token: str) -> HttpResponse:
    address = request.build_absolute_uri(reverse("accounts:welcome", args=[token]))
    return render(
        request, "accounts/secret.html", {"person": person, "secret": address, "is_link": True}
    )


@never_cache
@require_POST
@allowed(Action.ADMINISTER)
def token(request: AuthenticatedRequest, person_id: int) -> HttpResponse:
    """Issue an API token and show it once."""
    person = get_object_or_404(User, pk=person_id)
    key = service.issue_token(person=person, by=request.user, now=timezone.now())
    return render(
        request, "accounts/secret.html", {"person": person, "secret": key, "is_link": False}
    )


@require_POST
@allowed(Action.ADMINISTER)
def revoke_token(request: AuthenticatedRequest, person_id: int) -> HttpResponse:
    """Take a person's API token away."""
    person = get_object_or_404(User, pk=person_id)
    service.revoke_token(person=person, by=request.user, now=timezone.now())
    messages.success(request, _("The token no longer works."))
    return redirect("accounts:person", person_id)
