"""The exclusion list: its rules, their previews, its versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from analysis.models import ExclusionRule, ExclusionRuleQuerySet, ListVersion, RuleImpact
from analysis.rules_forms import RuleForm, RulesFilter, initial_of
from analysis.services import exclusions, impacts
from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.accounts.services import audit
from labelhub.addresses import whole_number
from labelhub.errors import DomainError
from labelhub.jobs.models import Job
from labelhub.registry.models import Corpus
from labelhub.tables import Form, export_format, ordering, paged, spreadsheet
from mlcore.corpus import rules_file

SORTS = {
    "keyword": ("keyword", "group__name"),
    "group": ("group__name", "keyword"),
    "action": ("action", "keyword"),
    "rows": ("most_rows", "keyword"),
    "added": ("added_in__number", "keyword"),
}
COLUMNS = ["keyword", "group", "action", "unless", "reason", "list_version", "added_at"]
SHOWN_CORPORA = 3  # columns of hit rows: the newest corpora
SHOWN_VERSIONS = 20


@dataclass(frozen=True)
class Row:
    """A rule and what it hits in each shown corpus."""

    rule: ExclusionRule
    impacts: Sequence[RuleImpact | None]


@require_GET
@allowed(Action.READ_ANALYSIS)
def rules(request: AuthenticatedRequest) -> HttpResponseBase:
    """The rules in force, what each of them hits, and how the list came to be."""
    order = ordering(request, SORTS, default="-added")
    form = RulesFilter(request.GET)
    found = _found(form).order_by(*order.fields, "pk")
    corpora = list(Corpus.objects.order_by("-pk")[:SHOWN_CORPORA])
    if file_form := export_format(request):
        return _export(request, file_form, found, corpora)
    page = paged(request, found)
    page.object_list = [_row(rule, corpora) for rule in page.object_list]
    shown = {
        "page": page,
        "ordering": order,
        "form": form,
        "corpora": corpora,
        "version": ListVersion.objects.select_related("by").order_by("-number").first(),
        "versions": ListVersion.objects.select_related("by").order_by("-number")[:SHOWN_VERSIONS],
        "counting": Job.objects.unfinished().filter(kind="count_hits").first(),
        "is_counted": impacts.is_counted(),
        "may_curate": request.user.may(Action.CURATE),
    }
    return render(request, "analysis/rules.html", shown)


@require_GET
@allowed(Action.READ_ANALYSIS)
def rule(request: AuthenticatedRequest, rule_id: int) -> HttpResponse:
    """One rule: what it says, and the categories whose rows it hits in each corpus."""
    related = ExclusionRule.objects.select_related("group", "added_in__by", "removed_in__by")
    found = get_object_or_404(related, pk=rule_id)
    counted = found.impacts.select_related("corpus").order_by("-corpus_id")
    shown = {
        "rule": found,
        "categories": found.group.categories.order_by("path", "pk"),
        "impacts": [(impact, impacts.ranked(impact)) for impact in counted],
    }
    return render(request, "analysis/rules_rule.html", shown)


@require_http_methods(["GET", "POST"])
@allowed(Action.CURATE)
def new_rule(request: AuthenticatedRequest) -> HttpResponse:
    """Draft a rule, preview what it hits, and put it in force."""
    preview = _preview(request)
    if request.method == "GET":
        initial = initial_of(preview) if preview else request.GET.dict()
        form = RuleForm(initial={**initial, "base": exclusions.current_version()})
        return _form_page(request, form, preview)
    form = RuleForm(request.POST)
    if form.is_valid():
        try:
            return _save(request, form) if "save" in request.POST else _ask(request, form)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
    return _form_page(request, form, preview)


@require_POST
@allowed(Action.CURATE)
def remove_rule(request: AuthenticatedRequest, rule_id: int) -> HttpResponse:
    """Take a rule out of force."""
    rule = get_object_or_404(ExclusionRule.objects.select_related("group"), pk=rule_id)
    version = exclusions.remove_rule(
        rule=rule,
        reason=request.POST.get("reason", ""),
        base=whole_number(request.POST.get("base")) or 0,
        by=request.user,
        now=timezone.now(),
    )
    messages.success(
        request,
        _("Rule removed: %(keyword)s. The list is at version %(number)d.")
        % {"keyword": rule.keyword, "number": version.number},
    )
    return redirect("analysis:rules")


@require_POST
@allowed(Action.CURATE)
def count_rows(request: AuthenticatedRequest) -> HttpResponse:
    """Count the rows that rules hit, where that is not known yet."""
    impacts.request_counts(by=request.user)
    return redirect("analysis:rules")


@require_GET
@allowed(Action.READ_ANALYSIS)
def list_version(request: AuthenticatedRequest, number: int) -> HttpResponseBase:
    """The list as it was at a version, and what that version changed."""
    version = get_object_or_404(ListVersion.objects.select_related("by"), number=number)
    if export_format(request):
        return _rules_file(request, version)
    shown = {
        "version": version,
        "rules": [rule.as_record() for rule in exclusions.rules_at(number=number)],
        "added": version.added.select_related("group").order_by("pk"),
        "removed": version.removed.select_related("group").order_by("pk"),
        "is_newest": number == exclusions.current_version(),
    }
    return render(request, "analysis/rules_version.html", shown)


def _rules_file(request: AuthenticatedRequest, version: ListVersion) -> HttpResponseBase:
    """Send the rules as `mlcore … --rules` reads them: verbatim, not for a spreadsheet."""
    audit.record(
        by=request.user,
        verb="exported the exclusion list",
        target="rules",
        details={"version": version.number},
        now=timezone.now(),
    )
    lines = rules_file.written(exclusions.rules_at(number=version.number))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"exclusion_list_{version.number}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _found(form: RulesFilter) -> ExclusionRuleQuerySet:
    found = ExclusionRule.objects.in_force().annotate(most_rows=Max("impacts__rows"))
    found = found.select_related("group", "added_in__by").prefetch_related("impacts")
    if not form.is_valid():
        return found
    if word := form.cleaned_data["q"]:
        found = found.filter(keyword__icontains=word)
    if group := form.cleaned_data["group"]:
        found = found.filter(group=group)
    if action := form.cleaned_data["action"]:
        found = found.filter(action=action)
    return found


def _row(rule: ExclusionRule, corpora: Sequence[Corpus]) -> Row:
    counted = {impact.corpus_id: impact for impact in rule.impacts.all()}
    return Row(rule, [counted.get(corpus.pk) for corpus in corpora])


def _export(
    request: AuthenticatedRequest,
    form: Form,
    found: ExclusionRuleQuerySet,
    corpora: Sequence[Corpus],
) -> HttpResponseBase:
    audit.record(
        by=request.user, verb="exported the exclusion list", target="rules", now=timezone.now()
    )
    columns = [*COLUMNS, *(f"rows in {corpus.name}" for corpus in corpora)]
    return spreadsheet(form, "exclusion_rules", columns, _cells(found, corpora))


def _cells(found: ExclusionRuleQuerySet, corpora: Sequence[Corpus]) -> Iterator[list[Any]]:
    for rule in found:
        hits = [impact.rows if impact else None for impact in _row(rule, corpora).impacts]
        words = [rule.keyword, rule.group.name, rule.action, ", ".join(rule.unless), rule.reason]
        yield [*words, rule.added_in.number, rule.added_in.created_at, *hits]


def _preview(request: AuthenticatedRequest) -> Job | None:
    number = whole_number(request.GET.get("preview"))
    return get_object_or_404(Job, pk=number, kind="preview_rule") if number else None


def _form_page(request: AuthenticatedRequest, form: RuleForm, preview: Job | None) -> HttpResponse:
    return render(request, "analysis/rules_new.html", {"form": form, "preview": preview})


def _ask(request: AuthenticatedRequest, form: RuleForm) -> HttpResponse:
    job = impacts.request_preview(rule=form.draft(), by=request.user)
    return redirect(f"{reverse('analysis:rule-new')}?preview={job.pk}")


def _save(request: AuthenticatedRequest, form: RuleForm) -> HttpResponse:
    rule = exclusions.add_rule(
        rule=form.draft(),
        base=form.cleaned_data["base"],
        by=request.user,
        now=timezone.now(),
    )
    impacts.request_counts(by=request.user)
    messages.success(
        request,
        _("Rule saved: %(keyword)s. The list is at version %(number)d.")
        % {"keyword": rule.keyword, "number": rule.added_in.number},
    )
    return redirect("analysis:rules")
