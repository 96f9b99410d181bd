"""`/review/ties/`: labels and judgements that balance, and the way to decide them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from analysis import sample_page
from analysis.services import ties
from analysis.services.ties import Kind, OpenTies, Tie
from analysis.ties_forms import TiesFilter
from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.accounts.services import audit
from labelhub.addresses import whole_number
from labelhub.catalog.models import Sample
from labelhub.errors import DomainError
from labelhub.labelling.models import Source
from labelhub.labelling.services import judgements
from labelhub.tables import export_format, ordering, paged, spreadsheet

KEPT = ("kind", "q")  # what an address says about the list
SALT = "categories shown in a tie"
SORTS: dict[str, Sequence[str]] = dict.fromkeys(ties.ORDERS, ())
COLUMNS = [
    "product_id",
    "product_name",
    "kind",
    "category_id",
    "category_path",
    "yes",
    "no",
    "total",
    "since",
]
SAID = {"yes": True, "no": False}  # what the form says of a category


@require_GET
@allowed(Action.READ_ANALYSIS)
def open_ties(request: AuthenticatedRequest) -> HttpResponseBase:
    """List what is open, and export it."""
    order = ordering(request, SORTS, default="-since")
    form = TiesFilter(request.GET)
    found = _ties(request, order=order.key, is_descending=order.is_descending)
    if file_form := export_format(request):
        if not request.user.may(Action.EXPORT_ROWS):
            raise PermissionDenied
        audit.record(by=request.user, verb="exported open ties", target="ties", now=timezone.now())
        return spreadsheet(file_form, "ties", COLUMNS, _cells(found[:]))
    may_judge = request.user.may(Action.REVIEW)
    context = {
        "page": paged(request, found),
        "ordering": order,
        "form": form,
        "may_judge": may_judge,
        "may_export": request.user.may(Action.EXPORT_ROWS),
        "judgeable": found.judgeable() if may_judge else 0,
        "next_id": found.next_sample() if may_judge else None,
        "kept": _kept(request),
        "kept_query": urlencode(_kept(request)),
        "last": _last(request),
        "computed_at": timezone.now(),
    }
    return render(request, "analysis/ties.html", context)


@require_GET
@allowed(Action.READ_ANALYSIS)
def tie(request: AuthenticatedRequest, sample_id: int) -> HttpResponse:
    """Show a product with the categories that balance on it, and nothing about whose they are."""
    get_object_or_404(Sample, pk=sample_id)
    found = _ties(request, everything=True).of_sample(sample_id)
    shown = ties.candidates(found, reviewer=request.user) if found else []
    context = {
        **sample_page.product(sample_id),
        "ties": found,
        "categories": shown or [each.category for tie in found for each in tie.standings],
        "may_judge": request.user.may(Action.REVIEW),
        "is_own": any(tie.is_own for tie in found),
        "is_mine": bool(found) and all(tie.is_mine for tie in found),
        "shown": signing.dumps([sample_id, [category.pk for category in shown]], salt=SALT),
        "kept": _kept(request),
        "list_address": _address(request),
        "later_address": _address(request, _ties(request).next_sample(after=sample_id)),
        "last": _last(request),
    }
    return render(request, "analysis/tie.html", context)


@require_POST
@allowed(Action.REVIEW)
def judge_tie(request: AuthenticatedRequest, sample_id: int) -> HttpResponseBase:
    """Keep a verdict on every category that was shown, or take it back; then show the next tie."""
    sample = get_object_or_404(Sample, pk=sample_id)
    found = _ties(request, everything=True)
    try:
        if request.POST.get("undo"):
            judgements.undo(sample=sample, reviewer=request.user, now=timezone.now())
            return redirect(_address(request, sample_id))
        shown = _shown(request, sample_id)
        ties.decide(
            ties=found.of_sample(sample_id),
            sample=sample,
            verdicts={pk: _said(request, pk) for pk in shown},
            shown=shown,
            reviewer=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(_address(request, sample_id))
    following = _ties(request).next_sample(after=sample_id)
    return redirect(_address(request, following, last=sample_id))


def _ties(
    request: AuthenticatedRequest,
    *,
    everything: bool = False,
    order: str = "since",
    is_descending: bool = True,
) -> OpenTies:
    """Return the ties that the address asks for, or all of them."""
    said = {} if everything else _kept(request)
    return OpenTies(
        source=Source.PEOPLE,
        reader=request.user,
        kind=Kind(said["kind"]) if said.get("kind") in list(Kind) else None,
        query=said.get("q", ""),
        order=order,
        is_descending=is_descending,
    )


def _shown(request: HttpRequest, sample_id: int) -> list[int]:
    """Read which categories the reviewer saw from the signed form."""
    try:
        signed_for, shown = signing.loads(request.POST.get("shown", ""), salt=SALT)
    except (signing.BadSignature, TypeError, ValueError):
        raise BadRequest("This form was not made by this page.") from None
    if signed_for != sample_id or not shown:
        raise BadRequest("This form was made for another product.")
    return [int(pk) for pk in shown]


def _said(request: HttpRequest, category: int) -> bool:
    try:
        return SAID[request.POST.get(f"category-{category}", "")]
    except KeyError:
        raise BadRequest("A verdict is missing.") from None


def _last(request: AuthenticatedRequest) -> dict[str, Any] | None:
    """Return the product that was judged just now, with what is still tied on it."""
    number = whole_number(request.GET.get("last"))
    sample = Sample.objects.filter(pk=number).first() if number else None
    if sample is None or not request.user.may(Action.REVIEW):
        return None
    return {"sample": sample, "ties": _ties(request, everything=True).of_sample(sample.pk)}


def _kept(request: HttpRequest) -> dict[str, str]:
    asked = request.POST if request.method == "POST" else request.GET
    return {key: asked[key] for key in KEPT if asked.get(key)}


def _address(request: HttpRequest, sample_id: int | None = None, **more: int) -> str:
    """Return where a tie is, or the list, with what the address says about the list."""
    at = reverse("analysis:tie", args=[sample_id]) if sample_id else reverse("analysis:ties")
    query = urlencode({**_kept(request), **more})
    return f"{at}?{query}" if query else at


def _cells(found: Sequence[Tie]) -> Iterator[list[Any]]:
    for tie in found:
        for standing in tie.standings:
            yield [
                tie.product_id,
                tie.name,
                tie.kind.value,
                standing.category.code,
                standing.category.path,
                tie.yes,
                tie.no,
                tie.total,
                tie.since,
            ]
