"""Questions about guidelines: ask, answer, read."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.addresses import whole_number
from labelhub.catalog.models import Sample
from labelhub.errors import DomainError
from labelhub.labelling.models import Assignment, Guideline, Question, Round
from labelhub.labelling.services import guiding, questions, sealing
from labelhub.tables import paged

LONGEST = 2000  # characters of a question


@require_GET
@allowed(Action.RUN_ROUNDS)
def question_list(request: AuthenticatedRequest) -> HttpResponseBase:
    """The questions that wait for an answer, the oldest first."""
    page = paged(request, questions.waiting(), per_page=20)
    context = {"page": page, "asked": guiding.for_curators(page), "tends": True}
    return render(request, "labelling/questions.html", context)


@require_POST
@allowed(Action.LABEL)
def ask(request: AuthenticatedRequest, guideline_id: int) -> HttpResponseBase:
    """Ask about a guideline on its own page."""
    guideline = get_object_or_404(Guideline, pk=guideline_id)
    try:
        questions.ask(
            guideline=guideline, text=_text(request), asked_by=request.user, now=timezone.now()
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Your question was sent. The answer will wait here for you."))
    return redirect("labelling:guideline", guideline.pk)


@require_POST
@allowed(Action.LABEL)
def ask_in_round(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """Ask from the label page, perhaps about the product at hand; the page stays where it is."""
    rounds = Round.objects.of(request.user).select_related("guideline")
    round = get_object_or_404(rounds, pk=round_id)
    refusal = ""
    try:
        questions.ask_in(
            round=round,
            text=_text(request),
            asked_by=request.user,
            sample=_sample_at_hand(request, round),
            now=timezone.now(),
        )
    except DomainError as error:
        refusal = str(error)
    if request.headers.get("X-Requested-With") != "fetch":  # no script: the whole page again
        if refusal:
            messages.error(request, refusal)
        return redirect("labelling:label-round", round.pk)
    round.refresh_from_db()
    guidance = guiding.of_round(round, reader=request.user)
    context = {"guidance": guidance, "refusal": refusal, "is_sent": not refusal}
    return render(request, "labelling/_questions.html", context)


@require_POST
@allowed(Action.RUN_ROUNDS)
def answer(request: AuthenticatedRequest, question_id: int) -> HttpResponseBase:
    """Answer a question, or put an answer right."""
    question = get_object_or_404(Question.objects.select_related("guideline"), pk=question_id)
    try:
        questions.answer(
            question=question,
            seen=request.POST.get("seen", "").replace("\r\n", "\n"),
            text=request.POST.get("answer", "").replace("\r\n", "\n"),
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Answered. Whoever asked is told, and everybody can read it."))
    if request.POST.get("from") == "list":
        return redirect("labelling:questions")
    return redirect("labelling:guideline", question.guideline_id)


@require_POST
@allowed(Action.LABEL)
def answer_read(request: AuthenticatedRequest, question_id: int) -> HttpResponseBase:
    """Note that the asker has read the answer; it stays under the guideline."""
    questions.mark_read(asker=request.user, question_id=question_id, now=timezone.now())
    if request.headers.get("HX-Request") == "true":
        return HttpResponse("")
    return redirect("analysis:home")


def _text(request: AuthenticatedRequest) -> str:
    return request.POST.get("text", "")[:LONGEST]


def _sample_at_hand(request: AuthenticatedRequest, round: Round) -> Sample | None:
    """Return the product of an assignment that this person holds or answered, if one is named."""
    chosen = whole_number(request.POST.get("assignment"))
    if chosen is None:
        return None
    pk = sealing.opened_in(round, chosen)
    mine = Assignment.objects.filter(pk=pk, round=round, annotator=request.user)
    held = mine.select_related("sample").first()
    return held.sample if held else None
