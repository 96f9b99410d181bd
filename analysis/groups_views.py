"""Category groups: choose nodes of the tree by searching their paths, and name the set."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from analysis.models import CategoryGroup
from analysis.services import exclusions, groups
from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.addresses import whole_number
from labelhub.catalog.models import Category, CategoryQuerySet
from labelhub.errors import DomainError

SHOWN = 30  # found categories; more words narrow it


@dataclass(frozen=True)
class Choice:
    """What the form holds: the name, the chosen nodes and those that a search found."""

    name: str
    query: str
    chosen: CategoryQuerySet
    found: CategoryQuerySet
    base: int


@require_GET
@allowed(Action.READ_ANALYSIS)
def all_groups(request: AuthenticatedRequest) -> HttpResponse:
    """Every group with its categories and how many rules speak about it."""
    found = CategoryGroup.objects.annotate(
        rule_count=Count("rules", filter=Q(rules__removed_in=None), distinct=True)
    )
    found = found.prefetch_related("categories").order_by("name", "pk")
    shown = {"groups": found, "may_curate": request.user.may(Action.CURATE)}
    return render(request, "analysis/rules_groups.html", shown)


@require_http_methods(["GET", "POST"])
@allowed(Action.CURATE)
def new_group(request: AuthenticatedRequest) -> HttpResponse:
    """Name a set of categories."""
    return _form(request, group=None)


@require_http_methods(["GET", "POST"])
@allowed(Action.CURATE)
def group(request: AuthenticatedRequest, group_id: int) -> HttpResponse:
    """Rename a group or change its categories."""
    return _form(request, group=get_object_or_404(CategoryGroup, pk=group_id))


@require_POST
@allowed(Action.CURATE)
def choices(request: AuthenticatedRequest) -> HttpResponse:
    """The part of the form that a search changes: chosen nodes first, then what was found."""
    return render(request, "analysis/_rules_choices.html", {"choice": _posted(request)})


@require_POST
@allowed(Action.CURATE)
def remove_group(request: AuthenticatedRequest, group_id: int) -> HttpResponse:
    """Forget a group that no rule speaks about."""
    group = get_object_or_404(CategoryGroup, pk=group_id)
    groups.remove_group(group=group, by=request.user, now=timezone.now())
    messages.success(request, _("Group removed: %(name)s.") % {"name": group.name})
    return redirect("analysis:groups")


def _form(request: AuthenticatedRequest, *, group: CategoryGroup | None) -> HttpResponse:
    refusal = ""
    choice = _posted(request) if request.method == "POST" else _stored(group)
    if "save" in request.POST:
        try:
            return _save(request, group, choice)
        except DomainError as error:
            refusal = str(error)
    shown = {"group": group, "choice": choice, "refusal": refusal}
    return render(request, "analysis/rules_group.html", shown)


def _save(
    request: AuthenticatedRequest, group: CategoryGroup | None, choice: Choice
) -> HttpResponse:
    by, now, categories = request.user, timezone.now(), list(choice.chosen)
    if group is None:
        groups.make_group(name=choice.name, categories=categories, by=by, now=now)
    else:
        groups.change_group(
            group=group, name=choice.name, categories=categories, base=choice.base, by=by, now=now
        )
    messages.success(request, _("Group saved: %(name)s.") % {"name": choice.name})
    return redirect("analysis:groups")


def _posted(request: AuthenticatedRequest) -> Choice:
    numbers = map(whole_number, request.POST.getlist("categories"))
    ids = [number for number in numbers if number is not None]
    base = whole_number(request.POST.get("base"))
    query = request.POST.get("q", "")
    return Choice(
        name=request.POST.get("name", ""),
        query=query,
        chosen=_in_order(Category.objects.filter(pk__in=ids)),
        found=_search(query, without=ids),
        base=-1 if base is None else base,
    )


def _stored(group: CategoryGroup | None) -> Choice:
    chosen = Category.objects.filter(groups=group) if group else Category.objects.none()
    return Choice(
        name=group.name if group else "",
        query="",
        chosen=_in_order(chosen),
        found=Category.objects.none(),
        base=exclusions.current_version(),
    )


def _search(query: str, *, without: list[int]) -> CategoryQuerySet:
    words = query.replace(">", " ").split()
    if not words:
        return Category.objects.none()
    found = Category.objects.current().exclude(pk__in=without)
    for word in words:
        found = found.filter(path__icontains=word)
    # Short paths first: a group is mostly made of whole subtrees.
    return found.order_by("level", "path", "pk")[:SHOWN]


def _in_order(categories: CategoryQuerySet) -> CategoryQuerySet:
    return categories.order_by("path", "pk")
