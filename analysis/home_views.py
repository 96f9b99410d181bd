"""`/`: what waits for the person who came in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analysis.services import shared_mistakes, waiting
from analysis.services.comparison import Comparison, compare
from analysis.services.headline import headline
from analysis.services.verdicts import Scope, default_source
from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action, may
from labelhub.labelling.models import Source
from labelhub.labelling.services import contests, questions, remarks
from labelhub.registry.services import versions

SEEDING = "seed_demo"  # the job that fills the demo

FIRST_STEPS = (  # field of waiting.Steps, what to do, why, where
    (
        "categories",
        _("Import the category tree"),
        _("the answers that people and models choose from"),
        "catalog:imports",
    ),
    (
        "samples",
        _("Import samples"),
        _("the products that people will label"),
        "catalog:imports",
    ),
    (
        "rounds",
        _("Open a labelling round"),
        _("who labels which samples, and by which guideline"),
        "labelling:rounds",
    ),
    (
        "labels",
        _("Label"),
        _("or import answers that you already have"),
        "labelling:label",
    ),
    (
        "corpus",
        _("Import a corpus"),
        _("training rows; or import predictions of a model of your own"),
        "analysis:runs",
    ),
    (
        "version",
        _("Train a version"),
        _("it learns in the background"),
        "analysis:runs",
    ),
    (
        "predictions",
        _("Predict the round"),
        _("then people and model can be compared"),
        "analysis:runs",
    ),
    (
        "judgements",
        _("Review disagreements"),
        _("who was right where they differ"),
        "analysis:review",
    ),
    (
        "report",
        _("Make a report"),
        _("frozen figures to forward"),
        "analysis:report",
    ),
)


@allowed(Action.ENTER)
def home(request: AuthenticatedRequest) -> HttpResponseBase:
    """Show each person what their role has to do, and how good people and model are."""
    role, now = request.user.role, timezone.now()
    reads = may(role, Action.READ_ANALYSIS)
    jobs = waiting.unfinished_jobs(asked_by=None if reads else request.user)
    table = _comparison() if reads else None
    context: dict[str, Any] = {
        "rounds": waiting.open_rounds(annotator=request.user, now=now)
        if may(role, Action.LABEL)
        else [],
        "may_label": may(role, Action.LABEL),
        "may_review": may(role, Action.REVIEW),
        "contests": contests.decidable(by=request.user).count() if may(role, Action.REVIEW) else 0,
        "may_run_rounds": may(role, Action.RUN_ROUNDS),
        "answered": questions.unread(request.user) if may(role, Action.LABEL) else [],
        "questions_waiting": questions.waiting().count() if may(role, Action.RUN_ROUNDS) else 0,
        "remarks_waiting": remarks.number_waiting() if may(role, Action.RUN_ROUNDS) else 0,
        "reads": reads,
        "seeding": next((job for job in jobs if job.kind == SEEDING), None),
        "jobs": [job for job in jobs if job.kind != SEEDING],
        "rules": waiting.list_state() if reads else None,
        "report": waiting.newest_report() if may(role, Action.READ_REPORT) else None,
        "steps": _first_steps() if may(role, Action.CURATE) else [],
        **(_figures(table) if table else {}),
    }
    return render(request, "analysis/home.html", context)


def _comparison() -> Comparison | None:
    """Return the comparison of the version in use, where there is anything to compare."""
    try:
        version = versions.chosen(name=None)
    except versions.NoVersion:
        return None
    table = compare(Scope(version=version, source=default_source()), now=timezone.now())
    return table if table.totals.total else None


def _figures(table: Comparison) -> dict[str, Any]:
    figures = headline(table)
    reached = figures.after.value
    return {
        "table": table,
        "figures": figures,
        "shared": shared_mistakes.estimate(table, figures),
        "is_people": table.scope.source is Source.PEOPLE,
        "target": settings.TARGET_ACCURACY,
        "distance": None if reached is None else reached - settings.TARGET_ACCURACY,
    }


def _first_steps() -> list[tuple[bool, Any, Any, str]]:
    """Return the road as a list of tasks until it has been walked once."""
    walked = waiting.steps()
    if walked.is_complete:
        return []
    return [(getattr(walked, field), what, why, url) for field, what, why, url in FIRST_STEPS]
