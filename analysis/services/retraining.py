"""Train with the exclusion list as it stands."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from analysis.services import exclusions
from labelhub.accounts.models import User
from labelhub.registry.models import Corpus, Run
from labelhub.registry.services import runs
from mlcore.corpus.plan import UNBALANCED, CurationPlan
from mlcore.training.config import TrainingConfig


@transaction.atomic
def retrain(
    *,
    corpus: Corpus,
    version_name: str,
    config: TrainingConfig,
    plan: CurationPlan = UNBALANCED,
    by: User | None,
    now: datetime,
) -> Run:
    """
    Start a run on the corpus with the rules in force.

    Raises:
        folders.BadName, folders.NameInUse: choose another name for the version.
    """
    number = exclusions.current_version()
    return runs.start(
        corpus=corpus,
        version_name=version_name,
        # As sealed, so that run and version agree even while somebody changes the list.
        rules=exclusions.rules_at(number=number) if number else (),
        list_version=number,
        plan=plan,
        config=config,
        by=by,
        now=now,
    )


def train_plainly(
    *,
    corpus: Corpus,
    version_name: str,
    config: TrainingConfig,
    plan: CurationPlan = UNBALANCED,
    by: User | None,
    now: datetime,
) -> Run:
    """Start a run on the whole corpus, whatever the exclusion list says."""
    return runs.start(
        corpus=corpus,
        version_name=version_name,
        rules=(),
        list_version=0,
        plan=plan,
        config=config,
        by=by,
        now=now,
    )
