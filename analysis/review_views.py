"""`/review/`: disagreements between people and a model, one at a time, blinded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core import signing
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from analysis import sample_page
from analysis.services import headline, review
from analysis.services.review import Selection, Sides
from analysis.services.verdicts import default_source
from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.addresses import whole_number
from labelhub.catalog.models import Category, Sample
from labelhub.catalog.services import finder
from labelhub.errors import DomainError
from labelhub.labelling.models import Source
from labelhub.labelling.services import judgements
from labelhub.registry.models import ModelVersion
from labelhub.registry.services import versions

KEPT = ("version", "source", "under")  # what an address says about the queue
MOST_LATER = 200  # samples put off that a session remembers
SALT = "pair shown in review"
VERDICTS = {  # what a button says of the first and of the second category
    "first": (True, False),
    "second": (False, True),
    "both": (True, True),
    "neither": (False, False),
}


@dataclass(frozen=True)
class Shown:
    """What a reviewer had before their eyes, signed into the form."""

    sample: int
    first: int
    second: int
    is_unblinded: bool


@require_GET
@allowed(Action.READ_ANALYSIS)
def review_page(request: AuthenticatedRequest) -> HttpResponseBase:
    """
    Show the next disagreement, or the product that the address names.

    Who may read analyses but not judge goes through the same queue and changes nothing in it; they
    see as little of the two sides as a reviewer does before the verdict.
    """
    try:
        selection = _selection(request)
    except versions.NoVersion as refusal:
        return render(request, "analysis/review_empty.html", {"reason": str(refusal)})
    may_judge, place = request.user.may(Action.REVIEW), whole_number(request.GET.get("place")) or 0
    waiting = review.waiting(
        selection=selection,
        reviewer=request.user,
        later=request.session.get("later", []),
        place=0 if may_judge else place,
    )
    context: dict[str, Any] = {
        "selection": selection,
        "waiting": waiting,
        "agreement": headline.reviewers_agreement().value,
        "last": _last(request, selection) if may_judge else None,
        "kept": _kept(request),
    }
    sample_id = _wanted(request) or waiting.next_id
    if sample_id is None and waiting.remaining:  # somebody judged meanwhile: start again
        return redirect(_address(request))
    found = review.sides(sample_id=sample_id, selection=selection) if sample_id else None
    if found is None:
        return render(request, "analysis/review_done.html", {**context, "wanted": sample_id})
    if not may_judge:
        around = _around(request, waiting, place)
        shown = {**context, **around, **_pair(request, found)}
        return render(request, "analysis/review_read.html", shown)
    return render(
        request, "analysis/review.html", {**context, **_product(request, found, selection)}
    )


@require_POST
@allowed(Action.REVIEW)
def judge(request: AuthenticatedRequest) -> HttpResponseBase:
    """Keep a verdict on the pair that was shown, and go on."""
    shown = _shown(request)
    verdict = request.POST.get("verdict", "")
    if verdict == "later":
        put_off = [*request.session.get("later", []), shown.sample]
        request.session["later"] = put_off[-MOST_LATER:]
        return redirect(_address(request))
    if verdict not in VERDICTS:
        raise BadRequest("No such verdict.")
    said = _said(shown, verdict)
    if verdict == "neither" and (right := whole_number(request.POST.get("right"))):
        said[get_object_or_404(Category.objects.current(), pk=right).pk] = True
    try:
        judgements.judge(
            sample=get_object_or_404(Sample, pk=shown.sample),
            verdicts=said,
            reviewer=request.user,
            pair_shown=[shown.first, shown.second],
            is_unblinded=shown.is_unblinded,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(_address(request))
    return redirect(_address(request, last=shown.sample))


@require_POST
@allowed(Action.REVIEW)
def undo(request: AuthenticatedRequest) -> HttpResponseBase:
    """Take back the verdict on a product and show it again."""
    sample = get_object_or_404(Sample, pk=whole_number(request.POST.get("sample")))
    try:
        judgements.undo(sample=sample, reviewer=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect(_address(request))
    return redirect(_address(request, product=sample.product_id))


def _said(shown: Shown, verdict: str) -> dict[int, bool]:
    """Return what a button says of the categories that were shown; both may be the same."""
    first, second = VERDICTS[verdict]
    if shown.first == shown.second:
        return {shown.first: first}
    return {shown.first: first, shown.second: second}


def _selection(request: HttpRequest) -> Selection:
    """Read from the address which disagreements are meant."""
    number = whole_number(request.GET.get("version"))
    version = ModelVersion.objects.filter(pk=number).first() if number else None
    source = request.GET.get("source")
    under = whole_number(request.GET.get("under"))
    return Selection(
        version=version or versions.chosen(name=None),
        source=source if source in Source.values else default_source(),
        under=Category.objects.filter(pk=under).first() if under else None,
    )


def _product(request: AuthenticatedRequest, found: Sides, selection: Selection) -> dict[str, Any]:
    """Return what the page shows of a sample before the verdict."""
    pair = _pair(request, found)
    first, second, sample = pair["first"], pair["second"], pair["sample"]
    is_open = request.GET.get("evidence") == "1"
    is_unblinded = is_open or review.has_seen_sides(sample_id=sample.pk, reviewer=request.user)
    shown = Shown(sample.pk, first.pk, second.pk, is_unblinded)
    return {
        **pair,
        "shown": signing.dumps(list(vars(shown).values()), salt=SALT),
        "is_own": review.is_own(sample_id=sample.pk, reviewer=request.user),
        "evidence": review.evidence(found=found, selection=selection) if is_open else None,
        "evidence_address": f"?{_query(request, product=sample.product_id, evidence='1')}",
        "tree_url": f"{reverse('catalog:api-categories')}?v={finder.version()}",
    }


def _pair(request: AuthenticatedRequest, found: Sides) -> dict[str, Any]:
    """Return the product and its two categories, shuffled; nothing tells whose is which."""
    first, second = review.shuffled(found, reviewer=request.user)
    return {**sample_page.product(found.sample.pk), "first": first, "second": second}


def _around(request: HttpRequest, waiting: review.Waiting, place: int) -> dict[str, Any]:
    """Return where a reader goes from here; what the address names stands outside the queue."""
    if _wanted(request):
        return {}
    return {
        "place": place + 1,
        "before": _address(request, place=place - 1) if place else None,
        "after": _address(request, place=place + 1) if place + 1 < waiting.remaining else None,
    }


def _last(request: AuthenticatedRequest, selection: Selection) -> review.Judged | None:
    number = whole_number(request.GET.get("last"))
    if not number:
        return None
    return review.judged_by(sample_id=number, selection=selection, reviewer=request.user)


def _wanted(request: HttpRequest) -> int | None:
    """Return the product that the address names."""
    product = request.GET.get("product")
    if not product:
        return None
    return get_object_or_404(Sample, product_id=product).pk


def _shown(request: HttpRequest) -> Shown:
    """Read what the reviewer saw from the signed form."""
    try:
        return Shown(*signing.loads(request.POST.get("shown", ""), salt=SALT))
    except (signing.BadSignature, TypeError):
        raise BadRequest("This form was not made by this page.") from None


def _kept(request: HttpRequest) -> dict[str, str]:
    asked = request.POST if request.method == "POST" else request.GET
    return {key: asked[key] for key in KEPT if asked.get(key)}


def _query(request: HttpRequest, **more: str | int) -> str:
    return urlencode({**_kept(request), **more})


def _address(request: HttpRequest, **more: str | int) -> str:
    return f"{reverse('analysis:review')}?{_query(request, **more)}"
