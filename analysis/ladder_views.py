"""Ladders: every model from the simplest to the shipped one on the same rows of a corpus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from analysis.search_forms import LadderForm
from analysis.services import exclusions, ladder_page, retraining
from analysis.services.ladder_page import Rung
from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.accounts.services import audit
from labelhub.registry.models import Corpus, Ladder
from labelhub.registry.services import ladders as asking
from labelhub.tables import export_format, ordering, paged, spreadsheet

SORTS = {"corpus": ("corpus__name", "created_at"), "created": ("created_at",)}
COLUMNS = ["rung", "title", "state", "reason", "rows", "accuracy", "accuracy_low", "accuracy_high"]
FIGURES = ["macro_f1", "gain", "gain_low", "gain_high", "fit_seconds", "rows_per_second"]
FIGURES += ["megabytes"]


@require_GET
@allowed(Action.READ_ANALYSIS)
def ladders(request: AuthenticatedRequest) -> HttpResponse:
    """Every ladder."""
    order = ordering(request, SORTS, default="-created")
    found = Ladder.objects.select_related("corpus", "job", "created_by")
    page = paged(request, found.order_by(*order.fields, "pk"))
    shown = {
        "page": page,
        "lines": [(ladder, ladder_page.best(ladder_page.rungs(ladder))) for ladder in page],
        "ordering": order,
        "has_corpus": Corpus.objects.exists(),
        "may_curate": request.user.may(Action.CURATE),
    }
    return render(request, "analysis/ladders.html", shown)


@require_http_methods(["GET", "POST"])
@allowed(Action.CURATE)
def new_ladder(request: AuthenticatedRequest) -> HttpResponse:
    """Start a ladder on a corpus."""
    newest = Corpus.objects.order_by("-pk").first()
    form = LadderForm(request.POST or None, initial={"corpus": newest})
    if form.is_valid():
        with_rules = form.cleaned_data["with_rules"]
        sealed = retraining.rules_in_force() if with_rules else retraining.NO_RULES
        ladder = asking.start(
            corpus=form.cleaned_data["corpus"],
            rules=sealed.rules,
            list_version=sealed.number,
            learnt=form.cleaned_data["learnt"],
            config=form.config(),
            by=request.user,
            now=timezone.now(),
        )
        return redirect("analysis:ladder", ladder.pk)
    shown = {"form": form, "list_version": exclusions.current_version()}
    return render(request, "analysis/ladders_new.html", shown)


@require_GET
@allowed(Action.READ_ANALYSIS)
def ladder(request: AuthenticatedRequest, ladder_id: int) -> HttpResponseBase:
    """One ladder: its rungs, in a table and a chart, and as a file."""
    related = Ladder.objects.select_related("corpus", "job", "created_by")
    ladder = get_object_or_404(related, pk=ladder_id)
    rungs = ladder_page.rungs(ladder)
    levels = ladder_page.deepest(rungs)
    if (form := export_format(request)) or request.GET.get("format") == "json":
        audit.record(by=request.user, verb="exported a ladder", target=ladder, now=timezone.now())
        if form is None:
            return JsonResponse(_as_json(ladder), json_dumps_params={"ensure_ascii": False})
        columns = [*COLUMNS, *(f"level_{level}" for level in levels), *FIGURES]
        return spreadsheet(form, f"ladder_{ladder.corpus.name}", columns, _cells(rungs, levels))
    shown = {
        "ladder": ladder,
        "rungs": rungs,
        "levels": levels,
        "best": ladder_page.best(rungs),
        "chart": ladder_page.chart(rungs),
        "may_curate": request.user.may(Action.CURATE),
    }
    return render(request, "analysis/ladders_ladder.html", shown)


def _cells(rungs: Sequence[Rung], levels: range) -> Iterator[list[Any]]:
    for rung in rungs:
        between, gain = rung.interval, rung.gain or {}
        yield [
            rung.key,
            rung.title,
            rung.state,
            rung.reason,
            rung.rows or None,
            rung.accuracy,
            between.low if between else None,
            between.high if between else None,
            *(rung.levels[level - 1] if level <= len(rung.levels) else None for level in levels),
            rung.macro_f1,
            gain.get("points"),
            gain.get("low"),
            gain.get("high"),
            rung.fit_seconds,
            rung.rows_per_second,
            rung.megabytes,
        ]


def _as_json(ladder: Ladder) -> dict[str, Any]:
    return {
        "corpus": ladder.corpus.name,
        "created_at": ladder.created_at.isoformat(),
        "list_version": ladder.list_version,
        "settings": {"learnt": ladder.learnt, "config": ladder.config, **ladder.ground},
        "rungs": ladder.steps,
    }
