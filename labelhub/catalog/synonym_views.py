"""Other words for categories: what is in force, and what failed searches propose."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.accounts.services import audit
from labelhub.catalog.models import Synonym, SynonymProposal, SynonymQuerySet
from labelhub.catalog.services import finder, imports, spelling
from labelhub.catalog.services import synonyms as services
from labelhub.catalog.synonym_forms import SynonymForm
from labelhub.errors import DomainError
from labelhub.tables import export_format, ordering, paged, spreadsheet

SORTS = {
    "word": ("word",),
    "of": ("category__path", "stands_for", "word"),
    "when": ("created_at",),
}
PROPOSALS_SHOWN = 50  # the most frequent ones; deciding on them brings up the next
COLUMNS = ["word", "category_id", "category_path", "stands_for", "is_inside", "created_at"]
FIELDS = ("word", "category__code", "category__path", "stands_for", "is_inside", "created_at")


@require_GET
@allowed(Action.RUN_ROUNDS)
def synonyms(request: AuthenticatedRequest) -> HttpResponseBase:
    """The synonyms in force, the proposals, and forms to add more."""
    order = ordering(request, SORTS, default="of")
    found = _filtered(request).order_by(*order.fields, "pk")
    if form := export_format(request):
        audit.record(
            by=request.user,
            verb="exported synonyms",
            details={"format": form},
            now=timezone.now(),
        )
        return spreadsheet(form, "synonyms", COLUMNS, found.values_list(*FIELDS).iterator())
    rows = found.select_related("category", "created_by")
    return _shown(request, {"page": paged(request, rows), "ordering": order})


def _filtered(request: AuthenticatedRequest) -> SynonymQuerySet:
    found = Synonym.objects.current()
    match request.GET.get("of"):
        case "category":
            found = found.of_categories()
        case "word":
            found = found.of_words()
    for word in spelling.normalised(request.GET.get("q", "")).split():
        found = found.filter(
            Q(word__contains=word)
            | Q(stands_for__contains=word)
            | Q(category__path__icontains=word)
            | Q(category__code=word)
        )
    return found


def _shown(
    request: AuthenticatedRequest, context: dict[str, Any], form: SynonymForm | None = None
) -> HttpResponse:
    open_ones = SynonymProposal.objects.filter(state=SynonymProposal.State.PROPOSED)
    proposals = open_ones.select_related("category").order_by("-count", "-last_at", "pk")
    context |= {
        "proposals": proposals[:PROPOSALS_SHOWN],
        "proposal_count": open_ones.count(),
        "form": form or SynonymForm(),
        "tree_url": f"{reverse('catalog:api-categories')}?v={finder.version()}",
        "has_any": Synonym.objects.exists(),
    }
    return render(request, "catalog/synonyms.html", context)


@require_POST
@allowed(Action.RUN_ROUNDS)
def add(request: AuthenticatedRequest) -> HttpResponseBase:
    """Add a synonym of a category or of a word."""
    form = SynonymForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write the word, and what it stands for."))
        return redirect("catalog:synonyms")
    try:
        synonym = services.add(**form.cleaned_data, by=request.user, now=timezone.now())
        messages.success(request, _("%(word)s is a synonym now.") % {"word": synonym.word})
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect("catalog:synonyms")


@require_POST
@allowed(Action.RUN_ROUNDS)
def start(request: AuthenticatedRequest) -> HttpResponseBase:
    """Take over the general list that an installation may start with."""
    batch = imports.import_file(
        kind="synonyms", path=spelling.STARTING_LIST, by=request.user, now=timezone.now()
    )
    return redirect("catalog:import_batch", batch.pk)


@require_POST
@allowed(Action.RUN_ROUNDS)
def remove(request: AuthenticatedRequest, synonym_id: int) -> HttpResponseBase:
    """Retire a synonym."""
    synonym = get_object_or_404(Synonym.objects.select_related("category"), pk=synonym_id)
    services.remove(synonym=synonym, by=request.user, now=timezone.now())
    messages.info(request, _("%(word)s is no synonym any more.") % {"word": synonym.word})
    return redirect(_way_back(request))


@require_POST
@allowed(Action.RUN_ROUNDS)
def decide(request: AuthenticatedRequest, proposal_id: int) -> HttpResponseBase:
    """Accept or dismiss what failed searches propose."""
    found = SynonymProposal.objects.select_related("category")
    proposal = get_object_or_404(found, pk=proposal_id)
    change = services.accept if request.POST.get("accept") else services.dismiss
    try:
        change(proposal=proposal, by=request.user, now=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
    return redirect(_way_back(request))


def _way_back(request: AuthenticatedRequest) -> str:
    """Follow `next` only back to the list it came from."""
    address = request.POST.get("next") or ""
    return address if address.startswith("/synonyms/?") else "catalog:synonyms"
