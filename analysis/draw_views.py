"""`/rounds/draw/`: a round of the samples that a model points to."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from analysis.draw_forms import AimForm, DrawForm
from analysis.services import draws
from analysis.services.verdicts import default_source
from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.addresses import whole_number
from labelhub.catalog.models import Category
from labelhub.errors import DomainError
from labelhub.labelling.label_views import tree_address
from labelhub.labelling.models import Round
from labelhub.labelling.services import round_sizes, rounds
from labelhub.registry.services import versions

SAID = ("version", "measure", "category", "source")  # what a link from another page may say


@require_http_methods(["GET", "POST"])
@allowed(Action.RUN_ROUNDS)
def draw(request: AuthenticatedRequest) -> HttpResponseBase:
    """Draw a round by a model, or add to one that was."""
    form = DrawForm(request.POST or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        round = _drawn(request, form)
        if round is not None:
            return redirect("labelling:round", round.pk)
    context = {"form": form, "tree_url": tree_address(), "category": _category(form)}
    return render(request, "analysis/draw.html", context)


@require_POST
@allowed(Action.RUN_ROUNDS)
def draw_preview(request: AuthenticatedRequest) -> HttpResponseBase:
    """Say how many samples the form would draw."""
    form = AimForm(request.POST)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        context["found"] = draws.find(form.aim())
    return render(request, "analysis/_draw_preview.html", context)


def _drawn(request: AuthenticatedRequest, form: DrawForm) -> Round | None:
    found = draws.find(form.aim())
    into = form.cleaned_data["into"]
    try:
        if into:
            return _extended(request, into, found)
        return _created(request, form, found)
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None


def _created(request: AuthenticatedRequest, form: DrawForm, found: draws.Found) -> Round:
    round = rounds.create(
        name=form.cleaned_data["name"],
        samples=found.choice,
        terms=form.terms(),
        seed=secrets.randbelow(2**31),
        members=form.cleaned_data["members"],
        new_guideline=form.cleaned_data["new_guideline"],
        by=request.user,
        now=timezone.now(),
    )
    messages.success(request, _("The round was drawn; people can label now."))
    return round


def _extended(request: AuthenticatedRequest, into: Round, found: draws.Found) -> Round:
    joined = round_sizes.extend_by(
        round=into, choice=found.choice, by=request.user, now=timezone.now()
    )
    told = ngettext(
        "%(number)d sample joined the round.", "%(number)d samples joined the round.", joined
    )
    messages.success(request, told % {"number": joined})
    return into


def _initial(request: AuthenticatedRequest) -> dict[str, Any]:
    """Return what the address says, else the version in use and its labels."""
    said = {name: request.GET[name] for name in SAID if request.GET.get(name)}
    try:
        version = versions.chosen(name=None).pk
    except versions.NoVersion:
        version = None
    return {"version": version, "source": default_source(), **said}


def _category(form: DrawForm) -> str:
    """Return the path of the chosen category, or what was typed, for the field that finds one."""
    chosen = whole_number(str(form["category"].value() or ""))
    found = Category.objects.filter(pk=chosen).first() if chosen else None
    return found.path if found else form.data.get("q", "")
