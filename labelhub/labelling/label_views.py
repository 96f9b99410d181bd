"""The labelling page; it works as plain forms too, where no script runs."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from labelhub.accounts.permissions import AuthenticatedRequest, after_notice, allowed
from labelhub.accounts.roles import Action
from labelhub.catalog.models import Category
from labelhub.catalog.services import finder
from labelhub.errors import DomainError
from labelhub.labelling.api import own_assignment, own_round, served
from labelhub.labelling.models import Assignment, Round
from labelhub.labelling.services import annotations, claims, guidelines, progress


@require_GET
@allowed(Action.LABEL)
def label(request: AuthenticatedRequest) -> HttpResponseBase:
    """Choose a round, or go straight in where there is one."""
    rounds = list(Round.objects.open_to(request.user).order_by("-created_at", "-pk"))
    if len(rounds) == 1:
@after_notice
        return redirect("labelling:label-round", rounds[0].pk)
    shown = progress.as_seen(rounds)
    chosen = [(round, shown.get(round.pk)) for round in rounds]
    return render(request, "labelling/choose_round.html", {"rounds": chosen})


@require_GET
@allowed(Action.LABEL)
def label_round(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """Show what comes next; the products after it come along for the script."""
    round = own_round(request.user, round_id)
    now = timezone.now()
    context: dict[str, Any] = {
@after_notice
        "round": round,
        "guideline": guidelines.newest(round.guideline),
        "progress": progress.one_as_seen(round),
    }
    try:
        claimed = claims.claim(round=round, annotator=request.user, now=now, count=claims.PREFETCH)
    except (claims.NothingToClaim, claims.RoundNotOpen) as refusal:
        return render(request, "labelling/nothing_left.html", {**context, "reason": str(refusal)})
    assignments = served(claimed)
    context |= {"assignments": assignments, "current": assignments[0], "labels": field_labels()}
    context |= {**_search(request, round), "texts": _texts()}
    return render(request, "labelling/label.html", context)


@require_POST
@allowed(Action.LABEL)
def answer(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """Keep an answer that was sent as a form."""
    assignment = _assignment(request)
    is_undecidable = "undecidable" in request.POST
    chosen = request.POST.get("category", "")
    if not (is_undecidable or chosen.isdecimal()):
        messages.warning(request, _("Choose a category first."))
        return redirect("labelling:label-round", round_id)
    category = None if is_undecidable else get_object_or_404(Category, pk=chosen)
    try:
        annotations.submit(
            assignment=assignment, annotator=request.user, category=category, now=timezone.now()
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("labelling:label-round", round_id)


@require_POST
@allowed(Action.LABEL)
def skip(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """Pass on the product."""
    try:
        annotations.skip(
            assignment=_assignment(request),
            annotator=request.user,
            reason=request.POST.get("reason", "")[:200],
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("labelling:label-round", round_id)


@require_POST
@allowed(Action.LABEL)
def undo(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """Take back the last answer."""
    round = own_round(request.user, round_id)
    try:
        annotations.undo(round=round, annotator=request.user, now=timezone.now())
        messages.info(request, _("Your last answer was taken back. Label the product again."))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("labelling:label-round", round_id)


def field_labels() -> dict[str, str]:
    """Name the fields of a product, in the order of the page."""
    return {
        "mall_name": _("Mall"),
        "mall_category": _("Mall category"),
        "brand": _("Brand"),
        "maker": _("Maker"),
        "registered_at": _("Registered"),
        "price": _("Price"),
    }


def tree_address() -> str:
    """Return the address under which the browser keeps the current tree for ever."""
    return f"{reverse('catalog:api-categories')}?v={finder.version()}"


def _assignment(request: AuthenticatedRequest) -> Assignment:
    chosen = request.POST.get("assignment", "")
    return own_assignment(request.user, int(chosen) if chosen.isdecimal() else 0)


def _search(request: HttpRequest, round: Round) -> dict[str, Any]:
    words = request.GET.get("q", "")
    return {
        "query": words,
        "found": finder.search(words, answer_level=round.answer_level),
        "tree_url": tree_address(),
    }


def _texts() -> dict[str, str]:
    return {
        "saved": _("All saved"),
        "coming": _("The next product is on its way…"),
        "waiting": _("0 waiting to be saved"),
        "offline": _("No connection."),
        "expired": _("You are logged out. Log in again; your answers wait here."),
        "undone": _("Your last answer was taken back. Label the product again."),
        "undoLater": _("No connection: your last answer can be taken back when it returns."),
        "finding": _("Finding"),
        "command": _("Command"),
    }
