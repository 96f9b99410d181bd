"""Who may do what. Pages, the API and the navigation all read this one table."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is here to do; everybody has one role."""

    ANNOTATOR = "annotator", _("annotator")
    CURATOR = "curator", _("curator")
    PM = "pm", _("product manager")
    ADMIN = "admin", _("administrator")


class Action(StrEnum):
    """Something a page or an endpoint lets a person do."""

    ENTER = "enter"  # see the home page, one's own account and the jobs one asked for
    LABEL = "label"  # answer assignments of one's rounds; own history
    RUN_ROUNDS = "run_rounds"  # rounds, guidelines, imports
    READ_ANALYSIS = "read_analysis"  # comparison, evidence, rules and runs, without changing them
    REVIEW = "review"  # judge disagreements
    CURATE = "curate"  # change rules and groups, train, predict, report
    PROMOTE = "promote"  # make a version live that has passed the gate
    OVERRIDE_GATE = "override_gate"  # promote without a passed gate, roll back
    READ_REPORT = "read_report"  # the report and exports of aggregates
    EXPORT_ROWS = "export_rows"  # exports that hold names of products or people
    ADMINISTER = "administer"  # people, tokens, audit trail


EVERYBODY = frozenset(Role)
CURATORS = frozenset({Role.CURATOR, Role.ADMIN})
READERS = CURATORS | {Role.PM}
LABELLERS = CURATORS | {Role.ANNOTATOR}
ADMINS = frozenset({Role.ADMIN})

ALLOWED: dict[Action, frozenset[Role]] = {
    Action.ENTER: EVERYBODY,
    Action.LABEL: LABELLERS,
    Action.RUN_ROUNDS: CURATORS,
    Action.READ_ANALYSIS: READERS,
    Action.REVIEW: CURATORS,
    Action.CURATE: CURATORS,
    Action.PROMOTE: CURATORS,
    Action.OVERRIDE_GATE: ADMINS,
    Action.READ_REPORT: READERS,
    Action.EXPORT_ROWS: CURATORS,
    Action.ADMINISTER: ADMINS,
}


def may(role: str, action: Action) -> bool:
    """Tell whether a role may do the action."""
    return role in ALLOWED[action]
