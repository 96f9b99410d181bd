"""Searches of settings: start one, read what it found, train with the best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from analysis import search_charts
from analysis.runs_views import asked_corpus
from analysis.search_forms import SearchForm, TrainBestForm
from analysis.services import exclusions, retraining, search_page, search_words
from analysis.services.search_page import Trial
from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.accounts.services import audit
from labelhub.errors import DomainError
from labelhub.registry.models import Corpus, Search
from labelhub.registry.services import searches as asking
from labelhub.tables import Ordering, export_format, ordering, paged, spreadsheet
from mlcore.corpus.plan import CurationPlan

SORTS = {
    "name": ("name",),
    "corpus": ("corpus__name", "name"),
    "trials": ("trials", "name"),
    "created": ("created_at", "name"),
}
TRIAL_SORTS: dict[str, Sequence[str]] = dict.fromkeys(search_page.KEYS, ())
COLUMNS = ["trial", "state", "accuracy", "epochs", "seconds"]


@require_GET
@allowed(Action.READ_ANALYSIS)
def searches(request: AuthenticatedRequest) -> HttpResponse:
    """Every search of settings."""
    order = ordering(request, SORTS, default="-created")
    found = Search.objects.select_related("corpus", "job", "created_by")
    page = paged(request, found.order_by(*order.fields, "pk"))
    shown = {
        "page": page,
        "lines": [(search, search_page.ended(search)) for search in page],
        "ordering": order,
        "has_corpus": Corpus.objects.exists(),
        "may_curate": request.user.may(Action.CURATE),
    }
    return render(request, "analysis/searches.html", shown)


@require_http_methods(["GET", "POST"])
@allowed(Action.CURATE)
def new_search(request: AuthenticatedRequest) -> HttpResponse:
    """Start a search, with the exclusion list as it stands or without it."""
    corpus = asked_corpus(request)
    form = SearchForm(request.POST or None, initial={"corpus": corpus})
    form.offer(corpus)
    if form.is_valid():
        try:
            search = _start(request, form)
        except DomainError as refusal:
            form.add_error("name", str(refusal))
        else:
            return redirect("analysis:search", search.pk)
    shown = {
        "form": form,
        "list_version": exclusions.current_version(),
        "rule_count": len(exclusions.rules_in_force()),
    }
    return render(request, "analysis/searches_new.html", shown)


@require_GET
@allowed(Action.READ_ANALYSIS)
def search(request: AuthenticatedRequest, search_id: int) -> HttpResponseBase:
    """One search: what it found in words, charts and trials."""
    search = _search(search_id)
    order = ordering(request, TRIAL_SORTS, default="trial")
    trials = search_page.trials(search)
    if (form := export_format(request)) or request.GET.get("format") == "json":
        audit.record(by=request.user, verb="exported a search", target=search, now=timezone.now())
        if form is None:
            return JsonResponse(_as_json(search), json_dumps_params={"ensure_ascii": False})
        columns = [*COLUMNS, *search_page.names()]
        rows = _asked_for(request, trials, order)
        return spreadsheet(form, f"search_{search.name}", columns, _cells(rows))
    shown = _shown(request, search, trials, order)
    return render(request, "analysis/searches_search.html", shown)


@require_POST
@allowed(Action.CURATE)
def train_best(request: AuthenticatedRequest, search_id: int) -> HttpResponse:
    """Start a training with the best settings of the search."""
    search, form = _search(search_id), TrainBestForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the version a name."))
        return redirect("analysis:search", search.pk)
    try:
        run = asking.train_best(
            search=search,
            version_name=form.cleaned_data["version_name"],
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("analysis:search", search.pk)
    return redirect("analysis:run", run.pk)


def _search(search_id: int) -> Search:
    related = Search.objects.select_related("corpus", "dataset", "job", "created_by")
    return get_object_or_404(related, pk=search_id)


def _start(request: AuthenticatedRequest, form: SearchForm) -> Search:
    with_rules = form.cleaned_data["with_rules"]
    sealed = retraining.rules_in_force() if with_rules else retraining.NO_RULES
    return asking.start(
        corpus=form.cleaned_data["corpus"],
        name=form.cleaned_data["name"],
        rules=sealed.rules,
        list_version=sealed.number,
        plan=form.plan(),
        config=form.config(),
        trials=form.cleaned_data["trials"],
        workers=form.cleaned_data["workers"],
        by=request.user,
        now=timezone.now(),
    )


def _shown(
    request: AuthenticatedRequest, search: Search, trials: Sequence[Trial], order: Ordering
) -> dict[str, Any]:
    weights = search_page.weights(search)
    best = next((trial for trial in trials if trial.is_best), None)
    return {
        "search": search,
        "dataset_rows": search.dataset.rows if search.dataset else None,
        "plan": CurationPlan.from_record(search.plan),
        "ended": search_page.ended(search),
        "trials": trials,
        "page": paged(request, _asked_for(request, trials, order)),
        "states": [(state, str(name)) for state, name in search_page.STATES.items()],
        "ordering": order,
        "columns": [(name, search_page.title(name)) for name in search_page.names()],
        "seconds": sum(trial.seconds or 0.0 for trial in trials),
        "best": best,
        "best_settings": search_page.settings_of(best) if best else [],
        "interval": search_page.interval(search),
        "weights": weights,
        "findings": search_words.findings(search, trials),
        "history": search_charts.history(trials),
        "parallel": search_charts.parallel(search, trials),
        "importances": search_charts.importances(weights),
        "train_form": TrainBestForm(initial={"version_name": f"{search.name}-best"}),
        "may_curate": request.user.may(Action.CURATE),
    }


def _asked_for(
    request: AuthenticatedRequest, trials: Sequence[Trial], order: Ordering
) -> list[Trial]:
    """Return the trials of the state that the address names, sorted as it says."""
    state = request.GET.get("state", "")
    kept = [trial for trial in trials if state in ("", trial.state)]
    return sorted(kept, key=search_page.KEYS[order.key], reverse=order.is_descending)


def _cells(trials: Sequence[Trial]) -> Iterator[list[Any]]:
    for trial in trials:
        settings = [trial.settings.get(name) for name in search_page.names()]
        yield [trial.number, trial.state, trial.accuracy, trial.epochs, trial.seconds, *settings]


def _as_json(search: Search) -> dict[str, Any]:
    best = asking.best_config(search).as_record() if search.found.get("best") else None
    return {
        "name": search.name,
        "corpus": search.corpus.name,
        "list_version": search.list_version,
        "plan": search.plan,
        "config": search.config,
        "best_config": best,
        **search.found,
    }
