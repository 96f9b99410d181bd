"""Ask for a training: the run is a row with everything the result depends on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from labelhub.accounts.models import User
from labelhub.accounts.services import audit
from labelhub.errors import DomainError
from labelhub.jobs.services import jobs
from labelhub.registry.models import Corpus, ModelVersion, Run
from labelhub.registry.services import corpora, folders, refurbishing
from mlcore.corpus.plan import UNBALANCED, CurationPlan
from mlcore.exclusion import ExclusionRule
from mlcore.heads import IMAGE
from mlcore.training.config import TrainingConfig


class Lacking(DomainError):
    """The corpus has nothing for a branch of the network."""


@transaction.atomic
def start(
    *,
    corpus: Corpus,
    version_name: str,
    rules: Sequence[ExclusionRule],
    list_version: int,
    plan: CurationPlan = UNBALANCED,
    config: TrainingConfig,
    learns_sample_names: bool = False,
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
        learns_sample_names: whether the samples' names teach, too, without their categories.

    Raises:
        folders.BadName, folders.NameInUse: choose another name for the version.
        Lacking: the corpus has no shop categories or no pictures, and the settings want them.
    """
    name = folders.check_name(version_name)
    if missing := set(config.branches) - set(corpora.branches(corpus)):
        raise lacking(corpus, missing)
    run = _record(name, corpus, rules, list_version, plan, config, by, now)
    run.learns_sample_names = learns_sample_names
    run.job = jobs.enqueue("train", by=by, key=name, run_id=run.pk)
    run.save(update_fields=["job", "learns_sample_names"])
    audit.record(
        by=by,
        verb="started a training",
        target=run,
        details={
            "version": name,
            "corpus": corpus.name,
            "list_version": list_version,
            "learns_sample_names": learns_sample_names,
            **_balance(plan),
        },
        now=now,
    )
    return run


def lacking(corpus: Corpus, missing: Collection[str]) -> Lacking:
    """Return the refusal of branches for which the corpus has nothing."""
    if IMAGE in missing:
        message = _(
            "The corpus %(name)s has no pictures; import its rows again under another name, with "
            "a zip of the pictures that their column image names."
        )
    else:
        message = _("No row of the corpus %(name)s has a shop's own category.")
    return Lacking(message % {"name": corpus.name})


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
