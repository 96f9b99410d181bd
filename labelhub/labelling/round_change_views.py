"""Change a round that is there: its state, its settings, its size."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.errors import DomainError
from labelhub.labelling.forms import MoreForm, OverlapForm, SettingsForm, settings_of
from labelhub.labelling.models import Round, Source
from labelhub.labelling.plan_forms import ListForm
from labelhub.labelling.services import round_settings, round_sizes, rounds
from labelhub.labelling.services.frames import Frame

CHANGES: dict[str, Callable[..., None]] = {
    "pause": rounds.pause,
    "reopen": rounds.reopen,
    "close": rounds.close,
}


def _of_people(round_id: int) -> Round:
    """Return a round that people label, or 404: what shops gave is nobody's to settle here."""
    return get_object_or_404(Round, pk=round_id, source=Source.PEOPLE)


@require_POST
@allowed(Action.RUN_ROUNDS)
def round_change(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """Pause, reopen or close a round."""
    round = _of_people(round_id)
    change = CHANGES.get(request.POST.get("change", ""))
    if change is not None:
        change(round=round, by=request.user, now=timezone.now())
    return redirect("labelling:round", round_id)


@require_http_methods(["GET", "POST"])
@allowed(Action.RUN_ROUNDS)
def round_edit(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """Change name, guideline, fields, checks and members; answers so far keep theirs."""
    round = _of_people(round_id)
    form = SettingsForm(request.POST or None, initial=settings_of(round))
    if request.method == "POST" and form.is_valid():
        try:
            round_settings.change(
                round=round, settings=form.settings(), by=request.user, now=timezone.now()
            )
        except DomainError as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("The settings were saved; they hold from the next answer."))
            return redirect("labelling:round", round_id)
    return render(request, "labelling/round_edit.html", {"round": round, "form": form})


@require_POST
@allowed(Action.RUN_ROUNDS)
def round_extend(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """Draw more samples by the plan of the round, or add those of a list to one from a list."""
    round = _of_people(round_id)
    joined = _extended(request, round)
    if joined is not None:
        told = ngettext(
            "%(number)d sample joined the round.", "%(number)d samples joined the round.", joined
        )
        messages.success(request, told % {"number": joined})
    return redirect("labelling:round", round_id)


def _extended(request: AuthenticatedRequest, round: Round) -> int | None:
    """Return how many samples joined; None, with a message, where the form says too little."""
    by, now = request.user, timezone.now()
    if round.plan == Round.Plan.EVERYTHING:
        return round_sizes.extend(round=round, by=by, now=now)
    if round.plan == Round.Plan.FILE:
        listed = ListForm(request.POST, request.FILES)
        if listed.is_valid():
            choice = listed.list_choice(Frame())
            return round_sizes.extend_by(round=round, choice=choice, by=by, now=now)
        messages.error(request, " ".join(str(each[0]) for each in listed.errors.values()))
        return None
    form = MoreForm(request.POST)
    if form.is_valid():
        number = form.cleaned_data["number"]
        return round_sizes.extend(round=round, number=number, by=by, now=now)
    messages.error(request, _("Say how many samples to draw."))
    return None


@require_POST
@allowed(Action.RUN_ROUNDS)
def round_overlap(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """Want more answers of each sample."""
    round = _of_people(round_id)
    form = OverlapForm(request.POST)
    if form.is_valid():
        added = round_sizes.raise_overlap(
            round=round,
            overlap=form.cleaned_data["overlap"],
            by=request.user,
            now=timezone.now(),
        )
        told = ngettext(
            "%(number)d assignment was added.", "%(number)d assignments were added.", added
        )
        messages.success(request, told % {"number": added})
    else:
        messages.error(request, _("Choose a number of annotators up to 10."))
    return redirect("labelling:round", round_id)


@require_POST
@allowed(Action.RUN_ROUNDS)
def round_withdraw(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """Take back a round that nobody has answered."""
    round = _of_people(round_id)
    name = round.name
    round_sizes.withdraw(round=round, by=request.user, now=timezone.now())
    messages.success(request, _("The round “%(name)s” was withdrawn.") % {"name": name})
    return redirect("labelling:rounds")
