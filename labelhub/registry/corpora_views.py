"""Corpora: what the training rows are, and new ones from a file."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.errors import DomainError
from labelhub.jobs.models import Job
from labelhub.registry.forms import CorpusForm
from labelhub.registry.models import Corpus
from labelhub.registry.services import corpora as importing
from labelhub.registry.services import corpus_pictures, corpus_uploads
from labelhub.tables import ordering, paged

SORTS = {
    "name": ("name",),
    "rows": ("rows", "name"),
    "categories": ("categories", "name"),
    "created": ("created_at", "name"),
}
SHOWN_ROWS = 200  # refused rows on the page of a corpus
SHOWN_JOBS = 3
SHOWN_FOR = timedelta(days=1)  # after that a refused import is history; /jobs/ still has it


@require_GET
@allowed(Action.READ_ANALYSIS)
def corpora(request: AuthenticatedRequest) -> HttpResponse:
    """Every corpus, and the imports that are under way or were refused."""
    order = ordering(request, SORTS, default="-created")
    found = Corpus.objects.annotate(run_count=Count("runs")).select_related("created_by")
    recent = Job.objects.filter(created_at__gt=timezone.now() - SHOWN_FOR)
    jobs = recent.filter(kind="import_corpus").exclude(state=Job.State.DONE)
    shown = {
        "page": paged(request, found.order_by(*order.fields, "pk")),
        "ordering": order,
        "jobs": jobs.order_by("-pk")[:SHOWN_JOBS],
        "may_curate": request.user.may(Action.CURATE),
    }
    return render(request, "registry/corpora.html", shown)


@require_http_methods(["GET", "POST"])
@allowed(Action.CURATE)
def new_corpus(request: AuthenticatedRequest) -> HttpResponse:
    """Choose a file of training rows; a job makes a corpus out of it."""
    words = importing.words(Corpus.objects.order_by("-pk").first())
    first = {"words": "\n".join(words.words)}
    form = CorpusForm(request.POST or None, request.FILES or None, initial=first)
    if form.is_valid():
        try:
            corpus_uploads.begin(by=request.user, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error("name", str(refusal))
        else:
            return redirect("registry:corpora")
    return render(request, "registry/corpus_new.html", {"form": form})


@require_GET
@allowed(Action.READ_ANALYSIS)
def corpus(request: AuthenticatedRequest, corpus_id: int) -> HttpResponse:
    """One corpus: what came in, what was left out, and which runs used it."""
    found = get_object_or_404(Corpus.objects.select_related("created_by"), pk=corpus_id)
    summary = importing.summary(found)
    pictures = corpus_pictures.summary(found)
    shown = {
        "pictures": pictures,
        "problems": pictures.problems[:SHOWN_ROWS] if pictures else (),
        "corpus": found,
        "words": importing.words(found).words,
        "summary": summary,
        "refused": summary.refused[:SHOWN_ROWS],
        "runs": found.runs.order_by("-pk"),
    }
    return render(request, "registry/corpus.html", shown)
