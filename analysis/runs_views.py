"""Runs and versions: train, predict, promote, roll back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from analysis.runs_forms import PredictForm, RunForm, RunsFilter
from analysis.services import (
    exclusions,
    gate,
    retraining,
    run_heads,
    run_list,
    run_page,
    sureness,
)
from analysis.services.run_list import Entry
from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.accounts.services import audit
from labelhub.errors import DomainError
from labelhub.registry.models import Corpus, ModelVersion, Run
from labelhub.registry.services import datasets, predictions, promotion
from labelhub.tables import export_format, ordering, paged, spreadsheet
from mlcore.corpus.plan import CurationPlan

SORTS: dict[str, Sequence[str]] = dict.fromkeys(run_list.KEYS, ())
COLUMNS = [
    "version",
    "origin",
    "stage",
    "corpus",
    "rows",
    "list_version",
    "accuracy",
    "predictions",
    "created_at",
]


@require_GET
@allowed(Action.READ_ANALYSIS)
def runs(request: AuthenticatedRequest) -> HttpResponseBase:
    """Every run and every imported version."""
    order = ordering(request, SORTS, default="-created")
    form = RunsFilter(request.GET)
    form.is_valid()
    found = run_list.entries(
        query=form.cleaned_data.get("q", ""),
        origin=form.cleaned_data.get("origin", ""),
        stage=form.cleaned_data.get("stage", ""),
        sort=order.key,
        is_descending=order.is_descending,
    )
    if file_form := export_format(request):
        audit.record(by=request.user, verb="exported the runs", target="runs", now=timezone.now())
        return spreadsheet(file_form, "runs", COLUMNS, _cells(found))
    shown = {
        "page": paged(request, found),
        "ordering": order,
        "form": form,
        "live": _live(),
        "has_corpus": Corpus.objects.exists(),
        "may_curate": request.user.may(Action.CURATE),
        "may_roll_back": request.user.may(Action.OVERRIDE_GATE),
    }
    return render(request, "analysis/runs.html", shown)


@require_http_methods(["GET", "POST"])
@allowed(Action.CURATE)
def new_run(request: AuthenticatedRequest) -> HttpResponse:
    """Start a training, with the exclusion list as it stands or without it."""
    corpus = asked_corpus(request)
    form = RunForm(request.POST or None, initial={"corpus": corpus})
    form.offer(corpus)
    if form.is_valid():
        try:
            run = _start(request, form)
        except DomainError as refusal:
            form.add_error("version_name", str(refusal))
        else:
            return redirect("analysis:run", run.pk)
    shown = {
        "form": form,
        "list_version": exclusions.current_version(),
        "rule_count": len(exclusions.rules_in_force()),
    }
    return render(request, "analysis/runs_new.html", shown)


@require_GET
@allowed(Action.READ_ANALYSIS)
def run(request: AuthenticatedRequest, run_id: int) -> HttpResponse:
    """
    One run: progress, dataset, learning curve, scores, and what to do with its version.

    The gate compares two versions sample by sample, so it is looked at only when asked for.
    """
    related = Run.objects.select_related("corpus", "dataset", "job", "created_by", "version")
    run = get_object_or_404(related, pk=run_id)
    version = getattr(run, "version", None)
    shown = {
        "run": run,
        "version": version,
        "gate": _gate(version) if request.GET.get("gate") else None,
        "steps": run_page.steps(run.dataset) if run.dataset else [],
        "plan": CurationPlan.from_record(run.plan),
        "has_categories": bool(run.dataset and datasets.categories(run.dataset)),
        "rules": run_page.rules(run.dataset) if run.dataset else [],
        "curve": run_page.learning_curve(run),
        "sureness": sureness.of(version) if version else None,
        "computed_at": timezone.now(),
        "live": _live(),
        "heads": run_heads.of(version) if version else [],
        "pictures": run_heads.pictures(version) if version else "",
        "interval": run_page.accuracy_interval(version) if version else None,
        "predict_form": PredictForm(),
        "prediction_jobs": run_page.prediction_jobs(version) if version else [],
        "predicted": version.predictions.count() if version else 0,
        "may_curate": request.user.may(Action.CURATE),
        "may_promote": request.user.may(Action.PROMOTE),
        "may_override": request.user.may(Action.OVERRIDE_GATE),
    }
    return render(request, "analysis/runs_run.html", shown)


@require_GET
@allowed(Action.READ_ANALYSIS)
def dataset_categories(request: AuthenticatedRequest, run_id: int) -> HttpResponseBase:
    """Each category's rows in the corpus and after each step of the curation, as a file."""
    run = get_object_or_404(Run.objects.select_related("dataset"), pk=run_id)
    found = datasets.categories(run.dataset) if run.dataset else None
    if found is None:
        raise Http404
    titles, counted = found
    audit.record(
        by=request.user, verb="exported a dataset's categories", target=run, now=timezone.now()
    )
    return spreadsheet(
        export_format(request) or "csv",
        f"categories_{run.version_name}",
        ["category_path", *titles],
        ([one.path, *one.rows] for one in counted),
    )


