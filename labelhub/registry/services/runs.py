"""Ask for a training: the run is a row with everything the result depends on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.jobs.services import jobs
from labelhub.registry.models import Corpus, ModelVersion, Run
from labelhub.registry.services import folders, refurbishing
from mlcore.corpus.plan import UNBALANCED, CurationPlan
from mlcore.exclusion import ExclusionRule
from mlcore.training.config import TrainingConfig


@transaction.atomic
def start(
    *,
    corpus: Corpus,
    version_name: str,
    rules: Sequence[ExclusionRule],
    list_version: int,
    plan: CurationPlan = UNBALANCED,
    config: TrainingConfig,
    by: User | None,
    now: datetime,
) -> Run:
    """
    Write the run and ask the ml worker to carry it out.

    What curators have decided about refurbished labels of this corpus goes along: accepted
    ones are its categories, refused ones are not refurbished again.

    Args:
        rules: what is left out of training, as values; the run keeps them.
        list_version: number of the exclusion list the rules came from; 0 for none.
        plan: class and month balance of the rows.

    Raises:
        folders.BadName, folders.NameInUse: choose another name for the version.
    """
    name = folders.check_name(version_name)
    run = _record(name, corpus, rules, list_version, plan, config, by, now)
    run.job = jobs.enqueue("train", by=by, key=name, run_id=run.pk)
    run.save(update_fields=["job"])
    audit.record(
        by=by,
        verb="started a training",
        target=run,
        details={
            "version": name,
            "corpus": corpus.name,
            "list_version": list_version,
            **_balance(plan),
        },
        now=now,
    )
    return run


def _balance(plan: CurationPlan) -> dict[str, object]:
    """Return what the audit trail says of a plan; nothing where nothing is balanced."""
    return {} if plan == UNBALANCED else plan.as_record()


def _record(
    name: str,
    corpus: Corpus,
    rules: Sequence[ExclusionRule],
    list_version: int,
    plan: CurationPlan,
    config: TrainingConfig,
    by: User | None,
    now: datetime,
) -> Run:
    if ModelVersion.objects.filter(name=name).exists():
        raise _taken(name)
    decided = refurbishing.corrections(corpus)
    try:
        with transaction.atomic():
            return Run.objects.create(
                version_name=name,
                corpus=corpus,
                rules=[rule.as_record() for rule in rules],
                list_version=list_version,
                relabelled=decided.relabelled,
                confirmed=decided.confirmed,
                plan=plan.as_record(),
                config=config.as_record(),
                seed=config.seed,
                created_by=by,
                created_at=now,
            )
    except IntegrityError:
        raise _taken(name) from None


def _taken(name: str) -> folders.NameInUse:
    return folders.NameInUse(
        _("There is a version named %(name)s already; choose another name.") % {"name": name}
    )
