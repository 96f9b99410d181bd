"""Train with the exclusion list as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from analysis.services import exclusions
from labelhub.accounts.models import User
from labelhub.registry.models import Corpus, Run
from labelhub.registry.services import runs
from mlcore.corpus.plan import UNBALANCED, CurationPlan
from mlcore.exclusion import ExclusionRule
from mlcore.training.config import TrainingConfig


@dataclass(frozen=True)
class SealedRules:
    """The rules of a version of the exclusion list; number 0 and no rules for none."""

    number: int
    rules: Sequence[ExclusionRule]


NO_RULES = SealedRules(0, ())


def rules_in_force() -> SealedRules:
    """Return the rules as sealed, the same ones even while somebody changes the list."""
    number = exclusions.current_version()
    return SealedRules(number, exclusions.rules_at(number=number)) if number else NO_RULES


@transaction.atomic
def retrain(
    *,
    corpus: Corpus,
    version_name: str,
    config: TrainingConfig,
    plan: CurationPlan = UNBALANCED,
    learns_sample_names: bool = False,
    by: User | None,
    now: datetime,
) -> Run:
    """
    Start a run on the corpus with the rules in force.

    Raises:
        folders.BadName, folders.NameInUse: choose another name for the version.
    """
    sealed = rules_in_force()
    return runs.start(
        corpus=corpus,
        version_name=version_name,
        rules=sealed.rules,
        list_version=sealed.number,
        plan=plan,
        config=config,
        learns_sample_names=learns_sample_names,
        by=by,
        now=now,
    )


def train_plainly(
    *,
    corpus: Corpus,
    version_name: str,
    config: TrainingConfig,
    plan: CurationPlan = UNBALANCED,
    learns_sample_names: bool = False,
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
        learns_sample_names=learns_sample_names,
        by=by,
        now=now,
    )
