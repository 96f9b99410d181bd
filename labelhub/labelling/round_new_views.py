"""A new round: what it would draw, and the draw itself."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.addresses import whole_number
from labelhub.catalog.models import Category
from labelhub.errors import DomainError
from labelhub.labelling.label_views import tree_address
from labelhub.labelling.models import Round, Source
from labelhub.labelling.plan_forms import ListDraw, PlanForm, RoundForm, like
from labelhub.labelling.services import drawing, rounds
from labelhub.labelling.services.drawing import Proposal

SHOWN_STRATA = 200
SHOWN_UNKNOWN = 50


@require_http_methods(["GET", "POST"])
@allowed(Action.RUN_ROUNDS)
def round_new(request: AuthenticatedRequest) -> HttpResponseBase:
    """Draw a round."""
    form = RoundForm(request.POST or None, request.FILES or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        round = _drawn(request, form)
        if round is not None:
            messages.success(request, _("The round was drawn; people can label now."))
            return redirect("labelling:round", round.pk)
    context = {"form": form, "tree_url": tree_address(), "under": _under(form)}
    return render(request, "labelling/round_new.html", context)


@require_POST
@allowed(Action.RUN_ROUNDS)
def round_preview(request: AuthenticatedRequest) -> HttpResponseBase:
    """Say what the form would draw, before anything is drawn."""
    form = PlanForm(request.POST, request.FILES)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            context |= _described(form.draw())
        except DomainError as refusal:
            context["refusal"] = str(refusal)
        context["overlap"] = whole_number(request.POST.get("overlap")) or 1
        context["assignments"] = context["overlap"] * context.get("drawn", 0)
    return render(request, "labelling/_round_preview.html", context)


def _drawn(request: AuthenticatedRequest, form: RoundForm) -> Round | None:
    seed = secrets.randbelow(2**31)
    try:
        return rounds.create(
            name=form.cleaned_data["name"],
            samples=form.choice(seed=seed),
            terms=form.terms(),
            seed=seed,
            members=form.cleaned_data["members"],
            new_guideline=form.cleaned_data["new_guideline"],
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        form.add_error(None, str(refusal))
        return None


def _described(found: Proposal | ListDraw) -> dict[str, Any]:
    if isinstance(found, ListDraw):
        return {
            "found": found,
            "drawn": found.drawn,
            "unknown": found.listed.unknown[:SHOWN_UNKNOWN],
            "more_unknown": max(len(found.listed.unknown) - SHOWN_UNKNOWN, 0),
        }
    strata = found.strata[:SHOWN_STRATA] if found.plan.level else ()
    names = drawing.stratum_names(strata)
    rows = sorted(((names[each.key], each) for each in strata), key=lambda row: row[0])
    return {
        "proposal": found,
        "drawn": found.drawn,
        "strata": rows,
        "more_strata": len(found.strata) - len(rows) if found.plan.level else 0,
    }


def _initial(request: AuthenticatedRequest) -> dict[str, Any]:
    """Return what the form shows at first: nothing, or the settings of another round."""
    number = whole_number(request.GET.get("like"))
    if number is None:
        return {}
    other = get_object_or_404(Round, pk=number, source=Source.PEOPLE)
    return {**like(other), "name": _("%(name)s, again") % {"name": other.name}}


def _under(form: RoundForm) -> str:
    """Return the path of the chosen category, or what was typed, for a form that comes back."""
    chosen = whole_number(str(form["under"].value() or ""))
    found = Category.objects.filter(pk=chosen or 0).first()
    return found.path if found else form.data.get("q", "")
