"""`/analysis/`: the table of verdicts per category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analysis import category_address
from analysis.comparison_forms import ComparisonForm
from analysis.services import exporting, shared_mistakes
from analysis.services.comparison import (
    PAGE_COLUMNS,
    Comparison,
    ComparisonRow,
    compare,
    worse_than_labels,
)
from analysis.services.difference import Difference, Differences, differences
from analysis.services.headline import headline
from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action, may
from labelhub.labelling.models import Consensus, Source
from labelhub.registry.models import ModelVersion
from labelhub.tables import Form, Ordering, export_format, ordering, paged, spreadsheet

COLUMN_NAMES = (  # in the order of the page: key, label, is a number
    ("same", _("Same")),
    ("human", _("Human")),
    ("model", _("Model")),
    ("both", _("Both")),
    ("neither", _("Neither")),
    ("unreviewed", _("Unreviewed")),
    ("total", _("Total")),
    ("without_label", _("No label")),
    ("error_before", _("Error before")),
    ("error_after", _("Error after")),
)
SORTS = {
    "category": ("category_path",),
    **{key: (key,) for key, _label in COLUMN_NAMES},
    # By the lower end of the interval, so that one bad sample puts no category at the top.
    "error_after": ("error_after_low",),
}


@dataclass(frozen=True)
class Line:
    """A row as the page shows it."""

    row: ComparisonRow
    address: str
    difference: Difference | None


@allowed(Action.READ_ANALYSIS)
def comparison(request: AuthenticatedRequest) -> HttpResponseBase:
    """Show, sort, filter and export the table."""
    if not ModelVersion.objects.exists() or not Consensus.objects.exists():
        return render(request, "analysis/comparison_empty.html", _what_is_missing(request))
    form = ComparisonForm(request.GET)
    table = compare(form.scope, now=timezone.now())
    against = form.other_version
    changes = differences(form.scope, against=against) if against else None
    order = ordering(request, {**SORTS, "difference": ("difference",)}, default="-error_after")
    rows = in_order(chosen(table.rows, form), order, changes)
    if wanted := export_format(request):
        return _export(request, wanted, table, rows)
    return _page(request, form, table, rows, order, changes)


def _page(
    request: HttpRequest,
    form: ComparisonForm,
    table: Comparison,
    rows: Sequence[ComparisonRow],
    order: Ordering,
    changes: Differences | None,
) -> HttpResponse:
    page = paged(request, rows)
    page.object_list = [_line(row, changes) for row in page.object_list]
    form.show_defaults()
    figures = headline(table)
    context = {
        "form": form,
        "table": table,
        "counts": table.totals.counts,
        "figures": figures,
        "shared": shared_mistakes.estimate(table, figures),
        "changes": changes,
        "columns": COLUMN_NAMES,
        "ordering": order,
        "page": page,
        "is_people": table.scope.source is Source.PEOPLE,
        "choices": [form["model"], form["source"], form["level"], form["axis"], form["against"]],
    }
    return render(request, "analysis/comparison.html", context)


def _line(row: ComparisonRow, changes: Differences | None) -> Line:
    assert row.pk is not None  # only the sum over all rows has no category
    address = category_address.address_of(code=row.category_id, pk=row.pk)
    return Line(row, address, changes.by_category.get(row.pk) if changes else None)


def chosen(rows: Sequence[ComparisonRow], form: ComparisonForm) -> list[ComparisonRow]:
    """Return the rows that the filters let through."""
    if form.said("worse"):  # tested among all categories, not among those left by the others
        rows = worse_than_labels(rows)
    words = (form.said("q") or "").casefold().split()
    minimum = form.said("minimum") or 0
    is_any = not form.said("catch_all")
    return [
        row
        for row in rows
        if row.total >= minimum
        and (is_any or row.is_catch_all)
        and all(word in row.category_path.casefold() for word in words)
    ]


def in_order(
    rows: list[ComparisonRow], order: Ordering, changes: Differences | None
) -> list[ComparisonRow]:
    """Return the rows sorted as the address asks, equal ones by path."""
    by_path = sorted(rows, key=lambda row: row.category_path)

    def value(row: ComparisonRow) -> float | str:
        if order.key == "difference":
            change = changes.by_category.get(row.pk or 0) if changes else None
            return (change.value if change else None) or 0.0
        found: float | str | None = getattr(row, SORTS[order.key][0])
        return 0.0 if found is None else found

    return sorted(by_path, key=value, reverse=order.is_descending)


def _export(
    request: AuthenticatedRequest, wanted: Form, table: Comparison, rows: Sequence[ComparisonRow]
) -> HttpResponseBase:
    exporting.note(table=table, rows=len(rows), form=wanted, by=request.user, now=timezone.now())
    name = f"comparison-{table.scope.version.pk}"
    cells = (row.values(PAGE_COLUMNS) for row in rows)
    return spreadsheet(wanted, name, PAGE_COLUMNS, cells)


def _what_is_missing(request: AuthenticatedRequest) -> dict[str, object]:
    """Say what the table still waits for."""
    states = Consensus.objects.values_list("state").annotate(samples=Count("pk"))
    return {
        "has_labels": bool(list(states)),
        "has_version": ModelVersion.objects.exists(),
        "may_curate": may(request.user.role, Action.CURATE),
    }
