"""Rounds: the list, one round, a new one, and who works in it."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.errors import DomainError
from labelhub.labelling.forms import MembersForm, RoundForm
from labelhub.labelling.label_views import tree_address
from labelhub.labelling.models import Round
from labelhub.labelling.services import guidelines, progress, rounds
from labelhub.tables import ordering, paged

SORTS = {"name": ("name",), "created": ("created_at",), "state": ("state", "name")}
CHANGES: dict[str, Callable[..., None]] = {
    "pause": rounds.pause,
    "reopen": rounds.reopen,
    "close": rounds.close,
}


@require_GET
@allowed(Action.RUN_ROUNDS)
def round_list(request: AuthenticatedRequest) -> HttpResponseBase:
    """Every round with its progress."""
    order = ordering(request, SORTS, default="-created")
    page = paged(request, Round.objects.order_by(*order.fields, "pk"))
    shown = progress.of(page)
    rows = [(round, shown.get(round.pk)) for round in page]
    context = {"page": page, "rows": rows, "ordering": order}
    return render(request, "labelling/rounds.html", context)


@require_GET
@allowed(Action.RUN_ROUNDS)
def round_page(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """One round: how far it is, how well its answers agree, who does what."""
    known = Round.objects.select_related("created_by", "guideline")
    round = get_object_or_404(known, pk=round_id)
    paces = progress.paces(round)
    members = list(round.members.order_by("username"))
    context = {
        "round": round,
        "guideline": guidelines.newest(round.guideline),
        "progress": progress.of_one(round),
        "agreement": progress.agreement(round),
        "paces": paces,
        "skips": sum(pace.skips for pace in paces),
        "members": members,
        "members_form": MembersForm(
            initial={"is_for_everyone": round.is_for_everyone, "members": members}
        ),
    }
    return render(request, "labelling/round.html", context)


@require_http_methods(["GET", "POST"])
@allowed(Action.RUN_ROUNDS)
def round_new(request: AuthenticatedRequest) -> HttpResponseBase:
    """Draw a round."""
    form = RoundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        seed = secrets.randbelow(2**31)
        try:
            round = rounds.create(
                name=form.cleaned_data["name"],
                samples=form.samples(seed=seed),
                terms=form.terms(),
                seed=seed,
                members=form.cleaned_data["members"],
                new_guideline=form.cleaned_data["new_guideline"],
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The round was drawn; people can label now."))
            return redirect("labelling:round", round.pk)
    context = {"form": form, "tree_url": tree_address(), "under": _under(form)}
    return render(request, "labelling/round_new.html", context)


@require_POST
@allowed(Action.RUN_ROUNDS)
def round_change(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """Pause, reopen or close a round."""
    round = get_object_or_404(Round, pk=round_id)
    change = CHANGES.get(request.POST.get("change", ""))
    if change is not None:
        change(round=round, by=request.user, now=timezone.now())
    return redirect("labelling:round", round_id)


@require_POST
@allowed(Action.RUN_ROUNDS)
def round_members(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """Say who labels in the round."""
    round = get_object_or_404(Round, pk=round_id)
    form = MembersForm(request.POST)
    if form.is_valid():
        rounds.set_members(
            round=round,
            members=form.cleaned_data["members"],
            is_for_everyone=form.cleaned_data["is_for_everyone"],
        )
        messages.success(request, _("Saved who labels in this round."))
    return redirect("labelling:round", round_id)


def _under(form: RoundForm) -> str:
    """Return the path of the chosen category, for a form that comes back with a mistake."""
    chosen = form.cleaned_data.get("under") if form.is_bound and form.is_valid() else None
    return chosen.path if chosen else ""
