"""A person's own answers, what review changed of them, and the own pace; nobody else's, ever."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from labelhub.accounts.models import User
from labelhub.accounts.permissions import AuthenticatedRequest, allowed
from labelhub.accounts.roles import Action
from labelhub.labelling.models import Round
from labelhub.labelling.services import own_answers, second_looks
from labelhub.labelling.services.own_answers import Choice
from labelhub.tables import paged

LOOKS_PER_PAGE = 20
LATE_SHOWN = 20


class RoundField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Rounds by name."""

    def label_from_instance(self, obj: Round) -> str:
        return obj.name


class HistoryFilter(forms.Form):
    """Which of the own answers the table shows."""

    round = RoundField(
        label=_("Round"), queryset=Round.objects.none(), required=False, empty_label=_("all rounds")
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    undone = forms.BooleanField(label=_("taken back"), required=False)
    flagged = forms.BooleanField(label=_("reported"), required=False)
    commented = forms.BooleanField(label=_("with a comment"), required=False)

    def __init__(self, *args: Any, annotator: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rounds = own_answers.rounds(annotator)
        self.fields["round"].queryset = rounds  # type: ignore[attr-defined]

    def choice(self) -> Choice:
        """Return what is wanted; what makes no sense narrows nothing."""
        self.is_valid()
        wanted = self.cleaned_data
        since, until = wanted.get("since"), wanted.get("until")
        return Choice(
            round=wanted.get("round"),
            since=_midnight(since) if since else None,
            before=_midnight(until) + timedelta(days=1) if until else None,
            is_taken_back=bool(wanted.get("undone")),
            is_flagged=bool(wanted.get("flagged")),
            is_commented=bool(wanted.get("commented")),
        )


@require_GET
@allowed(Action.LABEL)
def history(request: AuthenticatedRequest) -> HttpResponseBase:
    """What the person answered, newest first; answers taken back stay in the list."""
    form = HistoryFilter(request.GET, annotator=request.user)
    context = {
        "tab": "answers",
        "form": form,
        "page": paged(request, own_answers.of(request.user, form.choice())),
        "late": own_answers.uncounted(request.user)[:LATE_SHOWN],
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "labelling/history.html", context)


@require_GET
@allowed(Action.LABEL)
def changed(request: AuthenticatedRequest) -> HttpResponseBase:
    """Own answers of closed rounds that reviewers or the others saw differently."""
    page = paged(request, second_looks.changed(request.user), per_page=LOOKS_PER_PAGE)
    context = {"tab": "changed", "page": page, "looks": second_looks.of(list(page))}
    return render(request, "labelling/history_changed.html", context)


@require_GET
@allowed(Action.LABEL)
def pace(request: AuthenticatedRequest) -> HttpResponseBase:
    """How fast the person worked, round by round."""
    context = {
        "tab": "pace",
        "paces": own_answers.paces(request.user),
        "minutes": own_answers.BREAK // timedelta(minutes=1),
        "fewest": own_answers.FEWEST,
    }
    return render(request, "labelling/history_pace.html", context)


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
