"""Guidelines: the list, one of them, writing, versions, examples."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.addresses import whole_number
from labelhub.catalog.models import Category
from labelhub.errors import DomainError
from labelhub.labelling.guideline_forms import LONGEST, ExampleForm, GuidelineForm
from labelhub.labelling.label_views import tree_address
from labelhub.labelling.models import Guideline, GuidelineExample
from labelhub.labelling.services import examples, guidelines, guiding, wording
from labelhub.markdown import render as render_markdown
from labelhub.tables import ordering, paged

SORTS = {
    "title": ("heading",),
    "changed": ("changed_at",),
    "rounds": ("rounds_led",),
    "questions": ("waiting",),
}
KINDS = {"rounds": True, "categories": False}


@require_GET
@allowed(Action.ENTER)
def guideline_list(request: AuthenticatedRequest) -> HttpResponseBase:
    """Every guideline; those with open questions can be sorted first."""
    order = ordering(request, SORTS, default="title")
    found = guidelines.overview(
        words=request.GET.get("q", "").split(), of_rounds=KINDS.get(request.GET.get("of", ""))
    )
    page = paged(request, found.order_by(*order.fields, "pk"))
    context = {"page": page, "ordering": order, "tends": _tends(request)}
    return render(request, "labelling/guidelines.html", context)


@require_GET
@allowed(Action.ENTER)
def guideline_page(request: AuthenticatedRequest, guideline_id: int) -> HttpResponseBase:
    """One guideline with its examples, questions and rounds."""
    guideline = _known(guideline_id)
    return _page(request, guideline, ExampleForm(initial={"category": guideline.category_id}))


@require_http_methods(["GET", "POST"])
@allowed(Action.RUN_ROUNDS)
def guideline_new(request: AuthenticatedRequest) -> HttpResponseBase:
    """Write a guideline for rounds."""
    form = GuidelineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            made = guidelines.write(
                name=chosen["name"], text=chosen["text"], by=request.user, now=timezone.now()
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The guideline was written. Choose it in a round."))
            return redirect("labelling:guideline", made.pk)
    return render(request, "labelling/guideline_edit.html", {"form": form, "guideline": None})


@require_http_methods(["GET", "POST"])
@allowed(Action.RUN_ROUNDS)
def guideline_edit(request: AuthenticatedRequest, guideline_id: int) -> HttpResponseBase:
    """Write the next version; whoever comes second sees what changed and loses nothing."""
    guideline = _known(guideline_id)
    version = guidelines.newest(guideline)
    now_there = {
        "name": guideline.name,
        "text": version.text if version else "",
        "seen": version.number if version else 0,
    }
    form = GuidelineForm(request.POST or None, initial=now_there, guideline=guideline)
    context = {"form": form, "guideline": guideline, "version": version}
    if request.method == "POST" and form.is_valid():
        try:
            _save(request, guideline, form)
        except guidelines.ChangedMeanwhile as refusal:
            form.add_error(None, str(refusal))
            return _show_conflict(request, guideline, form)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. People who label see it from their next page on."))
            return redirect("labelling:guideline", guideline.pk)
    return render(request, "labelling/guideline_edit.html", context)


@require_POST
@allowed(Action.RUN_ROUNDS)
def guideline_preview(request: AuthenticatedRequest) -> HttpResponseBase:
    """Show a text as it will look."""
    return HttpResponse(render_markdown(request.POST.get("text", "")[:LONGEST]))


@require_GET
@allowed(Action.ENTER)
def guideline_versions(request: AuthenticatedRequest, guideline_id: int) -> HttpResponseBase:
    """Every version, and what changed between two of them."""
    guideline = _known(guideline_id)
    versions = list(guideline.versions.select_related("created_by").order_by("-number"))
    by_number = {each.number: each for each in versions}
    newest = versions[0].number if versions else 0
    after = by_number.get(whole_number(request.GET.get("to")) or newest, by_number.get(newest))
    earlier = after.number - 1 if after else 0
    before = by_number.get(whole_number(request.GET.get("from")) or earlier)
    context = {
        "guideline": guideline,
        "versions": versions,
        "before": before,
        "after": after,
        "newest": newest,
        "lines": wording.compare(before.text if before else "", after.text) if after else [],
        "tends": _tends(request),
    }
    return render(request, "labelling/guideline_versions.html", context)


@require_POST
@allowed(Action.RUN_ROUNDS)
def guideline_restore(request: AuthenticatedRequest, guideline_id: int) -> HttpResponseBase:
    """Make the text of an older version the newest one."""
    guideline = _known(guideline_id)
    wanted = whole_number(request.POST.get("number"))
    number = get_object_or_404(guideline.versions, number=wanted).number
    made = guidelines.restore(
        guideline=guideline,
        number=number,
        seen=whole_number(request.POST.get("seen")) or 0,
        by=request.user,
        now=timezone.now(),
    )
    said = _("Version %(old)s is in force again, as version %(new)s.")
    messages.success(request, said % {"old": number, "new": made.number})
    return redirect("labelling:guideline-versions", guideline.pk)


@require_http_methods(["GET", "POST"])
@allowed(Action.ENTER)
def category_guideline(request: AuthenticatedRequest, category_id: int) -> HttpResponseBase:
    """Go to the guideline of a category; a curator begins it with POST."""
    category = get_object_or_404(Category, pk=category_id)
    guideline = Guideline.objects.filter(category=category).first()
    if request.method == "POST" and _tends(request):
        begun = guidelines.of_category(category=category, now=timezone.now())
        return redirect("labelling:guideline-edit", begun.pk)
    if guideline is not None:
        return redirect("labelling:guideline", guideline.pk)
    context = {"category": category, "tends": _tends(request)}
    return render(request, "labelling/guideline_none.html", context)


@require_POST
@allowed(Action.RUN_ROUNDS)
def example_add(request: AuthenticatedRequest, guideline_id: int) -> HttpResponseBase:
    """Show a product as an example, unless that gives an answer away."""
    guideline = _known(guideline_id)
    form = ExampleForm(request.POST)
    if form.is_valid():
        chosen = form.cleaned_data
        try:
            examples.add(
                guideline=guideline,
                sample=chosen["product_id"],
                category=chosen["category"],
                belongs=chosen["belongs"],
                note=chosen["note"],
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The example was added."))
            return redirect("labelling:guideline", guideline.pk)
    return _page(request, guideline, form)


@require_POST
@allowed(Action.RUN_ROUNDS)
def example_remove(request: AuthenticatedRequest, example_id: int) -> HttpResponseBase:
    """Stop showing an example."""
    known = GuidelineExample.objects.select_related("guideline", "sample", "category")
    example = get_object_or_404(known, pk=example_id)
    examples.remove(example=example, by=request.user, now=timezone.now())
    return redirect("labelling:guideline", example.guideline_id)


def _known(guideline_id: int) -> Guideline:
    return get_object_or_404(Guideline.objects.select_related("category"), pk=guideline_id)


def _page(
    request: AuthenticatedRequest, guideline: Guideline, form: ExampleForm
) -> HttpResponseBase:
    tends = _tends(request)
    context = {
        "guideline": guideline,
        "guidance": guiding.of(guideline, reader=request.user),
        "rounds": guideline.rounds.order_by("-created_at", "-pk") if tends else [],
        "tends": tends,
        "may_ask": request.user.may(Action.LABEL),
        "form": form,
        "tree_url": tree_address(),
    }
    return render(request, "labelling/guideline.html", context)


def _save(request: AuthenticatedRequest, guideline: Guideline, form: GuidelineForm) -> None:
    chosen = form.cleaned_data
    guidelines.revise(
        guideline=guideline,
        seen=chosen["seen"],
        name=chosen.get("name"),
        text=chosen["text"],
        by=request.user,
        now=timezone.now(),
    )


def _show_conflict(
    request: AuthenticatedRequest, guideline: Guideline, form: GuidelineForm
) -> HttpResponseBase:
    """Keep the text that was typed, show what the other one wrote, and let it be saved on top."""
    newest = guidelines.newest(guideline)
    seen = guideline.versions.filter(number=form.cleaned_data["seen"]).first()
    lines = wording.compare(seen.text if seen else "", newest.text if newest else "")
    sent = request.POST.copy()
    sent["seen"] = str(newest.number if newest else 0)
    form.data = sent
    context = {"form": form, "guideline": guideline, "version": newest, "lines": lines}
    return render(request, "labelling/guideline_edit.html", context, status=409)


def _tends(request: AuthenticatedRequest) -> bool:
    return request.user.may(Action.RUN_ROUNDS)
