"""`/analysis/categories/<id>/`: one category, its partners and its samples."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from analysis import category_address
from analysis.comparison_forms import ScopeForm
from analysis.services.comparison import compare
from analysis.services.partners import Partner, SamplesOfCategory, coming_from, going_to
from analysis.services.verdicts import Scope
from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action, may
from labelhub.catalog.models import Category
from labelhub.labelling.models import Source
from labelhub.tables import paged
from labelhub.ui_tags import VERDICTS
from mlcore.quality.confusion import Verdict


@dataclass(frozen=True)
class Towards:
    """A partner category as the page shows it."""

    partner: Partner
    address: str


@allowed(Action.READ_ANALYSIS)
def category(request: AuthenticatedRequest, name: str) -> HttpResponseBase:
    """Show a category's figures with their formula, its partners and its samples."""
    found = category_address.named(name)
    if found is None:
        raise Http404
    form = ScopeForm(request.GET)
    # Everything below the category counts for it; the tree above has no say.
    scope = replace(form.scope, level=found.level)
    table = compare(replace(scope, under=found), now=timezone.now())
    verdict = _verdict(request)
    counted = getattr(table.totals, verdict) if verdict else table.totals.total
    samples = SamplesOfCategory(scope=scope, category=found, verdict=verdict, total=counted)
    form.show_defaults()
    context = {
        "category": found,
        "form": form,
        "choices": [form["model"], form["source"], form["axis"]],
        "table": replace(table, scope=scope),
        "counts": table.totals.counts,
        "is_people": scope.source is Source.PEOPLE,
        "directions": _directions(scope, found),
        "verdict": verdict,
        "verdicts": [(each, getattr(table.totals, each)) for each in VERDICTS],
        "page": paged(request, samples),
        "may_review": may(request.user.role, Action.REVIEW),
        "may_open_samples": may(request.user.role, Action.RUN_ROUNDS),
    }
    return render(request, "analysis/category.html", context)


def _verdict(request: AuthenticatedRequest) -> Verdict | None:
    wanted = request.GET.get("verdict", "")
    return Verdict(wanted) if wanted in VERDICTS else None


def _directions(scope: Scope, found: Category) -> list[tuple[str, list[Towards]]]:
    """Return the partners that samples go to, and those they come from."""
    return [
        ("out", [_towards(partner) for partner in going_to(scope, found)]),
        ("in", [_towards(partner) for partner in coming_from(scope, found)]),
    ]


def _towards(partner: Partner) -> Towards:
    address = category_address.address_of(code=partner.category_id, pk=partner.pk)
    return Towards(partner, address)
