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
from labelhub.registry.services import corpora, folders
from labelhub.registry.services.corpora import Writing
from mlcore.corpus import curation, relabelling
from mlcore.exclusion import ExclusionRule


class NotTheSame(DomainError):
    """A dataset could not be built again as it was."""


def freeze(
    *,
    corpus: Corpus,
    rules: Sequence[ExclusionRule],
    list_version: int,
    relabelled: Mapping[str, str] | None = None,
    now: datetime,
    writing: Writing = transaction.atomic,
) -> Dataset:
    """
    Curate the corpus with the rules and keep the result for good.

    The same content is the same dataset: freezing twice returns the first row.

    Args:
        list_version: number of the exclusion list the rules came from; 0 for none.
        relabelled: category path by product id, where people corrected the given one.
    """
    curated = _curated(corpus, rules, relabelled or {})
    folder = folders.dataset_folder(curated.fingerprint)
    with folders.draft_of(folder) as draft:
        curation.write_dataset(draft, curated)
        with writing():
            if not folder.exists():
                folders.put_in_place(draft, folder)
            dataset, _made = Dataset.objects.get_or_create(
                fingerprint=curated.fingerprint,
                defaults={
                    "corpus": corpus,
                    "rules": [rule.as_record() for rule in curated.rules],
                    "list_version": list_version,
                    "relabelled": relabelled or {},
                    "counts": _counts(curated),
                    "rows": curated.table.num_rows,
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


def _build_again(dataset: Dataset, folder: Path) -> None:
    rules = [ExclusionRule.from_record(record) for record in dataset.rules]
    curated = _curated(dataset.corpus, rules, dataset.relabelled)
    if curated.fingerprint != dataset.fingerprint:
        raise NotTheSame(
            _("The corpus %(corpus)s is not what dataset %(dataset)s was made of.")
            % {"corpus": dataset.corpus.name, "dataset": dataset.fingerprint[:12]}
        )
    with folders.draft_of(folder) as draft:
        curation.write_dataset(draft, curated)
        folders.put_in_place(draft, folder)


def _curated(
    corpus: Corpus, rules: Sequence[ExclusionRule], paths: Mapping[str, str]
) -> curation.Dataset:
    rows = relabelling.relabelled(corpora.read(corpus), paths)
    return curation.curate(rows, rules, corpus=corpus.name, tokeniser=corpus.tokeniser)


def _counts(curated: curation.Dataset) -> dict[str, object]:
    """Return rows before and after each step, and how many corpus rows each rule hit."""
    return {"steps": [asdict(step) for step in curated.counts], "hits": list(curated.hits)}
