"""How well the answers of a round agree."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.accounts.services import audit
from labelhub.labelling.models import Round
from labelhub.labelling.services import agreement
from labelhub.labelling.services.agreement import Measure
from labelhub.tables import export_format, spreadsheet

COLUMNS = ["measure", "value", "samples", "reason"]
SHOWN = ("raw", "cohen", "krippendorff", "krippendorff_over_the_tree")  # the rest in the export
LEVEL = re.compile(r"agreement_at_level_(\d+)")


@require_GET
@allowed(Action.RUN_ROUNDS)
def round_agreement(request: AuthenticatedRequest, round_id: int) -> HttpResponseBase:
    """The coefficients of one round; a part of its page, which asks for it once it is shown."""
    round = get_object_or_404(Round, pk=round_id)
    measures = agreement.of_round(round)
    if form := export_format(request):
        audit.record(by=request.user, verb="exported agreement", target=round, now=timezone.now())
        return spreadsheet(form, f"agreement-{round.pk}", COLUMNS, _cells(measures))
    rows = [
        (_label(each), each)
        for each in measures
        if each.name in SHOWN or LEVEL.fullmatch(each.name)
    ]
    context = {"round": round, "rows": rows, "at": timezone.now()}
    is_part = request.headers.get("HX-Request") == "true"
    page = "labelling/_agreement_table.html" if is_part else "labelling/agreement.html"
    return render(request, page, context)


def _cells(measures: list[Measure]) -> Iterator[list[object]]:
    for each in measures:
        yield [each.name, each.value, each.samples, each.reason]


def _label(measure: Measure) -> str:
    if level := LEVEL.fullmatch(measure.name):
        return _("Raw agreement at level %(level)s") % {"level": level[1]}
    return {
        "raw": _("Raw agreement"),
        "cohen": _("Cohen's kappa"),
        "krippendorff": _("Krippendorff's alpha"),
        "krippendorff_over_the_tree": _("Krippendorff's alpha over the tree"),
    }[measure.name]