@require_POST
@allowed(Action.CURATE)
def predict(request: AuthenticatedRequest, run_id: int) -> HttpResponse:
    """Let the run's version predict a round."""
    version = get_object_or_404(ModelVersion, run_id=run_id)
    form = PredictForm(request.POST)
    if form.is_valid():
        predictions.start(
            version=version,
            round=form.cleaned_data["round"],
            by=request.user,
            now=timezone.now(),
        )
    else:
        messages.error(request, _("Choose a round to predict."))
    return redirect("analysis:run", run_id)


@require_POST
@allowed(Action.PROMOTE)
def promote(request: AuthenticatedRequest, run_id: int) -> HttpResponse:
    """Make the run's version live; the gate is looked at now, whatever the page said before."""
    version = get_object_or_404(ModelVersion, run_id=run_id)
    promotion.promote(
        version=version,
        gate=gate.check(version=version).result,
        override_reason=request.POST.get("reason", ""),
        by=request.user,
        now=timezone.now(),
    )
    messages.success(request, _("Live now: %(name)s.") % {"name": version.name})
    return redirect("analysis:run", run_id)


@require_POST
@allowed(Action.OVERRIDE_GATE)
def roll_back(request: AuthenticatedRequest) -> HttpResponse:
    """Make the version live again that was live before."""
    version = promotion.roll_back(
        by=request.user, now=timezone.now(), reason=request.POST.get("reason", "")
    )
    messages.success(request, _("Live again: %(name)s.") % {"name": version.name})
    return redirect("analysis:runs")


def asked_corpus(request: AuthenticatedRequest) -> Corpus | None:
    """Return the corpus that the address names, else the newest."""
    newest_first = Corpus.objects.order_by("-pk")
    asked = request.GET.get("corpus", "")
    named = newest_first.filter(pk=asked).first() if asked.isdecimal() else None
    return named or newest_first.first()


def _start(request: AuthenticatedRequest, form: RunForm) -> Run:
    begin = retraining.retrain if form.cleaned_data["with_rules"] else retraining.train_plainly
    return begin(
        corpus=form.cleaned_data["corpus"],
        version_name=form.cleaned_data["version_name"],
        config=form.config(),
        plan=form.plan(),
        learns_sample_names=form.cleaned_data["learns_sample_names"],
        by=request.user,
        now=timezone.now(),
    )


def _gate(version: ModelVersion | None) -> gate.Gate | None:
    if version is None or version.stage == ModelVersion.Stage.LIVE:
        return None
    return gate.check(version=version)


def _live() -> ModelVersion | None:
    return ModelVersion.objects.filter(stage=ModelVersion.Stage.LIVE).first()


def _cells(found: Sequence[Entry]) -> Iterator[list[Any]]:
    for entry in found:
        run, version = entry.run, entry.version
        yield [
            entry.name,
            "trained" if run else "imported",
            version.stage if version else "",
            run.corpus.name if run else "",
            entry.rows,
            run.list_version if run else "",
            entry.accuracy,
            entry.predictions,
            entry.created_at,
        ]
