"""Look at the samples and at the category tree."""

from __future__ import annotations

from django.db.models import Prefetch, Q
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.accounts.services import audit
from labelhub.catalog.models import (
    Category,
    CategoryQuerySet,
    Sample,
    SampleImage,
    Synonym,
)
from labelhub.catalog.services import tree
from labelhub.tables import export_format, ordering, paged, spreadsheet

SAMPLE_SORTS = {"product": ("product_id",), "name": ("name",), "mall": ("mall_name",)}
TREE_SORTS = {"path": ("path",), "code": ("code",), "level": ("level", "path")}


@require_GET
@allowed(Action.RUN_ROUNDS)
def samples(request: AuthenticatedRequest) -> HttpResponseBase:
    """Every sample; filtered by a part of its name or id."""
    order = ordering(request, SAMPLE_SORTS, default="product")
    found = Sample.objects.select_related("given_category").order_by(*order.fields, "pk")
    query = request.GET.get("q", "").strip()
    if query:
        found = found.filter(Q(name__icontains=query) | Q(product_id__startswith=query))
    page = paged(request, found)
    return render(request, "catalog/samples.html", {"page": page, "ordering": order})


@require_GET
@allowed(Action.RUN_ROUNDS)
def sample(request: AuthenticatedRequest, sample_id: int) -> HttpResponseBase:
    """One sample as its shop delivered it."""
    pictures = Prefetch("images", SampleImage.objects.select_related("image").order_by("position"))
    found = get_object_or_404(
        Sample.objects.select_related("given_category").prefetch_related(pictures), pk=sample_id
    )
    return render(request, "catalog/sample.html", {"sample": found})


@require_GET
@allowed(Action.RUN_ROUNDS)
def categories(request: AuthenticatedRequest) -> HttpResponseBase:
    """The category tree as a list; exports are re-read by the import of categories."""
    order = ordering(request, TREE_SORTS, default="path")
    found = _filtered(request).order_by(*order.fields, "pk")
    if form := export_format(request):
        audit.record(
            by=request.user,
            verb="exported categories",
            target=None,
            details={"format": form},
            now=timezone.now(),
        )
        columns = ["category_id", "name", "category_path", "depth", "is_leaf"]
        rows = found.values_list("code", "name", "path", "level", "is_leaf")
        return spreadsheet(form, "categories", columns, rows.iterator())
    current = Prefetch("synonyms", Synonym.objects.current().order_by("word"), "current_synonyms")
    shown = {"page": paged(request, found.prefetch_related(current)), "ordering": order}
    return render(request, "catalog/categories.html", shown)


def _filtered(request: AuthenticatedRequest) -> CategoryQuerySet:
    found = Category.objects.all()
    if not request.GET.get("retired"):
        found = found.current()
    if request.GET.get("catch_all"):
        found = found.filter(is_catch_all=True)
    for word in request.GET.get("q", "").split():
        found = found.filter(Q(path__icontains=word) | Q(code=word))
    return found


@require_POST
@allowed(Action.RUN_ROUNDS)
def mark_catch_all(request: AuthenticatedRequest, category_id: int) -> HttpResponseBase:
    """Say whether a category is a catch-all (기타 by name unless somebody decides)."""
    category = get_object_or_404(Category, pk=category_id)
    is_catch_all = request.POST.get("is_catch_all") == "1"
    tree.mark_catch_all(
        category=category, is_catch_all=is_catch_all, by=request.user, now=timezone.now()
    )
    return redirect(_way_back(request))


def _way_back(request: AuthenticatedRequest) -> str:
    """Follow `next` only back to the list it came from."""
    address = request.POST.get("next") or ""
    return address if address.startswith("/categories/?") else "catalog:categories"
