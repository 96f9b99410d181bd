"""The samples of a round whose label is the least sure, and asking about them once more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.accounts.services import audit
from labelhub.addresses import whole_number
from labelhub.catalog.models import Category, Sample
from labelhub.errors import DomainError
from labelhub.labelling.models import Consensus, Round, Source
from labelhub.labelling.services import reopening
from labelhub.registry.models import ModelVersion
from labelhub.registry.services import versions
from labelhub.registry.services.relabelling import Doubt, weakest_first
from labelhub.tables import export_format, paged, spreadsheet

COLUMNS = ["product_id", "product_name", "label", "state", "votes", "proposed", "quality"]
MOST_AT_ONCE = 10_000  # samples asked about again by one click


@dataclass(frozen=True)
class Row:
    """A doubt with what the page shows of it."""

    doubt: Doubt
    sample: Sample
    label: Consensus | None
    proposed: str  # path of the likeliest category; empty where votes alone count


@require_GET
@allowed(Action.RUN_ROUNDS)
def weak_samples(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """List a round's samples, the least sure first."""
    round = _round(round_id)
    version = _version(request)
    doubts = weakest_first(round, version)
    if form := export_format(request):
        audit.record(by=request.user, verb="exported weak labels", target=round, now=timezone.now())
        return spreadsheet(form, f"weak-labels-{round.pk}", COLUMNS, _cells(_rows(round, doubts)))
    page = paged(request, doubts)
    context = {
        "round": round,
        "version": version,
        "is_weighed": any(doubt.proposed_id for doubt in page),
        "versions": ModelVersion.objects.predicting().order_by("-created_at", "-pk"),
        "page": page,
        "rows": _rows(round, list(page)),
    }
    return render(request, "analysis/weak.html", context)


@require_POST
@allowed(Action.RUN_ROUNDS)
def ask_again(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """Want one answer more for as many of the least sure samples as were asked for."""
    round = _round(round_id)
    number = min(whole_number(request.POST.get("number")) or 0, MOST_AT_ONCE)
    weakest = weakest_first(round, _version(request))[:number]
    try:
        asked = reopening.ask_again(
            round=round,
            sample_ids=[doubt.sample_id for doubt in weakest],
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        text = ngettext(
            "%(number)d product is asked about once more.",
            "%(number)d products are asked about once more.",
            asked,
        )
        messages.success(request, text % {"number": asked})
    query = request.GET.urlencode()
    return redirect(f"{reverse('analysis:weak', args=[round_id])}{f'?{query}' if query else ''}")


def _round(round_id: int) -> Round:
    return get_object_or_404(Round, pk=round_id, source=Source.PEOPLE, is_blind=True)


def _version(request: HttpRequest) -> ModelVersion | None:
    """Return the version that is asked for, or the one in use; None where there is none."""
    try:
        return versions.chosen(name=request.GET.get("model") or None)
    except versions.NoVersion:
        return None


def _rows(round: Round, doubts: Sequence[Doubt]) -> list[Row]:
    wanted = [doubt.sample_id for doubt in doubts]
    samples = Sample.objects.in_bulk(wanted)
    labels = {
        label.sample_id: label
        for label in Consensus.objects.filter(
            sample__in=wanted, source=round.source
        ).select_related("category")
    }
    proposed = {doubt.proposed_id for doubt in doubts if doubt.proposed_id}
    paths = dict(Category.objects.filter(pk__in=proposed).values_list("pk", "path"))
    return [
        Row(
            doubt,
            samples[doubt.sample_id],
            labels.get(doubt.sample_id),
            paths.get(doubt.proposed_id or 0, ""),
        )
        for doubt in doubts
    ]


def _cells(rows: Sequence[Row]) -> Iterator[list[object]]:
    for row in rows:
        label = row.label
        yield [
            row.sample.product_id,
            row.sample.name,
            label.category.path if label and label.category else "",
            label.state if label else "",
            label.votes if label else "",
            row.proposed,
            row.doubt.quality,
        ]
