"""What rules hit in the corpora: counted for rules in force, previewed for drafted ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa
from django.db.models import Exists, OuterRef
from django.utils import timezone

from analysis.models import ExclusionRule, ExclusionRuleQuerySet, RuleImpact
from analysis.services import exclusions
from labelhub.accounts.models import User
from labelhub.jobs.models import Job
from labelhub.jobs.services import jobs
from labelhub.jobs.services.carrying import RunningJob
from labelhub.registry.models import Corpus
from labelhub.registry.services import corpora
from mlcore import exclusion
from mlcore.exclusion import RuleHits, TokenIndex
from mlcore.text.normalise import fold

SHOWN_CATEGORIES = 20
SHOWN_ROWS = 20  # enough to see within a minute whether the dropped rows are wrong


@dataclass(frozen=True)
class Overlap:
    """A rule in force that hits some of the same rows."""

    rule_id: str
    keyword: str
    rows: int


@dataclass(frozen=True)
class Preview:
    """What a drafted rule would do to one corpus."""

    corpus: str
    corpus_rows: int
    rows: int
    substring_rows: int
    categories: int
    by_category: list[tuple[str, int]]  # the most hit ones
    samples: list[tuple[str, str]]  # product name and given category, drawn at random
    overlaps: list[Overlap]
    own_name: list[str]  # hit categories whose path holds the keyword itself


def is_counted() -> bool:
    """Tell whether every rule in force has its count in every corpus."""
    return not any(_uncounted(corpus).exists() for corpus in Corpus.objects.all())


def ranked(impact: RuleImpact) -> list[tuple[str, int]]:
    """Return the categories whose rows the rule hits, the most hit first."""
    return _ranked(impact.per_category)


def request_counts(*, by: User | None) -> Job:
    """Ask a worker to count what is not counted yet; asking twice asks once."""
    return jobs.enqueue("count_hits", by=by, key="all")


def request_preview(*, rule: ExclusionRule, by: User | None) -> Job:
    """Ask a worker what a drafted rule would hit; the answer is the job's result."""
    value = exclusions.value_of(rule)
    return jobs.enqueue("preview_rule", by=by, group_id=rule.group_id, rule=value.as_record())


def count_missing(*, job: RunningJob) -> None:
    """Count the rules in force in the corpora where they have no count yet."""
    number = exclusions.current_version()
    for corpus in Corpus.objects.order_by("pk"):
        rules = list(_uncounted(corpus).select_related("group").order_by("pk"))
        if not rules:
            continue
        job.report(stage="Counting rows")
        values = [exclusions.value_of(rule) for rule in rules]
        counted = exclusion.count_hits(TokenIndex(_rows(corpus)), values)
        with job.writing():
            if exclusions.current_version() == number:
                _keep(corpus, rules, counted)
    if exclusions.current_version() != number:
        # A group may have changed under the counting: what was counted is of no use.
        count_missing(job=job)


def preview(*, rule: exclusion.ExclusionRule, job: RunningJob) -> None:
    """Leave what the rule would hit in every corpus as the job's result."""
    standing = exclusions.rules_in_force()
    found = []
    for corpus in Corpus.objects.order_by("-pk"):
        job.report(stage="Counting rows")
        found.append(asdict(_preview(corpus, rule, standing)))
    job.finish(corpora=found)


def _uncounted(corpus: Corpus) -> ExclusionRuleQuerySet:
    counted = RuleImpact.objects.filter(corpus=corpus, rule=OuterRef("pk"))
    return ExclusionRule.objects.in_force().exclude(Exists(counted))


def _rows(corpus: Corpus) -> pa.Table:
    columns = ["product_name", "mall_category", "category_path", "name_tokens", "mall_tokens"]
    return corpora.read(corpus).select(columns)


def _keep(corpus: Corpus, rules: Sequence[ExclusionRule], counted: Sequence[RuleHits]) -> None:
    RuleImpact.objects.bulk_create(
        [
            RuleImpact(
                rule=rule,
                corpus=corpus,
                rows=hits.rows,
                substring_rows=hits.substring_rows,
                per_category=hits.by_category,
                computed_at=timezone.now(),
            )
            for rule, hits in zip(rules, counted, strict=True)
        ],
        ignore_conflicts=True,
    )


def _preview(
    corpus: Corpus, rule: exclusion.ExclusionRule, standing: Sequence[exclusion.ExclusionRule]
) -> Preview:
    table = _rows(corpus)
    index = TokenIndex(table)
    [hits] = exclusion.count_hits(index, [rule])
    rows = exclusion.find(rule, index)
    by_category = _ranked(hits.by_category)
    return Preview(
        corpus=corpus.name,
        corpus_rows=corpus.rows,
        rows=hits.rows,
        substring_rows=hits.substring_rows,
        categories=len(by_category),
        by_category=by_category[:SHOWN_CATEGORIES],
        samples=_samples(table, rows),
        overlaps=_overlaps(index, rows, standing),
        own_name=[path for path, _count in by_category if fold(rule.keyword) in fold(path)],
    )


def _ranked(rows: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(rows.items(), key=lambda pair: (-pair[1], pair[0]))


def _samples(table: pa.Table, rows: exclusion.Rows) -> list[tuple[str, str]]:
    # The same draw each time, so that a second look shows the rows that were talked about.
    drawn = np.random.default_rng(0).permutation(rows)[:SHOWN_ROWS]
    shown = table.select(["product_name", "category_path"]).take(drawn)
    return list(zip(*(column.to_pylist() for column in shown.columns), strict=True))


def _overlaps(
    index: TokenIndex, rows: exclusion.Rows, standing: Sequence[exclusion.ExclusionRule]
) -> list[Overlap]:
    counted = [
        Overlap(other.id, other.keyword, int(np.isin(rows, exclusion.find(other, index)).sum()))
        for other in standing
    ]
    return sorted((one for one in counted if one.rows), key=lambda one: -one.rows)
