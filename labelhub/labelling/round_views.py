"""Rounds: the list, and one round."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.accounts.services import audit
from labelhub.labelling.forms import MoreForm, OverlapForm, RoundsForm
from labelhub.labelling.models import Round, Source
from labelhub.labelling.plan_display import plan_shown
from labelhub.labelling.plan_forms import ListForm
from labelhub.labelling.services import guidelines, progress, quality, round_sizes
from labelhub.tables import Form, export_format, ordering, paged, spreadsheet

SORTS = {
    "name": ("name",),
    "created": ("created_at",),
    "state": ("state", "name"),
    "plan": ("plan", "name"),
    "overlap": ("overlap", "name"),
}
COLUMNS = (
    "id", "name", "source", "state", "plan", "is_blind", "overlap", "check_share",
)  # fmt: skip
COUNTS = ("samples", "answers", "assignments")
TIMES = ("created_at", "closed_at")


@require_GET
@allowed(Action.RUN_ROUNDS)
def round_list(request: AuthenticatedRequest) -> HttpResponseBase:
    """Every round with its progress; filtered, sorted and exported by the address."""
    form = RoundsForm(request.GET)
    order = ordering(request, SORTS, default="-created")
    found = form.rounds().order_by(*order.fields, "pk")
    if wanted := export_format(request):
        return _export(request, wanted, found)
    page = paged(request, found)
    shown = progress.of(page)
    rows = [(round, shown.get(round.pk)) for round in page]
    filters = [form[name] for name in ("state", "source", "plan")]
    context = {"page": page, "rows": rows, "ordering": order, "form": form, "filters": filters}
    return render(request, "labelling/rounds.html", context)


@require_GET
@allowed(Action.RUN_ROUNDS)
def round_page(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """One round: how far it is, how it was drawn, who labels, what can be changed."""
    known = Round.objects.select_related("created_by", "guideline")
    round = get_object_or_404(known, pk=round_id)
    context = {
        "round": round,
        "guideline": guidelines.newest(round.guideline) if round.guideline else None,
        "plan": plan_shown(round),
        "agreement": progress.agreement(round),
        "parts": progress.parts(round),
        "skips": progress.skips(round),
        "qualities": quality.of_round(round) if round.check_share else [],
        "enough": quality.ENOUGH,
        "members": list(round.members.order_by("username")),
        **_progress(round),
        **(_changes(round) if round.source == Source.PEOPLE else {}),
    }
    return render(request, "labelling/round.html", context)


def _progress(round: Round) -> dict[str, Any]:
    now, done = timezone.now(), progress.of_one(round)
    left = progress.left(round, now=now)
    is_open = round.state == Round.State.OPEN and left.assignments > 0
    return {
        "progress": done,
        "left": left,
        "forecast": progress.forecast(round, open_assignments=left.assignments, now=now)
        if is_open
        else None,
    }


def _changes(round: Round) -> dict[str, Any]:
    """Return the forms with which the round can be made larger, where it can."""
    is_closed = round.state == Round.State.CLOSED
    goes_on = "frame" in round.plan_details and not is_closed
    return {
        "takes_new": goes_on and round.plan == Round.Plan.EVERYTHING,
        "more_form": MoreForm() if goes_on and round.plan != Round.Plan.EVERYTHING else None,
        "list_form": ListForm() if round.plan == Round.Plan.FILE and not is_closed else None,
        "overlap_form": None if is_closed else OverlapForm(initial={"overlap": round.overlap + 1}),
        "can_be_withdrawn": round_sizes.can_be_withdrawn(round),
    }


def _export(
    request: AuthenticatedRequest, wanted: Form, found: QuerySet[Round]
) -> HttpResponseBase:
    audit.record(
        by=request.user,
        verb="exported the rounds",
        details={"format": wanted},
        now=timezone.now(),
    )
    return spreadsheet(wanted, "rounds", [*COLUMNS, *COUNTS, *TIMES], _cells(found))


def _cells(found: QuerySet[Round]) -> Iterator[list[Any]]:
    rounds = list(found)
    shown = progress.of(rounds)
    drawn = Round.objects.filter(pk__in=[round.pk for round in rounds]).annotate(
        samples=Count("assignments__sample", filter=Q(assignments__is_check=False), distinct=True)
    )
    samples = dict(drawn.values_list("pk", "samples"))
    for round in rounds:
        counts = shown.get(round.pk, progress.Progress(0, 0))
        yield [
            *(getattr(round, name) for name in COLUMNS),
            samples[round.pk],
            counts.done,
            counts.total,
            *(getattr(round, name) for name in TIMES),
        ]
