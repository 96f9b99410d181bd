"""Hidden checks: one's own once they are over; for curators what is drawn and contested."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.errors import DomainError
from labelhub.labelling.checks_forms import MOST_WORDS, DrawForm
from labelhub.labelling.models import CheckShowing, HiddenCheck
from labelhub.labelling.services import checks, contests, outcomes, quality, review_draws
from labelhub.tables import paged

ROWS = 20  # with a picture and a form each
DECISIONS = {"uphold": True, "refuse": False}


@require_GET
@allowed(Action.LABEL)
def own_checks(request: AuthenticatedRequest) -> HttpResponseBase:
    """A person's own figures, and the checks they missed, once these are over."""
    page = paged(request, outcomes.own_missed(request.user), per_page=ROWS)
    context = {
        "own": quality.own(request.user),
        "enough": quality.ENOUGH,
        "page": page,
        "missed": outcomes.of(list(page)),
        "most_words": MOST_WORDS,
    }
    return render(request, "labelling/checks_own.html", context)


@require_POST
@allowed(Action.LABEL)
def contest(request: AuthenticatedRequest, showing_id: int) -> HttpResponseBase:
    """Ask a curator to look at one's missed check again."""
    mine = CheckShowing.objects.over().filter(annotator=request.user)
    showing = get_object_or_404(mine, pk=showing_id)
    try:
        contests.contest(
            showing=showing, annotator=request.user, reason=_reason(request), now=timezone.now()
        )
        messages.success(request, _("A curator who has not judged the product looks at it again."))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("labelling:checks-own")


@require_GET
@allowed(Action.RUN_ROUNDS)
def check_list(request: AuthenticatedRequest) -> HttpResponseBase:
    """How far double judging is, which checks are in use, what is contested, how people do."""
    available = review_draws.eligible().count()
    page = paged(request, contests.waiting(), per_page=ROWS)
    context = {
        "drawn": review_draws.state(),
        "available": available,
        "draw_form": DrawForm(initial={"number": review_draws.usual_number(available)}),
        "in_use": HiddenCheck.objects.filter(retired_at=None).count(),
        "retired": HiddenCheck.objects.exclude(retired_at=None).count(),
        "page": page,
        "contested": outcomes.contested(list(page), curator=request.user),
        "qualities": quality.of_everybody(),
        "enough": quality.ENOUGH,
        "most_words": MOST_WORDS,
    }
    return render(request, "labelling/checks.html", context)


@require_POST
@allowed(Action.RUN_ROUNDS)
def draw(request: AuthenticatedRequest) -> HttpResponseBase:
    """Draw samples for two reviewers each."""
    form = DrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(each[0]) for each in form.errors.values()))
        return redirect("labelling:checks")
    try:
        number = review_draws.draw(
            number=form.cleaned_data["number"],
            seed=secrets.randbelow(2**31),
            by=request.user,
            now=timezone.now(),
        )
        messages.success(
            request,
            ngettext(
                "%(n)d sample was drawn; it waits among the others in the review.",
                "%(n)d samples were drawn; they wait among the others in the review.",
                number,
            )
            % {"n": number},
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("labelling:checks")


@require_POST
@allowed(Action.RUN_ROUNDS)
def make(request: AuthenticatedRequest) -> HttpResponseBase:
    """Make checks of what is judged by now, and end what is over; each night does the same."""
    now = timezone.now()
    made, retired = checks.make(now=now), checks.retire(now=now)
    messages.success(
        request,
        _("New checks: %(made)d. Retired: %(retired)d.") % {"made": made, "retired": retired},
    )
    return redirect("labelling:checks")


@require_POST
@allowed(Action.REVIEW)
def decide(request: AuthenticatedRequest, showing_id: int) -> HttpResponseBase:
    """Uphold a contested answer, or turn it down."""
    showing = get_object_or_404(CheckShowing.objects.contested(), pk=showing_id)
    decision = request.POST.get("decision", "")
    if decision not in DECISIONS:
        raise BadRequest("No such decision.")
    try:
        contests.decide(
            showing=showing,
            is_upheld=DECISIONS[decision],
            reason=_reason(request),
            by=request.user,
            now=timezone.now(),
        )
        messages.success(request, _("Decided; the annotator reads it on their page of checks."))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("labelling:checks")


def _reason(request: AuthenticatedRequest) -> str:
    """Return the reason that was typed; the field of the page takes no longer one."""
    return request.POST.get("reason", "")[:MOST_WORDS]
