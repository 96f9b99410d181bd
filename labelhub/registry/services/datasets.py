"""Datasets: a corpus after curation, kept under the fingerprint of its content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from labelhub.errors import DomainError
from labelhub.registry.models import Corpus, Dataset
from labelhub.registry.services import folders
from labelhub.registry.services.corpora import Writing
from mlcore.corpus import freezing, store
from mlcore.corpus.counts import CategoryCount, read_categories
from mlcore.corpus.fingerprint import COVERED, FIRST
from mlcore.corpus.freezing import CATEGORIES_FILE
from mlcore.corpus.frozen import Frozen
from mlcore.corpus.plan import UNBALANCED, CurationPlan
from mlcore.exclusion import ExclusionRule
from mlcore.progress import IsCancelled, Progress, never, silent


class NotTheSame(DomainError):
    """A dataset could not be built again as it was."""


def freeze(
    *,
    corpus: Corpus,
    rules: Sequence[ExclusionRule],
    list_version: int,
    relabelled: Mapping[str, str] | None = None,
    plan: CurationPlan = UNBALANCED,
    now: datetime,
    writing: Writing = transaction.atomic,
    progress: Progress = silent,
    is_cancelled: IsCancelled = never,
) -> Dataset:
    """
    Curate the corpus with the rules and keep the result for good.

    The same content is the same dataset: freezing twice returns the first row.

    Args:
        list_version: number of the exclusion list the rules came from; 0 for none.
        relabelled: category path by product id, where people corrected the given one.
        plan: class and month balance.
    """
    paths = relabelled or {}
    with folders.draft_of(folders.dataset_folder(corpus.name)) as draft:
        frozen = _freeze(corpus, rules, paths, plan, draft, progress, is_cancelled)
        folder = folders.dataset_folder(frozen.fingerprint)
        with writing():
            if not folder.exists():
                folders.put_in_place(draft, folder)
            dataset, _made = Dataset.objects.get_or_create(
                fingerprint=frozen.fingerprint,
                defaults={
                    "corpus": corpus,
                    "rules": [rule.as_record() for rule in rules],
                    "plan": plan.as_record(),
                    "list_version": list_version,
                    "relabelled": paths,
                    "counts": _counts(frozen),
                    "rows": frozen.rows,
                    "created_at": now,
                },
            )
    return dataset


def files(dataset: Dataset) -> Path:
    """
    Return the dataset's folder; build it again from its record if it is gone.

    Raises:
        NotTheSame: the corpus has changed since, so that the content would be another.
    """
    folder = folders.dataset_folder(dataset.fingerprint)
    if not folder.exists():
        _build_again(dataset, folder)
    return folder


def categories(dataset: Dataset) -> tuple[list[str], list[CategoryCount]] | None:
    """
    Return the titles of the steps, and each category's rows in the corpus and after each step.

    None where the folder is gone until it is needed again, or was written before this was kept.
    """
    listed = folders.dataset_folder(dataset.fingerprint) / CATEGORIES_FILE
    return read_categories(listed) if listed.exists() else None


def _build_again(dataset: Dataset, folder: Path) -> None:
    rules = [ExclusionRule.from_record(record) for record in dataset.rules]
    plan = CurationPlan.from_record(dataset.plan)
    # Fingerprints of earlier versions covered fewer columns.
    for covered in (COVERED, FIRST):
        with folders.draft_of(folder) as draft:
            frozen = _freeze(
                dataset.corpus, rules, dataset.relabelled, plan, draft, silent, never, covered
            )
            if frozen.fingerprint == dataset.fingerprint:
                folders.put_in_place(draft, folder)
                return
    raise NotTheSame(
        _("The corpus %(corpus)s is not what dataset %(dataset)s was made of.")
        % {"corpus": dataset.corpus.name, "dataset": dataset.fingerprint[:12]}
    )


def _freeze(
    corpus: Corpus,
    rules: Sequence[ExclusionRule],
    relabelled: Mapping[str, str],
    plan: CurationPlan,
    destination: Path,
    progress: Progress,
    is_cancelled: IsCancelled,
    covered: Sequence[str] = COVERED,
) -> Frozen:
    return freezing.freeze(
        folders.corpus_folder(corpus.name) / store.ROWS_FILE,
        destination,
        rules=rules,
        relabelled=relabelled,
        plan=plan,
        covered=covered,
        corpus=corpus.name,
        tokeniser=corpus.tokeniser,
        progress=progress,
        is_cancelled=is_cancelled,
    )


def _counts(frozen: Frozen) -> dict[str, object]:
    """Return rows before and after each step, and how many corpus rows each rule hit."""
    return {"steps": [asdict(step) for step in frozen.counts], "hits": list(frozen.hits)}
