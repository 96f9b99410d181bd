"""The labelling page; it works as plain forms too, where no script runs."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from labelhub.accounts.permissions import AuthenticatedRequest, after_notice, allowed
from labelhub.accounts.roles import Action
from labelhub.addresses import whole_number
from labelhub.catalog.models import Category
from labelhub.catalog.services import finder
from labelhub.errors import DomainError
from labelhub.labelling import label_page, skip_reasons
from labelhub.labelling.api import own_assignment, own_round, served
from labelhub.labelling.models import Assignment, Flag, Round, Skip
from labelhub.labelling.services import annotations, claims, guiding, own_progress, progress
from labelhub.labelling.services.wishes import Wish


@require_GET
@allowed(Action.LABEL)
@after_notice
def label(request: AuthenticatedRequest) -> HttpResponseBase:
    """Choose a round, or go straight in where there is one."""
    rounds = list(Round.objects.open_to(request.user).order_by("-created_at", "-pk"))
    if len(rounds) == 1:
        return redirect("labelling:label-round", rounds[0].pk)
    shown = progress.as_seen(rounds)
    chosen = [(round, shown.get(round.pk)) for round in rounds]
    return render(request, "labelling/choose_round.html", {"rounds": chosen})


@require_GET
@never_cache  # the Back button must not bring back a product that was answered
@allowed(Action.LABEL)
@after_notice
def label_round(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """Show what comes next; the products after it come along for the script."""
    round = own_round(request.user, round_id)
    wish = label_page.wish(request.GET, round)
    context: dict[str, Any] = {
        "round": round,
        "progress": progress.one_as_seen(round),
        "labels": label_page.field_labels(),
        "filter": label_page.filter_of(wish),
    }
    try:
        claimed = claims.claim(
            round=round,
            annotator=request.user,
            now=timezone.now(),
            count=claims.PREFETCH,
            wish=wish,
        )
    except (claims.NothingToClaim, claims.RoundNotOpen) as refusal:
        return render(request, "labelling/nothing_left.html", {**context, "reason": str(refusal)})
    assignments = served(claimed)
    context |= {
        "guidance": guiding.of_round(round, reader=request.user),
        "current": assignments[0],
        "script": label_page.script(round, request.user, wish, assignments),
        **_search(request, round),
        **_dialogs(round, wish),
        "outside": settings.SEARCH_URL,
        "outside_now": label_page.outside(assignments[0]["sample"]["name"]),
    }
    return render(request, "labelling/label.html", context)


@require_GET
@never_cache
@allowed(Action.LABEL)
def person(request: AuthenticatedRequest) -> HttpResponseBase:
    """Say who is logged in, so that a page sends nobody else's answers."""
    return JsonResponse({"person": request.user.pk})


@require_GET
@allowed(Action.LABEL)
def logged_in(request: AuthenticatedRequest) -> HttpResponseBase:
    """Send a person who logged in again back to the window where answers wait."""
    return render(request, "labelling/logged_in.html")


@require_GET
@never_cache
@allowed(Action.LABEL)
def pace(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """Show a person's own numbers, as a piece of the labelling page."""
    round = own_round(request.user, round_id)
    own = own_progress.of(annotator=request.user, round=round, now=timezone.now())
    context = {"own": own, "progress": progress.one_as_seen(round)}
    return render(request, "labelling/_pace.html", context)


@require_POST
@allowed(Action.LABEL)
def answer(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """Keep an answer that was sent as a form."""
    assignment = _assignment(request)
    is_undecidable = "undecidable" in request.POST
    chosen = whole_number(request.POST.get("category"))
    if chosen is None and not is_undecidable:
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
            reason=_reason(request),
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


def tree_address() -> str:
    """Return the address under which the browser keeps the current tree for ever."""
    return f"{reverse('catalog:api-categories')}?v={finder.version()}"


def _assignment(request: AuthenticatedRequest) -> Assignment:
    return own_assignment(request.user, whole_number(request.POST.get("assignment")) or 0)


def _reason(request: AuthenticatedRequest) -> str:
    """Return the person's own words, or the reason that they ticked."""
    said = request.POST.get("other", "").strip() or request.POST.get("reason", "")
    return said[: Skip._meta.get_field("reason").max_length]


def _search(request: HttpRequest, round: Round) -> dict[str, Any]:
    words = request.GET.get("q", "")
    return {
        "query": words,
        "found": finder.search(words, answer_level=round.answer_level),
        "tree_url": tree_address(),
    }


def _dialogs(round: Round, wish: Wish) -> dict[str, Any]:
    return {
        "skip_reasons": skip_reasons.REASONS.items(),
        "flag_kinds": Flag.Kind.choices,
        "filter_fields": label_page.filter_fields(round, wish),
        "commands": label_page.commands().items(),
        "hints": label_page.HINTS.items(),
    }
