"""The queue of flags and skip reasons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.accounts.services import audit
from labelhub.addresses import whole_number
from labelhub.errors import DomainError
from labelhub.labelling import skip_reasons
from labelhub.labelling.models import Flag
from labelhub.labelling.remark_forms import RemarksForm
from labelhub.labelling.services import remarks
from labelhub.tables import export_format, ordering, paged, spreadsheet

SORTS = {
    "at": ("at", "remark"),
    "said": ("said", "at"),
    "product": ("product_name", "at"),
    "round": ("round_name", "at"),
}
COLUMNS = [
    "remark", "said", "comment", "product_id", "product_name", "round", "annotator", "at",
    "handled_at", "resolution",
]  # fmt: skip


@require_GET
@allowed(Action.RUN_ROUNDS)
def remark_list(request: AuthenticatedRequest) -> HttpResponseBase:
    """List what annotators flagged or skipped with a reason, the oldest first."""
    form = RemarksForm(request.GET)
    asked = form.asked()
    order = ordering(request, SORTS, default="at")
    rows = remarks.listed(asked).order_by(*order.fields, "pk")
    if wanted := export_format(request):
        audit.record(by=request.user, verb="exported remarks", target="remarks", now=timezone.now())
        return spreadsheet(wanted, "remarks", COLUMNS, _cells(rows))
    page = paged(request, rows)
    context = {
        "page": page,
        "rows": [{**row, "label": _label(row)} for row in page],
        "ordering": order,
        "form": form,
        "filters": [form[name] for name in ("state", "said", "round")],
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "is_handled": asked.is_handled,
        "most_words": remarks.MOST_WORDS,
    }
    return render(request, "labelling/remarks.html", context)


@require_POST
@allowed(Action.RUN_ROUNDS)
def remarks_handle(request: AuthenticatedRequest) -> HttpResponseBase:
    """Mark the chosen rows as dealt with."""
    try:
        done = remarks.handle(
            flags=_chosen(request.POST, remarks.FLAG),
            skips=_chosen(request.POST, remarks.SKIP),
            resolution=request.POST.get("resolution", ""),
            by=request.user,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        text = ngettext(
            "%(number)d remark is dealt with.", "%(number)d remarks are dealt with.", done
        )
        messages.success(request, text % {"number": done})
    return redirect(reverse("labelling:remarks"))


def _chosen(data: QueryDict, remark: str) -> list[int]:
    """Return the primary keys of the ticked rows of one kind: values read “flag 12”."""
    ticked = (value.partition(" ") for value in data.getlist("chosen"))
    keys = (whole_number(key) for kind, _space, key in ticked if kind == remark)
    return [key for key in keys if key is not None]


def _label(row: dict[str, Any]) -> str:
    if row["remark"] == remarks.FLAG:
        return str(Flag.Kind(row["said"]).label)
    return skip_reasons.shown(row["said"])


def _cells(rows: Any) -> Iterator[list[object]]:
    for row in rows.iterator():
        yield [
            row["remark"],
            row["said"],
            row["comment_text"],
            row["product_id"],
            row["product_name"],
            row["round_name"],
            row["pseudonym"],
            row["at"],
            row["handled"],
            row["came_of_it"],
        ]
